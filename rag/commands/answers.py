"""The commands that ask something of the documents: search, ask, and replay, which asks again."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from index.records import Progress
from rag import forms, rendering
from rag.commands.session import Home, Json, Model, Session, session_of, some_name, some_path, typed
from rag.errors import RecordError
from rag.live import LiveAnswer, waiting
from rag.questions import FiledQuestion, read_questions, readable
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.records import Done

MOST_PASSAGES = 10_000  # far more than anybody reads; what counts in the millions is no longer a search


def search(
    context: typer.Context,
    query: Annotated[str, typer.Argument(metavar="QUERY", help="Words or a question.")],
    count: Annotated[
        int, typer.Option("-k", min=1, max=MOST_PASSAGES, metavar="N", help="How many passages at most.")
    ] = 5,
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
        typer.Option(
            "--questions",
            metavar="FILE",
            parser=some_path,
            help='Ask many: a file with {"id", "question"} on each line.',
        ),
    ] = None,
    home: Home = None,
    model: Model = None,
    record: Annotated[bool, typer.Option("--record/--no-record", help="Keep the answer for 'footnote replay'.")] = True,
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
    settings = session.settings(home, model)
    if questions is not None:
        _ask_each(session, settings, read_questions(questions), record)
        return
    words = readable(typed(question or "", "question"))
    with waiting(session.terminal, "Opening the documents and the model", as_json=as_json) as display:
        assistant = session.doors.assistant(settings)
        with closing(assistant.library):
            done = display.follow(assistant.ask(words, cancelled=session.interrupt))
            answer = done.answer
            empty = not answer.passages and not assistant.library.documents()
            if record:
                keep_for_replay(session, settings, done)
    if empty:
        session.terminal.message("There are no documents yet. Add some with: footnote add PATH")
    if as_json:
        session.terminal.json(forms.answer_form(answer))
    else:
        rendering.print_answer(session.terminal, answer)


def replay(
    context: typer.Context,
    answer: Annotated[
        str, typer.Argument(metavar="ID", parser=some_name, help="The id of an answer, or the beginning of one.")
    ],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Give an earlier answer again, or say what has changed.

    The question is asked once more with the settings and the answering model of then. Where the answer is not the same
    to the byte, it is told what is no longer as it was: documents, models, prompts, settings or Footnote itself.
    """
    session = session_of(context)
    from rag.recording import Records, changes, same

    settings = session.settings(home)
    record = Records(settings.home).find(answer)
    then = {name: value for name, value in record.circumstances.settings.items() if hasattr(settings, name)}
    # A setting that the record does not have came later: its default is how it was then, whatever is chosen now.
    # The library is of one embedding model at a time: today's finds the passages.
    settings = replace(Settings(settings.home, settings.models), **then | {"embedding": settings.embedding})
    with waiting(session.terminal, "Opening the documents and the model", as_json=as_json) as display:
        assistant = session.doors.assistant(settings)
        with closing(assistant.library):
            question, standalone = record.form["question"], record.form.get("standalone") or ""
            limit = record.circumstances.documents or None
            seed = record.circumstances.seed
            events = assistant.ask(standalone or question, documents=limit, seed=seed, cancelled=session.interrupt)
            done = display.follow(events)
            again = replace(done.answer, question=question, standalone=standalone)
            documents = {document.id for document in assistant.library.documents()}
            changed = changes(record, done.circumstances, documents)
    form = forms.answer_form(again)
    identical = same(record.form, form)
    if as_json:
        session.terminal.json(form | {"identical": identical, "changed": list(changed), "asked_at": record.asked_at})
    else:
        rendering.print_answer(session.terminal, again)
        rendering.print_replay(session.terminal, record, identical, changed)


def keep_for_replay(session: Session, settings: Settings, done: Done) -> None:
    """Records an answer with what produced it; a fault in that is told and costs no answer."""
    from rag.recording import Records

    try:
        Records(settings.home).keep(done.answer, done.circumstances)
    except RecordError as error:
        session.terminal.message(f"The answer was not recorded: {error}", style="yellow")


def _ask_each(session: Session, settings: Settings, questions: Sequence[FiledQuestion], record: bool) -> None:
    """One JSON object a line, each written as soon as it is there."""
    with session.terminal.progress("Answering") as report:
        assistant = session.doors.assistant(settings)
        with closing(assistant.library):
            for number, filed in enumerate(questions):
                report(Progress(number, len(questions), "questions"))
                events = assistant.ask(filed.question, cancelled=session.interrupt)
                done = LiveAnswer().follow(events)
                session.terminal.json(forms.batch_form(done.answer, filed.id), one_line=True)
                if record:
                    keep_for_replay(session, settings, done)
        report(Progress(len(questions), len(questions), "questions"))
