"""What a reader of one sentence knows from what stands around it, above all whom "it" and "he" in it mean.

"It won the award", right behind a sentence on one university, says nothing of another. Purely textual, and only by what
was read; "it" in English only, as German pronouns stand for whatever has their gender.
"""

from __future__ import annotations

from collections.abc import Sequence

from index.sentences import LABEL
from rag.cite import Evidence, Source
from rag.clauses import Name, names, same
from rag.referents import names_a_person, quoted, unnamed
from rag.rules.joined import looks_back
from rag.vocabulary import TOKEN, fold, vocabulary
from rag.words import content_words

REACH = 1500  # characters, at most, from "he" to a name that it may stand for
LEADS_TO = 300  # characters before somebody's words, in which what they speak of may be named
GAP = 40  # characters of white space between two sentences of which one follows the other, at most

_THINGS = frozenset({"it", "its"})


def before(source: Source, read: Sequence[Source]) -> list[Source]:
    """What was read of the same document not far before a source, in order."""
    document = source.hit.passage.document_id
    return sorted(
        (
            other
            for other in read
            if other.hit.passage.document_id == document and 0 <= source.start - other.end <= REACH
        ),
        key=lambda other: other.start,
    )


def behind(source: Source, read: Sequence[Source]) -> Source | None:
    """What was read next behind a source in its document."""
    document = source.hit.passage.document_id
    later = [other for other in read if other.hit.passage.document_id == document and other.start >= source.end]
    return min(later, key=lambda other: other.start, default=None)


def leant_on(source: Source, read: Sequence[Source]) -> str:
    """What was read right before a sentence that looks back, from the last one on that does not; "" where it does not
    look back, or a sentence between was not read."""
    found: list[str] = []
    following = source
    for other in reversed(before(source, read) if looks_back(source.text) else ()):
        if following.start - other.end > GAP:
            return ""
        found.insert(0, other.text)
        if not looks_back(other.text):
            return " ".join(found)
        following = other
    return ""


def means_another(sentence: str, sources: Sequence[Source], read: Sequence[Source]) -> tuple[str, str] | None:
    """Whom a sentence begins with and its best source, as "it" or "he", does not mean; and whom that names instead.

    Only where what stands before the pronoun was read, and it names one and nothing near it the other.
    """
    subject = next(names(sentence), None)
    if subject is None:
        return None
    words = set(content_words(sentence, "en"))
    shares = [len(words.intersection(content_words(source.text, "en"))) for source in sources]
    for source, share in zip(sources, shares, strict=True):
        leant = leant_on(source, read) if share == max(shares) and _pronoun(source) else ""
        named = list(names(leant))
        if not named or (_pronoun(source) not in _THINGS and not names_a_person(leant)):
            continue
        there = [*named, *names(source.text), *names(source.above)]
        if not _one_of(subject, there) and not _one_of(named[0], list(names(sentence))):
            return subject.words, named[0].words
    return None


def around(evidence: Evidence) -> list[str]:
    """What a reader of each cited sentence knows: its title, heading and passage, and what "he" in it looks back at."""
    return [
        f"{source.hit.title} {source.hit.passage.heading} {_behind(source, evidence.read)} {source.hit.passage.text}"
        for source in evidence.sources
    ]


def _behind(source: Source, read: Sequence[Source]) -> str:
    """What was read of the same document not far before a sentence that looks back at it."""
    back = looks_back(source.text) or means_somebody(source)
    return " ".join(other.text for other in before(source, read)) if back else ""


def leading_to(source: Source, read: Sequence[Source]) -> str:
    """What a source says, behind its title, its heading and what was read shortly before it."""
    leading = [other.text for other in before(source, read) if source.start - other.end <= LEADS_TO]
    return " ".join((source.above, *leading, source.text))


def passages(evidence: Evidence) -> list[str]:
    """The passages that were read, each once, with their titles."""
    return list(dict.fromkeys(f"{source.above} {source.hit.passage.text}" for source in evidence.read))


def with_whom(source: Source, read: Sequence[Source]) -> str:
    """What a source says, behind the last sentence read that names whom it means, where it names nobody itself."""
    told = reversed(before(source, read)) if means_somebody(source) else ()
    whom = next((other.text for other in told if names_a_person(other.text)), "")
    return f"{whom} {source.said}".strip()


def means_somebody(source: Source) -> bool:
    """Whether a source speaks of somebody as "he", or quotes somebody."""
    passage = source.hit.passage
    return unnamed(source.text) or quoted(passage.text, source.start - passage.start)


def _pronoun(source: Source) -> str:
    """The pronoun with which a source begins that nobody speaks, "" where it begins otherwise."""
    opening = TOKEN.search(source.text)
    if opening is None or source.speaker or LABEL.match(source.text):
        return ""
    word = fold(opening.group())
    return word if word in _THINGS | vocabulary().persons else ""


def _one_of(name: Name, others: Sequence[Name]) -> bool:
    return any(same(name.words, other.words) for other in others)
