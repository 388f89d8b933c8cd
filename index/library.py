"""The library tells the story of a document: collected, hashed, read, split, encoded, stored; then searched.

Calls the modules of this package in turn and keeps the ledger. Knows no format, no SQL, no model and no ranking of
its own. Safe to use from several threads, and several processes may share one home.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from index import lexical
from index.collect import absolute, collect, printable
from index.dense import DenseIndex
from index.encode import Encoder, Vectors
from index.errors import ReadError, StoreError
from index.fuse import convex_combination, relative_to_best
from index.readers import format_of, read_document
from index.records import Document, DocumentSummary, FileReason, Hit, Ledger, Passage, Progress
from index.settings import IndexSettings
from index.split import split
from index.store import Store
from index.tables import Change, FileState, Snapshot

# Small documents are encoded and committed together: the model likes batches, the disk likes few transactions.
GROUP_PASSAGES = 256
ENCODE_PASSAGES = 128  # between two looks at whether somebody pressed stop: some two seconds
STOPPED = "not reached: stopped before"

Watch = Callable[[Progress], None]
Cancelled = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file read and split, not yet encoded. `texts[i]` is what the model sees of `passages[i]`."""

    path: Path
    state: FileState
    document: Document
    language: str
    passages: tuple[Passage, ...]
    texts: tuple[str, ...]


@dataclass(slots=True)
class Tally:
    """The ledger while it is being written."""

    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("added", "updated", "unchanged", "removed"), 0)
    )
    refused: list[FileReason] = field(default_factory=list)
    skipped: list[FileReason] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    def ledger(self, snapshot: Snapshot) -> Ledger:
        totals = snapshot.totals()
        return Ledger(
            **self.counts,
            refused=tuple(self.refused),
            skipped=tuple(self.skipped),
            documents=totals.documents,
            passages=totals.passages,
            characters=totals.characters,
            indexed_characters=totals.indexed_characters,
            seconds=time.monotonic() - self.started,
        )


class Library:
    """The documents of one home. The encoder is not touched before a document is added or a query is asked."""

    def __init__(self, settings: IndexSettings, encoder: Encoder) -> None:
        self._settings = settings
        self._encoder = encoder
        self._store = Store(settings.store_path)
        self._dense = DenseIndex(settings.sidecar_path)
        self._searched = False

    @property
    def generation(self) -> int:
        """Rises with every change of what can be found."""
        with self._store.reading() as snapshot:
            return snapshot.generation

    @property
    def embedding_model(self) -> str:
        """Name of the model that made the stored vectors, or of the one that will."""
        with self._store.reading() as snapshot:
            name = snapshot.embedding_model
        return name or self._encoder.name

    def add(
        self,
        paths: Sequence[Path],
        progress: Watch | None = None,
        cancelled: Cancelled | None = None,
    ) -> Ledger:
        """Reads files and folders into the library. A file that cannot be read is refused and the rest goes on.

        What is committed stays when `cancelled` says so, or an exception (Ctrl-C, a full disk) ends it. The ledger's
        sizes are those of the whole library afterwards. Raises StoreError, EncoderError.
        """
        tally = Tally()
        watch, stopped = progress or (lambda _: None), cancelled or (lambda: False)
        found = collect(paths)
        tally.refused += found.refused
        tally.skipped += found.skipped
        group: dict[str, Prepared] = {}
        try:
            for done, path in enumerate(found.files):
                watch(Progress(done, len(found.files), "files", path.name))
                if stopped():
                    tally.skipped += [FileReason(printable(left), STOPPED) for left in found.files[done:]]
                    break
                try:
                    state = _file_state(path)
                    if state.document_id in group:  # a copy of a file just read
                        self._store_group(group, tally, watch, stopped)
                    if self._known(path, state, tally):
                        continue
                    group[state.document_id] = self._prepare(path, state)
                except ReadError as error:
                    tally.refused.append(FileReason(printable(path), str(error)))
                if sum(len(prepared.passages) for prepared in group.values()) >= GROUP_PASSAGES:
                    self._store_group(group, tally, watch, stopped)
            self._store_group(group, tally, watch, stopped)
            watch(Progress(len(found.files), len(found.files), "files"))
        finally:
            self._write_sidecar()
        with self._store.reading() as snapshot:
            return tally.ledger(snapshot)

    def remove(self, references: Sequence[str]) -> Ledger:
        """Takes documents out, each named by id, unique prefix of an id, or path: all of them or, on an error, none.

        Raises DocumentNotFound, StoreError.
        """
        tally = Tally()
        with self._store.reading() as snapshot:
            ids = dict.fromkeys(snapshot.find(_forms(reference)) for reference in references)
        with self._store.writing() as change:
            for document_id in ids:
                change.remove_document(document_id)
        tally.counts["removed"] = len(ids)
        self._write_sidecar()
        with self._store.reading() as snapshot:
            return tally.ledger(snapshot)

    def documents(self) -> list[DocumentSummary]:
        """All documents by path."""
        with self._store.reading() as snapshot:
            return snapshot.summaries()

    def document(self, reference: str) -> Document:
        """The document that an id, a unique prefix of an id, or a path names. Raises DocumentNotFound."""
        with self._store.reading() as snapshot:
            return snapshot.document(snapshot.find(_forms(reference)))

    def search(self, query: str, k: int = 5) -> list[Hit]:
        """The `k` best passages by words and by meaning, best first. Raises StoreError, EncoderError.

        Of a query longer than the model reads, the meaning of the beginning counts.
        """
        query = query.encode("utf-8", "replace").decode()  # half a surrogate pair is no text
        with self._store.reading() as snapshot:
            if not query.strip() or not snapshot.has_passages():
                return []
            self._check_model(snapshot)
        vector = self._encoder.encode([query])[0]
        with self._store.reading() as snapshot:
            stale = self._dense.catch_up(snapshot)
            hits = self._hits(snapshot, query, vector, k)
        if stale and not self._searched:  # later on, whoever adds documents writes it
            self._write_sidecar(wait=0)
        self._searched = True
        return hits

    def close(self) -> None:
        """Closes the store. What is asked for afterwards opens it again."""
        self._store.close()

    def _known(self, path: Path, state: FileState, tally: Tally) -> bool:
        """Whether the content is stored already; then the path is noted beside it."""
        with self._store.reading() as snapshot:
            if not snapshot.has_document(state.document_id):
                return False
            before = snapshot.file_state(str(path))
        if before != state:
            with self._store.writing() as change:
                if not change.has_document(state.document_id):  # removed meanwhile
                    return False
                change.set_path(str(path), state)
        tally.counts["updated" if before and before.document_id != state.document_id else "unchanged"] += 1
        return True

    def _prepare(self, path: Path, state: FileState) -> Prepared:
        """Reads and splits one file. Raises ReadError."""
        extract = read_document(path)
        if _file_state(path) != state:
            raise ReadError("changed while it was being read: add it again")
        document = Document(
            id=state.document_id,
            path=str(path),
            title=" ".join((extract.title or path.stem).split()),
            format=format_of(path) or "",
            text=extract.text,
            pages=extract.pages,
            sections=extract.sections,
            author=extract.author,
            date=extract.date,
            added_at=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        language = lexical.guess_language(extract.text)
        budget = min(self._settings.passage_tokens, self._encoder.max_tokens)
        passages = tuple(
            Passage(document.id, start, end, extract.text[start:end], heading)
            for start, end, heading in split(
                extract.text, extract.sections, self._encoder.count_tokens, budget, language
            )
        )
        if not passages:
            raise ReadError("no text found")
        return Prepared(path, state, document, language, passages, self._texts(document.title, passages))

    def _texts(self, title: str, passages: Sequence[Passage]) -> tuple[str, ...]:
        """What the model sees of each passage: title and heading before it, as far as they fit without a cut."""
        texts = []
        for passage in passages:
            heading = passage.heading if passage.heading != title else ""
            texts.append("\n".join(part for part in (title, heading, passage.text) if part))
        counts = self._encoder.count_tokens(texts)
        most = self._encoder.max_tokens
        return tuple(
            text if count <= most else passage.text
            for text, count, passage in zip(texts, counts, passages, strict=True)
        )

    def _store_group(self, group: dict[str, Prepared], tally: Tally, watch: Watch, stopped: Cancelled) -> None:
        """Encodes and commits a few documents in one transaction, and empties the group."""
        if not group:
            return
        prepared = list(group.values())
        group.clear()
        with self._store.reading() as snapshot:
            self._check_model(snapshot)  # before minutes of encoding
        vectors = self._encoded([text for one in prepared for text in one.texts], watch, stopped)
        if vectors is None:
            tally.skipped += [FileReason(printable(one.path), STOPPED) for one in prepared]
            return
        outcomes = dict.fromkeys(tally.counts, 0)
        with self._store.writing() as change:
            self._check_model(change)
            if not change.embedding_model:
                change.use_model(self._encoder.name, self._encoder.dimension)
            first = 0
            for one in prepared:
                rows = vectors[first : first + len(one.passages)]
                first += len(one.passages)
                outcomes[_commit(change, one, rows)] += 1
        for outcome, count in outcomes.items():
            tally.counts[outcome] += count

    def _encoded(self, texts: Sequence[str], watch: Watch, stopped: Cancelled) -> Vectors | None:
        """One row a text; None when stopped."""
        pieces = []
        for first in range(0, len(texts), ENCODE_PASSAGES):
            if stopped():
                return None
            watch(Progress(first, len(texts), "passages"))
            pieces.append(self._encoder.encode(texts[first : first + ENCODE_PASSAGES]))
        return np.concatenate(pieces)

    def _check_model(self, snapshot: Snapshot) -> None:
        if snapshot.embedding_model not in ("", self._encoder.name):
            raise StoreError(
                f"the library in {self._settings.home} was made with the embedding model {snapshot.embedding_model},"
                f" not {self._encoder.name}: use that model, or another home"
            )

    def _hits(self, snapshot: Snapshot, query: str, vector: Vectors, k: int) -> list[Hit]:
        settings, limit = self._settings, max(self._settings.candidates, k)
        words = lexical.query_words(query, snapshot.languages())
        by_words = lexical.search(snapshot.connection, words, settings.column_weights, limit)
        by_meaning = self._dense.search(vector, limit)
        rows = list(dict.fromkeys(row for row, _ in [*by_words, *by_meaning]))
        # The dense index may be a state ahead or behind; what this state of the store does not hold is no hit.
        stored = snapshot.passages(rows)
        rows = [row for row in rows if row in stored]
        cosines = dict(zip(rows, (snapshot.vectors(rows) @ vector).tolist(), strict=True))
        bm25 = dict(by_words) | lexical.scores(snapshot.connection, words, settings.column_weights, rows)
        fused = convex_combination(
            [relative_to_best({row: bm25.get(row, 0.0) for row in rows}), cosines], settings.fusion_weights
        )
        return [
            Hit(
                rank=rank,
                score=score,
                cosine=cosines[row],
                bm25=bm25.get(row, 0.0),
                passage=stored[row].passage,
                path=stored[row].path,
                title=stored[row].title,
                page=stored[row].page,
                date=stored[row].date,
            )
            for rank, (row, score) in enumerate(fused[:k], start=1)
        ]

    def _write_sidecar(self, wait: float = 60.0) -> None:
        """Lets the sidecar catch up. It is a cache: where it cannot be written it is made again in memory."""
        try:
            with self._store.reading() as snapshot:
                if not snapshot.embedding_model or not self._dense.catch_up(snapshot):
                    return
            with self._store.writing(wait) as change:
                change.vouch_for_sidecar(self._dense.write(change))
        except StoreError:
            return


def _commit(change: Change, prepared: Prepared, vectors: Vectors) -> str:
    """Writes one document; returns the column of the ledger it belongs to."""
    before = change.file_state(str(prepared.path))
    known = change.has_document(prepared.document.id)  # by another process meanwhile
    if not known:
        change.add_document(prepared.document, prepared.language, prepared.passages, vectors)
    change.set_path(str(prepared.path), prepared.state)
    if before and before.document_id != prepared.document.id:
        return "updated"
    return "unchanged" if known else "added"


def _file_state(path: Path) -> FileState:
    """What is on disk now, by content. Raises ReadError."""
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            return FileState(hashlib.file_digest(file, "sha256").hexdigest(), status.st_size, status.st_mtime_ns)
    except OSError as error:
        raise ReadError(f"cannot be opened: {error.strerror}") from error


def _forms(reference: str) -> list[str]:
    """A reference as it was given, and as the path it may be."""
    text = printable(Path(reference))
    return [text, str(absolute(Path(text)))]
