"""Questions as they come: typed, and made one clean line; or many in a file, one JSON object a line.

It knows the documented form of a file and names the line that breaks it, or that no model could read. It does not know
how questions are answered or scored; keys that are only of use to scoring are handed on as they stand.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import QuestionError

# A question longer than this cannot be read beside the passages; real ones are under 500 characters.
LONGEST_QUESTION = 2000
LONGEST_SHOWN = 60  # characters of an id in a message

_INVISIBLE = re.compile(r"[^\S\n]+|[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class FiledQuestion:
    """One question of a file. `place` names file, line and id for people; `id` is None where the line gives none."""

    place: str
    id: str | int | None
    question: str


def readable(question: str) -> str:
    """The question as one line without control characters, invisible ones and halves of characters.

    Raises QuestionError where nothing is left, or too much.
    """
    visible = "".join(" " if unicodedata.category(letter) in ("Cc", "Cs") else letter for letter in question)
    line = " ".join(_INVISIBLE.sub(" ", visible).split())
    if not any(letter.isalnum() for letter in line):
        raise QuestionError("the question is empty; type a question in words")
    if len(line) > LONGEST_QUESTION:
        raise QuestionError(
            f"the question has {len(line):,} characters and the limit is {LONGEST_QUESTION:,}; ask a shorter one"
        )
    return line


def read_questions(path: Path) -> list[FiledQuestion]:
    """All questions of a JSON-lines file, in order. Raises as `read_entries` does."""
    return [question for question, _ in read_entries(path)]


def read_entries(path: Path) -> list[tuple[FiledQuestion, Mapping[str, Any]]]:
    """All questions of a JSON-lines file, in order, each with its line as it stands; blank lines are passed over.

    The whole file is read before anything is asked, so that a bad line costs no answer, and only once, as a pipe can
    be. Raises QuestionError that names the file, the line and the id.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise QuestionError(f"Cannot read the questions file {path}: {error.strerror or error}") from error
    entries = []
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if line.strip():
            place = f"{path}, line {number}"
            entry = _entry(line, place)
            entries.append((_question(entry, place), entry))
    if not entries:
        raise QuestionError(f'{path} holds no questions; write one JSON object a line, like {{"question": "..."}}')
    return entries


def _entry(line: bytes, place: str) -> Mapping[str, Any]:
    try:
        entry = json.loads(line)
    except UnicodeDecodeError as error:
        raise QuestionError(f"{place}: not UTF-8 text; save the file as UTF-8") from error
    except json.JSONDecodeError as error:
        raise QuestionError(f"{place}: not valid JSON ({error.msg}, column {error.colno})") from error
    except RecursionError as error:
        raise QuestionError(f"{place}: not a question but JSON nested too deeply") from error
    except ValueError as error:
        raise QuestionError(f"{place}: a number in it has more digits than can be read") from error
    if not isinstance(entry, dict):
        raise QuestionError(f'{place}: not a JSON object; write {{"question": "..."}}')
    return entry


def _question(entry: Mapping[str, Any], place: str) -> FiledQuestion:
    question = entry.get("question")
    if not isinstance(question, str) or not question.strip():
        raise QuestionError(f'{place}: "question" is missing, empty or no text')
    question_id = entry.get("id")
    if question_id is not None and not isinstance(question_id, str | int):
        raise QuestionError(f'{place}: "id" is neither text nor a whole number')
    if question_id is not None:
        shown = str(question_id)
        place += f", id {shown if len(shown) <= LONGEST_SHOWN else shown[:LONGEST_SHOWN] + '…'}"
    try:
        readable(question)
    except QuestionError as error:
        raise QuestionError(f"{place}: {error}") from error
    return FiledQuestion(place=place, id=question_id, question=question)
