"""Adding on the page: in order, with progress, standing back for questions; uploads kept, and kept apart."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.errors import StoreError
from index.library import Library
from index.records import Ledger, Progress
from index.settings import IndexSettings
from rag.opening import Opening
from rag.ui import papers
from rag.ui.documents import Documents
from rag.ui.following import Following
from rag.ui.intake import Adding, Intake
from tests.fakes import HashingEncoder
from tests.rag.ui.fake_assistant import FakeAssistant, FakeLibrary


@pytest.fixture
def assistant() -> FakeAssistant:
    return FakeAssistant(FakeLibrary([]))


@pytest.fixture
def arriving(tmp_path: Path) -> Path:
    folder = tmp_path / "arriving"
    folder.mkdir()
    return folder


@pytest.fixture
def intake(assistant: FakeAssistant, arriving: Path, tmp_path: Path) -> Iterator[Intake]:
    intake = Intake(Opening(lambda: assistant), arriving, tmp_path / "home")
    yield intake
    intake.close()


def written(folder: Path, count: int) -> list[Path]:
    paths = [folder / f"{number}.md" for number in range(count)]
    for path in paths:
        path.write_text(f"# Title {path.name}\n\nWords of {path.name}.\n")
    return paths


def test_documents_are_added_and_told(intake: Intake, assistant: FakeAssistant, tmp_path: Path) -> None:
    intake.add([*written(tmp_path, 3), tmp_path / "missing.md.bin"])
    last = list(intake.states(every=0))[-1]
    assert last.stage == "done"
    assert last.ledger is not None
    assert (last.ledger.added, len(last.ledger.refused)) == (3, 1)
    assert len(assistant.library.held) == 3
    html = papers.adding_html(last)
    assert "3 added, 1 refused" in html
    assert "missing.md.bin" in html
    assert "no such file" in html


def test_progress_is_told_with_rate_and_time_left(intake: Intake, assistant: FakeAssistant, tmp_path: Path) -> None:
    looked = threading.Semaphore(0)  # no file is read before its number was seen, however busy the machine
    assistant.library.wait = lambda: looked.acquire(timeout=10)
    intake.add(written(tmp_path, 6))
    seen: list[Adding] = []
    for state in intake.states(every=0):
        if state.files.done not in {earlier.files.done for earlier in seen}:
            looked.release()
        seen.append(state)
    assert {state.files.done for state in seen} >= {1, 2, 3, 4, 5}
    assert "File 3 of 6" in "".join(papers.adding_html(state) for state in seen)
    slow = Adding(("a",), "reading", Progress(10, 30, "files", "a"), None, seconds=5.0)
    assert (slow.rate, slow.seconds_left) == (2.0, 10.0)
    assert "2.0 files a second, about 10 s left" in papers.adding_html(slow)


def test_it_stands_back_while_a_question_is_answered(intake: Intake, assistant: FakeAssistant, tmp_path: Path) -> None:
    answering = threading.Event()
    assistant.pause = answering.wait  # type: ignore[method-assign, assignment]
    intake.add(written(tmp_path, 2))
    states = intake.states(every=0)
    while not next(states).standing_back:
        pass
    assert assistant.library.held == {}
    answering.set()
    last = list(states)[-1]
    assert last.stage == "done"
    assert last.seconds < 5.0


def test_requests_wait_for_each_other(intake: Intake, assistant: FakeAssistant, tmp_path: Path) -> None:
    first, second = written(tmp_path, 2)
    intake.add([first])
    intake.add([second])
    assert list(intake.states(every=0))[-1].finished
    assert [document.path for document in assistant.library.held.values()] == [str(first), str(second)]


def test_stopping_keeps_what_was_added(intake: Intake, assistant: FakeAssistant, tmp_path: Path) -> None:
    assistant.library.pause = 0.1
    intake.add(written(tmp_path, 50))
    for state in intake.states(every=0):
        if state.files.done == 2:
            intake.stop()
    assert state.stage == "stopped"
    assert 1 <= len(assistant.library.held) < 10


def test_a_stop_before_the_work_begins_is_not_lost(
    intake: Intake, assistant: FakeAssistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, requests = threading.Event(), intake._requests

    class Held:
        """A queue that keeps what was taken from it until the gate is open."""

        put = requests.put

        def get(self) -> object:
            request = requests.get()
            gate.wait(20)
            return request

    monkeypatch.setattr(intake, "_requests", Held())
    intake.add(written(tmp_path, 3))
    intake.stop()
    intake.add(written(tmp_path, 2))
    gate.set()
    stages = [state.stage for state in intake.states(every=0)]
    assert stages[-1] == "done", "the stop was not meant for the next request"
    assert len(assistant.library.held) == 2


def test_a_fault_is_one_line_and_the_next_request_goes_on(
    intake: Intake, assistant: FakeAssistant, tmp_path: Path
) -> None:
    def full(*_: object) -> Ledger:
        raise StoreError("the disk is full")

    whole, assistant.library.add = assistant.library.add, full  # type: ignore[method-assign, assignment]
    intake.add(written(tmp_path, 1))
    assert "the disk is full" in papers.adding_html(list(intake.states(every=0))[-1])
    assistant.library.add = whole  # type: ignore[method-assign]
    intake.add(written(tmp_path, 1))
    assert list(intake.states(every=0))[-1].stage == "done"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_what_waits_behind_a_defect_is_done(intake: Intake, assistant: FakeAssistant, tmp_path: Path) -> None:
    gate, add = threading.Event(), assistant.library.add

    def broken(*_: object) -> Ledger:
        gate.wait(20)
        assistant.library.add = add  # type: ignore[method-assign]
        raise ZeroDivisionError("a defect of the fake, on purpose")

    assistant.library.add = broken  # type: ignore[method-assign, assignment]
    first, second = written(tmp_path, 2)
    intake.add([first])
    intake.add([second])
    thread = intake._thread
    gate.set()
    assert list(intake.states(every=0))[-1].stage == "done"
    assert thread is not None
    thread.join(20)  # what it prints belongs to this test
    assert [document.path for document in assistant.library.held.values()] == [str(second)]


def test_uploads_move_into_the_home_under_their_names(intake: Intake, arriving: Path, tmp_path: Path) -> None:
    (arriving / "one").mkdir()
    uploaded = arriving / "one" / "report.md"
    for _ in range(2):
        uploaded.write_text("# Report\n\nWords.\n")
        (taken,) = intake.take_in([uploaded])
        assert not uploaded.exists()
        assert (taken.name, taken.read_text()) == ("report.md", "# Report\n\nWords.\n")
    assert len(list((tmp_path / "home" / "uploads").rglob("*.md"))) == 1


def test_what_was_not_uploaded_is_not_touched(intake: Intake, arriving: Path, tmp_path: Path) -> None:
    (own,) = written(tmp_path, 1)
    link = arriving / "link.md"
    link.symlink_to(own)
    for path in (own, arriving / ".." / own.name, link):
        with pytest.raises(PermissionError):
            intake.take_in([path])
    assert own.exists()


def test_a_refused_upload_is_deleted(intake: Intake, arriving: Path, tmp_path: Path) -> None:
    (arriving / "virus.exe").write_bytes(b"MZ")
    intake.add(intake.take_in([arriving / "virus.exe"]))
    (refused,) = (list(intake.states(every=0))[-1].ledger or pytest.fail("no ledger")).refused
    assert refused.path.endswith("virus.exe")
    assert [path for path in (tmp_path / "home" / "uploads").rglob("*") if path.is_file()] == []


def test_closing_ends_at_once(intake: Intake, assistant: FakeAssistant, tmp_path: Path) -> None:
    assistant.library.pause = 0.5
    intake.add(written(tmp_path, 100))
    started = time.monotonic()
    intake.close()
    assert time.monotonic() - started < 20  # of the 50 s that all of them would take


def test_a_path_of_a_person_who_is_not_known_is_told(
    intake: Intake, assistant: FakeAssistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    opening = Opening(lambda: assistant)
    documents = Documents(opening, intake, Following(opening, lambda: False, tmp_path / "home"))
    assert documents.by_path("~nobody-here/x.md")[0] == ""
    assert "~nobody-here/x.md" in papers.adding_html(list(intake.states(every=0))[-1])


def test_a_name_that_is_no_text_can_be_shown(intake: Intake, tmp_path: Path) -> None:
    intake.add([tmp_path / "half \ud800"])
    assert {state.names for state in intake.states(every=0)} == {("half \\ud800",)}


@pytest.mark.parametrize("by", ["page", "path"])
def test_a_document_that_is_taken_out_leaves_no_upload_under_any_of_its_names(
    arriving: Path, tmp_path: Path, by: str
) -> None:
    library = Library(IndexSettings(tmp_path / "home"), HashingEncoder())

    class Holding(FakeAssistant):
        @property
        def library(self) -> Library:  # type: ignore[override]
            return library

    opening = Opening(Holding)
    intake = Intake(opening, arriving, tmp_path / "home")
    own = tmp_path / "own.md"
    own.write_text("# Salary\n\nThe salary is 5000 euros.\n")
    for name in ("contract.md", "contract copy.md"):
        (arriving / name).write_bytes(own.read_bytes())
        library.add(intake.take_in([arriving / name]))
    library.add([own])
    (document,) = library.documents()
    assert len(document.paths) == 3
    if by == "page":
        Documents(opening, intake, Following(opening, lambda: False, tmp_path / "home")).take_out(document.id)
    else:
        library.remove([str(own)])
    assert library.documents() == []
    assert [path for path in (tmp_path / "home" / "uploads").rglob("*")] == []
    assert own.exists()
    library.close()
