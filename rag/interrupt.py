"""Ctrl-C: remembered, for libraries that swallow it, and raised, so that it takes effect at once.

It knows signals. It does not know what was going on; work that must not be cut in two protects itself by transactions.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

EXIT_INTERRUPTED = 130  # what a shell reports of a program that SIGINT ended


class Interrupt:
    """Whether Ctrl-C was pressed. The object itself can be passed wherever a `cancelled` function is wanted."""

    def __init__(self) -> None:
        self._pressed = False
        self._noting = False

    def __call__(self) -> bool:
        return self._pressed

    @contextmanager
    def listening(self) -> Iterator[None]:
        """From here on the first Ctrl-C raises KeyboardInterrupt; a second one ends the process."""
        if threading.current_thread() is not threading.main_thread():
            yield  # only the main thread may set handlers; another one is never interrupted
            return
        before = signal.signal(signal.SIGINT, self._handle)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, signal.SIG_DFL if self._pressed else before)

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Within, the first Ctrl-C is only remembered, for work that looks for it and ends by itself; a second one
        raises."""
        self._noting = True
        try:
            yield
        finally:
            self._noting = False

    def forget(self) -> None:
        """Makes the next Ctrl-C a first one again, where a program goes on after it."""
        self._pressed = False
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, self._handle)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        first, self._pressed = not self._pressed, True
        if first and self._noting:
            return
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        raise KeyboardInterrupt
