"""The second look at what was found: late interaction, word by word, over the first few hits, and their company.

One vector a passage blurs its details; here every token of the question looks for its nearest token in the passage.
The embedding model's own token vectors serve, so no further model is loaded. Costs one encoding of each candidate. A
passage gains by others of its document that were found, too: several that fit say what the document is about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from index.encode import Encoder
from index.fuse import convex_combination, relative_to_best
from index.records import Hit

# Of BM25 and of late interaction; measured in benchmarks/LOG.md.
WEIGHTS = (0.2, 0.8)
COMPANY = 0.3  # of the mean score of the document's best passages; measured in benchmarks/LOG.md
BEST = 3  # so many passages of a document; where fewer were found the lowest score of all stands in


def reranked(question: str, hits: Sequence[Hit], encoder: Encoder) -> tuple[Hit, ...]:
    """`hits` in the order of BM25 and late interaction together, ranked anew; scores are those of the new fusion."""
    if not hits:
        return ()
    texts = [f"{hit.title}\n{hit.passage.heading}\n{hit.passage.text}" for hit in hits]
    asked, *passages = encoder.encode_tokens([question, *texts])
    likeness = [max_sim(asked, passage) for passage in passages]
    fused = convex_combination(
        [relative_to_best({i: hit.bm25 for i, hit in enumerate(hits)}), dict(enumerate(likeness))], WEIGHTS
    )
    company = _company(hits, dict(fused))
    scores = {
        i: (score + COMPANY * company[hits[i].passage.document_id]) / (1 + COMPANY)  # of the same scale
        for i, score in fused
    }
    order = sorted(scores, key=lambda i: (-scores[i], i))
    return tuple(replace(hits[i], rank=rank, score=scores[i]) for rank, i in enumerate(order, start=1))


def _company(hits: Sequence[Hit], scores: Mapping[int, float]) -> dict[str, float]:
    """The mean of the best scores of each document."""
    lowest = min(scores.values())
    found: dict[str, list[float]] = {}
    for i, hit in enumerate(hits):
        found.setdefault(hit.passage.document_id, []).append(scores[i])
    return {name: sum((sorted(own, reverse=True) + [lowest] * BEST)[:BEST]) / BEST for name, own in found.items()}


def max_sim(question: NDArray[np.float32], passage: NDArray[np.float32]) -> float:
    """The mean over the question's tokens of the highest cosine with a token of the passage.

    Both arrays have rows of length 1, shapes (m, d) and (n, d) (Khattab and Zaharia, "ColBERT: Efficient and Effective
    Passage Search via Contextualized Late Interaction over BERT", SIGIR 2020, who sum where this takes the mean).
    """
    return float((question @ passage.T).max(axis=1).mean())
