"""How probable it is that an answer is right and supported: signals of reading and checking, combined.

The combination is a logistic model whose weights lie in `calibration.json` with their recorded origin. Two stages use
it: before writing, to spare the reader an answer that the passages cannot carry; after checking, for `confidence`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import resources
from typing import Any

from rag.errors import FootnoteError
from rag.records import Sentence


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known once the passages were read, before anything is written.

    `says_yes` is the log-odds of the model's own yes to whether the passages state the answer; `pmi` how much more
    probable the question is after the passages than without them, in nats (pointwise mutual information; that the
    likelihood of a question tells what answers it: Ponte and Croft, "A Language Modeling Approach to Information
    Retrieval", SIGIR 1998).
    """

    says_yes: float
    pmi: float


@dataclass(frozen=True, slots=True)
class Checking:
    """What is known once the answer was written and checked.

    `unsupported` is the share of sentences that are; `confirms` the log-odds of the model's own yes to whether the
    passages state this answer.
    """

    unsupported: float
    confirms: float


def log_odds(probability: float) -> float:
    """Bounded at one in a million, so that a saturated model stays comparable."""
    bounded = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(bounded / (1 - bounded))


def after_reading(says_yes: float, pmi: float) -> Reading:
    """The signals of passages that were read: the probability of a yes, and the mutual information in nats."""
    return Reading(log_odds(says_yes), pmi)


def after_checking(sentences: Sequence[Sentence], confirms: float) -> Checking:
    """The signals of a written answer with at least one sentence: `confirms` is the probability of a yes."""
    unsupported = sum(sentence.support == "unsupported" for sentence in sentences) / len(sentences)
    return Checking(unsupported, log_odds(confirms))


@dataclass(frozen=True, slots=True)
class Calibration:
    """Logistic weights by signal, with an intercept, for each stage."""

    reading: Mapping[str, float]
    answer: Mapping[str, float]

    def before(self, reading: Reading) -> float:
        """The probability, in [0, 1], that the passages answer the question."""
        return _logistic(self.reading, asdict(reading))

    def after(self, reading: Reading, checking: Checking) -> float:
        """The probability, in [0, 1], that the answer is right and supported."""
        return _logistic(self.answer, {**asdict(reading), **asdict(checking)})


def load() -> Calibration:
    """The calibration that came with this installation."""
    stored: Mapping[str, Any] = json.loads(resources.files("rag").joinpath("calibration.json").read_text("utf-8"))
    return Calibration(stored["reading"]["weights"], stored["answer"]["weights"])


def _logistic(weights: Mapping[str, float], signals: Mapping[str, float]) -> float:
    unknown = sorted(weights.keys() - signals.keys() - {"intercept"})
    if unknown:
        raise FootnoteError(f"rag/calibration.json weighs an unknown signal, {unknown[0]}; reinstall Footnote")
    total = sum(weight * (1.0 if name == "intercept" else signals[name]) for name, weight in weights.items())
    return 1 / (1 + math.exp(-total))
