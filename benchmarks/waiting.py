"""How long a reader waits before the page: `python -m benchmarks.waiting`.

Starts `footnote serve` on a library of the command's own and drives chromium: from opening the page until a question
can be typed and the header tells the state of the library, and from Enter until the question and the passages found
for it are on the page. The clock is the browser's own. The answer is not waited for: each question is stopped.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from playwright.sync_api import Error as BrowserError
from playwright.sync_api import Page

from benchmarks.chromium import chromium, visited
from benchmarks.page import HOST
from benchmarks.process import FOOTNOTE, SEEDS, ProcessFault, add_documents, free_port, serving
from benchmarks.report import Measure, fault, report, warn_if_busy
from benchmarks.startup import PAGE_SECONDS, QUESTION

_MILLISECONDS = 120_000
_WIDE = (1280, 800)
_INTERACTIVE = """() => {
  const box = document.querySelector("#question textarea");
  return box && !box.disabled && document.querySelector(".fn-state:not(:empty)") && performance.now();
}"""
# Runs before Enter is pressed and notes when what is waited for is first on the page.
_WATCH = """() => {
  window.seen = {};
  const began = () => window.seen.enter ??= performance.now();
  document.querySelector("#question textarea").addEventListener("keydown", (event) => event.key === "Enter" && began());
  new MutationObserver(() => {
    for (const [name, what] of [["question", "#current .fn-question"], ["passages", "#current .fn-passage"]]) {
      if (document.querySelector(what)) window.seen[name] ??= performance.now();
    }
  }).observe(document.body, { childList: true, subtree: true });
}"""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.waiting", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=Path, default=SEEDS, metavar="FOLDER", help="default: the sample dossier")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="visits (default 5)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    options = parser.parse_args(arguments)
    warn_if_busy()
    try:
        with tempfile.TemporaryDirectory(prefix="footnote-benchmark-") as home:
            add_documents(options.documents, Path(home))
            port = free_port()
            with serving([*FOOTNOTE, "serve", "--port", str(port), "--home", home], port, PAGE_SECONDS):
                _first, *visits = waits(f"http://{HOST}:{port}/", options.runs + 1)
    except (ProcessFault, OSError, BrowserError) as error:
        return fault(error)
    return report("waiting", measures(visits), options.json)


def waits(address: str, runs: int) -> list[dict[str, float]]:
    """Seconds of each visit by the name of the measure; the first brings files into the machine's cache."""
    with chromium() as browser:
        found = []
        for _ in range(runs):
            with visited(browser, address, _WIDE, "light") as page:
                found.append(_visit(page))
        return found


def _visit(page: Page) -> dict[str, float]:
    interactive = float(page.wait_for_function(_INTERACTIVE, timeout=_MILLISECONDS).json_value())
    page.wait_for_selector(".fn-good", timeout=_MILLISECONDS)  # models are loaded, as they are for all but the first
    page.fill("#question textarea", QUESTION)
    page.evaluate(_WATCH)
    page.press("#question textarea", "Enter")
    page.wait_for_function("window.seen.passages", timeout=_MILLISECONDS)
    seen: dict[str, float] = page.evaluate("window.seen")
    page.click("#stop-button")
    page.wait_for_selector("#ask-button", state="visible", timeout=_MILLISECONDS)
    return {
        "interactive_s": interactive / 1000,
        "question_s": (seen["question"] - seen["enter"]) / 1000,
        "passages_s": (seen["passages"] - seen["enter"]) / 1000,
    }


def measures(visits: Sequence[dict[str, float]]) -> list[Measure]:
    """The lines of the table."""
    titles = {
        "interactive_s": "opening the page until one can ask",
        "question_s": "Enter until the question is shown",
        "passages_s": "Enter until the passages are shown",
    }
    return [
        Measure(
            name,
            title,
            median(visit[name] for visit in visits),
            "s",
            f"median of {len(visits)}, slowest {max(visit[name] for visit in visits):.2f}",
        )
        for name, title in titles.items()
    ]


if __name__ == "__main__":
    sys.exit(main())
