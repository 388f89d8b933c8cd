"""The hidden state at the end of a prompt, by the real llama.cpp with a tiny model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rag import prompt, templates
from rag.errors import Cancelled, ModelError
from rag.generate import LlamaGenerator, Piece
from rag.prompt import Prompt
from rag.records import ModelIdentity, Reading
from tests.rag.dossier import hits

TEMPLATES = templates.load()
HITS = hits("The liaison mission opened in Moscow in May 2002. Its chief was a general from Hungary. " * 2)
CONTEXT, LAYER, WIDTH = 768, 20, 576

pytestmark = pytest.mark.slow


def opened(model: Path, layer: int | None = LAYER) -> LlamaGenerator:
    return LlamaGenerator(model, ModelIdentity("tiny", ""), CONTEXT, threads=1, layer=layer)


@pytest.fixture(scope="module")
def generator(tiny_model: Path) -> LlamaGenerator:
    return opened(tiny_model)


def answering(question: str) -> Prompt:
    return prompt.answering(question, HITS, TEMPLATES)


def state(generator: LlamaGenerator, question: str) -> NDArray[np.float32]:
    steps = generator.state(answering(question))
    while True:
        try:
            next(steps)
        except StopIteration as end:
            caught: NDArray[np.float32] = end.value
            return caught


def written(generator: LlamaGenerator, question: str) -> tuple[list[Reading], str]:
    events = list(generator.stream(answering(question), 8))
    return (
        [event for event in events if isinstance(event, Reading)],
        "".join(event.text for event in events if isinstance(event, Piece)),
    )


def test_a_state_is_that_of_its_prompt_whatever_was_read_before(generator: LlamaGenerator) -> None:
    chief, opening = state(generator, "Who was the chief?"), state(generator, "When did it open?")
    assert chief.shape == opening.shape == (WIDTH,)
    assert np.isfinite(chief).all()
    assert not np.array_equal(chief, opening)
    assert np.array_equal(state(generator, "Who was the chief?"), chief)
    written(generator, "Where was it?")
    assert np.array_equal(state(generator, "Who was the chief?"), chief)


def test_what_was_read_for_a_state_serves_the_answer_and_does_not_change_it(
    generator: LlamaGenerator, tiny_model: Path
) -> None:
    state(generator, "Who was the chief?")
    readings, answer = written(generator, "Who was the chief?")
    assert readings[0].done > readings[0].total * 0.9
    assert answer == written(opened(tiny_model, layer=None), "Who was the chief?")[1]


def test_a_generator_without_a_layer_says_so(tiny_model: Path) -> None:
    with pytest.raises(ModelError, match="without a layer"):
        state(opened(tiny_model, layer=None), "Who was the chief?")


def test_a_layer_that_the_model_does_not_have_is_named(tiny_model: Path) -> None:
    with pytest.raises(ModelError, match="no layer 99"):
        state(opened(tiny_model, layer=99), "Who was the chief?")


def test_reading_for_a_state_can_be_stopped(generator: LlamaGenerator) -> None:
    with pytest.raises(Cancelled):
        list(generator.state(answering("Something else entirely?"), lambda: True))
    assert state(generator, "Who was the chief?").shape == (WIDTH,)
