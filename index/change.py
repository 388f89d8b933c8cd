"""The next state of the store's tables, and every statement that writes it.

Each document goes in and out whole: its text, passages, vectors, words and paths. Knows nothing of files,
transactions, models or ranking: `store` commits what stands here, or none of it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import astuple

import numpy as np
from numpy.typing import NDArray

from index import lexical
from index.records import Document, Passage
from index.schema import new_identity
from index.snapshot import FileState, Snapshot


class Change(Snapshot):
    """The next state of the store, committed as a whole or not at all. `touched` tells whether it differs."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self.touched = False
        self._displaced: dict[str, None] = {}  # documents that a path has stopped holding

    def use_model(self, name: str, dimension: int) -> None:
        """Notes which model makes the vectors; those of another one must all have gone."""
        self._set_meta("embedding_model", name)
        self._set_meta("dimension", dimension)

    def add_document(
        self, document: Document, language: str, passages: Sequence[Passage], vectors: NDArray[np.float32]
    ) -> None:
        """Stores a document with its passages; row i of `vectors` belongs to passage i. Its path is set apart."""
        text = document.text
        indexed = len(text) - _left_out(text, passages)
        self.connection.execute(
            "INSERT INTO documents (id, title, format, language, author, date, added_at, characters,"
            " indexed_characters, page_count, passage_count, pages, sections, text, notes)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(document.id, document.title, document.format, language, document.author, document.date),
                *(document.added_at, len(text), indexed, len(document.pages), len(passages)),
                *(json.dumps([astuple(page) for page in document.pages]),),
                *(json.dumps([astuple(section) for section in document.sections]), text, json.dumps(document.notes)),
            ),
        )
        self._add_passages(document.id, passages, vectors)

    def replace_passages(self, document_id: str, passages: Sequence[Passage], vectors: NDArray[np.float32]) -> None:
        """Gives a document other passages; row i of `vectors` belongs to passage i."""
        self._remove_words(document_id)
        self.connection.execute(
            "DELETE FROM passages WHERE document = (SELECT key FROM documents WHERE id = ?)", (document_id,)
        )
        text = self.document(document_id).text
        self.connection.execute(
            "UPDATE documents SET passage_count = ?, indexed_characters = ? WHERE id = ?",
            (len(passages), len(text) - _left_out(text, passages), document_id),
        )
        self._add_passages(document_id, passages, vectors)

    def _add_passages(self, document_id: str, passages: Sequence[Passage], vectors: NDArray[np.float32]) -> None:
        if len(passages) != len(vectors):
            raise ValueError(f"{len(passages)} passages but {len(vectors)} vectors")
        key, title, language = self.connection.execute(
            "SELECT key, title, language FROM documents WHERE id = ?", (document_id,)
        ).fetchone()
        words = lexical.normalise(title, language)
        for passage, vector in zip(passages, vectors, strict=True):
            row = self.connection.execute(
                "INSERT INTO passages (document, start, end, heading, text) VALUES (?, ?, ?, ?, ?)",
                (key, passage.start, passage.end, passage.heading, passage.text),
            ).lastrowid
            self.connection.execute("INSERT INTO vectors VALUES (?, ?)", (row, vector.astype("<f4").tobytes()))
            self.connection.execute(
                "INSERT INTO fulltext (rowid, title, heading, body) VALUES (?, ?, ?, ?)",
                (row, words, lexical.normalise(passage.heading, language), lexical.normalise(passage.text, language)),
            )
        self.touched = True

    def set_path(self, path: str, state: FileState) -> None:
        """Notes that `path` holds the stored document `state.document_id`."""
        before = self.file_state(path)
        if before == state:
            return
        self.connection.execute(
            "INSERT INTO paths SELECT ?, key, ?, ? FROM documents WHERE id = ?"
            " ON CONFLICT (path) DO UPDATE SET document = excluded.document, size = excluded.size,"
            " mtime_ns = excluded.mtime_ns",
            (path, state.size, state.mtime_ns, state.document_id),
        )
        if before and before.document_id == state.document_id:
            return  # only touched on disk: nothing that can be found has changed
        if before:
            self._displaced[before.document_id] = None
        self.touched = True

    def forget_path(self, path: str, state: FileState) -> None:
        """Notes that `path` holds nothing any more, unless somebody has seen another state of it meanwhile."""
        if self.file_state(path) == state:
            self.connection.execute("DELETE FROM paths WHERE path = ?", (path,))
            self._displaced[state.document_id] = None
            self.touched = True

    def remove_orphans(self) -> list[str]:
        """Takes out the documents that lost their last path in this change; returns their ids."""
        held = "SELECT 1 FROM paths JOIN documents ON key = document WHERE id = ?"
        orphans = [one for one in self._displaced if not self.connection.execute(held, (one,)).fetchone()]
        for document_id in orphans:
            self.remove_document(document_id)
        self._displaced.clear()
        return orphans

    def remove_document(self, document_id: str) -> None:
        """Takes a document out with all its paths, passages, vectors and words."""
        self._remove_words(document_id)
        self.connection.execute("DELETE FROM documents WHERE id = ?", (document_id,))
        self.touched = True

    def _remove_words(self, document_id: str) -> None:
        self.connection.execute(
            "DELETE FROM fulltext WHERE rowid IN"
            " (SELECT p.id FROM passages AS p JOIN documents AS d ON d.key = p.document WHERE d.id = ?)",
            (document_id,),
        )

    def become_another(self) -> None:
        """What is kept of the vectors outside, in memory and in the sidecar, is of no use from here on."""
        self._set_meta("identity", new_identity())
        self._set_meta("sidecar", "")

    def raise_generation(self) -> None:
        """Notes that what can be found is no longer what it was; once for each change that is committed."""
        self._set_meta("generation", self.generation + 1)

    def vouch_for_sidecar(self, stamp: str) -> None:
        """Records what the dense index says of the sidecar it has just written; the generation stays."""
        self._set_meta("sidecar", stamp)

    def _set_meta(self, key: str, value: str | int) -> None:
        self.connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


def _left_out(text: str, passages: Sequence[Passage]) -> int:
    """Characters of `text` that are neither in a passage nor white space."""
    ends = [0, *(passage.end for passage in passages)]
    starts = [*(passage.start for passage in passages), len(text)]
    return sum(len("".join(text[end:start].split())) for end, start in zip(ends, starts, strict=True))
