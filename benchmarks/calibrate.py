"""Where the weights of `confidence` come from: `python -m benchmarks.calibrate collect` and `... fit`.

`collect` asks questions with nothing declined and writes down the signals of each answer and whether it was right.
`fit` fits the two logistic models of `rag/confidence.py` to such files and prints how well they tell right from wrong
by cross-validation, so that no figure is that of the questions fitted; with `--write` it stores the weights, those
without the probe for all other models. With `--on FILE` it says what would become of the questions of another file at
several thresholds. `--signals` and `--checking` name the signals to weigh.

"Right" for the first stage is that the question is answerable from the documents and gold evidence was read; for the
second that the answer is right by the containing rule. Features are standardised; the penalty is L2, strong because
questions are few. Each file counts as much as any other, however many questions it holds.
"""

from __future__ import annotations

import argparse
import base64
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag import confidence, forms, models
from rag.assistant import Assistant
from rag.comparing import comparison
from rag.confidence import CHECKING, READING, Calibration, Probe, Signals
from rag.evaluation.estimates import auroc, calibration_error
from rag.evaluation.gold import documents_in, gold_form, in_folder, read_gold, sample
from rag.evaluation.scoring import evidence_read, is_right
from rag.hidden import States
from rag.parts import parts
from rag.settings import Settings
from rag.wiring import open_assistant

FOLDS = 10
PENALTY = 0.3  # the C of scikit-learn: from 0.03 to 1 it hardly matters (LOG.md)
DEFAULTS = Settings(home=Path(), models=Path())
THRESHOLDS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5)


@dataclass(frozen=True, slots=True)
class Recorder(Calibration):
    """A calibration that declines nothing, wants every signal and keeps what it is shown."""

    signals: dict[str, float] = field(default_factory=dict)

    def before(self, reading: Signals) -> float:
        self.signals.clear()
        self.signals.update(reading)
        return 1.0

    def after(self, reading: Signals, checking: Signals) -> float:
        self.signals.update(checking)
        return 1.0


@dataclass(frozen=True, slots=True)
class Keeper(Probe):
    """A probe that keeps the last state it was shown, for `python -m benchmarks.probe fit`."""

    seen: dict[int, NDArray[np.float32]] = field(default_factory=dict)

    @classmethod
    def of(cls, probe: Probe) -> Keeper:
        return cls(probe.layer, probe.weights, probe.intercept)

    def log_odds(self, states: States) -> float:
        self.seen.update(states)
        return Probe.log_odds(self, states)

    def stored(self) -> str | None:
        """The state in half precision and base 64, once."""
        state = self.seen.pop(self.layer, None)
        return None if state is None else base64.b64encode(state.astype("<f2").tobytes()).decode()


def collect(options: argparse.Namespace) -> int:
    done = {json.loads(line)["key"] for line in options.out.open()} if options.out.exists() else set()
    with tempfile.TemporaryDirectory() as home:
        settings = replace(Settings.from_environment(home=Path(home)), threshold=0.0)
        opened = open_assistant(settings)
        writer = opened._writer
        shipped = confidence.load(writer.generator.identity.sha256)
        wanted = [*options.signals.split(","), *CHECKING]
        keeper = Keeper.of(shipped.written) if shipped.written else None
        gives = Keeper.of(shipped.gives) if shipped.gives else None
        signals = dict.fromkeys(wanted, 0.0)
        recorder = Recorder(
            signals, {}, shipped.probe, shipped.answerable, keeper, gives=gives, no_below=shipped.no_below
        )
        assistant = Assistant(opened.library, opened._encoder, writer.generator, writer.templates, recorder, settings)
        with closing(assistant.library) as library, options.out.open("a") as out:
            library.add(documents_in(options.documents))
            for question in sample(read_gold(options.questions), options.limit, options.seed):
                key = f"{options.questions.name}:{question.id}"
                several = comparison(question.question) or len(parts(question.question)) > 1
                if key in done or several:  # each part has signals of its own
                    continue
                answer = assistant.answer(question.question)
                record = {
                    **forms.answer_form(answer),
                    "gold": gold_form(question, in_folder(options.documents, library.document)),
                }
                row = {
                    "key": key,
                    "answerable": bool(record["gold"]["answerable"]),
                    "read": evidence_read(record).hits > 0,
                    "right": is_right(record),
                    "signals": dict(recorder.signals),
                    "document": record["passages"][0]["path"] if record["passages"] else "",
                    "written": keeper.stored() if keeper else None,
                    "gives": gives.stored() if gives else None,
                    "record": record,
                }
                out.write(json.dumps(row) + "\n")
                out.flush()
    return 0


def fit(options: argparse.Namespace) -> int:
    rows = rows_of(options.files)
    reading = options.signals.split(",")
    stored: dict[str, Any] = {
        "origin": f"benchmarks/calibrate.py fit on {len(rows)} questions "
        f"({', '.join(path.name for path in options.files)}), {datetime.now(UTC):%Y-%m-%d}"
    }
    checking = options.checking or ("answerable,holds,written,gives" if "state" in reading else "unsupported,pmi")
    for stage, names, truth in (
        ("reading", reading, [row["answerable"] and row["read"] for row in rows]),
        ("answer", [*reading, *checking.split(",")], [row["right"] for row in rows]),
    ):
        features = np.array([[row["signals"][name] for name in names] for row in rows])
        right, shares = np.array(truth, dtype=bool), shares_of(rows)
        predicted = cross_validated(features, right, shares)
        print(f"{stage}: {len(rows)} questions, {int(right.sum())} right, {_told_apart(predicted, right)}")
        for name, column in zip(names, features.T, strict=True):
            print(f"  {name:14s} alone: {_told_apart(column, right)}")
        if stage == "answer":
            sure = as_shown(predicted, rows)
            print("each question by a fit without it:")
            print(f"  calibration error (10 bins): {calibration_error(sure, right):.3f}")
            threshold_table(sure, rows)
            for name in dict.fromkeys(source_of(row) for row in rows):
                there = np.array([source_of(row) == name for row in rows])
                print(f"{name}: {_told_apart(sure[there], right[there])} for right")
                threshold_table(sure[there], [row for row in rows if source_of(row) == name], (DEFAULTS.threshold,))
        stored[stage] = {k: round(v, 4) for k, v in weights(features, right, names, shares).items()}
    if options.on:
        others, calibration = rows_of(options.on), Calibration(stored["reading"], stored["answer"])
        print("on questions that were not fitted:")
        threshold_table(as_shown(np.array([calibration.after(row["signals"], {}) for row in others]), others), others)
    if options.write:
        with resources.as_file(resources.files("rag").joinpath("calibration.json")) as path:
            every = json.loads(path.read_text("utf-8"))
            chosen = every["others"]
            if "state" in reading:
                settings = Settings.from_environment()
                model = models.identity(models.answering_model_path(settings), settings)
                chosen = every["models"][model.sha256]
            chosen.update(stored)
            path.write_text(json.dumps(every, indent=2) + "\n")
    return 0


def rows_of(files: Sequence[Path]) -> list[dict[str, Any]]:
    """The collected questions of which something was written, so that every signal is known."""
    rows = [json.loads(line) for path in files for line in path.open()]
    return [row for row in rows if "pmi" in row["signals"]]


def as_shown(confidence: NDArray[np.float64], rows: Sequence[dict[str, Any]]) -> NDArray[np.float64]:
    """Confidence as an answer shows it: what holds nothing is at most hopeless, see `rag/told.py`; where something
    does, the recorded answer has the confidence of the `Recorder`."""
    nothing = np.array([row["record"]["confidence"] <= DEFAULTS.hopeless for row in rows])
    return np.where(nothing, np.minimum(confidence, DEFAULTS.hopeless), confidence)


def source_of(row: dict[str, Any]) -> str:
    """The file of questions that a row was collected from."""
    return str(row["key"].partition(":")[0])


def threshold_table(
    sure: NDArray[np.float64], rows: Sequence[dict[str, Any]], thresholds: Sequence[float] = THRESHOLDS
) -> None:
    """Prints shares at each threshold: of the answerable right and declined, of the unanswerable declined."""
    answerable = np.array([row["answerable"] for row in rows])
    right = np.array([row["right"] for row in rows])
    print("threshold  right  answerable declined  unanswerable declined")
    for threshold in thresholds:
        given = sure >= threshold
        shares = (right & given)[answerable].mean(), (~given)[answerable].mean(), (~given)[~answerable].mean()
        print(f"{threshold:9.2f}  {shares[0]:5.3f}  {shares[1]:19.3f}  {shares[2]:21.3f}")


def shares_of(rows: Sequence[dict[str, Any]]) -> NDArray[np.float64]:
    """What each row counts, 1 at the mean: every file of questions as much as any other, however many it holds."""
    counts = Counter(map(source_of, rows))
    return np.array([len(rows) / len(counts) / counts[source_of(row)] for row in rows])


def weights(
    features: NDArray[np.float64], right: NDArray[np.bool_], names: Sequence[str], shares: NDArray[np.float64]
) -> dict[str, float]:
    """Logistic weights on the raw scale of the features, with the intercept."""
    from sklearn.linear_model import LogisticRegression

    mean, spread = features.mean(axis=0), features.std(axis=0) + 1e-9
    model = LogisticRegression(C=PENALTY).fit((features - mean) / spread, right, sample_weight=shares)
    raw = model.coef_[0] / spread
    return {"intercept": float(model.intercept_[0] - raw @ mean), **dict(zip(names, map(float, raw), strict=True))}


def cross_validated(
    features: NDArray[np.float64], right: NDArray[np.bool_], shares: NDArray[np.float64]
) -> NDArray[np.float64]:
    """For each row the probability by a model that was fitted without its fold."""
    fold = np.random.default_rng(0).permutation(len(right)) % FOLDS
    predicted = np.empty(len(right))
    names = [str(column) for column in range(features.shape[1])]
    for held_out in range(FOLDS):
        rest = fold != held_out
        fitted = weights(features[rest], right[rest], names, shares[rest])
        raw = np.array([fitted[name] for name in names])
        predicted[fold == held_out] = 1 / (1 + np.exp(-(fitted["intercept"] + features[fold == held_out] @ raw)))
    return predicted


def _told_apart(scores: NDArray[np.float64], right: NDArray[np.bool_]) -> str:
    area = auroc(scores, right)
    return "AUROC not known" if area is None else f"AUROC {area:.3f}"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calibrate", description=__doc__)
    commands = parser.add_subparsers(required=True)
    collecting = commands.add_parser("collect")
    collecting.add_argument("questions", type=Path)
    collecting.add_argument("--documents", type=Path, required=True)
    collecting.add_argument("--out", type=Path, required=True)
    collecting.add_argument("--limit", type=int)
    collecting.add_argument("--seed", type=int, default=0)
    collecting.add_argument("--signals", default=",".join(READING), help="of reading; each costs time (default: all)")
    collecting.set_defaults(run=collect)
    fitting = commands.add_parser("fit")
    fitting.add_argument("files", type=Path, nargs="+")
    fitting.add_argument("--on", type=Path, nargs="+")
    fitting.add_argument("--signals", default="state")
    fitting.add_argument(
        "--checking", help="default: answerable,holds,written,gives; without the probes unsupported,pmi"
    )
    fitting.add_argument("--write", action="store_true")
    fitting.set_defaults(run=fit)
    options = parser.parse_args(arguments)
    return int(options.run(options))


if __name__ == "__main__":
    sys.exit(main())
