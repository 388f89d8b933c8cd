"""What is found in a folder of many formats: `python -m benchmarks.found FOLDER`.

Adds every file of FOLDER that loads to a library of its own, with the embedding model, and asks the search FOLDER's
`questions.jsonl`: whether the gold document is among the first five passages, of a PDF on the gold page. Then how much
of the text that was read is indexed, and whether every passage is its document's text at its span.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.report import Measure, fault, report
from index.errors import LibraryError
from index.library import Library
from index.records import Hit
from rag.errors import FootnoteError
from rag.settings import Settings
from rag.wiring import open_library

FIRST = 5


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.found", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="documents, and their questions.jsonl")
    parser.add_argument("--json", action="store_true", help="print the table as JSON")
    options = parser.parse_args(arguments)
    try:
        questions = [json.loads(line) for line in (options.folder / "questions.jsonl").read_text("utf-8").splitlines()]
        with tempfile.TemporaryDirectory(prefix="footnote-benchmark-") as home:
            settings = replace(Settings.from_environment(), home=Path(home))
            with closing(open_library(settings)) as library:
                library.add([options.folder.resolve()])
                measures = [found(library, options.folder.resolve(), questions)]
            measures += stored(settings.index.store_path)
    except (FootnoteError, LibraryError, OSError, ValueError) as error:
        return fault(error)
    return report("found", measures, options.json)


def found(library: Library, folder: Path, questions: Sequence[dict[str, Any]]) -> Measure:
    """The share of answerable questions whose gold evidence stands among the first passages."""
    asked = [question for question in questions if question["answerable"]]
    missed = []
    for question in asked:
        hits = library.search(question["question"], FIRST)
        if not any(holds(hit, folder, gold) for gold in question["evidence"] for hit in hits):
            missed.append(question["id"])
    for name in missed:
        print(f"{name}: not among the first {FIRST}", file=sys.stderr)
    good = len(asked) - len(missed)
    return Measure("gold", f"gold among the first {FIRST} passages", good / len(asked), "%", f"{good} of {len(asked)}")


def holds(hit: Hit, folder: Path, gold: dict[str, Any]) -> bool:
    """Whether a passage is of the gold document, and stands on its page where that is told."""
    page = gold.get("page")
    on_page = page is None or page in {own.number for own in hit.pages}
    return Path(hit.path) == folder / gold["doc"] and on_page


def stored(store: Path) -> list[Measure]:
    """Of what was read, white space not counted, how much stands in passages; and whether those are exact."""
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as connection:
        texts: dict[int, str] = dict(connection.execute("SELECT key, text FROM documents"))
        spans = connection.execute("SELECT document, start, end, text FROM passages").fetchall()
    equal = sum(texts[document][start:end] == text for document, start, end, text in spans)
    covered: dict[int, set[int]] = {document: set() for document in texts}
    for document, start, end, _ in spans:
        covered[document].update(range(start, end))
    letters = {
        document: {i for i, letter in enumerate(text) if not letter.isspace()} for document, text in texts.items()
    }
    read = sum(map(len, letters.values()))
    indexed = sum(len(letters[document] & covered[document]) for document in texts)
    return [
        Measure("indexed", "indexed of what was read", indexed / read, "%", f"{indexed:,} of {read:,} letters"),
        Measure("exact", "passages equal to their document's text", equal / len(spans), "%", f"{len(spans):,}"),
    ]


if __name__ == "__main__":
    raise SystemExit(main())
