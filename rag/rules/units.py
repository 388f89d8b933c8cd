"""What the numbers of a sentence are counted in, and whether its sources count the same number in something else.

"5 million euros" is not "5 million dollars", and a percentage point is no percent. Purely textual: knows how units and
currencies are written in English, German and Russian, and converts nothing; whether the number itself is there is told
by `facts`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from rag.facts import FoundFact, found_facts
from rag.vocabulary import YEAR, fold
from rag.words import content_words, language_of

_APART = re.compile(r"[\s-]{0,3}")
# "20 to 30 km": both are kilometres.
_RANGE = re.compile(r"\s*(?:-|–|—|to|and|or|bis|und|oder|до|и|или)\s*")
# Halves of the day: a time without one says nothing of which it is in.
_HALVES = ("am", "pm")
_THING = re.compile(r"\s([^\W\d_A-Z]{3,})")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit; `words` is how both were written."""

    value: str
    unit: str
    words: str


@cache
def _patterns() -> dict[str, str]:
    stored = tomllib.loads(resources.files("rag.rules").joinpath("units.toml").read_text("utf-8"))["units"]
    return {str(unit): str(pattern) for unit, pattern in stored.items()}


@cache
def _unit() -> re.Pattern[str]:
    """Any unit, as a group of its name, that ends where a word does."""
    return re.compile("|".join(rf"(?P<{unit}>(?:{pattern})(?![\w/]))" for unit, pattern in _patterns().items()))


@cache
def _written(unit: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W\d_])(?:{_patterns()[unit]})(?!\w)")


def quantities(text: str) -> tuple[Quantity, ...]:
    """The numbers of `text` that are counted in something, in order."""
    return tuple(_quantities(text, _numbers(text)))


def _numbers(text: str) -> list[FoundFact]:
    return [found for found in found_facts(text) if found.fact.kind == "number"]


def _quantities(text: str, numbers: list[FoundFact]) -> Iterator[Quantity]:
    for place, number in enumerate(numbers):
        counted = _after(text, number.end) or _before(text, number.start)
        following = numbers[place + 1] if place + 1 < len(numbers) else None
        if counted is None and following and _RANGE.fullmatch(text, number.end, following.start):
            counted = _after(text, following.end)
            if counted and counted[0] in _HALVES:
                continue  # "9 to 5 pm"
        if counted:
            unit, start, end = counted
            yield Quantity(number.fact.value, unit, text[min(start, number.start) : max(end, number.end)])


def _after(text: str, at: int) -> tuple[str, int, int] | None:
    begins = _APART.match(text, at).end()  # type: ignore[union-attr]  # it matches nothing, too
    return _named(text, begins, min(len(text), begins + 30))


def _before(text: str, at: int) -> tuple[str, int, int] | None:
    """A sign or a code of money: "$5", "EUR 5"."""
    match = re.search(r"(?:US[- ]?)?[$€£¥₽₹]\s?$|\b[A-Z]{3}\s$", text[max(0, at - 6) : at])
    if match is None:
        return None
    start = max(0, at - 6) + match.start()
    return _named(text, start, start + len(match.group().rstrip()))


def _named(text: str, start: int, end: int) -> tuple[str, int, int] | None:
    """The unit that begins at `start`; nothing of the text from `end` on is looked at."""
    found = _unit().match(fold(text[start:end]))
    # Folding may lengthen a word by a letter or two; then the words shown end with what stands there.
    return (str(found.lastgroup), start, min(end, start + found.end())) if found and found.lastgroup else None


@dataclass(frozen=True, slots=True)
class UnitFault:
    """Why a unit does not hold, in words, and what stands in the cited words in its place, "" where nothing does."""

    reason: str
    instead: str = ""


def unit_faults(sentence: str, question: str, cited: str, around: str) -> Iterator[UnitFault]:
    """Each unit of `sentence` that its sources do not count the number in.

    What the `question` counts in the same is not the sentence's own. `cited` are the words cited, `around` the passages
    that hold them, where a unit may stand for all (a heading).
    """
    given = quantities(cited)
    asked = {(quantity.value, quantity.unit) for quantity in quantities(question)}
    numbers = [number.fact.value for number in _numbers(cited)]
    for said in quantities(sentence):
        there = [quantity for quantity in given if quantity.value == said.value]
        if said.value not in numbers or any(quantity.unit == said.unit for quantity in there):
            continue
        if (said.value, said.unit) in asked:
            continue
        if said.unit == "year" and YEAR.fullmatch(said.value):
            continue  # "2016 год" is a date
        if there and len(there) == numbers.count(said.value):
            yield _counted_otherwise(said.words, there[0].words)
        elif said.unit not in _HALVES and not _written(said.unit).search(fold(around)):
            yield UnitFault(f"the unit of “{said.words}” does not stand in the cited passage")
    yield from _otherwise_counted(sentence, question, cited)


def _counted_otherwise(words: str, instead: str) -> UnitFault:
    return UnitFault(f"the sentence says “{words}”, the cited passage says “{instead}”", instead)


def _otherwise_counted(sentence: str, question: str, cited: str) -> Iterator[UnitFault]:
    """Numbers that the sentence counts in things, and the words cited, which name no such things, in a unit: "15 lakes"
    for "15 kilometres"."""
    known = {quantity.value for quantity in quantities(sentence)} | {n.fact.value for n in _numbers(question)}
    numbers, language = [number.fact.value for number in _numbers(cited)], language_of(cited)
    given = quantities(cited)
    for said in _numbers(sentence):
        there = [quantity for quantity in given if quantity.value == said.fact.value]
        thing = _THING.match(sentence, said.end)
        if thing is None or said.fact.value in known or not there or there[0].unit in _HALVES:
            continue
        if len(there) != numbers.count(said.fact.value):
            continue
        things = set(content_words(thing[1], language))
        if _written(there[0].unit).search(fold(sentence)) or not things.isdisjoint(content_words(cited, language)):
            continue
        if things:
            yield _counted_otherwise(f"{said.fact.words} {thing[1]}", there[0].words)
