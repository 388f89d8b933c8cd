"""Passages of other languages take more tokens, as far as the model reads them."""

from __future__ import annotations

import pytest

from index.prepare import LONGER, passages_of
from index.records import Document
from tests.fakes import HashingEncoder

TEXT = " ".join(f"Sentence number {number} says a thing or two." for number in range(60))
TOKENS = 40


def longest(language: str, encoder: HashingEncoder) -> int:
    paper = Document("a", "a.txt", "A", "txt", TEXT, (), (), None, None, "2026-01-01")
    return max(encoder.count_tokens([passage.text for passage in passages_of(paper, language, encoder, TOKENS)]))


@pytest.mark.parametrize("language", ["en", *LONGER])
def test_a_passage_takes_as_many_tokens_as_its_language_needs(language: str) -> None:
    budget = TOKENS * LONGER.get(language, 1)
    assert budget * 0.8 < longest(language, HashingEncoder()) <= budget


def test_never_more_than_the_model_reads() -> None:
    assert longest("ru", HashingEncoder(max_tokens=50)) <= 50
