"""The view in which any text is checked: a box for it, its sentences with their standing, and a stop.

Components, wires and handlers of gradio's events around `checks`. (No postponed annotations here: gradio recognises
`gr.Request` parameters by their evaluated annotations.)
"""

from collections.abc import Iterator
from typing import Any

import gradio as gr

from rag.checking import LONGEST_TEXT
from rag.ui.checks import Checks
from rag.ui.findings import check_html
from rag.ui.talk import name_of

_AT_ONCE: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}


class Inspection:
    """Each handler takes and returns values of components; none keeps state of its own."""

    def __init__(self, checks: Checks) -> None:
        self._checks = checks

    def build(self) -> None:
        """The view's components and wires."""
        with gr.Column(elem_id="inspection"):
            text = gr.Textbox(
                label="Text to check",
                placeholder="Paste a text here",
                lines=6,
                max_lines=14,
                max_length=LONGEST_TEXT,
                elem_id="check-text",
            )
            with gr.Row(elem_id="check-row"):
                check = gr.Button("Check", variant="primary", scale=0, min_width=110, elem_id="check")
                stop = gr.Button("Stop", variant="stop", scale=0, min_width=110, elem_id="stop-check")
            checked = gr.HTML(check_html(None), elem_id="checked", apply_default_css=False)
        for trigger in (check.click, text.submit):
            trigger(self.begin, [text], [checked], **_AT_ONCE).then(
                self.follow,
                None,
                [checked],
                concurrency_limit=None,
                show_progress="hidden",
                trigger_mode="multiple",
                api_visibility="private",
            )
        stop.click(self.stop, None, [checked], **_AT_ONCE)

    def begin(self, text: str, request: gr.Request) -> str:
        return check_html(self._checks.begin(name_of(request), text or ""))

    def follow(self, request: gr.Request) -> Iterator[str]:
        """The text as it is checked."""
        for check in self._checks.states(name_of(request)):
            yield check_html(check)

    def leave(self, request: gr.Request) -> None:
        self._checks.leave(name_of(request))

    def stop(self, request: gr.Request) -> str:
        return check_html(self._checks.stop(name_of(request)))
