"""An answer on the terminal while it comes: what is being read, and the words as the model writes them.

Follows the events of one answer to its end; how the finished one is printed is the business of `rendering`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from rich.text import Text

from rag.records import Checked, Done, Event, Reading, Retrieved, Token
from rag.terminal import Terminal, safe, safe_line


@contextmanager
def waiting(terminal: Terminal, what: str, *, as_json: bool = False) -> Iterator[LiveAnswer]:
    """A place on the terminal where `what` stands until there is more to show; wiped on leaving. With `as_json` never
    on standard output."""
    console = terminal.live(as_json=as_json)
    if console is None:
        yield LiveAnswer(None)
        return
    from rich.live import Live

    # No thread redraws it: on two cores that would slow the model down.
    with Live(
        Text(what, style="dim"),
        console=console,
        transient=True,
        auto_refresh=False,
        redirect_stdout=False,
        redirect_stderr=False,
    ) as live:
        live.refresh()

        def draw(text: Text) -> None:
            lines = text.wrap(console, min(console.width, terminal.width))
            live.update(Text("\n").join(lines[-max(1, console.height - 2) :]), refresh=True)

        yield LiveAnswer(draw)


class LiveAnswer:
    """Follows the events of one answer, drawing what is known so far."""

    def __init__(self, draw: Callable[[Text], None] | None = None) -> None:
        self._draw = draw
        self._status = ""
        self._written = ""

    def follow(self, events: Iterable[Event]) -> Done:
        """Draws each event; returns the last one."""
        done: Done | None = None
        for event in events:
            if isinstance(event, Done):
                done = event
            else:
                self._show(event)
        if done is None:
            raise RuntimeError("asking ended without a Done event")
        return done

    def _show(self, event: Retrieved | Reading | Token | Checked) -> None:
        if isinstance(event, Retrieved):
            titles = dict.fromkeys(safe_line(hit.title) for hit in event.hits)
            self._status = f"Found {len(event.hits)} passages: {'; '.join(titles)}"
        elif isinstance(event, Reading):
            self._status = _reading(event)
        elif isinstance(event, Token):
            self._written += event.text
            self._status = ""
        if self._draw is not None:
            text = Text(safe(self._written))
            text.append("\n" if text and self._status else "").append(self._status, style="dim")
            self._draw(text)


def _reading(event: Reading) -> str:
    again = "Not sure yet, looking once more"
    if event.again and event.done == event.total:  # it writes, which is not shown
        return again
    status = f"{again if event.again else 'Reading'}: {event.done} of {event.total} tokens"
    left = event.seconds_left
    return f"{status}, {left:.0f} s left" if left else status
