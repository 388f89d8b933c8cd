"""Which sentence answers: passages ranked by their sentences, as was learned from questions whose answer is known.

So is ordered what is read further, where what was read first is not enough.

How near a sentence is to a question depends on the question's words, and not all of them tell as much: a probe of each
word's vector says how much. A logistic model of a few signals makes log-odds of every sentence, fitted by the share of
all that those of the sentences that answer have (Cao et al., "Learning to Rank: From Pairwise Approach to Listwise
Approach", ICML 2007). Weights lie in `ranking.json` with their origin, by embedding model and language: of German
questions nothing could be learned that helped (benchmarks/LOG.md). Knows no model itself.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from index.fuse import relative_to_best
from index.records import Hit
from rag.words import sure_language

Numbers = NDArray[np.float32]

SIGNALS = {
    "fused": "the score of its passage by words and by late interaction",
    "words": "BM25 of its passage, as a share of the best",
    "cosine": "of its passage's vector and the question's",
    "likeness": "the mean over the question's words of the highest cosine with a token of the sentence",
    "sentence": "the same mean, each word weighed by how much it tells",
    "passage": "the same with the tokens of all sentences of its passage",
}


@dataclass(frozen=True, slots=True)
class Ranking:
    """What was learned of one embedding model: `words`, of the shape (dimension,), tells how much a word of a question
    tells by its vector; `weights` are those of the signals, by name."""

    words: Numbers
    weights: Mapping[str, float]

    def telling(self, asked: Numbers) -> Numbers:
        """The share that each word of a question has in what it asks; `asked` has the shape (words, dimension)."""
        raised = np.exp(asked @ self.words - (asked @ self.words).max())
        return np.asarray(raised / raised.sum(), np.float32)

    def log_odds(self, signals: Mapping[str, Numbers]) -> float:
        """The logarithm of the sum of the odds of all sentences of a passage, by their signals."""
        return float(np.logaddexp.reduce(np.sum([self.weights[name] * signals[name] for name in SIGNALS], axis=0)))

    def ranked(self, hits: Sequence[Hit], nearness: Sequence[Numbers], telling: Numbers) -> tuple[Hit, ...]:
        """The hits by the odds that one of their sentences answers, ranked anew.

        `nearness` has an array for each hit, of the shape (sentences, words): the highest cosines. Scores stay on the
        scale of the given ones: the best keeps the highest, and what is less probable has so much less.
        """
        if not hits:
            return ()
        odds = [self.log_odds(signals) for signals in signals_of(hits, nearness, telling)]
        order = sorted(range(len(hits)), key=lambda i: (-odds[i], i))
        highest = max(hit.score for hit in hits)
        scores = [max(0.0, highest - (odds[order[0]] - own) / self.weights["fused"]) for own in odds]
        return tuple(replace(hits[i], rank=rank, score=scores[i]) for rank, i in enumerate(order, start=1))


def signals_of(hits: Sequence[Hit], nearness: Sequence[Numbers], telling: Numbers) -> list[dict[str, Numbers]]:
    """The signals by name, for each hit those of its sentences."""
    worded = relative_to_best({i: hit.bm25 for i, hit in enumerate(hits)})
    found = []
    for i, (hit, near) in enumerate(zip(hits, nearness, strict=True)):
        own = {"fused": hit.score, "words": worded[i], "cosine": hit.cosine, "passage": near.max(axis=0) @ telling}
        every = {name: np.full(len(near), value, np.float32) for name, value in own.items()}
        found.append({**every, "likeness": near.mean(axis=1), "sentence": near @ telling})
    return found


def learned(encoder: str, question: str) -> Ranking | None:
    """What was learned of the embedding model of that name and the language of the question, or None."""
    language = sure_language(question)
    return load(encoder, language) if language else None


@cache
def load(encoder: str, language: str) -> Ranking | None:
    """What was learned of the embedding model of that name, whose folder may be called otherwise, or None."""
    models = json.loads(resources.files("rag").joinpath("ranking.json").read_text("utf-8"))["models"]
    stored = models.get(fingerprint(encoder))
    if stored is None or stored["language"] != language:
        return None
    words = np.frombuffer(base64.b64decode(stored["words"]), "<f4").astype(np.float32)
    return Ranking(words, {name: stored["weights"][name] for name in SIGNALS})


def fingerprint(encoder: str) -> str:
    """What of the name of an embedding model is that of its weights."""
    return encoder.rpartition("@")[2]
