"""Files to text: `read_document` is the one way in, and whatever a file holds, it costs at most that file.

Knows which suffixes have readers and that parsing happens in another process. The table is in `formats`, the
processes in `workers` and `child`, each format in a module of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from index.errors import ReadError
from index.readers.formats import FORMATS, format_of
from index.readers.workers import shared_workers
from index.records import Extract, Picture

__all__ = ["FORMATS", "draw_page", "format_of", "read_document"]


def read_document(path: Path) -> Extract:
    """The text of one file with its pages, sections and what it states of title, author and date.

    May be called from several threads. Raises ReadError, whose message is the reason without the path.
    """
    name = format_of(path)
    if name is None:
        raise ReadError(f"unsupported file type {path.suffix!r}" if path.suffix else "unsupported file type")
    return shared_workers().read(path.absolute(), name)


def draw_page(path: Path, sha256: str, page: int, words: Sequence[str] = (), place: float = 0.0) -> Picture:
    """One page of the PDF at `path`, if its bytes have this SHA-256, with boxes around the words that stand on it.

    May be called from several threads. Raises ReadError.
    """
    return shared_workers().draw(path.absolute(), sha256, page, words, place)
