"""How long `footnote sync` takes where nothing has changed: `python -m benchmarks.sync`.

Writes a folder of small files, adds it with the hashing encoder of the tests (what an encoder makes of a text does not
matter here), and brings it in step again: within this process, where an audit hook counts the files of the folder that
are opened, and as a command of its own, from its start to its end.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from benchmarks.process import ROOT
from benchmarks.report import Measure, fault, report
from index.errors import LibraryError
from index.library import Library
from index.settings import IndexSettings
from tests.fakes import HashingEncoder

FILES = 10_000
FILES_A_FOLDER = 100
RUNS = 5
COMMAND = (sys.executable, "-m", "tests.rag.fake_footnote", "sync")


class Opened:
    """An audit hook: counts what is opened below a folder. Hooks stay until the process ends."""

    def __init__(self, folder: Path) -> None:
        self._below = f"{folder}{os.sep}"
        self.count = 0

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        if event == "open" and str(arguments[0]).startswith(self._below):
            self.count += 1


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.sync", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", type=int, default=FILES, metavar="N", help="default: %(default)s")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    options = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="footnote-benchmark-") as place:
            return report("sync", measures(Path(place), options.files), options.json)
    except (LibraryError, OSError, subprocess.CalledProcessError) as error:
        return fault(error)


def measures(place: Path, files: int) -> list[Measure]:
    """The lines of the table."""
    folder, home = place / "documents", place / "home"
    write(folder, files)
    started = time.perf_counter()
    with closing(Library(IndexSettings(home), HashingEncoder())) as library:
        added = library.add([folder]).added
    adding = time.perf_counter() - started
    seconds, opened = in_process(home, folder, files)
    over = f"{added:,} files, median of {RUNS}"
    return [
        Measure("sync_s", "sync, nothing changed", seconds, "s", over),
        Measure("command_s", "the same as a command", as_command(home), "s", over),
        Measure("opened", "files opened meanwhile", opened, "files", f"{RUNS} times {files:,} files"),
        Measure("add_s", "adding them, hashing encoder", adding, "s", "once"),
    ]


def write(folder: Path, files: int) -> None:
    """Small texts, no two alike."""
    for number in range(files):
        path = folder / f"{number // FILES_A_FOLDER:04}" / f"{number:06}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"Note {number}.\n\nThe council met for the {number}th time.\n", encoding="utf-8")


def in_process(home: Path, folder: Path, files: int) -> tuple[float, int]:
    """The median of several runs, each with a library opened afresh, and how many files were opened in all of them."""
    opened = Opened(folder)
    sys.addaudithook(opened)
    seconds = []
    for _ in range(RUNS):
        started = time.perf_counter()
        with closing(Library(IndexSettings(home), HashingEncoder())) as library:
            ledger = library.sync()
        seconds.append(time.perf_counter() - started)
        if ledger.unchanged != files:
            raise LibraryError(f"{ledger.unchanged} of {files} files were found unchanged")
    return statistics.median(seconds), opened.count


def as_command(home: Path) -> float:
    """The median of several runs from the start of the process to its end."""
    seconds = []
    for _ in range(RUNS):
        started = time.perf_counter()
        subprocess.run([*COMMAND, "--home", str(home)], cwd=ROOT, check=True, capture_output=True)
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


if __name__ == "__main__":
    sys.exit(main())
