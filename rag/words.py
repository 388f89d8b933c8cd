"""The content words of a text in the normal form of full-text search: folded, stemmed, stop words left out."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache

from index.lexical import guess_language, normalise, stop_words

# A language is sure where it has so many stop words more than the other, and so many of all: French has .07 either way.
LEAST, SHARE = 2, 0.15
LONG, ENDING = 5, 2  # letters of stems that may be one word, and by how many more the longer one may end


def content_words(text: str, language: str) -> list[str]:
    """The words of `text` that carry meaning in `language` ("en", "de" or "ru"), in order."""
    empty = _stemmed_stop_words(language)
    return [word for word in normalise(text, language).split() if word not in empty]


def share(words: Collection[str], others: Collection[str]) -> float:
    """How much of the stems, in [0, 1], stands among others, also in a form that stemming leaves apart: "russia" among
    "russian"; 0 of none."""
    return sum(any(_alike(word, other) for other in others) for word in words) / len(words) if words else 0.0


def _alike(first: str, second: str) -> bool:
    shorter, longer = sorted((first, second), key=len)
    begins = len(shorter) >= LONG and longer.startswith(shorter)
    return first == second or (begins and len(longer) - len(shorter) <= ENDING)


def language_of(text: str) -> str:
    """The language whose stems and stop words fit `text` best."""
    return guess_language(text)


def sure_language(text: str) -> str | None:
    """One of "ru", "de" and "en" where that is beyond doubt; None for names alone, and for other languages."""
    guessed = guess_language(text)
    if guessed == "ru":
        return guessed
    words = re.findall(r"[^\W\d_]+", text.casefold())
    german = sum((word in stop_words("de")) - (word in stop_words("en")) for word in words)
    return guessed if abs(german) >= max(LEAST, SHARE * len(words)) else None


@cache
def _stemmed_stop_words(language: str) -> frozenset[str]:
    return frozenset(normalise(" ".join(sorted(stop_words(language))), language).split())
