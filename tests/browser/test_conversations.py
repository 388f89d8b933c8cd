"""Kept conversations in a browser: back after a restart, several at once, named, found, deleted, saved."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from playwright.sync_api import expect

from index.records import Document
from rag.conversations import Conversations
from rag.turns import Turn
from tests.browser.conftest import NARROW, Visit
from tests.rag.ui.fake_assistant import FakeAssistant, FakeLibrary, document_of
from tests.rag.ui.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

QUESTION = "why did Russia close the mission in 2021?"
Open = Callable[..., Visit]


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[str, Path]]:
    with TemporaryDirectory() as folder, serving(lambda: FakeAssistant(pause=0.005), Path(folder)) as url:
        yield url, Path(folder)


@pytest.fixture
def address(running: tuple[str, Path]) -> str:
    """Where the page is served; a home without conversations."""
    url, home = running
    (home / "conversations.sqlite3").unlink(missing_ok=True)
    return url


def asked(here: Visit, question: str) -> None:
    here.ask(question)
    here.answered()


def fresh(here: Visit) -> None:
    """A new conversation; returns when it is shown."""
    here.page.click("#new")
    expect(here.page.locator(".fn-question")).to_have_count(0)


def changed(library: FakeLibrary) -> FakeLibrary:
    """The library after the cited document was edited."""
    cited = cited_in(library)
    del library.held[cited.id]
    newer = document_of(cited.path, b"# Russia closes its mission\n\nAnother text.\n")
    return FakeLibrary([newer, *library.held.values()])


def removed(library: FakeLibrary) -> FakeLibrary:
    """The library without the cited document."""
    del library.held[cited_in(library).id]
    return library


def cited_in(library: FakeLibrary) -> Document:
    return next(document for document in library.held.values() if "Russia closes its mission" in document.title)


@pytest.mark.parametrize(
    ("meanwhile", "words"),
    [
        pytest.param(lambda library: library, "", id="unchanged"),
        pytest.param(changed, "has changed since", id="changed"),
        pytest.param(removed, "no longer in the library", id="removed"),
    ],
)
def test_a_conversation_is_back_after_a_restart_with_footnotes_that_open(
    visit: Open, tmp_path: Path, meanwhile: Callable[[FakeLibrary], FakeLibrary], words: str
) -> None:
    conversation = "c" * 24
    turn = Turn(key="d" * 24, question=QUESTION)
    kept = Conversations(tmp_path / "conversations.sqlite3")
    kept.begin(conversation, turn)
    kept.finish(functools.reduce(Turn.after, FakeAssistant().ask(QUESTION), turn))
    with (
        serving(lambda: FakeAssistant(meanwhile(FakeLibrary.of_seeds())), tmp_path) as address,
        visit(f"{address}/?conversation={conversation}") as here,
    ):
        here.page.locator("#current .fn-prose a.cite").first.click()
        assert here.mark() == here.page.locator(".fn-words").first.inner_text()
        expect(here.page.locator(".fn-gone")).to_have_count(1 if words else 0)
        if words:
            expect(here.page.locator(".fn-gone")).to_contain_text(words)
        expect(here.page).to_have_url(f"{address}/?conversation={conversation}")


def test_several_conversations_in_two_tabs_do_not_mix(visit: Open, address: str) -> None:
    one, two = visit(address), visit(address)
    asked(one, QUESTION)
    asked(two, "please decline")
    expect(one.page.locator("#current .fn-question")).to_have_text(QUESTION)
    expect(two.page.locator("#current .fn-question")).to_have_text("please decline")
    assert one.page.url != two.page.url
    two.reload()
    expect(two.page.locator("#current .fn-question")).to_have_text("please decline")
    expect(two.page.locator("#listed label")).to_have_count(2)
    two.page.locator("#listed label").nth(1).click()
    expect(two.page.locator("#current .fn-question")).to_have_text(QUESTION)
    expect(two.page).to_have_url(one.page.url)
    fresh(two)
    expect(two.page.locator("#suggestions")).to_be_visible()
    expect(two.page).to_have_url(f"{address}/")
    asked(two, "please decline once more")
    expect(two.page.locator("#listed label")).to_have_count(3)
    expect(two.page.locator("#earlier .fn-turn")).to_have_count(0)


def test_naming_finding_and_deleting(visit: Open, address: str) -> None:
    here = visit(address)
    asked(here, QUESTION)
    fresh(here)
    expect(here.page.locator("#here")).to_be_hidden()
    asked(here, "please decline")
    title = here.page.get_by_label("Name of this conversation")
    expect(title).to_have_value("please decline")
    title.fill("Budget talks")
    title.press("Enter")
    expect(here.page.locator("#listed label").first).to_have_text("Budget talks")
    search = here.page.get_by_label("Search conversations")
    search.fill("russia")
    expect(here.page.locator("#listed label")).to_have_count(1)
    search.fill("nothing of the kind")
    expect(here.page.locator("#shelf-note")).to_contain_text("No conversation holds these words")
    search.fill("")
    expect(here.page.locator("#listed label")).to_have_count(2)
    here.page.click("#delete")
    here.page.click("#keep")
    expect(here.page.locator("#sure")).to_be_hidden()
    here.page.click("#delete")
    here.page.click("#sure")
    expect(here.page.locator("#listed label")).to_have_count(1)
    expect(here.page.locator("#current .fn-question")).to_have_count(0)


def test_an_answer_goes_on_while_another_conversation_is_looked_at(visit: Open, address: str) -> None:
    here = visit(address)
    asked(here, "please decline")
    fresh(here)
    here.ask(f"slow: {QUESTION}")
    here.page.wait_for_selector("#current .fn-passage")
    here.page.locator("#listed label").nth(1).click()
    expect(here.page.locator("#current .fn-declined")).to_be_visible()
    expect(here.page.locator("#ask-button")).to_be_visible()
    here.page.locator("#listed label").nth(0).click()
    expect(here.page.locator("#current .fn-stage progress")).to_be_visible()
    here.page.click("#stop-button")
    expect(here.page.locator("#current .fn-turn")).to_contain_text("Stopped")


def test_a_conversation_is_saved_in_three_forms(visit: Open, address: str) -> None:
    here = visit(address)
    asked(here, QUESTION)
    saved = {}
    for form in ("Markdown", "HTML", "JSON"):
        with here.page.expect_download() as download:
            here.page.get_by_role("link", name=form, exact=True).click()
        saved[form] = Path(download.value.path()).read_text(encoding="utf-8")
        assert download.value.suggested_filename.startswith("why did Russia close the mission in 2021")
    words = here.page.locator(".fn-words").first.inner_text()
    assert json.loads(saved["JSON"])["turns"][0]["sentences"][0]["text"] == words
    assert "[^1]" in saved["Markdown"]
    here.page.set_content(saved["HTML"])
    expect(here.page.locator("blockquote").first).to_have_text(words)


def test_on_a_narrow_screen_conversations_are_a_button_away(visit: Open, address: str) -> None:
    here = visit(address, NARROW)
    asked(here, QUESTION)
    expect(here.page.locator("#listed")).to_be_hidden()
    here.page.evaluate("scrollTo(0, 0)")
    here.page.click("#drawer")
    expect(here.page.locator("#listed")).to_be_visible()
    fresh(here)


def test_an_address_of_a_conversation_that_is_gone_gives_an_empty_page(visit: Open, address: str) -> None:
    here = visit(f"{address}/?conversation={'0' * 24}")
    expect(here.page.locator("#suggestions")).to_be_visible()
    expect(here.page.get_by_role("alert")).to_contain_text("no such conversation")
    asked(here, "please decline")
    expect(here.page.get_by_role("alert")).to_have_count(0)
    expect(here.page.locator("#listed label")).to_have_count(1)
