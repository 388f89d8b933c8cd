"""Speed, recall and memory of searching in large libraries: `python -m benchmarks.search --passages 10000 100000`.

Builds a synthetic library of each size (`benchmarks/synthetic.py`), or takes the one that `--keep FOLDER` still holds,
and searches it in a process of its own. Recall is that of the dense index against exact search over all vectors, and
that of bounded BM25 against BM25 over every passage that holds a word. Times are those of `Library.search` without
encoding the query, by the clock; beside them stands processor time, which a busy machine does not lengthen.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import psutil

from benchmarks.report import Measure, fault, report
from benchmarks.synthetic import Corpus, Query, QueryEncoder, build
from index import bm25, spelling
from index.dense import CHUNK, DenseIndex, ranked
from index.errors import LibraryError
from index.library import Library
from index.settings import IndexSettings
from index.store import Store

QUERIES = 100
WORDED = 20  # queries for which every passage that holds a word is scored, which takes seconds each
FIRST = 10  # recall is over so many
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Searched:
    """What one process found. Seconds a query; row ids a query; bytes."""

    first_seconds: float
    seconds: list[float]
    processor_seconds: list[float]
    nearest: list[list[int]]
    by_words: list[list[int]]
    by_words_exactly: list[list[int]]
    resident: int


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.search", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--passages", type=int, nargs="+", default=[10_000, 100_000, 1_000_000], metavar="N")
    parser.add_argument("--queries", type=int, default=QUERIES, metavar="N", help="default: %(default)s")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the libraries there, and use those it has")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of texts, vectors and queries")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    options = parser.parse_args(arguments)
    lines: list[Measure] = []
    try:
        with tempfile.TemporaryDirectory(prefix="footnote-benchmark-") as place:
            for size in options.passages:
                corpus = Corpus(size, options.seed)
                home = (options.keep or Path(place)) / f"{size}-{options.seed}"
                lines += measures(corpus, corpus.queries(options.queries), IndexSettings(home))
    except (LibraryError, OSError, EOFError) as error:
        return fault(error)
    return report("search", lines, options.json, {"seed": options.seed}, partial=True)


def measures(corpus: Corpus, queries: Sequence[Query], settings: IndexSettings) -> list[Measure]:
    """The lines of one size."""
    _say(f"{corpus.size:,} passages")
    if held(settings) != corpus.size:
        build(corpus, settings, lambda done, seconds: _say(f"{done:,} written after {seconds:.0f} s"))
    in_another_process(settings, queries[:1])  # writes the sidecar, as whoever adds documents does
    searched = in_another_process(settings, queries)
    exact = nearest(settings, queries)
    size, over = corpus.size, f"{len(queries)} queries in {corpus.size:,}"
    p50, p95 = (float(np.percentile(searched.seconds, share)) for share in (50, 95))
    worked = (float(np.percentile(searched.processor_seconds, share)) for share in (50, 95))
    return [
        Measure(f"p50_ms_{size}", "search, p50", p50 * 1000, "ms", over),
        Measure(f"p95_ms_{size}", "search, p95", p95 * 1000, "ms", over),
        Measure(f"p95_to_p50_{size}", "p95 against p50", p95 / p50, "times", over),
        Measure(f"processor_p50_ms_{size}", "processor time, p50", next(worked) * 1000, "ms", over),
        Measure(f"processor_p95_ms_{size}", "processor time, p95", next(worked) * 1000, "ms", over),
        Measure(f"first_s_{size}", "first search, opening included", searched.first_seconds, "s", over),
        Measure(f"recall_{size}", f"recall@{FIRST} by meaning", recall(searched.nearest, exact), "%", over),
        Measure(
            f"words_recall_{size}",
            f"recall@{FIRST} by words",
            recall(searched.by_words, searched.by_words_exactly),
            "%",
            f"{len(searched.by_words)} of them",
        ),
        Measure(f"resident_mb_{size}", "resident memory", searched.resident / MEGABYTE, "MB", over),
    ]


def held(settings: IndexSettings) -> int:
    """The passages of the library that lies there."""
    with closing(Store(settings.store_path)) as store, store.reading() as snapshot:
        return snapshot.passage_count()


def nearest(settings: IndexSettings, queries: Sequence[Query]) -> list[list[int]]:
    """The row ids of the truly nearest passages of each query, by every vector of the store."""
    asked = np.stack([query.vector for query in queries])
    rows = np.empty((len(queries), 0), np.int64)
    cosines = np.empty((len(queries), 0), np.float32)
    with closing(Store(settings.store_path)) as store, store.reading() as snapshot:
        held = snapshot.passage_ids()
        for first in range(0, held.size, CHUNK):
            ids = held[first : first + CHUNK]
            found = asked @ snapshot.vectors(ids.tolist()).T
            cosines, rows = np.hstack([cosines, found]), np.hstack([rows, np.broadcast_to(ids, found.shape)])
            best = np.argsort(-cosines, axis=1, kind="stable")[:, :FIRST]
            cosines, rows = np.take_along_axis(cosines, best, 1), np.take_along_axis(rows, best, 1)
    lists: list[list[int]] = rows.tolist()
    return lists


def recall(found: Sequence[Sequence[int]], expected: Sequence[Sequence[int]]) -> float:
    """The share of what was expected that was found, over all queries."""
    wanted = sum(map(len, expected))
    return sum(len(set(one) & set(other)) for one, other in zip(found, expected, strict=True)) / max(wanted, 1)


def in_another_process(settings: IndexSettings, queries: Sequence[Query]) -> Searched:
    """Raises EOFError where that process ends without a word."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_search, args=(settings, list(queries), theirs))
    process.start()
    theirs.close()
    found: Searched = ours.recv()
    process.join()
    return found


def _search(settings: IndexSettings, queries: list[Query], answer: Connection) -> None:
    with closing(Library(settings, QueryEncoder(queries))) as library:

        def search(query: Query) -> None:
            library.search(query.text, FIRST)

        first = _timed(time.perf_counter, search, queries[0])
        seconds, worked = [], []
        for query in queries:
            before = time.thread_time()
            seconds.append(_timed(time.perf_counter, search, query))
            worked.append(time.thread_time() - before)
        resident = psutil.Process().memory_info().rss
    answer.send(Searched(first, seconds, worked, *_apart(settings, queries), resident))


def _timed(clock: Callable[[], float], search: Callable[[Query], None], query: Query) -> float:
    started = clock()
    search(query)
    return clock() - started


def _apart(settings: IndexSettings, queries: list[Query]) -> tuple[list[list[int]], list[list[int]], list[list[int]]]:
    """What each of the two lists finds: by meaning, by words, and by words with every passage scored."""
    dense = DenseIndex(settings.sidecar_path)
    with closing(Store(settings.store_path)) as store, store.reading() as snapshot:
        dense.catch_up(snapshot)
        limit = settings.candidates
        nearest = [
            ranked(query.vector, dense.candidates(query.vector, limit), limit, snapshot)[:FIRST] for query in queries
        ]
        bounded, exact = [], []
        for query in queries[:WORDED]:
            known = spelling.statistics(snapshot.connection, query.text, snapshot.languages())
            asked = (snapshot.connection, known, settings.column_weights, limit)
            bounded.append(bm25.search(*asked)[:FIRST])
            exact.append(bm25.search(*asked, scored=sys.maxsize)[:FIRST])
    return _rows(nearest), _rows(bounded), _rows(exact)


def _rows(found: Sequence[Sequence[tuple[int, float]]]) -> list[list[int]]:
    return [[row for row, _ in one] for one in found]


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
