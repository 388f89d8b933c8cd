"""A cited PDF in a browser: the page itself, the quoted words boxed and in view, turned and enlarged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, WIDE, Visit
from tests.index.readers import making
from tests.rag.ui.fake_assistant import FakeAssistant, FakeLibrary, document_of_pdf
from tests.rag.ui.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

FILLING = [f"Line {number} of the timetable tells nothing that anybody asks for." for number in range(40)]
FERRY = "The ferry leaves at noon from the north quay and comes back at six."


@pytest.mark.parametrize("size", [pytest.param(WIDE, id="wide"), pytest.param(NARROW, id="narrow")])
def test_the_page_of_a_pdf_is_shown_with_the_words_boxed(
    visit: Callable[..., Visit], tmp_path: Path, size: tuple[int, int]
) -> None:
    path = tmp_path / "timetable.pdf"
    path.write_bytes(making.pdf([["Nothing but a title page, which is long enough to be found."], [*FILLING, FERRY]]))
    with serving(lambda: FakeAssistant(FakeLibrary([document_of_pdf(path)]))) as address, visit(address, size) as here:
        here.ask("ferry leaves noon north quay")
        here.answered()
        link = here.page.locator("#current .fn-passage", has_text="The ferry leaves").first
        link.focus()
        here.page.keyboard.press("Enter")
        image, box = here.page.locator(".fn-paper img"), here.page.locator(".fn-box").first
        expect(image).to_have_js_property("complete", True)
        assert image.evaluate("image => image.naturalWidth") > 1_000
        expect(box).to_be_in_viewport()
        expect(box).to_be_focused()
        assert "The ferry leaves at noon" in str(box.get_attribute("aria-label"))
        tools = here.page.locator(".fn-tools")
        expect(tools).to_contain_text("Page 2 of 2")
        wide = image.evaluate("image => image.clientWidth")
        here.page.get_by_role("button", name="Larger").click()
        assert image.evaluate("image => image.clientWidth") > 1.2 * wide
        here.page.get_by_role("button", name="Previous page").click()
        expect(tools).to_contain_text("Page 1 of 2")
        expect(box).to_be_hidden()
        expect(image).to_have_attribute("alt", "Page 1 of timetable")
        here.page.get_by_role("button", name="Next page").click()
        expect(box).to_be_visible()
        here.page.get_by_text("As text", exact=True).click()
        expect(here.page.locator(".fn-text mark")).to_contain_text("The ferry leaves at noon")
        here.page.close()  # before its server
