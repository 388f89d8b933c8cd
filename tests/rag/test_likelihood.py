"""How probable a question is after its passages, by the real llama.cpp with a tiny model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rag import prompt, templates
from rag.errors import Cancelled, ModelError
from rag.generate import CHUNK_TOKENS, LlamaGenerator
from rag.generator import Piece
from rag.prompt import Prompt
from rag.records import ModelIdentity, Reading
from tests.rag.dossier import hits

TEMPLATES = templates.load()
HITS = hits("The liaison mission opened in Moscow in May 2002. Its chief was a general from Hungary. " * 2)
NEAR, FAR = (
    "Who was the chief of the liaison mission in Moscow?",
    "Which violin did the plumber sell to his grandmother?",
)
CONTEXT = 768

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=[(), (20,)], ids=["template's end apart", "template's end with the question"])
def generator(tiny_model: Path, request: pytest.FixtureRequest) -> LlamaGenerator:
    return LlamaGenerator(tiny_model, ModelIdentity("tiny", ""), CONTEXT, threads=1, layers=request.param)


def asking(question: str, alone: bool = False) -> Prompt:
    return prompt.asking(question, () if alone else HITS, TEMPLATES)


def likelihood(
    generator: LlamaGenerator,
    question: str,
    alone: bool = False,
    cancelled: Callable[[], bool] = lambda: False,
    text: str = "",
    aside: bool = False,
) -> float:
    steps = generator.likelihood(asking(question, alone), text or question, cancelled, aside=aside)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return float(end.value)


def test_passages_make_a_question_about_them_more_probable_and_another_one_hardly(generator: LlamaGenerator) -> None:
    gains = [likelihood(generator, text) - likelihood(generator, text, alone=True) for text in (NEAR, FAR)]
    assert gains[0] > 5
    assert gains[0] > gains[1] + 5


def test_it_does_not_depend_on_what_was_read_before(generator: LlamaGenerator) -> None:
    first = likelihood(generator, NEAR)
    assert first < 0
    assert likelihood(generator, NEAR) == first
    likelihood(generator, FAR, alone=True)
    assert likelihood(generator, NEAR) == first


@pytest.mark.parametrize("words", [1, 3, 60, 150, 390])
def test_a_longer_end_of_the_part_is_less_probable_whatever_chunks_it_lies_in(
    generator: LlamaGenerator, words: int
) -> None:
    question = " ".join(["Who", *["and when and why"] * 100, "was it?"])
    ends = [" ".join(question.split()[-count:]) for count in (words, words + 1)]
    shorter, longer = (likelihood(generator, question, alone=True, text=f" {end}") for end in ends)
    assert longer < shorter < 0
    assert len(question.split()) > CHUNK_TOKENS


def test_read_aside_it_leaves_no_trace(generator: LlamaGenerator) -> None:
    read = prompt.answering(NEAR, HITS, TEMPLATES)
    written = [event.text for event in generator.stream(read, 8) if isinstance(event, Piece)]
    seen = likelihood(generator, FAR, alone=True, aside=True)
    again = list(generator.stream(read, 8))
    assert [event.text for event in again if isinstance(event, Piece)] == written
    first = next(event for event in again if isinstance(event, Reading))
    assert first.total - first.done <= CHUNK_TOKENS, "what was read before is still there"
    assert likelihood(generator, FAR, alone=True) == seen


def test_what_was_read_for_it_is_not_read_again(generator: LlamaGenerator) -> None:
    likelihood(generator, NEAR)
    kept, *others = generator.stream(asking(NEAR), 4)
    assert isinstance(kept, Reading)
    end = len(generator._segments(asking(NEAR))[-1])
    assert kept.total - kept.done <= end, "nothing but the template's own end, where that is read apart"
    written = [event.text for event in others if isinstance(event, Piece)]
    list(generator.stream(asking(FAR), 1))
    assert [event.text for event in generator.stream(asking(NEAR), 4) if isinstance(event, Piece)] == written


def test_where_the_template_ends_makes_no_difference_but_that_of_rounding(tiny_model: Path) -> None:
    apart, together = (
        LlamaGenerator(tiny_model, ModelIdentity("tiny", ""), CONTEXT, threads=1, layers=layers)
        for layers in ((), (20,))
    )
    for question in (NEAR, " ".join([NEAR] * 40)):
        assert likelihood(together, question) == pytest.approx(likelihood(apart, question), abs=0.1)


def test_a_model_that_has_read_nothing_can_read_aside(tiny_model: Path) -> None:
    fresh = LlamaGenerator(tiny_model, ModelIdentity("tiny", ""), CONTEXT, threads=1)
    assert likelihood(fresh, NEAR, aside=True) == likelihood(fresh, NEAR)


def test_cancelled_it_keeps_what_is_sound(generator: LlamaGenerator) -> None:
    long = " ".join([NEAR] * 50)
    expected = likelihood(generator, long)
    likelihood(generator, FAR, alone=True)
    looks = iter([False])
    with pytest.raises(Cancelled):
        likelihood(generator, long, cancelled=lambda: next(looks, True))
    assert likelihood(generator, long) == expected


def test_a_question_that_does_not_fit_is_a_fault(generator: LlamaGenerator) -> None:
    with pytest.raises(ModelError, match=rf"\b{CONTEXT}\b"):
        likelihood(generator, "why? " * CONTEXT)
