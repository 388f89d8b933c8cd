"""How good the answers are, beside their floors: `python -m benchmarks.answers QUESTIONS.jsonl --documents FOLDER`.

Asks and scores as `footnote evaluate` does (`rag/evaluation/`), with the folder read into a home that lasts as long as
the command; `--out` keeps the answers, and an interrupted run goes on from there. With a fault nothing is scored and
the exit code is 1.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from benchmarks import report as table
from benchmarks.report import fault
from index.errors import LibraryError
from index.records import Progress
from rag.commands.session import Answering
from rag.errors import EvaluationError, FootnoteError
from rag.evaluation.configuration import made_by
from rag.evaluation.gold import documents_in, in_folder, read_gold, sample
from rag.evaluation.journal import Journal
from rag.evaluation.report import Report, report_of
from rag.evaluation.run import ask_all, documents_of, golds, scored_records
from rag.settings import Settings

KINDS = ("short", "whole", "chats", "german")  # articles' paragraphs, whole articles, chats, German paragraphs


def _open(settings: Settings) -> Answering:
    from rag.wiring import open_assistant

    return open_assistant(settings)


def main(arguments: Sequence[str] | None = None, opener: Callable[[Settings], Answering] = _open) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.answers",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("questions", type=Path, metavar="QUESTIONS.jsonl")
    parser.add_argument("--documents", type=Path, required=True, metavar="FOLDER", help="the documents asked about")
    parser.add_argument("--out", type=Path, metavar="FILE", help="append each answer to FILE, one JSON object a line")
    parser.add_argument("--model", metavar="NAME|FILE", help="the answering model, instead of the default")
    parser.add_argument("--limit", type=int, metavar="N", help="ask N of the questions, drawn at random")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="of the drawing (default 0)")
    parser.add_argument("--kind", choices=KINDS, help="of the questions, which have floors of their own")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    options = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="footnote-benchmark-") as home:
            settings = Settings.from_environment(home=Path(home), model=options.model)
            return _measure(options, settings, opener(replace(settings, threshold=0.0)))
    except (FootnoteError, LibraryError, OSError) as error:
        return fault(error)


def _measure(options: argparse.Namespace, settings: Settings, assistant: Answering) -> int:
    with closing(assistant.library) as library:
        questions = sample(read_gold(options.questions), options.limit, options.seed)
        ledger = library.add(documents_in(options.documents))
        for file in ledger.refused:
            _say(f"refused: {file.path}: {file.reason}")
        if not ledger.documents:
            raise EvaluationError(f"{options.documents}: no document could be read")
        known = golds(questions, in_folder(options.documents, library.document))
        made = made_by(settings, library.documents())
        journal = Journal(options.out or settings.home / "answers.jsonl", made)
        ask_all(assistant, questions, journal, settings.threshold, _progress)
        records = scored_records(journal, questions, known, settings.threshold)
        report = report_of(records, documents_of(records, library), settings.threshold)
    if report.lost:
        _say(f"left out of the measures of evidence, which is not in the stored text: {', '.join(report.lost)}")
    notes = {"questions": len(questions), "model": records[0]["model"], "index": records[0]["index"]}
    command = f"answers_{options.kind}" if options.kind else "answers"
    return table.report(command, lines(report), options.json, notes)


def lines(report: Report) -> list[table.Measure]:
    """The lines of the table."""
    units: dict[str, table.Unit] = {"share": "%", "seconds": "s", "tokens": "tokens", "number": ""}
    return [
        table.Measure(one.name, one.title, one.estimate.value, units[one.unit], one.over) for one in report.measures
    ]


def _progress(progress: Progress) -> None:
    _say(f"{progress.done} of {progress.total} {progress.unit}")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
