"""Ctrl-C: remembered, for libraries that swallow it, and raised, so that it takes effect at once.

It knows signals. It does not know what was going on; work that must not be cut in two protects itself by transactions.
"""

from __future__ import annotations

import _thread
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

EXIT_INTERRUPTED = 130  # what a shell reports of a program that SIGINT ended
_AGAIN_SECONDS = 0.02  # until one that went nowhere is raised again: whatever swallowed it has returned by then


class Interrupt:
    """Whether Ctrl-C was pressed. The object itself can be passed wherever a `cancelled` function is wanted."""

    def __init__(self) -> None:
        self._pressed = False
        self._noting = False
        self._again: threading.Timer | None = None

    def __call__(self) -> bool:
        return self._pressed

    @contextmanager
    def listening(self) -> Iterator[None]:
        """From here on the first Ctrl-C raises KeyboardInterrupt; a second one ends the process."""
        if threading.current_thread() is not threading.main_thread():
            yield  # only the main thread may set handlers; another one is never interrupted
            return
        before, unraisable_before = signal.signal(signal.SIGINT, self._handle), sys.unraisablehook

        def told(unraisable: sys.UnraisableHookArgs) -> None:
            if issubclass(unraisable.exc_type, KeyboardInterrupt):
                self._raise_again()
            else:
                unraisable_before(unraisable)

        sys.unraisablehook = told
        try:
            yield
        finally:
            sys.unraisablehook = unraisable_before
            if self._again:
                self._again.cancel()
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

    def _raise_again(self) -> None:
        """After Python dropped one that came while a finalizer ran, from where no exception leads out."""
        signal.signal(signal.SIGINT, self._handle)
        self._again = threading.Timer(_AGAIN_SECONDS, _press)
        self._again.daemon = True
        self._again.start()


def _press() -> None:
    """Ctrl-C for the main thread, which it also wakes where the system lets one thread signal another."""
    if sys.platform == "win32":
        _thread.interrupt_main()
    else:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
