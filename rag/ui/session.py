"""Who asks what: the conversation that each open page shows, the questions being answered, and the stop button.

Puts questions into the queue in front of the model and hands out turns as they grow. Whatever is asked is kept in
`rag.conversations`; where that fails, answering goes on and the page says so. Knows nothing of HTML or gradio.
"""

from __future__ import annotations

import functools
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from rag.conversations import Conversations
from rag.errors import FAULTS, UNEXPECTED, Cancelled, ConversationsError, QueueFull, in_words
from rag.questions import asks
from rag.queueing import Place, Queue
from rag.records import Waiting
from rag.turns import Source, Turn, history, key_of

SESSIONS_KEPT = 128  # more than can wait in the queue
TURNS_KEPT = 100


@dataclass(slots=True)
class Asking:
    """A question on its way through the model. `followed` once somebody reads what happens to it.

    It goes on when its page turns to another conversation, and ends when the page is closed.
    """

    page: str
    conversation: str
    turn: Turn
    place: Place
    followed: bool = False


@dataclass(slots=True)
class Session:
    """One open page: the conversation that it shows and its turns, oldest first."""

    conversation: str = field(default_factory=lambda: secrets.token_hex(12))
    turns: list[Turn] = field(default_factory=list)

    @property
    def busy(self) -> bool:
        return bool(self.turns) and not self.turns[-1].finished


class Sessions:
    """All open pages of this process, the least recently used forgotten first. Usable from several threads."""

    def __init__(self, queue: Queue, conversations: Conversations, unrecorded: Callable[[], str] = lambda: "") -> None:
        """`unrecorded` says why answers are not being recorded, and "" while they are."""
        self._queue = queue
        self._unrecorded = unrecorded
        self._conversations = conversations
        self._lock = threading.Lock()
        self._sessions: OrderedDict[str, Session] = OrderedDict()
        self._askings: dict[str, Asking] = {}  # by the key of their turn
        self._trouble = ""

    @property
    def trouble(self) -> str:
        """Why conversations or answers are not being kept, in one line; "" while they are."""
        return self._trouble or self._unrecorded()

    def turns(self, name: str) -> tuple[Turn, ...]:
        """The turns of the conversation that a page shows, oldest first."""
        with self._lock:
            return tuple(self._session(name).turns)

    def conversation(self, name: str) -> str:
        """The id of the conversation that a page shows; it is kept as soon as something is asked in it."""
        with self._lock:
            return self._session(name).conversation

    def open(self, name: str, conversation: str) -> None:
        """Shows another conversation on a page, the last `TURNS_KEPT` of its turns. Raises ConversationsError."""
        self._conversations.conversation(conversation)
        kept = [kept.turn for kept in self._conversations.turns(conversation)[-TURNS_KEPT:]]
        with self._lock:
            session = self._session(name)
            session.conversation = conversation
            session.turns = [self._as_it_stands(turn) for turn in kept]

    def renew(self, name: str) -> None:
        """Shows a new, empty conversation on a page."""
        with self._lock:
            self._sessions[name] = Session()

    def delete(self, conversation: str) -> None:
        """Deletes a conversation, on every page that shows it. Raises ConversationsError."""
        with self._lock:
            for asking in self._askings.values():
                if asking.conversation == conversation:
                    asking.place.leave()
        self._conversations.delete(conversation)
        with self._lock:
            for page, session in self._sessions.items():
                if session.conversation == conversation:
                    self._sessions[page] = Session()

    def begin(self, name: str, question: str, documents: Sequence[str] = ()) -> bool:
        """Sends a question on its way, to be followed by `run`; False while the page's last one is being answered, and
        where nothing is asked.

        `documents` are the ids of those to answer from; empty means all.
        """
        question = question.encode("utf-8", "replace").decode()  # half a surrogate pair is no text
        with self._lock:
            session = self._session(name)
            if session.busy or not asks(question):
                return False
            conversation = session.conversation
            turn = Turn(key=secrets.token_hex(12), question=question, documents=tuple(documents))
            try:
                place = self._queue.join(question, documents or None, history(session.turns))
            except QueueFull as error:
                turn = turn.failed(str(error))
            else:
                turn = turn.after(Waiting(place.before))
                self._askings[turn.key] = Asking(name, conversation, turn, place)
            session.turns = [*session.turns[1 - TURNS_KEPT :], turn]
        self._keep(lambda: self._conversations.begin(conversation, turn))
        return True

    def await_passages(self, name: str, seconds: float) -> None:
        """Waits until the passages of the question that `begin` has just sent on its way are known, at most so long.

        Not where others come before it, and before `run`: one reader at a time.
        """
        with self._lock:
            asking = next((one for one in self._askings.values() if one.page == name and not one.followed), None)
            if asking is None:
                return
            asking.followed = True
        end = time.monotonic() + seconds
        while asking.turn.stage == "searching" and (rest := end - time.monotonic()) > 0:
            happened = asking.place.take(rest)
            if not happened:
                break
            self._replace(asking, functools.reduce(Turn.after, happened, asking.turn))
        with self._lock:
            asking.followed = False
        if asking.place.left:  # stopped meanwhile, and whoever stopped it left the rest to its follower
            self._stop(asking)

    def run(self, name: str) -> Iterator[Turn]:
        """Follows the question that `begin` sent on its way, if nobody does yet: the turn as it grows."""
        with self._lock:
            waiting = [one for one in self._askings.values() if one.page == name and not one.followed]
            if not waiting:
                return
            asking = waiting[0]
            asking.followed = True
        try:
            for batch in asking.place.frames():
                turn = functools.reduce(Turn.after, batch, asking.turn)
                if turn != asking.turn:  # that its turn has come is known already where nobody was before it
                    yield self._replace(asking, turn)
            if not asking.turn.finished:
                yield self._replace(asking, _outcome(asking))
        finally:
            asking.place.leave()  # the reader went away, or something broke: the model is free for the next question
            if not asking.turn.finished:
                self._replace(asking, asking.turn.failed(UNEXPECTED))
            with self._lock:
                self._askings.pop(asking.turn.key, None)

    def stop(self, name: str) -> None:
        """Stops the question that a page shows being answered; what is there stays."""
        with self._lock:
            turns = self._session(name).turns
            asking = self._askings.get(turns[-1].key) if turns else None
        self._stop(asking)

    def leave(self, name: str) -> None:
        """The page is gone: stops whatever it asked."""
        with self._lock:
            left = [asking for asking in self._askings.values() if asking.page == name]
        for asking in left:
            self._stop(asking)

    def source(self, reference: str) -> Source | None:
        """What a link of any answer points at, be it shown or kept; None for anything else."""
        turn = self._turn(key_of(reference))
        return None if turn is None else turn.source(reference)

    def turn(self, key: object) -> Turn | None:
        """The turn with this key, be it shown or kept."""
        return self._turn(key) if isinstance(key, str) else None

    def remark(self, key: object, liked: bool | None, note: str) -> bool:
        """Keeps what the reader thinks of an answer; False where there is none with this key, or not yet."""
        turn = self.turn(key)
        if turn is None or not turn.finished:
            return False
        turn = turn.remarked(liked, note)
        with self._lock:
            for session in self._sessions.values():
                session.turns = [turn if earlier.key == turn.key else earlier for earlier in session.turns]
        self._keep(lambda: self._conversations.finish(turn))
        return True

    def _turn(self, key: str | None) -> Turn | None:
        with self._lock:
            for session in self._sessions.values():
                for turn in session.turns:
                    if turn.key == key:
                        return turn
        if key is None:
            return None
        kept = self._conversations.turn(key)
        return kept.turn if kept else None

    def _session(self, name: str) -> Session:
        session = self._sessions.setdefault(name, Session())
        self._sessions.move_to_end(name)
        while len(self._sessions) > SESSIONS_KEPT:
            forgotten, _ = self._sessions.popitem(last=False)
            for asking in self._askings.values():
                if asking.page == forgotten:
                    asking.place.leave()
        return session

    def _as_it_stands(self, turn: Turn) -> Turn:
        """A kept turn as it is now; one that nobody answers any more was cut off, with its process perhaps."""
        asking = self._askings.get(turn.key)
        if asking is not None:
            return asking.turn
        return turn if turn.finished else turn.stopped()

    def _stop(self, asking: Asking | None) -> None:
        if asking is None:
            return
        asking.place.leave()
        if not asking.followed:
            with self._lock:
                self._askings.pop(asking.turn.key, None)
            self._replace(asking, asking.turn.stopped())

    def _replace(self, asking: Asking, turn: Turn) -> Turn:
        """Notes how far a question has come, on every page that shows it."""
        with self._lock:
            asking.turn = turn
            for session in self._sessions.values():
                if session.conversation == asking.conversation:
                    session.turns = [turn if earlier.key == turn.key else earlier for earlier in session.turns]
        if turn.finished:
            self._keep(lambda: self._conversations.finish(turn))
        return turn

    def _keep(self, keep: Callable[[], None]) -> None:
        try:
            keep()
        except ConversationsError as error:
            self._trouble = str(error)
        else:
            self._trouble = ""


def _outcome(asking: Asking) -> Turn:
    turn = asking.turn
    if asking.place.left:
        return turn.stopped()
    fault = asking.place.fault
    if isinstance(fault, Cancelled):
        return turn.stopped()
    if isinstance(fault, FAULTS):
        return turn.failed(in_words(fault))
    if fault is not None:  # a defect
        raise fault
    return turn
