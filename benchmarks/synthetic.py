"""Libraries of any size without any model: clustered vectors, and text whose words are as unevenly common as real ones.

Words follow Zipf's law with Mandelbrot's offset; the commonest are English stop words, the rest are made up. Everything
follows from a seed, so a stretch of passages can be had again without keeping it. Knows nothing of what is measured.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from index import lexical
from index.encode import TokenVectors, Vectors
from index.records import Document, Passage
from index.settings import IndexSettings
from index.snapshot import FileState
from index.store import Store

DIMENSION = 384
STRETCH = 10_000  # passages made at a time
PASSAGES_A_DOCUMENT = 50
DOCUMENTS_A_COMMIT = 20
WORDS_A_PASSAGE = (60, 110)
VOCABULARY = 200_000
OFFSET = 2.7  # Mandelbrot's, as usually fitted to English
CLUSTERS = 2000
SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
MODEL = "synthetic"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive passages; row i of `vectors`, shape (n, DIMENSION), belongs to text i."""

    first: int
    texts: tuple[str, ...]
    vectors: Vectors


@dataclass(frozen=True, slots=True)
class Query:
    """Words of one passage, and a vector near the passage's own."""

    text: str
    vector: Vectors


class Corpus:
    """`size` passages that follow from `seed`, made stretch by stretch whenever they are looked at."""

    def __init__(self, size: int, seed: int = 0) -> None:
        self.size = size
        self.seed = seed

    def stretches(self) -> Iterator[Stretch]:
        for first in range(0, self.size, STRETCH):
            yield self.stretch(first)

    def stretch(self, first: int) -> Stretch:
        """The stretch that begins with passage `first`, a multiple of STRETCH."""
        chance, count = np.random.default_rng((self.seed, first)), min(STRETCH, self.size - first)
        lengths = chance.integers(*WORDS_A_PASSAGE, size=count)
        ranks = np.searchsorted(self._cumulative, chance.random(int(lengths.sum())))
        words, ends = [self._words[rank] for rank in ranks.tolist()], np.cumsum(lengths).tolist()
        texts = tuple(
            " ".join(words[end - length : end]).capitalize() + "."
            for end, length in zip(ends, lengths.tolist(), strict=True)
        )
        return Stretch(first, texts, self._clustered(chance, count))

    def queries(self, count: int) -> list[Query]:
        """Three to twelve words of a passage, drawn as they come, so common ones among them."""
        chance = np.random.default_rng((self.seed, 1, self.size))
        found = []
        made: dict[int, Stretch] = {}
        firsts = chance.choice(range(0, self.size, STRETCH), size=min(8, -(-self.size // STRETCH)), replace=False)
        for _ in range(count):
            first = int(chance.choice(firsts))
            made[first] = stretch = made.get(first) or self.stretch(first)
            row = int(chance.integers(len(stretch.texts)))
            words = stretch.texts[row].rstrip(".").split()
            chosen = chance.choice(len(words), size=int(chance.integers(6, 25)), replace=False)
            noise = chance.normal(size=DIMENSION)
            vector = stretch.vectors[row] + 0.7 * noise / np.linalg.norm(noise)
            unit = (vector / np.linalg.norm(vector)).astype(np.float32)
            found.append(Query(" ".join(words[place] for place in chosen), unit))
        return found

    def _clustered(self, chance: np.random.Generator, count: int) -> Vectors:
        """Clusters of uneven size; some directions longer than others, as in embeddings, and turned at random."""
        which = np.searchsorted(self._cluster_sizes, chance.random(count))
        own = chance.normal(size=(count, DIMENSION)) * self._spectrum
        vectors = ((self._centres[which] + 0.8 * own) @ self._turned).astype(np.float32)
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit

    @cached_property
    def _words(self) -> list[str]:
        made = sorted(lexical.stop_words("en"))
        for number in range(VOCABULARY - len(made)):
            digest = int.from_bytes(hashlib.blake2b(str(number).encode(), digest_size=8).digest())
            parts = [SYLLABLES[digest // len(SYLLABLES) ** place % len(SYLLABLES)] for place in range(2 + digest % 3)]
            made.append("".join(parts) + "n")  # an ending that no stemmer takes off
        return made

    @cached_property
    def _cumulative(self) -> NDArray[np.floating]:
        return _cumulative(1 / (np.arange(1, VOCABULARY + 1) + OFFSET))

    @cached_property
    def _cluster_sizes(self) -> NDArray[np.floating]:
        return _cumulative(np.arange(1, CLUSTERS + 1) ** -0.7)

    @cached_property
    def _spectrum(self) -> NDArray[np.floating]:
        return np.arange(1, DIMENSION + 1) ** -0.5

    @cached_property
    def _centres(self) -> NDArray[np.floating]:
        centres: NDArray[np.floating] = np.random.default_rng(self.seed).normal(size=(CLUSTERS, DIMENSION))
        return centres * self._spectrum

    @cached_property
    def _turned(self) -> NDArray[np.floating]:
        turned: NDArray[np.floating] = np.linalg.qr(np.random.default_rng(self.seed).normal(size=(DIMENSION,) * 2))[0]
        return turned


class QueryEncoder:
    """The encoder that belongs to a corpus: knows the vectors of its queries and of nothing else."""

    name = MODEL
    dimension = DIMENSION
    max_tokens = 254

    def __init__(self, queries: Sequence[Query]) -> None:
        self._vectors = {query.text: query.vector for query in queries}

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self._vectors[text] for text in texts])

    def encode_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        return [TokenVectors(self.encode([text]), np.zeros(1, np.int64)) for text in texts]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]


def build(corpus: Corpus, settings: IndexSettings, watch: Callable[[int, float], None]) -> None:
    """Writes the store of a corpus as adding its documents would. `watch` gets passages and seconds so far."""
    started = time.perf_counter()
    store = Store(settings.store_path)
    for stretch in corpus.stretches():
        step = PASSAGES_A_DOCUMENT * DOCUMENTS_A_COMMIT
        for first in range(0, len(stretch.texts), step):
            with store.writing() as change:
                change.use_model(MODEL, DIMENSION)
                for begin in range(first, min(first + step, len(stretch.texts)), PASSAGES_A_DOCUMENT):
                    rows = slice(begin, begin + PASSAGES_A_DOCUMENT)
                    document, passages = _document(stretch.first + begin, stretch.texts[rows])
                    change.add_document(document, "en", passages, stretch.vectors[rows])
                    change.set_path(document.path, FileState(document.id, len(document.text), 0))
        watch(stretch.first + len(stretch.texts), time.perf_counter() - started)
    store.close()


def _document(number: int, texts: Sequence[str]) -> tuple[Document, list[Passage]]:
    text, identity = "\n".join(texts), hashlib.sha256(str(number).encode()).hexdigest()
    passages, start = [], 0
    for one in texts:
        passages.append(Passage(identity, start, start + len(one), one))
        start += len(one) + 1
    path = f"/synthetic/{number:08}.txt"
    return Document(identity, path, f"Document {number}", "text", text, (), (), None, None, "2000-01-01"), passages


def _cumulative(weights: NDArray[np.floating]) -> NDArray[np.floating]:
    sums: NDArray[np.floating] = np.cumsum(weights)
    sums /= sums[-1]
    return sums
