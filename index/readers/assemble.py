"""Building the text of a document piece by piece, with the spans of its pages and sections.

Knows that every piece must be clean before its length counts, and how pieces are separated: a blank line between
paragraphs, which the splitter takes for the end of a sentence. Knows no format.
"""

from __future__ import annotations

from index.readers.text import clean
from index.records import Extract, Page, Section

_SOFT_HYPHEN = "\u00ad"  # an invitation to hyphenate; invisible, and in the way of every search


class Assembler:
    """Collects text in reading order. Sections and pages begin where they are announced and end at the next."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._separator = ""
        self._sections: list[tuple[str, int]] = []
        self._pages: list[Page] = []
        self._announced: str | None = None

    def add(self, text: str, separator: str = "\n\n") -> tuple[int, int]:
        """Appends `text`, trimmed; `separator` goes between it and what comes next. Returns its span."""
        text = clean(text).replace(_SOFT_HYPHEN, "").strip()
        if not text:
            return self._length, self._length
        if self._parts:
            self._parts.append(self._separator)
            self._length += len(self._separator)
        start = self._length
        if self._announced is not None:
            self._sections.append((self._announced, start))
            self._announced = None
        self._parts.append(text)
        self._length += len(text)
        self._separator = separator
        return start, self._length

    def section(self, title: str) -> None:
        """Announces that what is added next stands under this heading; without text it leaves no trace."""
        self._announced = " ".join(clean(title).replace(_SOFT_HYPHEN, "").split())[:200] or None

    def page(self, text: str, separator: str = "\n\n") -> None:
        """Appends the text of the next page, which may be empty."""
        start, end = self.add(text, separator)
        self._pages.append(Page(len(self._pages) + 1, start, end))

    def extract(
        self,
        title: str | None = None,
        author: str | None = None,
        date: str | None = None,
        notes: tuple[str, ...] = (),
    ) -> Extract:
        """Everything added so far. Blank fields become None."""
        ends = [start for _, start in self._sections[1:]] + [self._length] * bool(self._sections)
        return Extract(
            text="".join(self._parts),
            title=shortened(title),
            author=shortened(author),
            date=shortened(date),
            pages=tuple(self._pages),
            sections=tuple(Section(t, start, end) for (t, start), end in zip(self._sections, ends, strict=True)),
            notes=notes,
        )


def shortened(value: str | None) -> str | None:
    """A title, an author or a date in one line, no longer than a line is; None where it is blank."""
    return " ".join(clean(value).split())[:500] or None if value else None
