"""Every footnote of real answers clicked, in the real page: `python -m benchmarks.footnotes`.

The dossier (or any folder of Markdown with a file of questions) is written in five formats, each a library of its own
behind `footnote serve`. Questions are asked in chromium until there are `--limit` answers, and every footnote of them
is clicked. It holds if the words that are marked are those that the answer quotes, by the conversation as it is saved,
and the mark can be seen: inside the window, neither scrolled away nor covered. On a page of a PDF a box is to be seen,
and the words are marked in the text below it.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page
from playwright.sync_api import Error as BrowserError
from playwright.sync_api import TimeoutError as Late

from benchmarks.chromium import chromium, visited
from benchmarks.dossiers import FORMATS, write_as
from benchmarks.page import HOST
from benchmarks.process import FOOTNOTE, SEEDS, ProcessFault, add_documents, free_port, serving
from benchmarks.report import Measure, fault, report
from benchmarks.startup import PAGE_SECONDS

_ANSWER_MILLISECONDS = 600_000
_OPEN_MILLISECONDS = 20_000
_WIDE = (1280, 800)
_ASKED = "question => document.querySelector('#current .fn-question')?.textContent.trim() === question"
_ENDED = "#current .fn-turn:is([data-stage=done], [data-stage=stopped], [data-stage=fault])"
_FOOTNOTES = "#current .fn-prose a.cite"

# Whether the panel shows these marks for the link that was clicked, and on a page of a PDF the picture of it.
_OPENED = """([reference, marks]) => {
  const panel = document.querySelector("#source .fn-body");
  const found = Array.from(panel.querySelectorAll(".fn-text mark"), (mark) => mark.textContent);
  const image = panel.querySelector(".fn-sheet img");
  const current = document.querySelector("a.cite[aria-current]")?.getAttribute("href");
  return current === reference && JSON.stringify(found) === JSON.stringify(marks)
    && (!image || (image.complete && image.naturalWidth > 0));
}"""
# Whether the first line of the mark, or the first box on the page of a PDF, can be seen where it is.
_SEEN = """() => {
  const sheet = document.querySelector("#source .fn-sheet");
  const mark = document.querySelector(sheet ? "#source .fn-box:not([hidden])" : "#source .fn-text mark");
  const line = mark?.getClientRects()[0];
  if (!line || line.width === 0 || line.height === 0) return false;
  const [x, y] = [line.left + Math.min(2, line.width / 2), line.top + line.height / 2];
  if (x < 0 || y < 0 || x > innerWidth || y > innerHeight) return false;
  return document.elementsFromPoint(x, y).includes(mark);
}"""


@dataclass(slots=True)
class Tally:
    """What came of the questions put to the library of one format. `wrong` tells each footnote that failed, and how."""

    form: str
    answered: int = 0
    declined: int = 0
    clicked: int = 0
    wrong: list[str] = field(default_factory=list)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.footnotes", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=Path, default=SEEDS, metavar="FOLDER", help="default: the sample dossier")
    parser.add_argument("--questions", type=Path, metavar="FILE.jsonl", help="default: questions.jsonl of the folder")
    parser.add_argument("--limit", type=int, default=50, metavar="N", help="answers, over all formats (default 50)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    options = parser.parse_args(arguments)
    try:
        questions = answerable(options.questions or options.documents / "questions.jsonl")
        with chromium() as browser, tempfile.TemporaryDirectory(prefix="footnote-benchmark-") as folder:
            tallies = []
            for number, form in enumerate(FORMATS):
                wanted = len(range(number, options.limit, len(FORMATS)))
                if wanted:
                    tallies.append(_library(form, options.documents, Path(folder) / form, questions, wanted, browser))
                questions = questions[wanted:] + questions[:wanted]  # the next format is asked others
    except (ProcessFault, OSError, BrowserError) as error:
        return fault(error)
    for tally in tallies:
        for wrong in tally.wrong:
            print(f"{tally.form}: {wrong}", file=sys.stderr)
    return report("footnotes", measures(tallies), options.json)


def answerable(path: Path) -> list[str]:
    """The questions of a file that the documents answer. Raises ProcessFault where there is none."""
    entries = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    questions = [entry["question"] for entry in entries if entry.get("answerable", True)]
    if not questions:
        raise ProcessFault(f"{path}: no question that the documents answer")
    return questions


def _library(form: str, source: Path, folder: Path, questions: list[str], wanted: int, browser: Browser) -> Tally:
    """Serves the documents in one format and asks until `wanted` answers are there."""
    papers, home = folder / "papers", folder / "home"
    papers.mkdir(parents=True)
    for path in sorted(source.glob("*.md")):
        write_as(form, path, papers, browser)
    add_documents(papers, home)
    port = free_port()
    with serving([*FOOTNOTE, "serve", "--port", str(port), "--home", str(home)], port, PAGE_SECONDS):
        return asked(f"http://{HOST}:{port}/", form, questions, wanted, browser)


def asked(address: str, form: str, questions: Sequence[str], wanted: int, browser: Browser) -> Tally:
    """Asks at the page until `wanted` answers are there, each question at most once, and clicks every footnote."""
    tally = Tally(form)
    with visited(browser, address, _WIDE, "light") as page:
        page.wait_for_selector(".fn-good", timeout=_ANSWER_MILLISECONDS)
        for question in questions:
            if tally.answered == wanted:
                break
            page.fill("#question textarea", question)
            page.press("#question textarea", "Enter")
            page.wait_for_function(_ASKED, arg=question)
            page.wait_for_selector(_ENDED, timeout=_ANSWER_MILLISECONDS)
            page.wait_for_selector("#ask-button", state="visible", timeout=_ANSWER_MILLISECONDS)
            _look(page, tally, question)
    return tally


def _look(page: Page, tally: Tally, question: str) -> None:
    """Counts the answer that is shown and tries its footnotes."""
    turn = _saved(page)
    if turn["answer"] is None:
        raise ProcessFault(f"the page could not answer {question!r}: {turn['message']}")
    if not turn["answer"]["answered"]:
        tally.declined += 1
        return
    tally.answered += 1
    print(f"{tally.form}: {tally.answered} answered, {tally.clicked} footnotes", file=sys.stderr, flush=True)
    links = page.locator(_FOOTNOTES)
    marks = dict(expected(turn["sentences"]))
    if marks:
        with suppress(Late):  # then what is missing is told
            links.nth(len(marks) - 1).wait_for(timeout=_OPEN_MILLISECONDS)
    references = [str(href) for href in links.evaluate_all("all => all.map((one) => one.getAttribute('href'))")]
    told = {reference.rpartition("-")[2] for reference in references}
    tally.wrong += [f"{question}: {place} has no footnote on the page" for place in marks if place not in told]
    for number, reference in enumerate(references):
        tally.clicked += 1
        trouble = _trouble(page, links.nth(number), reference, marks.get(reference.rpartition("-")[2]))
        if trouble:
            tally.wrong.append(f"{question}: {reference}: {trouble}")


def _trouble(page: Page, link: Any, reference: str, marks: list[str] | None) -> str:  # noqa: ANN401  (a locator)
    """What is wrong with one footnote; "" where it holds."""
    if marks is None:
        return "the answer that is saved knows no such footnote"
    link.click()
    try:
        page.wait_for_function(_OPENED, arg=[reference, marks], timeout=_OPEN_MILLISECONDS)
    except Late:
        return f"the words marked are not {marks}"
    try:
        page.wait_for_function(_SEEN, timeout=_OPEN_MILLISECONDS)
    except Late:
        return "the mark is not in view"
    return ""


def _saved(page: Page) -> dict[str, Any]:
    """The last question of the conversation that the page shows, as it is saved."""
    page.wait_for_function("() => new URLSearchParams(location.search).get('conversation')")
    saved: dict[str, Any] = page.evaluate(
        "async () => (await fetch(`/export/${new URLSearchParams(location.search).get('conversation')}.json`)).json()"
    )
    turn: dict[str, Any] = saved["turns"][-1]
    return turn


def expected(sentences: Sequence[dict[str, Any]]) -> Iterator[tuple[str, list[str]]]:
    """The place of each footnote, as links name it, and the words that are to be marked for it, in their order.

    Where quotes of one footnote overlap, the later one is marked from where the earlier ends.
    """
    for number, sentence in enumerate(sentences):
        cited = [*sentence["citations"], *sentence.get("disputed", ())]
        for marker in dict.fromkeys(one["marker"] for one in cited):
            same = [one for one in cited if one["marker"] == marker]
            marks, at = [], 0
            for start, end, quote in sorted({(one["start"], one["end"], one["quote"]) for one in same}):
                if end > at:
                    marks.append(quote[max(0, at - start) :])
                    at = end
            yield f"s{number}m{marker}", marks


def measures(tallies: Sequence[Tally]) -> list[Measure]:
    """The lines of the table."""
    clicked = sum(tally.clicked for tally in tallies)
    wrong = sum(len(tally.wrong) for tally in tallies)
    lines = [
        Measure(
            "opened",
            "footnotes that mark the quoted words in view",
            max(0, clicked - wrong) / clicked if clicked else None,
            "%",
            f"{clicked - wrong} of {clicked}",
        ),
        Measure("answers", "answers", float(sum(tally.answered for tally in tallies)), ""),
        Measure("declined", "questions declined meanwhile", float(sum(tally.declined for tally in tallies)), ""),
    ]
    for tally in tallies:
        good = tally.clicked - len(tally.wrong)
        share = max(0, good) / tally.clicked if tally.clicked else None
        lines.append(
            Measure(
                f"opened_{tally.form}",
                f"in {tally.form}",
                share,
                "%",
                f"{good} of {tally.clicked} in {tally.answered} answers",
            )
        )
    return lines


if __name__ == "__main__":
    sys.exit(main())
