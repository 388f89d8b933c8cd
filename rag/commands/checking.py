"""The command that holds any text against the documents: check."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from index.records import Progress
from rag import forms, rendering
from rag.commands.session import Home, Json, Session, session_of, some_path
from rag.errors import TextError
from rag.settings import Settings


def check(
    context: typer.Context,
    text: Annotated[
        str | None, typer.Argument(metavar="TEXT", help="In quotation marks; - reads it from standard input.")
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="FILE", parser=some_path, help="Check a file of any format that can be added."),
    ] = None,
    texts: Annotated[
        Path | None,
        typer.Option(
            "--texts", metavar="FILE", parser=some_path, help='Check many: a file with {"id", "text"} on each line.'
        ),
    ] = None,
    quick: Annotated[
        bool,
        typer.Option(
            "--quick", help="By rules alone, without the answering model: sooner, and far less to be trusted."
        ),
    ] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Check any text against the documents, sentence by sentence.

    Before each sentence stands what the documents say of it: ✓ supported, ~ partly supported, ✗ contradicted, ? not
    found in them. Where the answering model is installed, it reads each with what it cites, a second or so for each,
    and decides what is fully supported.

    With --texts each text gives one line of JSON, with the text's own id as "id"; a line may hold the "question" that
    its text answers.
    """
    session = session_of(context)
    if sum(source is not None for source in (text, file, texts)) > 1:
        raise typer.BadParameter("give one of TEXT, --file and --texts")
    settings = session.settings(home)
    if texts is not None:
        _check_each(session, settings, texts, quick)
        return
    words = _words(text, file)
    with session.terminal.progress("Checking") as report:
        checker = session.doors.checker(settings, quick)
        with closing(checker.library) as library:
            checked = checker.check(words, progress=report, cancelled=session.interrupt)
            empty = not library.documents()
            languages = library.languages()
    _warn(session, words, languages)
    if empty:
        session.terminal.message("There are no documents yet. Add some with: footnote add PATH")
    if as_json:
        session.terminal.json(forms.checked_form(checked))
    else:
        rendering.print_checked(session.terminal, checked)


def _warn(session: Session, text: str, languages: list[str], place: str = "") -> None:
    """A word on it where no document is in the language of the text."""
    from rag import foreign

    if foreign.is_foreign(text, languages):
        session.terminal.message(f"{place}{foreign.NOTE}", style="yellow")


def _words(text: str | None, file: Path | None) -> str:
    """The text to check. Raises TextError, typer.BadParameter."""
    from rag.texts import read_text

    if file is not None:
        return read_text(file)
    if text is None and (sys.stdin is None or sys.stdin.isatty()):  # None where it was closed
        raise typer.BadParameter("give a text, a file with --file, or many with --texts")
    if text is None or text == "-":
        return sys.stdin.buffer.read().decode("utf-8", "replace") if sys.stdin else ""
    if not any(letter.isalnum() for letter in text):
        raise TextError("there is nothing to check; write the text in quotation marks after the command")
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _check_each(session: Session, settings: Settings, path: Path, quick: bool) -> None:
    """One JSON object a line, each written as soon as it is there."""
    from rag.texts import read_texts

    filed = read_texts(path)
    with session.terminal.progress("Checking") as report:
        checker = session.doors.checker(settings, quick)
        with closing(checker.library) as library:
            languages = library.languages()
            for number, entry in enumerate(filed):
                report(Progress(number, len(filed), "texts"))
                try:
                    checked = checker.check(entry.text, entry.question, cancelled=session.interrupt)
                except TextError as error:
                    raise TextError(f"{entry.place}: {error}") from error
                _warn(session, entry.text, languages, f"{entry.place}: ")
                session.terminal.json(forms.checked_form(checked, entry.id), one_line=True)
        report(Progress(len(filed), len(filed), "texts"))
