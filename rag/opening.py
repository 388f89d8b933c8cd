"""The assistant behind the page and the programs: opened and warmed in the background, so that the page is there first.

Knows when it is ready and what went wrong; a later question tries again, so that a fault that was mended outside
(a model fetched, a folder made writable) needs no restart. Knows nothing of HTML or sessions.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Literal, Protocol

from index.records import Document, DocumentSummary, Hit, Ledger, Progress
from index.watch import Followed
from rag.errors import FAULTS, in_words
from rag.generator import Generator
from rag.records import CheckedText, Event, Exchange
from rag.settings import Settings

GRACE_SECONDS = 3.0

State = Literal["opening", "warming", "ready", "fault"]


class Documents(Followed, Protocol):
    """What the page needs of a library."""

    def documents(self) -> Sequence[DocumentSummary]: ...

    def document(self, reference: str) -> Document: ...

    def add(
        self, paths: Sequence[Path], progress: Callable[[Progress], None], cancelled: Callable[[], bool]
    ) -> Ledger: ...

    def remove(self, references: Sequence[str]) -> Ledger: ...

    def search(self, query: str, k: int) -> Sequence[Hit]: ...

    def close(self) -> None: ...


class Checking(Protocol):
    """What the page needs of a checker."""

    def check(
        self, text: str, question: str = ..., *, progress: Callable[[Progress], None], cancelled: Callable[[], bool]
    ) -> CheckedText: ...


class Answering(Protocol):
    """What the page needs of an assistant."""

    @property
    def library(self) -> Documents: ...

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Exchange] = ...,
        documents: Collection[str] | None = ...,
        cancelled: Callable[[], bool] = ...,
    ) -> Iterator[Event]: ...

    @property
    def checker(self) -> Checking: ...

    def adopt(self, settings: Settings, generator: Generator | None = ...) -> None: ...

    def pause(self) -> None: ...

    def warm(self) -> None: ...


class Opening:
    """Opens one assistant for the process, once, in the background. Usable from several threads."""

    def __init__(self, opener: Callable[[], Answering]) -> None:
        self._opener = opener
        self._lock = threading.Lock()
        self._changed = threading.Condition()
        self._visited = threading.Event()
        self._assistant: Answering | None = None
        self._state: State = "opening"
        self._message = ""

    def start(self, grace_seconds: float = GRACE_SECONDS) -> None:
        """Opens and warms in a thread of its own that does not keep the process alive.

        Loading models takes every core, so it leaves the page time to be fetched: it begins when somebody has the
        page, or after `grace_seconds`.
        """
        threading.Thread(target=self._open_and_warm, args=(grace_seconds,), name="warming", daemon=True).start()

    def visited(self) -> None:
        """Somebody has the page."""
        self._visited.set()

    @property
    def state(self) -> State:
        return self._state

    @property
    def message(self) -> str:
        """What is wrong, in one line; "" while nothing is."""
        return self._message

    def wait_for_change(self, state: State, timeout: float) -> State:
        """Returns the state as soon as it is another than `state`, at the latest after `timeout` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._state != state, timeout)
            return self._state

    @property
    def opened(self) -> Answering | None:
        """The assistant if it is open; None before, and after a fault."""
        return self._assistant

    def assistant(self) -> Answering:
        """The assistant, opened now if it is not open yet. Raises one of FAULTS."""
        with self._lock:
            if self._assistant is None:
                self._assistant = self._opener()
            return self._assistant

    def adopt(self, settings: Settings, generator: Generator | None = None) -> None:
        """Other settings count from the next question on. Another model is loaded in the background meanwhile; so is
        everything where it could not be opened before."""
        if self._assistant is None or generator is not None:
            self._enter("warming")
            threading.Thread(target=self._open_and_warm, args=(0.0, settings, generator), name="warming").start()
        else:
            self._assistant.adopt(settings)

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Exchange] = (),
        documents: Collection[str] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Iterator[Event]:
        """The events of answering. Whatever was wrong while warming is mended once a question goes through."""
        yield from self.assistant().ask(question, history=history, documents=documents, cancelled=cancelled)
        self._enter("ready")

    def close(self) -> None:
        with self._lock:
            if self._assistant is not None:
                self._assistant.library.close()

    def _open_and_warm(
        self, grace_seconds: float, settings: Settings | None = None, generator: Generator | None = None
    ) -> None:
        self._visited.wait(grace_seconds)
        try:
            assistant = self.assistant()
            if settings is not None:
                assistant.adopt(settings, generator)
            self._enter("warming")
            assistant.warm()
        except FAULTS as error:
            self._enter("fault", in_words(error))
        else:
            self._enter("ready")
        finally:
            if self._state not in ("ready", "fault"):  # a defect: its traceback is on its way to the terminal
                self._enter("fault", "The models could not be loaded; the terminal shows why.")

    def _enter(self, state: State, message: str = "") -> None:
        with self._changed:
            self._state, self._message = state, message
            self._changed.notify_all()
