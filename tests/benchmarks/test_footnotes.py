"""The footnotes that the benchmark expects, and that it would miss one that is not there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.footnotes import Tally, answerable, expected, measures
from benchmarks.process import SEEDS, ProcessFault


def citation(marker: int, start: int, quote: str) -> dict[str, Any]:
    return {"marker": marker, "start": start, "end": start + len(quote), "quote": quote}


def test_each_marker_of_a_sentence_is_expected_once_with_its_quotes_in_order() -> None:
    sentences: list[dict[str, Any]] = [
        {
            "citations": [
                citation(2, 40, "later"),
                citation(1, 0, "a"),
                citation(2, 10, "first"),
                citation(2, 40, "later"),
            ]
        },
        {"citations": []},
        {"citations": [citation(1, 5, "b")], "disputed": [citation(3, 7, "other")]},
    ]
    assert list(expected(sentences)) == [
        ("s0m2", ["first", "later"]),
        ("s0m1", ["a"]),
        ("s2m1", ["b"]),
        ("s2m3", ["other"]),
    ]


def test_quotes_that_overlap_are_marked_without_doubling() -> None:
    (place, marks), *_ = expected(
        [{"citations": [citation(1, 0, "abcdef"), citation(1, 4, "efgh"), citation(1, 1, "bc")]}]
    )
    assert place == "s0m1"
    assert marks == ["abcdef", "gh"]


def test_a_footnote_that_failed_lowers_the_share() -> None:
    shares = {one.name: one.actual for one in measures([Tally("md", 2, 1, 4, ["missed"]), Tally("pdf", 1, 0, 4)])}
    assert shares["opened"] == 7 / 8
    assert (shares["opened_md"], shares["opened_pdf"]) == (3 / 4, 1)
    assert (shares["answers"], shares["declined"]) == (3, 1)


def test_nothing_clicked_is_not_measured() -> None:
    assert {one.name: one.actual for one in measures([Tally("md")])}["opened"] is None


def test_only_questions_that_the_documents_answer_are_asked(tmp_path: Path) -> None:
    assert len(answerable(SEEDS / "questions.jsonl")) == 40
    file = tmp_path / "questions.jsonl"
    file.write_text('{"question": "?", "answerable": false}\n')
    with pytest.raises(ProcessFault, match="no question"):
        answerable(file)
