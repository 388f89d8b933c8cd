"""Watching real folders: what changes on disk is soon in step, and the library's own writing is no change."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from index.errors import LibraryError, StoreBusy
from index.library import Library
from index.records import Ledger, Root
from index.watch import follow
from index.watch import followed as followed_roots
from tests.index.conftest import OpenLibrary, write
from tests.index.test_library import names

pytest.importorskip("watchfiles")  # where packages are older than pyproject.toml

PATIENCE_S = 20


class Heard:
    """What a follower tells, and the changes in it."""

    def __init__(self) -> None:
        self.steps: list[Ledger | LibraryError] = []

    def __call__(self, step: Ledger | LibraryError) -> None:
        self.steps.append(step)

    @property
    def changes(self) -> int:
        return sum(isinstance(step, Ledger) and bool(step.added + step.updated + step.removed) for step in self.steps)


@contextmanager
def followed(library: Library, busy: Callable[[], bool] = lambda: False) -> Iterator[Heard]:
    """The library kept in step by a thread, with short times, from its first step on."""
    heard, stop = Heard(), threading.Event()
    thread = threading.Thread(target=follow, args=(library, heard, stop, busy, 100, 200))
    thread.start()
    try:
        yield heard
    finally:
        stop.set()
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


def until(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE_S
    while not true() and time.monotonic() < deadline:
        time.sleep(0.02)
    return true()


def settled(heard: Heard) -> int:
    """How many steps there were when none had come for a second; fails where they go on for ever."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        steps = len(heard.steps)
        time.sleep(1)
        if len(heard.steps) == steps:
            return steps
    raise AssertionError(f"{len(heard.steps)} steps, and no end of them")


def listed(library: Library) -> set[str]:
    return {Path(path).name for document in library.documents() for path in document.paths}


@pytest.mark.slow
def test_new_changed_and_deleted_files_are_followed(library: Library, folder: Path) -> None:
    library.add([folder])
    with followed(library) as heard:
        assert until(lambda: bool(heard.steps))
        write(folder, {"new/helicopter.txt": "A helicopter landed."})
        assert until(lambda: names(library.search("helicopter", 1)) == ["helicopter.txt"])
        write(folder, {"opening.txt": "Nothing is as it was."})
        assert until(lambda: library.document(str(folder / "opening.txt")).text.startswith("Nothing"))
        (folder / "closing.md").unlink()
        assert until(lambda: listed(library) == {"council.txt", "helicopter.txt", "opening.txt"})


def test_a_file_that_is_replaced_as_editors_do_is_followed(library: Library, folder: Path) -> None:
    path = folder / "opening.txt"
    library.add([path])
    with followed(library) as heard:
        assert until(lambda: bool(heard.steps))
        for text in ("The second text.", "The third text."):
            write(folder, {"opening.txt~": text})
            (folder / "opening.txt~").replace(path)
            assert until(lambda text=text: library.document(str(path)).text == text)  # type: ignore[misc]
    assert listed(library) == {"opening.txt"}


def test_what_changed_before_watching_began_is_seen(library: Library, folder: Path) -> None:
    library.add([folder])
    (folder / "closing.md").unlink()
    with followed(library):
        assert until(lambda: "closing.md" not in listed(library))


@pytest.mark.slow
def test_folders_that_are_added_later_and_come_back_are_followed(
    open_library: OpenLibrary, folder: Path, tmp_path: Path
) -> None:
    library, elsewhere = open_library(), open_library()
    with followed(library):
        elsewhere.add([folder])
        time.sleep(0.5)
        write(folder, {"new.txt": "Something new."})
        assert until(lambda: "new.txt" in listed(library))
        folder.rename(tmp_path / "unplugged")
        time.sleep(0.5)
        write(tmp_path / "unplugged", {"other.txt": "Something else."})
        assert "new.txt" in listed(library)
        (tmp_path / "unplugged").rename(folder)
        assert until(lambda: "other.txt" in listed(library))


@pytest.mark.slow
def test_the_librarys_own_writing_and_hidden_files_are_no_changes(open_library: OpenLibrary, tmp_path: Path) -> None:
    """Else every step would be followed by another for ever: the home lies below what is watched."""
    library = open_library()
    write(tmp_path / "documents", {"a.txt": "A text."})
    library.add([tmp_path])
    with followed(library) as heard:
        assert until(lambda: bool(heard.steps))
        write(tmp_path / "documents", {"b.txt": "Another text."})
        assert until(lambda: "b.txt" in listed(library))
        steps = settled(heard)
        write(tmp_path, {".git/config.txt": "hidden", "home/own.txt": "its own"})
        time.sleep(0.7)
        assert len(heard.steps) == steps


@pytest.mark.slow
def test_nothing_is_begun_while_busy_and_what_was_put_off_is_done(open_library: OpenLibrary, tmp_path: Path) -> None:
    library = open_library(passage_tokens=80)
    folder = write(tmp_path / "many", {"first.txt": "The first."})
    library.add([folder])
    busy = threading.Event()
    with followed(library, busy.is_set) as heard:
        assert until(lambda: bool(heard.steps))
        busy.set()
        write(folder, {f"{i:02}.txt": f"Sentence {i} of a text. " * 20 for i in range(20)})
        time.sleep(0.7)
        assert listed(library) == {"first.txt"}
        busy.clear()
        assert until(lambda: len(listed(library)) == 21)


def test_a_fault_is_told_and_watching_goes_on(library: Library, folder: Path) -> None:
    library.add([folder])
    with followed(library) as heard:
        assert until(lambda: bool(heard.steps))
        (folder / ".footnoteignore").write_bytes(b"\xff")
        assert until(lambda: any(isinstance(step, LibraryError) for step in heard.steps))
        (folder / ".footnoteignore").write_text("closing.md\n", encoding="utf-8")
        assert until(lambda: listed(library) == {"council.txt", "opening.txt"})


def test_a_store_that_cannot_be_read_for_a_while_is_told_once_and_watching_goes_on(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.add([folder])
    faults = [StoreBusy("another process is writing it"), StoreBusy("another process is writing it")]
    roots = library.roots

    def read() -> list[Root]:
        if faults:
            raise faults.pop()
        return roots()

    monkeypatch.setattr(library, "roots", read)
    with followed(library) as heard:
        assert until(lambda: any(isinstance(step, Ledger) for step in heard.steps))
    assert [str(step) for step in heard.steps if isinstance(step, LibraryError)] == ["another process is writing it"]


def test_ending_takes_effect_at_once(library: Library, folder: Path) -> None:
    library.add([folder])
    with followed(library) as heard:
        assert until(lambda: bool(heard.steps))
        began = time.monotonic()
    assert time.monotonic() - began < 5


def test_what_was_uploaded_into_the_home_is_not_followed(library: Library, folder: Path) -> None:
    upload = write(library.home / "uploads", {"a.txt": "A text."}) / "a.txt"
    library.add([upload, folder])
    assert [root.path for root in followed_roots(library)] == [str(folder)]


@pytest.mark.slow
def test_an_empty_library_is_waited_for(library: Library, tmp_path: Path) -> None:
    with followed(library) as heard:
        time.sleep(0.3)
        assert heard.steps == []
        library.add([write(tmp_path / "documents", {"a.txt": "A text."})])
        assert until(lambda: bool(heard.steps))
