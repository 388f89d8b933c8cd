"""Texts to be checked: one a line of a JSON-lines file, or one whole file of any format that can be read.

Knows the documented form and names the line that breaks it. Does not know how a text is checked.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from index.collect import absolute
from index.errors import ReadError
from index.readers import read_document
from rag.errors import TextError

FORM = '{"id": "...", "text": "..."}'


@dataclass(frozen=True, slots=True)
class FiledText:
    """One text of a file. `place` names file and line for people; `id` is None where the line gives none."""

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
    """All texts of a JSON-lines file, in order; blank lines are passed over. Raises TextError that names the line."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise TextError(f"Cannot read the texts file {path}: {error.strerror or error}") from error
    texts = [
        _text(line, f"{path}, line {number}")
        for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1)
        if line.strip()
    ]
    if not texts:
        raise TextError(f"{path} holds no texts; write one JSON object a line, like {FORM}")
    return texts


def _text(line: bytes, place: str) -> FiledText:
    try:
        entry = json.loads(line)
    except (UnicodeDecodeError, RecursionError) as error:
        raise TextError(f"{place}: no JSON in UTF-8; write {FORM}") from error
    except json.JSONDecodeError as error:
        raise TextError(f"{place}: not valid JSON ({error.msg}, column {error.colno})") from error
    except ValueError as error:
        raise TextError(f"{place}: a number in it has more digits than can be read") from error
    if not isinstance(entry, dict):
        raise TextError(f"{place}: not a JSON object; write {FORM}")
    text, question, text_id = entry.get("text"), entry.get("question"), entry.get("id")
    if not isinstance(text, str) or not any(letter.isalnum() for letter in text):
        raise TextError(f'{place}: "text" is missing, empty or no text')
    if question is not None and not isinstance(question, str):
        raise TextError(f'{place}: "question" is no text')
    if text_id is not None and not isinstance(text_id, str | int):
        raise TextError(f'{place}: "id" is neither text nor a whole number')
    return FiledText(place=place, id=text_id, text=text, question=question or "")
