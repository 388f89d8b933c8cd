"""The adapter through which `rag/close_reading.py` reads claims: `python -m benchmarks.adapter EXAMPLES... --out DIR`.

Low-rank matrices beside the upper layers that are read (Hu et al., "LoRA", 2021), fitted together with the probes above
them by the cross-entropy of what people judged; the lines of the files are those of `benchmarks.close_reading`. Texts
that several examples share are read once, the layers below the adapter once for all rounds. One group in eight, by its
hash, is kept apart and scored. Writes `close_reading.gguf` and `probes.json`, whose "stated" goes into
`rag/calibration.json`. Wants the package `gguf`, which nothing else here does, some 10 GB of memory, and an hour of two
cores for 4,400 examples.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import math
import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy

from benchmarks.report import fault
from rag import models, templates
from rag.errors import FootnoteError
from rag.evaluation.estimates import auroc
from rag.settings import Settings
from rag.templates import Templates

LAYER = 18  # whose state the probes read
LOWEST = 12  # the first layer with an adapter; measured in LOG.md, as are the others
RANK, ALPHA = 8, 16.0
ROUNDS, TOGETHER = 2, 2  # packs between two steps
RATE, PROBE_RATE, WARM_UP = 4e-4, 2e-4, 20
PACK, TEXT, TAIL = 768, 520, 160  # tokens, at most
HELD_OUT = 8  # one group in so many
# What a layer of llama.cpp calls what transformers calls by another name.
PROJECTIONS = {
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
OTHERS = {"ffn_gate": "mlp.gate_proj", "attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm"}


@dataclass
class Pack:
    """Texts with the examples that ask about each, in one sequence: an example sees its own text and itself."""

    tokens: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)  # in the prompt that each token would stand in by itself
    text: list[int] = field(default_factory=list)  # which text a token belongs to
    tail: list[int] = field(default_factory=list)  # which example, and -1 in the text itself
    ends: list[tuple[int, dict[str, Any]]] = field(default_factory=list)  # the last token of each example

    def mask(self) -> Tensor:
        """What each token may look at, to be added to the scores; shape (1, 1, tokens, tokens)."""
        text, tail, order = torch.tensor(self.text), torch.tensor(self.tail), torch.arange(len(self.tokens))
        own = (text[:, None] == text) & ((tail == -1) | (tail[:, None] == tail)) & (order[:, None] >= order)
        return torch.zeros(own.shape, dtype=torch.bfloat16).masked_fill(~own, float("-inf"))[None, None]


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
                _extend(pack, head, range(len(head)), text=number, tail=-1)
                about, open_text = number, True
            _extend(pack, tail, range(len(head), len(head) + len(tail)), text=about, tail=number)
            pack.ends.append((len(pack.tokens) - 1, example))
    if pack.tokens:
        yield pack


def _extend(pack: Pack, tokens: Sequence[int], places: range, *, text: int, tail: int) -> None:
    pack.tokens += tokens
    pack.places += places
    pack.text += [text] * len(tokens)
    pack.tail += [tail] * len(tokens)


def _parts(text: str, example: dict[str, Any], prompts: Templates) -> tuple[str, str]:
    """What the model reads, in the form of its template, up to the end of the text and behind it."""
    if example.get("question"):
        asked = prompts.render("gives", text=text, question=example["question"], answer=example["claim"])
    else:
        asked = prompts.render("stated", text=text, statement=example["claim"])
    cut = asked.index("\n\n", asked.index(text) + len(text)) + 2
    beginning = f"<|im_start|>system\n{prompts.render('checking')}<|im_end|>\n<|im_start|>user\n"
    return beginning + asked[:cut], asked[cut:] + "<|im_end|>\n<|im_start|>assistant\n"


class Adapted(nn.Module):
    """A projection with two low-rank matrices beside it, which change nothing at first."""

    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base
        self.down = nn.Parameter(torch.randn(RANK, base.in_features) / math.sqrt(base.in_features))
        self.up = nn.Parameter(torch.zeros(base.out_features, RANK))

    def forward(self, states: Tensor) -> Tensor:
        beside = (states @ self.down.to(states.dtype).T) @ self.up.to(states.dtype).T
        whole: Tensor = self.base(states) + beside * (ALPHA / RANK)
        return whole


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


class Reader:
    """The lower layers of the default model in bfloat16, as its GGUF has them."""

    def __init__(self, path: Path) -> None:
        try:
            from gguf import GGUFReader
            from gguf.quants import dequantize
        except ImportError:
            raise FootnoteError("the package gguf is not there; run: pip install gguf") from None
        from transformers import AutoTokenizer, Qwen2Config
        from transformers.models.qwen2.modeling_qwen2 import Qwen2Model, Qwen2RotaryEmbedding

        stored = GGUFReader(path)
        about = {name.removeprefix("qwen2."): entry.contents() for name, entry in stored.fields.items()}
        if about["general.architecture"] != "qwen2":
            raise FootnoteError(f"{path}: {about['general.architecture']} is an architecture that is not known here")
        self.tokenizer = AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name)
        config = Qwen2Config(
            hidden_size=about["embedding_length"],
            intermediate_size=about["feed_forward_length"],
            num_hidden_layers=LAYER + 1,
            num_attention_heads=about["attention.head_count"],
            num_key_value_heads=about["attention.head_count_kv"],
            rms_norm_eps=about["attention.layer_norm_rms_epsilon"],
            rope_theta=about["rope.freq_base"],
            attn_implementation="sdpa",
        )
        weights = {"norm.weight": torch.ones(config.hidden_size, dtype=torch.bfloat16)}
        for tensor in stored.tensors:
            name = _name(tensor.name)
            if name:
                values = torch.from_numpy(dequantize(tensor.data, tensor.tensor_type).copy())
                weights[name] = values.reshape([int(size) for size in reversed(tensor.shape)]).to(torch.bfloat16)
        config.vocab_size = weights["embed_tokens.weight"].shape[0]
        with torch.device("meta"):
            self.model = Qwen2Model(config)
        self.model.load_state_dict(weights, assign=True)
        self.model.rotary_emb = Qwen2RotaryEmbedding(config)  # its frequencies are no weights
        self.model.requires_grad_(False)

    def below(self, pack: Pack) -> Tensor:
        """The states of a pack where the adapter begins, shape (1, tokens, width)."""
        with torch.no_grad():
            return self._through(self.model.embed_tokens(torch.tensor([pack.tokens])), pack, 0, LOWEST)

    def ends(self, below: Tensor, pack: Pack) -> Tensor:
        """The state at the end of each example, shape (examples, width)."""
        return self._through(below, pack, LOWEST, LAYER + 1)[0, [end for end, _ in pack.ends]].float()

    def _through(self, states: Tensor, pack: Pack, first: int, end: int) -> Tensor:
        places = torch.tensor([pack.places])
        turned, mask = self.model.rotary_emb(states, places), pack.mask()
        for layer in self.model.layers[first:end]:
            found = layer(states, attention_mask=mask, position_ids=places, position_embeddings=turned)
            states = found[0] if isinstance(found, tuple) else found
        return states

    def adapt(self) -> dict[str, Adapted]:
        """Puts the matrices beside the projections; by the names of llama.cpp."""
        adapted = {}
        for number in range(LOWEST, LAYER + 1):
            for name, path in PROJECTIONS.items():
                place, _, last = path.rpartition(".")
                within = self.model.layers[number].get_submodule(place)
                adapted[f"blk.{number}.{name}"] = Adapted(getattr(within, last))
                setattr(within, last, adapted[f"blk.{number}.{name}"])
        return adapted


def _name(tensor: str) -> str | None:
    """The name by which transformers knows a tensor of the GGUF; None for those that are not read."""
    if tensor == "token_embd.weight":
        return "embed_tokens.weight"
    block, _, rest = tensor.removeprefix("blk.").partition(".")
    name, _, kind = rest.partition(".")
    known = (PROJECTIONS | OTHERS).get(name)
    return f"layers.{block}.{known}.{kind}" if known and int(block) <= LAYER else None


def fit(reader: Reader, packs: Sequence[Pack], kept_apart: Sequence[Pack]) -> tuple[dict[str, Adapted], Probes]:
    """Fits adapter and probes to `packs`, and tells how they do on what was kept apart."""
    below = [reader.below(pack) for pack in _told("reading", packs)]
    apart = [reader.below(pack) for pack in kept_apart]
    with torch.no_grad():
        states = torch.cat([reader.ends(*both) for both in islice(zip(below, packs, strict=True), 60)])
    probes, adapted = Probes(states), reader.adapt()
    matrices = [weights for one in adapted.values() for weights in (one.down, one.up)]
    steps = torch.optim.AdamW(
        [
            {"params": matrices, "lr": RATE, "weight_decay": 0.01},
            {"params": list(probes.parameters()), "lr": PROBE_RATE, "weight_decay": 0.0},
        ]
    )
    count = max(1, ROUNDS * len(packs) // TOGETHER)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        steps, lambda step: min(1, (step + 1) / WARM_UP) * (0.525 + 0.475 * math.cos(math.pi * min(1, step / count)))
    )
    order = [place for _ in range(ROUNDS) for place in random.sample(range(len(packs)), len(packs))]
    for number, place in enumerate(_told("fitting", order), 1):
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
    return adapted, probes


def _judged(reader: Reader, probes: Probes, below: Tensor, pack: Pack) -> tuple[Tensor, Tensor]:
    """The log-odds of each example of a pack, and whether it holds."""
    of_answers = torch.tensor([bool(example.get("question")) for _, example in pack.ends])
    held = torch.tensor([float(example["holds"]) for _, example in pack.ends])
    return probes(reader.ends(below, pack), of_answers), held


def write(adapted: dict[str, Adapted], path: Path) -> None:
    """The matrices as llama.cpp reads them."""
    from gguf import GGUFWriter

    writer = GGUFWriter(path, "qwen2")
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", ALPHA)
    for name, one in adapted.items():
        for letter, weights in (("a", one.down), ("b", one.up)):
            writer.add_tensor(f"{name}.weight.lora_{letter}", weights.detach().half().numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _told(title: str, things: Sequence[Any]) -> Iterator[Any]:
    """The things one by one, with a word now and then on how many are done."""
    for number, thing in enumerate(things):
        if number % 50 == 0:
            print(f"{title}: {number} of {len(things)}", file=sys.stderr, flush=True)
        yield thing


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
        reader, prompts = Reader(models.answering_model_path(Settings.from_environment())), templates.load()
        apart = {example["group"] for example in examples if _draw(example["group"]) % HELD_OUT == 0}
        packs = list(packed([one for one in examples if one["group"] not in apart], reader.tokenizer, prompts))
        kept_apart = list(packed([one for one in examples if one["group"] in apart], reader.tokenizer, prompts))
        adapted, probes = fit(reader, packs, kept_apart)
        options.out.mkdir(parents=True, exist_ok=True)
        write(adapted, options.out / "close_reading.gguf")
        found = {"stated": probes.stored(probes.claims), "gives": probes.stored(probes.answers)}
        (options.out / "probes.json").write_text(json.dumps(found) + "\n", encoding="utf-8")
    except (FootnoteError, OSError) as error:
        return fault(error)
    return 0


def _draw(group: str) -> int:
    return int(hashlib.sha256(group.encode()).hexdigest(), 16)


if __name__ == "__main__":
    sys.exit(main())
