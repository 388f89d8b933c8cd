"""Questions with what is known about them, and where in the stored documents their evidence stands.

Knows the documented form of a questions file and its looser relatives (evidence by text, by document alone). Does not
ask anything and scores nothing.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.questions import read_questions


class GoldError(Exception):
    """The questions and the documents do not belong together, or a question lacks what scoring needs."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a question's answer is said to stand: a span of a file, words in it, or (with neither) all of it.

    `answer_start` is where the answer itself begins, which is closer than `start` and `end`.
    """

    file: str
    start: int | None = None
    end: int | None = None
    words: str | None = None
    answer_start: int | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a file."""

    id: str
    question: str
    answerable: bool
    answers: tuple[str, ...]
    answers_all_required: bool
    yes_no: bool
    evidence: tuple[Evidence, ...]


def read_gold(path: Path) -> list[Question]:
    """All questions of a JSON-lines file, in order. Raises QuestionError or GoldError, naming the line."""
    filed = read_questions(path)
    lines = [line for line in path.read_text(encoding="utf-8-sig").split("\n") if line.strip()]
    questions = []
    for number, (asked, line) in enumerate(zip(filed, lines, strict=True), start=1):
        entry = json.loads(line)
        answers = tuple(entry.get("answers", ()))
        answerable = entry.get("answerable", True)
        if answerable and not answers:
            raise GoldError(f"{asked.place}: answerable, yet without answers to score by")
        questions.append(
            Question(
                id=str(number if asked.id is None else asked.id),
                question=asked.question,
                answerable=answerable,
                answers=answers,
                answers_all_required=entry.get("answers_all_required", False),
                yes_no=entry.get("yes_no", False) or entry.get("type") == "yes-no",
                evidence=_evidence(entry) if answerable else (),
            )
        )
    if len({question.id for question in questions}) < len(questions):
        raise GoldError(f"{path}: two questions have the same id")
    return questions


def _evidence(entry: Mapping[str, Any]) -> tuple[Evidence, ...]:
    if "evidence" in entry:
        return tuple(
            Evidence(span["doc"], span.get("start"), span.get("end"), span.get("text")) for span in entry["evidence"]
        )
    if "doc" in entry:
        starts = entry.get("answer_starts") or [entry.get("answer_start")]
        return (Evidence(entry["doc"], entry.get("start"), entry.get("end"), answer_start=starts[0]),)
    return tuple(map(Evidence, entry.get("docs", ())))


def sample(questions: Sequence[Question], limit: int | None, seed: int) -> list[Question]:
    """`limit` questions drawn at random, in the order of the file; all of them without a limit.

    Raises GoldError where none is left: nothing would be measured.
    """
    if not questions or (limit is not None and limit < 1):
        raise GoldError("there is no question to ask")
    if limit is None or limit >= len(questions):
        return list(questions)
    chosen = sorted(random.Random(seed).sample(range(len(questions)), limit))
    return [questions[position] for position in chosen]


def documents_in(folder: Path) -> list[Path]:
    """The files below a folder that are documents: no hidden ones, and no JSON lines, which hold the questions."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and path.suffix != ".jsonl"
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


def gold_form(question: Question, folder: Path, text_of: Callable[[str], str]) -> dict[str, Any]:
    """What scoring needs of a question. `text_of` gives a stored text by document id.

    `spans` is empty where no evidence is named, or where it does not stand in the stored text, which `lost` says.
    Raises GoldError where a document is named that is not there.
    """
    spans = [_span(evidence, question, folder, text_of) for evidence in question.evidence]
    found = [span for span in spans if span is not None]
    lost = len(found) < len(spans)
    return {
        "answerable": question.answerable,
        "answers": list(question.answers),
        "answers_all_required": question.answers_all_required,
        "yes_no": question.yes_no,
        "spans": [] if lost else found,
        "lost": lost,
    }


def _span(
    evidence: Evidence, question: Question, folder: Path, text_of: Callable[[str], str]
) -> dict[str, str | int] | None:
    try:
        document_id = hashlib.sha256((folder / evidence.file).read_bytes()).hexdigest()
    except OSError as error:
        raise GoldError(f"question {question.id} names {evidence.file}, which is not among the documents") from error
    found = _place(evidence, question.answers, text_of(document_id))
    return found and {"document_id": document_id, "start": found[0], "end": found[1]}


def _place(evidence: Evidence, answers: Sequence[str], text: str) -> tuple[int, int] | None:
    """The closest span that is named and holds; a reader may have moved the text, so named words are looked for."""
    start, end = evidence.start or 0, len(text) if evidence.end is None else evidence.end
    if evidence.answer_start is not None:
        lengths = [len(answer) for answer in answers if text.startswith(answer, evidence.answer_start)]
        return (evidence.answer_start, evidence.answer_start + max(lengths)) if lengths else None
    if evidence.words is not None and text[start:end] != evidence.words:
        match = re.search(r"\s+".join(map(re.escape, evidence.words.split())), text)
        return match.span() if match else None
    return (start, end) if start < end <= len(text) else None
