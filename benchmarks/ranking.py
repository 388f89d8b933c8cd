"""Where `rag/ranking.json` comes from: `python -m benchmarks.ranking collect QUESTIONS --documents F` and `... fit`.

`collect` searches as answering does, with the embedding model alone, and keeps how near each sentence of what was found
is to the words of the question, and which sentences hold the evidence. `fit` learns from such files how much each word
of a question tells and how the signals weigh, and prints how often a passage with evidence comes first, and among the
first four, with whole files held out, beside the order that the search gave. With `--write` it stores what it learned
of all. Files may count several times (`--more`), as those whose questions share few words with what answers them.
"""

from __future__ import annotations

import argparse
import base64
import json
import random
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from importlib import resources
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.encode import SentenceTransformerEncoder
from index.library import Library
from index.records import Hit
from rag import models
from rag.evaluation.gold import Question, documents_in, gold_form, in_folder, read_gold, sample
from rag.evaluation.scoring import contains
from rag.ranking import SIGNALS, Ranking, fingerprint, signals_of
from rag.rerank import SecondLook
from rag.retrieve import AROUND
from rag.settings import Settings
from rag.units import units
from rag.words import sure_language

LONGEST_EVIDENCE = 600  # characters; of longer spans those sentences count that hold an answer
MOST_SENTENCES = 6  # that hold the evidence; where more do, an answer is a common word and tells nothing
FOLDS = 4
LANGUAGE = "en"  # of the questions that are fitted
ROUNDS, BATCH = 6, 8
RATES = {"words": 0.003, "weights": 0.01}  # of AdamW at the beginning, falling to nothing
DECAY = 0.3  # of the words' probe
SHARP = 4.0  # of the softmax over words, so that one rate does for a probe of vectors of length 1
BEGIN = {"fused": 20.0, "words": 0.0, "cosine": 0.0, "likeness": 3.0, "sentence": 4.0, "passage": 4.0}
GIVEN = ("fused", "words", "cosine", "likeness")  # of the signals those that do not depend on words' weights
BY_SCORE = ("fused",)  # whose own scale is a tenth of the others'


@dataclass(frozen=True, slots=True)
class Row:
    """One question: `asked` (words, dimension), `nearness` (sentences, words), and of each sentence the number of its
    passage, its signals that do not depend on words' weights, and whether it holds evidence."""

    asked: NDArray[np.float32]
    nearness: NDArray[np.float32]
    passage: NDArray[np.int64]
    given: NDArray[np.float32]
    holds: NDArray[np.bool_]


def collect(options: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    encoder = SentenceTransformerEncoder(models.embedding_model_path(settings))
    with (
        tempfile.TemporaryDirectory(prefix="footnote-benchmark-") as home,
        closing(Library(replace(settings, home=Path(home)).index, encoder)) as library,
        options.out.open("w", encoding="utf-8") as out,
    ):
        library.add(documents_in(options.documents))
        find = in_folder(options.documents, library.document)
        asked = [question for question in read_gold(options.questions) if question.answerable and not question.yes_no]
        for question in sample(asked, options.limit, 1):
            if sure_language(question.question) != LANGUAGE:
                continue
            hits = library.search(question.question, settings.candidates, None, AROUND)
            look = SecondLook(question.question, hits, encoder)
            out.write(json.dumps(_line(question, look, gold_form(question, find)["spans"])) + "\n")
    return 0


def _line(question: Question, look: SecondLook, spans: Sequence[dict[str, Any]]) -> dict[str, Any]:
    nearness = [look.nearness(hit, units(hit.passage.text)) for hit in look.hits]
    given = signals_of(look.hits, nearness, look.telling)
    return {
        "id": question.id,
        "words": _kept(look.asked),
        "nearness": [_kept(near) for near in nearness],
        "signals": [{name: of[name].tolist() for name in GIVEN} for of in given],
        "holds": [_holding(hit, question, spans) for hit in look.hits],
    }


def _holding(hit: Hit, question: Question, spans: Sequence[dict[str, Any]]) -> list[bool]:
    """Of each sentence of a passage whether it holds evidence."""
    found = []
    for start, end in units(hit.passage.text):
        there = [
            span
            for span in spans
            if span["document_id"] == hit.passage.document_id
            and hit.passage.start + start < span["end"]
            and span["start"] < hit.passage.start + end
        ]
        short = any(span["end"] - span["start"] <= LONGEST_EVIDENCE for span in there)
        found.append(short or (bool(there) and contains(hit.passage.text[start:end], question.answers)))
    return found


def _kept(numbers: NDArray[np.float32]) -> str:
    return base64.b64encode(numbers.astype("<f2").tobytes()).decode()


def rows_of(file: Path, dimension: int) -> list[Row]:
    """The questions of a collected file whose evidence was found, in few sentences."""
    rows = []
    for line in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
        holds = np.array([sentence for passage in line["holds"] for sentence in passage])
        if not 0 < holds.sum() <= MOST_SENTENCES:
            continue
        asked = _read(line["words"], dimension)
        near = [_read(passage, len(asked)) for passage in line["nearness"]]
        given = [np.array([of[name] for name in GIVEN], np.float32).T for of in line["signals"]]
        passage = np.repeat(np.arange(len(near)), [len(one) for one in near])
        rows.append(Row(asked, np.concatenate(near), passage, np.concatenate(given), holds))
    return rows


def _read(kept: str, columns: int) -> NDArray[np.float32]:
    return np.frombuffer(base64.b64decode(kept), "<f2").reshape(-1, columns).astype(np.float32)


def fitted(rows: Sequence[Row], seed: int = 0) -> Ranking:
    """What the rows teach, by the softmax over all sentences of a question."""
    import torch

    torch.manual_seed(seed)
    words = torch.zeros(rows[0].asked.shape[1], requires_grad=True)
    scale = torch.tensor([10.0 if name in BY_SCORE else 1.0 for name in SIGNALS])
    weights = (torch.tensor([BEGIN[name] for name in SIGNALS]) / scale).requires_grad_()
    groups = [
        {"params": [words], "lr": RATES["words"], "weight_decay": DECAY},
        {"params": [weights], "lr": RATES["weights"], "weight_decay": 0.0},
    ]
    optimiser = torch.optim.AdamW(groups)
    steps = ROUNDS * max(len(rows) // BATCH, 1)
    falling = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: max(1 - step / steps, 0.001))
    order, drawn = list(rows), random.Random(seed)
    for _ in range(ROUNDS):
        drawn.shuffle(order)
        for first in range(0, max(len(order) - BATCH + 1, 1), BATCH):
            lost = torch.zeros(())
            for row in order[first : first + BATCH]:
                near, passage = torch.tensor(row.nearness), torch.tensor(row.passage)
                telling = torch.softmax(SHARP * torch.tensor(row.asked) @ words, 0)
                best = torch.full((int(passage.max()) + 1, near.shape[1]), -1.0)
                best = best.scatter_reduce(0, passage[:, None].expand_as(near), near, "amax")
                signals = torch.column_stack([torch.tensor(row.given), near @ telling, (best @ telling)[passage]])
                shares = torch.log_softmax(signals @ (weights * scale), 0)
                lost = lost - torch.logsumexp(shares[torch.tensor(row.holds)], 0)
            optimiser.zero_grad()
            torch.autograd.backward(lost / BATCH)
            optimiser.step()
            falling.step()
    learned = dict(zip(SIGNALS, (weights * scale).tolist(), strict=True))
    return Ranking((SHARP * words).detach().numpy().astype(np.float32), learned)


def ranks(row: Row, ranking: Ranking | None) -> int:
    """At which place the first passage with evidence stands; without a ranking in the order that the search gave."""
    sizes = np.bincount(row.passage)
    ends = list(accumulate(sizes.tolist()))
    good = {int(passage) for passage in row.passage[row.holds]}
    if ranking is None:
        return 1 + min(good)
    telling = ranking.telling(row.asked)
    odds = []
    for start, end in zip([0, *ends], ends, strict=False):
        near = row.nearness[start:end]
        signals = [*row.given[start:end].T, near @ telling, np.full(len(near), near.max(axis=0) @ telling)]
        odds.append(ranking.log_odds(dict(zip(SIGNALS, signals, strict=True))))
    order = sorted(range(len(odds)), key=lambda passage: (-odds[passage], passage))
    return 1 + min(order.index(passage) for passage in good)


def fit(options: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    encoder = SentenceTransformerEncoder(models.embedding_model_path(settings))
    files: list[Path] = options.files
    often = {file: options.often if file in (options.more or ()) else 1 for file in files}
    found = {file: rows_of(file, encoder.dimension) for file in files}
    print("| file | questions | first before | first | among four before | among four |\n|---|---|---|---|---|---|")
    for fold in range(min(FOLDS, len(files))):
        rest = [row for n, file in enumerate(files) if n % FOLDS != fold for row in found[file] * often[file]]
        ranking = fitted(rest)
        for file in files[fold::FOLDS]:
            places = np.array([(ranks(row, None), ranks(row, ranking)) for row in found[file]])
            one, four = (places == 1).mean(axis=0), (places <= 4).mean(axis=0)
            print(f"| {file.stem} | {len(places)} | {one[0]:.3f} | {one[1]:.3f} | {four[0]:.3f} | {four[1]:.3f} |")
    if options.write:
        ranking = fitted([row for file in files for row in found[file] * often[file]])
        with resources.as_file(resources.files("rag").joinpath("ranking.json")) as path:
            stored = json.loads(path.read_text("utf-8")) if path.exists() else {"models": {}}
            count = sum(map(len, found.values()))
            stored["models"][fingerprint(encoder.name)] = {
                "name": encoder.name,
                "language": LANGUAGE,
                "origin": f"benchmarks/ranking.py fit on {count} questions ({', '.join(f.stem for f in files)})",
                "weights": {name: round(weight, 4) for name, weight in ranking.weights.items()},
                "words": base64.b64encode(ranking.words.astype("<f4").tobytes()).decode(),
            }
            path.write_text(json.dumps(stored, indent=2) + "\n")
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ranking", description=__doc__)
    commands = parser.add_subparsers(required=True)
    collecting = commands.add_parser("collect")
    collecting.add_argument("questions", type=Path)
    collecting.add_argument("--documents", type=Path, required=True)
    collecting.add_argument("--out", type=Path, required=True)
    collecting.add_argument("--limit", type=int, help="so many, drawn at random")
    collecting.set_defaults(run=collect)
    fitting = commands.add_parser("fit")
    fitting.add_argument("files", type=Path, nargs="+")
    fitting.add_argument("--more", type=Path, nargs="+", help="those of the files that count several times")
    fitting.add_argument("--often", type=int, default=3, help="how many times those count")
    fitting.add_argument("--write", action="store_true")
    fitting.set_defaults(run=fit)
    options = parser.parse_args(arguments)
    return int(options.run(options))


if __name__ == "__main__":
    sys.exit(main())
