"""The outline of a PDF (its bookmarks) as sections of the extracted text.

Knows that a bookmark names a page and a heading, and looks for that heading on that page; where it does not stand
there in these words, the section begins with the page.
"""

from __future__ import annotations

import re
from itertools import islice, pairwise

import pypdfium2

from index.records import Extract, Section

_MOST = 2_000
_LONGEST_TITLE = 200
_TELLING = 12  # characters; a shorter title is believed only on a line of its own


def outline(document: pypdfium2.PdfDocument) -> list[tuple[str, int]]:
    """Title and page index of each bookmark that leads to a page, in order."""
    entries = []
    for bookmark in islice(document.get_toc(), _MOST):
        destination = bookmark.get_dest()
        title = " ".join(bookmark.get_title().split())[:_LONGEST_TITLE]
        page = destination.get_index() if destination is not None else None
        if title and page is not None and 0 <= page < len(document):
            entries.append((title, page))
    return entries


def outline_sections(extract: Extract, entries: list[tuple[str, int]]) -> tuple[Section, ...]:
    """One section for each bookmark, to the next. One whose heading is not found begins with its page, if none has."""
    titles: dict[int, str] = {}
    last = -1
    for title, number in entries:
        page = extract.pages[number]
        found = _heading(extract.text, title, max(last, page.start), page.end)
        start = page.start if found is None else found
        if start > last and page.start < page.end:
            titles[start] = title
            last = start
    edges = [*titles, len(extract.text)]
    return tuple(Section(titles[start], start, end) for start, end in pairwise(edges))


def _heading(text: str, title: str, start: int, end: int) -> int | None:
    """Where the heading stands between `start` and `end`, numbered or not."""
    words = r"\s+".join(map(re.escape, title.split()))
    own_line = re.compile(rf"^[^\S\n]*([\d\W]*{words})\W*$", re.IGNORECASE | re.MULTILINE)
    found = own_line.search(text, start, end)
    if found is None and len(title) >= _TELLING:
        found = re.compile(f"({words})", re.IGNORECASE).search(text, start, end)
    return found.start(1) + len(found[1]) - len(found[1].lstrip()) if found else None
