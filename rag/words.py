"""The content words of a text in the normal form of full-text search: folded, stemmed, stop words left out."""

from __future__ import annotations

from functools import cache

from index.lexical import guess_language, normalise, stop_words


def content_words(text: str, language: str) -> list[str]:
    """The words of `text` that carry meaning in `language` ("en", "de" or "ru"), in order."""
    empty = _stemmed_stop_words(language)
    return [word for word in normalise(text, language).split() if word not in empty]


def language_of(text: str) -> str:
    """The language whose stems and stop words fit `text` best."""
    return guess_language(text)


@cache
def _stemmed_stop_words(language: str) -> frozenset[str]:
    return frozenset(normalise(" ".join(sorted(stop_words(language))), language).split())
