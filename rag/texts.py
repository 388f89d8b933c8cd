"""Texts to be checked: one a line of a JSON-lines file, or one whole file of any format that can be read.

Knows the documented form of a line. Does not know how a text is checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from index.collect import absolute
from index.errors import ReadError
from index.readers import read_document
from rag.errors import TextError
from rag.json_lines import Line, read_lines

FORM = '{"id": "...", "text": "..."}'


@dataclass(frozen=True, slots=True)
class FiledText:
    """One text of a file. `place` names file, line and id for people; `id` is None where the line gives none."""

    place: str
    id: str | int | None
    text: str
    question: str


def read_text(path: Path) -> str:
    """The text of a file, by the same readers that read documents. Raises TextError."""
    try:
        return read_document(absolute(path)).text
    except (ReadError, OSError) as error:
        raise TextError(f"Cannot read {path}: {error}") from error


def read_texts(path: Path) -> list[FiledText]:
    """All texts of a JSON-lines file, in order. Raises TextError that names the file, the line and the id."""
    return [_text(line) for line in read_lines(path, "texts", FORM, TextError)]


def _text(line: Line) -> FiledText:
    text, question = line.entry.get("text"), line.entry.get("question")
    if not isinstance(text, str) or not any(letter.isalnum() for letter in text):
        raise TextError(f'{line.place}: "text" is missing, empty or no text')
    if question is not None and not isinstance(question, str):
        raise TextError(f'{line.place}: "question" is no text')
    return FiledText(place=line.place, id=line.id, text=text, question=question or "")
