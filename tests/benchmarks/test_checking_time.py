"""The time that checking takes, by a clock of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import checking_time
from benchmarks.report import EXIT_FAULT, EXIT_HELD, EXIT_MISSED
from rag.assistant import Assistant
from rag.records import Event
from rag.settings import Settings
from tests.rag.desk import CUT, PAPERS, QUESTION, set_up


@pytest.mark.parametrize(("slow_at", "share", "code"), [("Token", 0.0, EXIT_HELD), ("Checked", 1.0, EXIT_MISSED)])
def test_what_passes_before_a_sentence_is_checked_is_checking(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    slow_at: str,
    share: float,
    code: int,
) -> None:
    (tmp_path / "papers").mkdir()
    for name, text in PAPERS.items():
        (tmp_path / "papers" / name).write_text(text)
    questions = tmp_path / "questions.jsonl"
    questions.write_text(json.dumps({"id": "a", "question": QUESTION, "answerable": True, "answers": ["20"]}))
    clock = 0.0

    def opened(settings: Settings) -> Assistant:
        desk = set_up(settings.home / "desk", CUT)
        ask = desk.assistant.ask

        def slowly(question: str) -> Iterator[Event]:
            nonlocal clock
            for event in ask(question):
                clock += type(event).__name__ == slow_at
                yield event

        monkeypatch.setattr(desk.assistant, "ask", slowly)
        return desk.assistant

    monkeypatch.setattr(checking_time, "perf_counter", lambda: clock)
    arguments = [str(questions), "--documents", str(tmp_path / "papers"), "--json"]
    assert checking_time.main(arguments, opened) == code
    assert json.loads(capsys.readouterr().out)["measures"][0]["actual"] == share


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    arguments = [str(tmp_path / "none.jsonl"), "--documents", str(tmp_path)]
    assert checking_time.main(arguments, lambda settings: set_up(settings.home / "desk").assistant) == EXIT_FAULT
