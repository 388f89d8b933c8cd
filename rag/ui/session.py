"""Who asks what: the turns of every open page, the one that is being answered, and the stop button.

Runs the assistant in a thread of its own and hands out turns; one question at a time goes through the model. Knows
nothing of HTML or gradio. Sessions live as long as the process; keeping conversations is another module's work.
"""

from __future__ import annotations

import contextlib
import functools
import queue
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from rag.errors import Cancelled
from rag.records import Event, Token
from rag.ui.opening import FAULTS, Opening, in_words
from rag.ui.turns import Source, Turn, key_of

SESSIONS_KEPT = 64
TURNS_KEPT = 100
UNEXPECTED = "Something unexpected went wrong; the terminal shows what. You can go on asking."
_POLL_SECONDS = 0.1  # how soon a stop is noticed while no event comes
FRAME_SECONDS = 0.12  # drawing every token by itself takes the cores from the model that writes them


@dataclass(slots=True)
class Asking:
    """A question on its way through the model; None in `events` ends them. `followed` once somebody reads them."""

    stop: threading.Event
    events: queue.SimpleQueue[Event | None]
    answering: Future[None]
    followed: bool = False


@dataclass(slots=True)
class Session:
    """One open page. `asking` belongs to the last turn."""

    turns: list[Turn] = field(default_factory=list)
    asking: Asking | None = None

    @property
    def busy(self) -> bool:
        return bool(self.turns) and not self.turns[-1].finished

    def stop(self) -> None:
        if self.asking is not None:
            self.asking.stop.set()


class Sessions:
    """All open pages of this process, the least recently used forgotten first. Usable from several threads."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._lock = threading.Lock()
        self._sessions: OrderedDict[str, Session] = OrderedDict()
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="answering")

    def turns(self, name: str) -> tuple[Turn, ...]:
        """The turns of a page, oldest first."""
        with self._lock:
            return tuple(self._session(name).turns)

    def begin(self, name: str, question: str) -> bool:
        """Sends a question on its way, to be followed by `run`; False while the page's last one is being answered."""
        with self._lock:
            session = self._session(name)
            if session.busy:
                return False
            others = [other.asking for other in self._sessions.values() if other.asking is not None]
            turn = Turn(key=secrets.token_hex(12), question=question)
            if all(asking.answering.done() for asking in others):
                turn = turn.started()
            session.turns = [*session.turns[1 - TURNS_KEPT :], turn]
            session.asking = self._asked(question)
            return True

    def run(self, name: str) -> Iterator[Turn]:
        """Follows the question that `begin` sent on its way, if nobody does yet: the turn as it grows."""
        with self._lock:
            session = self._session(name)
            asking = session.asking
            if asking is None or asking.followed:
                return
            asking.followed = True
            turn = session.turns[-1]
        if turn.finished:  # stopped before its turn came
            return
        try:
            if turn.stage == "waiting":
                turn = self._replace(session, turn.started())
                yield turn
            for batch in _arriving(asking):
                turn = self._replace(session, functools.reduce(Turn.after, batch, turn))
                yield turn
            if not turn.finished:
                turn = self._replace(session, _outcome(turn, asking))
                yield turn
        finally:
            asking.stop.set()  # the reader went away, or something broke: the model is free for the next question
            if not turn.finished:
                self._replace(session, turn.failed(UNEXPECTED))

    def stop(self, name: str) -> None:
        """Stops the page's question; what is there stays."""
        with self._lock:
            session = self._session(name)
            session.stop()
            if session.busy and session.asking is not None and not session.asking.followed:
                session.turns[-1] = session.turns[-1].stopped()

    def source(self, reference: str) -> Source | None:
        """What a link of any answer of this process points at; None for anything else."""
        key = key_of(reference)
        with self._lock:
            for session in self._sessions.values():
                for turn in session.turns:
                    if turn.key == key:
                        return turn.source(reference)
        return None

    def close(self) -> None:
        """Stops whatever is being answered; returns when the model is free."""
        with self._lock:
            for session in self._sessions.values():
                session.stop()
        self._worker.shutdown(wait=True, cancel_futures=True)

    def _session(self, name: str) -> Session:
        session = self._sessions.setdefault(name, Session())
        self._sessions.move_to_end(name)
        while len(self._sessions) > SESSIONS_KEPT:
            _, forgotten = self._sessions.popitem(last=False)
            forgotten.stop()
        return session

    def _asked(self, question: str) -> Asking:
        stop = threading.Event()
        events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        answering = self._worker.submit(self._answer, question, stop, events)
        answering.add_done_callback(lambda _: events.put(None))
        return Asking(stop, events, answering)

    def _replace(self, session: Session, turn: Turn) -> Turn:
        with self._lock:
            session.turns = [turn if earlier.key == turn.key else earlier for earlier in session.turns]
        return turn

    def _answer(self, question: str, stop: threading.Event, events: queue.SimpleQueue[Event | None]) -> None:
        if stop.is_set():
            raise Cancelled("stopped before it began")
        for event in self._opening.assistant().ask(question, cancelled=stop.is_set):
            events.put(event)
        self._opening.answered()


def _arriving(asking: Asking) -> Iterator[list[Event]]:
    """Events as they come, tokens of one frame together, until the answer has ended or the reader has stopped it."""
    while not asking.stop.is_set():
        try:
            batch = [asking.events.get(timeout=_POLL_SECONDS)]
        except queue.Empty:
            continue
        frame_end = time.monotonic() + FRAME_SECONDS
        while isinstance(batch[-1], Token) and (left := frame_end - time.monotonic()) > 0:
            with contextlib.suppress(queue.Empty):
                batch.append(asking.events.get(timeout=left))
        yield [event for event in batch if event is not None]
        if batch[-1] is None:
            return


def _outcome(turn: Turn, asking: Asking) -> Turn:
    if asking.stop.is_set():
        return turn.stopped()
    try:
        asking.answering.result()
    except Cancelled:
        return turn.stopped()
    except FAULTS as error:
        return turn.failed(in_words(error))
    return turn
