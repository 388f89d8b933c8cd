"""JSON lines: one document of `{"title", "text"}` a line, each a section; other objects as their fields.

Knows the two keys by name and takes any other value as text under its own key. A line that is no JSON is a fault of
the file, named by its number. Questions without a text, as they are asked of documents, are no document.
"""

from __future__ import annotations

import json

from index.errors import NoDocument, ReadError
from index.readers.assemble import Assembler
from index.readers.text import clean, decode
from index.records import Extract


def read(data: bytes) -> Extract:
    """The texts of all lines. Raises NoDocument for a file of questions."""
    values: dict[int, object] = {}
    for number, line in enumerate(clean(decode(data)).split("\n"), start=1):
        if line.strip():
            try:
                values[number] = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise ReadError(f"not JSON lines: line {number} is not JSON") from error
    if values and all(_is_question(value) for value in values.values()):
        raise NoDocument("a file of questions, not of documents")
    assembler = Assembler()
    for number, value in values.items():
        _add(assembler, value, number)
    return assembler.extract()


def _is_question(value: object) -> bool:
    return isinstance(value, dict) and "question" in value and "text" not in value


def _add(assembler: Assembler, value: object, number: int) -> None:
    if not isinstance(value, dict):
        assembler.section(f"Line {number}")
        assembler.add(_plain(value))
        return
    title = value.get("title")
    assembler.section(title if isinstance(title, str) and title.strip() else f"Line {number}")
    for key, field in value.items():
        text = _plain(field)
        if text:
            assembler.add(text if key in ("title", "text") else f"{key}: {text}")


def _plain(value: object) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False)
