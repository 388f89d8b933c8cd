"""How much a model leans to yes: `python -m benchmarks.polar QUESTIONS --documents FOLDER`.

Asks the yes-or-no questions of a file: how much more probable a yes is after the passages than by the question alone
(`rag/polar.py`), a line each, and what each limit below which the answer begins with no would make of them. The limit
of a model stands in `rag/calibration.json` as `no_below`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from benchmarks.report import fault
from index.encode import SentenceTransformerEncoder
from index.errors import LibraryError
from index.library import Library
from rag import models, prompt, templates
from rag.confidence import log_odds
from rag.errors import FootnoteError
from rag.evaluation.gold import documents_in, read_gold, sample
from rag.generator import result_of
from rag.polar import yes_or_no
from rag.questions import readable
from rag.retrieve import retrieve
from rag.settings import Settings
from rag.wiring import open_generator

LIMITS = (-1.0, -0.5, 0.0, 0.25, 0.5, 0.75, 1.0)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.polar", description=__doc__)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--documents", type=Path, required=True)
    parser.add_argument("--limit", type=int, help="so many, drawn at random")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="footnote-benchmark-") as home:
            found = leanings(replace(Settings.from_environment(), home=Path(home)), options)
    except (FootnoteError, LibraryError, OSError) as error:
        return fault(error)
    for line in table(found):
        print(line)
    return 0


def leanings(settings: Settings, options: argparse.Namespace) -> list[tuple[bool, float]]:
    """For each question whether yes is right, and how much more the model leans to yes after reading."""
    encoder, texts = SentenceTransformerEncoder(models.embedding_model_path(settings)), templates.load()
    generator = open_generator(settings)
    asked = [
        question
        for question in read_gold(options.questions)
        if question.answerable
        and question.answers[0].casefold() in ("yes", "no")
        and yes_or_no(question.question, question.question)
    ]
    found = []
    with closing(Library(settings.index, encoder)) as library:
        library.add(documents_in(options.documents))
        for question in sample(asked, options.limit, options.seed):
            words = readable(question.question)
            hits = retrieve(library, encoder, words, settings, generator.count_tokens, texts).hits
            read, alone = (
                log_odds(result_of(generator.judge(prompt.answering(words, some, texts)))) for some in (hits, ())
            )
            found.append((question.answers[0].casefold() == "yes", read - alone))
            print(f"{question.answers[0].casefold():3} {read - alone:6.2f}  {question.question}", flush=True)
    return found


def table(found: Sequence[tuple[bool, float]]) -> list[str]:
    """What each limit makes of the questions, as a Markdown table for the log."""
    yes, no = ([leaning for right, leaning in found if right is wanted] for wanted in (True, False))
    lines = ["", "| no below | yes told | no told |", "| --- | --- | --- |"]
    for limit in LIMITS:
        told = (sum(leaning >= limit for leaning in yes), sum(leaning < limit for leaning in no))
        lines.append(f"| {limit} | {told[0]} of {len(yes)} | {told[1]} of {len(no)} |")
    return lines


if __name__ == "__main__":
    sys.exit(main())
