"""Whether the cited words support a sentence of an answer, decided by signals that can be told to the reader.

A number, date or name that does not stand in the cited words makes a sentence unsupported whatever its likeness says;
what was only repeated from the question makes it partly supported at most. Knows nothing of how answers are written.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.cite import Evidence
from rag.facts import Fact, denied_words, denies, denies_otherwise, stands_in
from rag.records import Support
from rag.words import content_words, language_of

# Logistic weights of similarity and coverage; the recorded origin is benchmarks/spoiled.py (see benchmarks/LOG.md).
INTERCEPT = -4.0
SIMILARITY = 3.0
COVERAGE = 5.0
SUPPORTED_FROM = 0.5
PARTIAL_FROM = 0.25


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far the evidence supports a sentence: `score` in [0, 1], and in words what keeps it from full support.

    `near` says whether the evidence is about the same thing, so that a reader should be led to it all the same.
    """

    support: Support
    score: float
    reasons: tuple[str, ...]
    claim: bool = True
    near: bool = True

    def told(self, years: Sequence[str]) -> Verdict:
        """The verdict with a word on each year that was asked about and that no passage states."""
        notes = (f"“{year}” is from the question; the passages that were read do not state it" for year in years)
        return replace(self, reasons=tuple(dict.fromkeys((*self.reasons, *notes))))


def verdict(sentence: str, evidence: Evidence, question: str) -> Verdict:
    """The standing of `sentence` on its evidence, in the light of the question that it answers."""
    if not content_words(sentence, language_of(sentence)):
        return Verdict("supported", 1.0, (), claim=False)
    if not evidence.sources:
        return Verdict("unsupported", 0.0, ("no passage that was read says this",), near=False)
    invented: list[str] = []
    repeated: list[str] = []
    for fact in evidence.missing:
        if fact.kind == "name" and _named_around(fact.value, fact.words, evidence):
            continue
        if fact.kind != "name" and stands_in(fact, question):
            repeated.append(f"“{fact.words}” is from the question; the passages that were read do not state it")
        else:
            invented.append(f"the {fact.kind} “{fact.words}” does not stand in the cited passage")
    opposed = _opposition(sentence, evidence.text)
    if opposed:
        invented.append(opposed)
    score = 1 / (1 + math.exp(-(INTERCEPT + SIMILARITY * evidence.similarity + COVERAGE * evidence.coverage)))
    if invented:
        return Verdict("unsupported", min(score, 0.1), tuple(invented), near=score >= PARTIAL_FROM)
    if score < PARTIAL_FROM:
        return Verdict("unsupported", score, ("the passages that were read do not say this",), near=False)
    if score < SUPPORTED_FROM:
        return Verdict("partial", score, ("the cited passage says only part of this", *repeated))
    if repeated:
        return Verdict("partial", min(score, SUPPORTED_FROM), tuple(repeated))
    return Verdict("supported", score, ())


def _named_around(value: str, words: str, evidence: Evidence) -> bool:
    """Whether the passage around a cited sentence, its heading or its title gives the name: "he" looks back."""
    fact = Fact("name", value, words)
    return any(
        stands_in(fact, f"{source.hit.title} {source.hit.passage.heading} {source.hit.passage.text}")
        for source in evidence.sources
    )


def _opposition(sentence: str, source: str) -> str | None:
    """A reason where one of the two denies what the other says."""
    if denies(sentence) and not denies(source) and not denies_otherwise(source):
        return "the sentence denies something that the cited passage does not deny"
    if denies(source) and not denies(sentence) and not denies_otherwise(sentence):
        language = language_of(source)
        said = set(content_words(sentence, language))
        denied = [word for word in sorted(denied_words(source)) if said & set(content_words(word, language))]
        if denied:
            return f"the cited passage denies what the sentence says (“{denied[0]}”)"
    return None
