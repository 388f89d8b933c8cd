"""How often the evidence is among the passages read: `python -m benchmarks.reading QUESTIONS --documents FOLDER`.

Chooses passages as answering does, second look and token budget included, and asks the model nothing: only its
tokenizer is needed. `--set NAME` says which kind of questions these are, and so which floor holds. With `--only TYPE`
questions of other types are left out.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from benchmarks.report import Measure, fault, report
from index.encode import SentenceTransformerEncoder
from index.errors import LibraryError
from index.library import Library
from rag import forms, models, prompt, templates
from rag.errors import FootnoteError
from rag.evaluation.gold import documents_in, gold_form, in_folder, read_gold, sample
from rag.evaluation.scoring import evidence_read
from rag.questions import readable
from rag.retrieve import retrieve
from rag.settings import Settings
from rag.wiring import open_generator


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reading", description=__doc__)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--documents", type=Path, required=True)
    parser.add_argument("--set", default="any", metavar="NAME", help="english, whole, chats, news, german, russian")
    parser.add_argument("--only", metavar="TYPE")
    parser.add_argument("--limit", type=int, help="so many, drawn at random")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    options = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="footnote-benchmark-") as home:
            settings = replace(Settings.from_environment(), home=Path(home))
            found = measures(settings, options)
    except (FootnoteError, LibraryError, OSError) as error:
        return fault(error)
    return report("reading", found, options.json, partial=True)


def measures(settings: Settings, options: argparse.Namespace) -> list[Measure]:
    """The lines of the table."""
    encoder, texts = SentenceTransformerEncoder(models.embedding_model_path(settings)), templates.load()
    count = open_generator(settings).count_tokens
    of_type = {
        str(entry.get("id", number)): entry.get("type")
        for number, entry in enumerate(map(json.loads, options.questions.read_text("utf-8").splitlines()), start=1)
    }
    asked = [question for question in read_gold(options.questions) if question.answerable and question.evidence]
    asked = [question for question in asked if options.only in (None, of_type[question.id])]
    some, every, documents, tokens = [], [], [], []
    with closing(Library(settings.index, encoder)) as library:
        library.add(documents_in(options.documents))
        for question in sample(asked, options.limit, options.seed):
            gold = gold_form(question, in_folder(options.documents, library.document))
            if not gold["spans"]:
                continue  # what is said to be evidence does not stand in the document
            hits = retrieve(library, encoder, readable(question.question), settings, count, texts).hits
            share = evidence_read({"passages": [forms.hit_form(hit) for hit in hits], "gold": gold})
            some.append(share.hits > 0)
            every.append(share.hits == share.of)
            read = {hit.passage.document_id for hit in hits}
            documents.append({span["document_id"] for span in gold["spans"]} <= read)
            turns = prompt.answering(question.question, hits, texts).turns
            tokens.append(sum(count(part) for turn in turns for part in turn.parts))
    of = f"{len(some)} questions"
    return [
        Measure(f"some_{options.set}", "some gold evidence read", _mean(some), "%", of),
        Measure(f"all_{options.set}", "all gold evidence read", _mean(every), "%", of),
        Measure(f"documents_{options.set}", "something of every gold document read", _mean(documents), "%", of),
        Measure("tokens", "prompt tokens, median", statistics.median(tokens) if tokens else None, "tokens", of),
    ]


def _mean(outcomes: Sequence[bool]) -> float | None:
    return sum(outcomes) / len(outcomes) if outcomes else None


if __name__ == "__main__":
    sys.exit(main())
