"""A file of JSON objects, one a line, as questions and texts come in: each with its place in words and its id.

Names the line that breaks the form. Does not know what the objects are to hold besides an id.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import FootnoteError

LONGEST_SHOWN = 60  # characters of an id in a message


@dataclass(frozen=True, slots=True)
class Line:
    """One object of a file. `place` names file, line and id for people; `id` is None where the line gives none."""

    place: str
    id: str | int | None
    entry: Mapping[str, Any]


def read_lines(path: Path, what: str, form: str, fault: type[FootnoteError]) -> list[Line]:
    """All objects of a file in UTF-8, in order; blank lines are passed over. At least one.

    The whole file is read before anything is done with a line, so that a bad one costs no work, and only once, as a
    pipe can be. Raises `fault` that names the file, the line and the id; `what` the file holds, as "questions", and the
    `form` of a line are told there.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise fault(f"Cannot read the {what} file {path}: {error.strerror or error}") from error
    lines = [
        _line(line, f"{path}, line {number}", form, fault)
        for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1)
        if line.strip()
    ]
    if not lines:
        raise fault(f"{path} holds no {what}; write one JSON object a line, like {form}")
    return lines


def _line(line: bytes, place: str, form: str, fault: type[FootnoteError]) -> Line:
    try:
        entry = json.loads(line)
    except UnicodeDecodeError as error:
        raise fault(f"{place}: not UTF-8 text; save the file as UTF-8") from error
    except json.JSONDecodeError as error:
        raise fault(f"{place}: not valid JSON ({error.msg}, column {error.colno})") from error
    except RecursionError as error:
        raise fault(f"{place}: JSON nested too deeply; write {form}") from error
    except ValueError as error:
        raise fault(f"{place}: a number in it has more digits than can be read") from error
    if not isinstance(entry, dict):
        raise fault(f"{place}: not a JSON object; write {form}")
    line_id = entry.get("id")
    if isinstance(line_id, bool) or not isinstance(line_id, str | int | None):
        raise fault(f'{place}: "id" is neither text nor a whole number')
    if line_id is not None:
        shown = str(line_id)
        place += f", id {shown if len(shown) <= LONGEST_SHOWN else shown[:LONGEST_SHOWN] + '…'}"
    return Line(place, line_id, entry)
