"""Footnote as a process of its own, started and timed from outside.

Knows the command line and the clock. Does not import what it measures; how a page is asked is told in `page`.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from benchmarks import page
from rag.evaluation.gold import documents_in

FOOTNOTE = (sys.executable, "-m", "rag")
ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT / "seeds"

_POLL_SECONDS = 0.02


class ProcessFault(Exception):
    """The process ended, or did not do in time what was waited for."""


@dataclass(frozen=True, slots=True)
class Served:
    """A page that answers. `seconds` passed from starting the process `pid` to the first HTTP 200."""

    pid: int
    seconds: float


def footnote(arguments: Sequence[str]) -> str:
    """What a command prints. Raises ProcessFault with what it says where it fails."""
    done = subprocess.run([*FOOTNOTE, *arguments], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise ProcessFault(f"footnote {arguments[0]}: {done.stderr.strip()}")
    return done.stdout


def add_documents(folder: Path, home: Path) -> None:
    """Reads the documents of a folder into `home`. Raises ProcessFault with what the command says."""
    footnote(["add", "--json", "--home", str(home), *map(str, documents_in(folder))])


@contextmanager
def serving(command: Sequence[str], port: int, timeout: float) -> Iterator[Served]:
    """Runs a command that serves the page on `port`, and interrupts it at the end."""
    started = time.perf_counter()
    with (
        tempfile.TemporaryFile("w+") as said,
        subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=said, start_new_session=True) as process,
    ):
        try:
            _await_page(process, port, started + timeout, said)
            yield Served(process.pid, time.perf_counter() - started)
        finally:
            if process.poll() is None:
                _end(process)


def _await_page(process: subprocess.Popen[bytes], port: int, deadline: float, said: IO[str]) -> None:
    while not page.answers(port):
        ended = process.poll() is not None
        if ended or time.perf_counter() > deadline:
            said.seek(0)
            last = said.read().strip().rpartition("\n")[2]
            raise ProcessFault(f"no page on port {port}: the process {'ended' if ended else 'is too slow'}: {last}")
        time.sleep(_POLL_SECONDS)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ctrl-C for the process and its children, which are a group of their own; so this needs a POSIX system."""
    os.killpg(process.pid, signal.SIGINT)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind((page.HOST, 0))
        return int(listener.getsockname()[1])
