"""One update of the store: files compared with what is known of them, moved and deleted ones settled, the rest read.

Each step commits what it has done. `library` calls them in turn; what a step does to one file stands in `prepare`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

import numpy as np

from index import tracked
from index.change import Change
from index.collect import collect
from index.compare import Comparison, Known, compare, file_state
from index.encode import Encoder, Vectors, shortest_first
from index.errors import FileUnavailable, NoDocument, ReadError, StoreError
from index.prepare import Prepared, prepare, texts_to_encode
from index.records import Progress, Refusal, Root
from index.settings import IndexSettings
from index.snapshot import FileState, Snapshot
from index.store import Store
from index.tally import STOPPED, Tally

# Small documents are encoded and committed together: the model likes batches, the disk likes few transactions.
GROUP_PASSAGES = 256
ENCODE_PASSAGES = 128  # between two looks at whether somebody pressed stop: some two seconds
LOOKED_UP = 1000  # vectors read from the store at a time

Watch = Callable[[Progress], None]
Cancelled = Callable[[], bool]


@dataclass(slots=True)
class Group:
    """What the next transaction will hold: documents by id, and files that turned out to hold none."""

    prepared: dict[str, Prepared] = field(default_factory=dict)
    refusals: dict[str, Refusal] = field(default_factory=dict)

    @property
    def full(self) -> bool:
        return sum(len(one.passages) for one in self.prepared.values()) >= GROUP_PASSAGES


class Update:
    """One run of `add` or `sync`. The steps are to be taken in the order in which they stand here."""

    def __init__(
        self, settings: IndexSettings, store: Store, encoder: Encoder, tally: Tally, watch: Watch, stopped: Cancelled
    ) -> None:
        self._settings = settings
        self._store = store
        self._encoder = encoder
        self._tally = tally
        self._watch = watch
        self._stopped = stopped

    def compare(self, roots: Sequence[Root], patient: bool) -> Comparison:
        """Walks `roots` and counts what is as it was. `patient` tries again what could not be read before."""
        with self._store.reading() as snapshot:
            connection = snapshot.connection
            known = Known(
                snapshot.file_states(),
                tracked.refusals(connection),
                tracked.roots(connection),
                tracked.left_out(connection),
            )
        found = collect(roots, known.left_out)
        self._tally.refused += found.refused
        self._tally.skipped += found.skipped
        comparison = compare(found, known, {root.path for root in roots}, patient)
        self._tally.counts["unchanged"] += len(comparison.unchanged)
        for path, refusal in comparison.refused:
            self._tally.pass_over(path, refusal)
        return comparison

    def settle(self, comparison: Comparison) -> dict[Path, FileState | None]:
        """Commits what needs no reading: files moved, touched or gone. Returns those to read, with known states.

        What is gone cannot be found from here on, before minutes of reading and encoding.
        """
        left: dict[Path, FileState | None] = {file.path: None for file in comparison.changed}
        for file in comparison.changed:
            if self._stopped():
                return left
            if file.size in comparison.displaced:
                with suppress(FileUnavailable):  # whoever reads it will say so
                    left[file.path] = file_state(file.path)
        if not (comparison.gone or comparison.stale or any(left.values())):
            return left
        moved = {state.document_id for state in comparison.gone.values()}
        listed = self._tally.listed()
        with self._store.writing() as change:
            for path, state in list(left.items()):
                if state and change.has_document(state.document_id):
                    before = change.file_state(str(path))
                    change.set_path(str(path), state)
                    renewed = before.document_id != state.document_id if before else state.document_id in moved
                    self._tally.counts["updated" if renewed else "unchanged"] += 1
                    del left[path]
            for gone, state in comparison.gone.items():
                change.forget_path(gone, state)
            counted = {state.document_id for path, state in comparison.gone.items() if path not in listed}
            self._tally.counts["removed"] += len(counted.intersection(change.remove_orphans()))
            tracked.forget_refusals(change.connection, comparison.stale)
        return left

    def read(self, files: Mapping[Path, FileState | None]) -> None:
        """Hashes, reads, splits, encodes and commits the files, a group at a time."""
        group = Group()
        for done, (path, known) in enumerate(files.items()):
            self._watch(Progress(done, len(files), "files", path.name))
            if self._stopped():
                for left in list(files)[done:]:
                    self._tally.skip(left, STOPPED)
                break
            try:
                state = known or file_state(path)
            except FileUnavailable as error:
                self._tally.refuse(path, str(error))
                continue
            if state.document_id in group.prepared:  # a copy of a file just read
                self._commit(group)
            if not self._is_copy(path, state):
                self._prepare(path, state, group)
            if group.full:
                self._commit(group)
        self._commit(group)
        if files:
            self._watch(Progress(len(files), len(files), "files"))

    def _is_copy(self, path: Path, state: FileState) -> bool:
        """Whether the content is stored already; then the path is noted beside it."""
        with self._store.reading() as snapshot:
            if not snapshot.has_document(state.document_id):
                return False
        with self._store.writing() as change:
            if not change.has_document(state.document_id):  # removed meanwhile
                return False
            before = change.file_state(str(path))
            change.set_path(str(path), state)
            change.remove_orphans()
        renewed = before and before.document_id != state.document_id
        self._tally.counts["updated" if renewed else "unchanged"] += 1
        return True

    def _prepare(self, path: Path, state: FileState, group: Group) -> None:
        """Adds a file to the group, as a document or with the reason why it is none."""
        try:
            group.prepared[state.document_id] = prepare(path, state, self._encoder, self._settings.passage_tokens)
        except FileUnavailable as error:
            self._tally.refuse(path, str(error))
        except ReadError as error:
            refusal = Refusal(state.size, state.mtime_ns, str(error), isinstance(error, NoDocument))
            group.refusals[str(path)] = refusal
            self._tally.pass_over(path, refusal)

    def _commit(self, group: Group) -> None:
        """Encodes and commits a group in one transaction, and empties it."""
        prepared, refusals = list(group.prepared.values()), dict(group.refusals)
        group.prepared.clear()
        group.refusals.clear()
        vectors = self._vectors(prepared) if prepared else None
        if vectors is None:
            for one in prepared:
                self._tally.skip(one.path, STOPPED)
            prepared = []
        if not prepared and not refusals:
            return
        outcomes: Counter[str] = Counter()
        with self._store.writing() as change:
            for path, refusal in refusals.items():
                if before := change.file_state(path):  # what it held is not there any more
                    change.forget_path(path, before)
                tracked.refuse(change.connection, path, refusal)
            if vectors is not None:
                check_model(change, self._encoder, self._settings)
                change.use_model(self._encoder.name, self._encoder.dimension)
                ends = list(accumulate(len(one.passages) for one in prepared))
                for one, end in zip(prepared, ends, strict=True):
                    outcomes[_put(change, one, vectors[end - len(one.passages) : end])] += 1
            change.remove_orphans()
        self._tally.counts += outcomes
        for one in prepared:
            self._tally.note(one.path, one.document.notes)

    def _vectors(self, prepared: Sequence[Prepared]) -> Vectors | None:
        """One row a passage; None when stopped. What the file's former document had too is not encoded again."""
        rows: dict[str, list[int]] = {}
        for row, text in enumerate(text for one in prepared for text in one.texts):
            rows.setdefault(text, []).append(row)
        vectors = np.empty((sum(map(len, rows.values())), self._encoder.dimension), np.float32)
        with self._store.reading() as snapshot:
            check_model(snapshot, self._encoder, self._settings)  # before minutes of encoding
            for one in prepared:
                for text, vector in self._vectors_before(snapshot, one, rows):
                    vectors[rows.pop(text)] = vector
        new = encoded(list(rows), self._encoder, self._watch, self._stopped)
        if new is None:
            return None
        for places, vector in zip(rows.values(), new, strict=True):
            vectors[places] = vector
        return vectors

    def _vectors_before(
        self, snapshot: Snapshot, prepared: Prepared, wanted: Collection[str]
    ) -> Iterator[tuple[str, Vectors]]:
        """Those of the `wanted` texts that the file's former document had too, once each, with their vectors."""
        before = snapshot.file_state(str(prepared.path))
        if before is None or before.document_id == prepared.document.id:
            return
        passages = snapshot.passages_of(before.document_id)
        title = snapshot.document(before.document_id).title
        texts = texts_to_encode(title, list(passages.values()), self._encoder)
        found = {text: row for text, row in zip(texts, passages, strict=True) if text in wanted}
        kept = list(found.items())
        for first in range(0, len(kept), LOOKED_UP):
            piece = kept[first : first + LOOKED_UP]
            yield from zip((text for text, _ in piece), snapshot.vectors([row for _, row in piece]), strict=True)


def encoded(texts: Sequence[str], encoder: Encoder, watch: Watch, stopped: Cancelled) -> Vectors | None:
    """One row a text; None when stopped."""
    vectors = np.empty((len(texts), encoder.dimension), np.float32)
    # By length over all documents of a group: what is encoded together is padded to the longest of it.
    by_length = shortest_first(texts, encoder)
    pieces = max(-(-len(texts) // ENCODE_PASSAGES), 1)
    size = max(-(-len(texts) // pieces), 1)  # of equal pieces: a small rest would be encoded less quickly
    for first in range(0, len(texts), size):
        if stopped():
            return None
        watch(Progress(first, len(texts), "passages"))
        rows = by_length[first : first + size]
        vectors[rows] = encoder.encode([texts[row] for row in rows])
    return vectors


def check_model(snapshot: Snapshot, encoder: Encoder, settings: IndexSettings) -> None:
    """Raises StoreError where the vectors are those of another model."""
    if snapshot.embedding_model not in ("", encoder.name):
        raise StoreError(
            f"the library in {settings.home} was made with the embedding model {snapshot.embedding_model},"
            f" not {encoder.name}: sync it, which encodes its documents anew, or use that model"
        )


def _put(change: Change, prepared: Prepared, vectors: Vectors) -> str:
    """Writes one document; returns the column of the ledger it belongs to."""
    before = change.file_state(str(prepared.path))
    known = change.has_document(prepared.document.id)  # by another process meanwhile
    if not known:
        change.add_document(prepared.document, prepared.language, prepared.passages, vectors)
    change.set_path(str(prepared.path), prepared.state)
    if before and before.document_id != prepared.document.id:
        return "updated"
    return "unchanged" if known else "added"
