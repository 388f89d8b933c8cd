"""The page's library kept in step with the disk while it is served, as long as that is wanted, in its own thread.

Begins when the assistant is open, whose library it shares, and stands back while a question is being answered. Knows
how a step is told in one line and where the choice is kept; what watching is stands in `index.watch`.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from index.errors import LibraryError
from index.records import Ledger
from index.tally import STOPPED
from index.watch import follow
from rag import preferences
from rag.errors import FAULTS, SettingsError, in_words
from rag.opening import Opening

_LOOK_SECONDS = 1.0
_PATIENCE_SECONDS = 5.0  # for a batch that is being encoded when the page goes down
_DEFECT = "The folders are not followed any more: something unexpected went wrong, and the terminal shows what."


@dataclass(frozen=True, slots=True)
class State:
    """How it stands with following. `told` is what was done last, and `at` when; where it is `wrong`, what is.

    Nothing is told before the first step has ended.
    """

    on: bool = False
    told: str = ""
    at: datetime | None = None
    wrong: bool = False


class Following:
    """Follows the disk while it is on. Usable from several threads."""

    def __init__(self, opening: Opening, answering: Callable[[], bool], home: Path) -> None:
        self._opening = opening
        self._answering = answering
        self._home = home
        self._lock = threading.Lock()
        self._state = State()
        self._stop = threading.Event()
        self._stop.set()  # set whenever no thread is at work
        self._thread: threading.Thread | None = None
        self._closed = False

    @property
    def state(self) -> State:
        return self._state

    def begin(self, watch: bool) -> None:
        """Follows from now on if `watch`, which holds for this run, or if that was chosen for the home."""
        try:
            on = watch or preferences.load(self._home).watch
        except SettingsError as error:
            _say(str(error))
            self._state = State(told=str(error), wrong=True)
        else:
            self._turn(bool(on))

    def choose(self, on: bool) -> None:
        """Follows from now on, or no longer; kept for the home. Raises SettingsError, and then all is as before."""
        preferences.choose(self._home, watch=on)
        self._turn(on)

    def close(self) -> None:
        """Ends it for good; returns when the thread has ended, or is busy for too long to wait for."""
        with self._lock:
            self._closed = True
        self._turn(False)
        if self._thread is not None:
            self._thread.join(_PATIENCE_SECONDS)

    def _turn(self, on: bool) -> None:
        with self._lock:
            if not on:
                self._stop.set()
                self._state = State()
            elif self._stop.is_set() and not self._closed:
                former, self._stop = self._thread, threading.Event()
                self._state = State(on=True)
                self._thread = threading.Thread(
                    target=self._follow, args=(self._stop, former), name="following", daemon=True
                )
                self._thread.start()

    def _follow(self, stop: threading.Event, former: threading.Thread | None) -> None:
        if former is not None:
            former.join()  # it may be in the middle of a batch
        while self._opening.opened is None:
            if stop.wait(_LOOK_SECONDS):
                return
        trouble = _DEFECT
        try:
            follow(self._opening.opened.library, partial(self._tell, stop), stop, self._answering)
        except FAULTS as error:
            trouble = f"The folders cannot be watched ({in_words(error)}); footnote sync brings the index in step."
        finally:
            if not stop.is_set():
                _say(trouble)
                self._note(stop, trouble, wrong=True)
                stop.set()

    def _tell(self, stop: threading.Event, step: Ledger | LibraryError) -> None:
        """Says what changed, if anything did."""
        if isinstance(step, LibraryError):
            _say(f"Not in step: {step}")
            self._note(stop, f"Not in step: {step}", wrong=True)
            return
        counts = {"added": step.added, "updated": step.updated, "removed": step.removed}
        done = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)
        before = self._state
        if done:
            _say(f"In step with the disk: {done}.")
            self._note(stop, f"In step with the disk: {done}")
        elif (before.wrong or not before.told) and all(one.reason != STOPPED for one in step.skipped):
            self._note(stop, "In step with the disk")  # else what was done before is still what was done last

    def _note(self, stop: threading.Event, told: str, wrong: bool = False) -> None:
        """What the page shows from now on; what comes after the end is for the terminal alone."""
        with self._lock:
            if not stop.is_set():
                self._state = State(True, told, None if wrong else datetime.now().astimezone(), wrong)


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
