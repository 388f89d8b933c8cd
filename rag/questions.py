"""Questions as they come: typed, and made one clean line; or many in a file, one JSON object a line.

It knows the documented form of a line and names one that no model could read. It does not know how questions are
answered or scored; keys that are only of use to scoring are handed on as they stand.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import QuestionError
from rag.json_lines import Line, read_lines

# A question longer than this cannot be read beside the passages; real ones are under 500 characters.
LONGEST_QUESTION = 2000
FORM = '{"question": "..."}'

_INVISIBLE = re.compile(r"[^\S\n]+|[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class FiledQuestion:
    """One question of a file. `place` names file, line and id for people; `id` is None where the line gives none."""

    place: str
    id: str | int | None
    question: str


def asks(question: str) -> bool:
    """Whether it has a word or a number at all."""
    return any(letter.isalnum() for letter in question)


def readable(question: str) -> str:
    """The question as one line without control characters, invisible ones and halves of characters.

    Raises QuestionError where nothing is left, or too much.
    """
    visible = "".join(" " if unicodedata.category(letter) in ("Cc", "Cs") else letter for letter in question)
    line = " ".join(_INVISIBLE.sub(" ", visible).split())
    if not asks(line):
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
    """All questions of a JSON-lines file, in order, each with its line as it stands. Raises QuestionError that names
    the file, the line and the id."""
    return [(_question(line), line.entry) for line in read_lines(path, "questions", FORM, QuestionError)]


def _question(line: Line) -> FiledQuestion:
    question = line.entry.get("question")
    if not isinstance(question, str) or not question.strip():
        raise QuestionError(f'{line.place}: "question" is missing, empty or no text')
    try:
        readable(question)
    except QuestionError as error:
        raise QuestionError(f"{line.place}: {error}") from error
    return FiledQuestion(place=line.place, id=line.id, question=question)
