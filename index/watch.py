"""Watches the disk below what was added, and brings the library in step soon after something has changed there.

The one module that knows watchfiles. Changes come in batches; whatever they are, the same `sync` is called, which finds
out by itself what is new, changed, moved or gone. Knows nothing of threads but the event that ends it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Protocol

from index.errors import LibraryError
from index.patterns import IGNORE_FILE
from index.records import Ledger, Progress, Root
from index.tally import STOPPED
from index.tracked import within

if TYPE_CHECKING:
    from watchfiles import Change

SETTLING_MS = 1600  # saving one document is several changes
LOOK_MS = 3000  # between two looks at what was added, by whatever process, and at disks that come and go
PAUSE_S = 0.5


class Followed(Protocol):
    """What watching needs of a library."""

    @property
    def home(self) -> Path: ...

    def roots(self) -> list[Root]: ...

    def sync(
        self, progress: Callable[[Progress], None] | None = None, cancelled: Callable[[], bool] | None = None
    ) -> Ledger: ...


def followed(library: Followed) -> list[Root]:
    """What was added and lies outside the home: in it nothing changes but by Footnote itself, as uploaded files do."""
    home = {str(library.home.absolute())}
    return [root for root in library.roots() if not within(root.path, home)]


def follow(
    library: Followed,
    tell: Callable[[Ledger | LibraryError], None],
    stop: Event,
    busy: Callable[[], bool] = lambda: False,
    settling_ms: int = SETTLING_MS,
    look_ms: int = LOOK_MS,
) -> None:
    """Keeps the library in step until `stop`; `tell` hears of each step and of what went wrong in it.

    While `busy`, nothing is begun, and what is going on is put off: two things that compute are each many times slower
    than one. Raises OSError where the system does not let folders be watched.
    """
    from watchfiles import watch

    fault = ""
    while not stop.is_set():
        watched = _there(library)
        if isinstance(watched, LibraryError):
            if str(watched) != fault:  # once, not at every look
                fault = str(watched)
                tell(watched)
            stop.wait(look_ms / 1000)
            continue
        fault = ""
        if not watched:
            stop.wait(look_ms / 1000)
            continue
        files = {path for path in watched if not os.path.isdir(path)}  # noqa: PTH112
        filter_ = _Relevant(library, watched)
        begun = False
        for changes in watch(
            *watched,
            watch_filter=filter_,
            debounce=settling_ms,
            rust_timeout=look_ms,
            yield_on_timeout=True,
            stop_event=stop,
            raise_interrupt=False,
        ):
            # The first time whatever comes: something may have changed before the watch began.
            if changes or not begun:
                _step(library, tell, stop, busy)
            begun = True
            # Saving may put another file in a file's place, and then the watch is on one that is gone.
            if stop.is_set() or any(path in files for _, path in changes) or _there(library) != watched:
                break


def _step(
    library: Followed, tell: Callable[[Ledger | LibraryError], None], stop: Event, busy: Callable[[], bool]
) -> None:
    while not stop.is_set():
        if busy():
            stop.wait(PAUSE_S)
            continue
        try:
            ledger = library.sync(cancelled=lambda: stop.is_set() or busy())
        except LibraryError as error:
            tell(error)
            return
        tell(ledger)
        if all(one.reason != STOPPED for one in ledger.skipped):
            return


def _there(library: Followed) -> list[str] | LibraryError:
    """What can be watched; a fault of the store is no reason to give up."""
    try:
        return [root.path for root in followed(library) if os.path.exists(root.path)]  # noqa: PTH110
    except LibraryError as error:
        return error


class _Relevant:
    """Whether a change can matter: not one in the library's own home, and nothing hidden but patterns."""

    def __init__(self, library: Followed, watched: Sequence[str]) -> None:
        self._home = {str(library.home.absolute())}
        self._watched = set(watched)

    def __call__(self, change: Change, path: str) -> bool:
        if within(path, self._home):
            return False
        while path not in self._watched:
            parent, name = os.path.split(path)
            if parent == path or (name.startswith(".") and name != IGNORE_FILE):
                return False
            path = parent
        return True
