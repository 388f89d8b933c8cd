"""A text in a language in which no document is: its names and words cannot be found there as they are written.

Tells apart the languages that full-text search does, and only where the script or the commonest words leave no doubt.
Judges nothing: it says why a judgement is worth little.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from rag.records import CheckedText, Statement
from rag.words import sure_language

NOTE = (
    "No document is in the language of this text. Names and words are compared as they are written, so it cannot be"
    " judged well: check a translation of it"
)
REASON = "no document is in the language of this sentence, and words are compared as they are written"


def is_foreign(text: str, languages: Collection[str]) -> bool:
    """Whether `text` is in none of the `languages` of the documents, where there are any, beyond doubt."""
    return bool(languages) and sure_language(text) not in (None, *languages)


def told(checked: CheckedText, languages: Collection[str]) -> CheckedText:
    """What was checked: of each foreign sentence that is not supported this is the first of the reasons."""
    return replace(checked, statements=tuple(_told(statement, languages) for statement in checked.statements))


def _told(statement: Statement, languages: Collection[str]) -> Statement:
    sentence = statement.sentence
    if not sentence.claim or sentence.support == "supported" or not is_foreign(sentence.text, languages):
        return statement
    return replace(statement, sentence=replace(sentence, reasons=(REASON, *sentence.reasons)))
