"""The page's library follows the disk while that is wanted, says what changed, and stands back for questions."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from index.library import Library
from index.records import Ledger, Root
from index.settings import IndexSettings
from rag import preferences
from rag.errors import SettingsError
from rag.generator import Generator
from rag.opening import Checking, Opening
from rag.preferences import Preferences
from rag.records import Event, Exchange
from rag.settings import Settings
from rag.ui.following import Following, State
from tests.fakes import HashingEncoder

pytest.importorskip("watchfiles")  # where packages are older than pyproject.toml

PATIENCE_S = 20


@dataclass
class Idle:
    """An assistant that nobody asks."""

    library: Library

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Exchange] = (),
        documents: Collection[str] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Iterator[Event]:
        raise AssertionError(question)

    @property
    def checker(self) -> Checking:
        raise AssertionError("nothing is checked")

    def adopt(self, settings: Settings, generator: Generator | None = None) -> None:
        raise AssertionError(settings)

    def pause(self) -> None:
        """Nothing is ever answered."""

    def warm(self) -> None:
        """There is nothing to load."""


@pytest.fixture
def library(tmp_path: Path, papers: Path) -> Iterator[Library]:
    """The three papers, added."""
    library = Library(IndexSettings(tmp_path / "home"), HashingEncoder())
    library.add([papers])
    yield library
    library.close()


@pytest.fixture
def opening(library: Library) -> Opening:
    return Opening(lambda: Idle(library))


@pytest.fixture
def following(opening: Opening, tmp_path: Path) -> Iterator[Following]:
    following = Following(opening, lambda: False, tmp_path / "home")
    yield following
    following.close()


def waited_for(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE_S
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)
    return true()


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "following"]


@pytest.mark.slow
def test_a_change_is_followed_and_told(
    library: Library,
    opening: Opening,
    following: Following,
    papers: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    steps: list[Ledger] = []
    sync = library.sync

    def counted(*, cancelled: Callable[[], bool]) -> Ledger:
        steps.append(sync(cancelled=cancelled))
        return steps[-1]

    monkeypatch.setattr(library, "sync", counted)
    following.begin(watch=True)
    opening.assistant()
    (papers / "mill.txt").unlink()
    assert waited_for(lambda: following.state.told == "In step with the disk: 1 removed")
    assert len(library.documents()) == 2
    (papers / "ferry.txt").write_text("The ferry sank in 1950.", encoding="utf-8")
    assert waited_for(lambda: following.state.told == "In step with the disk: 1 added")
    assert len(library.documents()) == 3
    done = following.state
    (papers / "ferry.txt").touch()
    (papers / ".footnoteignore").write_text("nothing/\n", encoding="utf-8")  # brings about a step that changes nothing
    before = len(steps)
    assert waited_for(lambda: len(steps) > before)
    assert following.state == done, "what was done last is still that"
    (papers / ".footnoteignore").write_bytes(b"\xff")
    assert waited_for(lambda: following.state.wrong)
    assert following.state.told.startswith("Not in step: ")
    (papers / ".footnoteignore").unlink()
    assert waited_for(lambda: following.state.told == "In step with the disk")
    following.choose(False)
    told = capsys.readouterr().err
    assert "In step with the disk: 1 removed.\n" in told
    assert "In step with the disk: 1 added.\n" in told
    assert "Not in step: " in told


@pytest.mark.slow
def test_it_waits_while_a_question_is_answered(library: Library, opening: Opening, papers: Path) -> None:
    answering = threading.Event()
    answering.set()
    opening.assistant()
    following = Following(opening, answering.is_set, library.home)
    following.begin(watch=True)
    (papers / "mill.txt").unlink()
    time.sleep(2)
    assert len(library.documents()) == 3
    answering.clear()
    assert waited_for(lambda: len(library.documents()) == 2)
    following.close()


def test_a_page_that_never_gets_its_assistant_can_be_left(following: Following) -> None:
    began = time.monotonic()
    following.begin(watch=True)
    following.close()
    assert time.monotonic() - began < 20  # else it would wait for ever
    assert threads() == []


def test_turned_on_twice_it_is_one_thread_and_turned_off_none(opening: Opening, following: Following) -> None:
    opening.assistant()
    for on in (True, True, False, False, True, False, True):
        following.choose(on)
        assert following.state.on is on
    assert waited_for(lambda: len(threads()) == 1)  # one that was turned off may still be ending
    following.choose(False)
    assert waited_for(lambda: threads() == [])


def test_what_is_chosen_holds_after_a_restart_and_what_is_asked_for_one_run_does_not(
    opening: Opening, following: Following, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    following.begin(watch=False)
    assert following.state == State()
    following.choose(True)
    following.close()
    for chosen in (True, False):
        later = Following(opening, lambda: False, home)
        later.begin(watch=False)
        assert later.state.on is chosen
        later.choose(False)
        later.close()
    later = Following(opening, lambda: False, home)
    later.begin(watch=True)
    assert later.state.on
    assert preferences.load(home) == Preferences(watch=False)
    later.close()
    later.choose(True)  # by a page that is still open while the server goes down
    assert threads() == []


def test_a_choice_that_cannot_be_kept_changes_nothing(following: Following, tmp_path: Path) -> None:
    (tmp_path / "home" / preferences.FILE).write_text("{")
    with pytest.raises(SettingsError, match="damaged"):
        following.choose(True)
    assert following.state == State()
    following.begin(watch=False)
    assert following.state.wrong
    assert "damaged" in following.state.told
    assert threads() == []


@pytest.mark.slow
def test_folders_that_cannot_be_watched_are_told_and_may_be_tried_again(
    library: Library, opening: Opening, following: Following, monkeypatch: pytest.MonkeyPatch
) -> None:
    def roots() -> list[Root]:
        raise OSError(28, "no space left for watches")

    monkeypatch.setattr(library, "roots", roots)
    opening.assistant()
    following.begin(watch=True)
    assert waited_for(lambda: following.state.wrong)
    assert following.state.on
    assert "The folders cannot be watched (no space left for watches)" in following.state.told
    assert waited_for(lambda: threads() == [])
    monkeypatch.undo()
    following.choose(False)
    following.choose(True)
    assert waited_for(lambda: following.state.told == "In step with the disk")
