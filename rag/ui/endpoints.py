"""Searching and asking as named endpoints of gradio: for its clients in Python and JavaScript, and for curl.

In the JSON forms of `rag.forms` but for one key: gradio's Python client takes whatever has a `path` for a file that it
must fetch, and no file is served; so that key is `document_path` here. (No postponed annotations here: gradio reads
the types of the parameters.)
"""

from collections.abc import Iterator
from typing import Any

import gradio as gr

from rag import forms
from rag.api.replies import stages
from rag.errors import FAULTS, in_words
from rag.opening import Opening
from rag.questions import readable
from rag.queueing import Place, Queue
from rag.records import Done
from rag.ui.talk import forget_caller

MOST_PASSAGES = 100
_TICK_SECONDS = 2.0  # how soon it is noticed that a client has gone away


class Endpoints:
    """Each method is one endpoint; a fault is an error of gradio with one line for a person."""

    def __init__(self, opening: Opening, queue: Queue) -> None:
        self._opening = opening
        self._queue = queue

    def search(self, query: str, k: int = 5) -> list[dict[str, Any]]:
        """The passages that fit best, best first, as `footnote search --json` prints them; no model that writes."""
        if type(k) is not int or not 1 <= k <= MOST_PASSAGES:
            raise gr.Error(f"k must be a whole number between 1 and {MOST_PASSAGES}", print_exception=False)
        query = _text(query, "query")
        try:
            hits = self._opening.assistant().library.search(query, k)
        except FAULTS as fault:
            raise gr.Error(in_words(fault), print_exception=False) from fault
        finally:
            forget_caller()
        return [_without_path(forms.hit_form(hit)) for hit in hits]

    def ask(self, question: str) -> Iterator[dict[str, Any]]:
        """At last the cited answer, as `footnote ask --json` prints it; before that, `{"progress": {"stage": ...}}`."""
        question = _text(question, "question")
        try:
            place = self._queue.join(readable(question))
        except FAULTS as fault:
            raise gr.Error(in_words(fault), print_exception=False) from fault
        try:
            yield from _told(place)
        finally:
            place.leave()
            forget_caller()


def _text(given: object, what: str) -> str:
    """gradio names the types of parameters to clients and does not look at what comes."""
    if not isinstance(given, str):
        raise gr.Error(f"the {what} must be a text", print_exception=False)
    return given


def _told(place: Place) -> Iterator[dict[str, Any]]:
    stage: dict[str, Any] = {"stage": "searching"}
    for batch in place.frames(_TICK_SECONDS):
        for stage in stages(batch):
            yield _without_path({"progress": stage})
        if batch and isinstance(batch[-1], Done):
            yield _without_path(forms.answer_form(batch[-1].answer))
        elif not batch:
            yield _without_path(
                {"progress": stage}
            )  # only at a piece of output does gradio look whether anybody is there
    fault = place.fault
    if isinstance(fault, FAULTS):
        raise gr.Error(in_words(fault), print_exception=False) from fault
    if fault is not None:
        raise fault


def _without_path(form: Any) -> Any:  # noqa: ANN401  (JSON in, JSON out)
    if isinstance(form, dict):
        return {"document_path" if key == "path" else key: _without_path(value) for key, value in form.items()}
    return [_without_path(one) for one in form] if isinstance(form, list) else form
