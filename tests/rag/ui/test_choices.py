"""The settings view's handlers: what a page may send that is no choice changes nothing and breaks nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rag import preferences
from rag.opening import Opening
from rag.settings import Settings
from rag.ui.choices import COUNTS, Choices
from rag.ui.means import Means
from tests.fakes import ScriptedGenerator
from tests.rag.ui.fake_assistant import FakeAssistant
from tests.rag.ui.test_fetching import FakeFetch

NO_CHOICE: list[Any] = ["", "no such thing", "/etc/passwd", 7, -1.0, 1e9, [], {}, ["a"], {"a": 1}]


@pytest.fixture
def choices(tmp_path: Path) -> Choices:
    means = Means(
        lambda: Settings.from_environment({}, home=tmp_path), lambda _: ScriptedGenerator({}), FakeFetch(), lambda: 8
    )
    return Choices(Opening(FakeAssistant), means)


@pytest.mark.parametrize("sent", NO_CHOICE, ids=repr)
@pytest.mark.parametrize("handler", ["look", "use", "bring", "be_sure", "read", "be_creative", "show"])
def test_what_is_no_choice_changes_nothing(choices: Choices, tmp_path: Path, handler: str, sent: object) -> None:
    getattr(choices, handler)(sent)
    assert not (tmp_path / preferences.FILE).exists()
    choices.close()


def test_creativity_is_chosen_and_given_up_again(choices: Choices, tmp_path: Path) -> None:
    effect, note = choices.be_creative(0.4)
    assert "differ when you ask again" in effect
    assert COUNTS in note
    assert Settings.from_environment({}, home=tmp_path).creativity == 0.4
    choices.be_creative(0)  # as a page sends it
    assert Settings.from_environment({}, home=tmp_path).creativity == 0
    choices.close()


def test_no_file_of_the_machine_is_used_for_a_page(choices: Choices, tmp_path: Path) -> None:
    model = tmp_path / "own.gguf"
    model.write_bytes(b"GGUF")
    note, *_ = choices.use(str(model))
    assert "no model is called" in note
    assert preferences.load(tmp_path) == preferences.Preferences()
