"""The second look at what was found: late interaction, word by word, over the first few hits.

One vector a passage blurs its details; here every token of the question looks for its nearest token in the passage.
The embedding model's own token vectors serve, so no further model is loaded. Costs one encoding of each candidate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from index.encode import Encoder
from index.fuse import convex_combination, relative_to_best
from index.records import Hit

# Of BM25 and of late interaction; measured in benchmarks/LOG.md.
WEIGHTS = (0.2, 0.8)


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
    return tuple(replace(hits[i], rank=rank, score=score) for rank, (i, score) in enumerate(fused, start=1))


def max_sim(question: NDArray[np.float32], passage: NDArray[np.float32]) -> float:
    """The mean over the question's tokens of the highest cosine with a token of the passage.

    Both arrays have rows of length 1, shapes (m, d) and (n, d) (Khattab and Zaharia, "ColBERT: Efficient and Effective
    Passage Search via Contextualized Late Interaction over BERT", SIGIR 2020, who sum where this takes the mean).
    """
    return float((question @ passage.T).max(axis=1).mean())
