"""How long one waits before anything happens: `python -m benchmarks.startup`.

Each figure is the median over `--runs` of new processes, timed from outside from the moment of starting them:
`footnote ask` until the model begins to read the prompt (everything imported, both models loaded, passages found),
`footnote serve` until the page answers HTTP 200, and `footnote --help` until it has ended. With `--make-run` also
`make run` in this repository until its page answers; run it once before, for the first time sets up everything.

The first run of all is not counted: it brings the files of models and libraries into the machine's file cache.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from benchmarks.process import FOOTNOTE, ROOT, SEEDS, ProcessFault, add_documents, free_port, serving
from benchmarks.report import Measure, fault, report, warn_if_busy

QUESTION = "Why did Russia close its mission to NATO in 2021?"
PAGE_SECONDS = 300.0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.startup",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--documents", type=Path, default=SEEDS, metavar="FOLDER", help="default: the sample dossier")
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="processes a figure (default 3)")
    parser.add_argument("--make-run", action="store_true", help="also time 'make run'")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    options = parser.parse_args(arguments)
    warn_if_busy()
    try:
        with tempfile.TemporaryDirectory(prefix="footnote-benchmark-") as folder:
            home = Path(folder)
            add_documents(options.documents, home)
            measures = [
                _timed(
                    "ask_prefill_s", "footnote ask to the start of reading", options.runs, lambda: ask_seconds(home)
                ),
                _timed("serve_page_s", "footnote serve to a page", options.runs, lambda: serve_seconds(home)),
                _timed("make_run_page_s", "make run to a page", options.runs if options.make_run else 0, make_seconds),
                _timed("help_s", "footnote --help", options.runs, help_seconds),
            ]
    except (ProcessFault, OSError) as error:
        return fault(error)
    return report("startup", measures, options.json)


def _timed(name: str, title: str, runs: int, seconds: Callable[[], float]) -> Measure:
    """The median of `runs` after one that is not counted; not measured where `runs` is 0."""
    if runs == 0:
        return Measure(name, title, None, "s")
    first, *taken = [seconds() for _ in range(runs + 1)]
    over = f"median of {runs}, slowest {max(taken):.2f}, uncounted first {first:.2f}"
    return Measure(name, title, median(taken), "s", over)


def ask_seconds(home: Path) -> float:
    """From starting `footnote ask` to its first Reading event."""
    command = [sys.executable, "-m", "benchmarks.first_reading", QUESTION, "--home", str(home)]
    started = time.perf_counter()
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None  # piped, just above
        line = process.stdout.readline()
        elapsed = time.perf_counter() - started
        _, said = process.communicate()
    if line.strip() != "reading":
        raise ProcessFault(f"footnote ask never began to read: {said.strip().rpartition(chr(10))[2]}")
    return elapsed


def serve_seconds(home: Path) -> float:
    """From starting `footnote serve` to HTTP 200."""
    port = free_port()
    with serving([*FOOTNOTE, "serve", "--port", str(port), "--home", str(home)], port, PAGE_SECONDS) as served:
        return served.seconds


def make_seconds() -> float:
    """From starting `make run` to HTTP 200, with the home and models of whoever starts it."""
    port = free_port()
    with serving(["make", "run", f"PORT={port}"], port, PAGE_SECONDS) as served:
        return served.seconds


def help_seconds() -> float:
    """From starting `footnote --help` to its end."""
    started = time.perf_counter()
    subprocess.run([*FOOTNOTE, "--help"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
