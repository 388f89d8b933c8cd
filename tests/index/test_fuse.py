"""The weighted mean of scores against the formula written out."""

from __future__ import annotations

import random

import pytest

from index.fuse import convex_combination, relative_to_best


@pytest.mark.parametrize("seed", range(20))
def test_equals_the_reference(seed: int) -> None:
    source = random.Random(seed)
    lists = [{key: source.random() for key in source.sample(range(40), source.randint(0, 30))} for _ in range(2)]
    keys = lists[0].keys() | lists[1].keys()
    mean = {key: 0.3 * lists[0].get(key, 0) + 0.7 * lists[1].get(key, 0) for key in keys}
    fused = convex_combination(lists, (3.0, 7.0))
    assert [key for key, _ in fused] == sorted(keys, key=lambda key: (-round(mean[key], 12), key))
    assert dict(fused) == pytest.approx(mean)


def test_ties_break_on_the_key() -> None:
    assert [key for key, _ in convex_combination([{7: 0.5, 3: 0.5}], (1.0,))] == [3, 7]


def test_leading_every_list_scores_one_and_no_score_leaves_the_unit_interval() -> None:
    fused = convex_combination([{1: 1.0, 2: 0.4, 3: -0.2}, {1: 1.0, 4: 0.1}], (2.0, 1.0))
    assert (fused[0][0], round(fused[0][1], 12)) == (1, 1.0)
    assert all(0 <= score <= 1 for _, score in fused)


def test_a_heavier_list_decides() -> None:
    assert [key for key, _ in convex_combination([{1: 1.0, 2: 0.5}, {2: 1.0, 1: 0.5}], (1.0, 2.0))] == [2, 1]


def test_every_list_needs_a_weight() -> None:
    with pytest.raises(ValueError, match="zip"):
        convex_combination([{1: 1.0}, {2: 1.0}], (1.0,))


def test_nothing_found_is_no_error() -> None:
    assert convex_combination([{}, {}], (1.0, 1.0)) == []
    assert relative_to_best({}) == {}


def test_the_best_is_one_and_the_others_are_shares_of_it() -> None:
    assert relative_to_best({1: 4.0, 2: 1.0, 3: 0.0}) == {1: 1.0, 2: 0.25, 3: 0.0}
    assert relative_to_best({1: 0.0}) == {1: 0.0}
