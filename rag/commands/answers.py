"""The commands that ask something of the documents: search and ask."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from index.records import Progress
from rag import forms, rendering
from rag.commands.session import Home, Json, Model, Session, session_of, typed
from rag.errors import QuestionError
from rag.questions import FiledQuestion, read_questions
from rag.settings import Settings


def search(
    context: typer.Context,
    query: Annotated[str, typer.Argument(metavar="QUERY", help="Words or a question.")],
    count: Annotated[int, typer.Option("-k", min=1, metavar="N", help="How many passages at most.")] = 5,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Find passages, best first.

    By their words and by their meaning; no answering model is needed. Beside each title stands what 'footnote show'
    takes to print the passage.
    """
    session = session_of(context)
    words = typed(query, "query")
    with closing(session.doors.library(session.settings(home))) as library:
        hits = library.search(words, count)
    if as_json:
        session.terminal.json([forms.hit_form(hit) for hit in hits])
    else:
        rendering.print_hits(session.terminal, hits)


def ask(
    context: typer.Context,
    question: Annotated[
        str | None, typer.Argument(metavar="QUESTION", help="In your own words, in quotation marks.")
    ] = None,
    questions: Annotated[
        Path | None,
        typer.Option("--questions", metavar="FILE", help='Ask many: a file with {"id", "question"} on each line.'),
    ] = None,
    home: Home = None,
    model: Model = None,
    as_json: Json = False,
) -> None:
    """Answer a question, every sentence with a footnote.

    After each sentence stands what checking it found: ✓ supported by the words cited, ~ partly supported,
    ✗ not supported. Where the documents do not say, the answer says so.

    With --questions each answer is one line of JSON, with the question's own id as "id" and the answer's as
    "answer_id".
    """
    session = session_of(context)
    if (question is None) == (questions is None):
        raise typer.BadParameter("give one question, or a file of them with --questions")
    from rag.retrieve import readable

    settings = session.settings(home, model)
    if questions is not None:
        _ask_each(session, settings, read_questions(questions))
        return
    words = readable(typed(question or "", "question"))
    with rendering.waiting(session.terminal, "Opening the documents and the model") as display:
        assistant = session.doors.assistant(settings)
        with closing(assistant.library):
            answer = display.follow(assistant.ask(words, cancelled=session.interrupt))
            empty = not answer.passages and not assistant.library.documents()
    if empty:
        session.terminal.message("There are no documents yet. Add some with: footnote add PATH")
    if as_json:
        session.terminal.json(forms.answer_form(answer))
    else:
        rendering.print_answer(session.terminal, answer)


def _ask_each(session: Session, settings: Settings, questions: Sequence[FiledQuestion]) -> None:
    """One JSON object a line, each written as soon as it is there."""
    from rag.retrieve import readable

    for filed in questions:
        try:
            readable(filed.question)
        except QuestionError as error:
            raise QuestionError(f"{filed.place}: {error}") from error
    with session.terminal.progress("Answering") as report:
        assistant = session.doors.assistant(settings)
        with closing(assistant.library):
            for number, filed in enumerate(questions):
                report(Progress(number, len(questions), "questions"))
                events = assistant.ask(filed.question, cancelled=session.interrupt)
                answer = rendering.LiveAnswer().follow(events)
                session.terminal.json(forms.batch_form(answer, filed.id), one_line=True)
        report(Progress(len(questions), len(questions), "questions"))
