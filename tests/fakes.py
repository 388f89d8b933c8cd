"""Stand-ins that implement the protocols of the model seams honestly, without any model."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


class HashingEncoder:
    """A bag of hashed words: texts that share words are near, and the same text always has the same vector."""

    def __init__(self, name: str = "hashing", dimension: int = 64, max_tokens: int = 254) -> None:
        self.name = name
        self.dimension = dimension
        self.max_tokens = max_tokens
        self.encoded = 0  # texts so far

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (len(texts), dimension), rows of length 1."""
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for word in re.findall(r"\w+", text.casefold()) or [text]:
                digest = hashlib.sha256(word.encode()).digest()
                row[int.from_bytes(digest[:4]) % self.dimension] += 1 if digest[4] % 2 else -1
            row[0] += 1e-3  # words that cancel out still leave a direction
        self.encoded += len(texts)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Words and marks, as a word-piece model without a vocabulary of pieces would count them."""
        return [len(re.findall(r"\w+|[^\w\s]", text)) for text in texts]
