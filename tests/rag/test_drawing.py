"""Tokens drawn from logits: the nucleus and its shares by a plain reference, the same again by the same seed.

Last with the real llama.cpp and a tiny model, of which only that is of interest.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rag.drawing import NUCLEUS, Choice, drawing, likeliest
from rag.generate import LlamaGenerator
from rag.generator import Piece
from rag.prompt import Prompt, Turn
from rag.records import ModelIdentity

HOT = 1.0
DRAWS = 4000


def nucleus(logits: NDArray[np.float32], temperature: float) -> dict[int, float]:
    """The ids of the nucleus, best first, and their shares of it: everything is sorted, one after another is added."""
    weights = np.exp((logits - logits.max()).astype(np.float64) / temperature)
    shares = weights / weights.sum()
    found: dict[int, float] = {}
    for token in sorted(range(len(shares)), key=lambda token: (-shares[token], token)):
        if sum(found.values()) >= NUCLEUS:
            break
        found[token] = float(shares[token])
    return {token: share / sum(found.values()) for token, share in found.items()}


def logits_of(size: int, spread: float) -> NDArray[np.float32]:
    return (np.random.default_rng(size).normal(size=size) * spread).astype(np.float32)


def test_nothing_is_drawn_at_temperature_0() -> None:
    assert drawing(0.0, 7) is likeliest
    assert likeliest(np.array([1, 3, 2, 3], np.float32)) == 1, "of two that are equal the lower id"


@pytest.mark.parametrize("temperature", [0.3, HOT])
@pytest.mark.parametrize(
    "logits",
    [
        pytest.param(logits_of(50, 2.0), id="a few"),
        pytest.param(logits_of(3000, 3.0), id="a vocabulary"),
        pytest.param(np.zeros(40, np.float32), id="all equal"),
        pytest.param(np.array([0, 9, -np.inf, 9], np.float32), id="one impossible"),
        pytest.param(np.array([5], np.float32), id="one alone"),
    ],
)
def test_what_is_drawn_is_the_nucleus_by_its_shares(logits: NDArray[np.float32], temperature: float) -> None:
    shares = nucleus(logits, temperature)
    choose = drawing(temperature, seed=1)
    counts = Counter(choose(logits) for _ in range(DRAWS))
    assert counts.keys() <= shares.keys()
    for token, share in shares.items():
        assert counts[token] / DRAWS == pytest.approx(share, abs=5 * (share * (1 - share) / DRAWS) ** 0.5 + 1e-3)


def test_the_same_seed_draws_the_same_and_another_does_not() -> None:
    logits = logits_of(1000, 1.0)
    first, again, other = ([choose(logits) for _ in range(50)] for choose in (drawing(HOT, s) for s in (1, 1, 2)))
    assert first == again
    assert first != other


def test_the_colder_the_likelier() -> None:
    logits = logits_of(1000, 1.0)
    drawn = [[choose(logits) for _ in range(500)] for choose in (drawing(heat, 1) for heat in (1e-3, 0.3, HOT))]
    hits = [tokens.count(likeliest(logits)) for tokens in drawn]
    assert hits[0] == 500
    assert hits[0] > hits[1] > hits[2]


@pytest.mark.slow
def test_a_text_follows_from_the_seed(tiny_model: Path) -> None:
    generator = LlamaGenerator(tiny_model, ModelIdentity("tiny", ""), 256, threads=1)
    asked = Prompt((Turn("user", ("Tell me about the harbour.",)),))

    def write(choose: Choice) -> list[str]:
        return [event.text for event in generator.stream(asked, 12, choose=choose) if isinstance(event, Piece)]

    plain = [event.text for event in generator.stream(asked, 12) if isinstance(event, Piece)]
    first, again, *others = (write(drawing(HOT, seed)) for seed in (1, 1, 2, 3))
    assert first == again
    assert all(other != first for other in others)
    assert write(drawing(0.0, 1)) == plain, "and what was drawn before changes nothing"
