"""One committed state of the store's tables, and every statement that reads it.

Knows nothing of files, transactions, models or ranking: `store` opens and closes a snapshot, `change` writes the next.
"""

from __future__ import annotations

import json
import sqlite3
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index import lexical
from index.errors import DocumentNotFound, StoreDamaged
from index.records import Document, DocumentSummary, Page, Passage, Section

MEND = "move the file away and add your documents again"
# The path under which a document is shown: the first of those it was found at.
FIRST_PATH = "(SELECT path FROM paths WHERE document = d.key ORDER BY paths.rowid LIMIT 1)"
ALL_PATHS = "(SELECT json_group_array(path) FROM (SELECT path FROM paths WHERE document = d.key ORDER BY rowid))"


@dataclass(frozen=True, slots=True)
class FileState:
    """A known path with what was on disk when it was read; `document_id` is the SHA-256 of its bytes."""

    document_id: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Sizes of the whole store. White space between passages counts as indexed: nothing can be asked of it."""

    documents: int
    passages: int
    characters: int
    indexed_characters: int


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with what a hit tells of its document."""

    passage: Passage
    path: str
    title: str
    pages: tuple[Page, ...]
    date: str | None


class Snapshot:
    """One committed state of the store; valid inside the `with` that gave it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    @property
    def identity(self) -> str:
        """Another one whenever what is kept of the vectors outside the store is of no use any more."""
        return str(self._meta("identity", ""))

    @property
    def generation(self) -> int:
        """Rises with every change of what can be found; 0 before the first."""
        return int(self._meta("generation", 0))

    @property
    def embedding_model(self) -> str:
        """Name of the model that made the vectors; "" before the first document."""
        return str(self._meta("embedding_model", ""))

    @property
    def dimension(self) -> int:
        """Numbers of each vector; 0 before the first document."""
        return int(self._meta("dimension", 0))

    @property
    def sidecar(self) -> str:
        """What the dense index said of the sidecar file that it wrote last."""
        return str(self._meta("sidecar", ""))

    def totals(self) -> Totals:
        """Sizes of everything that this state holds."""
        row = self.connection.execute(
            "SELECT COUNT(*), TOTAL(passage_count), TOTAL(characters), TOTAL(indexed_characters) FROM documents"
        ).fetchone()
        return Totals(*(int(value) for value in row))

    def has_passages(self) -> bool:
        """Whether anything can be found."""
        return self.connection.execute("SELECT 1 FROM passages LIMIT 1").fetchone() is not None

    def languages(self) -> list[str]:
        """The languages of the documents, of those that are told apart."""
        held = "SELECT 1 FROM documents WHERE language = ? LIMIT 1"
        return [one for one in lexical.STEMMERS if self.connection.execute(held, (one,)).fetchone()]

    def summaries(self) -> list[DocumentSummary]:
        """All documents by path."""
        rows = self.connection.execute(
            f"SELECT id, {FIRST_PATH} AS path, title, format, page_count, characters, passage_count, added_at, author,"
            f" date, {ALL_PATHS}, notes FROM documents AS d ORDER BY path"
        )
        return [DocumentSummary(*row) for row in ((*row[:10], *map(_texts, row[10:])) for row in rows)]

    def has_document(self, document_id: str) -> bool:
        """Whether the document with this very id is stored."""
        row = self.connection.execute("SELECT 1 FROM documents WHERE id = ?", (document_id,)).fetchone()
        return row is not None

    def file_state(self, path: str) -> FileState | None:
        """What was on disk under a path when it was read; None for one that holds no stored document."""
        row = self.connection.execute(
            "SELECT id, size, mtime_ns FROM paths JOIN documents ON key = document WHERE path = ?", (path,)
        ).fetchone()
        return FileState(*row) if row else None

    def file_states(self) -> dict[str, FileState]:
        """All known paths."""
        rows = self.connection.execute("SELECT path, id, size, mtime_ns FROM paths JOIN documents ON key = document")
        return {row[0]: FileState(*row[1:]) for row in rows}

    def find(self, references: Sequence[str]) -> str:
        """The id of the one document that an id, a unique prefix of an id, or a path names.

        `references` are the forms of one reference; the first is what may be a prefix, where none is an id or a path.
        Raises DocumentNotFound.
        """
        named = "SELECT id FROM documents WHERE id = ?1 UNION SELECT id FROM paths JOIN documents ON key = document"
        begun = "SELECT id FROM documents WHERE ?2 AND id >= ?1 AND id < ?1 || 'g' LIMIT 2"
        exact = [row for one in references for row in self.connection.execute(f"{named} WHERE path = ?1", (one,))]
        first = references[0]
        may_begin = bool(first) and set(first) <= set("0123456789abcdef")
        rows = exact[:1] or self.connection.execute(begun, (first, may_begin)).fetchall()
        if len(rows) > 1:
            raise DocumentNotFound(f"{first!r} is ambiguous: ids of several documents begin so; give more of the id")
        if rows:
            return str(rows[0][0])
        raise DocumentNotFound(f"no document {first!r} in the library: see the list of documents")

    def document(self, document_id: str) -> Document:
        """The whole document with this very id, its text included. Raises DocumentNotFound."""
        row = self.connection.execute(
            f"SELECT id, {FIRST_PATH}, title, format, text, pages, sections, author, date, added_at, notes"
            " FROM documents AS d WHERE id = ?",
            (document_id,),
        ).fetchone()
        if row is None:
            raise DocumentNotFound(f"no document {document_id!r} in the library: see the list of documents")
        pages = tuple(Page(*values) for values in json.loads(row[5]))
        sections = tuple(Section(*values) for values in json.loads(row[6]))
        known = dict(zip(("author", "date", "added_at"), row[7:10], strict=True))
        return Document(row[0], row[1], row[2], row[3], row[4], pages, sections, notes=_texts(row[10]), **known)

    def language_of(self, document_id: str) -> str:
        """The language that a document was taken to be in. Raises DocumentNotFound."""
        row = self.connection.execute("SELECT language FROM documents WHERE id = ?", (document_id,)).fetchone()
        if row is None:
            raise DocumentNotFound(f"no document {document_id!r} in the library: see the list of documents")
        return str(row[0])

    def passages_of(self, document_id: str) -> dict[int, Passage]:
        """The passages of one document by row id, in the order of the text."""
        rows = self.connection.execute(
            "SELECT p.id, d.id, start, end, p.text, heading FROM passages AS p"
            " JOIN documents AS d ON d.key = p.document WHERE d.id = ? ORDER BY start",
            (document_id,),
        )
        return {row[0]: Passage(*row[1:]) for row in rows}

    def passages(self, ids: Sequence[int]) -> dict[int, StoredPassage]:
        """Those of the passages that exist in this state."""
        rows = self.connection.execute(
            f"SELECT p.id, d.id, start, end, p.text, heading, {FIRST_PATH}, title, pages, date FROM passages AS p"
            f" JOIN documents AS d ON d.key = p.document WHERE p.id IN ({', '.join('?' * len(ids))})",
            tuple(ids),
        )
        found = {}
        for row in rows:
            passage = Passage(*row[1:6])
            found[row[0]] = StoredPassage(passage, row[6], row[7], _pages(json.loads(row[8]), passage), row[9])
        return found

    def rows_of(self, documents: Collection[str]) -> list[int]:
        """The row ids of the passages of these documents."""
        rows = self.connection.execute(
            "SELECT p.id FROM passages AS p JOIN documents AS d ON d.key = p.document"
            " WHERE d.id IN (SELECT value FROM json_each(?)) ORDER BY p.id",
            (json.dumps(sorted(documents)),),
        )
        return [row[0] for row in rows]

    def passage_ids(self, after: int = 0) -> NDArray[np.int64]:
        """The row ids of passages above `after`, in ascending order."""
        # All of them stand in an index of a few bytes each; read from the table they would come with all text.
        source = "passages WHERE id > ?" if after else "passages INDEXED BY passages_of_document WHERE id > ?"
        rows = self.connection.execute(f"SELECT id FROM {source}", (after,))
        return np.sort(np.fromiter((row[0] for row in rows), np.int64))

    def passage_count(self, up_to: int | None = None) -> int:
        """How many passages there are, of those whose row id is not above `up_to`."""
        # SQLite counts a whole table by its smallest index, but a range of ids by reading it: so the rest is counted.
        count = int(self.connection.execute("SELECT COUNT(*) FROM passages").fetchone()[0])
        if up_to is not None:
            count -= self.connection.execute("SELECT COUNT(*) FROM passages WHERE id > ?", (up_to,)).fetchone()[0]
        return count

    def held(self, ids: Sequence[int]) -> tuple[list[int], NDArray[np.float32]]:
        """Those of the row ids that name passages of this state, in ascending order, and a vector for each.

        Raises StoreDamaged where a passage is without its vector.
        """
        found = self._blobs(ids)
        missing = [one for one in ids if one not in found]
        if missing:  # few, and mostly none: each passage goes with its vector
            marks = ", ".join("?" * len(missing))
            rows = self.connection.execute(f"SELECT id FROM passages WHERE id IN ({marks})", tuple(missing))
            found |= {row: b"" for (row,) in rows}
        rows_held = sorted(found)
        return rows_held, self._matrix([found[row] for row in rows_held])

    def beside(self, ids: Sequence[int]) -> list[int]:
        """The row ids of the passages before and after these in their documents, in ascending order."""
        # The passages of a document are written one after another in the order of its text, all of them at once.
        rows = self.connection.execute(
            "SELECT DISTINCT b.id FROM passages AS a JOIN passages AS b"
            " ON b.id IN (a.id - 1, a.id + 1) AND b.document = a.document"
            f" WHERE a.id IN ({', '.join('?' * len(ids))}) ORDER BY b.id",
            tuple(ids),
        )
        return [row[0] for row in rows]

    def vectors(self, ids: Sequence[int]) -> NDArray[np.float32]:
        """One row an id, in the order of `ids`. Raises StoreDamaged where a vector is missing or too short."""
        found = self._blobs(ids)
        return self._matrix([found.get(i, b"") for i in ids])

    def _blobs(self, ids: Sequence[int]) -> dict[int, bytes]:
        rows = self.connection.execute(
            f"SELECT passage, vector FROM vectors WHERE passage IN ({', '.join('?' * len(ids))})", tuple(ids)
        )
        return dict(rows.fetchall())

    def _matrix(self, blobs: Sequence[bytes]) -> NDArray[np.float32]:
        dimension = self.dimension
        wrong = sum(len(blob) != 4 * dimension for blob in blobs)
        if wrong:
            raise StoreDamaged(f"the store lacks {wrong} of {len(blobs)} vectors: {MEND}")
        return np.frombuffer(b"".join(blobs), np.float32).reshape(len(blobs), dimension)

    def _meta(self, key: str, default: str | int) -> str | int:
        row = self.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        value: str | int = row[0] if row else default
        return value


def _pages(pages: Sequence[tuple[int, int, int]], passage: Passage) -> tuple[Page, ...]:
    """The pages on which a passage stands."""
    starts = [start for _, start, _ in pages]
    first = max(bisect_right(starts, passage.start) - 1, 0)
    return tuple(Page(*page) for page in pages[first : bisect_left(starts, passage.end, lo=first)])


def _texts(stored: str) -> tuple[str, ...]:
    """A JSON array of texts."""
    return tuple(json.loads(stored))
