"""How `footnote check` judges claims that people judged before: `python -m benchmarks.claims CLAIMS.jsonl`.

A line of the file is `{"text", "expected"}`, where expected is "supported", "partly supported", "contradicted" or "not
found"; false claims are best written to deceive. The table sets what was found beside that; `--quick` leaves the model
out. Claims by which rules or weights were made flatter: say so beside a figure.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, get_args

from benchmarks.report import Measure, fault, report
from index.errors import LibraryError
from rag.checking import Checker
from rag.errors import FootnoteError
from rag.records import Standing
from rag.settings import Settings
from rag.wiring import open_checker

EXPECTED = [standing for standing in get_args(Standing) if standing != "no claim"]
Opener = Callable[[Settings, bool], Checker]


def main(arguments: Sequence[str] | None = None, opener: Opener = open_checker) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.claims",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("claims", type=Path, help="one claim a line")
    parser.add_argument("--documents", type=Path, required=True, metavar="FOLDER", help="held against them")
    parser.add_argument("--quick", action="store_true", help="by rules alone")
    parser.add_argument("--show", action="store_true", help="print each claim that is judged otherwise than expected")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    options = parser.parse_args(arguments)
    try:
        filed = [json.loads(line) for line in options.claims.read_text("utf-8").splitlines() if line.strip()]
        with tempfile.TemporaryDirectory(prefix="footnote-benchmark-") as folder:
            settings = Settings.from_environment(home=Path(folder))
            checker = opener(settings, options.quick)
            with closing(checker.library) as library:
                library.add([options.documents])
                found = [checker.check(claim["text"]).statements[0].standing for claim in filed]
    except (FootnoteError, LibraryError, OSError) as error:
        return fault(error)
    if options.show:
        for claim, standing in zip(filed, found, strict=True):
            if standing != claim["expected"]:
                print(f"{claim['expected']} -> {standing}: {claim['text']}", file=sys.stderr)
    return report("claims", _measures(filed, found), options.json, {"claims": len(filed)})


def _measures(filed: Sequence[dict[str, Any]], found: Sequence[Standing]) -> list[Measure]:
    """Of the claims that are expected to be of each standing, how many are found to be of each."""
    table = Counter(zip((claim["expected"] for claim in filed), found, strict=True))
    measures = []
    for expected in EXPECTED:
        of = sum(count for (wanted, _), count in table.items() if wanted == expected)
        for standing in EXPECTED if of else ():
            count = table[expected, standing]
            name = f"{expected}: {standing}".replace(" ", "_")
            measures.append(Measure(name, f"{expected}: found {standing}", count / of, "%", f"{count} of {of}"))
    return measures


if __name__ == "__main__":
    sys.exit(main())
