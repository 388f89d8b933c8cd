"""The story of an evaluation: questions and documents brought together, asked one after another, and scored.

Whatever the confidence, what was written is recorded, so that every threshold can be looked at afterwards. A fault is
written down as a fault, asked again in the next run, and never scored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from index.errors import LibraryError
from index.records import Document, DocumentSummary, Hit, Progress
from rag import forms, templates
from rag.errors import Cancelled, EvaluationError, FootnoteError
from rag.evaluation.gold import Find, Question, gold_form
from rag.evaluation.journal import Journal
from rag.evaluation.scoring import Record, at_threshold
from rag.generator import never
from rag.questions import readable
from rag.records import Done, Event

FOUND = 10  # how many passages a search is asked for
FAULTS_IN_A_ROW = 3

Watch = Callable[[Progress], None]


class Searching(Protocol):
    """What an evaluation needs of a library."""

    def documents(self) -> Sequence[DocumentSummary]: ...

    def document(self, reference: str) -> Document: ...

    def search(self, query: str, k: int = ...) -> Sequence[Hit]: ...


class Answering(Protocol):
    """What is measured: an assistant whose threshold is 0."""

    @property
    def library(self) -> Searching: ...

    def ask(self, question: str, *, cancelled: Callable[[], bool] = ...) -> Iterator[Event]: ...


def golds(questions: Sequence[Question], find: Find) -> dict[str, dict[str, Any]]:
    """What is known of each question, by its id. Raises EvaluationError before anything is asked."""
    return {question.id: gold_form(question, find) for question in questions}


def ask_all(
    assistant: Answering,
    questions: Sequence[Question],
    journal: Journal,
    threshold: float,
    progress: Watch = lambda _: None,
    cancelled: Callable[[], bool] = never,
) -> None:
    """Asks what the journal has no answer to. Raises EvaluationError at the end where some ended in a fault.

    The same fault several times in a row is taken for one that every question would end in.
    """
    left = journal.missing(questions)
    answered = len(questions) - len(left)
    faults: list[tuple[str, str]] = []
    in_a_row = 0
    for number, question in enumerate(left):
        progress(Progress(answered + number, len(questions), "questions"))
        try:
            journal.append(_answer(assistant, question, threshold, cancelled))
            in_a_row = 0
        except (Cancelled, EvaluationError):
            raise
        except (FootnoteError, LibraryError) as error:
            faults.append((question.id, str(error)))
            journal.append({"id": question.id, "question": question.question, "error": str(error)})
            in_a_row += 1
            if in_a_row == FAULTS_IN_A_ROW:
                break
    if faults:
        ids = ", ".join(name for name, _ in faults[:5]) + (", …" if len(faults) > 5 else "")
        raise EvaluationError(
            f"{len(faults)} of {len(questions)} questions ended in a fault ({ids}: {faults[-1][1]}); nothing is scored."
            f" The other answers are kept in {journal.path}: the same command asks what is missing"
        )
    progress(Progress(len(questions), len(questions), "questions"))


def _answer(
    assistant: Answering, question: Question, threshold: float, cancelled: Callable[[], bool]
) -> dict[str, Any]:
    """One line of the journal: the answer's documented form at this threshold, with what a search finds."""
    found = assistant.library.search(readable(question.question), FOUND)
    *_, last = assistant.ask(question.question, cancelled=cancelled)
    assert isinstance(last, Done)  # so every answer ends
    form = forms.batch_form(last.answer, question.id)
    declined = templates.load().render("declined")
    return {
        **at_threshold(form, threshold, declined),
        "found": [
            {
                "document_id": hit.passage.document_id,
                "start": hit.passage.start,
                "end": hit.passage.end,
                "score": hit.score,
            }
            for hit in found
        ],
    }


def scored_records(
    journal: Journal, questions: Sequence[Question], known: Mapping[str, Mapping[str, Any]], threshold: float
) -> list[Record]:
    """The answers to these questions with what is known of them, as they are at this threshold."""
    return [
        {**at_threshold(journal.answers[question.id], threshold), "gold": known[question.id], "type": question.type}
        for question in questions
    ]


def documents_of(records: Sequence[Record], library: Searching) -> dict[str, Document]:
    """The documents that the answers show, or should have shown, by id."""
    shown = {passage["document_id"] for record in records for passage in record["passages"]}
    shown |= {span["document_id"] for record in records for span in record["gold"]["spans"]}
    shown |= {
        citation["document_id"]
        for record in records
        for sentence in at_threshold(record, 0.0)["sentences"]
        for citation in sentence["citations"]
    }
    return {document_id: library.document(document_id) for document_id in sorted(shown)}
