"""What the readers make of a folder of easy and nasty files: `python -m benchmarks.formats FOLDER`.

FOLDER holds a `manifest.json`: an array of `{"file", "expect": "load" | "refuse" | "load-or-refuse", "snippets":
[{"text", "page"?}], "pages"?, "must_not_contain"?, "reason"?}`; files that are not there are left out. Snippets are
compared after Unicode NFKC and with white space collapsed. Harm is a hang, a crash of the parser, an attempt to reach
the network, or a file that was not there before, in FOLDER, the home, the working or the temporary folder.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.report import EXIT_FAULT, Measure, report
from index.errors import ReadError
from index.readers import ocr, read_document
from index.records import Extract

_HARM = ("took longer", "crashed", "refused: its content made")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened to one file. `fault` says what is wrong with it, or ""."""

    file: str
    expected: str
    got: str
    fault: str
    harmed: bool
    seconds: float


def outcome(folder: Path, entry: dict[str, Any]) -> Outcome:
    """Reads one file and compares with what its entry expects."""
    expected = entry["expect"]
    if entry.get("reason") == "no-text-layer" and ocr.available():
        expected = "load-or-refuse"  # a scan may be read where Tesseract is installed
    started = time.monotonic()
    try:
        extract = read_document(folder / entry["file"])
    except ReadError as error:
        reason = str(error)
        harmed = reason.startswith(_HARM)
        fault = "" if "refuse" in expected and not harmed else reason
        got = f"refused: {reason.removeprefix('refused: ')}"
    else:
        fault = "; ".join(faults(extract, entry)) if "load" in expected else "loaded, and should have been refused"
        got, harmed = f"{len(extract.text):,} characters", False
    return Outcome(entry["file"], expected, got, fault, harmed, time.monotonic() - started)


def faults(extract: Extract, entry: dict[str, Any]) -> list[str]:
    """How an extract differs from what its entry demands, in words."""
    found = []
    for snippet in entry.get("snippets", []):
        page = snippet.get("page")
        spans = [(p.start, p.end) for p in extract.pages if p.number == page] if page else [(0, len(extract.text))]
        if not any(plain(snippet["text"]) in plain(extract.text[start:end]) for start, end in spans):
            found.append(f"lacks {snippet['text']!r}" + (f" on page {page}" if page else ""))
    found += [f"holds {text!r}" for text in entry.get("must_not_contain", []) if plain(text) in plain(extract.text)]
    if entry.get("pages") and len(extract.pages) != entry["pages"]:
        found.append(f"{len(extract.pages)} pages, not {entry['pages']}")
    for what, ends in (
        ("pages", [offset for page in extract.pages for offset in (page.start, page.end)]),
        ("sections", [offset for section in extract.sections for offset in (section.start, section.end)]),
    ):
        if ends != sorted(ends) or (ends and not 0 <= ends[0] <= ends[-1] <= len(extract.text)):
            found.append(f"spans of {what} out of order")
    return found


def plain(text: str) -> str:
    """Text after NFKC with white space collapsed."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def listing(folders: list[Path]) -> set[Path]:
    """Every file below these folders."""
    return {Path(root) / name for folder in folders for root, _, names in os.walk(folder) for name in names}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder with a manifest.json")
    parser.add_argument("--json", action="store_true", help="print the table as JSON")
    parser.add_argument("--verbose", action="store_true", help="a line for every file, not only for faults")
    options = parser.parse_args(arguments)
    folder = options.folder.resolve()
    entries = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    entries = [entry for entry in entries if (folder / entry["file"]).is_file()]
    if not entries:
        print(f"{options.folder}: none of the files of its manifest.json is there", file=sys.stderr)
        return EXIT_FAULT
    with tempfile.TemporaryDirectory() as home:
        # Where a parser would write; set before the first child starts.
        os.environ.update(HOME=home, TMPDIR=home, XDG_CACHE_HOME=home)
        os.chdir(home)
        watched = [folder, Path(home)]
        before = listing(watched)
        outcomes = [outcome(folder, entry) for entry in entries]
        written = sorted(listing(watched) - before)
    for done in outcomes:
        if done.fault or options.verbose:
            print(f"{done.file}: {done.got} ({done.seconds:.1f} s){'; FAULT: ' + done.fault if done.fault else ''}")
    for path in written:
        print(f"{path}: FAULT: written while reading")
    measures = [share("loaded", "load with all snippets", [o for o in outcomes if o.expected == "load"])]
    measures += [share("refused", "refused with a reason", [o for o in outcomes if o.expected == "refuse"])]
    measures += [share("either", "either, and rightly", [o for o in outcomes if o.expected == "load-or-refuse"])]
    harmed = sum(o.harmed for o in outcomes) + len(written)
    measures.append(Measure("harmed", "hung, crashed, fetched or wrote", harmed / len(outcomes), "%", str(harmed)))
    slowest = max(outcomes, key=lambda o: o.seconds)
    measures.append(Measure("slowest_s", "slowest file", slowest.seconds, "s", slowest.file))
    return report("formats", measures, options.json)


def share(name: str, title: str, outcomes: list[Outcome]) -> Measure:
    """The share of files without a fault."""
    good = sum(not o.fault for o in outcomes)
    return Measure(name, title, good / len(outcomes) if outcomes else None, "%", f"{good} of {len(outcomes)}")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
