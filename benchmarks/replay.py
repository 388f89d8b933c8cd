"""Whether answers can be given again to the byte: `python -m benchmarks.replay`.

Asks a file of questions in one process, `footnote ask --questions`, as fast as it can: each prompt takes over from the
one before what both begin with. Then every answer is asked for again by `footnote replay` in a process of its own, in
another order. Both are the real command with the real model.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.process import SEEDS, ProcessFault, add_documents, footnote
from benchmarks.report import Measure, fault, report

ANSWERS = 50

Command = Callable[[Sequence[str]], str]


def main(arguments: Sequence[str] | None = None, command: Command = footnote) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.replay", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("questions", type=Path, nargs="?", default=SEEDS / "questions.jsonl")
    parser.add_argument("--documents", type=Path, default=SEEDS, metavar="FOLDER", help="asked about")
    parser.add_argument("--limit", type=int, default=ANSWERS, metavar="N", help="answers (default %(default)s)")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="of the drawing and of the order")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    options = parser.parse_args(arguments)
    drawing = random.Random(options.seed)
    try:
        with tempfile.TemporaryDirectory(prefix="footnote-benchmark-") as folder:
            home = Path(folder) / "home"
            lines = options.questions.read_text(encoding="utf-8").splitlines()
            asked = Path(folder) / "asked.jsonl"
            asked.write_text("\n".join(drawing.sample(lines, min(options.limit, len(lines)))) + "\n", encoding="utf-8")
            add_documents(options.documents, home)
            said = command(["ask", "--questions", str(asked), "--home", str(home)])
            given = [json.loads(line)["answer_id"] for line in said.splitlines()]
            drawing.shuffle(given)
            again = [_again(command, home, identity, number, len(given)) for number, identity in enumerate(given, 1)]
    except (ProcessFault, OSError) as error:
        return fault(error)
    same = sum(one["identical"] for one in again)
    changed = sum(bool(one["changed"]) for one in again)
    over = f"{same} of {len(again)}"
    return report(
        "replay",
        [
            Measure("identical", "answers given again to the byte", same / len(again), "%", over),
            Measure("changed", "told that something has changed, though nothing has", float(changed), ""),
        ],
        options.json,
        {"seed": options.seed},
    )


def _again(command: Command, home: Path, identity: str, number: int, total: int) -> dict[str, Any]:
    form: dict[str, Any] = json.loads(command(["replay", identity, "--home", str(home), "--json"]))
    print(f"{number} of {total} answers", file=sys.stderr, flush=True)
    return form


if __name__ == "__main__":
    sys.exit(main())
