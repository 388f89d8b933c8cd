"""The page for everybody: nothing serious for axe-core on any view, the whole tour by keyboard, changes said aloud."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, WIDE, Visit
from tests.rag.ui.fake_assistant import FakeAssistant, FakeLibrary
from tests.rag.ui.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

QUESTION = "partly: why did Russia close the mission in 2021?"
TEXT = "This is partly so. This is against it. Zebras have stripes. It says nothing here."
MOST_TABS = 60  # to get anywhere on the page
Open = Callable[..., Visit]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(lambda: FakeAssistant(pause=0.002)) as url:
        yield url


def empty(here: Visit) -> None:
    expect(here.page.locator("#suggestions")).to_be_visible()


def answered(here: Visit) -> None:
    here.ask(QUESTION)
    here.answered()
    here.page.locator("#current a.cite").first.click()
    here.mark()


def declined(here: Visit) -> None:
    here.ask("please decline")
    here.answered()


def faulty(here: Visit) -> None:
    here.ask("missing model")
    here.answered()


def checked(here: Visit) -> None:
    here.page.get_by_role("tab", name="Check").click()
    here.page.get_by_label("Text to check").fill(TEXT)
    here.page.click("#check")
    expect(here.page.locator(".fn-statements li")).to_have_count(4)


def documents(here: Visit) -> None:
    here.page.get_by_role("tab", name="Documents").click()
    here.page.get_by_label("Keep in step with the folders on disk").check()
    expect(here.page.locator("#watched p")).to_be_visible()
    here.page.locator("#papers-listed label").first.click()
    expect(here.page.locator("#preview h2")).to_be_visible()
    here.page.click("#remove")
    expect(here.page.locator("#remove-sure")).to_be_visible()


def settings(here: Visit) -> None:
    here.page.get_by_role("tab", name="Settings").click()
    expect(here.page.locator(".fn-offer")).to_be_visible()


VIEWS = [empty, answered, declined, faulty, checked, documents, settings]


def grave(here: Visit) -> list[tuple[str, str, str]]:
    """What axe-core finds that keeps people out; fails where it has looked at nothing."""
    response: dict[str, Any] = Axe().run(here.page).response
    assert len(response["passes"]) > 20
    return [
        (found["impact"], found["id"], node["html"])
        for found in response["violations"]
        for node in found["nodes"]
        if found["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize(
    ("size", "colours"),
    [
        pytest.param(WIDE, "light", id="wide and light"),
        pytest.param(WIDE, "dark", id="wide and dark"),
        pytest.param(NARROW, "dark", id="narrow and dark"),
    ],
)
def test_no_view_keeps_anybody_out(visit: Open, address: str, size: tuple[int, int], colours: str) -> None:
    here = visit(address, size, colours)
    for view in VIEWS:
        view(here)
        assert grave(here) == [], view.__name__
        here.page.keyboard.press("Escape")  # on a narrow screen the source covers the rest


def test_what_keeps_people_out_would_be_found(visit: Open, address: str) -> None:
    here = visit(address)
    here.page.evaluate("document.querySelector('#question textarea').removeAttribute('aria-label')")
    here.page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<button></button>')")
    assert ("critical", "button-name", "<button></button>") in grave(here)


def tab_to(here: Visit, selector: str, key: str = "Tab") -> None:
    """Presses Tab until what is wanted has the focus; fails where that cannot be reached."""
    for _ in range(MOST_TABS):
        here.page.keyboard.press(key)
        if here.page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached with {key}")


def test_the_whole_tour_by_keyboard_alone(visit: Open, tmp_path: Path) -> None:
    (tmp_path / "report.md").write_text("# A report\n\nThe audit of the bridge recommended new bolts.\n")
    library = FakeLibrary.of_seeds()
    with serving(lambda: FakeAssistant(library, pause=0.002), tmp_path / "home") as address:
        here = visit(address)
        keyboard = here.page.keyboard
        expect(here.page.locator("#question textarea")).to_be_focused()
        keyboard.type(QUESTION)
        keyboard.press("Enter")
        here.answered()

        tab_to(here, "#current .fn-prose a.cite", "Shift+Tab")
        keyboard.press("Enter")
        words = here.mark()
        expect(here.page.locator(".fn-text mark")).to_be_focused()
        other = here.page.locator(".fn-place").inner_text()
        tab_to(here, ".fn-step:not(:disabled)", "Shift+Tab")
        keyboard.press("Enter")
        expect(here.page.locator(".fn-place")).not_to_have_text(other)
        assert here.mark() != words
        keyboard.press("Escape")
        expect(here.page.locator(".fn-text")).to_have_count(0)
        assert here.page.evaluate("document.activeElement.matches('a.cite')"), "the focus is back on the footnote"

        tab_to(here, ".fn-kept a", "Shift+Tab")
        with here.page.expect_download() as download:
            keyboard.press("Enter")
        assert words in json_of(Path(download.value.path()))

        tab_to(here, "#documents-button", "Shift+Tab")
        keyboard.press("Enter")
        tab_to(here, "#path :is(input, textarea)")
        keyboard.type(str(tmp_path / "report.md"))
        keyboard.press("Enter")
        expect(here.page.locator("#adding")).to_contain_text("1 added")
        assert any(document.title == "A report" for document in library.held.values())
        here.page.close()  # before its server


def json_of(path: Path) -> str:
    return path.read_text(encoding="utf-8").replace('\\"', '"')


@pytest.fixture
def unhurried(visit: Open) -> Iterator[Visit]:
    """A page whose assistant reads long enough for that to be shown."""
    with serving(lambda: FakeAssistant(pause=0.1)) as address:
        here = visit(address)
        yield here
        here.page.close()  # before its server


def test_what_goes_on_is_said_once_in_a_region_that_stays(unhurried: Visit) -> None:
    here = unhurried
    said = here.page.locator("#source [aria-live=polite].fn-said")
    expect(said).to_have_count(1)
    here.page.evaluate(
        """() => {
            window.heard = [];
            const said = document.querySelector(".fn-said");
            new MutationObserver(() => window.heard.push(said.textContent)).observe(said, { childList: true });
        }"""
    )
    here.ask(QUESTION)
    here.answered()
    expect(said).to_contain_text("Russia")
    heard: list[str] = here.page.evaluate("window.heard")
    assert any(words.startswith("Reading 4 passages from") for words in heard), heard
    assert len(heard) <= 6, f"a stage is said once, not at every step: {heard}"
    declined(here)
    expect(said).to_contain_text("do not say")
    checked(here)
    expect(said).to_contain_text("4 sentences: 1 partly supported, 1 contradicted, 1 not found, 1 no claim.")


@pytest.mark.parametrize("size", [pytest.param(WIDE, id="wide"), pytest.param(NARROW, id="narrow")])
def test_nothing_stands_out_of_the_page_to_the_side(visit: Open, address: str, size: tuple[int, int]) -> None:
    here = visit(address, size)
    for view in (answered, checked, documents, settings):
        view(here)
        assert here.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, view.__name__
        here.page.keyboard.press("Escape")
        here.page.get_by_role("tab", name="Ask").click()
