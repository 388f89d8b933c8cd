"""The content words of a text in the normal form of full-text search: folded, stemmed, stop words left out."""

from __future__ import annotations

import re
from functools import cache

from index.lexical import guess_language, normalise, stop_words

# A language is sure where it has so many stop words more than the other, and so many of all: French has .07 either way.
LEAST, SHARE = 2, 0.15


def content_words(text: str, language: str) -> list[str]:
    """The words of `text` that carry meaning in `language` ("en", "de" or "ru"), in order."""
    empty = _stemmed_stop_words(language)
    return [word for word in normalise(text, language).split() if word not in empty]


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
