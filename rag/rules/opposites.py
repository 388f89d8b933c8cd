"""Words of a claim in whose place its sources have the contrary: "liked" where they say "opposed".

An answer that is told so repeats a question that turned its source round. Beside the same neighbours only, as most
texts hold some word and its contrary somewhere. Purely textual; English and German.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import permutations
from typing import Literal

from rag.vocabulary import TOKEN, fold, is_negation
from rag.words import content_words

REACH = 3  # words of meaning on either side that are a word's neighbours
NEIGHBOURS = 0.3  # what the neighbours that both have must weigh at least: one of them, three words away
NEXT = 1.0  # the same where the word itself stands in the sources, too, beside others: one of them, the next word
# Where both stand beside what they share, the contrary does so by this much more, and so many times as much.
FAR, FAR_TIMES = 1.5, 2.0
TURNED_WITHIN = 5  # words behind a negation, or behind "than", that it may turn round
PREFIXED_FROM = 6  # letters of a word that may be turned round by a prefix, not "display" for "play"
_AT = frozenset(("least", "most", "first", "last", "best", "worst"))  # "at least" compares with nothing
_THAN = frozenset(("than", "als", "unlike", "anders"))
# Uses of words that have their contrary elsewhere: "back in 2011", "when it first opened".
_NO_CONTRARY = re.compile(
    r"\bback(?= (?:again|at|down|from|home|in|into|on|then|to|up)\b)"
    r"|(?:(?<=\bit )|(?<=\bhe )|(?<=\bshe )|(?<=\bthey )|(?<=\bwas )|(?<=\bwere )|(?<=\bhad )|(?<=\bbeen ))"
    r"first(?= \w)",
    re.IGNORECASE,
)
_PREFIXES = ("un", "non", "in", "im", "il", "ir", "dis", "mis")


@dataclass(frozen=True, slots=True)
class Contrary:
    """A word of the claim, the contrary in its place, and the number of the source where that stands."""

    words: str
    instead: str
    source: int
    kind: Literal["contrary"] = "contrary"


@dataclass(frozen=True, slots=True)
class _Word:
    """A word in its place, `folded` for looking it up.

    `relates` is said of one that has no meaning without others, as "before"; `turned` where a negation or a comparison
    before it may turn round what it says.
    """

    stem: str
    spelt: str
    folded: str
    relates: bool
    turned: bool


def contraries(claim: str, sources: Sequence[str], language: str) -> tuple[Contrary, ...]:
    """The words of `claim` beside whose neighbours the sources do not have the word itself, but its contrary."""
    said, given = _words(claim, language), [_words(source, language) for source in sources]
    claimed = {word.stem for word in said}
    found = []
    for place, word in enumerate(said):
        if word.turned:
            continue
        itself, instead = -1.0, []
        for number, words in enumerate(given):
            for there, other in enumerate(words):
                if other.stem == word.stem:
                    itself = max(itself, _shared(said, place, words, there))
                elif other.stem not in claimed and not other.turned and _contrary(word.folded, other.folded, language):
                    instead.append((_shared(said, place, words, there), Contrary(word.spelt, other.spelt, number)))
        least = NEIGHBOURS if itself < 0 else NEXT
        far = max(itself, 0.0) + FAR
        found += [
            contrary
            for shared, contrary in instead
            if (itself < NEIGHBOURS and shared >= least) or (shared >= far and shared >= FAR_TIMES * itself)
        ]
    return tuple(dict.fromkeys(found))


def turned_round(sentence: str, source: str, language: str) -> bool:
    """Whether the sentence denies a word of which the source says the contrary: "not easy", "difficult"."""
    denied = [word for word in _words(sentence, language) if word.turned]
    given = [word for word in _words(source, language) if not word.turned]
    return any(_contrary(word.folded, other.folded, language) for word in denied for other in given)


def _contrary(one: str, other: str, language: str) -> bool:
    """Whether two folded words are contraries by the data, or by a prefix as "perfect" and "imperfect" are; in the
    plural, too."""
    return _said_contrary(one, other, language) or _said_contrary(
        one.removesuffix("s"), other.removesuffix("s"), language
    )


def _said_contrary(one: str, other: str, language: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    prefixed = len(shorter) >= PREFIXED_FROM and any(longer == prefix + shorter for prefix in _PREFIXES)
    return prefixed or longer in _opposites(language).get(shorter, ())


def _words(text: str, language: str) -> list[_Word]:
    """The words of meaning, and those without one that have a contrary, as "before", in order."""
    found: list[_Word] = []
    since, before = TURNED_WITHIN, ""
    adverbs = {match.start() for match in _NO_CONTRARY.finditer(text)}
    for match in TOKEN.finditer(text):
        word, folded = match.group(), fold(match.group())
        at_least, before = before == "at" and folded in _AT, folded
        since = 0 if is_negation(word) or folded in _THAN else since + 1
        stems = content_words(word, language)
        # "Before it opened, ..." has what it relates to the other one behind that.
        relates = bool(found) and not stems and folded in _opposites(language)
        turned = since <= TURNED_WITHIN
        if since and not at_least and match.start() not in adverbs:
            found += [_Word(stem, word, folded, relates, turned) for stem in stems or [folded] * relates]
    return found


def _shared(said: Sequence[_Word], place: int, given: Sequence[_Word], there: int) -> float:
    """The weight of the neighbours that both have, each that of the greater of its two distances.

    On the same side only where the word relates two things: who comes before another comes not after it.
    """
    one, other = _neighbours(said, place), _neighbours(given, there)
    return sum(1 / max(one[name], other[name]) for name in one.keys() & other.keys())


def _neighbours(words: Sequence[_Word], place: int) -> dict[tuple[str, bool], int]:
    """The stems around a word, each with whether its side matters and is the right one, and its distance."""
    found: dict[tuple[str, bool], int] = {}
    for distance in range(1, REACH + 1):
        for index in (place - distance, place + distance):
            if 0 <= index < len(words):
                found.setdefault((words[index].stem, words[place].relates and index > place), distance)
    return found


@cache
def _opposites(language: str) -> Mapping[str, frozenset[str]]:
    """The contraries of each word, folded."""
    stored = tomllib.loads(resources.files("rag.rules").joinpath("opposites.toml").read_text("utf-8"))
    found: dict[str, set[str]] = {}
    for line in stored.get(language, ()):
        for one, other in permutations([set(map(fold, side.split())) for side in line.split("|")], 2):
            for word in one:
                found.setdefault(word, set()).update(other)
    return {word: frozenset(others) for word, others in found.items()}
