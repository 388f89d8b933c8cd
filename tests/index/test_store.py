"""The store of record: what is committed stays, what is broken is named, and reading never writes."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.errors import StoreBusy, StoreDamaged, StoreError, StoreVersionError
from index.library import Library
from index.settings import IndexSettings
from index.store import Store
from tests.fakes import HashingEncoder
from tests.index.conftest import OpenLibrary, write


@pytest.fixture
def stored(open_library: OpenLibrary, folder: Path, home: Path) -> Path:
    """The file of a closed store with three documents."""
    library = open_library()
    library.add([folder])
    library.close()
    return home / "library.sqlite3"


def one_line(error: pytest.ExceptionInfo[StoreError]) -> str:
    message = str(error.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"not a database at all, but long enough to look at" * 20, id="text"),
        pytest.param(b"SQLite format 3\x00" + b"\xff" * 4000, id="broken-header"),
        pytest.param(b"%PDF-1.7\n" * 500, id="pdf"),
    ],
)
def test_what_is_no_database_is_named(content: bytes, home: Path, open_library: OpenLibrary) -> None:
    home.mkdir()
    (home / "library.sqlite3").write_bytes(content)
    with pytest.raises(StoreDamaged) as error:
        open_library().documents()
    assert str(home / "library.sqlite3") in one_line(error)
    assert "add your documents again" in str(error.value)
    assert (home / "library.sqlite3").read_bytes() == content


def test_a_store_without_one_of_its_tables_is_named(stored: Path, open_library: OpenLibrary) -> None:
    connection = sqlite3.connect(stored)
    connection.execute("DROP TABLE paths")
    connection.commit()
    connection.close()
    with pytest.raises(StoreDamaged, match="lacks what a library holds"):
        open_library().documents()


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        pytest.param("SELECT nothing FROM nowhere", (), id="a table that never was"),
        pytest.param("SELEKT 1", (), id="no SQL"),
        pytest.param("SELECT ?", (1, 2), id="too many values"),
    ],
)
def test_a_mistake_of_ours_tells_nobody_to_move_the_library_away(
    statement: str, values: tuple[int, ...], stored: Path
) -> None:
    store = Store(stored)
    with pytest.raises(sqlite3.DatabaseError), store.reading() as snapshot:
        snapshot.connection.execute(statement, values)
    store.close()


def test_text_that_is_none_is_damage(stored: Path) -> None:
    connection = sqlite3.connect(stored)
    connection.execute("UPDATE documents SET title = CAST(x'ff' AS TEXT)")
    connection.commit()
    connection.close()
    store = Store(stored)
    with pytest.raises(StoreDamaged), store.reading() as snapshot:
        snapshot.summaries()
    store.close()


def test_a_new_home_is_its_owner_s_alone(tmp_path: Path, folder: Path) -> None:
    library = Library(IndexSettings(tmp_path / "new" / "home"), HashingEncoder())
    library.add([folder])
    library.close()
    assert (tmp_path / "new" / "home").stat().st_mode & 0o777 == 0o700


def test_another_programs_database_is_named_and_left_alone(home: Path, folder: Path, open_library: OpenLibrary) -> None:
    home.mkdir()
    connection = sqlite3.connect(home / "library.sqlite3")
    connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.close()
    for use in (lambda: open_library().documents(), lambda: open_library().add([folder])):
        with pytest.raises(StoreDamaged, match="no Footnote library"):
            use()


@pytest.mark.parametrize("share", [0.1, 0.4, 0.8])
def test_damage_inside_is_named(share: float, stored: Path, open_library: OpenLibrary) -> None:
    content = stored.read_bytes()
    sound = int(len(content) * share)
    stored.write_bytes(content[:sound] + bytes(byte ^ 0x5A for byte in content[sound:]))

    def use_all() -> None:
        library = open_library()
        for document in library.documents():
            library.document(document.id)
        library.search("mission", 50)
        library.sync()

    with pytest.raises(StoreDamaged) as error:
        use_all()
    assert str(stored) in one_line(error)


def test_a_truncated_file_is_named(stored: Path, open_library: OpenLibrary) -> None:
    stored.write_bytes(stored.read_bytes()[:5000])
    with pytest.raises(StoreDamaged):
        open_library().search("mission")


def test_an_empty_file_is_an_empty_library(home: Path, folder: Path, open_library: OpenLibrary) -> None:
    home.mkdir()
    (home / "library.sqlite3").touch()
    library = open_library()
    assert library.documents() == []
    assert library.add([folder]).added == 3


def test_a_lost_vector_is_named(stored: Path, open_library: OpenLibrary) -> None:
    (stored.parent / "passages.faiss").unlink()
    connection = sqlite3.connect(stored)
    connection.execute("UPDATE vectors SET vector = x'00' WHERE passage = 1")
    connection.commit()
    connection.close()
    with pytest.raises(StoreDamaged, match="lacks 1 of"):
        open_library().search("mission")


def test_a_newer_store_is_refused(stored: Path, folder: Path, open_library: OpenLibrary) -> None:
    connection = sqlite3.connect(stored)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    for use in (lambda: open_library().documents(), lambda: open_library().add([folder])):
        with pytest.raises(StoreVersionError) as error:
            use()
        assert "store version 99" in one_line(error)
        assert "update Footnote" in str(error.value)


def test_a_home_that_is_a_file_is_named(home: Path, folder: Path, open_library: OpenLibrary) -> None:
    home.write_text("not a folder", encoding="utf-8")
    with pytest.raises(StoreError) as error:
        open_library().add([folder])
    assert str(home) in one_line(error)


def test_a_home_replaced_while_open_is_noticed(stored: Path, open_library: OpenLibrary) -> None:
    library = open_library()
    assert len(library.documents()) == 3
    shutil.rmtree(stored.parent)
    assert library.documents() == []


def test_a_busy_store_is_named(stored: Path) -> None:
    one, other = Store(stored), Store(stored)
    with one.writing(), pytest.raises(StoreBusy, match="another process is writing"), other.writing(wait=0.05):
        raise AssertionError("two writers at once")
    one.close()
    other.close()


def test_reading_goes_on_while_another_writes_and_sees_the_last_committed_state(stored: Path) -> None:
    writer, reader = Store(stored), Store(stored)
    with writer.writing() as change:
        change.remove_document(change.summaries()[0].id)
        assert len(change.summaries()) == 2
        with reader.reading() as snapshot:
            assert len(snapshot.summaries()) == 3
    with reader.reading() as snapshot:
        assert len(snapshot.summaries()) == 2
        assert snapshot.generation == 2
    writer.close()
    reader.close()


def test_a_snapshot_does_not_move(stored: Path) -> None:
    store = Store(stored)
    with store.reading() as snapshot:
        before = snapshot.summaries()
        with store.writing() as change:
            change.remove_document(before[0].id)
        assert snapshot.summaries() == before
    store.close()


def test_what_raises_is_not_committed(stored: Path) -> None:
    store = Store(stored)

    def interrupted() -> None:
        with store.writing() as change:
            change.remove_document(change.summaries()[0].id)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    with store.reading() as snapshot:
        assert len(snapshot.summaries()) == 3
        assert snapshot.generation == 1
    store.close()


def test_removing_leaves_nothing_behind(stored: Path) -> None:
    store = Store(stored)
    with store.writing() as change:
        for summary in change.summaries():
            change.remove_document(summary.id)
    with store.reading() as snapshot:
        for table in ("documents", "paths", "passages", "vectors", "fulltext"):
            assert snapshot.connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone() == (0,)
    store.close()


@pytest.mark.slow
def test_a_process_killed_while_adding_leaves_a_committed_state(home: Path, tmp_path: Path) -> None:
    many = write(tmp_path / "many", {f"{i:03}.txt": f"Sentence {i} of a text. " * 100 for i in range(200)})
    settings = IndexSettings(home, passage_tokens=80)
    for _ in range(3):
        process = multiprocessing.get_context("spawn").Process(target=_add, args=(settings, many))
        process.start()
        before = _documents(settings)
        deadline = time.monotonic() + 30
        while _documents(settings) == before and time.monotonic() < deadline and process.is_alive():
            time.sleep(0.01)
        assert process.pid
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        library = Library(settings, HashingEncoder())
        kept = {document.id for document in library.documents()}
        assert {hit.passage.document_id for hit in library.search("sentence", 100_000)} == kept
        library.close()
    assert _documents(settings) > 0
    library = Library(settings, HashingEncoder())
    assert len(library.documents()) + library.add([many]).added == 200
    library.close()


@pytest.mark.slow
def test_two_processes_adding_take_turns(home: Path, tmp_path: Path) -> None:
    folders = [write(tmp_path / str(i), {f"{j}.txt": f"Folder {i} text {j}." for j in range(40)}) for i in range(2)]
    settings = IndexSettings(home)
    start = multiprocessing.get_context("spawn")
    processes = [start.Process(target=_add, args=(settings, folder)) for folder in folders]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    assert _documents(settings) == 80


def _add(settings: IndexSettings, folder: Path) -> None:
    library = Library(settings, HashingEncoder())
    library.add([folder])
    library.close()


def _documents(settings: IndexSettings) -> int:
    library = Library(settings, HashingEncoder())
    count = len(library.documents())
    library.close()
    return count


def without_privileges(script: str, *arguments: object) -> str:
    """What a script prints in a process that file modes bind, also where the tests run as root."""
    drop = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*drop, sys.executable, "-c", PREAMBLE + script, *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return str(done.stdout)


PREAMBLE = """
import sys
from pathlib import Path
from index.errors import StoreError
from index.library import Library
from index.settings import IndexSettings
from tests.fakes import HashingEncoder
library = Library(IndexSettings(Path(sys.argv[1])), HashingEncoder())
"""
SEARCH = "print(*(Path(hit.path).name for hit in library.search('Reykjavik', 1)), len(library.documents()))"
ADD = """
try:
    library.add([Path(sys.argv[2])])
except StoreError as error:
    print(error)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="drops privileges as Linux does")
@pytest.mark.parametrize("left_open", [False, True], ids=["closed", "with-a-writer-at-work"])
def test_a_read_only_home_can_be_searched_and_says_so_when_written(left_open: bool, folder: Path, home: Path) -> None:
    library = Library(IndexSettings(home), HashingEncoder())
    library.add([folder])
    if not left_open:
        library.close()
    for file in home.iterdir():
        file.chmod(0o444)
    home.chmod(0o555)
    more = write(folder.parent / "more", {"new.txt": "New."})
    assert without_privileges(SEARCH, home) == "council.txt 3\n"
    message = without_privileges(ADD, home, more)
    assert message == f"{home} cannot be written: make it writable or choose another home\n"
    library.close()
    home.chmod(0o755)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """An empty disk of 3 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("this machine allows no mount")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


small_disks = pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="mounts a small disk: needs root")


@pytest.mark.slow
@small_disks
def test_a_full_disk_is_named_and_keeps_what_is_committed(disk: Path, tmp_path: Path) -> None:
    many = write(tmp_path / "many", {f"{i:03}.txt": f"Sentence {i} of a text. " * 300 for i in range(200)})
    library = Library(IndexSettings(disk / "home", passage_tokens=80), HashingEncoder())
    with pytest.raises(StoreError) as error:
        library.add([many])
    assert "is full: free some space" in one_line(error)
    kept = library.documents()
    assert 0 < len(kept) < 200
    assert {hit.passage.document_id for hit in library.search("sentence", 100_000)} == {one.id for one in kept}
    library.close()


@small_disks
@pytest.mark.parametrize("left_open", [False, True], ids=["closed", "killed-while-writing"])
def test_a_library_on_a_disk_without_a_byte_left_is_whole_and_writes_again_once_there_is_room(
    left_open: bool, disk: Path, folder: Path
) -> None:
    home = disk / "home"
    library = Library(IndexSettings(home), HashingEncoder())
    library.add([folder])
    if left_open:  # what is committed then stands in the WAL, and what lies beside it is gone with the machine
        wal = (home / "library.sqlite3-wal").read_bytes()
        store = (home / "library.sqlite3").read_bytes()
        library.close()
        (home / "library.sqlite3").write_bytes(store)
        (home / "library.sqlite3-wal").write_bytes(wal)
    library.close()
    more = write(folder.parent / "more", {"new.txt": "A new text. " * 100})
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(shutil.disk_usage(disk).free))
    later = Library(IndexSettings(home), HashingEncoder())
    assert len(later.documents()) == 3
    assert later.search("Reykjavik", 1)[0].title == "council"
    with pytest.raises(StoreError, match="is full: free some space"):
        later.add([more])
    ballast.unlink()
    assert later.add([more]).added == 1
    later.close()
