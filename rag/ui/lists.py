"""Lists that are drawn anew for several reasons, so that an answer that comes late cannot undo a newer one.

gradio keeps the answers of one wire in order, and of no two: what a list holds is drawn by a single wire, with what
stands in the page when it sets out, and whatever changes the list only rings for it. (Wires are gradio's dependencies.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

import gradio as gr

# Past the queue, and what is chosen as the page sends it: gradio would refuse what has just gone from the list.
AS_SENT: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private", "preprocess": False}


def bell() -> gr.Textbox:
    """A part of the page that nobody sees: whenever it is given another text, the lists that listen are drawn anew."""
    return gr.Textbox(visible="hidden", label="Drawn anew", container=False)


def rung() -> str:
    """What a bell is given."""
    return uuid4().hex


def draw(triggers: Sequence[Any], drawing: Callable[..., Any], inputs: Sequence[Any], outputs: Sequence[Any]) -> None:
    """Draws `outputs` at each of `triggers`, one after another: what is triggered meanwhile is drawn once more."""
    gr.on(list(triggers), drawing, list(inputs), list(outputs), trigger_mode="always_last", **AS_SENT)
