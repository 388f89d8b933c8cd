"""The configuration of the index: one frozen value, built once at an edge and passed down."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """Where the store lies and how passages are cut and found.

    `passage_tokens` counts the embedding model's own tokens. `candidates` is the length of each of the two ranked
    lists before fusion. `column_weights` are those of BM25 for title, heading and body, `fusion_weights` those of the
    lexical and the dense score, and `spelt_out_weights` those for a query in a language that the embedding model was
    not made for.
    """

    home: Path
    passage_tokens: int = 96
    candidates: int = 50
    column_weights: tuple[float, float, float] = (1.0, 1.0, 1.0)
    fusion_weights: tuple[float, float] = (0.3, 0.7)
    spelt_out_weights: tuple[float, float] = (0.6, 0.4)

    @property
    def store_path(self) -> Path:
        return self.home / "library.sqlite3"

    @property
    def sidecar_path(self) -> Path:
        return self.home / "passages.faiss"
