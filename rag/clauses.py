"""The clauses of a sentence and the names in them: who stands before a verb, and whether two names are one.

A name is a run of capitalised words, whatever it names. Purely textual; clauses are told by English words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.facts import misspelt, name_value, one_government, same_name
from rag.vocabulary import TOKEN, fold, opens, vocabulary

BOUNDARY = re.compile(
    r"[,;:()“”\"«»—–]|\.(?=\s)|\b(?:that|because|when|while|which|who|whose|as|after|before|if|although|though|since|until"
    r"|but|than|where)\b"
)
# A preposition right before a name, which stands there for no one of whom the clause tells: "at the meeting of NATO".
RELATED = re.compile(
    r"\b(of|in|to|for|on|at|with|from|by|between|against|about)\s(?:(?:the|a|an|its|his|her)\s)?$", re.IGNORECASE
)
_OWNS = re.compile(r"['’]s?$")


@dataclass(frozen=True, slots=True)
class Name:
    """A run of capitalised words, in a text; `owns` where it ends in "'s"."""

    words: str
    start: int
    end: int
    owns: bool


def clauses(text: str) -> Iterator[str]:
    """The text without its commas and without the words that join clauses, in order."""
    start = 0
    for boundary in (*BOUNDARY.finditer(text), None):
        yield text[start : boundary.start() if boundary else len(text)]
        start = boundary.end() if boundary else len(text)


def names(text: str) -> Iterator[Name]:
    """The runs of capitalised words of a text, without what only opens it and without ranks."""
    run: list[re.Match[str]] = []

    def ended() -> Iterator[Name]:
        while run and (opens(run[0].group()) or fold(run[0].group()) in vocabulary().titles or _only_opens(run)):
            run.pop(0)
        if run:
            words = text[run[0].start() : run[-1].end()].replace(" & ", "&")
            bare = _OWNS.sub("", words)
            yield Name(bare, run[0].start(), run[-1].end(), bare != words)
        run.clear()

    for match in TOKEN.finditer(text):
        gap = text[run[-1].end() : match.start()] if run else ""
        if not match.group()[0].isupper():
            yield from ended()
            continue
        if run and (gap not in (" ", "-", " & ") or _OWNS.search(run[-1].group())):
            yield from ended()
        run.append(match)
    yield from ended()


def _only_opens(run: Sequence[re.Match[str]]) -> bool:
    """Whether a run is one word that only opens a text: "Demographically", "Eight"."""
    word = run[0].group()
    return len(run) == 1 and run[0].start() == 0 and (word.endswith("ly") or fold(word) in vocabulary().numbers)


def meet(some: Sequence[str], others: Sequence[str]) -> bool:
    """Whether a name of one stands among the others, in whatever form."""
    return any(same(one, other) for one in some for other in others)


def same(one: str, other: str) -> bool:
    """Whether two names name one, also by its first letters, or a government by its seat."""
    return one_name(one, other) or one_government(one, other) or _short(one, other) or _short(other, one)


def one_name(one: str, other: str) -> bool:
    """Whether all words of the shorter name stand in the other, in whatever form or with a slip; never of no name."""
    first, second = ([name_value(word) for word in TOKEN.findall(text) if word[0].isupper()] for text in (one, other))
    few, many = sorted((first, second), key=len)
    return bool(few) and all(any(same_name(word, other) or misspelt(word, other) for other in many) for word in few)


def _short(one: str, other: str) -> bool:
    """Whether one name is the first letters of the other."""
    letters = "".join(word[0] for word in TOKEN.findall(other) if word[0].isupper())
    return len(letters) > 1 and name_value(one) == letters.casefold()
