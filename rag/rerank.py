"""The second look at what was found: late interaction, word by word, over the first few hits, and what is near them.

One vector a passage blurs its details; here every token of the question looks for its nearest token in the passage.
The embedding model's own token vectors serve, so no further model is loaded. Costs one encoding of each candidate. A
passage gains by others of its document that were found, and by the passages right before and after it. It can be taken
by what was learned of sentences that answer (`rag.ranking`), too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from index.encode import Encoder, TokenVectors, spells_out
from index.fuse import convex_combination, relative_to_best
from index.records import Hit
from rag.ranking import Ranking
from rag.units import units

# Of BM25 and of late interaction; measured in benchmarks/LOG.md.
WEIGHTS = (0.2, 0.8)
SPELT_OUT_WEIGHTS = (0.6, 0.4)  # for a question in a language that the embedding model was not made for
COMPANY = 0.3  # of the mean score of the document's best passages; measured in benchmarks/LOG.md
BEST = 3  # so many passages of a document; where fewer were found the lowest score of all stands in
# Of the score of the passage before, and of the one after: what is asked for is often named in one passage and told in
# the next. Where a neighbour was not found the lowest score of all stands in; measured in benchmarks/LOG.md.
BEFORE, AFTER = 0.2, 0.1
GAP = 40  # characters of white space between neighbours, at most


class SecondLook:
    """The hits ranked anew, as `hits`, and how near every stretch of their passages is to the question.

    `asked` are the vectors of the words of the question, of the shape (words, dimension), and `telling`, of the shape
    (words,), the share that each has in what it asks.
    """

    def __init__(self, question: str, hits: Sequence[Hit], encoder: Encoder) -> None:
        heads = [f"{hit.title}\n{hit.passage.heading}\n" for hit in hits]
        texts = [head + hit.passage.text for head, hit in zip(heads, hits, strict=True)]
        asked, *passages = encoder.encode_tokens([question, *texts]) if hits else [_NOTHING]
        likeness = [max_sim(asked.vectors, passage.vectors) for passage in passages]
        # Marks and the model's own tokens say nothing of what is asked.
        words = [i for i, start in enumerate(asked.starts) if start >= 0 and question[start].isalnum()]
        self.asked = asked.vectors[words] if words else asked.vectors
        self._tokens = {
            hit.passage.id: TokenVectors(passage.vectors, passage.starts - len(head))
            for hit, head, passage in zip(hits, heads, passages, strict=True)
        }
        size = max(len(self.asked), 1)
        self.telling = np.full(size, 1 / size, np.float32)
        self.hits = _ranked(hits, likeness, SPELT_OUT_WEIGHTS if spells_out(encoder, question) else WEIGHTS)

    def by_sentences(self, ranking: Ranking) -> SecondLook:
        """The same look, ranked and weighed as was learned."""
        look = copy(self)
        if self.hits:
            look.telling = ranking.telling(self.asked)
            sentences = [self.nearness(hit, units(hit.passage.text)) for hit in self.hits]
            look.hits = ranking.ranked(self.hits, sentences, look.telling)
        return look

    def nearness(self, hit: Hit, spans: Sequence[tuple[int, int]]) -> NDArray[np.float32]:
        """For each span of the passage's text and each word of the question the highest cosine with a token in it.

        Shape (spans, words); -1 where the model read nothing of a span. `hit` is one of `hits`.
        """
        vectors, starts = self._tokens[hit.passage.id]
        cosines = self.asked @ vectors.T
        nearest = np.full((len(spans), len(self.asked)), -1.0, np.float32)
        for row, (start, end) in zip(nearest, spans, strict=True):
            within = (start <= starts) & (starts < end)
            if within.any():
                row[:] = cosines[:, within].max(axis=1)
        return nearest


_NOTHING = TokenVectors(np.empty((0, 0), np.float32), np.empty(0, np.int64))


def reranked(question: str, hits: Sequence[Hit], encoder: Encoder) -> tuple[Hit, ...]:
    """`hits` in the order of BM25 and late interaction together, ranked anew; scores are those of the new fusion."""
    return SecondLook(question, hits, encoder).hits


def _ranked(hits: Sequence[Hit], likeness: Sequence[float], weights: tuple[float, float]) -> tuple[Hit, ...]:
    if not hits:
        return ()
    worded = relative_to_best({i: hit.bm25 for i, hit in enumerate(hits)})
    fused = dict(convex_combination([worded, dict(enumerate(likeness))], weights))
    company, lowest = _company(hits, fused), min(fused.values())
    before = _before(hits)
    after = {earlier: later for later, earlier in before.items()}
    scores = {}
    for i, score in fused.items():
        beside = BEFORE * fused.get(before.get(i, -1), lowest) + AFTER * fused.get(after.get(i, -1), lowest)
        score += COMPANY * company[hits[i].passage.document_id] + beside
        scores[i] = score / (1 + COMPANY + BEFORE + AFTER)  # of the same scale
    order = sorted(scores, key=lambda i: (-scores[i], i))
    return tuple(replace(hits[i], rank=rank, score=scores[i]) for rank, i in enumerate(order, start=1))


def _before(hits: Sequence[Hit]) -> dict[int, int]:
    """For each of the hits, by its place, that of the hit right before it in its document, where that was found."""
    order = sorted(range(len(hits)), key=lambda i: (hits[i].passage.document_id, hits[i].passage.start))
    return {
        later: earlier
        for earlier, later in pairwise(order)
        if hits[earlier].passage.document_id == hits[later].passage.document_id
        and 0 <= hits[later].passage.start - hits[earlier].passage.end <= GAP
    }


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
