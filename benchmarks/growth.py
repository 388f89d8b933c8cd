"""Whether memory grows while many documents are added: `python -m benchmarks.growth --documents 10000`.

Writes a folder of texts, web pages and tables of mixed size, most of them small and some of a hundred times that, adds
it in one go with the hashing encoder of the tests (torch would hide what Footnote itself keeps), and notes the resident
memory of this process and of its parsing process after every thousand.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import psutil

from benchmarks.report import Measure, fault, report
from index.errors import LibraryError
from index.library import Library
from index.records import Progress
from index.settings import IndexSettings
from tests.fakes import HashingEncoder

DOCUMENTS = 10_000
EVERY = 1000
FILES_A_FOLDER = 100
MEDIAN_SENTENCES, SPREAD, MOST_SENTENCES = 12, 1.2, 3000  # lognormal: a mean of 25, one in a hundred above 190
MEGABYTE = 1_000_000
VOCABULARY = [f"word{number}" for number in range(5000)]


class Growth:
    """Notes resident memory as files are done: bytes of this process and its children, by the number of files."""

    def __init__(self, every: int) -> None:
        self.resident: dict[int, int] = {}
        self._every = every

    def __call__(self, progress: Progress) -> None:
        if progress.unit == "files" and progress.done and progress.done % self._every == 0:
            this = psutil.Process()
            processes = [this, *this.children(recursive=True)]
            self.resident[progress.done] = sum(process.memory_info().rss for process in processes)
            print(f"{progress.done:,}: {self.resident[progress.done] / MEGABYTE:,.0f} MB", file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.growth", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=int, default=DOCUMENTS, metavar="N", help="default: %(default)s")
    parser.add_argument("--every", type=int, default=EVERY, metavar="N", help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of the texts")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    options = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="footnote-benchmark-") as place:
            resident = grown(Path(place), options.documents, options.every, options.seed)
    except (LibraryError, OSError, psutil.Error) as error:
        return fault(error)
    return report("growth", measures(resident), options.json, {"seed": options.seed})


def measures(resident: dict[int, int]) -> list[Measure]:
    """The lines of the table: growth is the most after the first figure, against it."""
    first, *later = resident.values()
    growth = max(later) / first if later else None
    return [
        Measure(
            "growth", "most memory after the first figure, against it", growth, "times", f"{max(resident):,} files"
        ),
        *(
            Measure(f"resident_mb_{done}", f"resident after {done:,}", size / MEGABYTE, "MB")
            for done, size in resident.items()
        ),
    ]


def grown(place: Path, documents: int, every: int, seed: int) -> dict[int, int]:
    """Resident bytes by the number of files done."""
    write(place / "documents", documents, seed)
    growth = Growth(every)
    with closing(Library(IndexSettings(place / "home"), HashingEncoder())) as library:
        ledger = library.add([place / "documents"], growth)
    if ledger.added != documents:
        raise LibraryError(f"{ledger.added} of {documents} documents were added: {ledger.refused[:1]}")
    return growth.resident


def write(folder: Path, documents: int, seed: int) -> None:
    """Files of three formats, no two alike."""
    chance = random.Random(seed)
    for number in range(documents):
        sentences = min(int(chance.lognormvariate(0, SPREAD) * MEDIAN_SENTENCES) + 1, MOST_SENTENCES)
        lines = [f"{' '.join(chance.choices(VOCABULARY, k=12)).capitalize()}." for _ in range(sentences)]
        name, text = _file(number, lines)
        path = folder / f"{number // FILES_A_FOLDER:04}" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _file(number: int, lines: Sequence[str]) -> tuple[str, str]:
    match number % 10:
        case 0:
            paragraphs = "".join(f"<p>{line}</p>\n" for line in lines)
            return (
                f"{number:06}.html",
                f"<html><title>Page {number}</title><body><article>{paragraphs}</article></body></html>",
            )
        case 1:
            return f"{number:06}.csv", "number,text\n" + "".join(f"{row},{line}\n" for row, line in enumerate(lines))
        case _:
            return f"{number:06}.txt", f"Note {number}.\n\n" + "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
