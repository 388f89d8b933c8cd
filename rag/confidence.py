"""How probable it is that an answer is right and supported: signals of finding, reading and checking, combined.

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

from index.records import Hit
from rag.asked import gives_what_was_asked
from rag.errors import FootnoteError
from rag.facts import facts, stands_in
from rag.records import Sentence
from rag.words import content_words, language_of


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known once the passages were read, before anything is written.

    `cosine` is that of the best passage; `coverage` the share of the question's words that stand in the passages;
    `unknown_names` how many names of the question stand in none, `unknown_numbers` how many of its numbers and dates;
    `says_yes` the log-odds of the model's own yes to whether the passages state the answer.
    """

    cosine: float
    coverage: float
    unknown_names: float
    unknown_numbers: float
    says_yes: float


@dataclass(frozen=True, slots=True)
class Checking:
    """What is known once the answer was written and checked.

    `support` is the lowest score of a sentence; `unsupported` the share of sentences that are; `fluency` the mean
    log-probability of the answer's tokens and `doubt` the lowest; `responds` 1 where the answer gives a thing of the
    kind asked for and 0 where not; `grounding` the share of the question's words that stand in what is cited;
    `confirms` the log-odds of the model's own yes to whether the passages state this answer.
    """

    support: float
    unsupported: float
    fluency: float
    doubt: float
    responds: float
    grounding: float
    confirms: float


def log_odds(probability: float) -> float:
    """Bounded at one in a million, so that a saturated model stays comparable."""
    bounded = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(bounded / (1 - bounded))


def after_reading(question: str, hits: Sequence[Hit], says_yes: float) -> Reading:
    """The signals of one question and its passages, of which there is at least one."""
    text = " ".join(f"{hit.title} {hit.passage.heading} {hit.passage.text}" for hit in hits)
    unknown = [fact.kind for fact in facts(question) if not stands_in(fact, text)]
    return Reading(
        cosine=max(hit.cosine for hit in hits),
        coverage=_share(question, text),
        unknown_names=float(unknown.count("name")),
        unknown_numbers=float(len(unknown) - unknown.count("name")),
        says_yes=log_odds(says_yes),
    )


def after_checking(
    question: str, sentences: Sequence[Sentence], probabilities: Sequence[float], confirms: float
) -> Checking:
    """The signals of a written answer with at least one sentence and one token."""
    cited = " ".join(f"{citation.title} {citation.quote}" for sentence in sentences for citation in sentence.citations)
    answer = " ".join(sentence.text for sentence in sentences)
    logarithms = [math.log(max(probability, 1e-9)) for probability in probabilities]
    return Checking(
        support=min(sentence.score for sentence in sentences),
        unsupported=sum(sentence.support == "unsupported" for sentence in sentences) / len(sentences),
        fluency=sum(logarithms) / len(logarithms),
        doubt=min(logarithms),
        responds=float(gives_what_was_asked(question, answer)),
        grounding=_share(question, cited),
        confirms=log_odds(confirms),
    )


def _share(question: str, text: str) -> float:
    """The share in [0, 1] of the question's content words that stand in `text`."""
    language = language_of(text)
    asked = set(content_words(question, language))
    return len(asked.intersection(content_words(text, language))) / len(asked) if asked else 0.0


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
