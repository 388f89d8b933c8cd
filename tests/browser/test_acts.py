"""What a reader does with an answer: asks again, edits the question, copies it with its footnotes, judges it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.rag.ui.fake_assistant import FakeAssistant
from tests.rag.ui.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

QUESTION = "why did Russia close the mission in 2021?"


@pytest.fixture
def here(visit: Callable[..., Visit], tmp_path: Path) -> Iterator[Visit]:
    with serving(FakeAssistant, tmp_path) as address, visit(address) as here:
        here.ask(QUESTION)
        here.answered()
        yield here


def test_asking_again_editing_copying_and_judging(here: Visit) -> None:
    page = here.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy with footnotes").click()
    expect(page.locator(".fn-acts [role=status]")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"## {QUESTION}")
    assert "[^1]:" in copied
    page.get_by_role("button", name="Bad answer").click()
    expect(page.get_by_role("button", name="Bad answer")).to_have_attribute("aria-pressed", "true")
    note = page.get_by_label("Note, kept on this machine")
    note.fill("the year is wrong")
    note.press("Tab")
    expect(page.locator(".fn-acts [role=status]")).to_have_text("Noted")
    page.get_by_role("button", name="Edit question").click()
    expect(page.locator("#question textarea")).to_have_value(QUESTION)
    expect(page.locator("#question textarea")).to_be_focused()
    page.fill("#question textarea", "")
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator(".fn-question")).to_have_count(2)
    here.answered()
    expect(page.locator(".fn-question")).to_have_text([QUESTION, QUESTION])
    here.reload()
    expect(page.get_by_label("Note, kept on this machine").first).to_have_value("the year is wrong")
