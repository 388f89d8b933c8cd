"""Right sentences made wrong in one way each, with the ordinary means of a model that errs.

Finds numbers, dates and names with patterns of its own, so that what the checker does not recognise is spoiled as
well. `variety` says how well hidden the change is: what replaces a word stands nowhere in the passages read, or it
stands there in another place, which likeness and containment cannot tell.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["number", "date", "name", "negation", "memory"]
KINDS: tuple[Kind, ...] = ("number", "date", "name", "negation", "memory")

# By language, alternatives of a pattern.
MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December",
    "Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember",
    "января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря",
)
NUMERALS = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fifteen|twenty|thirty|forty|fifty",
    "zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|zwanzig|dreißig|vierzig|fünfzig",
    "два|две|три|четыре|пять|шесть|семь|восемь|девять|десять|двадцать|тридцать|сорок|пятьдесят",
)
_YEAR = re.compile(r"(?<![\d.,])(?:1\d{3}|20\d\d)(?![\d%]|[.,]\d)")
_DIGITS = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*(?![\w])")
_NAME = re.compile(r"[^\W\d_a-zа-яёà-ÿ][^\W\d_]+(?:[ -][^\W\d_a-zа-яёà-ÿ][^\W\d_]+)*")
_ONLY_JOINED = re.compile(r"\s*(?:,|and|or|und|oder|и|&|/|-|–)?\s*")
_DENIED = (
    (re.compile(r"\b(did|do|does) not ([a-z]+)\b"), r"\2"),
    (re.compile(r"\b(is|are|was|were|has|had|have|can|could|will|would|must|should|may)(?: not|n't|n’t)\b"), r"\1"),
    (re.compile(r"\b(can)not\b"), r"\1"),
    (re.compile(r"\b(?:never|nicht) "), ""),
    (re.compile(r"\bkein(e[mnrs]?)?\b"), r"ein\1"),
    (re.compile(r"\bне "), ""),
)
_AFFIRMED = (
    (
        re.compile(r"\b(is|are|was|were|has|had|have|can|could|will|would|must|should|may)\b(?! not|n['’]t| no\b)"),
        r"\1 not",
    ),
    (re.compile(r"(?<=[a-z\d)] )([a-z]{2,}ed)\b(?! by)"), r"never \1"),
    (
        re.compile(r"\b(ist|sind|war|waren|wurde|wurden|wird|werden|hat|hatte|haben|kann|können|konnte|konnten)\b"),
        r"\1 nicht",
    ),
    (
        re.compile(r"(?<= )(был[аои]?|является|являются|стал[аои]?|может|могут|имеет|имеют|\w+(?:лся|лась|лись))\b"),
        r"не \1",
    ),
)


@dataclass(frozen=True, slots=True)
class Spoiled:
    """A wrong text. `change` tells it to people, like "20 -> 30"."""

    kind: Kind
    variety: str
    text: str
    change: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a spoiler may take from: the passages read, as one text, names of elsewhere, sentences from memory."""

    read: str
    names: Sequence[str]
    remembered: Sequence[str]


def spoiled(text: str, kind: Kind, around: Surroundings, draw: random.Random) -> Spoiled | None:
    """`text` spoiled in one way, or None where there is nothing of that kind to spoil."""
    made = list(_SPOILERS[kind](text, around, draw))
    varieties = sorted({wrong.variety for wrong in made})
    if not varieties:
        return None
    variety = draw.choice(varieties)
    return draw.choice([wrong for wrong in made if wrong.variety == variety])


def _numbers(text: str, around: Surroundings, draw: random.Random) -> Iterator[Spoiled]:
    months = "|".join(MONTHS)
    for match in _DIGITS.finditer(text):
        before, after = text[max(0, match.start() - 12) : match.start()], text[match.end() : match.end() + 14]
        dated = re.search(rf"(?:{months}) $", before) or re.match(rf"\.? (?:{months})", after)
        if _YEAR.fullmatch(match[0]) or dated:
            continue
        read = sorted({other for other in _DIGITS.findall(around.read) if not _YEAR.fullmatch(other)} - {match[0]})
        other = _other_digits(match[0], draw)
        for _ in range(9):
            if other not in text and not re.search(rf"(?<!\d){re.escape(other)}(?!\d)", around.read):
                yield _replaced("number", "elsewhere", text, match.span(), other)
                break
            other = _other_digits(match[0], draw)
        for found in read:
            if found not in text:
                yield _replaced("number", "also read", text, match.span(), found)
    for numerals in NUMERALS:
        for match in re.finditer(rf"\b(?:{numerals})\b", text):
            others = [
                word for word in numerals.split("|") if word not in text and not re.search(rf"\b{word}\b", around.read)
            ]
            if others:
                yield _replaced("number", "elsewhere", text, match.span(), draw.choice(others))


def _other_digits(digits: str, draw: random.Random) -> str:
    """Another number written alike: one digit changed, never to a leading zero."""
    places = [place for place, sign in enumerate(digits) if sign.isdigit()]
    place = draw.choice(places)
    smallest = 1 if place == 0 else 0
    new = draw.choice([digit for digit in range(smallest, 10) if str(digit) != digits[place]])
    return digits[:place] + str(new) + digits[place + 1 :]


def _dates(text: str, around: Surroundings, draw: random.Random) -> Iterator[Spoiled]:
    for match in _YEAR.finditer(text):
        read = set(_YEAR.findall(around.read))
        others = [str(int(match[0]) + step) for step in (-30, -12, -7, -3, -1, 1, 2, 4, 9, 20)]
        others = [year for year in others if year not in read]
        if others:
            yield _replaced("date", "elsewhere", text, match.span(), draw.choice(others))
        for year in sorted(read - set(_YEAR.findall(text))):
            yield _replaced("date", "also read", text, match.span(), year)
    for months in MONTHS:
        for match in re.finditer(rf"\b(?:{months})\b(?= \d|,| und|$)|(?<=\d )(?:{months})\b", text):
            others = [month for month in months.split("|") if month not in text and month not in around.read]
            if others:
                yield _replaced("date", "elsewhere", text, match.span(), draw.choice(others))


def _names(text: str, around: Surroundings, draw: random.Random) -> Iterator[Spoiled]:
    known = sorted(set(around.names), key=lambda name: (-len(name), name))  # one order, so that a seed fixes the draw
    found: list[tuple[int, int]] = []
    for match in _NAME.finditer(text):
        if match[0] in known:
            found.append(match.span())
    for start, end in found:
        others = [name for name in known if name not in around.read and name not in text]
        if others:
            yield _replaced("name", "elsewhere", text, (start, end), draw.choice(others))
        for name in known:
            if re.search(rf"\b{re.escape(name)}\b", around.read) and not _share_words(name, text):
                yield _replaced("name", "also read", text, (start, end), name)
    for position, (start, end) in enumerate(found):
        for first, last in found[position + 1 :]:
            one, two, between = text[start:end], text[first:last], text[end:first]
            if not _share_words(one, two) and not _ONLY_JOINED.fullmatch(between):
                exchanged = text[:start] + two + between + one + text[last:]
                yield Spoiled("name", "exchanged", exchanged, f"{one} <-> {two}")


def _share_words(one: str, other: str) -> bool:
    return bool(set(re.findall(r"\w+", one.casefold())) & set(re.findall(r"\w+", other.casefold())))


def _negations(text: str, around: Surroundings, draw: random.Random) -> Iterator[Spoiled]:
    for variety, patterns in (("removed", _DENIED), ("added", _AFFIRMED)):
        for pattern, replacement in patterns:
            match = pattern.search(text)
            if match:
                changed = match.expand(replacement)
                yield Spoiled(
                    "negation",
                    variety,
                    text[: match.start()] + changed + text[match.end() :],
                    f"{match[0]} -> {changed}",
                )
                return


def _memories(text: str, around: Surroundings, draw: random.Random) -> Iterator[Spoiled]:
    for sentence in around.remembered:
        yield Spoiled("memory", "added", f"{text} {sentence}", f"+ {sentence}")


_SPOILERS = {"number": _numbers, "date": _dates, "name": _names, "negation": _negations, "memory": _memories}


def _replaced(kind: Kind, variety: str, text: str, span: tuple[int, int], other: str) -> Spoiled:
    start, end = span
    return Spoiled(kind, variety, text[:start] + other + text[end:], f"{text[start:end]} -> {other}")


def names_in(texts: Sequence[str], single: bool) -> list[str]:
    """The names of `texts`: two or more capitalised words in a row and, where `single`, one alone, in a sentence.

    A word that stands somewhere in lower case is no name. Where nouns have capitals (German), ask for no single ones.
    """
    lowered = {word for text in texts for word in re.findall(r"\b[a-zà-ÿа-яё]+\b", text)}
    found = {
        match[0]
        for text in texts
        for match in re.finditer(rf"(?<=[\w,] ){_NAME.pattern}", text)
        if all(word.casefold() not in lowered for word in re.split("[ -]", match[0]))
        and not any(match[0] in months.split("|") for months in MONTHS)
    }
    return sorted(name for name in found if len(name) > 3 and (single or " " in name))
