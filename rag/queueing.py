"""The one queue in front of the model: questions of the page, of programs and of tools are answered one at a time.

Whoever asks holds a `Place`: it says how many come before, brings the events of the answer, and is given up when its
holder goes away. In order of asking, without exception. Knows nothing of pages, HTTP or models: what answers is given.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

from rag.errors import Cancelled, QueueFull
from rag.records import Event, Exchange, Reading, Token, Waiting

MOST_WAITING = 100  # each holds a thread or a connection; a program that asks more at once has lost count
FRAME_SECONDS = 0.12  # drawing every token by itself takes the cores from the model that writes them

Happening = Waiting | Event


class Answers(Protocol):
    """What answers: the events of one question, as `Assistant.ask` gives them."""

    def __call__(
        self,
        question: str,
        *,
        history: Sequence[Exchange],
        documents: Collection[str] | None,
        cancelled: Callable[[], bool],
    ) -> Iterator[Event]: ...


class Place:
    """One question in the queue. Its happenings are taken by one reader; everything else is for any thread."""

    def __init__(
        self, queue: Queue, question: str, documents: Collection[str] | None, history: Sequence[Exchange]
    ) -> None:
        self.question = question
        self.history = tuple(history)
        self.documents = documents
        self._queue = queue
        self._changed = threading.Condition()
        self._happenings: list[Happening] = []
        self._left = False
        self._over = False
        self._fault: BaseException | None = None
        self._bell: Callable[[], None] = _nobody

    @property
    def before(self) -> int:
        """How many questions come first, the one being answered among them; 0 once it is this one's turn."""
        return self._queue.before(self)

    @property
    def left(self) -> bool:
        """Whether its holder has given it up."""
        return self._left

    @property
    def ended(self) -> bool:
        """Whether nothing more will come and everything was taken."""
        with self._changed:
            return self._over and not self._happenings

    def _silent(self) -> bool:
        """Whether there is nothing to wait for any more."""
        return self._left or self.ended

    def take(self, timeout: float | None = None) -> list[Happening]:
        """What has happened since, waiting for it up to `timeout` seconds; nothing at the end or when left."""
        with self._changed:
            self._changed.wait_for(lambda: self._happenings or self._over or self._left, timeout)
            taken, self._happenings = self._happenings, []
            return taken

    def frames(self, tick_seconds: float | None = None) -> Iterator[list[Happening]]:
        """What happens, that of one frame together, until the end or until the place is left.

        With `tick_seconds` an empty list comes whenever nothing has happened for so long.
        """
        while not self._silent():
            frame = self.take(tick_seconds)
            end = time.monotonic() + FRAME_SECONDS
            # Words and progress wait to be drawn together; passages and verdicts are shown at once.
            while frame and all(isinstance(one, Token | Reading) for one in frame):
                if (rest := end - time.monotonic()) <= 0:
                    break
                if self._silent():
                    break
                frame += self.take(rest)
            if frame or tick_seconds is not None:
                yield frame

    async def arriving(self) -> AsyncIterator[list[Happening]]:
        """What happens until the end, those of one frame together, without a thread that waits."""
        loop, rung = asyncio.get_running_loop(), asyncio.Event()

        def ring() -> None:
            with contextlib.suppress(RuntimeError):  # the loop was closed before the model was
                loop.call_soon_threadsafe(rung.set)

        with self._changed:
            self._bell = ring
        rung.set()  # for what came before
        try:
            while not self.ended:
                await rung.wait()
                rung.clear()
                if taken := self.take(0):
                    yield taken
                    await asyncio.sleep(FRAME_SECONDS)
        finally:
            with self._changed:
                self._bell = _nobody

    @property
    def fault(self) -> BaseException | None:
        """What ended the answering early, once it has: a fault, a defect, or Cancelled."""
        return self._fault

    def leave(self) -> None:
        """Gives the place up: those behind move on, and the model stops if it was at work on this question."""
        self._left = True
        self._queue.left(self)
        with self._changed:
            self._changed.notify_all()

    def tell(self, happening: Happening) -> None:
        with self._changed:
            self._happenings.append(happening)
            self._wake()

    def end(self, fault: BaseException | None = None) -> None:
        with self._changed:
            self._fault, self._over = fault, True
            self._wake()

    def _wake(self) -> None:
        self._changed.notify_all()
        self._bell()


class Queue:
    """Answers the questions of all places in turn, in a thread of its own. Usable from several threads."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._lock = threading.Lock()
        self._places: dict[Place, Future[None]] = {}  # in order; the first is being answered
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="answering")
        self._closed = False

    @property
    def busy(self) -> bool:
        """Whether any question is being answered or waits to be."""
        with self._lock:
            return bool(self._places)

    def join(self, question: str, documents: Collection[str] | None = None, history: Sequence[Exchange] = ()) -> Place:
        """A place at the end. `documents` are the ids of those to answer from, None meaning all; `history` is what was
        said before, oldest first. Raises QueueFull."""
        place = Place(self, question, documents, history)
        with self._lock:
            if self._closed:
                raise QueueFull("Footnote is being closed; ask again when it is back.")
            if len(self._places) > MOST_WAITING:
                raise QueueFull(f"{MOST_WAITING} questions are waiting already; ask again in a while.")
            if self._places:
                place.tell(Waiting(len(self._places)))
            self._places[place] = answering = self._worker.submit(self._answer, place)
        answering.add_done_callback(lambda future: self._over(place, future))
        return place

    def close(self) -> None:
        """Gives every place up; returns when the model is free."""
        with self._lock:
            self._closed = True
            places = list(self._places)
        for place in reversed(places):
            place.leave()
        self._worker.shutdown(wait=True)

    def before(self, place: Place) -> int:
        with self._lock:
            return list(self._places).index(place) if place in self._places else 0

    def left(self, place: Place) -> None:
        """A place that waits goes at once; the first goes when the model has noticed."""
        with self._lock:
            answering = self._places.get(place)
        if answering is not None:
            answering.cancel()

    def _answer(self, place: Place) -> None:
        if place.left:
            raise Cancelled("stopped before it began")
        place.tell(Waiting(0))
        for event in self._answers(
            place.question, history=place.history, documents=place.documents, cancelled=lambda: place.left
        ):
            place.tell(event)

    def _over(self, place: Place, answering: Future[None]) -> None:
        """Those behind move on. A defect belongs to whoever asked, like any fault: the next question is answered."""
        with self._lock:
            at = list(self._places).index(place)
            del self._places[place]
            for before, moved in enumerate(self._places):
                if before >= max(at, 1):
                    moved.tell(Waiting(before))
        never = answering.cancelled()
        place.end(Cancelled("stopped before it began") if never else answering.exception())


def _nobody() -> None:
    """Nobody listens for the bell."""
