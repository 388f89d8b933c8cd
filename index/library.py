"""The library tells the story of a document: found, compared, hashed, read, split, encoded, stored; then searched.

Calls the modules of this package in turn and keeps the ledger. Knows no format, no SQL, no model and no ranking of
its own. Safe to use from several threads, and several processes may share one home.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from index import bm25, dense, spelling, tracked, uploads
from index.collect import absolute, printable, root_of
from index.encode import Encoder, Vectors, spells_out
from index.errors import DocumentNotFound, ReadError, StoreError
from index.fuse import convex_combination, relative_to_best
from index.records import Document, DocumentSummary, Hit, Ledger, Root
from index.reembed import reembed
from index.settings import IndexSettings
from index.snapshot import Snapshot
from index.store import Store
from index.tally import Tally
from index.tracked import within
from index.update import Cancelled, Update, Watch, check_model


class Library:
    """The documents of one home. The encoder is not touched before a document is added or a query is asked."""

    def __init__(self, settings: IndexSettings, encoder: Encoder) -> None:
        self._settings = settings
        self._encoder = encoder
        self._store = Store(settings.store_path, settings.sidecar_path)
        self._dense = dense.DenseIndex(settings.sidecar_path)
        self._searched = False

    @property
    def home(self) -> Path:
        """The folder that holds all of it."""
        return self._settings.home

    @property
    def generation(self) -> int:
        """Rises with every change of what can be found."""
        with self._store.reading() as snapshot:
            return snapshot.generation

    @property
    def outdated(self) -> bool:
        """Whether an older Footnote wrote the store; whatever reads it brings it to today's form. Raises StoreError."""
        return self._store.outdated()

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
        exclude: Sequence[str] = (),
    ) -> Ledger:
        """Remembers files and folders, and brings the library in step with them. `exclude` are patterns for folders.

        Where the vectors are those of another model, all documents are encoded anew first.
        A file that cannot be read is refused and the rest goes on. What is committed stays when `cancelled` says so,
        or an exception (Ctrl-C, a full disk) ends it. The ledger's sizes are those of the whole library afterwards.
        Raises StoreError, EncoderError, PatternError.
        """
        tally = Tally()
        roots = self._remember(paths, exclude, tally)
        return self._bring_in_step(roots, tally, progress, cancelled, patient=True)

    def sync(self, progress: Watch | None = None, cancelled: Cancelled | None = None) -> Ledger:
        """Brings the library in step with everything added before. What is gone from disk is gone from it afterwards.

        A file of the same size and time as before is not opened. A file or folder that was added and is missing
        together with all around it, as on a disk that is not connected, is refused and what it held stays. Ends early
        and raises as `add` does.
        """
        return self._bring_in_step(self.roots(), Tally(), progress, cancelled)

    def remove(self, references: Sequence[str]) -> Ledger:
        """Takes documents out, each named by id, unique prefix of an id, or path, and folders with all below them.

        All of them or, on an error, none. They stay out until they are added again. Files that were uploaded are
        deleted, any others stay. Raises DocumentNotFound, StoreError.
        """
        tally = Tally()
        with self._store.reading() as snapshot:
            known, roots = snapshot.file_states(), tracked.roots(snapshot.connection)
            ids, folders = self._named(snapshot, references, known, [root.path for root in roots])
        paths = [path for path, state in known.items() if state.document_id in ids]
        ended = {root.path for root in roots if root.path in paths or within(root.path, folders)}
        kept = {root.path for root in roots} - ended
        with self._store.writing() as change:
            for document_id in ids:
                change.remove_document(document_id)
            for path in tracked.below(folders, list(known)):
                change.forget_path(path, known[path])
            removed = {*ids, *change.remove_orphans()}
            tracked.forget(change.connection, ended)
            refused = tracked.below({*ended, *folders}, list(tracked.refusals(change.connection)))
            tracked.forget_refusals(change.connection, refused)
            tracked.leave_out(change.connection, [path for path in (*paths, *folders) if within(path, kept)])
        uploads.forget(self.home, paths)
        tally.counts["removed"] = len(removed)
        self._write_sidecar()
        with self._store.reading() as snapshot:
            return tally.ledger(snapshot)

    def roots(self) -> list[Root]:
        """The files and folders that were added, in that order."""
        with self._store.reading() as snapshot:
            return tracked.roots(snapshot.connection)

    def documents(self) -> list[DocumentSummary]:
        """All documents by path."""
        with self._store.reading() as snapshot:
            return snapshot.summaries()

    def languages(self) -> list[str]:
        """The languages of the documents, of those that are told apart: "en", "de" and "ru"."""
        with self._store.reading() as snapshot:
            return snapshot.languages()

    def document(self, reference: str) -> Document:
        """The document that an id, a unique prefix of an id, or a path names. Raises DocumentNotFound."""
        with self._store.reading() as snapshot:
            return snapshot.document(snapshot.find(_forms(reference)))

    def search(self, query: str, k: int = 5, documents: Collection[str] | None = None, around: int = 0) -> list[Hit]:
        """The `k` best passages by words and by meaning, best first. Raises StoreError, EncoderError.

        `documents` are the ids of those to search; None means all. With `around` the passages right before and after
        that many of the best come as well, where they are not among the `k`. Of a query longer than the model reads,
        the meaning of the beginning counts.
        """
        query = query.encode("utf-8", "replace").decode()  # half a surrogate pair is no text
        with self._store.reading() as snapshot:
            if not query.strip() or not snapshot.has_passages():
                return []
            check_model(snapshot, self._encoder, self._settings)
        vector = self._encoder.encode([query])[0]
        with self._store.reading() as snapshot:
            stale = self._dense.catch_up(snapshot)
            hits = self._hits(snapshot, query, vector, k, documents, around)
        if stale and not self._searched:  # later on, whoever adds documents writes it
            self._write_sidecar(wait=0)
        self._searched = True
        return hits

    def close(self) -> None:
        """Closes the store. What is asked for afterwards opens it again."""
        self._store.close()

    def _remember(self, paths: Sequence[Path], exclude: Sequence[str], tally: Tally) -> list[Root]:
        """Notes what a person names; returns it, with what was added before and lies below it."""
        named: dict[str, Root] = {}
        for path in dict.fromkeys(map(absolute, paths)):
            try:
                root = root_of(path, exclude)
                named[root.path] = root
            except ReadError as error:
                tally.refuse(path, str(error))
        with self._store.reading() as snapshot:
            before = {root.path: root for root in tracked.roots(snapshot.connection)}
            back = tracked.below(named, list(tracked.left_out(snapshot.connection)))
        for old in (before[one] for one in named if one in before):  # its patterns hold until others are given
            named[old.path] = replace(named[old.path], exclude=tuple(exclude) or old.exclude, device=old.device)
        new = [root for path, root in named.items() if before.get(path) != root]
        if new or back:
            with self._store.writing() as change:
                tracked.remember(change.connection, new)
                tracked.let_in(change.connection, back)
        return [*named.values(), *(root for path, root in before.items() if path not in named and within(path, named))]

    def _named(
        self, snapshot: Snapshot, references: Sequence[str], known: Collection[str], roots: Sequence[str]
    ) -> tuple[dict[str, None], dict[str, None]]:
        """The documents, by id, and the folders that references name; a folder goes before an id that begins like it.

        `known` are the paths of documents. Raises DocumentNotFound.
        """
        ids: dict[str, None] = {}
        folders: dict[str, None] = {}
        for reference in references:
            forms = _forms(reference)
            if forms[-1] not in known and tracked.below({forms[-1]: None}, [*known, *roots]):
                folders[forms[-1]] = None
            else:
                ids[snapshot.find(forms)] = None
        return ids, folders

    def _bring_in_step(
        self,
        roots: Sequence[Root],
        tally: Tally,
        progress: Watch | None,
        cancelled: Cancelled | None,
        patient: bool = False,
    ) -> Ledger:
        """Makes the library what the disk is below `roots`. `patient` tries again what could not be read before."""
        watch, stopped = progress or (lambda _: None), cancelled or (lambda: False)
        update = Update(self._settings, self._store, self._encoder, tally, watch, stopped)
        try:
            comparison = update.compare(roots, patient)
            changed = update.settle(comparison)
            reembed(self._settings, self._store, self._encoder, watch, stopped)
            update.read(changed)
        finally:
            self._write_sidecar()
        with self._store.reading() as snapshot:
            return tally.ledger(snapshot)

    def _hits(
        self,
        snapshot: Snapshot,
        query: str,
        vector: Vectors,
        k: int,
        documents: Collection[str] | None,
        around: int,
    ) -> list[Hit]:
        among = None if documents is None else snapshot.rows_of(documents)
        settings, limit = self._settings, max(self._settings.candidates, k)
        weights = settings.spelt_out_weights if spells_out(self._encoder, query) else settings.fusion_weights
        with ThreadPoolExecutor(max_workers=1) as aside:  # a look at all vectors takes as long as one at all words
            near = aside.submit(self._dense.candidates, vector, limit, among)
            known = spelling.statistics(snapshot.connection, query, snapshot.languages())
            by_words = bm25.search(snapshot.connection, known, settings.column_weights, limit, among)
        by_meaning = dense.ranked(vector, near.result(), limit, snapshot)
        rows = list(dict.fromkeys(row for row, _ in [*by_words, *by_meaning]))
        cosines: dict[int, float] = {}
        worded: dict[int, float] = {}

        def fused(more: Sequence[int]) -> list[tuple[int, float]]:
            """All that were scored so far and these."""
            # The dense index may be a state ahead or behind; what this state of the store does not hold is no hit.
            held, vectors = snapshot.held(more)
            cosines.update(zip(held, (vectors @ vector).tolist(), strict=True))
            found = bm25.scores(snapshot.connection, known, settings.column_weights, held)
            worded.update({row: found.get(row, 0.0) for row in held})
            return convex_combination([relative_to_best(worded), cosines], weights)

        best = fused(rows)[:k]
        chosen = {row for row, _ in best}
        beside = [row for row in snapshot.beside([row for row, _ in best[:around]]) if row not in chosen]
        if beside:
            chosen.update(beside)
            best = [pair for pair in fused([row for row in beside if row not in cosines]) if pair[0] in chosen]
        stored = snapshot.passages([row for row, _ in best])  # all of them, but in a store that others have written to
        return [
            Hit(
                rank=rank,
                score=score,
                cosine=cosines[row],
                bm25=worded[row],
                passage=stored[row].passage,
                path=stored[row].path,
                title=stored[row].title,
                pages=stored[row].pages,
                date=stored[row].date,
            )
            for rank, (row, score) in enumerate((one for one in best if one[0] in stored), start=1)
        ]

    def _write_sidecar(self, wait: float = 60.0) -> None:
        """Lets the sidecar catch up. It is a cache: where it cannot be written it is made again in memory."""
        try:
            with self._store.reading() as snapshot:
                if not snapshot.embedding_model or not self._dense.is_stale(snapshot):
                    return
            with self._store.writing(wait) as change:
                change.vouch_for_sidecar(self._dense.write(change))
        except StoreError:
            return


def _forms(reference: str) -> list[str]:
    """A reference as it was given, and as the path it may be. Raises DocumentNotFound for a blank one, which as a path
    would be the current folder."""
    if not reference.strip():
        raise DocumentNotFound("the reference to a document is empty; give an id, the beginning of one, or a path")
    text = printable(Path(reference))
    return [text, str(absolute(Path(text)))]
