"""The states that the probes of `rag/close_reading.py` are fitted to: `python -m benchmarks.close_reading EXAMPLES...`.

A line of the files is `{"group", "text", "claim", "holds"}`: words as a citation quotes them, a sentence, and whether
the words state it. With a `"question"` the sentence is an answer to it, and `holds` says whether the words give this
answer. Examples about one text are one group. The best are those of which the claim alone does not betray the verdict:
the same claim with a text that states it and with one that does not quite. Goes on where it stopped;
`benchmarks.probe fit --of stated` and `--of gives` read what it keeps.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.calibrate import Keeper
from benchmarks.report import fault
from index.records import Hit, Passage
from rag import confidence, models, templates
from rag.cite import Evidence, Source
from rag.close_reading import CloseReader
from rag.errors import FootnoteError
from rag.generate import LlamaGenerator
from rag.generator import Generator
from rag.hidden import States
from rag.settings import Settings

LAYER = 18  # of the default model; measured in LOG.md


class Catcher(Keeper):
    """A probe of a layer that nobody has studied yet."""

    def log_odds(self, states: States) -> float:
        self.seen.update(states)
        return 0.0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.close_reading",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("examples", type=Path, nargs="+", help="one example a line")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="where the states are kept")
    parser.add_argument("--layer", type=int, default=LAYER)
    parser.add_argument("--plain", action="store_true", help="read without the adapter")
    options = parser.parse_args(arguments)
    try:
        rows = [
            {"id": f"{path.name}:{number}", **json.loads(line)}
            for path in options.examples
            for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        ]
        settings = Settings.from_environment()
        path = models.answering_model_path(settings)
        identity = models.identity(path, settings)
        adapters = {} if options.plain else confidence.load(identity.sha256).adapters
        generator = LlamaGenerator(path, identity, settings.context_tokens, settings.threads, [options.layer], adapters)
        collect(rows, generator, options.layer, options.out)
    except (FootnoteError, OSError) as error:
        return fault(error)
    return 0


def collect(rows: Sequence[dict[str, Any]], generator: Generator, layer: int, out: Path) -> None:
    """Appends to `out` one line for each example that is not there yet."""
    catcher = Catcher(layer, np.empty(0, np.float32), 0.0)
    reader = CloseReader(generator, templates.load(), replace(confidence.load(), stated=catcher, gives=catcher))
    before = out.read_text("utf-8").splitlines() if out.exists() else []
    done = {json.loads(line)["id"] for line in before}
    with out.open("a", encoding="utf-8") as kept:
        for row in rows:
            if row["id"] in done:
                continue
            evidence = Evidence((_quoted(row["text"]),), 1.0, 1.0, ())
            if row.get("question"):
                reader.gives(row["question"], row["claim"], evidence)
            else:
                reader.stated(row["claim"], evidence)
            state = catcher.stored()
            found = {"right": row["holds"], "gives": state} if row.get("question") else {"state": state}
            about = {"id": row["id"], "document": row["group"], "answerable": row["holds"], "stated": row["holds"]}
            kept.write(json.dumps(about | found) + "\n")
            kept.flush()


def _quoted(text: str) -> Source:
    passage = Passage("", 0, len(text), text, "")
    return Source(Hit(1, 1.0, 0, 0, passage, "", "", (), None), 0, len(text), text)


if __name__ == "__main__":
    sys.exit(main())
