"""Reciprocal rank fusion against the formula written out."""

from __future__ import annotations

import random

import pytest

from index.fuse import reciprocal_rank_fusion


def reference(rankings: list[list[int]], k: int) -> list[int]:
    keys = {key for ranking in rankings for key in ranking}
    score = {key: sum(1 / (k + r.index(key) + 1) for r in rankings if key in r) for key in keys}
    return sorted(keys, key=lambda key: (-score[key], key))


@pytest.mark.parametrize("seed", range(20))
def test_equals_the_reference(seed: int) -> None:
    source = random.Random(seed)
    rankings = [source.sample(range(40), source.randint(0, 30)) for _ in range(2)]
    fused = reciprocal_rank_fusion(rankings, (1.0, 1.0))
    assert [key for key, _ in fused] == reference(rankings, 60)


def test_ties_break_on_the_key() -> None:
    assert [key for key, _ in reciprocal_rank_fusion([[7, 3], [3, 7]], (1.0, 1.0))] == [3, 7]


def test_leading_every_list_scores_one_and_no_score_leaves_the_unit_interval() -> None:
    fused = reciprocal_rank_fusion([[1, 2, 3], [1, 4]], (2.0, 1.0))
    assert (fused[0][0], round(fused[0][1], 12)) == (1, 1.0)
    assert all(0 < score <= 1 + 1e-12 for _, score in fused)


def test_a_heavier_list_decides() -> None:
    assert [key for key, _ in reciprocal_rank_fusion([[1, 2], [2, 1]], (1.0, 2.0))] == [2, 1]


def test_every_list_needs_a_weight() -> None:
    with pytest.raises(ValueError, match="zip"):
        reciprocal_rank_fusion([[1], [2]], (1.0,))


def test_nothing_found_is_no_error() -> None:
    assert reciprocal_rank_fusion([[], []], (1.0, 1.0)) == []
