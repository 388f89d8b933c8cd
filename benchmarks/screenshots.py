"""Pictures of the page for the README, from the real product: `python -m benchmarks.screenshots`.

Starts `footnote serve` on the sample dossier, asks the real model one question, and takes every view in a wide and a
narrow window, light and dark. Each picture is a PNG of few colours, below 200 kB, in `docs/`.
"""

from __future__ import annotations

import argparse
import io
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Error as BrowserError
from playwright.sync_api import Page

from benchmarks.chromium import chromium, visited
from benchmarks.page import HOST
from benchmarks.process import FOOTNOTE, ROOT, SEEDS, ProcessFault, add_documents, free_port, serving
from benchmarks.startup import PAGE_SECONDS

LARGEST_BYTES = 200_000
COLOURS = 128
QUESTION = "why did Russia close the mission in 2021?"  # the first of the dossier's own
WIDE, NARROW = (1280, 800), (420, 800)
TEXT = (
    "Russia closed its mission to NATO after NATO had cut it from 20 to 10 people. "
    "The cut was announced on October 16. "
    "Eight diplomats lost their accreditation. "
    "The building was sold to a hotel."
)
_MILLISECONDS = 600_000


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: a view, in a window of a size, in light or dark colours."""

    view: str
    size: tuple[int, int]
    colours: str

    @property
    def name(self) -> str:
        return f"{self.view}-{'wide' if self.size == WIDE else 'narrow'}-{self.colours}.png"


def _asked(page: Page) -> None:
    page.wait_for_selector("#current .fn-turn[data-stage=done]", timeout=_MILLISECONDS)
    page.locator("#current .fn-prose a.cite").first.click()
    page.wait_for_selector(".fn-text mark")
    page.evaluate("scrollTo(0, 0)")  # to the name and the tabs


def _checked(page: Page) -> None:
    page.get_by_role("tab", name="Check").click()
    page.get_by_label("Text to check").fill(TEXT)
    page.click("#check")
    page.wait_for_selector(".fn-check[data-stage=done]", timeout=_MILLISECONDS)
    if page.evaluate("innerWidth") == WIDE[0]:  # on a narrow screen the source would cover what was found
        page.locator(".fn-statements a.cite").nth(1).click()
        page.wait_for_selector(".fn-text mark")


def _documents(page: Page) -> None:
    page.get_by_role("tab", name="Documents").click()
    page.locator("#papers-listed label").first.click()
    page.wait_for_selector("#preview h2")


def _settings(page: Page) -> None:
    page.get_by_role("tab", name="Settings").click()
    page.wait_for_selector(".fn-offer")


VIEWS: dict[str, Callable[[Page], None]] = {
    "ask": _asked,
    "check": _checked,
    "documents": _documents,
    "settings": _settings,
}
SHOTS = [
    Shot(view, size, colours)
    for size, colours in ((WIDE, "light"), (NARROW, "dark"), (WIDE, "dark"), (NARROW, "light"))
    for view in VIEWS
]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.screenshots",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--out", type=Path, default=ROOT / "docs", metavar="FOLDER", help="default: docs/")
    options = parser.parse_args(arguments)
    options.out.mkdir(exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix="footnote-screenshots-") as home:
            dossier = Path(home) / "dossier"  # its path is on a picture
            shutil.copytree(SEEDS, dossier)
            add_documents(dossier, Path(home))
            port = free_port()
            with serving([*FOOTNOTE, "serve", "--port", str(port), "--home", home], port, PAGE_SECONDS):
                for shot, picture in taken(f"http://{HOST}:{port}/"):
                    (options.out / shot.name).write_bytes(picture)
                    print(f"{options.out / shot.name}: {len(picture) / 1000:.0f} kB")
    except (ProcessFault, OSError, BrowserError) as error:
        print(f"screenshots: {error}", file=sys.stderr)
        return 1
    return 0


def taken(address: str) -> Iterator[tuple[Shot, bytes]]:
    """Every picture; the question is asked once, and each window opens the conversation that it was kept in."""
    with chromium() as browser:
        with visited(browser, address, WIDE, "light") as page:
            page.wait_for_selector(".fn-good", timeout=_MILLISECONDS)
            page.fill("#question textarea", QUESTION)
            page.press("#question textarea", "Enter")
            _asked(page)
            conversation = page.url
        for shot in SHOTS:
            with visited(browser, conversation, shot.size, shot.colours) as page:
                page.wait_for_selector(".fn-good", timeout=_MILLISECONDS)
                VIEWS[shot.view](page)
                page.mouse.move(0, 0)
                yield shot, small(page.screenshot(animations="disabled"))


def small(png: bytes) -> bytes:
    """The same picture in few colours, which letters on a plain ground do not need more of."""
    with Image.open(io.BytesIO(png)) as image, io.BytesIO() as written:
        image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(written, "PNG", optimize=True)
        picture = written.getvalue()
    if len(picture) > LARGEST_BYTES:
        raise ProcessFault(f"a picture has {len(picture):,} bytes, and {LARGEST_BYTES:,} is the most")
    return picture


if __name__ == "__main__":
    sys.exit(main())
