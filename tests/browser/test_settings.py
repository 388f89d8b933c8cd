"""The settings in a browser: kept in the home, counting at once, models fetched and changed, damage told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import expect

from rag.preferences import FILE
from rag.settings import Settings
from rag.ui.means import Means
from tests.browser.conftest import Visit
from tests.fakes import ScriptedGenerator
from tests.rag.ui.fake_assistant import FakeAssistant
from tests.rag.ui.serving import serving
from tests.rag.ui.test_fetching import FakeFetch

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

GIB = 1 << 30
Open = Callable[..., Visit]


@pytest.fixture
def assistant() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture
def fetch() -> FakeFetch:
    return FakeFetch()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def here(visit: Open, assistant: FakeAssistant, fetch: FakeFetch, home: Path) -> Iterator[Visit]:
    """The settings view on a machine of 8 GB without any model in its folder."""

    def settings() -> Settings:
        return replace(Settings.from_environment({}, home=home), models=home / "models")

    means = Means(settings, lambda _: ScriptedGenerator({}), fetch, lambda: int(7.6 * GIB))
    with serving(lambda: assistant, home, means=means) as address:
        here = visit(address)
        here.page.get_by_role("tab", name="Settings").click()
        expect(here.page.locator(".fn-offer")).to_be_visible()
        yield here
        here.page.close()  # before its server


def kept(home: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((home / FILE).read_text())
    return found


def test_what_is_chosen_is_kept_counts_at_once_and_is_there_again(
    here: Visit, assistant: FakeAssistant, home: Path
) -> None:
    expect(here.page.get_by_label("A little (as it comes)")).to_be_checked()
    here.page.get_by_label("More likely right than wrong").check()
    expect(here.page.locator("#sureness-effect")).to_contain_text("50% or more")
    expect(here.page.locator("#choices-note")).to_contain_text("from the next question on")
    here.page.get_by_label("Much: about 5 passages").check()
    expect(here.page.locator("#reading-effect")).to_contain_text("up to 11 s")
    expect(here.page.get_by_label("Not at all: always the likeliest word (as it comes)")).to_be_checked()
    creativity = here.page.locator("#creativity")
    creativity.get_by_label("More").check()
    expect(here.page.locator("#creativity-effect")).to_contain_text("Words are drawn")
    here.page.get_by_label("Left out, and counted").check()
    expect(here.page.locator("#unsupported-effect")).to_contain_text("they are gone")
    chosen = {
        "threshold": 0.5,
        "passages": 9,
        "passage_tokens_read": 540,
        "show_unsupported": False,
        "creativity": 0.8,
    }
    assert kept(home) == chosen
    settings, generator = assistant.adopted[-1]
    assert {name: getattr(settings, name) for name in chosen} == chosen
    assert generator is None
    here.reload()
    here.page.get_by_role("tab", name="Settings").click()
    for label in ("More likely right than wrong", "Much: about 5 passages", "Left out, and counted"):
        expect(here.page.get_by_label(label)).to_be_checked()
    expect(creativity.get_by_label("More")).to_be_checked()
    here.page.get_by_label("Not at all: always the likeliest word (as it comes)").check()
    expect(here.page.locator("#creativity-effect")).to_contain_text("gets the same answer")
    assert kept(home)["creativity"] == 0


def test_a_model_is_fetched_stopped_fetched_again_and_used(
    here: Visit, assistant: FakeAssistant, fetch: FakeFetch, home: Path
) -> None:
    expect(here.page.locator("#models")).to_contain_text("too large for this machine, wants 16 GB")
    here.page.get_by_label("SmolLM2 135M").check()
    expect(here.page.locator(".fn-offer")).to_contain_text("98 MB on disk")
    here.page.get_by_role("button", name="Fetch it (98 MB)").click()
    fetch.gate.release(2)
    expect(here.page.locator("#fetching")).to_contain_text("49 MB of 98 MB")
    expect(here.page.locator("#fetch-model")).to_be_hidden()
    here.page.click("#stop-fetching")
    expect(here.page.locator("#fetching")).to_contain_text("Stopped")
    here.page.click("#fetch-model")
    expect(here.page.locator("#fetching progress")).to_be_visible()
    (home / "models").mkdir(parents=True)
    with (home / "models" / "SmolLM2-135M-Instruct.Q4_1.gguf").open("wb") as file:
        file.truncate(98_362_432)  # the catalogue's size is what makes a model "here"
    fetch.gate.release(4)
    expect(here.page.locator("#fetching")).to_contain_text("is here")
    here.page.get_by_role("button", name="Use this model").click()
    expect(here.page.locator(".fn-offer")).to_contain_text("It answers your questions now")
    expect(here.page.locator("#choices-note")).to_contain_text("Kept")
    assert kept(home) == {"model": "smollm2-135m-instruct"}
    settings, generator = assistant.adopted[-1]
    assert settings.model == "smollm2-135m-instruct"
    assert isinstance(generator, ScriptedGenerator)
    expect(here.page.locator("#header")).to_contain_text("Ready")


def test_a_damaged_file_is_one_clear_line_and_nothing_is_lost(here: Visit, home: Path) -> None:
    home.mkdir(exist_ok=True)
    (home / FILE).write_text('{"threshold": 0.5')
    here.page.get_by_label("Nearly certain").check()
    expect(here.page.locator("#choices-note").get_by_role("alert")).to_contain_text("is damaged in line 1")
    assert (home / FILE).read_text() == '{"threshold": 0.5'
    here.page.get_by_role("tab", name="Ask").click()
    here.ask("why did Russia close the mission in 2021?")
    here.answered()
    expect(here.page.locator("#current .fn-supported")).to_have_count(2)


def test_a_model_that_was_named_at_the_start_comes_first(visit: Open, home: Path) -> None:
    def settings() -> Settings:
        return replace(Settings.from_environment({}, home=home, model="qwen3.5-4b"), models=home / "models")

    (home / "models").mkdir(parents=True)
    with (home / "models" / "SmolLM2-135M-Instruct.Q4_1.gguf").open("wb") as file:
        file.truncate(98_362_432)
    assistant = FakeAssistant()
    means = Means(settings, lambda _: ScriptedGenerator({}), FakeFetch(), lambda: 8 * GIB)
    with serving(lambda: assistant, home, means=means) as address:
        here = visit(address)
        here.page.get_by_role("tab", name="Settings").click()
        here.page.get_by_label("SmolLM2 135M").check()
        here.page.get_by_role("button", name="Use this model").click()
        expect(here.page.locator("#choices-note")).to_contain_text("Kept for the next start")
        assert kept(home) == {"model": "smollm2-135m-instruct"}
        assert assistant.adopted == []
        here.page.close()  # before its server
