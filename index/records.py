"""The records of the index: what flows from a reader to a hit. All frozen, all spans of one stored text.

Offsets are Python code points into `Document.text`, end exclusive: `document.text[p.start:p.end] == p.text`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a paginated format; `number` counts from 1."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of text below one heading, chapter, slide, sheet or mail; `title` is its locator for people."""

    title: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Extract:
    """What a reader makes of one file. `title`, `author` and `date` are None where the format states none.

    `notes` say in words what is missing or doubtful in the text ("5 of 6 pages have no text").
    """

    text: str
    title: str | None = None
    author: str | None = None
    date: str | None = None
    pages: tuple[Page, ...] = ()
    sections: tuple[Section, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in parts of its width and height from the upper left corner."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Picture:
    """One page as a PNG of `width` times `height` pixels, of a document of `pages`; `boxes` stand around words."""

    png: bytes
    width: int
    height: int
    pages: int
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One stored document; `id` is the SHA-256 of its bytes, in hexadecimal. Its text never changes."""

    id: str
    path: str
    title: str
    format: str
    text: str
    pages: tuple[Page, ...]
    sections: tuple[Section, ...]
    author: str | None
    date: str | None
    added_at: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A line of the list of documents: everything but the text. `pages` is 0 where the format has none.

    `paths` are all files with this content, `path` is the first of them.
    """

    id: str
    path: str
    title: str
    format: str
    pages: int
    characters: int
    passages: int
    added_at: str
    author: str | None = None
    date: str | None = None
    paths: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of whole sentences of one document. `heading` is the section it stands in, or ""."""

    document_id: str
    start: int
    end: int
    text: str
    heading: str = ""

    @property
    def id(self) -> str:
        return f"{self.document_id}:{self.start}-{self.end}"


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found, best first. `score` is the fused score in [0, 1]; `cosine` and `bm25` are the raw signals.

    `bm25` is 0.0 where no word of the query stands in the passage; larger is better. `pages` are those on
    which the passage stands, in their order. `date` is the document's.
    """

    rank: int
    score: float
    cosine: float
    bm25: float
    passage: Passage
    path: str
    title: str
    pages: tuple[Page, ...] = ()
    date: str | None = None

    @property
    def page(self) -> int | None:
        """The number of the page on which the passage begins; None where the format has no pages."""
        return self.page_at(self.passage.start)

    def page_at(self, start: int) -> int | None:
        """The number of the page on which what begins at `start` stands, an offset into the document."""
        first = self.pages[0].number if self.pages else None
        return next((page.number for page in reversed(self.pages) if page.start <= start), first)


@dataclass(frozen=True, slots=True)
class FileReason:
    """A file and what is to be said of it in words a person understands: why it was refused or skipped, or a note."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Root:
    """A file or folder that a person added, by its absolute path; the library is kept in step with it.

    `exclude` are patterns of what is left out below a folder, `device` is the number of the disk it was on, if known.
    """

    path: str
    folder: bool
    exclude: tuple[str, ...] = ()
    device: int | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file of this size and time holds no document; `skipped` where that is no fault of it."""

    size: int
    mtime_ns: int
    reason: str
    skipped: bool


@dataclass(frozen=True, slots=True)
class Ledger:
    """What an operation did. Every file found stands in exactly one of the counts or in `refused` or `skipped`.

    `removed` counts documents whose files are gone. `notes` say of files that were read what is missing in their text.
    """

    added: int
    updated: int
    unchanged: int
    removed: int
    refused: tuple[FileReason, ...]
    skipped: tuple[FileReason, ...]
    documents: int
    passages: int
    characters: int
    indexed_characters: int
    seconds: float
    notes: tuple[FileReason, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a long operation has come; `unit` names what is counted ("files", "passages", "bytes")."""

    done: int
    total: int
    unit: str
    note: str = ""
