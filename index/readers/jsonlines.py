"""JSON lines: one document of `{"title", "text"}` a line, each a section; other objects as their fields.

Knows the two keys by name and takes any other value as text under its own key. A line that is no JSON is a fault of
the file, named by its number.
"""

from __future__ import annotations

import json

from index.errors import ReadError
from index.readers.assemble import Assembler
from index.readers.text import clean, decode
from index.records import Extract


def read(data: bytes) -> Extract:
    """The texts of all lines."""
    assembler = Assembler()
    for number, line in enumerate(clean(decode(data)).split("\n"), start=1):
        if line.strip():
            try:
                value = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise ReadError(f"not JSON lines: line {number} is not JSON") from error
            _add(assembler, value, number)
    return assembler.extract()


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
