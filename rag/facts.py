"""The checkable facts of a sentence: numbers, dates and names in one normal form, and whether it denies something.

Purely textual and deterministic: a fact of an answer either stands in the words cited for it or does not. Knows
English, German and Russian number words, months and negations; other languages are held to digits and capitals.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

Kind = Literal["number", "date", "name"]

TOKEN = re.compile(
    r"(?:[^\W\d_]\.){2,}"  # U.S.
    r"|\d+(?:[.,:]\d+|[\u00a0\u2009\u202f]\d{3}(?!\d))*"  # 1,250.75 and, with a no-break space, 1 250
    r"|[^\W\d_]+(?:['’][^\W\d_]+)*"
)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of `vocabulary.toml`, folded; `units` are those that may follow a ten."""

    numbers: Mapping[str, int]
    units: Mapping[str, int]
    months: Mapping[str, int]
    ambiguous_months: frozenset[str]
    before_months: frozenset[str]
    weekdays: frozenset[str]
    negations: frozenset[str]
    denials: tuple[str, ...]
    openers: frozenset[str]


@cache
def vocabulary() -> Vocabulary:
    """Read once, at the first sentence."""
    stored = tomllib.loads(resources.files("rag").joinpath("vocabulary.toml").read_text("utf-8"))

    def words(key: str) -> frozenset[str]:
        return frozenset(map(fold, stored[key].split()))

    numbers = {fold(word): int(value) for value, line in stored["numbers"].items() for word in line.split()}
    units = dict.fromkeys(words("ones"), 1) | {word: value for word, value in numbers.items() if value < 10}
    tens = {word: value for word, value in numbers.items() if value >= 20}
    return Vocabulary(
        numbers=numbers | {f"{unit}und{ten}": units[unit] + tens[ten] for unit in units for ten in tens},
        units=units,
        months={fold(word): number for number, line in enumerate(stored["months"], 1) for word in line.split()},
        ambiguous_months=words("ambiguous_months"),
        before_months=words("before_months"),
        weekdays=words("weekdays"),
        negations=words("negations"),
        denials=tuple(sorted(words("denials"))),
        openers=words("openers"),
    )


@dataclass(frozen=True, slots=True, order=True)
class Fact:
    """A fact in normal form: equal facts are written alike however they were spelt. `words` is how it was spelt."""

    kind: Kind
    value: str
    words: str

    @property
    def key(self) -> tuple[Kind, str]:
        return self.kind, self.value


def facts(sentence: str) -> tuple[Fact, ...]:
    """The numbers, dates and names of a sentence, each once, in order.

    A capital at the beginning of the sentence is no sign of a name unless the word goes on in capitals or a second
    capitalised word follows it.
    """
    found: dict[tuple[Kind, str], Fact] = {}
    for fact in _facts(sentence):
        found.setdefault(fact.key, fact)
    return tuple(found.values())


def _facts(sentence: str) -> Iterator[Fact]:
    known = vocabulary()
    matches = list(TOKEN.finditer(sentence))
    words = [match.group() for match in matches]
    index = 0
    while index < len(words):
        word = words[index]
        folded = fold(word)
        following = words[index + 1] if index + 1 < len(words) else ""
        if word[0].isdigit():
            yield Fact("number", number_value(word), word)
        elif folded in known.numbers:
            value = known.numbers[folded]
            unit = known.units.get(fold(following), 0)
            if value in range(20, 100, 10) and unit:
                yield Fact("number", str(value + unit), f"{word}-{following}")
                index += 1
            else:
                yield Fact("number", str(value), word)
        elif folded in known.months and (word[0].isupper() or folded not in known.ambiguous_months):
            if folded not in known.ambiguous_months or following[:1].isdigit() or (index and _dates(words[index - 1])):
                yield Fact("date", f"month {known.months[folded]}", word)
        elif folded in known.weekdays:
            yield Fact("date", folded, word)
        elif word[0].isupper() and folded not in known.openers and folded not in known.negations:
            opening = index == 0 or sentence[matches[index - 1].end() : matches[index].start()].strip() in {
                '"',
                ":",
                "“",
            }
            if not opening or word[1:2].isupper() or (following[:1].isupper() and len(word) > 1):
                yield Fact("name", name_value(word), _possessive_free(word))
        index += 1


def _dates(word: str) -> bool:
    """Whether the word before makes the next one a month rather than a verb: "in May", "6 May", "since May"."""
    return word[0].isdigit() or fold(word) in vocabulary().before_months


def number_value(word: str) -> str:
    """Digits in one form: "1,117,320" and "1.117.320" are 1117320; "3.5" and "3,5" are 3.5; "1,250.75" is 1250.75."""
    digits = re.sub(r"[\u00a0\u2009\u202f]", "", word)
    for group, point in ((",", "."), (".", ",")):
        if re.fullmatch(rf"\d{{1,3}}(?:\{group}\d{{3}})+(?:\{point}\d+)?", digits):
            digits = digits.replace(group, "")
            break
    return digits.replace(",", ".").lstrip("0") or "0"


def name_value(word: str) -> str:
    """A name in one form: "U.S." and "US" are us, "Russia's" is russia."""
    return fold(_possessive_free(word)).replace(".", "")


def _possessive_free(word: str) -> str:
    return re.sub(r"['’]s?$", "", word)


def fold(text: str) -> str:
    """Case and compatibility forms removed; ё is е."""
    return unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")


def same_name(first: str, second: str) -> bool:
    """Whether two folded words are forms of one name: equal, or alike but for an ending ("russia", "russian")."""
    if first == second:
        return True
    shorter, longer = sorted((len(first), len(second)))
    shared = next((i for i in range(shorter) if first[i] != second[i]), shorter)
    return shared >= max(4, shorter - 2) and longer - shared <= 3


def stands_in(fact: Fact, text: str) -> bool:
    """Whether a text states the fact, however it spells it."""
    if fact.kind == "name":
        folded = (name_value(match.group()) for match in TOKEN.finditer(text))
        return any(same_name(fact.value, word) for word in folded)
    return any(fact.key == other.key for other in _facts(text))


def denies(text: str) -> bool:
    """Whether a negation stands in the text."""
    return any(_negation(match.group()) for match in TOKEN.finditer(text))


def _negation(word: str) -> bool:
    folded = fold(word)
    return folded in vocabulary().negations or folded.endswith(("n't", "n’t"))


def denied_words(text: str) -> set[str]:
    """The folded words within four words after a negation: what the text denies, roughly."""
    words = [match.group() for match in TOKEN.finditer(text)]
    scope: set[str] = set()
    for index, word in enumerate(words):
        if _negation(word):
            scope.update(fold(other) for other in words[index + 1 : index + 5])
    return scope


def denies_otherwise(text: str) -> bool:
    """Whether a text denies something by its verbs ("refused", "closed", "failed") rather than by a negation."""
    folded = fold(text)
    return any(re.search(rf"\b{root}", folded) for root in vocabulary().denials)
