"""The terminal as the command line sees it: two streams, safe text, one-line messages, progress, JSON.

It knows what a terminal can be trusted with and when colours are wanted. It does not know what an answer or a ledger
looks like; that is `rendering`. Text of documents and of models is untrusted: every character that could move the
cursor, set a title or reverse the reading direction is taken out before it reaches a terminal.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from index.records import Progress
from rag.errors import OutputError

if TYPE_CHECKING:
    from rich.progress import TaskID

WIDTH = 80
BROKEN_PIPE = 141  # what a shell reports of a program that SIGPIPE ended
SECONDS_BETWEEN_LINES = 10.0
SECONDS_BETWEEN_REDRAWS = 0.1
BAR_WIDTH, RATE_WIDTH, TIME_WIDTH, GAPS = 12, 12, 7, 4
SHORTEST_NOTE = 10

ReportProgress = Callable[[Progress], None]

_ESCAPE_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"  # OSC, DCS, ...: titles, links
    r"|\x1b[ -/]*[0-~]"  # two-character sequences
)
_LINE_BREAK = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_UNSAFE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f"  # control characters but tab and line feed
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # direction marks, overrides and isolates
    "\ufeff\U000e0000-\U000e007f]"  # invisible: byte order mark, tags
)
_SURROGATE = re.compile("[\ud800-\udfff]")


def safe(text: str) -> str:
    """`text` with nothing in it that a terminal would obey; lines, tabs and every printed character are kept."""
    text = _ESCAPE_SEQUENCE.sub("", text)
    text = _LINE_BREAK.sub("\n", text)
    return _SURROGATE.sub("\ufffd", _UNSAFE.sub("", text))


def safe_line(text: str) -> str:
    """`safe` text on one line, every run of white space a single space."""
    return " ".join(safe(text).split())


def shortened(text: str, room: int) -> str:
    """`text` in at most `room` columns, of a longer one its beginning and its end; never less than a few characters."""
    room = max(room, SHORTEST_NOTE)
    if cell_len(text) <= room:
        return text
    first = set_cell_size(text, (room - 1) // 2).rstrip()
    return f"{first}…{set_cell_size(text[::-1], room // 2)[::-1].lstrip()}"


class _QuietConsole(Console):
    """A console that leaves without a word when its reader has gone, like any program in a pipe."""

    def on_broken_pipe(self) -> None:
        silence(self.file)
        raise SystemExit(BROKEN_PIPE)


def silence(stream: IO[str]) -> None:
    """Send what a broken stream still holds to nowhere, so that closing it at exit raises nothing."""
    try:
        descriptor = stream.fileno()
    except (OSError, ValueError, AttributeError):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)


class Terminal:
    """Standard output for results, standard error for everything else.

    `out` and `err` are rich consoles; on anything but a terminal they write plain text without colours.
    """

    def __init__(self, out: Console, err: Console) -> None:
        self.out = out
        self.err = err

    @classmethod
    def standard(cls) -> Terminal:
        """On the process's own streams, as they are at this moment."""
        for stream in (sys.stdout, sys.stderr):
            # A path or a question can hold bytes that are no text; they must not stop a message about them.
            reconfigure = getattr(stream, "reconfigure", None)
            if reconfigure is not None:
                reconfigure(errors="backslashreplace")
        return cls(out=plain_console(sys.stdout), err=plain_console(sys.stderr))

    def live(self, *, as_json: bool = False) -> Console | None:
        """Where something may be drawn and wiped again: the error stream if it is a terminal, else the other, unless
        that is for JSON and nothing else."""
        for console in (self.err,) if as_json else (self.err, self.out):
            if console.is_terminal and not console.is_dumb_terminal:
                return console
        return None

    @property
    def width(self) -> int:
        """The columns that running text may take."""
        return min(self.out.width, WIDTH)

    def print(self, text: Text | str = "") -> None:
        """One result line, or several, as it stands: wrapping is the caller's. Raises OutputError."""
        with _told_where():
            self.out.print(text, soft_wrap=True)

    def write(self, text: str) -> None:
        """Exactly `text` on standard output, with nothing added, wrapped or coloured. Raises OutputError."""
        try:
            with _told_where():
                self.out.file.write(text)
                self.out.file.flush()
        except BrokenPipeError:
            self.out.on_broken_pipe()

    def json(self, form: object, *, one_line: bool = False) -> None:
        """A JSON value: indented for eyes, on one line for programs."""
        encoding = (getattr(self.out.file, "encoding", None) or "utf-8").lower().replace("_", "-")
        text = json.dumps(
            form,
            ensure_ascii=encoding not in ("utf-8", "utf8"),
            allow_nan=False,
            indent=2 if self.out.is_terminal and not one_line else None,
        )
        # A lone surrogate (from bytes of a path that are no text) cannot be written; its JSON escape can.
        self.write(_SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n")

    def message(self, text: str, style: str = "") -> None:
        """One line on standard error."""
        self.err.print(Text(safe_line(text), style=style), soft_wrap=True)

    def error(self, text: str) -> None:
        """The one line that a fault becomes."""
        line = Text("footnote: ", style="bold red")
        line.append(safe_line(text), style="not bold default")
        self.err.print(line, soft_wrap=True)

    @contextmanager
    def progress(self, action: str) -> Iterator[ReportProgress]:
        """A function to call with each `Progress`: a bar on a terminal, else a line now and then."""
        if self.err.is_terminal and not self.err.is_dumb_terminal:
            with _progress_bar(self.err, action) as report:
                yield report
        else:
            yield ProgressLines(self, action)


@contextmanager
def _told_where() -> Iterator[None]:
    """What the system says of a stream names no place. Raises OutputError; a reader that has gone is no fault."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(
            f"standard output cannot be written ({error.strerror or error}): make room there, or send it elsewhere"
        ) from error


def plain_console(file: IO[str], *, force_terminal: bool | None = None, width: int | None = None) -> Console:
    """A console that prints what it is given: no markup, no emoji codes, no highlighting of numbers."""
    return _QuietConsole(
        file=file, markup=False, emoji=False, highlight=False, force_terminal=force_terminal, width=width
    )


class ProgressLines:
    """Progress where nothing can be redrawn: a line every ten seconds, none about what takes less."""

    def __init__(self, terminal: Terminal, action: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._terminal = terminal
        self._action = action
        self._clock = clock
        self._printed_at = clock()
        self._begun: dict[str, tuple[float, int]] = {}  # by unit: when, and how much had been done before

    def __call__(self, progress: Progress) -> None:
        now = self._clock()
        begun, before = self._begun.setdefault(progress.unit, (now, progress.done))
        if now - self._printed_at < SECONDS_BETWEEN_LINES:
            return
        self._printed_at = now
        if progress.unit == "bytes":
            amount = f"{progress.done / 1e6:,.0f} of {progress.total / 1e6:,.0f} MB"
        else:
            amount = f"{progress.done:,} of {progress.total:,} {progress.unit}"
        if progress.done > before and now > begun:
            per_second = (progress.done - before) / (now - begun)
            amount += f", {_rate(per_second, progress.unit)}, {_left((progress.total - progress.done) / per_second)}"
        self._terminal.message(f"{self._action}: {amount} {progress.note}")


@contextmanager
def _progress_bar(console: Console, action: str) -> Iterator[ReportProgress]:
    """A bar a unit of work, with amount, rate and time left; drawn on reports only, since a thread of its own would
    take the processor from the work.
    """
    from rich.progress import BarColumn, ProgressColumn, Task, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            speed = task.finished_speed or task.speed
            rate = "" if speed is None else _rate(speed, str(task.fields["unit"]))
            return Text(f"{rate if len(rate) <= RATE_WIDTH else '':>{RATE_WIDTH}}", style="progress.data.speed")

    with Bars(
        TextColumn("{task.description}", markup=False),
        BarColumn(BAR_WIDTH),
        TextColumn("{task.fields[amount]}", markup=False, style="progress.download"),
        Rate(),
        TimeRemainingColumn(),
        console=console,
        auto_refresh=False,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    ) as bars:
        tasks: dict[str, TaskID] = {}
        drawn_at = 0.0

        def report(progress: Progress) -> None:
            nonlocal drawn_at
            amount = _amount(progress.done, progress.total, progress.unit)
            if progress.unit not in tasks:
                tasks[progress.unit] = bars.add_task(action, total=None, unit=progress.unit, amount=amount)
            room = (
                console.width - BAR_WIDTH - len(amount) - RATE_WIDTH - TIME_WIDTH - GAPS
            )  # blanks between and at the end
            bars.update(
                tasks[progress.unit],
                completed=progress.done,
                total=progress.total or None,
                description=_described(action, safe_line(progress.note), room),
                amount=amount,
            )
            now = time.monotonic()
            if now - drawn_at >= SECONDS_BETWEEN_REDRAWS or progress.done >= progress.total:
                drawn_at = now
                bars.refresh()

        yield report


def _described(action: str, note: str, room: int) -> str:
    """What is done and, where there is room, to what; of a long note its end, for a path says most at its end."""
    if len(action) > room:
        return action[: max(0, room - 1)] + "…"
    left = room - len(action) - 1
    if len(note) > left:
        note = "…" + note[-(left - 1) :] if left >= SHORTEST_NOTE else ""
    return f"{action} {note}".rstrip()


def _amount(done: int, total: int, unit: str) -> str:
    if unit == "bytes":
        return f"{done / 1e6:,.0f}/{total / 1e6:,.0f} MB"
    return f"{done:,}/{total:,} {unit}"


def _left(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 2:
        return f"{seconds:.0f} s left"
    return f"{minutes} min left" if minutes < 120 else f"{minutes / 60:.1f} h left"


def _rate(per_second: float, unit: str) -> str:
    if unit == "bytes":
        return f"{per_second / 1e6:,.1f} MB/s"
    return f"{per_second:,.1f}/s" if per_second >= 1 else f"{per_second * 60:.1f}/min"
