"""Several scores of the same things made one. Knows keys and numbers only, not what is scored nor how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def convex_combination(scores: Sequence[Mapping[int, float]], weights: Sequence[float]) -> list[tuple[int, float]]:
    """Every key with the weighted mean of its scores, best first; ties break on the key.

    Scores lie in [0, 1], and one that is missing or below counts as 0; so the means lie in [0, 1] too. Scores keep how
    far apart things are, which ranks forget: Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid
    Retrieval", ACM TOIS 42 (2023), find this better than reciprocal rank fusion, and so did we (benchmarks/LOG.md).
    """
    total = sum(weights)
    means: dict[int, float] = {}
    for given, weight in zip(scores, weights, strict=True):
        for key, score in given.items():
            means[key] = means.get(key, 0.0) + weight / total * max(score, 0.0)
    return sorted(means.items(), key=lambda pair: (-pair[1], pair[0]))


def relative_to_best(scores: Mapping[int, float]) -> dict[int, float]:
    """Scores without a scale of their own, such as BM25, as shares in [0, 1] of the highest; all 0 where it is none."""
    best = max(scores.values(), default=0.0)
    return {key: max(score, 0.0) / best if best > 0 else 0.0 for key, score in scores.items()}
