"""The page asked without a browser says what the page says, and a fault of the page is a fault of the measurement."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from benchmarks import page
from benchmarks.process import free_port
from tests.rag.ui.fake_assistant import FakeAssistant
from tests.rag.ui.serving import serving


@pytest.fixture(scope="module")
def assistant() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture(scope="module")
def port(assistant: FakeAssistant) -> Iterator[int]:
    with serving(lambda: assistant) as address:
        yield urlsplit(address).port or 0


def test_a_question_reaches_the_assistant_and_its_answer_comes_back(port: int, assistant: FakeAssistant) -> None:
    question = "Why did Russia close its mission to NATO?"
    shown = page.ask(port, question)
    assert assistant.asked == [question]
    assert question in shown
    assert shown.count("fn-supported") == 2


def test_a_refusal_is_an_answer(port: int) -> None:
    assert "fn-declined" in page.ask(port, "Will this decline the mission?")


def test_what_the_page_cannot_answer_is_a_fault(port: int) -> None:
    with pytest.raises(page.PageFault, match="footnote models fetch"):
        page.ask(port, "Is this a missing model of the mission?")


def test_a_page_that_is_there_answers_and_one_that_is_not_does_not(port: int) -> None:
    assert page.answers(port)
    assert not page.answers(free_port())
