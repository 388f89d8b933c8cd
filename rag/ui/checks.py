"""Texts held against the documents, one for each open page: one after another in a thread, with progress and a stop.

Runs the checker of the assistant, and stands back while a question is answered, since embedding takes the cores from
the model. Nothing is kept beyond the last text of each page. Knows nothing of HTML or gradio.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Literal

from index.records import Progress
from rag.errors import FAULTS, UNEXPECTED, Cancelled, in_words
from rag.opening import Opening
from rag.records import CheckedText
from rag.turns import Source, Turn, key_of

PAGES_KEPT = 64
_FRAME_SECONDS = 0.25
_NOT_BEGUN = Progress(0, 0, "sentences")

Stage = Literal["waiting", "checking", "done", "stopped", "fault"]


@dataclass(frozen=True, slots=True)
class Check:
    """One text and how far it has come. `key` cannot be guessed; `turn` resolves the links of what was found."""

    key: str
    text: str
    stage: Stage = "waiting"
    progress: Progress = _NOT_BEGUN
    checked: CheckedText | None = None
    message: str = ""

    @property
    def finished(self) -> bool:
        return self.stage in ("done", "stopped", "fault")

    @property
    def turn(self) -> Turn:
        """What was found in the form of an answer: what speaks for a sentence and what speaks against it, as links."""
        statements = self.checked.statements if self.checked else ()
        sentences = tuple(
            replace(one.sentence, citations=(*one.sentence.citations, *one.against)) for one in statements
        )
        hits = tuple(numbered.hit for numbered in self.checked.passages) if self.checked else ()
        return Turn(key=self.key, question="", stage="done", hits=hits, sentences=sentences)


class Checks:
    """The checks of all open pages, the least recently used forgotten first. Usable from several threads."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._changed = threading.Condition()
        self._checks: OrderedDict[str, Check] = OrderedDict()  # by the name of the page
        self._stops: dict[str, threading.Event] = {}  # by the key of the check
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="checking")

    def begin(self, name: str, text: str) -> Check:
        """Sends a text on its way; the one that the page had before is stopped and forgotten."""
        text = text.encode("utf-8", "replace").decode()  # half a surrogate pair is no text
        self.stop(name)
        check = Check(secrets.token_hex(12), text)
        with self._changed:
            self._checks[name] = check
            self._checks.move_to_end(name)
            while len(self._checks) > PAGES_KEPT:
                _, forgotten = self._checks.popitem(last=False)
                self._cancel(forgotten)
            self._stops[check.key] = threading.Event()
            self._changed.notify_all()
        self._worker.submit(self._work, name, check).add_done_callback(_told)
        return check

    def check(self, name: str) -> Check | None:
        """The last text of a page."""
        with self._changed:
            return self._checks.get(name)

    def states(self, name: str) -> Iterator[Check]:
        """The text of a page as it is checked, until that has ended or another has taken its place."""
        key = ""
        shown: Check | None = None
        while shown is None or not shown.finished:
            with self._changed:
                while self._checks.get(name) is shown and shown is not None:
                    self._changed.wait()
                check = self._checks.get(name)
            if check is None or check.key != (key or check.key):
                return
            shown, key = check, check.key
            yield check
            if not check.finished:
                time.sleep(_FRAME_SECONDS)  # drawing every sentence by itself takes the cores

    def stop(self, name: str) -> Check | None:
        """Stops what the page has checked; returns how it stands then."""
        with self._changed:
            check = self._checks.get(name)
            if check is None or check.finished:
                return check
            self._cancel(check)
            stopped = self._checks[name] = replace(check, stage="stopped")
            self._changed.notify_all()
            return stopped

    def leave(self, name: str) -> None:
        """The page is gone."""
        self.stop(name)
        with self._changed:
            self._checks.pop(name, None)
            self._changed.notify_all()

    def source(self, reference: str) -> Source | None:
        """What a link of a checked text points at; None for anything else."""
        key = key_of(reference)
        with self._changed:
            check = next((check for check in self._checks.values() if check.key == key), None)
        return None if check is None else check.turn.source(reference)

    def close(self) -> None:
        """Stops everything; returns when the thread has ended."""
        with self._changed:
            for check in self._checks.values():
                self._cancel(check)
        self._worker.shutdown(wait=True, cancel_futures=True)

    def _cancel(self, check: Check) -> None:
        if check.key in self._stops:
            self._stops[check.key].set()

    def _work(self, name: str, check: Check) -> None:
        stop = self._stops[check.key]

        def watch(progress: Progress) -> None:
            assistant.pause()
            self._note(name, replace(check, stage="checking", progress=progress))

        ended = replace(check, stage="fault", message=UNEXPECTED)
        try:
            if stop.is_set():
                return
            assistant = self._opening.assistant()
            checked = assistant.checker.check(check.text, progress=watch, cancelled=stop.is_set)
            ended = replace(check, stage="done", checked=checked)
        except Cancelled:
            ended = replace(check, stage="stopped")
        except FAULTS as error:
            ended = replace(check, stage="fault", message=in_words(error))
        finally:
            self._note(name, ended)
            self._stops.pop(check.key, None)

    def _note(self, name: str, check: Check) -> None:
        with self._changed:
            now = self._checks.get(name)
            if now is not None and now.key == check.key and not now.finished:
                self._checks[name] = check
                self._changed.notify_all()


def _told(work: Future[None]) -> None:
    """A defect is shown on the page as such, and its traceback goes to the terminal."""
    if not work.cancelled():
        work.result()
