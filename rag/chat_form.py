"""Prompts in the form that a model was trained on: its own chat template, rendered around the parts of a prompt.

The template sees marks in place of the parts, so that what stands in a document or a question can never be taken for
a control token. Knows nothing of tokens; `generate` makes them of the segments that this gives out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rag.prompt import Prompt, Turn

# Where a template begins a thought for the model, or leaves it to choose a channel, as that of gpt-oss does.
_THINKING = re.compile(r"<(think|thinking)>\s*\Z")
_CHOOSING = re.compile(r"<\|start\|>assistant\Z")
_MARK = re.compile(r"FOOTNOTEPART(\d+)OF(\d+)END")


@dataclass(frozen=True, slots=True)
class Segment:
    """What the template puts before a part, and the part's own text.

    Behind the last part stands what is the template's alone, and then the answer's opening, if it has one.
    """

    scaffold: str
    text: str = ""


class ChatForm:
    """One model's chat template; `formatter` is what llama-cpp-python makes of it. A model that thinks first is asked
    not to, and where its template does not heed that, finds its thought already ended."""

    def __init__(self, formatter: Callable[..., Any]) -> None:
        self._formatter = formatter

    def segments(self, prompt: Prompt) -> list[Segment] | None:
        """The prompt as the model is to read it, or None where the template drops what it is given."""
        turns = prompt.turns
        rendered = self._rendered(turns)
        if rendered is None and turns[0].role == "system":
            # A template without a system role: its text opens the first turn of the user instead.
            system, first, *rest = turns
            turns = (Turn("user", (f"{''.join(system.parts)}\n\n", *first.parts)), *rest)
            rendered = self._rendered(turns)
        if rendered is None:
            return None
        segments, position = [], 0
        for match in _MARK.finditer(rendered):
            text = turns[int(match.group(1))].parts[int(match.group(2))]
            segments.append(Segment(rendered[position : match.start()], text))
            position = match.end()
        ending = [Segment(_answering(rendered[position:]))]
        return [*segments, *ending, *([Segment("", prompt.opening)] if prompt.opening else [])]

    def _rendered(self, turns: tuple[Turn, ...]) -> str | None:
        """The chat template around marks that stand for the parts, or None where it lost one of them."""
        import jinja2

        marks = [[f"FOOTNOTEPART{t}OF{p}END" for p in range(len(turn.parts))] for t, turn in enumerate(turns)]
        messages = [{"role": turn.role, "content": "".join(names)} for turn, names in zip(turns, marks, strict=True)]
        try:
            text: str = self._formatter(messages=messages, enable_thinking=False).prompt
        except (ValueError, jinja2.TemplateError):
            return None
        expected = [name for names in marks for name in names]
        return text if [match.group() for match in _MARK.finditer(text)] == expected else None


def _answering(scaffold: str) -> str:
    """The end of a prompt, from which on the model answers: a thought that was begun for it is ended."""
    if thought := _THINKING.search(scaffold):
        return f"{scaffold}\n</{thought[1]}>\n\n"
    return f"{scaffold}<|channel|>final<|message|>" if _CHOOSING.search(scaffold) else scaffold
