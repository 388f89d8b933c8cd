"""Numbers of a sentence that the cited words do not state but give: a difference, a sum, a count, a fraction.

"Fell by about twenty points" of "from 95.8 to 75.8" is reckoned by whoever wrote it and not invented; whoever reads it
is told from what. Purely textual; English and German.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations

from rag.facts import Fact, found_facts
from rag.vocabulary import YEAR
from rag.words import content_words, language_of

FEW = 6  # numbers of a passage, at most, of which two are tried: of many some two give any number
ROUGH = Decimal("0.05")  # of a number that is given roughly, by which it may be off
REACH = 40  # characters before a fraction that say how roughly it is given
LISTED_FROM = 3  # "A and B" may be anything

_ABOUT = re.compile(
    r"\b(?:about|around|roughly|approximately|some|circa|nearly|almost|close to|etwa|ungefähr|rund|fast|knapp|gut)\s*$",
    re.IGNORECASE,
)
# With these a number is how far something changed or differs, and a number of all together.
_DIFFERS = re.compile(
    r"\b(?:by|difference|gap|margin|more|fewer|less|lead|gain\w*|los[ts]\w*|um|mehr|weniger|unterschied|abstand)\b",
    re.IGNORECASE,
)
_TOGETHER = re.compile(r"\b(?:total|altogether|together|combined|overall|insgesamt|zusammen)\b", re.IGNORECASE)
_TIME = re.compile(
    r"\s*-?(?P<unit>years?|decades?|centur(?:y|ies)|jahre?n?|jahrzehnte?n?|jahrhunderte?n?)\b", re.IGNORECASE
)
_LONG = {"decade": 10, "centur": 100, "jahrzehnt": 10, "jahrhundert": 100}  # in years
_AGED = re.compile(r"\b(?:aged|at the age of|at age|im alter von)\s*$", re.IGNORECASE)
_BEFORE = re.compile(r"\b(?:before|by|prior to|vor|bis)\s+$", re.IGNORECASE)
_AFTER = re.compile(r"\b(?:after|nach)\s+$", re.IGNORECASE)
_SENTENCE = re.compile(r"[;:.]")
_LAST = re.compile(r"(?P<first>^|\s)(?:and|und|or|oder)\s", re.IGNORECASE)
_NAME = r"[A-ZÄÖÜ][\w.'’-]*(?: (?:of |the |von |der )?[A-ZÄÖÜ][\w.'’-]*){0,5}"
_NAMES = re.compile(rf"{_NAME}(?:, {_NAME}){{1,20}},? (?:and|und|or|oder) {_NAME}")
# "The two delegations from Kiel and Bonn" of "delegations from Kiel and Bonn".
_PAIR = re.compile(
    rf"\s+(?P<counted>(?:\w+ ){{1,2}})(?:from|of|for|in|between|aus|von|zwischen) (?P<pair>{_NAME} (?:and|und) {_NAME})"
)
_LAST_NAME = re.compile(r"(?<!,) (?:and|und|or|oder) |^")  # of "A, B, and C" the comma counts the last
_ORDINAL = re.compile(r"third|\w+th|dritte[nrs]?|\w+te[nrs]?", re.IGNORECASE)
# "A third of them", "ein Drittel", of a percentage.
_FRACTION = re.compile(r"(?P<of>third|quarter|fifth|tenth|drittel|viertel|fünftel|zehntel)", re.IGNORECASE)
_PARTS = {"third": 3, "quarter": 4, "fifth": 5, "tenth": 10, "drittel": 3, "viertel": 4, "fünftel": 5, "zehntel": 10}
_ONE = re.compile(r"(?P<how>[\w ]*?)\b(?:an?|one|ein(?:em)?) $", re.IGNORECASE)
_MORE = re.compile(r"\b(?:more than|over|at least|mehr als|über|mindestens) $", re.IGNORECASE)
_LESS = re.compile(r"\b(?:less than|under|below|at most|weniger als|unter|höchstens) $", re.IGNORECASE)
_PERCENT = re.compile(r"\s?(?:%|percent|per cent|prozent)", re.IGNORECASE)
_FAR = Decimal("1.4")  # times as much is no bound that anybody would give
_BEHIND = 2  # words behind a number that say of what it is
_MOST_YEARS = 20  # between a year and one that only bounds it


def derived(fact: Fact, sentence: str, cited: Sequence[str]) -> str:
    """From what in the words `cited` a number of the sentence follows, told to the reader; "" where it does not."""
    here = next((found for found in found_facts(sentence) if found.fact.key == fact.key), None)
    if fact.kind != "number" or here is None:
        return ""
    before, behind = sentence[: here.start], sentence[here.end :]
    text = "\n".join(cited)
    if YEAR.fullmatch(fact.words):
        return _bound(fact, before, text)
    value = fact.amount
    if value is None:
        return ""
    return (
        _fraction(fact, before, text)
        or _between(fact, value, before, behind, text)
        or _reckoned(fact, value, before, behind, text)
        or _listed(fact, value, behind, cited)
    )


def _fraction(fact: Fact, before: str, text: str) -> str:
    """A percentage of the passage that is the fraction of the sentence, about, or within what that gives as a bound."""
    fraction, one = _FRACTION.fullmatch(fact.words), _ONE.search(before[-REACH:])
    if not fraction or not one:
        return ""
    part = Decimal(100) / _PARTS[fraction["of"].lower()]
    for found in found_facts(text):
        value = found.fact.amount if _PERCENT.match(text, found.end) else None
        if value is None:
            continue
        if _MORE.search(one["how"]):
            fits = part < value <= part * _FAR
        elif _LESS.search(one["how"]):
            fits = part / _FAR <= value < part
        else:
            fits = abs(value - part) <= ROUGH * part
        if fits:
            return f"“{fact.words}” fits {found.fact.words} percent, which the passage states"
    return ""


def _between(fact: Fact, value: Decimal, before: str, behind: str, text: str) -> str:
    """Two years of a passage between which so much time lies, or somebody's age."""
    years = sorted({int(year) for year in YEAR.findall(text)})
    unit, aged = _TIME.match(behind), _AGED.search(before)
    if not (unit or aged) or len(years) > FEW:
        return ""
    length = next((size for name, size in _LONG.items() if unit and unit["unit"].lower().startswith(name)), 1)
    for early, late in combinations(years, 2):
        apart = late - early
        exact = apart == value if length == 1 else abs(apart - value * length) < length / 2
        if exact or (aged and apart == value + 1):
            return f"“{fact.words}” is the difference of {early} and {late}, which the passage states"
    return ""


def _reckoned(fact: Fact, value: Decimal, before: str, behind: str, text: str) -> str:
    """Two numbers of a passage whose difference or sum it is."""
    numbers = dict(_numbers(text))
    off = max(ROUGH * value, Decimal("0.5")) if _ABOUT.search(before) else Decimal(0)
    said = before + behind
    if len(numbers) > FEW:
        return ""
    for one, other in combinations(numbers, 2):
        stated = f"{numbers[one]} and {numbers[other]}, which the passage states"
        if _DIFFERS.search(said) and abs(abs(one - other) - value) <= off:
            return f"“{fact.words}” is the difference of {stated}"
        if _TOGETHER.search(said) and abs(one + other - value) <= off:
            return f"“{fact.words}” is the sum of {stated}"
    return ""


def _listed(fact: Fact, value: Decimal, behind: str, cited: Sequence[str]) -> str:
    """A list of so many of what the number counts."""
    if _ORDINAL.fullmatch(fact.words):
        return ""
    pair = _PAIR.match(behind) if value == LISTED_FROM - 1 else None
    for text in cited:
        language = language_of(text)
        there = set(content_words(text, language))
        if pair and pair["pair"] in text and not there.isdisjoint(content_words(pair["counted"], language)):
            return f"“{fact.words}” is how many the passage lists"
        counted = content_words(" ".join(behind.split()[:_BEHIND]), language)[:_BEHIND]
        if value >= LISTED_FROM and any(value == count for count in _names_listed(text)):
            return f"“{fact.words}” is how many the passage lists"
        named = not there.isdisjoint(counted)
        if named and value >= LISTED_FROM and any(value == _items(part) for part in _SENTENCE.split(text)):
            return f"“{fact.words}” is how many the passage lists"
    return ""


def _names_listed(text: str) -> Iterator[int]:
    """How many names each list of a text has, without what stands around it: "in Kenya, Uganda and Rwanda"."""
    for listed in _NAMES.finditer(text):
        yield listed.group().count(", ") + len(_LAST_NAME.findall(listed.group()))


def _items(text: str) -> int:
    """How many things a text lists up to its first "and": "Kenya, Uganda and Rwanda" are three; 0 without a comma."""
    pieces = text.split(", ")
    for place, piece in enumerate(pieces):
        last = _LAST.search(piece)
        if last and place:
            return place + (1 if last.start() == 0 and not piece[: last.start()].strip() else 2)
    return 0


def _bound(fact: Fact, before: str, text: str) -> str:
    """The one year of a passage that lies before or after the one that the sentence names as its bound."""
    years = {int(year) for year in YEAR.findall(text)}
    if len(years) != 1:
        return ""
    year, bound = years.pop(), int(fact.value)
    fits = (_BEFORE.search(before) and 0 < bound - year <= _MOST_YEARS) or (
        _AFTER.search(before) and 0 < year - bound <= _MOST_YEARS
    )
    side = "before" if bound > year else "after"
    return f"the passage says {year}, which is {side} “{fact.words}”" if fits else ""


def _numbers(text: str) -> Iterator[tuple[Decimal, str]]:
    """The numbers of a text that are no years, each with how it is spelt."""
    for found in found_facts(text):
        value = found.fact.amount
        if value is not None and not YEAR.fullmatch(found.fact.words):
            yield value, found.fact.words
