"""How fast documents are encoded: `python -m benchmarks.throughput MODEL DOCUMENTS`.

Adds the documents to a fresh library with the real embedding model and counts the time that it spends on encoding. The
very same texts go through a bare `SentenceTransformer.encode`, which gets all of them at once and the batch size that
is best here. Both have seen some of the texts before, for what comes first is slow, and they take turns, so that
neither has the quieter machine. The ratio is one of processor time, which other processes lengthen least; beside it
stands that by the clock.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sentence_transformers import SentenceTransformer

from benchmarks.report import Measure, fault, report
from index.encode import SentenceTransformerEncoder, Vectors
from index.errors import LibraryError
from index.library import Library
from index.settings import IndexSettings

BATCHES = (8, 16, 32, 64)
SAMPLE = 128  # texts by which the best batch size is found
ROUNDS = 2


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds by the clock, and seconds of processors."""

    clock: float
    processors: float

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.clock + other.clock, self.processors + other.processors)


class NotingEncoder(SentenceTransformerEncoder):
    """Notes what it is asked to encode and saves itself the trouble."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.texts: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.texts += texts
        return np.eye(1, self.dimension, dtype=np.float32).repeat(len(texts), axis=0)


class TimedEncoder(SentenceTransformerEncoder):
    """Notes what encoding takes."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.spent = Spent(0, 0)

    def encode(self, texts: Sequence[str]) -> Vectors:
        vectors: list[Vectors] = []
        self.spent += timed(lambda: vectors.append(super(TimedEncoder, self).encode(texts)))
        return vectors[0]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.throughput",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("model", type=Path, help="folder of the embedding model")
    parser.add_argument("documents", type=Path, nargs="+", help="files or folders")
    parser.add_argument("--rounds", type=int, default=ROUNDS, metavar="N", help="default: %(default)s")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    options = parser.parse_args(arguments)
    try:
        return report("throughput", measures(options.model, options.documents, options.rounds), options.json)
    except (LibraryError, OSError) as error:
        return fault(error)


def measures(folder: Path, documents: Sequence[Path], rounds: int) -> list[Measure]:
    """The lines of the table."""
    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    encoder = TimedEncoder(folder)
    texts = passages_of(documents, folder)
    batch = best_batch(model, texts)
    encoder.encode(sample_of(texts))
    ours, bare = Spent(0, 0), Spent(0, 0)
    passages = 0
    for number in range(rounds):
        if number % 2:
            bare += encoding(model, texts, batch)
        ours += added(encoder, documents)
        if not number % 2:
            bare += encoding(model, texts, batch)
        passages += len(texts)
    over = f"{passages} passages in {rounds} rounds, bare batches of {batch}"
    return [
        Measure(
            "against_bare", "passages a second, against a bare loop", bare.processors / ours.processors, "times", over
        ),
        Measure("against_bare_clock", "the same by the clock", bare.clock / ours.clock, "times", over),
        Measure("passages_a_second", "passages a second of processor", passages / ours.processors, "", over),
    ]


def passages_of(documents: Sequence[Path], folder: Path) -> list[str]:
    """The texts that adding the documents has encoded, without encoding them."""
    encoder = NotingEncoder(folder)
    with library(encoder) as noting:
        noting.add(documents)
    if not encoder.texts:
        raise LibraryError(f"nothing to encode in {', '.join(map(str, documents))}")
    return encoder.texts


def added(encoder: TimedEncoder, documents: Sequence[Path]) -> Spent:
    """What encoding takes while the documents are added to a fresh library."""
    encoder.spent = Spent(0, 0)
    with library(encoder) as fresh:
        fresh.add(documents)
    return encoder.spent


@contextmanager
def library(encoder: SentenceTransformerEncoder) -> Iterator[Library]:
    """A fresh one, gone afterwards."""
    with (
        tempfile.TemporaryDirectory(prefix="footnote-benchmark-") as home,
        closing(Library(IndexSettings(Path(home)), encoder)) as fresh,
    ):
        yield fresh


def best_batch(model: SentenceTransformer, texts: Sequence[str]) -> int:
    """The batch size with which a sample, spread over the texts, takes the least processor time."""
    sample = sample_of(texts)
    encoding(model, sample, BATCHES[-1])  # what comes first is slow, whichever it is
    return min(BATCHES, key=lambda batch: encoding(model, sample, batch).processors)


def sample_of(texts: Sequence[str]) -> list[str]:
    """Some of the texts, from all over."""
    return list(texts[:: max(len(texts) // SAMPLE, 1)])


def encoding(model: SentenceTransformer, texts: Sequence[str], batch: int) -> Spent:
    """What the bare library spends on the texts, all given at once."""
    return timed(
        lambda: model.encode(list(texts), batch_size=batch, normalize_embeddings=True, show_progress_bar=False)
    )


def timed(work: Callable[[], object]) -> Spent:
    clock, processors = time.perf_counter(), time.process_time()
    work()
    return Spent(time.perf_counter() - clock, time.process_time() - processors)


if __name__ == "__main__":
    sys.exit(main())
