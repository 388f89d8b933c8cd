"""The view that checks any text: every sentence with its standing, its words a click away, a stop, faults in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, WIDE, Visit
from tests.rag.ui.fake_assistant import FakeAssistant
from tests.rag.ui.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

TEXT = "The diplomats had to be gone from Brussels by the end of October. This is against it. Zebras have stripes."
Open = Callable[..., Visit]


@pytest.fixture(scope="module")
def assistant() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture(scope="module")
def address(assistant: FakeAssistant) -> Iterator[str]:
    with serving(lambda: assistant) as url:
        yield url


def check(here: Visit, text: str) -> None:
    here.page.get_by_role("tab", name="Check").click()
    here.page.get_by_label("Text to check").fill(text)
    here.page.click("#check")


@pytest.mark.parametrize("size", [pytest.param(WIDE, id="wide"), pytest.param(NARROW, id="narrow")])
def test_every_sentence_has_its_standing_and_opens_its_words(
    visit: Open, address: str, assistant: FakeAssistant, size: tuple[int, int]
) -> None:
    here = visit(address, size)
    check(here, TEXT)
    standings = here.page.locator(".fn-statements .fn-why")
    expect(standings).to_have_count(3)
    words = standings.all_inner_texts()
    assert words[0] == "Supported"
    assert words[1].startswith("Contradicted: the figure 25")
    assert words[2].startswith("Not found in your documents: ")
    links = here.page.locator(".fn-statements a.cite")
    expect(links).to_have_count(2)
    stored = [document.text for document in assistant.library.held.values()]
    for number in range(2):
        links.nth(number).click()
        expect(links.nth(number)).to_have_attribute("aria-current", "true")
        mark = here.mark()
        assert any(mark in text for text in stored)
        assert (mark in TEXT) is (number == 0)
        expect(here.page.locator(".fn-place")).to_have_text(f"{number + 1} of 2")
        if size == NARROW:
            here.page.keyboard.press("Escape")
    assert links.nth(1).get_attribute("title", timeout=1000).startswith("Footnote 2, which says otherwise")  # type: ignore[union-attr]


def test_it_can_be_stopped_and_begun_again(visit: Open, address: str) -> None:
    here = visit(address)
    expect(here.page.locator("#stop-check")).to_be_hidden()
    check(here, "This is slow. " * 60)
    expect(here.page.locator("#checked progress")).to_be_visible()
    expect(here.page.locator("#checked .fn-stage")).to_contain_text("of 60")
    here.page.click("#stop-check")
    expect(here.page.locator("#checked")).to_contain_text("Stopped")
    expect(here.page.locator("#stop-check")).to_be_hidden()
    check(here, TEXT)
    expect(here.page.locator(".fn-statements li")).to_have_count(3)


def test_nothing_to_check_is_said_in_one_line(visit: Open, address: str) -> None:
    here = visit(address)
    check(here, "   ")
    expect(here.page.locator("#checked").get_by_role("alert")).to_contain_text("holds no words")


def test_questions_are_answered_beside_it_and_each_view_keeps_its_source(visit: Open, address: str) -> None:
    here = visit(address)
    check(here, TEXT)
    here.page.locator(".fn-statements a.cite").first.click()
    here.mark()
    here.page.get_by_role("tab", name="Documents").click()
    expect(here.page.locator(".fn-source")).to_be_hidden()
    here.page.get_by_role("tab", name="Ask").click()
    here.ask("why did Russia close the mission in 2021?")
    here.answered()
    here.page.locator("#current a.cite").first.click()
    here.mark()
    here.page.get_by_role("tab", name="Check").click()
    expect(here.page.locator(".fn-statements li")).to_have_count(3)
