"""Questions with what is known about them, and where in the stored documents their evidence stands.

Knows the documented form of a questions file and its looser relatives (evidence by text, by document alone, none at
all). Does not ask anything and scores nothing.
"""

from __future__ import annotations

import difflib
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import DocumentNotFound
from rag.errors import EvaluationError
from rag.questions import read_entries

if TYPE_CHECKING:
    from index.records import Document, DocumentSummary

Find = Callable[[str], "Document"]

_KINDS: Mapping[str, tuple[type[Any], str]] = {
    "answerable": (bool, "true or false"),
    "answers": (list, "a list of texts"),
    "answers_all_required": (bool, "true or false"),
    "yes_no": (bool, "true or false"),
    "docs": (list, "a list of file names"),
    "doc": (str, "a file name"),
    "start": (int, "a whole number"),
    "end": (int, "a whole number"),
    "answer_start": (int, "a whole number"),
    "answer_starts": (list, "a list of whole numbers"),
    "evidence": (list, 'a list of {"doc", "start", "end"}'),
    "text": (str, "a text"),
}
_NAMES = ("id", "question", "type", *_KINDS)
SHORTEST_MISSPELT = 5
NEAR = 0.82  # difflib's likeness: "anwsers" has 0.86 of "answers", and "answered" 0.8, which is another word
_WITHIN: Mapping[str, type[Any]] = {"answers": str, "docs": str, "answer_starts": int, "evidence": dict}


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
    """One question of a file. `answerable` is None where the file says nothing that would tell, and `type` "" where it
    names none."""

    id: str
    question: str
    answerable: bool | None
    answers: tuple[str, ...]
    answers_all_required: bool
    yes_no: bool
    evidence: tuple[Evidence, ...]
    type: str = ""


def read_gold(path: Path) -> list[Question]:
    """All questions of a JSON-lines file, in order. Raises QuestionError or EvaluationError, naming the line."""
    questions = []
    for number, (asked, line) in enumerate(read_entries(path), start=1):
        entry = {key: value for key, value in line.items() if value is not None}
        _check(entry, asked.place)
        _check_names(entry, asked.place)
        if entry.get("answerable") is False and entry.get("answers"):
            raise EvaluationError(f'{asked.place}: "answerable" is false, yet there are "answers": correct one of them')
        evidence = _evidence(entry, asked.place)
        answers = tuple(entry.get("answers", ()))
        answerable = entry.get("answerable", True if answers or evidence else None)
        questions.append(
            Question(
                id=str(number if asked.id is None else asked.id),
                question=asked.question,
                answerable=answerable,
                answers=answers if answerable else (),
                answers_all_required=entry.get("answers_all_required", False),
                yes_no=entry.get("yes_no", False) or entry.get("type") == "yes-no",
                evidence=evidence if answerable else (),
                type=str(entry.get("type", "")),
            )
        )
    if len({question.id for question in questions}) < len(questions):
        raise EvaluationError(f"{path}: two questions have the same id")
    return questions


def _check(entry: Mapping[str, Any], place: str) -> None:
    """Raises EvaluationError where a key that scoring reads holds something else than it should."""
    for key, (kind, words) in _KINDS.items():
        if key not in entry:
            continue
        value: Any = entry[key]
        inner = _WITHIN.get(key)
        if not isinstance(value, kind) or (inner and not all(isinstance(one, inner) for one in value)):
            raise EvaluationError(f'{place}: "{key}" has to be {words}')


def _check_names(entry: Mapping[str, Any], place: str) -> None:
    """Raises EvaluationError where a key that says something is another name for one that is known and not there.

    Short names are as near to each other as to a misspelling; any other key is the user's own business.
    """
    wanted = [name for name in _NAMES if name not in entry]
    for key, value in entry.items():
        if key in _NAMES or len(key) < SHORTEST_MISSPELT or value in ("", []):
            continue
        near = difflib.get_close_matches(key.casefold().replace("-", "_"), wanted, 1, NEAR)
        if near:
            raise EvaluationError(f'{place}: "{key}" looks like "{near[0]}" misspelt: write that, or another name')


def _evidence(entry: Mapping[str, Any], place: str) -> tuple[Evidence, ...]:
    if "evidence" in entry:
        for span in entry["evidence"]:
            _check(span, place)
            if "doc" not in span:
                raise EvaluationError(f'{place}: a piece of "evidence" names no "doc"')
        return tuple(
            Evidence(span["doc"], span.get("start"), span.get("end"), span.get("text")) for span in entry["evidence"]
        )
    if "doc" in entry:
        starts = entry.get("answer_starts") or [entry.get("answer_start")]
        named = Evidence(entry["doc"], entry.get("start"), entry.get("end"), answer_start=starts[0])
        return (named, *(Evidence(name) for name in entry.get("docs", ()) if name != entry["doc"]))
    return tuple(map(Evidence, entry.get("docs", ())))


def sample(questions: Sequence[Question], limit: int | None, seed: int) -> list[Question]:
    """`limit` questions drawn at random, in the order of the file; all of them without a limit.

    Raises EvaluationError where none is left: nothing would be measured.
    """
    if not questions or (limit is not None and limit < 1):
        raise EvaluationError("there is no question to ask")
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


def in_folder(folder: Path, document: Find) -> Find:
    """Finds a document by its path relative to `folder`, which was read into the library that `document` asks."""

    @cache
    def find(name: str) -> Document:
        try:
            return document(str(folder / name))
        except DocumentNotFound as error:
            raise EvaluationError(f"{name} is not among the documents read from {folder}") from error

    return find


def in_library(documents: Sequence[DocumentSummary], document: Find) -> Find:
    """Finds a document of these by the end of its path, which must be that of one only."""

    @cache
    def find(name: str) -> Document:
        wanted = Path(name).parts
        ids = [one.id for one in documents if wanted and Path(one.path).parts[-len(wanted) :] == wanted]
        if not ids:
            raise EvaluationError(f"{name} is not among your documents; add it with: footnote add PATH")
        if len(ids) > 1:
            raise EvaluationError(f"{name} is the name of {len(ids)} of your documents; write more of its path")
        return document(ids[0])

    return find


def gold_form(question: Question, find: Find) -> dict[str, Any]:
    """What scoring needs of a question. `find` gives the stored document of a name as the question writes it.

    A span is the closest one known, within the `region` that the question names. `spans` is empty where no evidence is
    named, or where it does not stand in the stored text, which `lost` says.
    Raises EvaluationError where a document is named that is not there.
    """
    spans = [_span(evidence, question, find) for evidence in question.evidence]
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


def _span(evidence: Evidence, question: Question, find: Find) -> dict[str, Any] | None:
    try:
        document = find(evidence.file)
    except EvaluationError as error:
        raise EvaluationError(f"question {question.id}: {error}") from error
    found = _place(evidence, question.answers, document.text)
    if found is None:
        return None
    start, end = found
    # Where words have moved, the offsets that were named mean nothing any more.
    named = evidence.start is not None and evidence.end is not None and evidence.start <= start < end <= evidence.end
    region = [evidence.start, evidence.end] if named else [start, end]
    return {"document_id": document.id, "start": start, "end": end, "region": region}


def _place(evidence: Evidence, answers: Sequence[str], text: str) -> tuple[int, int] | None:
    """The closest span that is named and holds; a reader may have moved the text, so named words are looked for."""
    start, end = evidence.start or 0, len(text) if evidence.end is None else evidence.end
    if evidence.answer_start is not None and answers:
        lengths = [len(answer) for answer in answers if text.startswith(answer, evidence.answer_start)]
        return (evidence.answer_start, evidence.answer_start + max(lengths)) if lengths else None
    if evidence.words is not None and text[start:end] != evidence.words:
        match = re.search(r"\s+".join(map(re.escape, evidence.words.split())), text)
        return match.span() if match else None
    return (start, end) if 0 <= start < end <= len(text) else None
