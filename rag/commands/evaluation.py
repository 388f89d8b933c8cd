"""The command that measures answers on a file of questions: evaluate."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag.commands.documents import EXIT_REFUSED
from rag.commands.session import Answering, Home, Json, Model, Session, session_of
from rag.errors import EvaluationError
from rag.settings import Settings

if TYPE_CHECKING:
    from index.records import Ledger
    from rag.evaluation.gold import Find, Question
    from rag.evaluation.report import Report


def evaluate(
    context: typer.Context,
    questions: Annotated[
        Path, typer.Argument(metavar="FILE", help='Questions, one {"question", "answers", ...} a line.')
    ],
    documents: Annotated[
        Path | None,
        typer.Option(
            "--documents",
            metavar="FOLDER",
            exists=True,
            file_okay=False,
            help="Ask about these, in a library of the command's own.",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Keep each answer in FILE, and go on from there.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a page with plots and every failure, too.")
    ] = None,
    compare: Annotated[
        Path | None, typer.Option("--compare", metavar="EARLIER", help="Compare with the --json of an earlier run.")
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, metavar="N", help="Ask N, drawn at random.")] = None,
    seed: Annotated[int, typer.Option("--seed", metavar="S", help="Of the drawing.")] = 0,
    home: Home = None,
    model: Model = None,
    as_json: Json = False,
) -> None:
    """Measure answers on your own questions.

    How often the evidence is found, the answer right, cited and supported, and what the threshold declines, with 95%
    intervals. Only "question" is needed on a line; "answers", "answerable" and "doc", "start", "end" say what would be
    right and where it stands, and what is not said is not scored.

    An interrupted run goes on when the command is given again. A question that ends in a fault is asked again, and
    nothing is scored until all are answered.
    """
    from rag.evaluation.comparison import compare as compared
    from rag.evaluation.comparison import read_report
    from rag.evaluation.gold import read_gold, sample
    from rag.evaluation.report import report_form
    from rag.reports.page import page
    from rag.reports.table import print_comparison, print_report

    session = session_of(context)
    for file in filter(None, (out, html)):
        _check_writable(file)
    earlier = read_report(compare) if compare else None
    settings = session.settings(home, model)
    chosen = sample(read_gold(questions), limit, seed)
    with _opened(session, settings, documents) as (assistant, find, refused):
        report = _measured(session, settings, assistant, find, chosen, out, questions)
    comparison = compared(str(compare), earlier, report) if earlier else None
    if html:
        html.write_text(page(report, comparison), encoding="utf-8", errors="replace")
    if as_json:
        session.terminal.json(report_form(report) | {"comparison": asdict(comparison) if comparison else None})
    else:
        print_report(session.terminal, report)
        if comparison:
            print_comparison(session.terminal, comparison)
    if html:
        session.terminal.message(f"The page is {html}")
    if refused:
        raise typer.Exit(EXIT_REFUSED)


def _check_writable(file: Path) -> None:
    """Raises EvaluationError where nothing could be written at the end of a long run."""
    folder = file.absolute().parent
    if file.is_dir() or not folder.is_dir() or not os.access(file if file.exists() else folder, os.W_OK):
        raise EvaluationError(f"{file}: cannot be written; name a file in a folder that exists")


@contextmanager
def _opened(session: Session, settings: Settings, documents: Path | None) -> Iterator[tuple[Answering, Find, bool]]:
    """An assistant that holds nothing back, on the user's library or on one of these documents for the time being."""
    from rag.evaluation.gold import in_folder, in_library

    if documents is None:
        assistant = session.doors.assistant(replace(settings, threshold=0.0))
        with closing(assistant.library) as library:
            held = library.documents()
            if not held:
                raise EvaluationError(
                    "there are no documents yet; add some with: footnote add PATH, or use --documents"
                )
            yield assistant, in_library(held, library.document), False
        return
    with tempfile.TemporaryDirectory(prefix="footnote-evaluation-") as folder:
        assistant = session.doors.assistant(replace(settings, home=Path(folder), threshold=0.0))
        with closing(assistant.library) as library:
            ledger = _read(session, assistant, documents)
            yield assistant, in_folder(documents, library.document), bool(ledger.refused)


def _read(session: Session, assistant: Answering, documents: Path) -> Ledger:
    from rag import rendering
    from rag.evaluation.gold import documents_in

    with session.terminal.progress("Reading") as progress:
        ledger = assistant.library.add(documents_in(documents), progress=progress, cancelled=session.interrupt)
    rendering.print_refusals(session.terminal, ledger)
    if not ledger.documents:
        raise EvaluationError(f"{documents}: no document could be read")
    return ledger


def _measured(
    session: Session,
    settings: Settings,
    assistant: Answering,
    find: Find,
    questions: list[Question],
    out: Path | None,
    file: Path,
) -> Report:
    """Asks and scores. Without `out` the answers are kept in the home until all questions are answered."""
    from rag.evaluation.configuration import made_by
    from rag.evaluation.journal import Journal
    from rag.evaluation.report import report_of
    from rag.evaluation.run import ask_all, documents_of, golds, scored_records

    known = golds(questions, find)
    made = made_by(settings, assistant.library.documents())
    journal = Journal(out or _kept(settings.home, file, made), made)
    with session.terminal.progress("Answering") as progress:
        ask_all(assistant, questions, journal, settings.threshold, progress, session.interrupt)
    records = scored_records(journal, questions, known, settings.threshold)
    report = report_of(records, documents_of(records, assistant.library), settings.threshold)
    if out is None:
        journal.path.unlink()
    return report


def _kept(home: Path, questions: Path, made_by: dict[str, Any]) -> Path:
    """Where a run without --out is kept while it lasts: the same for the same questions to the same configuration."""
    folder = home / "evaluations"
    folder.mkdir(parents=True, exist_ok=True)
    run = json.dumps([str(questions.absolute()), made_by], sort_keys=True)
    return folder / f"{questions.stem}-{hashlib.sha256(run.encode()).hexdigest()[:12]}.jsonl"
