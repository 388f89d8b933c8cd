"""Several ranked lists made one. Knows ranks and keys only, not what is ranked nor how it was scored."""

from __future__ import annotations

from collections.abc import Sequence


def reciprocal_rank_fusion(
    rankings: Sequence[Sequence[int]], weights: Sequence[float], rrf_k: int = 60
) -> list[tuple[int, float]]:
    """Keys of all rankings with their fused scores, best first; ties break on the key.

    The score is the weighted sum of 1 / (rrf_k + rank), rank counted from 1, over the rankings that hold the key
    (Cormack, Clarke and Buettcher, "Reciprocal rank fusion outperforms Condorcet and individual rank learning
    methods", SIGIR 2009), divided by what a key that leads every ranking would get: so it lies in (0, 1].
    """
    scores: dict[int, float] = {}
    for ranking, weight in zip(rankings, weights, strict=True):
        for rank, key in enumerate(ranking, start=1):
            scores[key] = scores.get(key, 0.0) + weight / (rrf_k + rank)
    most = sum(weights) / (rrf_k + 1)
    return sorted(((key, score / most) for key, score in scores.items()), key=lambda pair: (-pair[1], pair[0]))
