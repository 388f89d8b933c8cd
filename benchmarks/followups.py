"""What understanding a follow-up question does for finding: `python -m benchmarks.followups`.

Each line of the file holds the question before, what was answered, the follow-up, and words of the passage that
answers it: `{"before", "said", "question", "holds"}`. Three ways of looking for it are set side by side: the follow-up
as it was typed, both questions in a row, and the question that `rag/standalone.py` makes of them. With `--whole FILE`
of whole questions it also counts how many are changed after another, drawn at random: none should be.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from benchmarks.report import Measure, fault, report
from index.encode import Encoder, SentenceTransformerEncoder
from index.errors import LibraryError
from index.library import Library
from rag.errors import FootnoteError
from rag.models import embedding_model_path
from rag.records import Exchange
from rag.retrieve import retrieve
from rag.settings import Settings
from rag.standalone import standalone
from rag.templates import load

ROOT = Path(__file__).resolve().parent.parent


def _open(settings: Settings) -> Encoder:
    return SentenceTransformerEncoder(embedding_model_path(settings))


def main(arguments: Sequence[str] | None = None, opener: Callable[[Settings], Encoder] = _open) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.followups",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("followups", type=Path, nargs="?", default=ROOT / "benchmarks" / "data" / "followups.jsonl")
    parser.add_argument("--documents", type=Path, default=ROOT / "seeds", metavar="FOLDER", help="asked about")
    parser.add_argument("--whole", type=Path, metavar="FILE", help="questions that should be left as they are")
    parser.add_argument("--show", action="store_true", help="print each question as it was understood")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    options = parser.parse_args(arguments)
    try:
        asked = _lines(options.followups)
        with tempfile.TemporaryDirectory(prefix="footnote-benchmark-") as folder:
            settings = Settings.from_environment(home=Path(folder))
            encoder = opener(settings)
            with closing(Library(settings.index, encoder)) as library:
                library.add([options.documents])

                def found(question: str, holds: str) -> bool:
                    count, templates = lambda text: encoder.count_tokens([text])[0], load()
                    hits = retrieve(library, encoder, question, settings, count, templates).hits
                    return any(holds in " ".join(hit.passage.text.split()) for hit in hits)

                measures = _ways(asked, found, options.show)
        if options.whole:
            measures.append(_left_alone([line["question"] for line in _lines(options.whole)]))
    except (FootnoteError, LibraryError, OSError) as error:
        return fault(error)
    return report("followups", measures, options.json, {"followups": len(asked)})


def _lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _ways(asked: Sequence[dict[str, str]], found: Callable[[str, str], bool], show: bool) -> list[Measure]:
    understood = [standalone(one["question"], [Exchange(one["before"], one["said"])]) for one in asked]
    if show:
        for one, question in zip(asked, understood, strict=True):
            print(f"{one['before']} | {one['question']} -> {question}", file=sys.stderr)
    ways = {
        "typed": ("the follow-up as it was typed: answer among what is read", [one["question"] for one in asked]),
        "row": ("both questions in a row", [f"{one['before']} {one['question']}" for one in asked]),
        "understood": ("as it was understood", understood),
    }
    measures = []
    for name, (title, questions) in ways.items():
        hits = sum(found(question, one["holds"]) for question, one in zip(questions, asked, strict=True))
        measures.append(Measure(name, title, hits / len(asked), "%", f"{hits} of {len(asked)}"))
    return measures


def _left_alone(questions: Sequence[str]) -> Measure:
    draw = random.Random(0)
    changed = sum(standalone(question, [Exchange(draw.choice(questions), "")]) != question for question in questions)
    return Measure(
        "changed", "whole questions changed", changed / len(questions), "%", f"{changed} of {len(questions)}"
    )


if __name__ == "__main__":
    sys.exit(main())
