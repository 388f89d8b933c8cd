"""Hits on texts that a test writes down, for the modules that work on what was found."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from index.records import Hit, Passage
from rag.checking import standing
from rag.cite import Citer
from rag.verify import verdict
from tests.fakes import HashingEncoder

COSINE = 0.5


def hits(*texts: str, title: str = "Paper", heading: str = "") -> tuple[Hit, ...]:
    """One hit for each text, best first; each text is all of a document of its own."""
    return tuple(_hit(rank, text, title, heading) for rank, text in enumerate(texts, 1))


def part(hit: Hit, start: int, end: int) -> Hit:
    """The hit with only a span of its passage."""
    passage = hit.passage
    return replace(hit, passage=replace(passage, start=start, end=end, text=passage.text[start:end]))


def _hit(rank: int, text: str, title: str, heading: str) -> Hit:
    identity = hashlib.sha256(text.encode()).hexdigest()
    passage = Passage(identity, 0, len(text), text, heading)
    return Hit(rank, 1 / rank, COSINE, 1.0, passage, f"/papers/{rank}.md", title)


def standing_of(sentence: str, *sources: str, question: str = "") -> tuple[str, tuple[str, ...]]:
    """The word for the verdict on a sentence, each of whose sources is a document, and its reasons."""
    evidence = Citer(hits(*sources), HashingEncoder()).evidence(sentence, question)
    judged = verdict(sentence, evidence, question)
    return standing(judged), judged.reasons
