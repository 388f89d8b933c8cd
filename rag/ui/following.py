"""The page's library kept in step with the disk while it is served, in a thread of its own.

Begins when the assistant is open, whose library it shares, and stands back while a question is being answered. Knows
how a step is told in one line; what watching is stands in `index.watch`.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from index.errors import LibraryError
from index.records import Ledger
from index.watch import follow
from rag.ui.opening import Opening, in_words

_LOOK_SECONDS = 1.0
_PATIENCE_SECONDS = 5.0  # for a batch that is being encoded when the page goes down


@contextmanager
def following(opening: Opening, answering: Callable[[], bool]) -> Iterator[None]:
    """Follows the disk inside the block."""
    stop = threading.Event()
    thread = threading.Thread(target=_follow, args=(opening, answering, stop), name="following", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(_PATIENCE_SECONDS)


def _follow(opening: Opening, answering: Callable[[], bool], stop: threading.Event) -> None:
    while opening.opened is None:
        if stop.wait(_LOOK_SECONDS):
            return
    try:
        follow(opening.opened.library, _tell, stop, answering)
    except OSError as error:
        _say(f"The folders cannot be watched ({in_words(error)}); footnote sync brings the index in step.")


def _tell(step: Ledger | LibraryError) -> None:
    """Says what changed, if anything did."""
    if isinstance(step, LibraryError):
        _say(f"Not in step: {step}")
        return
    counts = {"added": step.added, "updated": step.updated, "removed": step.removed}
    done = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)
    if done:
        _say(f"In step with the disk: {done}.")


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
