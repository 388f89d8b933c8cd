"""Keeping to a source's words: what goes on in it is preferred by a margin, and by no more. Tokens are words here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rag.copying import MARGIN, SHORTEST, copying
from rag.drawing import Choice, drawing, likeliest
from rag.generate import LlamaGenerator
from rag.generator import Piece
from rag.prompt import Prompt, Turn
from rag.records import ModelIdentity

SOURCE = "the lake lies 15 kilometres east of town and 20 miles from here ."
WORDS = [*dict.fromkeys(SOURCE.split()), "kilometers", "near", "<end>"]
FIXED = (".", "<end>", "15", "20")


def choose_after(written: str, source: str = SOURCE) -> Choice:
    """A choice that has written these words, each of which was by far the likeliest."""
    choose = copying([WORDS.index(word) for word in source.split()], lambda token: WORDS[token] in FIXED)
    for word in written.split():
        assert WORDS[choose(logits({word: 50.0}))] == word
    return choose


def logits(of: Mapping[str, float]) -> NDArray[np.float32]:
    return np.array([of.get(word, -20.0) for word in WORDS], np.float32)


@pytest.mark.parametrize(
    ("written", "likelier", "expected"),
    [
        pytest.param("lies 15", MARGIN / 2, "kilometres", id="hardly likelier: the source's own"),
        pytest.param("lies 15", MARGIN * 2, "kilometers", id="much likelier: as the model would"),
        pytest.param("of 15", MARGIN / 2, "kilometers", id="one word in common is not the same place"),
        pytest.param("15", MARGIN / 2, "kilometers", id="nothing before it yet"),
        pytest.param("", MARGIN / 2, "kilometers", id="the very first word"),
    ],
)
def test_what_goes_on_in_the_source_is_preferred(written: str, likelier: float, expected: str) -> None:
    choose = choose_after(written)
    assert WORDS[choose(logits({"kilometres": 0.0, "kilometers": likelier}))] == expected


def test_a_sentence_that_ends_is_let_end() -> None:
    for end in (".", "<end>"):
        assert WORDS[choose_after("lies 15")(logits({end: 0.1, "kilometres": 0.0}))] == end


@pytest.mark.parametrize(("likeliest", "other"), [("20", "15"), ("near", "15")])
def test_a_number_is_neither_changed_nor_put_in(likeliest: str, other: str) -> None:
    assert WORDS[choose_after("lake lies")(logits({likeliest: 0.1, other: 0.0}))] == likeliest


def test_what_goes_on_anywhere_in_the_source_is_left_as_it_is() -> None:
    source = "the lake lies east of town and here lies east kilometres"
    assert WORDS[choose_after("lake lies east", source)(logits({"kilometres": 0.1, "of": 0.0}))] == "kilometres"


def test_of_two_places_the_one_with_more_before_it_counts() -> None:
    source = "the lake lies east of town and here lies east kilometres"
    assert WORDS[choose_after("lake lies east", source)(logits({"miles": 0.2, "kilometres": 0.1, "of": 0.0}))] == "of"


def test_an_end_of_the_source_and_an_empty_one_are_no_places() -> None:
    assert SHORTEST > 1
    for source in ("", "here", "town from here"):
        choose = choose_after("from here", source)
        assert WORDS[choose(logits({"east": 0.1, "town": 0.0}))] == "east"


@pytest.mark.slow
def test_a_model_keeps_to_the_source_of_its_prompt_and_not_where_tokens_are_drawn(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.copying.MARGIN", 1e9)
    generator = LlamaGenerator(tiny_model, ModelIdentity("tiny", ""), 256, threads=1)
    asked = Prompt((Turn("user", ("Tell me about the harbour.",)),))

    def write(prompt: Prompt, choose: Choice = likeliest) -> list[str]:
        return [event.text for event in generator.stream(prompt, 8, choose=choose) if isinstance(event, Piece)]

    begun = "".join(write(asked)[: SHORTEST + 1])
    keeping = replace(asked, source=f"{begun} harbours and quays and piers")
    assert "".join(write(keeping)).startswith(f"{begun} harbours and")
    assert write(keeping, drawing(1.0, 1)) == write(asked, drawing(1.0, 1))
