"""Answers of the page are kept for `footnote replay` with what produced them; a fault in that costs no answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from rag.errors import Cancelled, RecordError
from rag.opening import Opening
from rag.recorder import Recorder
from rag.recording import Records
from rag.records import Answer, Done
from tests.rag.desk import CUT, STEPS, set_up, settings_of
from tests.rag.ui.fake_assistant import FakeAssistant

QUESTION = "why did Russia close the mission in 2021?"


@pytest.fixture
def assistant() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture
def recorder(assistant: FakeAssistant, tmp_path: Path) -> Recorder:
    return Recorder(Opening(lambda: assistant), Records(tmp_path))


def asked(recorder: Recorder, question: str, documents: list[str] | None = None) -> Answer:
    *_, last = recorder.ask(question, documents=documents)
    assert isinstance(last, Done)
    return last.answer


def test_an_answer_is_recorded_with_what_produced_it(
    recorder: Recorder, assistant: FakeAssistant, tmp_path: Path
) -> None:
    limit = next(iter(assistant.library.held))
    answer = asked(recorder, QUESTION, [limit])
    record = Records(tmp_path).find(answer.id)
    assert record.form["question"] == QUESTION
    assert record.circumstances.model == answer.model.name
    assert record.circumstances.documents == (limit,)
    assert recorder.trouble == ""


def test_each_of_several_who_ask_at_once_can_have_the_same_again(tmp_path: Path) -> None:
    desk = set_up(tmp_path / "home", (CUT, STEPS, f"{CUT} {STEPS}"))
    desk.assistant.adopt(replace(settings_of(tmp_path / "home"), creativity=1.0))
    recorder = Recorder(Opening(lambda: desk.assistant), Records(tmp_path / "home"))
    with ThreadPoolExecutor(6) as people:
        given = list(people.map(lambda _: asked(recorder, QUESTION), range(24)))
    for answer in given:
        record = Records(tmp_path / "home").find(answer.id)
        *_, last = desk.assistant.ask(QUESTION, seed=record.circumstances.seed)
        assert isinstance(last, Done)
        assert (last.answer.id, last.answer.answer) == (answer.id, answer.answer)


def test_what_is_stopped_is_no_answer_to_replay(recorder: Recorder, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        list(recorder.ask(f"slow: {QUESTION}", cancelled=lambda: True))
    with pytest.raises(RecordError):
        Records(tmp_path).find("a")


def test_an_answer_that_cannot_be_recorded_is_there_all_the_same(assistant: FakeAssistant, tmp_path: Path) -> None:
    told: list[str] = []
    recorder = Recorder(Opening(lambda: assistant), Records(tmp_path), told.append)
    (tmp_path / "answers.sqlite3").mkdir()
    assert asked(recorder, QUESTION).answered
    assert "cannot be recorded" in recorder.trouble
    assert told == [recorder.trouble]
    (tmp_path / "answers.sqlite3").rmdir()
    asked(recorder, QUESTION)
    assert recorder.trouble == ""
