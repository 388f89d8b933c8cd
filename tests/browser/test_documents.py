"""The documents view in a browser: adding in every way, the ledger, finding, looking, taking out, limits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import APIResponse, Route, expect

from tests.browser.conftest import Visit
from tests.rag.ui.fake_assistant import FakeAssistant
from tests.rag.ui.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

Open = Callable[..., Visit]


@pytest.fixture
def assistant() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture
def here(visit: Open, assistant: FakeAssistant, tmp_path: Path) -> Iterator[Visit]:
    with serving(lambda: assistant, tmp_path / "home") as address, visit(address) as here:
        here.page.get_by_role("tab", name="Documents").click()
        expect(here.page.locator("#papers-listed label")).to_have_count(5)
        yield here


def test_adding_finding_looking_and_taking_out(here: Visit, assistant: FakeAssistant, tmp_path: Path) -> None:
    report, other = tmp_path / "report.md", tmp_path / "other.xyz"
    report.write_text("# A fine report\n\nThe audit of the bridge recommended new bolts.\n")
    other.write_text("x")
    here.page.set_input_files("#upload input[type=file]", [report])
    expect(here.page.locator("#adding")).to_contain_text("1 added")
    expect(here.page.locator("#papers-listed label")).to_have_count(6)
    here.page.locator("#path input, #path textarea").fill(str(other))
    here.page.click("#add")
    expect(here.page.locator("#adding")).to_contain_text("no text found")
    here.page.get_by_label("Search documents").fill("FINE report")
    expect(here.page.locator("#papers-listed label")).to_have_count(1)
    here.page.locator("#papers-listed label").click()
    expect(here.page.locator("#preview")).to_contain_text("The audit of the bridge")
    held = [document for document in assistant.library.held.values() if document.title == "A fine report"]
    assert Path(held[0].path).is_relative_to(tmp_path / "home" / "uploads")
    here.page.click("#remove")
    here.page.click("#remove-sure")
    expect(here.page.locator("#adding")).to_contain_text("1 removed")
    assert report.exists()
    here.page.get_by_label("Search documents").fill("")
    expect(here.page.locator("#papers-listed label")).to_have_count(5)


def test_a_list_that_comes_late_does_not_undo_a_search(here: Visit) -> None:
    """The list that is drawn after something was taken out is held up on its way until a search has been typed."""
    late: list[Route] = []

    def hold(route: Route) -> None:
        if late or f'"fn_index":{drawing},' not in (route.request.post_data or ""):
            route.continue_()
        else:
            late.append(route)
            answers.append(route.fetch())

    answers: list[APIResponse] = []
    drawing = event_of(here, "search-papers", "change")
    here.page.route("**/gradio_api/run/predict", hold)
    here.page.locator("#papers-listed label").first.click()
    here.page.click("#remove")
    here.page.click("#remove-sure")
    for _ in range(300):  # the list is asked for some time after the removal is told
        if answers:
            break
        here.page.wait_for_timeout(100)
    assert answers, "no list was asked for"
    expect(here.page.locator("#adding")).to_contain_text("1 removed")
    here.page.get_by_label("Search documents").fill("april 2016")
    here.page.wait_for_timeout(500)  # time enough for the answer to the search, if it were asked for
    late[0].fulfill(response=answers[0])
    here.page.wait_for_timeout(500)  # and for the late list to be drawn
    expect(here.page.locator("#papers-listed label")).to_have_count(1)


def event_of(here: Visit, name: str, act: str) -> int:
    """The number of what is called when something is done to a part of the page."""
    configuration: dict[str, Any] = here.page.evaluate("async () => (await fetch('/config')).json()")
    part = next(part["id"] for part in configuration["components"] if part["props"].get("elem_id") == name)
    return int(next(wire["id"] for wire in configuration["dependencies"] if [part, act] in wire["targets"]))


def test_a_question_goes_on_while_documents_are_added_and_can_be_limited_to_some(
    here: Visit, assistant: FakeAssistant, tmp_path: Path
) -> None:
    assistant.library.pause = 2.0  # far longer than everything below takes
    folder = tmp_path / "folder"
    folder.mkdir()
    for number in range(60):
        (folder / f"{number}.md").write_text(f"# Note {number}\n\nWords of note {number}, of which there are some.\n")
    here.page.locator("#path input, #path textarea").fill(str(folder))
    here.page.click("#add")
    expect(here.page.locator("#adding")).to_contain_text("of 60")
    here.page.get_by_role("tab", name="Ask").click()
    here.page.get_by_role("button", name="Limit to some documents").click()
    here.page.get_by_label("Only from these documents").click()
    here.page.get_by_role("option", name="NATO and Russia talk again").click()
    here.page.keyboard.press("Escape")
    here.ask("why did Russia close the mission in 2021?")
    here.answered()
    titles = set(here.page.locator("#current .fn-passage .fn-title").all_text_contents())
    assert titles == {"NATO and Russia talk again, April 2016"}
    here.page.get_by_role("tab", name="Documents").click()
    expect(here.page.locator("#adding")).not_to_contain_text("File 1 of")  # the first is there
    here.page.click("#stop-adding")
    expect(here.page.locator("#adding")).to_contain_text("Stopped")
    expect(here.page.locator("#papers-listed label")).not_to_have_count(5)
