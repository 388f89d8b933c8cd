"""The command that measures answers on a file of questions, or drafts such a file: evaluate."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from index.home import make_folder
from rag import effect
from rag.commands.documents import EXIT_REFUSED
from rag.commands.session import Answering, Home, Json, Model, Session, session_of, some_path
from rag.errors import EvaluationError
from rag.questions import read_questions, readable
from rag.settings import Settings

DRAFTS = 20

if TYPE_CHECKING:
    from index.library import Library
    from rag.evaluation.gold import Question
    from rag.evaluation.report import Report


def _some_folder(text: str) -> Path:
    """A folder that is there. Raises typer.BadParameter."""
    folder = some_path(text)
    if not folder.is_dir():
        raise typer.BadParameter(f"there is no folder {text}")
    return folder


def evaluate(
    context: typer.Context,
    questions: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", parser=some_path, help='Questions, one {"question", "answers", ...} a line.'),
    ] = None,
    documents: Annotated[
        Path | None,
        typer.Option(
            "--documents",
            metavar="FOLDER",
            parser=_some_folder,
            help="Ask about these, in a library of the command's own.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", parser=some_path, help="Keep each answer in FILE, and go on from there."),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(
            "--html", metavar="FILE", parser=some_path, help="Write a page with plots and every failure, too."
        ),
    ] = None,
    compare: Annotated[
        Path | None,
        typer.Option(
            "--compare", metavar="EARLIER", parser=some_path, help="Compare with the --json of an earlier run."
        ),
    ] = None,
    make_questions: Annotated[
        bool, typer.Option("--make-questions", help="Draft questions from the documents instead, to be corrected.")
    ] = False,
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

    With --make-questions the model drafts questions, 20 or --limit, about sentences drawn at random; each says where
    its answer stands. Correct them before you trust what they measure, and add some that nothing answers.
    """
    from rag.evaluation.comparison import compare as compared
    from rag.evaluation.comparison import digests, read_report, require_common
    from rag.evaluation.gold import in_folder, in_library, read_gold, sample
    from rag.evaluation.report import effect_of, report_form
    from rag.evaluation.run import golds
    from rag.reports.page import page
    from rag.reports.table import print_comparison, print_report

    session = session_of(context)
    if (questions is None) != make_questions:
        raise typer.BadParameter("give a file of questions, or --make-questions to draft some")
    for file in filter(None, (out, html)):
        _check_writable(file)
    settings = session.settings(home, model)
    if questions is None:
        _draft(session, settings, documents, out, limit or DRAFTS, seed)
        return
    earlier = read_report(compare) if compare else None
    chosen = sample(read_gold(questions), limit, seed)
    if earlier:
        require_common(str(compare), earlier, {one.id: readable(one.question) for one in chosen}, "question")
    with _lodged(settings, documents) as lodged:
        assistant = session.doors.assistant(replace(lodged, threshold=0.0))
        with closing(assistant.library) as library:
            refused = _stocked(session, library, documents)
            find = (
                in_folder(documents, library.document)
                if documents
                else in_library(library.documents(), library.document)
            )
            known = golds(chosen, find)
            if earlier:
                require_common(str(compare), earlier, digests(chosen, known), "gold")
            report, journal = _measured(session, settings, assistant, known, chosen, out, questions)
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
    if measured := effect_of(report, questions.name):
        try:
            effect.keep(settings.home, measured)
        except OSError as error:
            session.terminal.message(f"Not kept for the settings, where the threshold is chosen: {error}")
    if out is None:
        journal.unlink()  # not before all is told, so that nothing has to be asked again
    if refused:
        raise typer.Exit(EXIT_REFUSED)


def _check_writable(file: Path) -> None:
    """Raises EvaluationError where nothing could be written at the end of a long run."""
    folder = file.absolute().parent
    if file.is_dir() or not folder.is_dir() or not os.access(file if file.exists() else folder, os.W_OK):
        raise EvaluationError(f"{file}: cannot be written; name a file in a folder that exists")


@contextmanager
def _lodged(settings: Settings, documents: Path | None) -> Iterator[Settings]:
    """The settings as they are, or with a home of its own for these documents, for the time being."""
    if documents is None:
        yield settings
        return
    with tempfile.TemporaryDirectory(prefix="footnote-evaluation-") as folder:
        yield replace(settings, home=Path(folder))


def _stocked(session: Session, library: Library, documents: Path | None) -> bool:
    """Reads the folder, if any, into the library; whether a file was refused. Raises EvaluationError if it is empty."""
    from rag import rendering
    from rag.evaluation.gold import documents_in

    if documents is None:
        if not library.documents():
            raise EvaluationError("there are no documents yet; add some with: footnote add PATH, or use --documents")
        return False
    with session.terminal.progress("Reading") as progress:
        ledger = library.add(documents_in(documents), progress=progress, cancelled=session.interrupt)
    rendering.print_refusals(session.terminal, ledger)
    if not ledger.documents:
        raise EvaluationError(f"{documents}: no document could be read")
    return bool(ledger.refused)


def _draft(
    session: Session, settings: Settings, documents: Path | None, out: Path | None, count: int, seed: int
) -> None:
    """Prints drafts, or adds to `out` what it lacks, each as soon as it is there."""
    from index.records import Progress
    from rag import templates
    from rag.evaluation.drafting import draft_form, drafts, drawn, targets

    done = {filed.id for filed in read_questions(out)} if out and out.exists() else set()
    with _lodged(settings, documents) as lodged, closing(session.doors.library(lodged)) as library:
        _stocked(session, library, documents)
        stored = [library.document(name) for name in drawn(library.documents(), count, seed)]
    aims = [aim for aim in targets(stored, seed) if aim.id not in done]
    base = f"{documents.absolute()}{os.sep}" if documents else ""
    made = 0
    with session.terminal.progress("Drafting") as progress:
        progress(Progress(len(done), count, "questions"))
        found = drafts(aims, session.doors.generator(settings), templates.load(), session.interrupt)
        for made, draft in enumerate(islice(found, max(0, count - len(done))), start=1):
            form = draft_form(draft, draft.target.document.path.removeprefix(base))
            if out:
                with out.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(form, ensure_ascii=False) + "\n")
            else:
                session.terminal.json(form, one_line=True)
            progress(Progress(len(done) + made, count, "questions"))
    session.terminal.message(f"{made} drafted: read them, and correct what is not so before you measure with them")


def _measured(
    session: Session,
    settings: Settings,
    assistant: Answering,
    known: Mapping[str, Mapping[str, Any]],
    questions: list[Question],
    out: Path | None,
    file: Path,
) -> tuple[Report, Path]:
    """Asks and scores; returns the file of the answers, too, which without `out` lies in the home for the time."""
    from rag.evaluation.configuration import made_by
    from rag.evaluation.journal import Journal
    from rag.evaluation.report import report_of
    from rag.evaluation.run import ask_all, documents_of, scored_records

    made = made_by(settings, assistant.library.documents())
    journal = Journal(out or _kept(settings.home, file, made), made)
    with session.terminal.progress("Answering") as progress:
        ask_all(assistant, questions, journal, settings.threshold, progress, session.interrupt)
    records = scored_records(journal, questions, known, settings.threshold)
    return report_of(records, documents_of(records, assistant.library), settings.threshold), journal.path


def _kept(home: Path, questions: Path, made_by: dict[str, Any]) -> Path:
    """Where a run without --out is kept while it lasts: the same for the same questions to the same configuration."""
    folder = home / "evaluations"
    make_folder(folder, home)
    run = json.dumps([str(questions.absolute()), made_by], sort_keys=True)
    return folder / f"{questions.stem}-{hashlib.sha256(run.encode()).hexdigest()[:12]}.jsonl"
