"""The documents on the page as HTML strings: what is being added or followed, what came of it, a look at one document.

Pure, like `render`: every word of a file or a document is escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePath

from index.records import Document, DocumentSummary, FileReason, Ledger, Root
from rag.escaped import plain
from rag.ui.beside import text_html
from rag.ui.following import State
from rag.ui.intake import Adding
from rag.ui.render import counted, duration

PREVIEW_CHARACTERS = 40_000
REASONS_SHOWN = 200
FOLDERS_NAMED = 3


def label(document: DocumentSummary) -> str:
    """One document of the list, as plain text: its title, its file, and how much of it there is."""
    size = counted(document.pages, "page") if document.pages else counted(document.passages, "passage")
    return f"{document.title} \N{EM DASH} {PurePath(document.path).name}, {size}"


def list_note(found: int, shown: int, every: int, words: str) -> str:
    """What is to be said of the list: how much of it is shown, or why it is empty."""
    if not every:
        text = "No documents yet. Add some with the buttons on this page."
    elif not found:
        text = f"None of {counted(every, 'document')} has these words in its title or path: {words}"
    elif shown < found:
        text = f"The first {shown:,} of {counted(found, 'document')}; search to see others."
    else:
        text = counted(found, "document")
    return f'<p class="fn-note" role="status">{plain(text)}</p>'


def adding_html(adding: Adding | None) -> str:
    """Progress with rate and time left while documents are added; afterwards the ledger."""
    if adding is None:
        return ""
    match adding.stage:
        case "fault":
            return f'<p class="fn-fault" role="alert">{plain(adding.message)}</p>'
        case "waiting" | "reading":
            return _progress(adding)
        case "stopped":
            kept = "Stopped. What was added before is kept."
            return f'<p class="fn-note" role="status">{kept}</p>' + ledger_html(adding.ledger)
        case _:
            return ledger_html(adding.ledger)


def ledger_html(ledger: Ledger | None) -> str:
    """What was added, and every file that was refused or skipped with its reason."""
    if ledger is None:
        return ""
    counts = [
        f"{number:,} {word}"
        for number, word in (
            (ledger.added, "added"),
            (ledger.updated, "updated"),
            (ledger.unchanged, "unchanged"),
            (ledger.removed, "removed"),
            (len(ledger.refused), "refused"),
            (len(ledger.skipped), "skipped"),
        )
        if number
    ]
    total = f"{', '.join(counts) or 'Nothing to add'} in {ledger.seconds:.1f} s."
    return f'<div class="fn-ledger" role="status"><p>{total}</p></div>' + "".join(
        _reasons(title, reasons, is_open)
        for title, reasons, is_open in (
            ("Refused", ledger.refused, True),
            ("Skipped", ledger.skipped, False),
            ("Read, with something missing", ledger.notes, True),
        )
    )


def following_html(state: State, roots: Sequence[Root], now: datetime) -> str:
    """What following the disk has done last or what is wrong with it, and what is followed; nothing while it is off."""
    if state.wrong:
        return f'<p class="fn-fault" role="alert">{plain(state.told)}</p>'
    if not state.on:
        return ""
    if not roots:
        return '<p class="fn-note" role="status">Add a folder by its path, and it will be followed.</p>'
    words = "Looking for what has changed"
    if state.at is not None:
        words = (
            f"{state.told}, {state.at:%H:%M}"
            if state.at.date() == now.date()
            else f"{state.told}, {state.at:%Y-%m-%d %H:%M}"
        )
    return f'<p class="fn-note" role="status">{plain(words)}</p><p class="fn-note">Followed: {_named(roots)}</p>'


def preview_html(document: Document | None) -> str:
    """A look at one document: where it lies, and its text from the beginning."""
    if document is None:
        return '<p class="fn-empty">Choose a document to look at it here.</p>'
    facts = [f"{len(document.text):,} characters", f"added {document.added_at[:10]}"]
    if document.pages:
        facts.insert(0, counted(len(document.pages), "page"))
    facts += [part for part in (document.author, document.date) if part]
    notes = "".join(f'<p class="fn-note">{plain(note)}</p>' for note in document.notes)
    left = len(document.text) - PREVIEW_CHARACTERS
    more = f'<p class="fn-note">\N{HORIZONTAL ELLIPSIS} {left:,} more characters</p>' if left > 0 else ""
    said = " \N{MIDDLE DOT} ".join(facts)
    return (
        f'<h2 dir="auto">{plain(document.title)}</h2>'
        f'<p class="fn-path" dir="auto">{plain(document.path)}<br>{plain(said)}</p>{notes}'
        f'<div class="fn-text" dir="auto" tabindex="0">{text_html(document, PREVIEW_CHARACTERS)}</div>{more}'
    )


def _named(roots: Sequence[Root]) -> str:
    """The first folders by name, and how many other folders and files there are."""
    folders = [root.path for root in roots if root.folder]
    parts = [
        f'<span dir="auto" title="{plain(path)}">{plain(PurePath(path).name or path)}</span>'
        for path in folders[:FOLDERS_NAMED]
    ]
    left = len(folders) - FOLDERS_NAMED
    files = len(roots) - len(folders)
    parts += [counted(left, "more folder")] if left > 0 else []
    parts += [counted(files, "file")] if files else []
    return ", ".join(parts)


def _progress(adding: Adding) -> str:
    files = adding.files
    if adding.standing_back:
        words = "Waiting while a question is answered"
    elif not files.total:
        words = f"Looking into {plain(', '.join(adding.names[:3]))}"
    else:
        words = f"File {min(files.done + 1, files.total):,} of {files.total:,}: {plain(files.note)}"
    if adding.passages is not None and not adding.standing_back:
        words += f", {adding.passages.done:,} of {counted(adding.passages.total, 'passage')} embedded"
    rate = ""
    if adding.seconds_left is not None:
        rate = f" \N{MIDDLE DOT} {adding.rate:.1f} files a second, about {duration(adding.seconds_left)} left"
    done = files.done
    bar = f'<progress max="{max(files.total, 1)}" value="{done}" aria-label="How far"></progress>'
    return f'<div class="fn-stage" role="status"><p>{words}{rate}</p>{bar}</div>'


def _reasons(title: str, reasons: Sequence[FileReason], is_open: bool) -> str:
    if not reasons:
        return ""
    items = "".join(
        f'<li><span class="fn-title" dir="auto" title="{plain(one.path)}">{plain(PurePath(one.path).name)}</span> '
        f'<span class="fn-where" dir="auto">{plain(one.reason)}</span></li>'
        for one in reasons[:REASONS_SHOWN]
    )
    left = len(reasons) - REASONS_SHOWN
    more = f'<li class="fn-note">and {left:,} more</li>' if left > 0 else ""
    state = " open" if is_open else ""
    return (
        f'<details class="fn-notes"{state}><summary>{title}: {counted(len(reasons), "file")}</summary>'
        f'<ul class="fn-plain fn-reasons">{items}{more}</ul></details>'
    )
