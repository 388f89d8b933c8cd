"""How the answers of a run add up to its measures, each with its interval, and what other thresholds would do.

Hits over cases, summed over the run, is a measure; of costs it is the median. Knows no file and no page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rag.evaluation import scoring
from rag.evaluation.estimates import Bools, Estimate, Floats, middle, ratio, share, whole
from rag.evaluation.measures import SECTIONS, Better, Definition, Overall, Pair, Texts, Truth, Unit, definitions
from rag.evaluation.scoring import Record, Share

THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True, slots=True)
class Case:
    """One answer with its values by the name of the measure; a measure without a value for it is left out.

    `right` is whether what was written is right, given or held back; None where that is not known.
    """

    id: str
    outcome: str
    confidence: float
    written: bool
    answerable: bool | None
    right: bool | None
    values: Mapping[str, Pair]
    type: str = ""

    def given(self, threshold: float) -> bool:
        """Whether something was written that is sure enough to be given at a threshold."""
        return self.written and self.confidence >= threshold


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of a run. `over` says what it was taken over, like "54 of 60"."""

    name: str
    section: str
    title: str
    unit: Unit
    better: Better
    estimate: Estimate
    over: str


@dataclass(frozen=True, slots=True)
class AtThreshold:
    """What would become of the questions at one threshold: shares of the answerable, and of the unanswerable ones.

    A share is None where there is no question of its kind. `wrong` are answerable questions answered wrong.
    """

    threshold: float
    right: float | None
    wrong: float | None
    false_refusals: float | None
    declined: float | None
    invented: float | None


def case(record: Record, texts: Texts) -> Case:
    """Everything that is measured of one answer. Raises ValueError for the record of a fault, which has no score."""
    if "error" in record:
        raise ValueError(f"a fault cannot be scored, and this is one: {record['id']}")
    gold = record["gold"]
    written = scoring.at_threshold(record, 0.0)
    known = gold["answerable"] is False or (gold["answerable"] and gold["answers"])
    values = {one.name: one.of(record, texts) for one in definitions()}
    return Case(
        id=record["id"],
        outcome=scoring.outcome(record),
        confidence=record["confidence"],
        written=written["answered"],
        answerable=gold["answerable"],
        right=bool(gold["answerable"]) and scoring.is_right(written) if known else None,
        values={name: value for name, value in values.items() if value is not None},
        type=record.get("type", ""),
    )


def measures(cases: Sequence[Case]) -> list[Measure]:
    """Every measure over these cases, with its interval."""
    return [
        _measure(section, one, cases) if isinstance(one, Definition) else _overall(section, one, cases)
        for section, within in SECTIONS.items()
        for one in within
    ]


def columns(cases: Sequence[Case], name: str) -> tuple[Floats, Floats]:
    """Hits and cases of one measure, one row a question that has any."""
    pairs = np.array([one.values[name] for one in cases if name in one.values], float).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def truths(cases: Sequence[Case], name: Truth) -> tuple[Floats, Bools]:
    """Confidence, and whether the named field holds, of the questions of which it is known."""
    known = [one for one in cases if getattr(one, name) is not None]
    confidence = np.array([one.confidence for one in known], float)
    return confidence, np.array([getattr(one, name) for one in known], bool)


def _measure(section: str, one: Definition, cases: Sequence[Case]) -> Measure:
    hits, of = columns(cases, one.name)
    if one.median:
        estimate, over = middle(hits), f"{len(hits)}"
    elif one.unit == "share":
        estimate, over = share(hits, of), f"{hits.sum():.0f} of {of.sum():.0f}"
    else:
        estimate, over = ratio(hits, of), f"{of.sum():.0f}"
    return Measure(one.name, section, one.title, one.unit, one.better, estimate, over)


def _overall(section: str, one: Overall, cases: Sequence[Case]) -> Measure:
    scores, truth = truths(cases, one.truth)
    estimate = whole(one.statistic, scores, truth, one.of_each)
    over = f"{truth.sum()} and {(~truth).sum()}"
    return Measure(one.name, section, one.title, one.unit, one.better, estimate, over)


def at_thresholds(cases: Sequence[Case], own: float) -> list[AtThreshold]:
    """What the setting does to these questions: at THRESHOLDS and at the user's own."""
    answerable = [one for one in cases if one.answerable and one.right is not None]
    unanswerable = [one for one in cases if one.answerable is False]
    rows = []
    for threshold in sorted({*THRESHOLDS, own}):
        given = [one for one in answerable if one.given(threshold)]
        right = sum(bool(one.right) for one in given)
        invented = sum(one.given(threshold) for one in unanswerable)
        rows.append(
            AtThreshold(
                threshold=threshold,
                right=Share(right, len(answerable)).value,
                wrong=Share(len(given) - right, len(answerable)).value,
                false_refusals=Share(len(answerable) - len(given), len(answerable)).value,
                declined=Share(len(unanswerable) - invented, len(unanswerable)).value,
                invented=Share(invented, len(unanswerable)).value,
            )
        )
    return rows
