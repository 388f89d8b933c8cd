"""What stands beside an answer as HTML: the document around the words that a link points at, or the page itself.

Pure, like `render`. Text is drawn in exact slices: marks and headings only stand around it, so that what is marked and
what is copied are the words as they are stored.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from index.records import Document, Picture, Section
from rag.escaped import exact, plain
from rag.turns import Source
from rag.ui.render import PASSAGE_SHOWN, clipped, on_page

SURROUNDINGS_SHOWN = 6_000  # characters of a document on either side of the marked words
LONGEST_HEADING = 300  # characters; a longer line is prose, whatever it begins with

LEFT, RIGHT = "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}", "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"
MINUS = "\N{MINUS SIGN}"

_HASHES = re.compile(r" {0,3}#{1,6}[ \t]+")
_WORDS = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Heading:
    """A line of a document that is a heading; before `words` stand the signs that make it one in Markdown."""

    start: int
    words: int
    end: int


def source_html(source: Source, document: Document, picture: str = "") -> str:
    """The document around the words that a link points at, each of its spans in a `<mark>`: exact slices.

    Where there is a `picture` of the page, that stands first and the text folds away below it.
    """
    text = document.text
    first = max(0, source.spans[0][0] - SURROUNDINGS_SHOWN)
    last = min(len(text), source.spans[-1][1] + SURROUNDINGS_SHOWN)
    shown = _left_out(first, "before") + _marked(text, 0, source.spans, first, last, headings(document, first, last))
    shown += _left_out(len(text) - last, "after")
    body = f'<div class="fn-text" dir="auto" tabindex="0">{shown}</div>'
    if picture:
        body = f'{picture}<details class="fn-as-text"><summary>As text</summary>{body}</details>'
    return _source_heading(source) + body


def source_gone_html(source: Source, *, changed: bool) -> str:
    """The text as it was read for the answer, when its document has left the library since or has `changed`."""
    what = "has changed since" if changed else "is no longer in the library"
    note = f'<p class="fn-note fn-gone" role="status">This document {what}. Here is the text as it was cited.</p>'
    end = source.excerpt_start + len(source.excerpt)
    text = _marked(source.excerpt, source.excerpt_start, source.spans, source.excerpt_start, end)
    return _source_heading(source) + note + f'<div class="fn-text" dir="auto" tabindex="0">{text}</div>'


def picture_html(source: Source, reference: str, picture: Picture) -> str:
    """The page itself with boxes around the words that a link points at; `assets/page.js` turns and enlarges it."""
    words = plain(clipped(" ".join(source.quotes), PASSAGE_SHOWN))
    boxes = "".join(
        f'<span class="fn-box" style="left:{100 * box.left:.2f}%;top:{100 * box.top:.2f}%;'
        f'width:{100 * (box.right - box.left):.2f}%;height:{100 * (box.bottom - box.top):.2f}%"'
        + (f' tabindex="-1" role="mark" aria-label="{words}"></span>' if not number else ' aria-hidden="true"></span>')
        for number, box in enumerate(picture.boxes)
    )
    note = "" if boxes else '<p class="fn-note">The words do not stand on this page as text; see them below.</p>'
    page = source.page
    return (
        f'<div class="fn-pages" data-reference="{plain(reference)}" data-page="{page}" data-cited="{page}" '
        f'data-count="{picture.pages}"><div class="fn-tools" role="toolbar" aria-label="Page">'
        f'{_tool("turn", -1, "Previous page", LEFT)}<span class="fn-note" role="status">Page {page} of '
        f"{picture.pages}</span>{_tool('turn', 1, 'Next page', RIGHT)}"
        f"{_tool('zoom', -1, 'Smaller', MINUS)}{_tool('zoom', 1, 'Larger', '+')}</div>{note}"
        f'<div class="fn-sheet" tabindex="0" role="group" aria-label="Page image"><div class="fn-paper">'
        f'<img src="/page/{plain(reference)}/{page}.png" width="{picture.width}" height="{picture.height}" '
        f'alt="Page {page} of {plain(source.title)}">{boxes}</div></div></div>'
    )


def text_html(document: Document, last: int) -> str:
    """A document from its beginning up to `last`."""
    return _lines(document.text, 0, 0, min(last, len(document.text)), headings(document, 0, last))


def headings(document: Document, first: int, last: int) -> list[Heading]:
    """The lines between `first` and `last` with which a section of the document begins, where they name it."""
    found = []
    for section in document.sections:
        if first - LONGEST_HEADING < section.start < last:
            heading = _heading(document.text, section)
            found += [heading] if heading else []
    return found


def _source_heading(source: Source) -> str:
    name = PurePath(source.path).name
    return (
        f'<h2 dir="auto">{plain(source.title)}</h2>'
        f'<p class="fn-path" dir="auto" title="{plain(source.path)}">{plain(name + on_page(source.page))}</p>'
    )


def _left_out(characters: int, where: str) -> str:
    if characters <= 0:
        return ""
    return f'<span class="fn-note">\N{HORIZONTAL ELLIPSIS} {characters:,} characters {where} this are not shown</span>'


def _tool(act: str, step: int, label: str, sign: str) -> str:
    return f'<button type="button" data-{act}="{step}" aria-label="{label}" title="{label}">{sign}</button>'


def _marked(
    text: str,
    offset: int,
    spans: Sequence[tuple[int, int]],
    first: int,
    last: int,
    lines: Sequence[Heading] = (),
) -> str:
    """Characters `first` to `last` of a document, each span in a `<mark>`; `text` is what begins at `offset` there.

    `lines` are the headings among them. A mark is always whole; a heading that it runs into is drawn in pieces.
    """
    pieces = []
    at = first
    for start, end in spans:
        start = max(start, at)
        end = min(end, last)
        if start >= end:
            continue
        words = _lines(text, offset, start, end, lines)
        pieces += [_lines(text, offset, at, start, lines), f'<mark tabindex="-1">{words}</mark>']
        at = end
    return "".join(pieces) + _lines(text, offset, at, last, lines)


def _lines(text: str, offset: int, start: int, end: int, lines: Sequence[Heading]) -> str:
    """Characters `start` to `end` with the headings among them, whole or not; only a whole one is told as a heading."""

    def cut(start: int, end: int) -> str:
        return exact(text[start - offset : end - offset])

    pieces = []
    at = start
    for line in lines:
        if line.start >= end or line.end <= at:
            continue
        begin, stop = max(line.start, at), min(line.end, end)
        words = max(begin, min(line.words, stop))
        hashes = f'<span class="fn-hashes">{cut(begin, words)}</span>' if words > begin else ""
        whole = ' role="heading" aria-level="3"' if (begin, stop) == (line.start, line.end) else ""
        pieces += [cut(at, begin), f'<span class="fn-heading"{whole}>{hashes}{cut(words, stop)}</span>']
        at = stop
    return "".join(pieces) + cut(at, end)


def _heading(text: str, section: Section) -> Heading | None:
    before = text[max(0, section.start - LONGEST_HEADING) : section.start].rpartition("\n")[2]
    end = text.find("\n", section.start, section.start + LONGEST_HEADING)
    end = min(end if end >= 0 else len(text), section.end)
    if end - section.start > LONGEST_HEADING or before.strip():
        return None
    line = text[section.start : end]
    hashes = _HASHES.match(line)
    said, named = _words(line), _words(section.title)
    if hashes:
        names = bool(said and named) and named[-1] in said  # links and emphasis are no part of the title
    else:
        names = bool(said) and (said == named or section.title.endswith(f": {' '.join(line.split())}"))
    return Heading(section.start, section.start + (hashes.end() if hashes else 0), end) if names else None


def _words(line: str) -> list[str]:
    """The words of a line, without a number before them: the outline of a PDF may leave that out."""
    words = _WORDS.findall(line.casefold())
    first = next((at for at, word in enumerate(words) if not word.isdigit()), 0)
    return words[first:]
