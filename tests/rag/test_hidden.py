"""The hidden state at the end of a prompt, by the real llama.cpp with a tiny model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import rag
from rag import prompt, templates
from rag.confidence import load
from rag.errors import Cancelled, ModelInvalid
from rag.generate import LlamaGenerator
from rag.generator import Piece, result_of
from rag.hidden import mean, summed
from rag.models import identity
from rag.passes import Purpose
from rag.prompt import Prompt
from rag.records import ModelIdentity, Reading
from rag.settings import Settings
from tests.rag.dossier import hits

TEMPLATES = templates.load()
HITS = hits("The liaison mission opened in Moscow in May 2002. Its chief was a general from Hungary. " * 2)
CONTEXT, LAYER, WIDTH = 768, 20, 576

pytestmark = pytest.mark.slow


def opened(model: Path, *layers: int) -> LlamaGenerator:
    return LlamaGenerator(model, ModelIdentity("tiny", ""), CONTEXT, threads=1, layers=layers)


@pytest.fixture(scope="module")
def generator(tiny_model: Path) -> LlamaGenerator:
    return opened(tiny_model, LAYER, LAYER - 1)


def answering(question: str) -> Prompt:
    return prompt.answering(question, HITS, TEMPLATES)


def state(generator: LlamaGenerator, question: str) -> NDArray[np.float32]:
    return result_of(generator.states(answering(question)))[LAYER]


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
    assert answer == written(opened(tiny_model), "Who was the chief?")[1]


def test_only_layers_that_were_asked_for_and_that_there_are_have_states(tiny_model: Path) -> None:
    question = answering("Who was the chief?")
    assert result_of(opened(tiny_model).states(question)) == {}
    assert result_of(opened(tiny_model, LAYER, 99).states(question)).keys() == {LAYER}


def test_a_layer_has_the_same_state_whatever_others_are_asked_for(generator: LlamaGenerator, tiny_model: Path) -> None:
    question = answering("Who was the chief?")
    both, alone = result_of(generator.states(question)), result_of(opened(tiny_model, LAYER).states(question))
    assert np.array_equal(both[LAYER], alone[LAYER])
    assert not np.array_equal(both[LAYER], both[LAYER - 1])


def test_what_is_read_aside_has_the_state_of_its_layer_and_changes_no_answer(
    generator: LlamaGenerator, tiny_model: Path
) -> None:
    question, other = answering("Who was the chief?"), answering("When did it open?")
    expected, answer = result_of(opened(tiny_model, LAYER - 1).states(other)), written(generator, "Who was the chief?")
    aside = result_of(generator.state_aside(other, LAYER - 1))
    assert np.array_equal(aside[LAYER - 1], expected[LAYER - 1])
    assert written(generator, "Who was the chief?")[1] == answer[1]
    assert np.array_equal(
        result_of(generator.states(question))[LAYER], state(opened(tiny_model, LAYER), "Who was the chief?")
    )
    assert result_of(opened(tiny_model).state_aside(question, LAYER)) == {}


def test_nothing_above_the_layer_is_computed_aside(generator: LlamaGenerator) -> None:
    assert generator._tap
    generator._tap._caught.clear()
    assert result_of(generator.state_aside(answering("Who was the chief?"), LAYER - 1)).keys() == {LAYER - 1}
    assert generator._tap._caught.keys() == {LAYER - 1}


def test_what_is_written_brings_the_states_it_was_written_from(generator: LlamaGenerator) -> None:
    question = answering("Who was the chief?")
    read = result_of(generator.states(question))
    pieces = [event for event in generator.stream(question, 8) if isinstance(event, Piece)]
    first, *others = pieces
    assert first.tokens == 1
    assert np.array_equal(first.states[LAYER], read[LAYER]), "the first token comes from what was read"
    assert not np.array_equal(others[-1].states[LAYER], read[LAYER])
    again = [event for event in generator.stream(question, 8) if isinstance(event, Piece)]
    assert all(np.array_equal(one.states[LAYER], two.states[LAYER]) for one, two in zip(pieces, again, strict=True))


def test_sums_and_means_of_states() -> None:
    one, two = {1: np.array([1.0, 2.0], np.float32)}, {1: np.array([3.0, 4.0], np.float32)}
    assert summed([one, two])[1].tolist() == [4.0, 6.0]
    assert mean([one, two], 4)[1].tolist() == [1.0, 1.5]
    assert summed([]) == {}


def test_reading_for_a_state_can_be_stopped(generator: LlamaGenerator) -> None:
    with pytest.raises(Cancelled):
        list(generator.states(answering("Something else entirely?"), lambda: True))
    assert state(generator, "Who was the chief?").shape == (WIDTH,)


def test_reading_through_an_adapter_changes_that_reading_alone(answering_model: Path, real_settings: Settings) -> None:
    calibration = load(identity(answering_model, real_settings).sha256)
    assert calibration.stated
    assert "claims" in calibration.adapters
    layer = calibration.stated.layer
    model = LlamaGenerator(answering_model, ModelIdentity("", ""), CONTEXT, 2, [layer], calibration.adapters)
    question = answering("Who was the chief?")
    before = result_of(model.states(question))[layer]
    plain = result_of(model.state_aside(question, layer))[layer]
    adapted = result_of(model.state_aside(question, layer, adapted=True))[layer]
    assert np.array_equal(plain, before)
    assert not np.allclose(adapted, plain, rtol=0.01)
    assert np.array_equal(result_of(model.state_aside(question, layer))[layer], plain)
    assert np.array_equal(result_of(model.states(question))[layer], before)


@pytest.mark.parametrize("purpose", ["answers", "answerable"])
def test_question_and_answer_go_through_an_adapter_and_passages_do_not(
    answering_model: Path, real_settings: Settings, purpose: Purpose
) -> None:
    adapters = load(identity(answering_model, real_settings).sha256).adapters
    model = LlamaGenerator(answering_model, ModelIdentity("", ""), CONTEXT, 2, [LAYER], adapters)
    asked = prompt.answering("Who was the chief?", HITS, TEMPLATES, purpose=purpose)
    *passages, question = model._chunks(asked)
    assert {chunk.purpose for chunk in passages} == {None}
    assert question.purpose == purpose
    adapted = result_of(model.states(asked))[LAYER]
    first, *_ = model.states(replace(asked, purpose=None))
    assert first.done == first.total - len(question), "the passages were read again"
    plain = result_of(model.states(replace(asked, purpose=None)))[LAYER]
    assert not np.allclose(adapted, plain, rtol=0.01)
    without = LlamaGenerator(answering_model, ModelIdentity("", ""), CONTEXT, 2, [LAYER])
    assert np.array_equal(result_of(without.states(asked))[LAYER], plain)


def test_an_adapter_of_another_model_is_refused_by_name(tiny_model: Path) -> None:
    adapter = Path(rag.__file__).with_name("close_reading.gguf")
    with pytest.raises(ModelInvalid, match=r"close_reading\.gguf: it is no adapter for"):
        LlamaGenerator(tiny_model, ModelIdentity("", ""), CONTEXT, 1, [LAYER], {"claims": adapter}).count_tokens("one")
