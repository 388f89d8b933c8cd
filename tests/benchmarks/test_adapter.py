"""Examples in packs for fitting the adapter: each sees its own text and itself, as if it stood alone."""

from __future__ import annotations

from itertools import pairwise

import pytest

from benchmarks.adapter import PACK, packed
from benchmarks.lowrank import Pack
from rag import templates

pytestmark = pytest.mark.slow  # imports torch


class Words:
    """A tokenizer of words, each a number of its own."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}

    def encode(self, text: str, add_special_tokens: bool) -> list[int]:
        return [self.known.setdefault(word, len(self.known)) for word in text.split()]


def packs(texts: int, of_each: int) -> tuple[list[Pack], Words]:
    words = Words()
    examples = [
        {"text": f"Text {text} says much.", "claim": f"It says {claim}.", "holds": claim % 2 == 0}
        | ({"question": f"What does {text} say?"} if text % 2 else {})
        for text in range(texts)
        for claim in range(of_each)
    ]
    return list(packed(examples, words, templates.load())), words


def seen(pack: Pack, end: int) -> list[int]:
    """The tokens that the one at `end` may look at, in order."""
    row = pack.mask()[0, 0, end]
    return [token for token, weight in zip(pack.tokens, row.tolist(), strict=True) if weight == 0]


def test_each_example_sees_its_text_and_itself_at_their_own_places() -> None:
    (pack,), words = packs(texts=2, of_each=3)
    assert len(pack.ends) == 6
    for end, example in pack.ends:
        spelt = [word for token in seen(pack, end) for word, number in words.known.items() if number == token]
        assert example["text"] in " ".join(spelt)
        assert example["claim"] in " ".join(spelt)
        assert "".join(spelt).count("Itsays") == 1
        assert ("Question:" in spelt) == ("question" in example)
        assert pack.places[end] == len(spelt) - 1


def test_a_text_that_does_not_fit_with_all_its_examples_stands_in_several_packs() -> None:
    found, _ = packs(texts=3, of_each=40)
    assert len(found) > 1
    assert sum(len(pack.ends) for pack in found) == 120
    for pack in found:
        assert len(pack.tokens) <= PACK
        assert all(one < two for (one, _), (two, _) in pairwise(pack.ends))
        assert all(len(seen(pack, end)) == pack.places[end] + 1 for end, _ in pack.ends)
