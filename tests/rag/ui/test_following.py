"""The page's library follows the disk while it is served, says what changed, and stands back for questions."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from index.library import Library
from index.settings import IndexSettings
from rag.generate import Generator
from rag.recording import Circumstances
from rag.records import Event, Exchange
from rag.settings import Settings
from rag.ui.following import following
from rag.ui.opening import Checking, Opening
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
    def circumstances(self) -> Circumstances:
        raise AssertionError("nothing is answered")

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


def waited_for(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE_S
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)
    return true()


@pytest.mark.slow
def test_a_change_is_followed_and_told(library: Library, papers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    opening = Opening(lambda: Idle(library))
    with following(opening, lambda: False):
        opening.assistant()
        (papers / "mill.txt").unlink()
        assert waited_for(lambda: len(library.documents()) == 2)
        (papers / "ferry.txt").write_text("The ferry sank in 1950.", encoding="utf-8")
        assert waited_for(lambda: len(library.documents()) == 3)
    told = capsys.readouterr().err
    assert "In step with the disk: 1 removed.\n" in told
    assert "In step with the disk: 1 added.\n" in told


@pytest.mark.slow
def test_it_waits_while_a_question_is_answered(library: Library, papers: Path) -> None:
    answering = threading.Event()
    answering.set()
    opening = Opening(lambda: Idle(library))
    opening.assistant()
    with following(opening, answering.is_set):
        (papers / "mill.txt").unlink()
        time.sleep(2)
        assert len(library.documents()) == 3
        answering.clear()
        assert waited_for(lambda: len(library.documents()) == 2)


def test_a_page_that_never_gets_its_assistant_can_be_left() -> None:
    began = time.monotonic()
    with following(Opening(lambda: Idle(None)), lambda: False):  # type: ignore[arg-type]
        pass
    assert time.monotonic() - began < 20  # else it would wait for ever
