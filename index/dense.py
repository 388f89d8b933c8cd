"""Search by meaning: exact inner products over the vectors of all passages, held by FAISS.

The store of record holds the vectors; this is a cache of them in memory and in a sidecar file, and a file that the
store does not vouch for (by generation, count and checksum) is never opened. Knows row ids and vectors, no text.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import faiss

Ids = NDArray[np.int64]
CHUNK = 10_000  # vectors read from the store at a time


class VectorSource(Protocol):
    """What the index needs to know of one state of the store. Row ids are never used twice."""

    @property
    def identity(self) -> str: ...

    @property
    def generation(self) -> int: ...

    @property
    def dimension(self) -> int: ...

    @property
    def sidecar(self) -> str:
        """What `write` returned for the sidecar that the store vouches for, or ""."""
        ...

    def passage_ids(self) -> Ids: ...

    def vectors(self, ids: Sequence[int]) -> NDArray[np.float32]: ...


class DenseIndex:
    """FAISS over the passages' vectors, kept in step with the store. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = RLock()
        self._index: faiss.IndexIDMap2 | None = None
        self._identity = ""
        self._generation = -1

    def catch_up(self, source: VectorSource) -> bool:
        """Brings the index to the state of `source`, or leaves a later one; returns whether the sidecar is stale."""
        with self._lock:
            if self._index is None or self._identity != source.identity:
                self._index = self._read(source) or self._empty(source.dimension)
                self._identity, self._generation = source.identity, -1
            if self._generation < source.generation:
                self._apply(self._index, source)
                self._generation = source.generation
            return self.is_stale(source)

    def is_stale(self, source: VectorSource) -> bool:
        """Whether the sidecar is of another state than `source`."""
        return self._stamp(source.sidecar).get("generation") != source.generation

    def search(
        self, vector: NDArray[np.float32], limit: int, among: Sequence[int] | None = None
    ) -> list[tuple[int, float]]:
        """The nearest passages as (row id, cosine), best first, ties by row id. `vector` has shape (dimension,).

        With `among` only these passages are looked at.
        """
        import faiss

        only = None
        if among is not None:
            selected = faiss.IDSelectorBatch(np.array(among, np.int64))
            only = faiss.SearchParameters(sel=selected)  # type: ignore[call-arg]  # its Python side takes keywords

        with self._lock:
            if self._index is None or not self._index.ntotal:
                return []
            if vector.shape != (self._index.d,):
                raise ValueError(f"a query vector of shape {vector.shape} for an index of dimension {self._index.d}")
            # For one query a second thread costs more than it brings. The setting is torch's as well, so it goes back.
            threads = faiss.omp_get_max_threads()
            faiss.omp_set_num_threads(1)
            try:
                cosines, ids = self._index.search(vector[None, :], min(limit, self._index.ntotal), params=only)
            finally:
                faiss.omp_set_num_threads(threads)
        found = [(int(i), float(cosine)) for i, cosine in zip(ids[0], cosines[0], strict=True) if i != -1]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))

    def write(self, source: VectorSource) -> str:
        """Writes the sidecar of the state of `source`, atomically; returns the line by which the store vouches for it.

        Raises OSError where the folder cannot be written or is full.
        """
        import faiss

        with self._lock:
            self.catch_up(source)
            index = self._index or self._empty(source.dimension)
            content, count = faiss.serialize_index(index).tobytes(), index.ntotal
        temporary = self._path.with_name(f"{self._path.name}.{os.getpid()}.tmp")
        try:
            with temporary.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self._path)
        finally:
            temporary.unlink(missing_ok=True)
        stamp = {"generation": source.generation, "count": count, "sha256": hashlib.sha256(content).hexdigest()}
        return json.dumps(stamp)

    def _apply(self, index: faiss.IndexIDMap2, source: VectorSource) -> None:
        import faiss

        wanted, held = source.passage_ids(), faiss.vector_to_array(index.id_map)
        gone = np.setdiff1d(held, wanted)
        if gone.size:
            index.remove_ids(faiss.IDSelectorBatch(gone))
        new = np.setdiff1d(wanted, held)
        for first in range(0, new.size, CHUNK):
            ids = new[first : first + CHUNK]
            index.add_with_ids(source.vectors(ids.tolist()), ids)

    def _empty(self, dimension: int) -> faiss.IndexIDMap2:
        import faiss

        return faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))

    def _read(self, source: VectorSource) -> faiss.IndexIDMap2 | None:
        """The index in the sidecar file, if it is the one that the store vouches for."""
        import faiss

        stamp = self._stamp(source.sidecar)
        try:
            content = self._path.read_bytes()
        except OSError:
            return None
        if hashlib.sha256(content).hexdigest() != stamp.get("sha256"):
            return None
        index = faiss.deserialize_index(np.frombuffer(content, np.uint8))
        if isinstance(index, faiss.IndexIDMap2) and (index.d, index.ntotal) == (source.dimension, stamp.get("count")):
            return index
        return None

    @staticmethod
    def _stamp(sidecar: str) -> dict[str, object]:
        stamp: dict[str, object] = json.loads(sidecar) if sidecar else {}
        return stamp
