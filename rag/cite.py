"""Which sentences of the passages that were read an answer's sentence rests on: the smallest set that carries it.

Chosen by code, not by the model: by likeness in meaning and by the words and facts shared. Every choice is an exact
span of a stored document. Whether the choice really supports the sentence is decided in `verify`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.encode import Encoder
from index.records import Hit
from index.sentences import is_heading, sentence_spans
from rag.facts import Fact, facts, stands_in
from rag.rules.slots import Slot, nearness, slots
from rag.speakers import FROM, labels, speaker_of
from rag.vocabulary import unframed
from rag.words import content_words, language_of

# Measured on spoiled and unspoiled answers by benchmarks/spoiled.py; see benchmarks/LOG.md.
MOST_SPANS = 3
LEAST_GAIN = 0.25
LEAST_RELEVANCE = 0.30


@dataclass(frozen=True, slots=True)
class Source:
    """One sentence of a passage that was read; offsets are those of its document.

    `speaker` is who says it where that is named at the beginning of the line only.
    """

    hit: Hit
    start: int
    end: int
    text: str
    speaker: str = ""

    @property
    def said(self) -> str:
        """What it says to a reader who knows who is speaking; not an exact span of the document."""
        return f"{self.speaker}: {self.text}" if self.speaker else self.text

    @property
    def above(self) -> str:
        """The title and the heading under which it stands."""
        return f"{self.hit.title} {self.hit.passage.heading}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """The sources chosen for one sentence of an answer, in reading order, and how well they match.

    `similarity` is the highest cosine of the sentence with a chosen source, `coverage` the share in [0, 1] of the
    sentence's weighted content words that stand in the chosen sources. `missing` are the facts that do not stand there.
    `read` are all the sources that could have been chosen.
    """

    sources: tuple[Source, ...]
    similarity: float
    coverage: float
    missing: tuple[Fact, ...]
    read: tuple[Source, ...] = ()

    @property
    def text(self) -> str:
        return "\n".join(source.said for source in self.sources)


def sources_of(hits: Sequence[Hit]) -> tuple[Source, ...]:
    """Every sentence of every passage, passages in the order given; a heading announces and states nothing."""
    labelled = Counter(hit.passage.document_id for hit in hits for _ in labels(hit.passage.text))
    found = []
    for hit in hits:
        text, first = hit.passage.text, hit.passage.start
        conversation = labelled[hit.passage.document_id] >= FROM
        speaker = speaker_of(text) if conversation else lambda _: ""
        found += [
            Source(hit, first + start, first + end, text[start:end], speaker(start))
            for start, end in sentence_spans(text)
            if not is_heading(text, start)
        ]
    return tuple(found)


class Citer:
    """Finds the evidence for sentences among one set of sources; encodes the sources once, at the first sentence."""

    def __init__(self, hits: Sequence[Hit], encoder: Encoder) -> None:
        self.sources = sources_of(hits)
        self._encoder = encoder
        self._vectors: NDArray[np.float32] | None = None
        self._language = language_of(" ".join(source.text for source in self.sources))
        self._terms = [frozenset(content_words(source.said, self._language)) for source in self.sources]
        self._document_frequency = Counter(term for found in self._terms for term in found)

    def evidence(self, sentence: str, given: str = "") -> Evidence:
        """The smallest set of sources for `sentence`.

        Words of `given`, the question, count half: an answer repeats them whether or not a source says them so.
        """
        if not self.sources:
            return Evidence((), 0.0, 0.0, facts(sentence))
        cosines = self._cosines(sentence)
        weights = self._weights(sentence, given)
        total = sum(weights.values()) or 1.0
        relevance = [
            (cosine + sum(weights[term] for term in weights.keys() & found) / total) / 2
            for cosine, found in zip(cosines, self._terms, strict=True)
        ]
        chosen = [max(range(len(relevance)), key=lambda i: (relevance[i], -i))]
        claimed = facts(sentence)
        while len(chosen) < MOST_SPANS:
            addition = self._addition(sentence, chosen, claimed, relevance, weights, total)
            if addition is None:
                break
            chosen.append(addition)
        chosen.sort()
        sources = tuple(self.sources[i] for i in chosen)
        covered = set().union(*(self._terms[i] for i in chosen))
        return Evidence(
            sources,
            float(max(cosines[i] for i in chosen)),
            sum(weights[term] for term in weights.keys() & covered) / total if weights else 1.0,
            tuple(fact for fact in claimed if not stands_in(fact, " ".join(source.said for source in sources))),
            self.sources,
        )

    def _addition(
        self,
        sentence: str,
        chosen: list[int],
        claimed: tuple[Fact, ...],
        relevance: list[float],
        weights: dict[str, float],
        total: float,
    ) -> int | None:
        """The source that adds most: facts still missing first, then content; None where none adds enough.

        Of those that add as much it is the one in which the facts stand beside the same words as in the sentence.
        """
        have = " ".join(self.sources[i].said for i in chosen)
        missing = [fact for fact in claimed if not stands_in(fact, have)]
        covered = set().union(*(self._terms[i] for i in chosen))
        places = [slot for slot in slots(sentence, self._language) if any(fact.words in slot.words for fact in missing)]
        best: tuple[tuple[float, float, float], int] | None = None
        for i, source in enumerate(self.sources):
            if i in chosen or relevance[i] < LEAST_RELEVANCE:
                continue
            new_facts = sum(stands_in(fact, source.said) for fact in missing)
            gain = sum(weights[term] for term in (weights.keys() & self._terms[i]) - covered) / total
            if new_facts or gain >= LEAST_GAIN:
                beside = _nearest(places, slots(source.said, self._language)) if new_facts else 0.0
                adds = (new_facts + gain, beside, relevance[i])
                if best is None or adds > best[0]:
                    best = adds, i
        return best[1] if best else None

    def _cosines(self, sentence: str) -> NDArray[np.float32]:
        if self._vectors is None:
            self._vectors = self._encoder.encode([source.said for source in self.sources])
        scores: NDArray[np.float32] = self._vectors @ self._encoder.encode([sentence])[0]
        return scores

    def _weights(self, sentence: str, given: str) -> dict[str, float]:
        """Rare words weigh more: inverse document frequency over the sources, as in BM25."""
        known = frozenset(content_words(given, self._language))
        count = len(self.sources)
        return {
            term: math.log(1 + (count + 0.5) / (self._document_frequency[term] + 0.5)) * (0.5 if term in known else 1.0)
            for term in sorted(set(content_words(unframed(sentence), self._language)))
        }


def _nearest(places: Sequence[Slot], others: Sequence[Slot]) -> float:
    """How much of their neighbours the same facts share in two texts, where they share most."""
    return max((nearness(one, other) for one in places for other in others if one.same(other)), default=0.0)
