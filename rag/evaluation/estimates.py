"""Figures over many questions, each with how far it can be trusted: arrays in, numbers out.

Intervals are percentile bootstraps (Efron 1979) over questions, with a fixed seed: the same answers give the same
interval. Knows nothing of what the numbers mean, of records or of tables.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1000
LEVEL = 0.95
BINS = 10
SEED = 0
LEAST = 2  # questions: all resamples of a single one are that one, which looks like certainty
LEAST_OF_EACH = 5  # of true and of false ones, where a statistic sets one kind against the other
# Rows of resampled indices made at a time, so that thousands of questions fit in memory.
_ROWS = 50

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Statistic = Callable[[Floats, Bools], float | None]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its 95% interval. All three are None where there was nothing to count, which is no zero.

    Where there was too little, only the interval is None: see LEAST and LEAST_OF_EACH.
    """

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Bin:
    """The answers whose confidence lies in [low, high), the last bin including 1: mean confidence, and share right."""

    low: float
    high: float
    count: int
    confidence: float | None
    right: float | None


@dataclass(frozen=True, slots=True)
class Risk:
    """Answering every question with at least this confidence: the share answered, and of these the share wrong."""

    threshold: float
    coverage: float
    risk: float


def _draws(count: int) -> Iterator[NDArray[np.int64]]:
    """Indices of resamples, shape (rows, count), RESAMPLES rows in all."""
    generator = np.random.default_rng(SEED)
    for first in range(0, RESAMPLES, _ROWS):
        yield generator.integers(0, count, (min(_ROWS, RESAMPLES - first), count))


def _interval(resampled: Floats) -> tuple[float, float] | tuple[None, None]:
    known = resampled[np.isfinite(resampled)]
    if not len(known):
        return None, None
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(known, [tail, 1 - tail])
    return float(low), float(high)


def share(hits: Floats, cases: Floats) -> Estimate:
    """The share of hits among the cases of all questions.

    Where all are hits, or none, every resample is the same; the bound is then the exact one of so many questions
    (Clopper and Pearson 1934).
    """
    if len(hits) < LEAST:
        return ratio(hits, cases)
    bound = ((1 - LEVEL) / 2) ** (1 / len(hits))
    if not hits.any():
        return Estimate(0.0, 0.0, 1 - bound)
    if (hits == cases).all():
        return Estimate(1.0, bound, 1.0)
    return ratio(hits, cases)


def ratio(numerators: Floats, denominators: Floats) -> Estimate:
    """The sum of the numerators over that of the denominators; questions are resampled, not the cases within one."""
    if not denominators.sum():
        return Estimate(None)
    value = float(numerators.sum() / denominators.sum())
    if len(numerators) < LEAST:
        return Estimate(value)
    with np.errstate(divide="ignore", invalid="ignore"):
        resampled = np.concatenate(
            [numerators[rows].sum(axis=1) / denominators[rows].sum(axis=1) for rows in _draws(len(numerators))]
        )
    return Estimate(value, *_interval(resampled))


def middle(values: Floats) -> Estimate:
    """The median."""
    if not len(values):
        return Estimate(None)
    value = float(np.median(values))
    if len(values) < LEAST:
        return Estimate(value)
    resampled = np.concatenate([np.median(values[rows], axis=1) for rows in _draws(len(values))])
    return Estimate(value, *_interval(resampled))


def whole(statistic: Statistic, scores: Floats, truth: Bools, of_each: int = 0) -> Estimate:
    """A statistic of all questions together, like `auroc`; its interval takes `of_each` true and false ones."""
    value = statistic(scores, truth) if len(scores) else None
    if value is None:
        return Estimate(None)
    if _too_few(truth, of_each):
        return Estimate(value)
    resampled = [statistic(scores[row], truth[row]) for rows in _draws(len(scores)) for row in rows]
    return Estimate(value, *_interval(np.array([math.nan if one is None else one for one in resampled])))


def _too_few(truth: Bools, of_each: int) -> bool:
    """Whether so many questions, or either kind of them, tell nothing of others."""
    trues = int(truth.sum())
    return len(truth) < LEAST or min(trues, len(truth) - trues) < of_each


def auroc(scores: Floats, truth: Bools) -> float | None:
    """The probability that a true one scores above a false one, ties counting half; None where one kind is missing.

    By ranks (Mann and Whitney 1947).
    """
    positives = int(truth.sum())
    negatives = len(truth) - positives
    if not positives or not negatives:
        return None
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return float((ranks[truth].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def caught_at_false_alarms(share: float) -> Statistic:
    """Of the false ones, the share below the highest threshold that at most `share` of the true ones fall below."""

    def caught(scores: Floats, truth: Bools) -> float | None:
        above, below = np.sort(scores[truth]), scores[~truth]
        if not len(above) or not len(below):
            return None
        threshold = above[math.floor(share * len(above))]
        return float((below < threshold).mean())

    return caught


def reliability(scores: Floats, truth: Bools) -> list[Bin]:
    """Ten bins of equal width (Naeini et al. 2015)."""
    place = np.minimum((scores * BINS).astype(int), BINS - 1)
    bins = []
    for number in range(BINS):
        members = place == number
        count = int(members.sum())
        mean, right = (float(scores[members].mean()), float(truth[members].mean())) if count else (None, None)
        bins.append(Bin(number / BINS, (number + 1) / BINS, count, mean, right))
    return bins


def calibration_error(scores: Floats, truth: Bools) -> float | None:
    """ECE: how far confidence and the share of right ones lie apart, averaged over the bins by their size."""
    if not len(scores):
        return None
    place = np.minimum((scores * BINS).astype(int), BINS - 1)
    gaps = np.bincount(place, weights=scores - truth, minlength=BINS)
    return float(np.abs(gaps).sum() / len(scores))


def risk_coverage(scores: Floats, truth: Bools) -> list[Risk]:
    """One point a distinct score, the highest first (El-Yaniv and Wiener 2010)."""
    return [Risk(*map(float, point)) for point in zip(*_curve(scores, truth), strict=True)]


def area_under_risk(scores: Floats, truth: Bools) -> float | None:
    """AURC: the mean risk over all coverages; those of one score are answered together."""
    if not len(scores):
        return None
    _, coverage, risk = _curve(scores, truth)
    return float((risk * np.diff(coverage, prepend=0.0)).sum())


def _curve(scores: Floats, truth: Bools) -> tuple[Floats, Floats, Floats]:
    """Threshold, coverage and risk at each distinct score, the highest first."""
    order = np.argsort(-scores, kind="stable")
    ranked, wrong = scores[order], np.cumsum(~truth[order])
    last = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1) if len(ranked) else np.array([], int)
    return ranked[last], (last + 1) / max(len(ranked), 1), wrong[last] / (last + 1)


def mcnemar(gained: int, lost: int) -> float:
    """The exact two-sided p-value of McNemar's test (1947), the pairs that changed being coin tosses."""
    changed = gained + lost
    if not changed:
        return 1.0
    tail: float = sum(math.comb(changed, k) for k in range(min(gained, lost) + 1)) / 2**changed
    return min(1.0, 2 * tail)


def paired_ratio(before: tuple[Floats, Floats], after: tuple[Floats, Floats]) -> Estimate:
    """By how much the ratio of sums grew on the same questions, which are resampled in pairs."""
    (before_hits, before_of), (after_hits, after_of) = before, after
    if not before_of.sum() or not after_of.sum():
        return Estimate(None)
    value = float(after_hits.sum() / after_of.sum() - before_hits.sum() / before_of.sum())
    if len(before_hits) < LEAST:
        return Estimate(value)
    with np.errstate(divide="ignore", invalid="ignore"):
        resampled = np.concatenate(
            [
                after_hits[rows].sum(axis=1) / after_of[rows].sum(axis=1)
                - before_hits[rows].sum(axis=1) / before_of[rows].sum(axis=1)
                for rows in _draws(len(before_hits))
            ]
        )
    return Estimate(value, *_interval(resampled))


def paired_middle(before: Floats, after: Floats) -> Estimate:
    """By how much the median grew on the same questions."""
    if not len(before):
        return Estimate(None)
    value = float(np.median(after) - np.median(before))
    if len(before) < LEAST:
        return Estimate(value)
    resampled = np.concatenate(
        [np.median(after[rows], axis=1) - np.median(before[rows], axis=1) for rows in _draws(len(before))]
    )
    return Estimate(value, *_interval(resampled))


def paired_whole(
    statistic: Statistic, before: tuple[Floats, Bools], after: tuple[Floats, Bools], of_each: int = 0
) -> Estimate:
    """By how much a statistic of all questions together grew on the same questions; None where it cannot be taken.

    Its interval takes `of_each` true and false ones in both.
    """

    def growth(rows: NDArray[np.int64] | slice) -> float:
        first, last = (statistic(scores[rows], truth[rows]) for scores, truth in (before, after))
        return math.nan if first is None or last is None else last - first

    if not len(before[0]) or math.isnan(value := growth(slice(None))):
        return Estimate(None)
    if any(_too_few(truth, of_each) for _, truth in (before, after)):
        return Estimate(value)
    return Estimate(value, *_interval(np.array([growth(row) for rows in _draws(len(before[0])) for row in rows])))
