"""Whom "he" speaks of, and who is quoted: the sentence before an excerpt that names the person it looks back at.

Who speaks is named once and then is "he" for sentences; an excerpt that begins behind the name does not say whose
words these are, and a small model ascribes them to whoever is named nearby. Told by words, without a model: what is
found is worth a place in what is read, and no statement. Pronouns in English only, as "er" and "он" stand for things as
well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from index.records import Document, Hit, Passage
from index.sentences import is_heading, sentence_spans
from rag.vocabulary import TOKEN, fold, opens, vocabulary
from rag.words import content_words, language_of

REACH = 1500  # characters, at most, from "he" back to a name
LONGEST = 400  # characters of a sentence that is read for a name
APPOSED = 6  # words, fewer than which may stand before a name in commas: "The German Foreign Minister, ..., left"

# "Moscow had long offered talks, he says" leaves as open who that is as "He says".
_SPOKEN = re.compile(r"[,”\"»“]\s(?:he|she)\s(?:\w+ly\s)?(?:\w+(?:ed|s)|said|told|thought|wrote)\b")
_TELLING = (
    r"(?:said|says|told|tells|added|adds|noted|notes|stressed|stresses|called|calls|warned|warns|explained|explains|"
    r"thinks|thought|believes|believed|argued|argues|wrote|writes|announced|declared|replied|insisted|insists|agrees|agreed)"
)
_OPENING_MARKS, _CLOSING_MARKS = "“«„", "”»"
_SAYING = re.compile(rf"\b(?:{_TELLING}|saying|according)\b")
_CAPITAL = r"[A-ZÀ-ÞА-ЯŁŚŠŽČĆĐİ][\w'’-]+"
_TOLD_BY = re.compile(rf"\b{_CAPITAL},?\s(?:(?!was\b|were\b|is\b|are\b)\w+\s)?{_TELLING}\b|\b{_TELLING}\s{_CAPITAL}")
_IN_FULL = re.compile(rf"\b({_CAPITAL})\s(?:[A-Z]\.\s|(?:van|von|de|der|bin|ibn|al)\s)*({_CAPITAL})\b")
# "He also said", and what else somebody does who speaks or is retold.
_RETOLD = (
    "remarked|suggested|concluded|complained|admitted|denied|claimed|claims|confirmed|expects|hopes|hoped|sees|spoke|"
    "made clear|described|asked|answered|recalled"
)
_SAYS = rf"(?:\w+ly\s|also\s|then\s)?(?:{_TELLING}|{_RETOLD})\b"
_HE_SAYS = re.compile(rf"^\W*(?:\w+,?\s){{0,3}}?(?:[Hh]e|[Ss]he)(?=\s{_SAYS})")
_SAYS_HE = re.compile(rf"[,”\"»]\s(?:he|she)(?=\s{_SAYS}(?:[,.;:]|\s(?:in|after|at|on|to)\b))")
_RUN = re.compile(rf"{_CAPITAL}(?:\s(?:(?:van|von|de|der|bin|ibn|al)\s)?{_CAPITAL})*")


def naming(hits: Sequence[Hit], document_of: Callable[[str], Document]) -> tuple[Hit, ...]:
    """For those of `hits` that begin with "he", or quote somebody, the sentence before that names whom, where that is
    not among them.

    In the order of the hits; `document_of` gives a document by its id. Raises what that raises.
    """
    found: list[Hit] = []
    for hit in hits:
        passage = hit.passage
        if not unnamed(passage.text):
            continue
        first = max(0, passage.start - REACH)
        document = document_of(passage.document_id)
        before = document.text[first : passage.start]
        span = last_naming(before, cut=first > 0)
        if span:
            start, end = span
            whom = replace(passage, start=first + start, end=first + end, text=before[start:end])
            if not any(_overlap(whom, other.passage) for other in (*hits, *found)):
                pages = tuple(page for page in document.pages if page.start < whom.end and whom.start < page.end)
                found.append(replace(hit, passage=whom, pages=pages))
    return tuple(found)


def _overlap(one: Passage, other: Passage) -> bool:
    return one.document_id == other.document_id and one.start < other.end and other.start < one.end


def unnamed(text: str) -> bool:
    """Whether `text` begins with "he" or says "he says" before it named anybody, or quotes without saying whom."""
    if quoted(text, 0) and not _SAYING.search(text):
        return True
    for start, end in sentence_spans(text):
        sentence = text[start:end]
        if _begins_with_pronoun(sentence) or (_SPOKEN.search(sentence) and not names_a_person(sentence)):
            return True
        if _names(sentence):
            return False
    return False


def quoted(text: str, place: int) -> bool:
    """Whether what begins at a place of `text` is quoted: behind a mark that opens a quotation and before one that
    closes it, as far as `text` shows."""
    if text[place : place + 1] in (*_OPENING_MARKS, '"'):
        return True
    opened = max(text.rfind(mark, 0, place) for mark in _OPENING_MARKS)
    return opened > max(text.rfind(mark, 0, place) for mark in _CLOSING_MARKS)


def last_naming(before: str, *, cut: bool = False) -> tuple[int, int] | None:
    """The span in `before` of the sentence that most likely names whom what follows it speaks of; None without one.

    The last that names a person in full or as speaking, else the last that names anything. Where `before` is `cut`,
    its first sentence is none.
    """
    spans = [
        (start, end)
        for start, end in sentence_spans(before)[int(cut) :]
        if end - start <= LONGEST and not is_heading(before, start)
    ]
    for tell in (names_a_person, _names):
        for start, end in reversed(spans):
            sentence = before[start:end]
            if tell(sentence) and not _begins_with_pronoun(sentence):
                return start, end
    return None


def speaks(name: str, text: str) -> bool:
    """Whether `text` has something said by that name: "Lavrov said"."""
    return any(name in found.group() for found in _TOLD_BY.finditer(text))


def with_names(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """The hits as they are put to a model: behind "he" in "he said" stands in brackets who that is, where a sentence
    read before it names who speaks. Their texts are no spans of their documents any more."""
    read = sorted(
        (
            (hit.passage.document_id, hit.passage.start + start, hit, start, end)
            for hit in hits
            for start, end in sentence_spans(hit.passage.text)
        ),
        key=lambda one: one[:2],
    )
    found: dict[str, list[tuple[int, str]]] = {}
    for place, (document, offset, hit, start, end) in enumerate(read):
        sentence = hit.passage.text[start:end]
        says = _HE_SAYS.search(sentence) or _SAYS_HE.search(sentence)
        if not says or _speaker(sentence[: says.end()], hit.passage.text):
            continue
        for other, before, told, first, last in reversed(read[:place]):
            if other != document or offset - before > REACH:
                break
            name = _speaker(told.passage.text[first:last], told.passage.text)
            if name:
                found.setdefault(hit.passage.id, []).append((start + says.end(), name))
                break
    return tuple(_noted(hit, found.get(hit.passage.id, ())) for hit in hits)


def _noted(hit: Hit, notes: Sequence[tuple[int, str]]) -> Hit:
    """The hit with notes in brackets at places of its text."""
    text = hit.passage.text
    for place, note in reversed(notes):
        text = f"{text[:place]} [{note}]{text[place:]}"
    return replace(hit, passage=replace(hit.passage, text=text))


def _speaker(sentence: str, text: str) -> str:
    """Who speaks in a sentence of `text`, or is what it begins with: a first and a last name where both stand there; ""
    where nobody does, or it may be a place ("Moscow said")."""
    for run in _RUN.finditer(sentence):
        *others, last = run.group().split()
        first = others[-1] if others and fold(others[-1]) not in vocabulary().titles and not opens(others[-1]) else ""
        if fold(last) in vocabulary().titles or any(map(_no_person, filter(None, (first, last)))):
            continue
        name = f"{first} {last}".strip()
        before, behind = sentence[: run.start()], sentence[run.end() :]
        told = re.match(rf",?\s(?!was\b|were\b|is\b){_SAYS}", behind) or re.search(rf"\b{_TELLING}\s$", before)
        begins = first and (not before.strip() or (behind.startswith(",") and len(before.split()) < APPOSED))
        place = not first and re.search(rf"\b(?:in|from|near|[Tt]he)\s{re.escape(last)}\b", text)
        if (told or begins) and not place:
            return name
    return ""


def _begins_with_pronoun(sentence: str) -> bool:
    """Whether a pronoun for a person stands before any word of meaning: "But he", not "When the king died, his"."""
    for match in TOKEN.finditer(sentence):
        word = fold(match.group())
        if word in vocabulary().persons:
            return True
        if not opens(word) and content_words(word, language_of(sentence)):
            return False
    return False


def _names(sentence: str) -> bool:
    """Whether a word is written as names are."""
    words = TOKEN.findall(sentence)
    return any(word[0].isupper() and (place or not opens(word)) for place, word in enumerate(words))


def names_a_person(sentence: str) -> bool:
    """Whether somebody is named in full, or by a name beside which something is said."""
    told = any(not opens(TOKEN.findall(found.group())[0]) for found in _TOLD_BY.finditer(sentence))
    return told or any(not any(map(_no_person, name)) for name in _IN_FULL.findall(sentence))


def _no_person(word: str) -> bool:
    """Whether a capitalised word is no part of a person's name: an article, "NATO", "Council", "Monday"."""
    known = vocabulary()
    dated = known.months.keys() | known.weekdays
    return opens(word) or (word.isupper() and len(word) > 1) or fold(word) in known.impersonal | dated
