"""A text in a language in which no document is: its names and words cannot be found there as they are written.

Tells apart the languages that full-text search does, and only where the script or the commonest words leave no doubt.
Judges nothing: it says why a judgement is worth little.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from index.lexical import guess_language, stop_words
from rag.records import CheckedText, Statement

NOTE = (
    "No document is in the language of this text. Names and words are compared as they are written, so it cannot be"
    " judged well: check a translation of it"
)
REASON = "no document is in the language of this sentence, and words are compared as they are written"
LEAST, SHARE = (
    2,
    0.15,
)  # stop words of one language more than of the other, and of all words: French has 0.07 either way


def language_of(text: str) -> str | None:
    """One of "ru", "de" and "en" where that is beyond doubt; None for names alone, and for other languages."""
    guessed = guess_language(text)
    if guessed == "ru":
        return guessed
    words = re.findall(r"[^\W\d_]+", text.casefold())
    german = sum((word in stop_words("de")) - (word in stop_words("en")) for word in words)
    return guessed if abs(german) >= max(LEAST, SHARE * len(words)) else None


def is_foreign(text: str, languages: Collection[str]) -> bool:
    """Whether `text` is in none of the `languages` of the documents, where there are any, beyond doubt."""
    return bool(languages) and language_of(text) not in (None, *languages)


def told(checked: CheckedText, languages: Collection[str]) -> CheckedText:
    """What was checked: of each foreign sentence that is not supported this is the first of the reasons."""
    return replace(checked, statements=tuple(_told(statement, languages) for statement in checked.statements))


def _told(statement: Statement, languages: Collection[str]) -> Statement:
    sentence = statement.sentence
    if not sentence.claim or sentence.support == "supported" or not is_foreign(sentence.text, languages):
        return statement
    return replace(statement, sentence=replace(sentence, reasons=(REASON, *sentence.reasons)))
