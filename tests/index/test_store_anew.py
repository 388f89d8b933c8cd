"""A store that was moved away, as the messages advise, leaves nothing behind that the next one would take in."""

from __future__ import annotations

import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from index.library import Library
from index.settings import IndexSettings
from tests.fakes import HashingEncoder
from tests.index.conftest import OpenLibrary, write


def _add_and_die(home: Path, folder: Path) -> None:
    Library(IndexSettings(home), HashingEncoder()).add([folder])
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("checkpointed", [False, True], ids=["all of it in the log", "its last pages in the log"])
def test_the_log_of_a_store_moved_away_is_not_written_into_the_next(
    checkpointed: bool, open_library: OpenLibrary, folder: Path, home: Path, tmp_path: Path
) -> None:
    if checkpointed:
        before = open_library()
        before.add([write(tmp_path / "more", {f"{n}.txt": f"Report {n} of the audit. " * 400 for n in range(9)})])
        before.close()
    process = multiprocessing.get_context("spawn").Process(target=_add_and_die, args=(home, folder))
    process.start()
    process.join()
    store = home / "library.sqlite3"
    assert store.with_name("library.sqlite3-wal").stat().st_size
    store.rename(tmp_path / "moved away")

    library = open_library()
    library.add([write(tmp_path / "next", {"harbour.txt": "The harbour froze in January."})])
    assert [document.title for document in library.documents()] == ["harbour"]
    assert [hit.passage.text for hit in library.search("the harbour", 3)] == ["The harbour froze in January."]
