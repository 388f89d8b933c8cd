"""The parent's side of parsing: a few child processes that serve file after file, replaced when they break.

Knows when a child has taken too long and what its death means for the one file it was reading. Knows nothing of
formats. A child starts in a session of its own, so Ctrl-C reaches the parent only, and ends with its standard input.
"""

from __future__ import annotations

import atexit
import base64
import contextlib
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from index.errors import NoDocument, ReadError
from index.readers import ocr
from index.readers.child import MEBI, read_frame, write_frame
from index.records import Box, Extract, Page, Picture, Section

_SECONDS_BASE = 60
_DRAWING_SECONDS = 20
_SECONDS_PER_MEBI = 5
_FILES_PER_CHILD = 500  # parsers leak; a fresh start every so often costs a few milliseconds a file
_ALARM_MARGIN = 5
_ENTRY = "import sys; sys.path[:] = sys.argv[1:]; from index.readers.child import main; main()"


class _Child:
    """One child process. Not for two threads at once."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            # -I and -S: nothing from the user's folder or environment is imported; the paths are this process's own.
            [sys.executable, "-I", "-S", "-B", "-c", _ENTRY, *_import_paths()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        self._files = 0

    @property
    def worn(self) -> bool:
        return self._files >= _FILES_PER_CHILD or self._process.poll() is not None

    def read(
        self, path: Path, format_name: str, seconds: int, picture: dict[str, object] | None = None
    ) -> dict[str, object]:
        """The child's reply, or ReadError where it died or ran out of time; then it is `worn`."""
        self._files += 1
        expired = threading.Event()
        timer = threading.Timer(seconds, self._expire, [expired])
        timer.daemon = True
        timer.start()
        try:
            request = {"path": str(path), "format": format_name, "seconds": seconds + _ALARM_MARGIN}
            write_frame(self._stdin, request | ({} if picture is None else {"picture": picture}))
            reply = read_frame(self._stdout)
        except OSError:
            reply = None  # the pipe broke: the child is gone
        finally:
            timer.cancel()
        if isinstance(reply, dict):
            return reply
        self.close()
        if expired.is_set():
            raise ReadError(f"took longer than {seconds} s to read and was given up")
        raise ReadError(f"crashed the {format_name.upper()} reader ({_death(self._process.returncode)}): damaged?")

    def close(self) -> None:
        """Ends the process at once; it has nothing to save."""
        self._process.kill()
        self._process.wait()
        with contextlib.suppress(OSError):  # what was not yet sent cannot be
            self._stdin.close()
        self._stdout.close()

    @property
    def _stdin(self) -> IO[bytes]:
        assert self._process.stdin is not None
        return self._process.stdin

    @property
    def _stdout(self) -> IO[bytes]:
        assert self._process.stdout is not None
        return self._process.stdout

    def _expire(self, expired: threading.Event) -> None:
        expired.set()
        self._process.kill()


class Workers:
    """A pool of reading processes. `read` may be called from any thread; at most `size` files are read at once."""

    def __init__(self, size: int = 2) -> None:
        self._turns = threading.BoundedSemaphore(size)
        self._lock = threading.Lock()
        self._idle: list[_Child] = []
        self._busy: set[_Child] = set()

    def read(self, path: Path, format_name: str) -> Extract:
        """The text of one file. Raises ReadError where it cannot be had, whatever happened to the child."""
        return _extract(self._asked(path, format_name, _seconds(path, format_name), None)["extract"])

    def draw(self, path: Path, sha256: str, page: int, words: Sequence[str], place: float) -> Picture:
        """One page of a PDF as an image, and where words stand on it. Raises ReadError, as for another content.

        `place` is how far down the text of the page they are expected, from 0 to 1: it chooses where they recur.
        """
        wanted: dict[str, object] = {"sha256": sha256, "page": page, "words": list(words), "place": place}
        drawn = self._asked(path, "pdf", _DRAWING_SECONDS, wanted)["picture"]
        assert isinstance(drawn, dict)
        boxes = tuple(Box(*box) for box in drawn["boxes"])
        return Picture(base64.b64decode(drawn["png"]), drawn["width"], drawn["height"], drawn["pages"], boxes)

    def _asked(
        self, path: Path, format_name: str, seconds: int, picture: dict[str, object] | None
    ) -> dict[str, object]:
        with self._turns:
            child = self._take()
            kept = False
            try:
                reply = child.read(path, format_name, seconds, picture)
                kept = not reply["worn"] and not child.worn
            finally:
                # Also on KeyboardInterrupt: a child in the middle of a file is of no further use.
                self._give_back(child, keep=kept)
        if "no_document" in reply:
            raise NoDocument(str(reply["no_document"]))
        if "refused" in reply:
            raise ReadError(str(reply["refused"]))
        return reply

    def close(self) -> None:
        """Ends all processes, also those in the middle of a file."""
        with self._lock:
            children = [*self._idle, *self._busy]
            self._idle.clear()
        for child in children:
            child.close()

    def _take(self) -> _Child:
        with self._lock:
            child = self._idle.pop() if self._idle else None
            if child is None or child.worn:
                child = _Child()
            self._busy.add(child)
            return child

    def _give_back(self, child: _Child, *, keep: bool) -> None:
        with self._lock:
            self._busy.discard(child)
            if keep:
                self._idle.append(child)
        if not keep:
            child.close()


_shared_lock = threading.Lock()
_shared: list[Workers] = []


def shared_workers() -> Workers:
    """The pool of this process, made when first asked for and closed when the process ends."""
    with _shared_lock:
        if not _shared:
            workers = Workers()
            atexit.register(workers.close)
            _shared.append(workers)
        return _shared[0]


def _import_paths() -> list[str]:
    """This process's import paths, the one that holds this package among them."""
    own = str(Path(__file__).resolve().parents[2])
    paths = [path for path in sys.path if path]
    return paths if own in paths else [*paths, own]


def _seconds(path: Path, format_name: str) -> int:
    try:
        size = path.stat().st_size
    except OSError:
        size = 0  # the child will say what is wrong with it
    scans = ocr.SECONDS if format_name == "pdf" and ocr.available() else 0
    return _SECONDS_BASE + _SECONDS_PER_MEBI * (size // MEBI) + scans


def _death(code: int | None) -> str:
    return f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"


def _extract(form: object) -> Extract:
    assert isinstance(form, dict)
    return Extract(
        text=form["text"],
        title=form["title"],
        author=form["author"],
        date=form["date"],
        pages=tuple(Page(**page) for page in form["pages"]),
        sections=tuple(Section(**section) for section in form["sections"]),
        notes=tuple(form["notes"]),
    )
