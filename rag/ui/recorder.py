"""Answers of the page and of programs kept for `footnote replay`, each with what produced it.

Stands between the queue and the assistant. A fault in keeping an answer is told and costs no answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace

from rag.errors import FAULTS, in_words
from rag.opening import Opening
from rag.recording import Records
from rag.records import Answer, Done, Event, Exchange


class Recorder:
    """Asks, and keeps what comes of it."""

    def __init__(self, opening: Opening, records: Records) -> None:
        self._opening = opening
        self._records = records
        self._trouble = ""

    @property
    def trouble(self) -> str:
        """Why answers are not being recorded, in one line; "" while they are."""
        return self._trouble

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Exchange] = (),
        documents: Collection[str] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Iterator[Event]:
        """The events of `Opening.ask`."""
        for event in self._opening.ask(question, history=history, documents=documents, cancelled=cancelled):
            if isinstance(event, Done):  # the answer still has the model: nothing can have changed since it began
                self._keep(event.answer, tuple(documents or ()))
            yield event

    def _keep(self, answer: Answer, documents: tuple[str, ...]) -> None:
        try:
            circumstances = replace(self._opening.assistant().circumstances, documents=documents)
            self._records.keep(answer, circumstances)
        except FAULTS as error:  # what produced it may have to be read, too
            self._trouble = in_words(error)
        else:
            self._trouble = ""
