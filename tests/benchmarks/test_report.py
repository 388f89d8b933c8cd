"""Floors beside what was measured: held, missed, or not measured, and the exit code that says so."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from benchmarks import answers, first_token, memory
from benchmarks.report import EXIT_HELD, EXIT_MISSED, FLOORS, Floor, Measure, floors, report
from rag.evaluation.report import report_of

START = [
    Measure("ask_prefill_s", "ask", 7.9, "s"),
    Measure("serve_page_s", "serve", 14.0, "s"),
    Measure("make_run_page_s", "make run", None, "s"),
]


@pytest.mark.parametrize(
    ("floor", "below", "equal", "above"),
    [
        pytest.param(Floor("at_least", 0.9), False, True, True, id="at least"),
        pytest.param(Floor("at_most", 0.9), True, True, False, id="at most"),
        pytest.param(Floor("under", 0.9), True, False, False, id="under"),
    ],
)
def test_a_floor_is_held(floor: Floor, below: bool, equal: bool, above: bool) -> None:
    assert [floor.held_by(value) for value in (0.89, 0.9, 0.91)] == [below, equal, above]


def test_what_was_not_measured_neither_holds_nor_misses(capsys: pytest.CaptureFixture[str]) -> None:
    assert report("startup", START, as_json=False) == EXIT_HELD
    printed = capsys.readouterr().out.splitlines()
    line = next(line for line in printed if line.startswith("make run"))
    assert line.split("  ")[-1].strip() == "not measured"


def test_a_missed_floor_shows_in_the_table_and_in_the_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    slow = [Measure("ask_prefill_s", "ask", 8.0, "s"), *START[1:]]
    assert report("startup", slow, as_json=False) == EXIT_MISSED
    lines = {line.split()[0]: line.split()[-1] for line in capsys.readouterr().out.splitlines()[2:]}
    assert (lines["ask"], lines["serve"]) == ("MISSED", "held")


def test_json_has_the_same_and_what_it_was_measured_on(capsys: pytest.CaptureFixture[str]) -> None:
    report("startup", START, as_json=True, notes={"runs": 3})
    form = json.loads(capsys.readouterr().out)
    assert form["measures"][0] == {
        "name": "ask_prefill_s",
        "title": "ask",
        "actual": 7.9,
        "unit": "s",
        "over": "",
        "floor": {"under": 8},
        "held": True,
    }
    assert form["measures"][2]["held"] is None
    assert form["runs"] == 3
    assert form["machine"]["cores"] >= 1


def test_a_floor_that_nothing_measures_is_an_error() -> None:
    with pytest.raises(ValueError, match="make_run_page_s"):
        report("startup", START[:2], as_json=False)


def test_every_floor_has_one_bound_and_a_measure() -> None:
    measured = {
        **dict.fromkeys(
            ["answers", *(f"answers_{kind}" for kind in answers.KINDS)], answers.lines(report_of([], {}, 0.5))
        ),
        "first_token": first_token.measures([first_token.Timed("q", 400, 8.0, 8.4, 8.8)]),
        "memory": memory.measures(1000, memory.Memory(1, 1, None, None), memory.Memory(2, 2, 2, 2)),
        "startup": START,
    }
    with FLOORS.open("rb") as file:
        assert measured.keys() <= tomllib.load(file).keys()
    for command, measures in measured.items():
        names = [measure.name for measure in measures]
        assert len(set(names)) == len(names)
        assert floors(command).keys() <= set(names)


def test_the_ratio_judged_is_the_median_of_ratios_not_the_ratio_of_medians() -> None:
    timed = [first_token.Timed("q", 400, direct, direct * ratio, 1.0) for direct, ratio in ((1, 2), (2, 1), (9, 1.5))]
    assert first_token.measures(timed)[0].actual == 1.5


def test_a_bound_that_does_not_exist_is_named(tmp_path: Path) -> None:
    (tmp_path / "f.toml").write_text("[startup]\nhelp_s = { below = 1 }\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"startup\.help_s"):
        floors("startup", tmp_path / "f.toml")
