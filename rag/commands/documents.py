"""The commands that put documents into the index, take them out and show them: add, sync, list, remove, show."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from index.errors import LibraryError
from index.records import Ledger
from rag import forms, rendering
from rag.commands.session import Home, Json, session_of, some_name, some_path
from rag.errors import FootnoteError, SettingsError
from rag.rendering import SHORT_ID
from rag.terminal import Terminal

EXIT_REFUSED = 4


def add(
    context: typer.Context,
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH", parser=some_path, help="Files, and folders with all below them."),
    ],
    exclude: Annotated[
        list[str] | None,
        typer.Option("--exclude", metavar="PATTERN", help="Leave out what fits, as in .gitignore; may be repeated."),
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Read files and folders into the index.

    They are remembered: 'footnote sync' keeps the index in step with them. Adding again does the same for what is
    named, and tries again what could not be read before. A file that cannot be read is named with the reason, and the
    exit code is then 4.

    Patterns count until others are given for the same folder. A file named .footnoteignore with patterns, in the
    folder or any below it, has the same effect. Hidden files are left out.
    """
    session = session_of(context)
    with (
        closing(session.doors.library(session.settings(home))) as library,
        session.terminal.progress("Adding") as report,
    ):
        ledger = library.add(paths, progress=report, cancelled=session.interrupt, exclude=exclude or ())
    _finish(session.terminal, ledger, as_json)


def sync(context: typer.Context, home: Home = None, as_json: Json = False) -> None:
    """Bring the index in step with everything added before.

    New and changed files are read, moved ones are found again, and what is gone from disk is gone from the index when
    the command returns. A file of the same size and time as before is not opened, and of a changed one only the
    passages that changed are worked on. Where a whole folder is missing, as on a disk that is not connected, it is
    named, its documents stay, and the exit code is 4.
    """
    session = session_of(context)
    with (
        closing(session.doors.library(session.settings(home))) as library,
        session.terminal.progress("Syncing") as report,
    ):
        ledger = library.sync(progress=report, cancelled=session.interrupt)
    _finish(session.terminal, ledger, as_json)


def _completed(context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """For the shell: the ids and paths of documents that begin so, each with the title."""
    session = session_of(context)
    try:
        with closing(session.doors.library(session.settings(context.params.get("home")))) as library:
            documents = library.documents()
    except (LibraryError, FootnoteError):
        return []
    return [
        (reference, document.title)
        for document in documents
        for reference in (document.path, document.id[:SHORT_ID])
        if reference.startswith(incomplete)
    ]


Reference = Annotated[
    str,
    typer.Argument(
        metavar="DOCUMENT",
        parser=some_name,
        help="Id, the first characters of one, or path.",
        autocompletion=_completed,
    ),
]
References = Annotated[
    list[str],
    typer.Argument(
        metavar="DOCUMENT",
        parser=some_name,
        help="Id, the first characters of one, path, or folder.",
        autocompletion=_completed,
    ),
]


def list_documents(context: typer.Context, home: Home = None, as_json: Json = False) -> None:
    """List the documents in the index."""
    session = session_of(context)
    with closing(session.doors.library(session.settings(home))) as library:
        documents = library.documents()
    if as_json:
        session.terminal.json([forms.summary_form(document) for document in documents])
    else:
        rendering.print_documents(session.terminal, documents)


def remove(
    context: typer.Context,
    documents: References,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Take documents out of the index.

    The files themselves stay as they are; copies that were uploaded in the page are deleted. A folder stands for all
    below it. What was taken out stays out, also when the index is brought in step with the disk, until it is added
    again.
    """
    session = session_of(context)
    with closing(session.doors.library(session.settings(home))) as library:
        ledger = library.remove(documents)
    _finish(session.terminal, ledger, as_json)


def _offsets(span: str) -> tuple[int, int]:
    """`A:B` as two offsets, A not after B. Raises typer.BadParameter."""
    match = re.fullmatch(r"([0-9]{1,15}):([0-9]{1,15})", span)
    if match is None or int(match[1]) > int(match[2]):
        raise typer.BadParameter(
            "write A:B, two offsets in characters with A not after B, like 1200:1321", param_hint="--span"
        )
    return int(match[1]), int(match[2])


def show(
    context: typer.Context,
    document: Reference,
    span: Annotated[str | None, typer.Option("--span", metavar="A:B", help="Only characters A up to B.")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Print a document's stored text, or a span of it.

    Spans are the "start" and "end" of citations and passages, so this shows the words a footnote rests on. Into a
    pipe or file the text goes to the character; on a terminal, characters that would control it are left out.
    """
    session = session_of(context)
    offsets = None if span is None else _offsets(span)
    with closing(session.doors.library(session.settings(home))) as library:
        stored = library.document(document)
    start, end = offsets or (0, len(stored.text))
    if end > len(stored.text):
        raise SettingsError(f"{stored.path} has {len(stored.text)} characters; --span {start}:{end} goes beyond them")
    if not as_json:
        rendering.print_document(session.terminal, stored, start, end)
    elif offsets is None:
        session.terminal.json(forms.document_form(stored))
    else:
        session.terminal.json(forms.span_form(stored, start, end))


def _finish(terminal: Terminal, ledger: Ledger, as_json: bool) -> None:
    rendering.print_refusals(terminal, ledger)
    if as_json:
        terminal.json(forms.ledger_form(ledger))
    else:
        rendering.print_ledger(terminal, ledger)
    if ledger.refused:
        raise typer.Exit(EXIT_REFUSED)
