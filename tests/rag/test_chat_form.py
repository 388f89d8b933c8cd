"""Prompts around chat templates: what models read, whatever their template does with it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import jinja2
import pytest

from rag.chat_form import ChatForm, Segment
from rag.prompt import Prompt, Turn

ASKING = Prompt((Turn("system", ("Answer.",)), Turn("user", ("It opened in May.", "When?"))))
TURNS = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n"
)


def form(template: str) -> ChatForm:
    compiled = jinja2.Template(template, keep_trailing_newline=True)

    def formatter(messages: list[dict[str, str]], **chosen: bool) -> Any:  # noqa: ANN401  (as llama-cpp-python has it)
        return SimpleNamespace(prompt=compiled.render(messages=messages, **chosen))

    return ChatForm(formatter)


def ending(template: str) -> str:
    segments = form(template).segments(ASKING)
    assert segments is not None
    assert [segment.text for segment in segments] == ["Answer.", "It opened in May.", "When?", ""]
    return segments[-1].scaffold


@pytest.mark.parametrize(
    ("begun", "answered"),
    [
        pytest.param("", "", id="does not think"),
        pytest.param("<think>\n", "<think>\n\n</think>\n\n", id="thinks whatever it is told"),
        pytest.param("<thinking>", "<thinking>\n</thinking>\n\n", id="another word"),
        pytest.param("{% if enable_thinking %}<think>{% endif %}", "", id="heeds that it should not"),
        pytest.param("<think>\n\n</think>\n\n", "<think>\n\n</think>\n\n", id="has ended its thought"),
    ],
)
def test_a_model_begins_with_its_answer(begun: str, answered: str) -> None:
    assert ending(TURNS + begun) == f"<|im_end|>\n<|im_start|>assistant\n{answered}"


def test_a_model_with_channels_begins_in_that_of_the_answer() -> None:
    template = (
        "{% for m in messages %}<|start|>{{ m.role }}<|message|>{{ m.content }}<|end|>{% endfor %}<|start|>assistant"
    )
    assert ending(template) == "<|end|><|start|>assistant<|channel|>final<|message|>"


def test_a_template_without_a_system_role_has_its_text_with_the_first_question() -> None:
    template = "{% for m in messages if m.role == 'user' %}[{{ m.content }}]{% endfor %}"
    assert form(template).segments(ASKING) == [
        Segment("[", "Answer.\n\n"),
        Segment("", "It opened in May."),
        Segment("", "When?"),
        Segment("]"),
    ]


def test_a_template_that_drops_what_it_is_given_is_none() -> None:
    assert form("{{ messages[0].role }}").segments(ASKING) is None
