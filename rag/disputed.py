"""Whether another document that was read contradicts a sentence: by another number, date or name in a fact's place, or
by denying it.

Told only where hardly anything but that differs: the other document speaks of the same things, at the same time,
beside the same words. Purely textual; a sentence that is not supported by anything is no matter of two documents.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.cite import Source
from rag.facts import facts, facts_within, stands_in
from rag.records import Citation
from rag.referents import speaks
from rag.rules.denial import denied_by
from rag.rules.slots import Misplaced, misplaced, slots
from rag.words import content_words, language_of

LEAST_SHARED = 0.7  # of the sentence's words of meaning, the fact's own left out, in the other sentence
LEAST_WORDS = 3  # of them at least, or a sentence says too little to be the same in two places; a name counts twice
_DATED = ("year", "date", "number")
_BESIDE = re.compile(r"[\s,.]*")


@dataclass(frozen=True, slots=True)
class Conflict:
    """A fact as the sentence has it, and what another source says there."""

    words: str
    instead: str
    source: Source


def cited_of(citations: Sequence[Citation], read: Sequence[Source]) -> list[Source]:
    """The sources read that are cited."""
    spans = {(citation.document_id, citation.start) for citation in citations}
    return [source for source in read if (source.hit.passage.document_id, source.start) in spans]


def conflicts(sentence: str, question: str, cited: Sequence[Source], read: Sequence[Source]) -> tuple[Conflict, ...]:
    """The other documents among the sources `read` that contradict `sentence`, which rests on those `cited`; one
    conflict a document, in the order in which they were read."""
    own = {source.hit.passage.document_id for source in cited}
    known = " ".join([sentence, question, *(_around(source) for source in cited)])
    found: dict[str, Conflict] = {}
    for source in read:
        document = source.hit.passage.document_id
        if document in own or document in found:
            continue
        conflict = _conflict(sentence, known, source)
        if conflict:
            found[document] = conflict
    return tuple(found.values())


def _around(source: Source) -> str:
    return f"{source.hit.title} {source.hit.passage.heading} {source.hit.passage.text}"


def _conflict(sentence: str, known: str, other: Source) -> Conflict | None:
    language = language_of(other.text)
    denied = _denied(sentence, other, language)
    if denied:
        return denied
    wrong = [one for one in misplaced(sentence, [other.text], language) if one.kind in (*_DATED, "name")]
    if not wrong or not _one_place(sentence, wrong):
        return None
    said, instead = _whole(sentence, [one.words for one in wrong]), _whole(other.text, [one.instead for one in wrong])
    if _shared(sentence, said, other.text, language) < LEAST_SHARED:
        return None
    if speaks(said, sentence) or speaks(instead, other.text):
        return None  # two may say the same
    around = _around(other)
    if all(stands_in(fact, around) for fact in facts_within(said)):
        return None  # the other document knows this one, too
    rest = sentence.replace(said, " ", 1)
    if not all(stands_in(fact, around) for fact in facts(rest)):
        return None  # it speaks of somebody else, or of another year
    apart = other.text.replace(instead, " ", 1)
    if not all(stands_in(fact, known) for fact in facts(apart) if fact.kind != "name"):
        return None  # "in 2016", of which this sentence knows nothing
    return Conflict(said, instead, other)


def _denied(sentence: str, other: Source, language: str) -> Conflict | None:
    """Where another source denies what the sentence says, or the sentence what that says, in the same words."""
    here = denied_by(other.text, sentence, sentence, language)
    there = denied_by(sentence, other.text, other.text, language)
    word = here or there
    if not word or (here and there) or _shared(sentence, "", other.text, language) < LEAST_SHARED:
        return None
    if not all(stands_in(fact, _around(other)) for fact in facts(sentence)) or not _nothing_else(sentence, other):
        return None
    return Conflict(f"not {word}", word, other) if here else Conflict(word, f"not {word}", other)


def _nothing_else(sentence: str, other: Source) -> bool:
    return all(stands_in(fact, sentence) for fact in facts(other.text))


def _one_place(sentence: str, wrong: Sequence[Misplaced]) -> bool:
    """Whether all that differs is one fact: a single one, or the parts of one date."""
    if len(wrong) == 1:
        return True
    words = {one.words for one in wrong}
    places = [(slot.start, slot.end) for slot in slots(sentence, language_of(sentence)) if slot.words in words]
    beside = all(_BESIDE.fullmatch(sentence, end, start) for (_, end), (start, _) in pairwise(places))
    return beside and all(one.kind in _DATED for one in wrong)


def _whole(text: str, parts: Sequence[str]) -> str:
    """The stretch of `text` from the first of the parts to the last."""
    places = [(text.index(part), len(part)) for part in parts if part in text]
    if not places:
        return parts[0]
    return text[min(start for start, _ in places) : max(start + length for start, length in places)]


def _shared(sentence: str, said: str, other: str, language: str) -> float:
    """The share of the sentence's words of meaning, but those of the fact, that the other sentence has."""
    rest = sentence.replace(said, " ", 1) if said else sentence
    words = set(content_words(rest, language))
    names = sum(fact.kind == "name" for fact in facts_within(rest))
    if len(words) + names < LEAST_WORDS:
        return 0.0
    return len(words & set(content_words(other, language))) / len(words)
