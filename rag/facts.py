"""The checkable facts of a sentence: numbers, dates and names in one normal form.

Purely textual and deterministic: a fact of an answer either stands in the words cited for it or does not. Knows
English, German and Russian number words, months and negations; other languages are held to digits and capitals.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

from index.dates import days_in
from index.lexical import parted
from rag.inflected import inflected
from rag.numbers import number_at, spelt
from rag.peoples import of_one_people, singular
from rag.vocabulary import TOKEN, fold, is_courtesy, opens, vocabulary

Kind = Literal["number", "date", "name"]
# What is read out of a text is asked once a fact; so many texts are remembered, more than belong to one sentence.
REMEMBERED = 512
LONGEST_ABBREVIATION = 12  # letters; of a longer row of capitalised words only parts are names
# A name of so many letters, and alike to this degree, is misspelt.
SLIP_FROM, SLIP = 5, 0.8
SURNAME_FROM = 3  # letters of a name that may stand in the plural: "Sam" of "the Sams", not "Al" of "als"

# Capitalised words in a row, small ones between them allowed: "Bank of England".
_CAPITALISED = re.compile(r"(?:[^\W\d_a-z][^\W\d_]+[ -](?:of |the |and |for )*)+[^\W\d_a-z][^\W\d_]+")
_AMPERSAND = re.compile(r"\s*&\s*")
# Endings of German nouns that names hardly have, also the times of a calendar, and of German adjectives.
_NOUN = re.compile(
    r"(?:.{3,}(?:ung|heit|keit|schaft|tät|ismus|ierung|tion)(?:en|s)?|Jahr(?:e[ns]?|(?:zehnt|hundert)\w*)?|Monate?[ns]?)$"
)
_DECLINED = re.compile(r".{2,}e[mnrs]?$")


@dataclass(frozen=True, slots=True, order=True)
class Fact:
    """A fact in normal form: equal facts are written alike however they were spelt. `words` is how it was spelt."""

    kind: Kind
    value: str
    words: str

    @property
    def key(self) -> tuple[Kind, str]:
        return self.kind, self.value

    @property
    def amount(self) -> Decimal | None:
        """The value of a number as one to reckon with; None of a name, a date, a time of day ("10:30") or a version."""
        try:
            return Decimal(self.value) if self.kind == "number" else None
        except InvalidOperation:
            return None


@dataclass(frozen=True, slots=True)
class FoundFact:
    """A fact and where it stands in a text."""

    fact: Fact
    start: int
    end: int


def facts(sentence: str) -> tuple[Fact, ...]:
    """The numbers, dates and names of a sentence, each once, in order.

    A capital at the beginning of the sentence is no sign of a name unless the word goes on in capitals or a second
    capitalised word follows it.
    """
    found: dict[tuple[Kind, str], Fact] = {}
    for here in found_facts(sentence):
        found.setdefault(here.fact.key, here.fact)
    return tuple(found.values())


def facts_within(words: str) -> tuple[Fact, ...]:
    """The facts of words from the middle of a sentence, where a capital is that of a name."""
    return facts(f"at {words}")


@lru_cache(maxsize=REMEMBERED)
def found_facts(sentence: str) -> tuple[FoundFact, ...]:
    """Every number, date and name of a sentence with its place, in order."""
    return tuple(_found(sentence))


def _found(sentence: str) -> Iterator[FoundFact]:
    known = vocabulary()
    matches = list(TOKEN.finditer(sentence))
    words = [match.group() for match in matches]
    german = not known.german.isdisjoint(map(fold, words))
    index = 0
    while index < len(words):
        word, folded = words[index], fold(words[index])
        following = words[index + 1] if index + 1 < len(words) else ""
        start, end = matches[index].span()
        number = number_at(sentence, matches, index)
        if number:
            value, last = number
            end = matches[last].end()
            yield FoundFact(Fact("number", value, spelt(sentence, start, end)), start, end)
            index = last
        elif folded in known.months and (word[0].isupper() or folded not in known.ambiguous_months):
            if folded not in known.ambiguous_months or following[:1].isdigit() or (index and _dates(words[index - 1])):
                yield FoundFact(Fact("date", f"month {known.months[folded]}", word), start, end)
        elif folded in known.weekdays:
            yield FoundFact(Fact("date", folded, word), start, end)
        elif word[0].isupper() and not opens(word) and folded not in known.negations:
            before = sentence[matches[index - 1].end() : start].strip() if index else ""
            opening = index == 0 or before == ":"
            if (german and _is_noun(words, index)) or _is_title(words, index):
                pass
            elif not opening or word[1:2].isupper() or "&" in word or (following[:1].isupper() and len(word) > 1):
                yield FoundFact(Fact("name", name_value(word), _possessive_free(word)), start, end)
        index += 1


def _is_title(words: Sequence[str], index: int) -> bool:
    """Whether a word is the title of somebody: "Mr. Danilov", "a Mr. Danilov"; not "a Ph.D.", which somebody has."""
    before, behind = (words[place] if 0 <= place < len(words) else "" for place in (index - 1, index + 1))
    had = fold(before) in vocabulary().articles | vocabulary().persons and not behind[:1].isupper()
    return is_courtesy(words[index]) and not had


def _is_noun(words: Sequence[str], index: int) -> bool:
    """Whether a capitalised word of a German sentence is a noun like any other: behind a number, an article, with an
    adjective between or without, or by its ending. An abbreviation ("die NATO") is none."""
    word = words[index]
    if any(letter.isupper() for letter in word[1:]):
        return False
    known = vocabulary()
    if _NOUN.search(word) or (index and (words[index - 1][0].isdigit() or fold(words[index - 1]) in known.numbers)):
        return True
    before, beyond = (fold(words[index - back]) if index >= back else "" for back in (1, 2))
    adjective = bool(before) and words[index - 1].islower() and _DECLINED.search(before) is not None
    return before in known.german_articles or (
        adjective and beyond in known.german_articles | known.german_prepositions
    )


def _dates(word: str) -> bool:
    """Whether the word before makes the next one a month rather than a verb: "in May", "6 May", "since May"."""
    return word[0].isdigit() or fold(word) in vocabulary().before_months


@lru_cache(maxsize=1 << 14)
def name_value(word: str) -> str:
    """A name in one form: "U.S.", "U. S." and "US" are us, "Russia's" is russia, "Temür" is temur, "V&A" is v&a."""
    letters = unicodedata.normalize("NFD", fold(_possessive_free(word)))
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).replace(". ", "").replace(".", "")


def name_parts(word: str) -> tuple[str, ...]:
    """The forms of the names that are joined in a word: "AdamSmith" and "Adam&Smith" are adam and smith, "Smith" is
    smith, "V&A" is v and a."""
    if "&" in word:
        return tuple(map(name_value, word.split("&")))
    whole, *parts = map(name_value, parted(word.replace(". ", ".")).split())
    return tuple(parts) or (whole,)


def _possessive_free(word: str) -> str:
    return re.sub(r"['’]s?$", "", word)


@lru_cache(maxsize=1 << 16)
def same_name(first: str, second: str) -> bool:
    """Whether two folded words are forms of one name: equal, but for an ending ("russia", "russian"), of one people."""
    if first == second or any(first in group and second in group for group in vocabulary().aliases):
        return True
    if any(first in pair and second in pair for pair in vocabulary().apart):
        return False
    shorter, longer = sorted((first, second), key=len)
    if len(shorter) >= SURNAME_FROM and longer == f"{shorter}s":
        return True  # a family, "the Sams", or a German genitive
    if inflected(first, second):
        return True
    one, other = singular(first), singular(second)
    return of_one_people(one, other) or ((one, other) != (first, second) and same_name(one, other))


def one_government(first: str, second: str) -> bool:
    """Whether words name one government, by its seat or its country: "Moscow" and "Russia"."""
    one, other = ({name_value(word) for word in TOKEN.findall(text) if word[0].isupper()} for text in (first, second))
    return any(not one.isdisjoint(group) and not other.isdisjoint(group) for group in vocabulary().seats)


def misspelt(first: str, second: str) -> bool:
    """Whether two folded words are one name with a slip in it: one letter of five, or two that changed places."""
    return (
        max(len(first), len(second)) >= SLIP_FROM
        and first[:1] == second[:1]
        and abs(len(first) - len(second)) <= 1
        and SequenceMatcher(None, first, second).ratio() >= SLIP
    )


def stands_in(fact: Fact, text: str) -> bool:
    """Whether a text states the fact, however it spells it."""
    if fact.kind == "name":
        named = _named(text)
        return (
            _is_named(fact.value, named)
            or all(len(part) > 1 and _is_named(part, named) for part in name_parts(fact.words))
            or _are_initials(fact.value.replace("&", ""), text)
        )
    return fact.key in _stated(text) or in_a_date(fact, text)


@lru_cache(maxsize=REMEMBERED)
def _stated(text: str) -> frozenset[tuple[Kind, str]]:
    """The facts that a text states, however they are spelt there."""
    return frozenset(found.fact.key for found in found_facts(text))


def in_a_date(fact: Fact, text: str) -> bool:
    """Whether the fact is a date in the text, or its day, month or year: "August" stands in "20260814"."""
    whole = set(days_in(fact.words))
    return fact.kind != "name" and any(
        (year, month, day) in whole
        or fact.key in (("number", str(day)), ("date", f"month {month}"), ("number", str(year)))
        for year, month, day in _days(text)
    )


@lru_cache(maxsize=REMEMBERED)
def _days(text: str) -> tuple[tuple[int | None, int, int], ...]:
    return tuple(days_in(text))


@lru_cache(maxsize=REMEMBERED)
def _named(text: str) -> frozenset[str]:
    """The words of a text as names; those beside an ampersand together and apart, whether or not a blank parts them."""
    if "&" in text:
        text = f"{text} {_AMPERSAND.sub('&', text)} {text.replace('&', ' & ')}"
    return frozenset(name_value(word) for word in TOKEN.findall(parted(text)))


def _is_named(value: str, names: Collection[str]) -> bool:
    return any(same_name(value, name) for name in names)


def _are_initials(value: str, text: str) -> bool:
    """Whether a value is the first letters of a name of several words: "un" where the United Nations are named."""
    return len(value) > 1 and any(value in "".join(word[0] for word in run).casefold() for run in _runs(text))


@lru_cache(maxsize=REMEMBERED)
def _runs(text: str) -> tuple[tuple[str, ...], ...]:
    """The capitalised words of each name of several words."""
    runs = (re.findall(r"[^\W\d_]+", run) for run in _CAPITALISED.findall(text))
    return tuple(tuple(word for word in run if word[0].isupper()) for run in runs)


def abbreviated(fact: Fact, sentence: str, text: str) -> bool:
    """Whether a name of several words in `sentence`, of which the fact is one, stands in a text by its first letters:
    "USA" for "United States"."""
    short = [name_value(word).replace("&", "") for word in TOKEN.findall(text) if word.isupper()]
    return any(_is_named(letters, short) for letters in _letters_around(fact.words, sentence))


def _letters_around(word: str, sentence: str) -> set[str]:
    """The first letters of every row of up to so many capitalised words that holds the word."""
    return {
        "".join(other[0] for other in words[first:last]).casefold()
        for words in _named_in_rows(sentence)
        for place in (place for place, other in enumerate(words) if other == word)
        for first in range(max(0, place - LONGEST_ABBREVIATION + 1), place + 1)
        for last in range(max(first + 2, place + 1), min(first + LONGEST_ABBREVIATION, len(words)) + 1)
    }


@lru_cache(maxsize=REMEMBERED)
def _named_in_rows(sentence: str) -> tuple[tuple[str, ...], ...]:
    """The capitalised words of each row of such words, as they are read elsewhere: "O'Neill" is one."""
    return tuple(
        tuple(word for word in TOKEN.findall(run) if word[0].isupper()) for run in _CAPITALISED.findall(sentence)
    )
