"""Debian's chromium, driven by Playwright, for what only a browser shows: how long a reader waits, and pictures.

Knows nothing of what is on the page.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.process import ProcessFault

# No sandbox, as this may run as root; and nothing that the browser does on its own account.
_FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


@contextmanager
def chromium(*flags: str) -> Iterator[Browser]:
    """With these flags besides. Raises ProcessFault where there is none."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        raise ProcessFault("there is no chromium on this machine; on Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*_FLAGS, *flags])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def visited(browser: Browser, address: str, size: tuple[int, int], colours: str) -> Iterator[Page]:
    """A page in a profile of its own; `colours` is "light" or "dark"."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme="dark" if colours == "dark" else "light"
    )
    try:
        page = context.new_page()
        page.goto(address)
        yield page
    finally:
        context.close()
