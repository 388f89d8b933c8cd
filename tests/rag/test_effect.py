"""What thresholds do: the reader's own measure of a model comes before the sample's, and no file is a fault."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rag import effect
from rag.effect import Effect, Row
from rag.settings import Settings

MINE = Effect("mine.jsonl", "a", 3, 2, (Row(0.2, 0.9, 0.1, 0.0, 0.5), Row(0.5, 0.6, 0.0, 0.4, 1.0)))


def test_what_the_reader_measured_last_is_kept(tmp_path: Path) -> None:
    home = tmp_path / "home"
    effect.keep(home, replace(MINE, file="earlier.jsonl"))
    effect.keep(home, MINE)
    assert effect.measured(home, "a") == MINE
    assert effect.measured(home, "b") is None


def test_the_sample_was_measured_with_the_default_model(tmp_path: Path) -> None:
    found = effect.measured(tmp_path, Settings(home=tmp_path, models=tmp_path).model)
    assert found is not None
    assert (found.file, found.answerable, found.others) == ("", 40, 20)
    assert [row.threshold for row in found.rows] == sorted(row.threshold for row in found.rows)
    for row in found.rows:
        assert row.right + row.wrong + row.silent == pytest.approx(1)


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"file": "x", "model": "a", "rows": [{"threshold": 1}]}', "\udcff"]
)
def test_a_file_that_is_none_is_measured_anew(tmp_path: Path, content: str) -> None:
    (tmp_path / effect.FILE).write_text(content, encoding="utf-8", errors="surrogateescape")
    assert effect.measured(tmp_path, "a") is None


def test_between_two_thresholds_the_nearer_one_tells() -> None:
    assert MINE.at(0.3).threshold == 0.2
    assert MINE.at(0.9).threshold == 0.5
