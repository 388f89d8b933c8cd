"""A model being fetched while the page goes on: in a thread of its own, with rate, time left and a stop.

Runs `rag.fetch`, the only part of the page that uses the network, and only when the reader asks for a model. Knows
nothing of HTML or gradio.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Protocol

from index.records import Progress
from rag.errors import FAULTS, UNEXPECTED, Cancelled, in_words
from rag.models import Model
from rag.settings import Settings

Stage = Literal["fetching", "done", "stopped", "fault"]

_FRAME_SECONDS = 0.5
_NOT_BEGUN = Progress(0, 0, "bytes")


class Fetch(Protocol):
    """`rag.fetch.fetch`, or what a test has in its place."""

    def __call__(
        self,
        model: Model,
        settings: Settings,
        progress: Callable[[Progress], None] | None = ...,
        cancelled: Callable[[], bool] | None = ...,
    ) -> Path: ...


@dataclass(frozen=True, slots=True)
class Fetching:
    """One model on its way. `before` bytes had arrived earlier; `seconds` is the time since this fetch began."""

    model: Model
    stage: Stage = "fetching"
    progress: Progress = _NOT_BEGUN
    before: int | None = None
    seconds: float = 0.0
    message: str = ""

    @property
    def finished(self) -> bool:
        return self.stage != "fetching"

    @property
    def rate(self) -> float:
        """Bytes a second."""
        return (self.progress.done - (self.before or 0)) / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """None where there is nothing yet to tell it by."""
        left = self.progress.total - self.progress.done
        return left / self.rate if self.rate > 0 and self.seconds > 1 and not self.progress.note else None


class Fetches:
    """One model at a time, for all open pages. Usable from several threads."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._changed = threading.Condition()
        self._fetching: Fetching | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def fetching(self) -> Fetching | None:
        """The model on its way, or the last one; None before the first."""
        return self._fetching

    def start(self, model: Model, settings: Settings) -> None:
        """Begins, unless a model is on its way already."""
        with self._changed:
            if self._fetching is not None and not self._fetching.finished:
                return
            self._stop.clear()
            self._fetching = Fetching(model)
            self._thread = threading.Thread(target=self._work, args=(self._fetching, settings), name="fetching")
            self._thread.start()
            self._changed.notify_all()

    def stop(self) -> None:
        """Stops; what has arrived is kept for the next time."""
        self._stop.set()

    def states(self) -> Iterator[Fetching]:
        """The model on its way, until it is here or that has ended otherwise."""
        shown: Fetching | None = None
        while True:
            with self._changed:
                while self._fetching is shown and shown is not None and not shown.finished:
                    self._changed.wait()
                fetching = self._fetching
            if fetching is None or fetching is shown:
                return
            shown = fetching
            yield fetching
            if fetching.finished:
                return
            time.sleep(_FRAME_SECONDS)

    def close(self) -> None:
        """Stops; returns when the thread has ended."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _work(self, fetching: Fetching, settings: Settings) -> None:
        began = time.monotonic()

        def watch(progress: Progress) -> None:
            nonlocal fetching
            before = progress.done if fetching.before is None else fetching.before
            fetching = replace(fetching, progress=progress, before=before, seconds=time.monotonic() - began)
            self._note(fetching)

        ended = replace(fetching, stage="fault", message=UNEXPECTED)
        try:
            self._fetch(fetching.model, settings, watch, self._stop.is_set)
            ended = replace(fetching, stage="done")
        except Cancelled:
            ended = replace(fetching, stage="stopped")
        except FAULTS as error:
            ended = replace(fetching, stage="fault", message=in_words(error))
        finally:  # a defect ends this thread and is printed; the page goes on
            self._note(ended)

    def _note(self, fetching: Fetching) -> None:
        with self._changed:
            self._fetching = fetching
            self._changed.notify_all()
