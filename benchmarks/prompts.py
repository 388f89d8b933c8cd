"""Prompts against each other: `python -m benchmarks.prompts QUESTIONS.jsonl --documents FOLDER --variants FOLDER...`.

A variant is a folder with templates that differ from those in `prompts/`; "default" is these themselves and always
among them. Every variant answers the same questions from the same passages: all that a question is given are read,
whatever they take, and nothing is declined. One line a variant: right, supported, unsupported, tokens read and written,
and how probable it is (McNemar) that it differs from the default by chance.

`--out FOLDER` keeps the answers, a file a variant; an interrupted run goes on from there.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from index.encode import Encoder, SentenceTransformerEncoder
from index.errors import LibraryError
from index.library import Library
from rag import confidence, templates
from rag.assistant import Assistant
from rag.errors import EvaluationError, FootnoteError
from rag.evaluation.comparison import compare
from rag.evaluation.configuration import made_by
from rag.evaluation.gold import documents_in, in_folder, read_gold, sample
from rag.evaluation.journal import Journal
from rag.evaluation.report import Report, report_form, report_of
from rag.evaluation.run import ask_all, documents_of, golds, scored_records
from rag.generator import Generator
from rag.models import embedding_model_path
from rag.reports.table import in_unit, interval
from rag.settings import Settings
from rag.templates import Templates
from rag.terminal import Terminal
from rag.wiring import open_generator

DEFAULT = "default"
COLUMNS = ("right", "sentences_supported", "sentences_unsupported", "prompt_tokens", "answer_tokens")


def variant(folder: Path) -> Templates:
    """The default templates with those of a folder in their place. Raises EvaluationError, TemplateError."""
    files = sorted(folder.glob("*.txt"))
    if not files:
        raise EvaluationError(f"{folder}: no templates there; put files like system.txt into it")
    changed = {file.stem: file.read_text(encoding="utf-8").strip() for file in files}
    return templates.checked({**templates.load().texts, **changed})


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.prompts", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("questions", type=Path, metavar="QUESTIONS.jsonl")
    parser.add_argument("--documents", type=Path, required=True, metavar="FOLDER", help="the documents asked about")
    parser.add_argument("--variants", type=Path, nargs="+", required=True, metavar="FOLDER", help="folders of files")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="keep the answers there, and go on from there")
    parser.add_argument("--model", metavar="NAME|FILE", help="the answering model, instead of the default")
    parser.add_argument("--limit", type=int, metavar="N", help="ask N of the questions, drawn at random")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="of the drawing (default 0)")
    options = parser.parse_args(arguments)
    terminal = Terminal.standard()
    try:
        with tempfile.TemporaryDirectory(prefix="footnote-prompts-") as home:
            settings = Settings.from_environment(home=Path(home), model=options.model)
            encoder = SentenceTransformerEncoder(embedding_model_path(settings))
            reports = measured(options, settings, encoder, open_generator(settings), terminal)
    except (FootnoteError, LibraryError, OSError) as error:
        terminal.error(str(error))
        return 1
    for line in table(reports):
        terminal.print(line)
    return 0


def measured(
    options: argparse.Namespace, settings: Settings, encoder: Encoder, generator: Generator, terminal: Terminal
) -> dict[str, Report]:
    """A report a variant, the default first. Raises EvaluationError, and TemplateError before anything is asked."""
    variants = {DEFAULT: templates.load(), **{folder.name: variant(folder) for folder in options.variants}}
    if len(variants) < len(options.variants) + 1:
        raise EvaluationError("two variants have the same name; name each folder otherwise")
    questions = sample(read_gold(options.questions), options.limit, options.seed)
    # Nothing is cut and nothing is declined, so that the variants differ in their words alone.
    settings = replace(settings, threshold=0.0, hopeless=0.0, passage_tokens_read=settings.context_tokens)
    kept = options.out or settings.home
    kept.mkdir(parents=True, exist_ok=True)
    reports, calibration = {}, confidence.load(generator.identity.sha256)
    with closing(Library(settings.index, encoder)) as library:
        if not library.add(documents_in(options.documents)).documents:
            raise EvaluationError(f"{options.documents}: no document could be read")
        known = golds(questions, in_folder(options.documents, library.document))
        for name, texts in variants.items():
            assistant = Assistant(library, encoder, generator, texts, calibration, settings)
            made = {**made_by(settings, library.documents()), "prompts": texts.sha256}
            journal = Journal(kept / f"{name}.jsonl", made)
            with terminal.progress(f"Answering, {name}") as progress:
                ask_all(assistant, questions, journal, 0.0, progress)
            records = scored_records(journal, questions, known, 0.0)
            reports[name] = report_of(records, documents_of(records, library), 0.0)
    return reports


def table(reports: dict[str, Report]) -> list[str]:
    """The lines to print, as a Markdown table for the log."""
    lines = [
        "| prompts | right | 95% interval | p | supported | unsupported | prompt tokens | answer tokens | n |",
        "|---" * 9 + "|",
    ]
    default = report_form(reports[DEFAULT])
    for name, report in reports.items():
        found = {measure.name: measure for measure in report.measures}
        right, *others = (in_unit(found[column].estimate.value, found[column].unit) for column in COLUMNS)
        changes = () if name == DEFAULT else compare(DEFAULT, default, report).changes
        chance = [f"{one.probability:.2f}" for one in changes if one.name == "right" and one.probability is not None]
        cells = (name, right, interval(found["right"]), *(chance or [""]), *others, str(len(report.cases)))
        lines.append(f"| {' | '.join(cells)} |")
    return lines


if __name__ == "__main__":
    sys.exit(main())
