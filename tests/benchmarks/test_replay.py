"""The benchmark of replaying counts what the command says of each answer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks import replay
from benchmarks.process import ProcessFault
from benchmarks.report import EXIT_FAULT, EXIT_HELD, EXIT_MISSED


class Command:
    """Answers every question of the file that it is given; of the answers in `others` the second giving differs."""

    def __init__(self, others: Sequence[str] = ()) -> None:
        self.others = others
        self.replayed: list[str] = []

    def __call__(self, arguments: Sequence[str]) -> str:
        if arguments[0] == "ask":
            filed = map(json.loads, Path(arguments[2]).read_text(encoding="utf-8").splitlines())
            return "".join(json.dumps({"answer_id": f"answer-{one['id']}"}) + "\n" for one in filed)
        self.replayed.append(arguments[1])
        same = arguments[1] not in self.others
        return json.dumps({"identical": same, "changed": [] if same else ["the model"]})


@pytest.fixture
def questions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(replay, "add_documents", lambda folder, home: None)
    file = tmp_path / "questions.jsonl"
    file.write_text("".join(f'{{"id": "{n}", "question": "Why {n}?"}}\n' for n in range(5)), encoding="utf-8")
    return file


def test_every_answer_is_asked_for_again(questions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = Command()
    assert replay.main([str(questions), "--json"], command) == EXIT_HELD
    assert sorted(command.replayed) == [f"answer-{n}" for n in range(5)]
    assert command.replayed != sorted(command.replayed)
    measured = {one["name"]: one["actual"] for one in json.loads(capsys.readouterr().out)["measures"]}
    assert measured == {"identical": 1.0, "changed": 0.0}


def test_one_that_differs_is_a_miss(questions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert replay.main([str(questions), "--json"], Command(["answer-3"])) == EXIT_MISSED
    measured = {one["name"]: one["actual"] for one in json.loads(capsys.readouterr().out)["measures"]}
    assert measured == {"identical": 0.8, "changed": 1.0}


def test_a_command_that_fails_is_a_fault(questions: Path) -> None:
    def fails(arguments: Sequence[str]) -> str:
        raise ProcessFault("footnote ask: no model")

    assert replay.main([str(questions)], fails) == EXIT_FAULT
