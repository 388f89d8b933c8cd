"""Search by meaning over the vectors of all passages, held by FAISS: whole while they are few, else as short codes.

The store of record holds the vectors; this is a cache of them in memory and in a sidecar file, and a file that the
store does not vouch for (by generation, count and checksum) is never opened. Codes only choose candidates, which are
compared anew by their vectors from the store. Knows row ids and vectors, no text.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from index.home import replace_file

if TYPE_CHECKING:
    import faiss

Ids = NDArray[np.int64]
CHUNK = 10_000  # vectors read from the store at a time

# Vectors are held whole up to this many passages, and as codes beyond. A look at 20,000 whole ones takes 5 ms and
# 31 MB; codes of 2 bits a dimension take a twelfth of both (benchmarks/LOG.md).
EXACT_UP_TO = 20_000
CODE_BITS = 2
CANDIDATES = 200  # at least so many, and four times what is asked for, are compared anew: recall@10 is then above 0.98


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

    def passage_ids(self, after: int = 0) -> Ids:
        """The row ids above `after`, in ascending order."""
        ...

    def passage_count(self, up_to: int | None = None) -> int:
        """How many row ids there are, of those not above `up_to`."""
        ...

    def held(self, ids: Sequence[int]) -> tuple[list[int], NDArray[np.float32]]:
        """Those of the row ids that this state holds, in ascending order, and a vector for each."""
        ...

    def vectors(self, ids: Sequence[int]) -> NDArray[np.float32]: ...


@dataclass(frozen=True, slots=True)
class Candidates:
    """Row ids with their scores: cosines where they are `exact`, else what their codes say of them."""

    rows: list[int]
    scores: list[float]
    exact: bool


class DenseIndex:
    """FAISS over the passages' vectors, kept in step with the store. Safe to use from several threads.

    It changes its form by itself: to codes above `exact_up_to` passages, and back below half of that.
    """

    def __init__(self, path: Path, exact_up_to: int = EXACT_UP_TO) -> None:
        self._path = path
        self._exact_up_to = exact_up_to
        self._lock = RLock()
        self._index: faiss.IndexIDMap | None = None
        self._identity = ""
        self._generation = -1

    def catch_up(self, source: VectorSource) -> bool:
        """Brings the index to the state of `source`, or leaves a later one; returns whether the sidecar is stale."""
        with self._lock:
            if self._index is None or self._identity != source.identity:
                self._index = self._read(source) or self._empty(source)
                self._identity, self._generation = source.identity, -1
            if self._generation < source.generation:
                self._index = self._brought_to(source, self._index)
                self._generation = source.generation
            return self.is_stale(source)

    def is_stale(self, source: VectorSource) -> bool:
        """Whether the sidecar is of another state than `source`."""
        return self._stamp(source.sidecar).get("generation") != source.generation

    def candidates(self, vector: NDArray[np.float32], limit: int, among: Sequence[int] | None = None) -> Candidates:
        """The long part of searching, which needs no store and lets other threads run: what `ranked` chooses from.

        `vector` has shape (dimension,), else ValueError is raised. With `among` only these passages are looked at.
        """
        import faiss

        only = None
        if among is not None:
            selected = faiss.IDSelectorBatch(np.array(among, np.int64))
            only = faiss.SearchParameters(sel=selected)  # type: ignore[call-arg]  # its Python side takes keywords

        with self._lock:
            if self._index is None or not self._index.ntotal:
                return Candidates([], [], exact=True)
            if vector.shape != (self._index.d,):
                raise ValueError(f"a query vector of shape {vector.shape} for an index of dimension {self._index.d}")
            exact = _is_exact(self._index)
            wanted = min(limit if exact else max(4 * limit, CANDIDATES), self._index.ntotal)
            # For one query a second thread costs more than it brings. The setting is torch's as well, so it goes back.
            threads = faiss.omp_get_max_threads()
            faiss.omp_set_num_threads(1)
            try:
                scores, ids = self._index.search(vector[None, :], wanted, params=only)
            finally:
                faiss.omp_set_num_threads(threads)
        found = ids[0] != -1
        return Candidates(ids[0][found].tolist(), scores[0][found].tolist(), exact)

    def write(self, source: VectorSource) -> str:
        """Writes the sidecar of the state of `source`, atomically; returns the line by which the store vouches for it.

        Raises OSError where the folder cannot be written or is full.
        """
        import faiss

        with self._lock:
            self.catch_up(source)
            index = self._index or self._empty(source)
            content, count = faiss.serialize_index(index).data, index.ntotal
        replace_file(self._path, content)
        stamp = {"generation": source.generation, "count": count, "sha256": hashlib.sha256(content).hexdigest()}
        return json.dumps(stamp)

    def _brought_to(self, source: VectorSource, index: faiss.IndexIDMap) -> faiss.IndexIDMap:
        """The index with what is gone from `source` taken out and what is new put in.

        As row ids rise and are never used twice, counting tells whether any is gone, and the highest one held what is
        new: only where something is gone are all ids of the store looked at.
        """
        import faiss

        if _is_exact(index) != self._should_be_exact(source, index):
            index = self._empty(source)
        held = faiss.vector_to_array(index.id_map)
        highest = int(held.max(initial=0))
        if source.passage_count(highest) != held.size:
            index.remove_ids(faiss.IDSelectorBatch(np.setdiff1d(held, source.passage_ids())))
        new = source.passage_ids(highest)
        for first in range(0, new.size, CHUNK):
            ids = new[first : first + CHUNK]
            index.add_with_ids(source.vectors(ids.tolist()), ids)
        return index

    def _should_be_exact(self, source: VectorSource, index: faiss.IndexIDMap | None = None) -> bool:
        """Whether vectors are to be held whole; around the limit the form stays as it is."""
        coded = index is not None and index.ntotal and not _is_exact(index)
        return source.passage_count() <= (self._exact_up_to // 2 if coded else self._exact_up_to)

    def _empty(self, source: VectorSource) -> faiss.IndexIDMap:
        import faiss

        if self._should_be_exact(source):
            return faiss.IndexIDMap(faiss.IndexFlatIP(source.dimension))
        codes = faiss.IndexRaBitQ(source.dimension, faiss.METRIC_INNER_PRODUCT, CODE_BITS)
        # The centre around which codes are made is zero, not the mean of what happens to be there: so a code depends on
        # its vector alone, whatever came before, and real embeddings lose nothing by it.
        axis = np.eye(1, source.dimension, dtype=np.float32)
        codes.train(np.concatenate([axis, -axis]))
        return faiss.IndexIDMap(codes)

    def _read(self, source: VectorSource) -> faiss.IndexIDMap | None:
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
        if isinstance(index, faiss.IndexIDMap) and (index.d, index.ntotal) == (source.dimension, stamp.get("count")):
            return index
        return None

    @staticmethod
    def _stamp(sidecar: str) -> dict[str, object]:
        stamp: dict[str, object] = json.loads(sidecar) if sidecar else {}
        return stamp


def _is_exact(index: faiss.IndexIDMap) -> bool:
    import faiss

    return isinstance(faiss.downcast_index(index.index), faiss.IndexFlat)


def ranked(
    vector: NDArray[np.float32], candidates: Candidates, limit: int, source: VectorSource
) -> list[tuple[int, float]]:
    """The best of the candidates for `vector`, of shape (dimension,), as (row id, cosine), best first, ties by row id.

    What codes chose is compared anew, so that cosines are exact in both forms.
    """
    found = list(zip(candidates.rows, candidates.scores, strict=True))
    if not candidates.exact:
        found = []
        for first in range(0, len(candidates.rows), CHUNK):
            rows, vectors = source.held(candidates.rows[first : first + CHUNK])
            found += zip(rows, (vectors @ vector).tolist(), strict=True)
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:limit]
