"""Texts to vectors: the one module that knows sentence-transformers, torch and the embedding model's tokenizer.

Counts tokens without loading torch, loads the model at the first text to encode, and never lets it cut a text or go
to the network. Knows nothing of passages or stores.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import EncoderError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Encoding, Tokenizer

Vectors = NDArray[np.float32]


class TokenVectors(NamedTuple):
    """The tokens of one text: row i of `vectors` belongs to the token that begins at character `starts[i]`.

    `vectors` has shape (tokens, dimension), rows of length 1; where the model added a token of its own the start is -1.
    """

    vectors: Vectors
    starts: NDArray[np.int64]


BATCH = 32  # texts; larger ones pad more and win nothing on two cores
MANY = 64  # texts from which on time counts more than the fourth digit; fewer are a question, or a small library
REQUIRED = ("modules.json", "config.json", "tokenizer.json", "model.safetensors")
FEW = 8  # texts of a batch where a reader waits: padded less, a quarter quicker for the candidates of a question
MEND = "fetch the embedding model again"
FINGERPRINT_SAMPLES = 64
# Tokens a letter. Of questions in English and German the default model makes .58 at most, in Russian .76 at least for
# 99 of 100, in Chinese, Japanese and Greek .88 and more (benchmarks/LOG.md).
SPELT_OUT = 0.7


class Encoder(Protocol):
    """Turns texts into vectors. `name` is the identity of the model: vectors of different names never mix."""

    @property
    def name(self) -> str: ...

    @property
    def dimension(self) -> int:
        """Numbers of each vector."""
        ...

    @property
    def max_tokens(self) -> int:
        """Tokens of the longest text that is encoded whole, special tokens not counted."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row a text, shape (len(texts), dimension), each of length 1."""
        ...

    def encode_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """The tokens of each text in what stands around them."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text, special tokens not counted."""
        ...


def spells_out(encoder: Encoder, text: str) -> bool:
    """Whether the model knows the words of `text` by hardly more than their letters.

    Then it was not made for that language, and which words a passage holds tells more than what the model says of it.
    """
    letters = sum(map(str.isalnum, text))
    return encoder.count_tokens([text])[0] > SPELT_OUT * letters > 0


class SentenceTransformerEncoder:
    """An embedding model in a folder. Safe to use from several threads: they take turns."""

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise EncoderError(f"no embedding model in {folder}: {MEND}")
        for required in REQUIRED:
            if not (folder / required).is_file():
                raise EncoderError(f"the embedding model in {folder} lacks {required}: {MEND}")
        self.folder = folder
        self._lock, self._next = Lock(), Lock()

    @cached_property
    def name(self) -> str:
        """The folder's name and a fingerprint of the weights: their size and evenly spread samples of them."""
        path = self.folder / "model.safetensors"
        size = path.stat().st_size
        digest = hashlib.sha256(f"{size}:".encode())
        with path.open("rb") as weights:
            for sample in range(FINGERPRINT_SAMPLES):
                weights.seek(size * sample // FINGERPRINT_SAMPLES)
                digest.update(weights.read(4096))
        return f"{self.folder.name}@{digest.hexdigest()[:8]}"

    @cached_property
    def dimension(self) -> int:
        """Numbers of each vector, as the last module that states it has it. Raises EncoderError where none does."""
        for module in reversed(self._read_json("modules.json")):
            config = Path(module.get("path", "")) / "config.json"
            if (self.folder / config).is_file():
                entries = self._read_json(str(config))
                for key in ("out_features", "word_embedding_dimension", "embedding_dimension", "hidden_size"):
                    if key in entries:
                        return int(entries[key])
        raise EncoderError(f"the embedding model in {self.folder} does not state its dimension: {MEND}")

    @cached_property
    def max_tokens(self) -> int:
        """Tokens of the longest text that is encoded whole, without the model's own. Raises EncoderError where no file
        of the model states it."""
        config = "sentence_bert_config.json"
        stated = self._read_json(config).get("max_seq_length") if (self.folder / config).is_file() else None
        longest = stated or self._read_json("config.json").get("max_position_embeddings")
        if not longest:
            raise EncoderError(f"the embedding model in {self.folder} does not state how long a text it reads: {MEND}")
        return int(longest) - int(self._tokenizer.num_special_tokens_to_add(False))

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without the model's own; the model is not loaded. Raises EncoderError where the
        tokenizer cannot be read."""
        counts: list[int] = []
        for first in range(0, len(texts), 4096):  # bounds the memory of one call, not its result
            encodings = self._tokenizer.encode_batch_fast(list(texts[first : first + 4096]), add_special_tokens=False)
            counts += [len(encoding.ids) for encoding in encodings]
        return counts

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Raises EncoderError where the model cannot be loaded or returns a wrong shape or a NaN."""
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        by_length = shortest_first(texts, self)  # a batch is padded to its longest text
        with quickest_numbers() if len(texts) >= MANY else nullcontext():
            for first in range(0, len(texts), BATCH):
                rows = by_length[first : first + BATCH]
                with self._turn():
                    batch = self._model.encode(
                        [texts[row] for row in rows],
                        batch_size=BATCH,
                        normalize_embeddings=True,
                        show_progress_bar=False,
                    )
                vectors[rows] = checked(np.asarray(batch, dtype=np.float32), len(rows), self.dimension)
        return vectors

    def encode_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """The model's vectors of single tokens, special tokens among them; longer texts than it reads are cut.

        In the quickest numbers: they serve an order for one question, and a reader waits for it.
        """
        with self._turn(), quickest_numbers():
            found = self._model.encode(
                list(texts), batch_size=FEW, output_value="token_embeddings", show_progress_bar=False
            )
        encodings = self._tokenizer.encode_batch(list(texts))
        return [
            TokenVectors(rows / np.linalg.norm(rows, axis=1, keepdims=True), _starts(encoding, len(rows)))
            for rows, encoding in zip((np.asarray(rows, np.float32) for rows in found), encodings, strict=True)
        ]

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """One batch at a time, in the order of arrival: a question never waits for all of a long document."""
        with self._next:  # held while waiting, so that whoever has just had a turn stands behind
            self._lock.acquire()
        try:
            yield
        finally:
            self._lock.release()

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        # The library raises bare `Exception`, so what can be wrong is looked at first.
        self._read_json("tokenizer.json")
        tokenizer = Tokenizer.from_file(str(self.folder / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer

    @cached_property
    def _model(self) -> SentenceTransformer:
        os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "1"  # read when the libraries are imported
        from safetensors import SafetensorError
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # "Loading weights" would run across the terminal
        try:
            return SentenceTransformer(str(self.folder), device="cpu", local_files_only=True)
        except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise EncoderError(f"the embedding model in {self.folder} cannot be loaded ({reason}): {MEND}") from error

    def _read_json(self, name: str) -> Any:  # noqa: ANN401  (JSON)
        try:
            return json.loads((self.folder / name).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise EncoderError(f"{self.folder / name} cannot be read ({error}): {MEND}") from error


def _starts(encoding: Encoding, tokens: int) -> NDArray[np.int64]:
    """Where the first `tokens` tokens begin; of a text that was cut the last one is the model's own."""
    starts = [
        -1 if special else start
        for (start, _), special in zip(encoding.offsets, encoding.special_tokens_mask, strict=True)
    ]
    if len(starts) > tokens:
        starts = [*starts[: tokens - 1], -1]
    return np.array(starts, np.int64)


def shortest_first(texts: Sequence[str], encoder: Encoder) -> list[int]:
    """The rows of `texts` by their tokens, ties by row: neighbours then pad each other least.

    Characters do not tell: passages sized in tokens differ in them by what they are about (benchmarks/LOG.md).
    """
    if len(texts) <= 1:
        return list(range(len(texts)))
    counts = encoder.count_tokens(texts)
    return sorted(range(len(texts)), key=counts.__getitem__)


def quickest_numbers() -> AbstractContextManager[object]:
    """Products in bfloat16 where the processor multiplies such numbers by itself, else in float32 as ever.

    Sums, norms and what comes out stay in float32: cosines to the vectors of float32 are above 0.9999. Where neither
    AMX nor AVX-512 can do it float32 stays: there bfloat16 may only be imitated.
    """
    import torch

    if any(torch.cpu.get_capabilities().get(unit, False) for unit in ("amx_bf16", "avx512_bf16")):
        return torch.autocast("cpu", torch.bfloat16)
    return nullcontext()


def checked(vectors: Vectors, count: int, dimension: int) -> Vectors:
    """`vectors` as they are, if they are what `count` texts must give; else EncoderError with both shapes."""
    if vectors.shape != (count, dimension):
        raise EncoderError(
            f"the embedding model returned vectors of shape {vectors.shape} where {(count, dimension)} was expected"
        )
    bad = int((~np.isfinite(vectors).all(axis=1)).sum())
    if bad:
        raise EncoderError(f"the embedding model returned {bad} of {count} vectors that hold no numbers: {MEND}")
    return vectors
