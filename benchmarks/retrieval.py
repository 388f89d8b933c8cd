"""How often the gold passage is among the first found: `python -m benchmarks.retrieval MODEL DOCS QUESTIONS`.

For questions of the documented form. `gold@r`: one of the first r hits overlaps a gold span, or stands in a gold
document where no span is known. `all@r`: the first r hits come from every gold document. `answer@r`: one of them holds
the first character of the answer. `--set passage_tokens=80;96` tries other settings; several values make a table.
`--rerank 12` gives the first 12 found a second look, as answering does (`rag/rerank.py`). `--slips` asks with a slip in
the longest word of each question: two letters that changed places.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from index.encode import SentenceTransformerEncoder
from index.library import Library
from index.records import Hit
from index.settings import IndexSettings
from rag.rerank import reranked

RANKS = (1, 4, 5, 10)


Search = Callable[[str], Sequence[Hit]]


def ranks(search: Search, question: dict[str, Any]) -> tuple[int, int, int]:
    """Ranks at which a gold span, all gold documents and the answer's first character have been found; 0 for never."""
    hits = search(question["question"])[: max(RANKS)]
    names = [Path(hit.path).name for hit in hits]
    spans = question.get("evidence") or ([question] if "start" in question else [])
    whole = [{"doc": doc, "start": 0, "end": sys.maxsize} for doc in question.get("docs", [question.get("doc")])]
    gold = [holds(hit, span["doc"], span["start"], span["end"]) for hit in hits for span in spans or whole]
    wanted = [{span["doc"] for span in whole} <= set(names[: rank + 1]) for rank in range(len(hits))]
    starts = question.get("answer_starts") or [-1 if (at := question.get("answer_start")) is None else at]
    answer = [holds(hit, question.get("doc", ""), start, start + 1) for hit in hits for start in starts]
    return first(gold, len(spans or whole)), first(wanted, 1), first(answer, len(starts))


def holds(hit: Hit, document: str, start: int, end: int) -> bool:
    """Whether the hit overlaps [start, end) of the document of that file name."""
    return Path(hit.path).name == document and hit.passage.start < end and start < hit.passage.end


def first(matches: list[bool], columns: int) -> int:
    """The row of the first match, counted from 1, in a table of so many columns; 0 without a match."""
    return matches.index(True) // columns + 1 if True in matches else 0


def slipped(question: str) -> str:
    """The question with two letters of its longest word exchanged, one drawn by chance from the third on."""
    longest = max(re.findall(r"[^\W\d_]+", question), key=len, default="")
    places = [at for at in range(2, len(longest) - 1) if longest[at] != longest[at + 1]]
    if not places:
        return question
    at = random.Random(question).choice(places)
    return question.replace(longest, longest[:at] + longest[at + 1] + longest[at] + longest[at + 2 :])


def measure(library: Library, search: Search, asked: list[dict[str, Any]]) -> str:
    """The figures of one line of the table."""
    started = time.monotonic()
    found = [ranks(search, question) for question in asked]
    milliseconds = (time.monotonic() - started) / len(asked) * 1000
    cells = [f"{sum(0 < rank[kind] <= at for rank in found) / len(found):.3f}" for kind in (0, 1, 2) for at in RANKS]
    totals = library.documents()
    passages = sum(document.passages for document in totals)
    characters = sum(document.characters for document in totals) / passages
    return f"{' | '.join(cells)} | {len(found)} | {passages} | {characters:.0f} | {milliseconds:.0f}"


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="folder of the embedding model")
    parser.add_argument("documents", type=Path, help="file or folder")
    parser.add_argument("questions", type=Path, help="JSON lines")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=JSON[;JSON...]", help="settings to try")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="ask every Nth question only")
    parser.add_argument("--rerank", type=int, default=0, metavar="N", help="give the first N found a second look")
    parser.add_argument("--slips", action="store_true", help="ask with a slip in the longest word")
    options = parser.parse_args(arguments)
    tried = {name: [json.loads(v) for v in values.split(";")] for name, values in (s.split("=") for s in options.set)}
    asked = [json.loads(line) for line in options.questions.read_text(encoding="utf-8").splitlines()]
    asked = [question for question in asked if question.get("answerable", True)][:: options.every]
    if options.slips:
        asked = [{**question, "question": slipped(question["question"])} for question in asked]
    encoder = SentenceTransformerEncoder(options.model)
    columns = [f"{kind}@{at}" for kind in ("gold", "all", "answer") for at in RANKS]
    print(f"| settings | {' | '.join(columns)} | n | passages | characters each | ms |")
    print("|---" * (len(columns) + 5) + "|")
    with tempfile.TemporaryDirectory() as folder:
        for values in itertools.product(*tried.values()):
            chosen: dict[str, Any] = {
                n: tuple(v) if isinstance(v, list) else v for n, v in zip(tried, values, strict=True)
            }
            home = Path(folder) / str(chosen.get("passage_tokens", "default"))  # the other settings concern searching
            library = Library(replace(IndexSettings(home), **chosen), encoder)
            ledger = library.add([options.documents])
            if ledger.refused or not ledger.documents:
                raise SystemExit(f"{options.documents}: {ledger.documents} documents read, refused: {ledger.refused}")

            def search(question: str, library: Library = library) -> Sequence[Hit]:
                if options.rerank:
                    return reranked(question, library.search(question, options.rerank), encoder)
                return library.search(question, max(RANKS))

            line = measure(library, search, asked)
            library.close()
            print(f"| {' '.join(f'{n}={v}' for n, v in chosen.items()) or 'default'} | {line} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
