"""Answers of the page and of programs kept for `footnote replay`, each with what produced it.

Stands between the queue and the assistant. A fault in keeping an answer is told and costs no answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from rag.errors import RecordError
from rag.opening import Opening
from rag.recording import Records
from rag.records import Done, Event, Exchange


class Recorder:
    """Asks, and keeps what comes of it; `tell` hears why an answer is not kept."""

    def __init__(self, opening: Opening, records: Records, tell: Callable[[str], None] = lambda _: None) -> None:
        self._opening = opening
        self._records = records
        self._tell = tell
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
            if isinstance(event, Done):
                self._keep(event)
            yield event

    def _keep(self, done: Done) -> None:
        try:
            self._records.keep(done.answer, done.circumstances)
        except RecordError as error:
            self._trouble = str(error)
            self._tell(self._trouble)
        else:
            self._trouble = ""
