"""How much memory the page takes: `python -m benchmarks.memory`.

Starts `footnote serve` as a process of its own, asks its page one question as a browser would, waits for the answer
(so both models are loaded and have been used), and then reads what the system says of the process and its children.
Resident memory counts the model's file, whose pages are mapped; the floor is on what is resident beyond its size.
Private memory is what would be free again if the process ended now; proportional memory shares out what other
processes map as well.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks import page
from benchmarks.process import FOOTNOTE, SEEDS, ProcessFault, add_documents, free_port, serving
from benchmarks.report import Measure, fault, report
from benchmarks.startup import PAGE_SECONDS, QUESTION
from rag.errors import FootnoteError
from rag.models import answering_model_path
from rag.settings import Settings

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes of a process and its children. `proportional` and `peak` are None where the system does not tell."""

    resident: int
    private: int
    proportional: int | None
    peak: int | None


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.memory",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--documents", type=Path, default=SEEDS, metavar="FOLDER", help="default: the sample dossier")
    parser.add_argument("--question", default=QUESTION, metavar="TEXT")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    options = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="footnote-benchmark-") as home:
            file_bytes = answering_model_path(Settings.from_environment(home=Path(home))).stat().st_size
            add_documents(options.documents, Path(home))
            port = free_port()
            with serving([*FOOTNOTE, "serve", "--port", str(port), "--home", home], port, PAGE_SECONDS) as served:
                before = memory_of(served.pid)
                page.ask(port, options.question)
                after = memory_of(served.pid)
    except (ProcessFault, page.PageFault, FootnoteError, OSError, psutil.Error) as error:
        return fault(error)
    return report("memory", measures(file_bytes, before, after), options.json)


def measures(file_bytes: int, before: Memory, after: Memory) -> list[Measure]:
    """The lines of the table."""

    def line(name: str, title: str, value: int | None, over: str = "after one answer") -> Measure:
        return Measure(name, title, None if value is None else value / MEGABYTE, "MB", over)

    return [
        line("beyond_model_mb", "resident beyond the model file", after.resident - file_bytes),
        line("resident_mb", "resident", after.resident),
        line("peak_mb", "resident at most", after.peak, "since the start"),
        line("proportional_mb", "proportional", after.proportional),
        line("private_mb", "private", after.private),
        line("page_resident_mb", "resident when the page answers", before.resident, "before any question"),
        line("model_file_mb", "the model file", file_bytes, ""),
    ]


def memory_of(pid: int) -> Memory:
    """The memory of a process and its children, now."""
    root = psutil.Process(pid)
    processes = [root, *root.children(recursive=True)]
    parts = [process.memory_full_info() for process in processes]
    shared_out = [getattr(part, "pss", None) for part in parts]
    peaks = [_peak(process.pid) for process in processes]
    return Memory(
        resident=sum(part.rss for part in parts),
        private=sum(part.uss for part in parts),
        proportional=None if None in shared_out else sum(size for size in shared_out if size),
        peak=None if None in peaks else sum(size for size in peaks if size),
    )


def _peak(pid: int) -> int | None:
    status = Path(f"/proc/{pid}/status")
    if not status.is_file():
        return None
    lines = (line.split() for line in status.read_text(encoding="utf-8").splitlines())
    return next((int(words[1]) * 1024 for words in lines if words[0] == "VmHWM:"), None)


if __name__ == "__main__":
    sys.exit(main())
