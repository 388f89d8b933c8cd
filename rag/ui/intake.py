"""Adding documents while the page goes on: one after another in a thread of its own, with progress, rate and an end.

Stands back while a question is answered, since embedding takes the cores from the model. Uploaded files move into a
folder of the home, where they stay as long as their document. Knows nothing of HTML or gradio.
"""

from __future__ import annotations

import errno
import hashlib
import queue
import re
import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from index import uploads
from index.collect import printable
from index.home import make_folder
from index.records import Ledger, Progress
from rag.errors import FAULTS, UNEXPECTED, in_words
from rag.opening import Opening

Stage = Literal["waiting", "reading", "done", "stopped", "fault"]

_NOT_BEGUN = Progress(0, 0, "files")
_LONGEST_NAME = 120
_UNFIT = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')


@dataclass(frozen=True, slots=True)
class Adding:
    """One request to add documents and how far it has come. `files` is the progress counted in files.

    `seconds` is the time since it began, without that spent standing back. `ledger` is None until it has ended well.
    """

    names: tuple[str, ...]
    stage: Stage = "waiting"
    files: Progress = _NOT_BEGUN
    passages: Progress | None = None
    seconds: float = 0.0
    standing_back: bool = False
    ledger: Ledger | None = None
    message: str = ""

    @property
    def finished(self) -> bool:
        return self.stage in ("done", "stopped", "fault")

    @property
    def rate(self) -> float:
        """Files a second."""
        return self.files.done / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """None where there is nothing yet to tell it by."""
        return (self.files.total - self.files.done) / self.rate if self.rate > 0 and self.seconds > 1 else None


@dataclass(frozen=True, slots=True)
class _Request:
    """What is to be added, and whether that is to end: an event for each, so that no stop is lost or ends another."""

    paths: tuple[Path, ...]
    stop: threading.Event


class Intake:
    """Adds documents to the one library, a request at a time. Usable from several threads."""

    def __init__(self, opening: Opening, arriving: Path, home: Path) -> None:
        """Uploaded files lie below `arriving` until they are taken into the `home`."""
        self._opening = opening
        self._arriving = arriving.resolve()
        self._home = home
        self._changed = threading.Condition()
        self._requests: queue.SimpleQueue[_Request | None] = queue.SimpleQueue()
        self._waiting = 0
        self._stop = threading.Event()  # of the request at work, or the next one
        self._closed = False
        self._adding: Adding | None = None
        self._thread: threading.Thread | None = None

    @property
    def adding(self) -> Adding | None:
        """The request at work, or the last one; None before the first."""
        return self._adding

    @property
    def busy(self) -> bool:
        return self._waiting > 0

    def take_in(self, uploaded: Sequence[Path]) -> list[Path]:
        """Moves uploaded files from where they arrived into the home, under their own names; the same content again
        is the same file. Raises OSError, PermissionError for what was not uploaded."""
        for path in uploaded:
            if not path.resolve().is_relative_to(self._arriving):
                raise PermissionError(errno.EACCES, "was not uploaded", str(path))
        make_folder(uploads.folder(self._home), self._home)
        taken = []
        for path in uploaded:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            name = _UNFIT.sub("_", path.name).lstrip(".")[-_LONGEST_NAME:] or "file"
            folder = uploads.folder(self._home) / digest[:12]  # one a content, so that names need not differ
            folder.mkdir(exist_ok=True)
            shutil.move(path, folder / name)
            taken.append(folder / name)
        return taken

    def add(self, paths: Sequence[Path]) -> None:
        """Adds files and folders as soon as those before are done."""
        request = _Request(tuple(paths), threading.Event())
        with self._changed:
            if self._closed or not paths:
                return
            if not self.busy:
                self._adding = Adding(_names(paths))
                self._stop = request.stop
            self._waiting += 1
            if self._thread is None:
                self._begin()
            self._changed.notify_all()
        self._requests.put(request)

    def stop(self) -> None:
        """Stops the request at work; what it has added stays."""
        with self._changed:
            self._stop.set()

    def states(self, every: float = 0.25) -> Iterator[Adding]:
        """The requests as they go on, until none is left; at most one state `every` so many seconds."""
        shown: Adding | None = None
        while True:
            with self._changed:
                while self._adding is shown and self.busy:
                    self._changed.wait()
                adding, busy = self._adding, self.busy
            if adding is not None and adding is not shown:
                shown = adding
                yield adding
            if not busy:
                return
            time.sleep(every)

    def close(self) -> None:
        """Stops; returns when the thread has ended."""
        with self._changed:
            self._closed = True
            self._stop.set()
        self._requests.put(None)
        if self._thread is not None:
            self._thread.join()

    def _begin(self) -> None:
        self._thread = threading.Thread(target=self._work, name="adding", daemon=True)
        self._thread.start()

    def _work(self) -> None:
        while (request := self._requests.get()) is not None:
            with self._changed:
                if self._closed:
                    return
                self._stop = request.stop
            last: Adding | None = None
            try:
                last = self._added(request.paths, request.stop)
            finally:
                with self._changed:
                    self._waiting -= 1
                    self._adding = last or Adding(_names(request.paths), "fault", message=UNEXPECTED)
                    if last is None:  # a defect ends this thread and is printed; another does what waits
                        self._thread = None
                        if self.busy and not self._closed:
                            self._begin()
                    self._changed.notify_all()

    def _added(self, paths: tuple[Path, ...], stop: threading.Event) -> Adding:
        started, stood_back = time.monotonic(), 0.0
        current = Adding(_names(paths), "reading")

        def watch(progress: Progress) -> None:
            nonlocal current, stood_back
            before = time.monotonic()
            self._note(replace(current, standing_back=True))
            assistant.pause()
            stood_back += time.monotonic() - before
            seconds = time.monotonic() - started - stood_back
            if progress.unit == "files":
                current = replace(current, files=progress, passages=None, seconds=seconds)
            else:
                current = replace(current, passages=progress, seconds=seconds)
            self._note(current)

        try:
            assistant = self._opening.assistant()
            ledger = assistant.library.add(paths, watch, stop.is_set)
        except FAULTS as error:
            return replace(current, stage="fault", message=in_words(error))
        for refused in ledger.refused:
            uploads.forget(self._home, [refused.path])
        return replace(current, stage="stopped" if stop.is_set() else "done", ledger=ledger)

    def _note(self, adding: Adding) -> None:
        with self._changed:
            self._adding = adding
            self._changed.notify_all()


def _names(paths: Sequence[Path]) -> tuple[str, ...]:
    return tuple(printable(Path(path.name)) for path in paths)
