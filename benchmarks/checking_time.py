"""What checking costs of the time to an answer: `python -m benchmarks.checking_time QUESTIONS --documents FOLDER`.

Asks questions and takes the time between events: what passes before a sentence is told to be checked, and between the
last word and the finished answer, goes to citing, checking, reading the answer again and saying how sure it is.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks.report import Measure, fault, report
from index.errors import LibraryError
from rag.assistant import Assistant
from rag.errors import FootnoteError
from rag.evaluation.gold import documents_in, read_gold, sample
from rag.records import Checked, Done
from rag.settings import Settings
from rag.wiring import open_assistant

Opener = Callable[[Settings], Assistant]


def main(arguments: Sequence[str] | None = None, opener: Opener = open_assistant) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.checking_time", description=__doc__)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--documents", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--limit", type=int, default=20, help="so many, drawn at random (default: 20)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    options = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="footnote-benchmark-") as home:
            assistant = opener(Settings.from_environment(home=Path(home)))
            with closing(assistant.library) as library:
                library.add(documents_in(options.documents))
                assistant.warm()
                asked = sample(read_gold(options.questions), options.limit, options.seed)
                times = [timed(assistant, question.question) for question in asked]
    except (FootnoteError, LibraryError, OSError) as error:
        return fault(error)
    shares, over = [checking / whole for checking, whole in times], f"median of {len(times)}"
    measures = [
        Measure("share", "checking of the whole answer", median(shares), "%", over),
        Measure("checking_s", "checking", median(checking for checking, _ in times), "s", over),
        Measure("whole_s", "question to whole answer", median(whole for _, whole in times), "s", over),
    ]
    return report("checking_time", measures, options.json, {"questions": len(times)})


def timed(assistant: Assistant, question: str) -> tuple[float, float]:
    """Seconds of checking, and of the whole answer."""
    started = before = perf_counter()
    checking = 0.0
    for event in assistant.ask(question):
        now = perf_counter()
        if isinstance(event, Checked | Done):
            checking += now - before
        before = now
    return checking, before - started


if __name__ == "__main__":
    sys.exit(main())
