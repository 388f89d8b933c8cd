"""Numbers that a sentence gives only as a bound or roughly: "more than 35 million" of "37 million", "about 854,000".

Such a number need not stand in the cited words; one of the same things must that fits it. And where it stands there, it
must not be bounded from the other side. Purely textual; English, German and Russian.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from rag.facts import REMEMBERED, Fact, found_facts
from rag.rules.scope import Wider
from rag.vocabulary import TOKEN, YEAR
from rag.words import content_words, language_of

_MORE = re.compile(
    r"\b(?:more than|over|above|at least|exceed\w*|no (?:less|fewer) than|upwards of|mehr als|über|mindestens"
    r"|более(?: чем)?|больше|свыше|не менее)\s*$",
    re.IGNORECASE,
)
_LESS = re.compile(
    r"\b(?:(?<!no )(?:less|fewer) than|under|below|at most|up to|no more than|weniger als|unter|höchstens|bis zu"
    r"|менее(?: чем)?|меньше|до|не более)\s*$",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"\b(?:about|around|roughly|approximately|some|circa|nearly|almost|close to|etwa|ungefähr|rund|fast|knapp|gut"
    r"|около|примерно|почти)\s*$",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    r"(?:^|\s)(?P<what>[\w-]+\s[\w-]+)\s(?:of|is|was|were|are|von|ist|war|beträgt|betrug|lag bei)\s+$"
)
# A rough number may be off by half of its last digit, but no more than the one share, and by the other at any rate.
MOST, LEAST = Decimal("0.05"), Decimal("0.005")
FAR = Decimal("1.5")  # times as much is no bound that anybody would give: "over 35" of 5,100
BEFORE = 60  # characters before a number, more than any of these words have
_CURRENCY = "$€£¥₽ "
THINGS = 2  # words behind a number that say of what it is


@dataclass(frozen=True, slots=True)
class _Number:
    """A number of a text, its value, what stands before it, and the first words of meaning behind it."""

    fact: Fact
    value: Decimal
    before: str
    things: frozenset[str]


def fits(fact: Fact, sentence: str, cited: str) -> bool:
    """Whether `sentence` gives a number as a bound, or roughly, and one of the same things in the cited words fits it;
    of a rough number another that rounds to it is enough."""
    given = _numbers(cited)
    return any(
        any(_within(number, other) for other in given) for number in _numbers(sentence) if number.fact.key == fact.key
    )


def misbounded(sentence: str, sources: Sequence[str]) -> tuple[Wider, ...]:
    """The numbers of `sentence` that the sources give too, but bounded from the other side, "at least" of "up to"; or
    bounded from above, where the sentence gives them in full."""
    given = [(place, other) for place, text in enumerate(sources) for other in _numbers(text)]
    found = []
    for number in _numbers(sentence):
        same = [(place, other) for place, other in given if other.value == number.value]
        more, less = _bound(_MORE, number), _bound(_LESS, number)
        about = _bound(_ABOUT, number)
        against = [(place, _bound(_LESS if not less else _MORE, other), other) for place, other in same]
        if same and not about and all(bound for _, bound, _ in against):
            place, bound, other = against[0]
            words = f"{more or less} {number.fact.words}".strip()
            found.append(Wider(words, f"{bound} {other.fact.words}", place, bool(more or less)))
    return tuple(found)


def mismeasured(sentence: str, sources: Sequence[str]) -> tuple[Wider, ...]:
    """The numbers that a sentence gives for what the sources name in the same two words and give another for: "an
    actual efficiency of 63%" of "a theoretical efficiency of 63% and an actual efficiency of 42%"."""
    given = [(place, *one) for place, text in enumerate(sources) for one in _measures(text)]
    found = []
    for what, number in _measures(sentence):
        same = [(place, other) for place, of, other in given if of == what]
        known = any(one.value == number.value for text in sources for one in _numbers(text))
        if same and known and all(other.value != number.value for _, other in same):
            place, other = same[0]
            found.append(Wider(number.fact.words, other.fact.words, place, denies=True))
    return tuple(found)


def _measures(text: str) -> Iterator[tuple[tuple[str, ...], _Number]]:
    """The numbers of a text behind two words of meaning and "of", with the stems of these."""
    language = language_of(text)
    for number in _numbers(text):
        if _MORE.search(number.before) or _LESS.search(number.before):
            continue
        of = _MEASURED.search(_ABOUT.sub("", number.before.rstrip(_CURRENCY) + " "))
        stems = tuple(content_words(of["what"], language)) if of else ()
        if len(stems) == THINGS:
            yield stems, number


def _bound(kind: re.Pattern[str], number: _Number) -> str:
    """The words before a number that bound it in one way, "" without any."""
    bound = kind.search(number.before.rstrip(_CURRENCY))
    return bound.group().strip() if bound else ""


def _within(number: _Number, other: _Number) -> bool:
    same = not number.things.isdisjoint(other.things)
    if _MORE.search(number.before):
        return same and number.value <= other.value <= number.value * FAR and not _LESS.search(other.before)
    if _LESS.search(number.before):
        return same and other.value <= number.value <= other.value * FAR and not _MORE.search(other.before)
    if not _ABOUT.search(number.before):
        return False
    digits = number.value.normalize().as_tuple()
    last = Decimal(10) ** int(digits.exponent)
    return abs(other.value - number.value) <= max(min(last / 2, MOST * number.value), LEAST * number.value)


@lru_cache(maxsize=REMEMBERED)
def _numbers(text: str) -> tuple[_Number, ...]:
    return tuple(_read(text))


def _read(text: str) -> Iterator[_Number]:
    language = language_of(text)
    for found in found_facts(text):
        value = found.fact.amount
        if value is None or YEAR.fullmatch(found.fact.words):
            continue
        behind = (stem for match in TOKEN.finditer(text, found.end) for stem in content_words(match.group(), language))
        things = frozenset(stem for _, stem in zip(range(THINGS), behind, strict=False))
        yield _Number(found.fact, value, text[max(0, found.start - BEFORE) : found.start], things)
