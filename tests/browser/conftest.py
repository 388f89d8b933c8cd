"""Debian's chromium, driven by Playwright, and what every visit to the page must hold: no error, no request outside."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, TimeoutError, expect, sync_playwright

UPLOADING = "Method not implemented."  # what gradio says whenever something is uploaded
WIDE, NARROW = (1280, 800), (420, 800)
# No sandbox, as tests may run as root; and nothing that the browser does on its own account.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

BROKEN_OFF = ("AbortError: signal is aborted without reason", "Unexpected error Connection errored out.")


@dataclass
class Visit:
    """A page in the browser and what it reported. Used as a context it closes, as it must before its server ends."""

    page: Page
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    patience: float = 30_000  # milliseconds for an answer

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, *_: object) -> None:
        self.page.close()

    def reload(self) -> None:
        """Leaves the page and comes back. The stream of events that it held is broken off, as `rag.ui.streams` keeps it
        open for a while; gradio tells the console of the page that is left."""
        before = len(self.errors)
        self.page.reload()
        self.errors[before:] = [error for error in self.errors[before:] if not error.startswith(BROKEN_OFF)]

    def ask(self, question: str) -> None:
        """Returns when the page shows the question."""
        asked = self.page.locator(".fn-question").count()
        current = self.page.locator("#current .fn-turn")
        last = current.get_attribute("id") if current.count() else None
        self.page.fill("#question textarea", question)
        self.page.press("#question textarea", "Enter")
        expect(self.page.locator(".fn-question")).to_have_count(asked + 1)
        if last:  # the two lists of turns are drawn apart; the former answer may still stand where the new one comes
            expect(current).not_to_have_attribute("id", last)

    def answered(self) -> None:
        """Returns when nothing is being answered any more."""
        ended = ":is([data-stage=done], [data-stage=stopped], [data-stage=fault])"
        self.page.wait_for_selector(f"#current .fn-turn{ended}", timeout=self.patience)
        self.page.wait_for_selector("#ask-button", state="visible", timeout=self.patience)

    def open(self, link: Locator) -> str:
        """Clicks a footnote and returns its marked words, not those of a source that was open before."""
        link.click()
        expect(link).to_have_attribute("aria-current", "true")
        return self.mark()

    def mark(self) -> str:
        """The marked words; fails unless the first of them can be seen, neither scrolled away nor covered."""
        expect(self.page.locator(".fn-text mark").first).to_be_in_viewport()
        seen: dict[str, Any] = self.page.evaluate(
            """() => {
                const mark = document.querySelector(".fn-text mark");
                const box = mark.getClientRects()[0];
                const at = document.elementFromPoint(box.left + 2, box.top + box.height / 2);
                return { text: mark.textContent, seen: mark.contains(at), top: box.top, height: innerHeight };
            }"""
        )
        assert seen["seen"], f"the mark is not in view: {seen}"
        return str(seen["text"])

    def account(self) -> str:
        """What a page that does not do what it should has done so far."""
        header = self.page.locator("#header")
        shown = header.inner_html() if header.count() else "no header"
        calls = [urlsplit(url).path for url in self.requests[-12:]]
        return f"errors {self.errors}; last calls {calls}; header {shown!r}"

    def outside(self) -> list[str]:
        """Requests that were meant for another machine."""
        hosts = {url: urlsplit(url).hostname for url in self.requests if urlsplit(url).scheme not in ("data", "blob")}
        return [url for url, host in hosts.items() if host not in ("127.0.0.1", "localhost")]


expect.set_options(timeout=20_000)  # a machine under test may be busy


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; a failure in CI where there is none, a skip elsewhere."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        message = "there is no chromium on this machine; on Debian: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Opens pages; at the end none of them may have reported an error or called another machine."""
    visits: list[Visit] = []

    def open_page(address: str, size: tuple[int, int] = WIDE, colours: str = "light") -> Visit:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme="dark" if colours == "dark" else "light"
        )
        visit = Visit(context.new_page())
        visit.page.on("request", lambda request: visit.requests.append(request.url))
        visit.page.on("pageerror", lambda error: visit.errors.append(str(error)))
        visit.page.on(
            "console",
            lambda message: (
                visit.errors.append(message.text)
                if message.type in ("error", "warning") and message.text != UPLOADING
                else None
            ),
        )
        visits.append(visit)
        visit.page.goto(address)
        try:
            visit.page.wait_for_selector(".fn-good", timeout=60_000)
        except TimeoutError:
            pytest.fail(f"the page is not ready after a minute: {visit.account()}")
        return visit

    yield open_page
    for visit in visits:
        visit.page.context.close()
    assert [error for visit in visits for error in visit.errors] == []
    assert [url for visit in visits for url in visit.outside()] == []
