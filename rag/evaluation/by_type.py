"""What becomes of each type of question, as the questions file names them: "why", "adversarial", "off-topic".

A mean over a mix says little: off-topic questions are declined easily and look-alikes are not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rag.evaluation.estimates import auroc, caught_at_false_alarms
from rag.evaluation.scoring import Share
from rag.evaluation.totals import Case

MOST = 20  # types, the most frequent ones
FALSE_REFUSALS = 0.05


@dataclass(frozen=True, slots=True)
class OfType:
    """The questions of a type: how many, and what share of them was answered right and declined.

    `auroc` is how well confidence tells unanswerable ones from all answerable questions of the run, and `declined_at_5`
    the share of them declined where 5% of those are. None where there is nothing to take it over.
    """

    name: str
    questions: int
    right: float | None
    declined: float | None
    auroc: float | None
    declined_at_5: float | None


def by_type(cases: Sequence[Case], threshold: float) -> list[OfType]:
    """One row a type, the most frequent first; none where all are of one type."""
    counted = Counter(one.type for one in cases if one.type)
    if len(counted) < 2:
        return []
    answerable = [one.confidence for one in cases if one.answerable]
    return [
        _of_type(name, [one for one in cases if one.type == name], answerable, threshold) for name, _ in _most(counted)
    ]


def _most(counted: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counted.items(), key=lambda one: (-one[1], one[0]))[:MOST]


def _of_type(name: str, cases: Sequence[Case], answerable: Sequence[float], threshold: float) -> OfType:
    known = [one for one in cases if one.right is not None and one.answerable]
    others = [one.confidence for one in cases if one.answerable is False]
    scores = np.array([*answerable, *others], float)
    truth = np.array([True] * len(answerable) + [False] * len(others), bool)
    declined = sum(not one.given(threshold) for one in cases)
    return OfType(
        name=name,
        questions=len(cases),
        right=Share(sum(bool(one.right) and one.given(threshold) for one in known), len(known)).value,
        declined=Share(declined, len(cases)).value,
        auroc=auroc(scores, truth) if others else None,
        declined_at_5=caught_at_false_alarms(FALSE_REFUSALS)(scores, truth) if others else None,
    )
