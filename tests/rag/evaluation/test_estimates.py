"""Figures against references: other implementations, closed forms, and what an interval must do."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from rag.evaluation.estimates import (
    Bools,
    Floats,
    area_under_risk,
    auroc,
    calibration_error,
    caught_at_false_alarms,
    mcnemar,
    middle,
    paired_middle,
    paired_ratio,
    paired_whole,
    ratio,
    reliability,
    risk_coverage,
    share,
    whole,
)


def scored(seed: int, count: int = 60) -> tuple[Floats, Bools]:
    """Scores with ties, of which the true ones are the higher on average."""
    generator = np.random.default_rng(seed)
    truth = generator.random(count) < 0.6
    return np.clip(np.round(generator.normal(0.4 + 0.2 * truth, 0.2), 1), 0, 1), truth


@pytest.mark.parametrize("seed", range(5))
def test_auroc_is_the_share_of_pairs_in_order(seed: int) -> None:
    scores, truth = scored(seed)
    pairs = [(a > b) + 0.5 * (a == b) for a, b in itertools.product(scores[truth], scores[~truth])]
    assert auroc(scores, truth) == pytest.approx(sum(pairs) / len(pairs))


def test_auroc_needs_both_kinds() -> None:
    assert auroc(np.array([0.1, 0.9]), np.array([True, True])) is None


@pytest.mark.parametrize("seed", range(5))
def test_calibration_error_is_the_gap_of_the_bins_weighed_by_their_size(seed: int) -> None:
    scores, truth = scored(seed)
    bins = reliability(scores, truth)
    assert sum(one.count for one in bins) == len(scores)
    gaps = [
        one.count * abs(one.confidence - one.right)
        for one in bins
        if one.confidence is not None and one.right is not None
    ]
    assert calibration_error(scores, truth) == pytest.approx(sum(gaps) / len(scores))


def test_full_confidence_belongs_to_the_last_bin() -> None:
    bins = reliability(np.array([0.0, 0.1, 1.0]), np.array([False, False, True]))
    assert [one.count for one in bins] == [1, 1, 0, 0, 0, 0, 0, 0, 0, 1]


def test_confidence_that_means_what_it_says_has_no_error() -> None:
    assert calibration_error(np.full(4, 0.75), np.array([True, True, True, False])) == 0


def test_risk_against_coverage_takes_ties_together() -> None:
    points = risk_coverage(np.array([0.9, 0.5, 0.5, 0.1]), np.array([True, False, True, False]))
    assert [(point.threshold, point.coverage, point.risk) for point in points] == [
        (0.9, 0.25, 0.0),
        (0.5, 0.75, pytest.approx(1 / 3)),
        (0.1, 1.0, 0.5),
    ]


@pytest.mark.parametrize("seed", range(3))
def test_the_mean_risk_does_not_depend_on_the_order_of_questions(seed: int) -> None:
    scores, truth = scored(seed)
    shuffled = np.random.default_rng(seed).permutation(len(scores))
    assert area_under_risk(scores, truth) == area_under_risk(scores[shuffled], truth[shuffled])


def test_what_is_caught_at_five_percent_false_alarms() -> None:
    scores = np.concatenate([np.linspace(0.5, 1.0, 20), [0.1, 0.52, 0.53]])
    truth = np.array([True] * 20 + [False] * 3)
    caught = caught_at_false_alarms(0.05)(scores, truth)
    assert caught == pytest.approx(2 / 3), "one of the twenty may fall below the threshold: 0.5, not 0.526"


def test_an_interval_holds_the_value_and_narrows_with_the_number_of_questions() -> None:
    few, many = (ratio(np.tile([1.0, 0.0, 1.0], n), np.ones(3 * n)) for n in (5, 200))
    for estimate in (few, many):
        assert estimate.value == pytest.approx(2 / 3)
        assert estimate.low is not None
        assert estimate.high is not None
        assert estimate.low < 2 / 3 < estimate.high
    assert many.high - many.low < 0.3 * (few.high - few.low)  # type: ignore[operator]  # known by the loop above


def test_an_interval_is_near_that_of_the_normal_approximation() -> None:
    estimate = ratio(np.repeat([1.0, 0.0], [80, 20]), np.ones(100))
    assert [estimate.low, estimate.high] == pytest.approx([0.72, 0.88], abs=0.02)


@pytest.mark.parametrize(("questions", "bound"), [(10, 0.692), (60, 0.940), (300, 0.988)])
def test_all_hits_or_none_leave_room_for_what_was_not_seen(questions: int, bound: float) -> None:
    """The bounds are those of tables of the binomial distribution."""
    cases = np.full(questions, 2.0)
    assert share(cases, cases).low == pytest.approx(bound, abs=0.001)
    assert share(np.zeros(questions), cases).high == pytest.approx(1 - bound, abs=0.001)


def test_a_single_question_has_a_value_and_no_interval() -> None:
    one, two = np.array([1.0]), np.array([2.0])
    yes = np.array([True])
    alone = [
        share(one, one),
        share(np.zeros(1), one),
        ratio(one, two),
        middle(two),
        whole(calibration_error, np.array([0.7]), yes),
        paired_ratio((one, two), (two, two)),
        paired_middle(one, np.array([11.03])),
        paired_whole(calibration_error, (np.array([0.7]), yes), (one, yes)),
    ]
    assert [estimate.value for estimate in alone] == pytest.approx([1, 0, 0.5, 2, 0.3, 0.5, 10.03, -0.3])
    assert {(estimate.low, estimate.high) for estimate in alone} == {(None, None)}


@pytest.mark.parametrize(("right", "wrong"), [(4, 40), (40, 4), (1, 1)])
def test_what_sets_two_kinds_against_each_other_takes_some_of_each(right: int, wrong: int) -> None:
    truth = np.repeat([True, False], [right, wrong])
    scores = np.linspace(1, 0, right + wrong)
    estimate = whole(auroc, scores, truth, 5)
    assert (estimate.value, estimate.low, estimate.high) == (1.0, None, None)
    grown = paired_whole(auroc, (-scores, truth), (scores, truth), 5)
    assert (grown.value, grown.low, grown.high) == (1.0, None, None)


def test_five_of_each_kind_have_an_interval() -> None:
    truth = np.repeat([True, False], 5)
    scores = np.array([9, 8, 7, 6, 2, 5, 4, 3, 1, 0]) / 10
    estimate = whole(auroc, scores, truth, 5)
    assert estimate.low is not None
    assert estimate.low < estimate.value < estimate.high  # type: ignore[operator]  # both are there, or none


def test_the_same_answers_give_the_same_interval() -> None:
    scores, truth = scored(1)
    assert whole(auroc, scores, truth) == whole(auroc, scores, truth)
    assert middle(scores) == middle(scores)


@pytest.mark.parametrize(
    ("gained", "lost", "probability"),
    [
        pytest.param(0, 0, 1.0, id="nothing changed"),
        pytest.param(5, 0, 0.0625, id="five better"),
        pytest.param(0, 5, 0.0625, id="five worse"),
        pytest.param(4, 4, 1.0, id="as many better as worse"),
        pytest.param(12, 3, 0.03515625, id="twelve against three"),
    ],
)
def test_mcnemar_is_the_exact_test(gained: int, lost: int, probability: float) -> None:
    assert mcnemar(gained, lost) == pytest.approx(probability)


def test_pairs_are_resampled_together() -> None:
    """Questions that all gained a little are sure to have gained, however much they differ among themselves."""
    before = np.arange(40, dtype=float)
    ones = np.ones(40)
    gain = paired_ratio((before, ones), (before + 1, ones))
    assert [gain.value, gain.low, gain.high] == pytest.approx([1, 1, 1])
    assert paired_middle(before, before + 2).low == 2
