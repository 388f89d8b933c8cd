"""Two runs on the same questions: paired by id and knowledge, what turned is named, what chance may explain is not
called a change."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from index.records import Document
from rag.errors import EvaluationError
from rag.evaluation.comparison import Change, Comparison, compare, read_report
from rag.evaluation.estimates import mcnemar
from rag.evaluation.report import Report, report_form, report_of
from rag.reports.page import page
from rag.reports.table import print_comparison, print_report
from rag.terminal import Terminal, plain_console
from tests.rag.evaluation.recorded import CUT, TEXT, citation, gold, record

MADE_BY = {"settings": {"passages": 4}, "prompts": "a" * 64, "documents": "d" * 64}


def run(rights: list[bool], made_by: dict[str, Any] = MADE_BY, confidence: float = 0.8) -> Report:
    """A run over one question each, answered right or wrong."""
    records = [
        record("Cut [1]." if right else "Sold [1].", gold(["cut"]), [citation(*CUT)], confidence=confidence)
        | {
            "id": f"q{number}",
            "question": f"Why {number}?",
            "made_by": made_by,
            "model": {"name": "m", "sha256": "0" * 64},
            "index": {"generation": 1, "embedding_model": "e"},
        }
        for number, right in enumerate(rights)
    ]
    return report_of(records, {"d": Document("d", "d.md", "d", "md", TEXT, (), (), None, None, "")}, 0.5)


def compared(before: Report, now: Report) -> Comparison:
    return compare("before.json", json.loads(json.dumps(report_form(before))), now)


def change_of(comparison: Comparison, name: str) -> Change:
    return next(change for change in comparison.changes if change.name == name)


def test_what_turned_is_named_and_tested() -> None:
    before, now = run([True, True] + [False] * 18), run([False, True] + [True] * 12 + [False] * 6)
    right = change_of(compared(before, now), "right")
    assert (right.before, right.now) == (0.1, 0.65)
    assert right.gained == tuple(f"q{number}" for number in range(2, 14))
    assert right.lost == ("q0",)
    assert right.probability == mcnemar(12, 1)
    assert right.difference.value == pytest.approx(0.55)
    assert right.certain


def test_what_chance_may_explain_is_not_certain() -> None:
    right = change_of(compared(run([True, False, False, True]), run([True, True, False, True])), "right")
    assert (right.gained, right.probability, right.certain) == (("q1",), 1.0, False)


def test_a_run_against_itself_changes_nothing() -> None:
    report = run([True, False, True])
    comparison = compared(report, report)
    assert comparison.made_otherwise == comparison.left_out == ()
    assert {(change.difference.value, change.certain) for change in comparison.changes} == {(0.0, False)}
    assert {"right", "right_auroc", "ece", "total_s"} <= {change.name for change in comparison.changes} | {
        "right_auroc"
    }


def test_questions_that_only_one_run_has_or_that_are_scored_otherwise_are_left_out() -> None:
    before, now = run([True, True, True]), run([True, True])
    form = report_form(before)
    form["cases"][1]["gold"] = "another"
    comparison = compare("before.json", form, now)
    assert (comparison.questions, comparison.left_out) == (1, ("q1", "q2"))


def test_what_was_made_otherwise_is_told() -> None:
    now = run([True], {**MADE_BY, "settings": {"passages": 6}, "prompts": "b" * 64})
    assert compared(run([True]), now).made_otherwise == ("prompts", "settings.passages (4, now 6)")


def test_measures_of_all_questions_are_compared_in_pairs() -> None:
    sure, unsure = run([True] * 8, confidence=1.0), run([True] * 8, confidence=0.6)
    ece = change_of(compared(unsure, sure), "ece")
    assert [ece.before, ece.now, ece.difference.value] == pytest.approx([0.4, 0.0, -0.4])
    assert ece.certain


def test_a_single_question_shows_neither_an_interval_nor_a_direction() -> None:
    before, now = run([True]), run([False], confidence=0.2)
    form = report_form(now)
    assert {(measure["low"], measure["high"]) for measure in form["measures"]} == {(None, None)}
    comparison = compared(before, now)
    assert {(one.difference.low, one.difference.high, one.certain) for one in comparison.changes} == {
        (None, None, False)
    }
    out = io.StringIO()
    console = plain_console(out, width=80)
    print_report(Terminal(console, console), now)
    print_comparison(Terminal(console, console), comparison)
    html = page(now, comparison)
    for told in (out.getvalue(), html):
        assert "calibration error" in told
        assert not re.search(r"\d–\d|\d to [+-]|\bworse\b|\bbetter\b", told)
    assert 'class="span"' not in html


def test_runs_without_a_common_question_cannot_be_compared() -> None:
    form = report_form(run([True]))
    form["cases"][0]["id"] = "another"
    with pytest.raises(EvaluationError, match="no question in common"):
        compare("before.json", form, run([True]))


@pytest.mark.parametrize("content", [None, "", "no JSON", "[]", '{"benchmark": "answers"}'])
def test_a_file_that_is_no_report_is_refused(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "earlier.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(EvaluationError, match=r"earlier\.json"):
        read_report(path)
