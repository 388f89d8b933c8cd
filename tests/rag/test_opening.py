"""Opening: in the background, once, and again after a fault."""

from __future__ import annotations

import queue
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from index.errors import StoreDamaged
from rag.errors import ModelMissing
from rag.opening import Opening
from rag.settings import Settings
from tests.fakes import ScriptedGenerator
from tests.rag.ui.fake_assistant import FakeAssistant

SECONDS = 5.0
HERE = Settings(home=Path("/home"), models=Path("/models"))


def settled(opening: Opening) -> str:
    state = opening.state
    while state not in ("ready", "fault"):
        changed = opening.wait_for_change(state, SECONDS)
        assert changed != state, f"still {state} after {SECONDS} s"
        state = changed
    return state


def test_it_opens_and_warms_in_the_background() -> None:
    gate = threading.Event()

    class Slow(FakeAssistant):
        def warm(self) -> None:
            gate.wait(SECONDS)

    opening = Opening(Slow)
    opening.start(grace_seconds=0)
    while opening.state == "opening":
        opening.wait_for_change("opening", SECONDS)
    assert opening.state == "warming"
    assert opening.opened is not None, "questions need not wait for the warming"
    gate.set()
    assert settled(opening) == "ready"


def test_it_waits_until_somebody_has_the_page() -> None:
    opening = Opening(FakeAssistant)
    opening.start(grace_seconds=60)
    assert opening.wait_for_change("opening", 0.2) == "opening"
    opening.visited()
    assert settled(opening) == "ready"


def test_it_opens_once() -> None:
    opened: list[FakeAssistant] = []

    def opener() -> FakeAssistant:
        opened.append(FakeAssistant())
        return opened[-1]

    opening = Opening(opener)
    opening.start(grace_seconds=0)
    assert settled(opening) == "ready"
    assert opening.assistant() is opening.assistant() is opened[0]
    assert len(opened) == 1


def test_a_fault_is_told_and_mended_without_a_restart() -> None:
    missing = [True]

    def opener() -> FakeAssistant:
        if missing[0]:
            raise ModelMissing("the model is not here; run: footnote models fetch")
        return FakeAssistant()

    opening = Opening(opener)
    opening.start(grace_seconds=0)
    assert settled(opening) == "fault"
    assert opening.message == "the model is not here; run: footnote models fetch"
    missing[0] = False
    assert list(opening.ask("please decline"))
    assert (opening.state, opening.message) == ("ready", "")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        pytest.param(OSError(28, "No space left on device", "/home/x/library"), "/home/x/library: No space", id="disk"),
        pytest.param(MemoryError(), "memory ran out", id="memory"),
        pytest.param(StoreDamaged("library.sqlite3 is damaged"), "is damaged", id="store"),
    ],
)
def test_a_fault_of_the_machine_is_told_in_words(fault: Exception, words: str) -> None:
    class Faulty(FakeAssistant):
        def warm(self) -> None:
            raise fault

    opening = Opening(Faulty)
    opening.start(grace_seconds=0)
    assert settled(opening) == "fault"
    assert words in opening.message


def test_a_defect_while_warming_does_not_leave_the_page_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    class Defective(FakeAssistant):
        def warm(self) -> None:
            raise ZeroDivisionError

    shown: queue.SimpleQueue[threading.ExceptHookArgs] = queue.SimpleQueue()
    monkeypatch.setattr(threading, "excepthook", shown.put)
    opening = Opening(Defective)
    opening.start(grace_seconds=0)
    assert settled(opening) == "fault"
    assert "terminal" in opening.message
    assert shown.get(timeout=SECONDS).exc_type is ZeroDivisionError


def test_closing_closes_the_library() -> None:
    assistant = FakeAssistant()
    opening = Opening(lambda: assistant)
    opening.close()  # nothing is open: nothing to do
    opening.assistant()
    opening.close()
    assert assistant.library.closed


def test_other_settings_reach_the_open_assistant_at_once() -> None:
    assistant = FakeAssistant()
    opening = Opening(lambda: assistant)
    opening.start(0)
    assert settled(opening) == "ready"
    opening.adopt(replace(HERE, threshold=0.5))
    assert opening.state == "ready"
    assert assistant.adopted == [(replace(HERE, threshold=0.5), None)]


def test_another_model_is_loaded_in_the_background() -> None:
    gate = threading.Event()

    class Slow(FakeAssistant):
        def warm(self) -> None:
            if self.adopted:
                assert gate.wait(SECONDS)

    assistant = Slow()
    opening = Opening(lambda: assistant)
    opening.start(0)
    assert settled(opening) == "ready"
    generator = ScriptedGenerator({})
    opening.adopt(HERE, generator)
    assert opening.state == "warming"
    gate.set()
    assert settled(opening) == "ready"
    assert assistant.adopted == [(HERE, generator)]


def test_a_model_that_was_missing_is_mended_by_choosing_another() -> None:
    faults: list[Exception] = [ModelMissing("fetch it first")]
    assistant = FakeAssistant()

    def opener() -> FakeAssistant:
        if faults:
            raise faults.pop()
        return assistant

    opening = Opening(opener)
    opening.start(0)
    assert settled(opening) == "fault"
    opening.adopt(HERE, ScriptedGenerator({}))
    assert settled(opening) == "ready"
    assert len(assistant.adopted) == 1
