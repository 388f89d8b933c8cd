"""The benchmark of follow-up questions, on the questions that come with it and an encoder that hashes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import followups
from benchmarks.report import EXIT_MISSED
from tests.fakes import HashingEncoder

ROOT = Path(__file__).resolve().parents[2]
FILED = [json.loads(line) for line in (ROOT / "benchmarks/data/followups.jsonl").read_text("utf-8").splitlines()]


def test_the_words_that_are_looked_for_stand_in_the_dossier() -> None:
    dossier = " ".join(path.read_text(encoding="utf-8") for path in (ROOT / "seeds").glob("*.md"))
    assert FILED
    for line in FILED:
        assert line["holds"] in dossier


def test_three_ways_are_set_side_by_side(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "harbour.md").write_text("# The harbour\n\nThe harbour office opened in 1911.\n", encoding="utf-8")
    asked = tmp_path / "followups.jsonl"
    line = {"before": "Who ran the harbour office?", "said": "", "question": "When did it open?", "holds": "in 1911"}
    asked.write_text(f"{json.dumps(line)}\n{json.dumps(line | {'holds': 'in 1912'})}\n", encoding="utf-8")
    whole = tmp_path / "whole.jsonl"
    whole.write_text('{"question": "When did the office open?"}\n{"question": "Why?"}\n', encoding="utf-8")
    code = followups.main(
        [str(asked), "--documents", str(tmp_path), "--whole", str(whole), "--json"], lambda _: HashingEncoder()
    )
    shown = json.loads(capsys.readouterr().out)
    measured = {measure["name"]: measure["actual"] for measure in shown["measures"]}
    assert measured == {"typed": 0.5, "row": 0.5, "understood": 0.5, "changed": 0.5}
    assert code == EXIT_MISSED, "half of the whole questions were changed"
