"""Where the probes of `confidence` come from: `python -m benchmarks.probe collect QUESTIONS...` and `... fit`.

`collect` reads passages and question as an answer would and keeps the model's hidden state where it is about to write;
questions on the same stretch of a document share the passages, which are then read once, and tell the probe that the
question decides and not the subject. `fit` prints how well a linear model of these states tells answerable questions
from others, with whole documents held out and on files that were not fitted, and with `--write` stores it. With
`--of written` it fits the states that answers were written from, which `benchmarks.calibrate collect` keeps, to whether
they were right; with `--of stated` and `--of gives` those behind claims or answers and what they cite, which
`benchmarks.close_reading` keeps, to whether the words cited state the claim or give the answer. Each file counts as
much as any other, however many lines it holds. With `--onto-shipped` what is fitted is how the probe that is shipped
has to change, so that what it knows from examples that are gone is not lost.
"""

from __future__ import annotations

import argparse
import base64
import json
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.encode import SentenceTransformerEncoder
from index.library import Library
from index.records import Hit
from rag import models, prompt, templates
from rag.confidence import Probe, load
from rag.evaluation.estimates import auroc
from rag.evaluation.gold import documents_in
from rag.excerpt import excerpts
from rag.generate import LlamaGenerator
from rag.generator import result_of
from rag.rerank import SecondLook
from rag.retrieve import retrieve
from rag.settings import Settings

# The C of scikit-learn on standardised states: half an order of magnitude more or less hardly matters (LOG.md).
PENALTY = {"probe": 3e-4, "written": 2e-3, "stated": 1e-3, "gives": 1e-3}
TRUTH = {"probe": "answerable", "written": "right", "stated": "stated", "gives": "right"}
STATE = {"probe": "state", "written": "written", "stated": "state", "gives": "gives"}
LAYER = {"probe": 19, "written": 17, "stated": 18, "gives": 18}
FOLDS = 7
UNPENALISED = 100.0  # times as large a weight of the probe that is begun with costs the same


def collect(options: argparse.Namespace) -> int:
    settings = Settings.from_environment()
    path = models.answering_model_path(settings)
    generator = LlamaGenerator(path, models.identity(path, settings), settings.context_tokens, layers=[options.layer])
    encoder, texts = SentenceTransformerEncoder(models.embedding_model_path(settings)), templates.load()
    kept = {row["id"] for row in rows_of([options.out])} if options.out.exists() else set()
    until = time.monotonic() + options.minutes * 60
    with (
        tempfile.TemporaryDirectory() as home,
        closing(Library(replace(settings, home=Path(home)).index, encoder)) as library,
        options.out.open("a") as out,
    ):
        library.add(documents_in(options.documents))
        for group in groups(options.questions, options.seed):
            shared: tuple[Hit, ...] = ()
            for question in group:
                if question["id"] in kept or time.monotonic() > until:
                    continue
                if not shared or len(group) == 1:
                    shared = _passages(library, encoder, generator, settings, question)
                steps = generator.states(prompt.answering(question["question"], shared, texts))
                row = {
                    "id": question["id"],
                    "document": question.get("doc", ""),
                    "answerable": bool(question["answerable"]),
                    "type": question.get("type"),
                    "state": base64.b64encode(result_of(steps)[options.layer].astype("<f2").tobytes()).decode(),
                }
                out.write(json.dumps(row) + "\n")
                out.flush()
    return 0


def groups(files: Sequence[Path], seed: int) -> list[list[dict[str, Any]]]:
    """Questions on one paragraph together, in an order drawn by `seed`; what names no paragraph stands alone."""
    found: dict[str, list[dict[str, Any]]] = {}
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            question = json.loads(line)
            paragraph = question.get("paragraph", question.get("lure_paragraph"))
            absent = question.get("type") == "absent-paragraph"
            key = question["id"] if paragraph is None or absent else f"{question['doc']}:{paragraph}"
            found.setdefault(key, []).append(question)
    drawn = [found[key] for key in sorted(found)]
    random.Random(seed).shuffle(drawn)
    return drawn


def _passages(
    library: Library,
    encoder: SentenceTransformerEncoder,
    generator: LlamaGenerator,
    settings: Settings,
    question: dict[str, Any],
) -> tuple[Hit, ...]:
    """What would be read for a question; where its paragraph is known, the passages from there come first."""
    texts, count = templates.load(), generator.count_tokens
    if "start" not in question:
        return retrieve(library, encoder, question["question"], settings, count, texts).hits
    look = SecondLook(question["question"], library.search(question["question"], settings.candidates), encoder)
    there = [
        hit
        for hit in look.hits
        if Path(hit.path).name == question["doc"]
        and hit.passage.start < question["end"]
        and question["start"] < hit.passage.end
    ]
    others = [hit for hit in look.hits if hit not in there]
    return excerpts(look, [*there, *others], settings.passages, settings.passage_tokens_read, count, texts)


def fit(options: argparse.Namespace) -> int:
    of_file = [[row for row in rows_of([file]) if row.get(STATE[options.of])] for file in options.files]
    rows = [row for there in of_file for row in there]
    start = getattr(load(_shipped_for()), options.of) if options.onto_shipped else None
    if options.onto_shipped and start is None:
        sys.exit(f"no probe of {options.of!r} is shipped for the model that is chosen; leave --onto-shipped out")
    shares = np.concatenate([np.full(len(there), len(rows) / len(of_file) / len(there)) for there in of_file if there])
    states, truth = states_of(rows, options.of), np.array([row[TRUTH[options.of]] for row in rows])
    documents = sorted({row["document"] for row in rows})
    fold = np.array([documents.index(row["document"]) % FOLDS for row in rows])
    penalty = options.penalty or PENALTY[options.of]
    held_out = np.empty(len(rows))
    for number in sorted(set(fold.tolist())):
        rest = fold != number
        weights, intercept = fitted(states[rest], truth[rest], penalty, shares[rest], start)
        held_out[fold == number] = states[fold == number] @ weights + intercept
    print(f"{len(rows)} questions, {int(truth.sum())} {TRUTH[options.of]}, documents held out:")
    told(rows, held_out, TRUTH[options.of])
    if start:
        print("the same by the probe that is shipped:")
        told(rows, states @ start.weights + start.intercept, TRUTH[options.of])
    weights, intercept = fitted(states, truth, penalty, shares, start)
    for file in options.on or ():
        others = [row for row in rows_of([file]) if row.get(STATE[options.of])]
        print(f"{file.name}, not fitted:")
        told(others, states_of(others, options.of) @ weights + intercept, TRUTH[options.of])
    if options.write:
        with resources.as_file(resources.files("rag").joinpath("calibration.json")) as path:
            stored = json.loads(path.read_text("utf-8"))
            model = stored["models"].setdefault(_shipped_for(), {})
            layer = options.layer or LAYER[options.of]
            origin = f"{len(rows)} questions ({', '.join(file.name for file in options.files)}), layer {layer}"
            before = f", onto: {model[options.of]['origin']}" if start else ""
            model[options.of] = {
                "origin": f"benchmarks/probe.py fit on {origin}{before}",
                "layer": layer,
                "intercept": round(intercept, 6),
                "weights": base64.b64encode(weights.astype("<f4").tobytes()).decode(),
            }
            path.write_text(json.dumps(stored, indent=2) + "\n")
    return 0


def _shipped_for() -> str:
    """The hash of the answering model that is chosen."""
    settings = Settings.from_environment()
    return models.identity(models.answering_model_path(settings), settings).sha256


def fitted(
    states: NDArray[np.float32],
    truth: NDArray[np.bool_],
    penalty: float,
    shares: NDArray[np.float64] | None = None,
    start: Probe | None = None,
) -> tuple[NDArray[np.float32], float]:
    """Logistic weights on the raw states, shape (width,), and the intercept; `shares` is what each row counts.

    From `start` only the way is penalised, and hardly its scale.
    """
    from sklearn.linear_model import LogisticRegression

    mean, spread = states.mean(axis=0), states.std(axis=0) + 1e-6
    columns = (states - mean) / spread
    if start:
        columns = np.column_stack([columns, UNPENALISED * (states @ start.weights + start.intercept)])
    model = LogisticRegression(C=penalty, max_iter=800).fit(columns, truth, shares)
    weights = model.coef_[0][: states.shape[1]] / spread
    intercept = model.intercept_[0] - mean @ weights
    if start:
        scale = UNPENALISED * model.coef_[0][-1]
        weights, intercept = weights + scale * start.weights, intercept + scale * start.intercept
    return weights.astype(np.float32), float(intercept)


def told(rows: Sequence[dict[str, Any]], scores: NDArray[np.floating[Any]], truth: str) -> None:
    """Prints the AUROC for `truth` over all, and of each kind of unanswerable question against all answerable ones."""
    right = np.array([row[truth] for row in rows])
    area = auroc(scores.astype(np.float64), right)
    print(f"  {truth:20s} {int((~right).sum()):4d} AUROC {'unknown' if area is None else f'{area:.3f}'}")
    answerable = np.array([row["answerable"] for row in rows])
    kinds = sorted({str(row.get("type")) for row in rows if not row["answerable"]})
    for kind in ("all", *kinds):
        among = np.array([row["answerable"] or kind in ("all", str(row.get("type"))) for row in rows])
        area = auroc(scores[among].astype(np.float64), answerable[among])
        print(
            f"  {kind:20s} {int((among & ~answerable).sum()):4d} AUROC {'unknown' if area is None else f'{area:.3f}'}"
        )


def rows_of(files: Sequence[Path]) -> list[dict[str, Any]]:
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def states_of(rows: Sequence[dict[str, Any]], of: str) -> NDArray[np.float32]:
    """Shape (len(rows), width)."""
    return np.array([np.frombuffer(base64.b64decode(row[STATE[of]]), "<f2") for row in rows], np.float32)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.probe", description=__doc__)
    commands = parser.add_subparsers(required=True)
    collecting = commands.add_parser("collect")
    collecting.add_argument("questions", type=Path, nargs="+")
    collecting.add_argument("--documents", type=Path, required=True)
    collecting.add_argument("--out", type=Path, required=True)
    collecting.add_argument("--minutes", type=float, default=600)
    collecting.add_argument("--seed", type=int, default=0)
    collecting.set_defaults(run=collect)
    fitting_ = commands.add_parser("fit")
    fitting_.add_argument("files", type=Path, nargs="+")
    fitting_.add_argument("--on", type=Path, nargs="+")
    fitting_.add_argument("--of", choices=sorted(TRUTH), default="probe")
    fitting_.add_argument("--onto-shipped", action="store_true")
    fitting_.add_argument("--penalty", type=float, help="the C of scikit-learn (default: by what is fitted)")
    fitting_.add_argument("--write", action="store_true")
    fitting_.set_defaults(run=fit)
    collecting.add_argument("--layer", type=int, default=LAYER["probe"])
    fitting_.add_argument("--layer", type=int, help="that the states are of (default: the one that is shipped)")
    options = parser.parse_args(arguments)
    return int(options.run(options))


if __name__ == "__main__":
    sys.exit(main())
