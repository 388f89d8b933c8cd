"""The adapter that tells whether passages answer: `python -m benchmarks.answerable collect QUESTIONS...` and `... fit`.

`collect` looks for what is read for each question, without a model that writes, and puts together questions that may be
asked of the same passages: the state behind a question then tells by the question and not by its subject. A question is
answerable there where all its evidence is read; others that the documents answer are not, unless an answer stands there
by chance, when they are left out. `fit` fits low-rank matrices beside the upper layers, through which the question goes
and the passages do not, together with the probe that reads the state behind it, which begins as the shipped one. One
file in six, in the order given, is kept apart, and how well both probes tell there is printed. Writes
`answerable.gguf`, and `probe.json`, which goes into `rag/calibration.json`. Takes some 12 GB of memory, and two hours
of two cores for 2,000 questions.
"""

from __future__ import annotations

import argparse
import base64
import json
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy

from benchmarks.lowrank import Pack, Read, Reader, opened, stepped, told
from benchmarks.report import fault
from index.encode import SentenceTransformerEncoder
from index.library import Library
from index.records import Hit
from rag import confidence, models, prompt, templates
from rag.confidence import Probe
from rag.errors import FootnoteError
from rag.evaluation.estimates import auroc
from rag.evaluation.gold import Question, documents_in, gold_form, in_folder, read_gold
from rag.evaluation.scoring import contains, evidence_read
from rag.generate import LlamaGenerator
from rag.retrieve import retrieve
from rag.settings import Settings
from rag.templates import Templates

LAYER, LOWEST = 19, 12  # whose state is read, and the first with an adapter; measured in LOG.md, as are the others
ROUNDS, TOGETHER = 2, 6  # packs between two steps
RATE, PROBE_RATE, WARM_UP = 3e-4, 2e-5, 15
OF_ONE_TEXT = 7  # questions that are asked of the same passages, at most
OVERLAP = 0.4  # of what is read for a question, that has to be read for another one to be asked with it
HELD_OUT = 6  # one file in so many
END = "<|im_end|>\n<|im_start|>assistant\n"


@dataclass(frozen=True, slots=True)
class Asked:
    """Passages as they are read, and the questions asked of them as their prompts end, each with whether the passages
    answer it."""

    text: str
    questions: list[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class _Found:
    question: Question
    asked: str
    hits: tuple[Hit, ...]
    gold: dict[str, Any]

    def overlap(self, other: _Found) -> float:
        """How much of what is read for this question is read for the other one, in [0, 1]."""
        both = [(one.passage, two.passage) for one in self.hits for two in other.hits]
        common = sum(
            max(0, min(one.end, two.end) - max(one.start, two.start))
            for one, two in both
            if one.document_id == two.document_id
        )
        return common / max(1, sum(hit.passage.end - hit.passage.start for hit in self.hits))

    def answered_by(self, hits: Sequence[Hit]) -> bool | None:
        """Whether these passages answer the question; None where that cannot be told."""
        if not self.question.answerable:
            return False
        record = {"passages": [asdict(hit.passage) for hit in hits], "gold": self.gold}
        share = evidence_read(record)
        if share.of and share.hits == share.of:
            return True
        return None if contains(prompt.read(hits), self.question.answers) else False


def collect(options: argparse.Namespace) -> int:
    settings, prompts = Settings.from_environment(), templates.load()
    encoder = SentenceTransformerEncoder(models.embedding_model_path(settings))
    path = models.answering_model_path(settings)
    generator = LlamaGenerator(path, models.identity(path, settings), settings.context_tokens)
    with (
        tempfile.TemporaryDirectory(prefix="footnote-benchmark-") as home,
        closing(Library(replace(settings, home=Path(home)).index, encoder)) as library,
        options.out.open("w", encoding="utf-8") as out,
    ):
        library.add(documents_in(options.documents))
        find = in_folder(options.documents, library.document)
        found = []
        for question in told("searching", [one for path in options.questions for one in read_gold(path)]):
            hits = retrieve(library, encoder, question.question, settings, generator.count_tokens, prompts).hits
            asked = prompt.question_text(prompt.posed(question.question, hits), prompts)
            found.append(_Found(question, asked, hits, gold_form(question, find)))
        for together in _together(found, prompts):
            out.write(json.dumps(asdict(together)) + "\n")
    return 0


def _together(found: Sequence[_Found], prompts: Templates) -> Iterator[Asked]:
    """Questions by the passages they are asked of: those of one of them, drawn by chance."""
    left = random.sample(list(found), len(found))
    while left:
        first = left.pop(0)
        near = sorted(((one.overlap(first), number) for number, one in enumerate(left)), reverse=True)
        taken = [number for share, number in near[: OF_ONE_TEXT - 1] if share >= OVERLAP]
        asking = [first, *(left[number] for number in taken)]
        left = [one for number, one in enumerate(left) if number not in taken]
        told_of = [(one.asked, one.answered_by(first.hits)) for one in asking]
        questions = [(asked, answered) for asked, answered in told_of if answered is not None]
        if questions:
            yield Asked("".join(prompt.asking("", first.hits, prompts).turns[-1].parts[:-1]), questions)


def packed(asked: Asked, tokenizer: Any, prompts: Templates) -> Pack:  # noqa: ANN401  (transformers has no types)
    """The passages with their questions behind them, each of which sees them and itself."""
    pack = Pack()
    beginning = f"<|im_start|>system\n{prompts.render('system')}<|im_end|>\n<|im_start|>user\n"
    for text in (beginning, asked.text):
        pack.extend(tokenizer.encode(text, add_special_tokens=False), len(pack.tokens), text=0)
    passages = len(pack.tokens)
    for number, (question, answered) in enumerate(asked.questions):
        pack.extend(tokenizer.encode(question + END, add_special_tokens=False), passages, text=0, tail=number)
        pack.ends.append((len(pack.tokens) - 1, {"answered": answered}))
    return pack


class Learning(nn.Module):
    """The probe as it changes from the one that it begins with."""

    def __init__(self, begun: Probe) -> None:
        super().__init__()
        self.begun = torch.from_numpy(begun.weights)
        self.change = nn.Parameter(torch.zeros_like(self.begun))
        self.intercept = nn.Parameter(torch.tensor(begun.intercept))

    def forward(self, states: Tensor) -> Tensor:
        found: Tensor = states @ (self.begun + self.change) + self.intercept
        return found

    def stored(self) -> dict[str, Any]:
        weights = (self.begun + self.change).detach().numpy().astype("<f4").tobytes()
        intercept = round(float(self.intercept.detach()), 6)
        return {"layer": LAYER, "intercept": intercept, "weights": base64.b64encode(weights).decode()}


def learn(reader: Reader, packs: Sequence[Pack], apart: Sequence[Pack], begun: Probe) -> Learning:
    """Fits adapter and probe to `packs`, and tells how they do on those kept `apart`."""
    read = [reader.read(pack) for pack in told("reading", packs)]
    held_out = [reader.read(pack) for pack in apart]
    probe, matrices = Learning(begun), reader.adapt(LAYER + 1)
    _tell("as it began", reader, probe, held_out)
    of_probe = {"params": list(probe.parameters()), "lr": PROBE_RATE, "weight_decay": 0.0}
    steps, schedule = stepped(matrices, RATE, max(1, ROUNDS * len(packs) // TOGETHER), WARM_UP, [of_probe])
    order = [place for _ in range(ROUNDS) for place in random.sample(range(len(packs)), len(packs))]
    for some in told("fitting", [order[start : start + TOGETHER] for start in range(0, len(order), TOGETHER)]):
        for place in some:
            odds, answered = _odds(reader, probe, read[place])
            torch.autograd.backward(cross_entropy(odds, answered) / len(some))
        nn.utils.clip_grad_norm_(matrices, 1.0)
        steps.step()
        steps.zero_grad()
        schedule.step()
    _tell("fitted", reader, probe, held_out)
    return probe


def _odds(reader: Reader, probe: Learning, read: Read) -> tuple[Tensor, Tensor]:
    """The log-odds of each question of a pack, and whether it is answered."""
    ends = read.pack.ends
    states = reader.behind(read)[[end - read.start for end, _ in ends]].float()
    return probe(states), torch.tensor([float(about["answered"]) for _, about in ends])


@torch.no_grad()
def _tell(title: str, reader: Reader, probe: Learning, apart: Sequence[Read]) -> None:
    if not apart:
        return
    scored = [_odds(reader, probe, read) for read in apart]
    odds, answered = (torch.cat(values).numpy() for values in zip(*scored, strict=True))
    print(f"{title}: AUROC {auroc(odds, answered > 0)} of {len(odds)} kept apart", flush=True)


def fit(options: argparse.Namespace) -> int:
    settings, prompts = Settings.from_environment(), templates.load()
    path = models.answering_model_path(settings)
    reader = opened(path, LOWEST, LAYER + 1)
    begun = confidence.load(models.identity(path, settings).sha256).probe
    if begun is None:
        raise FootnoteError(f"{path}: no probe was fitted to this model's states; fit one with benchmarks.probe")
    files = [
        [packed(Asked(**json.loads(line)), reader.tokenizer, prompts) for line in file.read_text("utf-8").splitlines()]
        for file in options.files
    ]
    apart = [pack for number, packs in enumerate(files) if number % HELD_OUT == HELD_OUT - 1 for pack in packs]
    fitted = [pack for number, packs in enumerate(files) if number % HELD_OUT != HELD_OUT - 1 for pack in packs]
    probe = learn(reader, fitted, apart, begun)
    options.out.mkdir(parents=True, exist_ok=True)
    reader.write(options.out / "answerable.gguf")
    (options.out / "probe.json").write_text(json.dumps(probe.stored()) + "\n", encoding="utf-8")
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.answerable",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True)
    collecting = commands.add_parser("collect", help="what is read for questions, and what else to ask of it")
    collecting.add_argument("questions", type=Path, nargs="+", metavar="QUESTIONS.jsonl")
    collecting.add_argument("--documents", type=Path, required=True, metavar="FOLDER")
    collecting.add_argument("--out", type=Path, required=True, metavar="FILE")
    collecting.set_defaults(run=collect)
    fitting = commands.add_parser("fit", help="the adapter and its probe")
    fitting.add_argument("files", type=Path, nargs="+", help="what `collect` wrote, one file a collection")
    fitting.add_argument("--out", type=Path, required=True, metavar="DIR", help="where both are put")
    fitting.set_defaults(run=fit)
    options = parser.parse_args(arguments)
    random.seed(1)
    torch.manual_seed(1)
    try:
        return int(options.run(options))
    except (FootnoteError, OSError) as error:
        return fault(error)


if __name__ == "__main__":
    sys.exit(main())
