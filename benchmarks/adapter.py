"""The adapter through which `rag/close_reading.py` reads claims: `python -m benchmarks.adapter EXAMPLES... --out DIR`.

Low-rank matrices beside the upper layers that are read, fitted together with the probes above them by the cross-entropy
of what people judged; the lines of the files are those of `benchmarks.close_reading`. The layers below the adapter are
read once for all rounds. One group in eight, by its hash, is kept apart and scored. Writes `close_reading.gguf` and
`probes.json`, whose "stated" goes into `rag/calibration.json`. Takes some 10 GB of memory, and an hour of two cores for
4,400 examples.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy

from benchmarks.lowrank import Pack, Reader, opened, stepped, told
from benchmarks.report import fault
from rag import models, templates
from rag.errors import FootnoteError
from rag.evaluation.estimates import auroc
from rag.settings import Settings
from rag.templates import Templates

LAYER = 18  # whose state the probes read
LOWEST = 12  # the first layer with an adapter; measured in LOG.md, as are the others
ROUNDS, TOGETHER = 2, 2  # packs between two steps
RATE, PROBE_RATE, WARM_UP = 4e-4, 2e-4, 20
PACK, TEXT, TAIL = 768, 520, 160  # tokens, at most
HELD_OUT = 8  # one group in so many


def packed(examples: Sequence[dict[str, Any]], tokenizer: Any, prompts: Templates) -> Iterator[Pack]:  # noqa: ANN401
    """The examples in packs, text by text."""
    by_text = defaultdict(list)
    for example in examples:
        by_text[example["text"]].append(example)
    pack, number = Pack(), 0
    for text, asking in by_text.items():
        parts = [_parts(text, example, prompts) for example in asking]
        head = tokenizer.encode(parts[0][0], add_special_tokens=False)[:TEXT]
        open_text = False
        for example, (_, behind) in zip(asking, parts, strict=True):
            tail = tokenizer.encode(behind, add_special_tokens=False)[:TAIL]
            if pack.tokens and len(pack.tokens) + len(tail) + (0 if open_text else len(head)) > PACK:
                yield pack
                pack, open_text = Pack(), False
            number += 1
            if not open_text:
                pack.extend(head, 0, text=number)
                about, open_text = number, True
            pack.extend(tail, len(head), text=about, tail=number)
            pack.ends.append((len(pack.tokens) - 1, example))
    if pack.tokens:
        yield pack


def _parts(text: str, example: dict[str, Any], prompts: Templates) -> tuple[str, str]:
    """What the model reads, in the form of its template, up to the end of the text and behind it."""
    if example.get("question"):
        asked = prompts.render("gives", text=text, question=example["question"], answer=example["claim"])
    else:
        asked = prompts.render("stated", text=text, statement=example["claim"])
    cut = asked.index("\n\n", asked.index(text) + len(text)) + 2
    beginning = f"<|im_start|>system\n{prompts.render('checking')}<|im_end|>\n<|im_start|>user\n"
    return beginning + asked[:cut], asked[cut:] + "<|im_end|>\n<|im_start|>assistant\n"


class Probes(nn.Module):
    """A linear reading of the state for claims and one for answers, of states brought to the same scale."""

    def __init__(self, states: Tensor) -> None:
        super().__init__()
        self.mean, self.spread = states.mean(0), states.std(0) + 1e-3
        self.claims, self.answers = nn.Linear(states.shape[1], 1), nn.Linear(states.shape[1], 1)
        for probe in (self.claims, self.answers):
            nn.init.zeros_(probe.weight)
            nn.init.zeros_(probe.bias)

    def forward(self, states: Tensor, of_answers: Tensor) -> Tensor:
        scaled = (states - self.mean) / self.spread
        return torch.where(of_answers, self.answers(scaled)[:, 0], self.claims(scaled)[:, 0])

    def stored(self, probe: nn.Linear) -> dict[str, Any]:
        """A probe of states as they are, in the form of `rag/calibration.json`."""
        weights = (probe.weight[0] / self.spread).detach()
        stored = base64.b64encode(weights.numpy().astype("<f4").tobytes()).decode()
        intercept = float(probe.bias.detach()) - float(weights.double() @ self.mean.double())
        return {"layer": LAYER, "intercept": round(intercept, 6), "weights": stored}


def fit(reader: Reader, packs: Sequence[Pack], kept_apart: Sequence[Pack]) -> Probes:
    """Fits adapter and probes to `packs`, and tells how they do on what was kept apart."""
    below = [reader.below(pack) for pack in told("reading", packs)]
    apart = [reader.below(pack) for pack in kept_apart]
    with torch.no_grad():
        states = torch.cat([_ends(reader, *both) for both in islice(zip(below, packs, strict=True), 60)])
    probes, matrices = Probes(states), reader.adapt(LAYER + 1)
    of_probes = {"params": list(probes.parameters()), "lr": PROBE_RATE, "weight_decay": 0.0}
    count = max(1, ROUNDS * len(packs) // TOGETHER)
    steps, schedule = stepped(matrices, RATE, count, WARM_UP, [of_probes])
    order = [place for _ in range(ROUNDS) for place in random.sample(range(len(packs)), len(packs))]
    for number, place in enumerate(told("fitting", order), 1):
        found, held = _judged(reader, probes, below[place], packs[place])
        torch.autograd.backward(cross_entropy(found, held) / TOGETHER)
        if number % TOGETHER == 0:
            nn.utils.clip_grad_norm_(matrices, 1.0)
            steps.step()
            steps.zero_grad()
            schedule.step()
    with torch.no_grad():
        scored = [_judged(reader, probes, *both) for both in zip(apart, kept_apart, strict=True)]
    odds, truth = (torch.cat(values).numpy() for values in zip(*scored, strict=True))
    of_answers = np.array([bool(example.get("question")) for pack in kept_apart for _, example in pack.ends])
    for title, rows in (("claims", ~of_answers), ("answers", of_answers)):
        print(f"{title} kept apart: {rows.sum()}, AUROC {auroc(odds[rows], truth[rows] > 0)}")
    return probes


def _ends(reader: Reader, below: Tensor, pack: Pack) -> Tensor:
    """The state at the end of each example, shape (examples, width)."""
    return reader.above(below, pack)[[end for end, _ in pack.ends]].float()


def _judged(reader: Reader, probes: Probes, below: Tensor, pack: Pack) -> tuple[Tensor, Tensor]:
    """The log-odds of each example of a pack, and whether it holds."""
    of_answers = torch.tensor([bool(example.get("question")) for _, example in pack.ends])
    held = torch.tensor([float(example["holds"]) for _, example in pack.ends])
    return probes(_ends(reader, below, pack), of_answers), held


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.adapter",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("examples", type=Path, nargs="+", help="one example a line")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where both are put")
    options = parser.parse_args(arguments)
    torch.manual_seed(0)
    random.seed(0)
    try:
        examples = [json.loads(line) for path in options.examples for line in path.read_text("utf-8").splitlines()]
        model, prompts = models.answering_model_path(Settings.from_environment()), templates.load()
        reader = opened(model, LOWEST, LAYER + 1)
        apart = {example["group"] for example in examples if _draw(example["group"]) % HELD_OUT == 0}
        packs = list(packed([one for one in examples if one["group"] not in apart], reader.tokenizer, prompts))
        kept_apart = list(packed([one for one in examples if one["group"] in apart], reader.tokenizer, prompts))
        probes = fit(reader, packs, kept_apart)
        options.out.mkdir(parents=True, exist_ok=True)
        reader.write(options.out / "close_reading.gguf")
        found = {"stated": probes.stored(probes.claims), "gives": probes.stored(probes.answers)}
        (options.out / "probes.json").write_text(json.dumps(found) + "\n", encoding="utf-8")
    except (FootnoteError, OSError) as error:
        return fault(error)
    return 0


def _draw(group: str) -> int:
    return int(hashlib.sha256(group.encode()).hexdigest(), 16)


if __name__ == "__main__":
    sys.exit(main())
