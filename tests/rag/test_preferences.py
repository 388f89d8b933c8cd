"""What was chosen for a home: kept in one step, weaker than options and environment, never overwritten when damaged."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rag.errors import SettingsError
from rag.preferences import FILE, Preferences, choose, load
from rag.settings import Settings
from tests.rag.fake_footnote import run


def test_nothing_chosen_is_nothing_kept(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert load(home) == Preferences()
    assert Settings.from_environment({}, home=home) == Settings(home=home, models=Settings.from_environment({}).models)
    assert not home.exists()


def test_what_was_chosen_is_kept_beside_what_was_chosen_before(tmp_path: Path) -> None:
    choose(tmp_path / "home", threshold=0.5)
    kept = choose(tmp_path / "home", passages=6, passage_tokens_read=1000)
    assert kept == Preferences(threshold=0.5, passages=6, passage_tokens_read=1000)
    assert load(tmp_path / "home") == kept
    assert choose(tmp_path / "home", threshold=None) == Preferences(passages=6, passage_tokens_read=1000)
    assert [path.name for path in (tmp_path / "home").iterdir()] == [FILE]


@pytest.mark.parametrize("name", ["threshold", "creativity"])
def test_a_share_is_the_same_however_it_is_written(tmp_path: Path, name: str) -> None:
    choose(tmp_path, **{name: 0})
    assert repr(getattr(Settings.from_environment({}, home=tmp_path), name)) == "0.0"


def test_following_the_disk_is_kept_and_shapes_no_answer(tmp_path: Path) -> None:
    before = Settings.from_environment({}, home=tmp_path)
    assert choose(tmp_path, watch=True) == load(tmp_path) == Preferences(watch=True)
    assert Settings.from_environment({}, home=tmp_path) == before


def test_choices_made_at_the_same_time_are_all_kept(tmp_path: Path) -> None:
    with ThreadPoolExecutor() as threads:
        for number in range(1, 9):
            threads.submit(choose, tmp_path, passages=number)
            threads.submit(choose, tmp_path, threshold=0.5)
            threads.submit(choose, tmp_path, watch=True)
    kept = load(tmp_path)
    assert (kept.threshold, kept.watch) == (0.5, True)
    assert kept.passages


def test_options_come_before_the_environment_and_that_before_the_home(tmp_path: Path) -> None:
    choose(tmp_path, model="smollm2-135m-instruct", threshold=0.4, show_unsupported=False)
    chosen = Settings.from_environment({}, home=tmp_path)
    assert (chosen.model, chosen.threshold, chosen.show_unsupported) == ("smollm2-135m-instruct", 0.4, False)
    environment = {"FOOTNOTE_MODEL": "granite-4.1-3b", "FOOTNOTE_HOME": str(tmp_path)}
    assert Settings.from_environment(environment).model == "granite-4.1-3b"
    assert Settings.from_environment(environment).threshold == 0.4
    assert Settings.from_environment(environment | {"FOOTNOTE_EMBEDDING": "./mine"}).embedding == "./mine"
    assert Settings.from_environment(environment, model="qwen3.5-4b").model == "qwen3.5-4b"


DAMAGED = [
    pytest.param(b'{\n "threshold": 0.5,\n', "damaged in line 3", id="cut short"),
    pytest.param(b"[1, 2]", "no settings by name", id="a list"),
    pytest.param(b"\xff\xfe\x00", "no JSON text", id="no text"),
    pytest.param(b"[" * 100_000, "damaged", id="nested without end"),
    pytest.param(b'{"threshold": "high"}', 'threshold cannot be "high"', id="a word for a number"),
    pytest.param(b'{"threshold": NaN}', "between 0 and 1", id="no number"),
    pytest.param(b'{"threshold": 7}', "between 0 and 1", id="too high"),
    pytest.param(b'{"passages": true}', "whole number from 1", id="true for a number"),
    pytest.param(b'{"passages": 2.5}', "whole number from 1", id="half a passage"),
    pytest.param(b'{"passage_tokens_read": 99999}', "whole number from 64", id="more than can be read"),
    pytest.param(b'{"model": ""}', "name of a model", id="no name"),
    pytest.param(b'{"show_unsupported": 1}', "true or false", id="a number for true"),
    pytest.param(b'{"creativity": 1.5}', "between 0 and 1", id="too creative"),
    pytest.param(b'{"watch": "yes"}', "true or false", id="a word for true"),
]


@pytest.mark.parametrize(("content", "words"), DAMAGED)
def test_a_damaged_file_is_told_in_one_line_and_stays(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(SettingsError, match=FILE) as fault:
        load(tmp_path)
    assert words in str(fault.value)
    assert "\n" not in str(fault.value)
    with pytest.raises(SettingsError, match=FILE):
        choose(tmp_path, passages=2)
    assert (tmp_path / FILE).read_bytes() == content


def test_the_command_line_says_it_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / FILE).write_text("{")
    assert run(["list", "--home", str(tmp_path)]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert "settings.json is damaged" in captured.err


@pytest.mark.parametrize(
    "wrong", [{"threshold": 2.0}, {"model": " "}, {"passages": 0}, {"creativity": -0.1}, {"unheard_of": 1}]
)
def test_what_makes_no_sense_is_not_kept(tmp_path: Path, wrong: dict[str, float | str]) -> None:
    choose(tmp_path, threshold=0.5)
    with pytest.raises(SettingsError):
        choose(tmp_path, **wrong)
    assert load(tmp_path) == Preferences(threshold=0.5)


def test_what_a_newer_version_has_kept_stays(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"invented_later": [1], "threshold": 0.3}')
    choose(tmp_path, threshold=0.2)
    assert json.loads((tmp_path / FILE).read_text()) == {"invented_later": [1], "threshold": 0.2}


def test_a_home_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="is a file"):
        choose(tmp_path / "file", threshold=0.5)
