"""The library in step with the disk: what changed, moved or went away, and what is left alone."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from index import tracked
from index.errors import DocumentNotFound, PatternError
from index.library import Library
from index.records import Ledger
from index.settings import IndexSettings
from index.tally import STOPPED
from tests.fakes import HashingEncoder
from tests.index.conftest import DOCUMENTS, OpenLibrary, write
from tests.index.test_library import counts, found, names


class Opened:
    """An audit hook that notes which files below a folder are opened."""

    def __init__(self) -> None:
        self.below: Path | None = None
        self.paths: list[str] = []

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.below and event == "open" and str(arguments[0]).startswith(f"{self.below}{os.sep}"):
            self.paths.append(str(arguments[0]))


_opened = Opened()
sys.addaudithook(_opened)


@contextmanager
def watching(folder: Path) -> Iterator[list[str]]:
    """The files below `folder` that are opened meanwhile."""
    _opened.below, _opened.paths = folder, []
    try:
        yield _opened.paths
    finally:
        _opened.below = None


def reasons(ledger: Ledger) -> dict[str, str]:
    return {Path(one.path).name: one.reason for one in (*ledger.refused, *ledger.skipped)}


def listed(library: Library) -> dict[str, list[str]]:
    """The names of the files of each document, by title."""
    return {document.title: [Path(path).name for path in document.paths] for document in library.documents()}


def test_an_empty_library_is_in_step(library: Library, home: Path) -> None:
    assert counts(library.sync()) == {}
    assert not home.exists()


def test_new_changed_and_deleted_files(library: Library, folder: Path) -> None:
    library.add([folder])
    write(folder, {"new.txt": "A helicopter landed.", "opening.txt": "Opening\n\nAnother text about ribbons."})
    (folder / "closing.md").unlink()
    ledger = library.sync()
    assert counts(ledger) == {"added": 1, "updated": 1, "unchanged": 1, "removed": 1}
    assert ledger.documents == 3
    assert names(library.search("helicopter", 1)) == ["new.txt"]
    assert "closing.md" not in names(library.search("Russia closed the mission", 50))
    with pytest.raises(DocumentNotFound):
        library.document(str(folder / "closing.md"))


def test_sync_gives_what_adding_afresh_would(open_library: OpenLibrary, folder: Path, tmp_path: Path) -> None:
    library = open_library()
    library.add([folder])
    write(folder, {"opening.txt": "Nothing like it was.", "deep/more.md": "# More\n\nOf the mission."})
    (folder / "closing.md").unlink()
    library.sync()
    fresh = Library(IndexSettings(tmp_path / "fresh"), HashingEncoder())
    fresh.add([folder])
    assert sorted(found(library)) == sorted(found(fresh))
    fresh.close()


@pytest.mark.parametrize("again", ["sync", "add"])
def test_an_unchanged_file_is_never_opened(again: str, open_library: OpenLibrary, folder: Path) -> None:
    encoder = HashingEncoder()
    library = open_library(encoder)
    library.add([folder])
    before, encoded = (found(library), library.generation, library.documents()), encoder.encoded
    with watching(folder) as opened:
        ledger = library.sync() if again == "sync" else library.add([folder])
    assert opened == []
    assert counts(ledger) == {"unchanged": 3}
    assert (found(library), library.generation, library.documents()) == before
    assert encoder.encoded == encoded + 1, "only the query"


def test_the_hook_sees_files_being_opened(library: Library, folder: Path) -> None:
    with watching(folder) as opened:
        library.add([folder])
    assert {Path(path).name for path in opened} == {Path(name).name for name in DOCUMENTS}


def test_a_touched_file_is_opened_once_and_not_read(open_library: OpenLibrary, folder: Path) -> None:
    encoder = HashingEncoder()
    library = open_library(encoder)
    library.add([folder])
    encoded = encoder.encoded
    os.utime(folder / "opening.txt")
    with watching(folder) as opened:
        assert counts(library.sync()) == {"unchanged": 3}
    assert [Path(path).name for path in opened] == ["opening.txt"]
    with watching(folder) as opened:
        library.sync()
    assert opened == []
    assert (library.generation, encoder.encoded) == (1, encoded)


@pytest.mark.slow
def test_a_file_rewritten_at_once_in_the_same_size_is_seen(library: Library, folder: Path) -> None:
    for number in range(20):
        write(folder, {"opening.txt": f"Opening number {number:02} of many."})
        library.sync() if number else library.add([folder])
        assert library.document(str(folder / "opening.txt")).text == f"Opening number {number:02} of many."


@pytest.mark.parametrize("target", ["renamed.txt", "deep/opening.txt", "deep/renamed.txt"])
def test_a_moved_file_is_not_read_again(target: str, open_library: OpenLibrary, folder: Path) -> None:
    encoder = HashingEncoder()
    library = open_library(encoder)
    library.add([folder])
    document, encoded = library.document(str(folder / "opening.txt")), encoder.encoded
    (folder / "opening.txt").rename(folder / target)
    assert counts(library.sync()) == {"updated": 1, "unchanged": 2}
    assert encoder.encoded == encoded
    assert library.document(document.id).path == str(folder / target)
    with pytest.raises(DocumentNotFound):
        library.document(str(folder / "opening.txt"))
    assert (folder / target).name in names(library.search("blue ribbon", 1))


def test_two_files_that_change_places(open_library: OpenLibrary, folder: Path) -> None:
    encoder = HashingEncoder()
    library = open_library(encoder)
    library.add([folder])
    encoded = encoder.encoded
    (folder / "opening.txt").rename(folder / "x.txt")
    (folder / "deep" / "council.txt").rename(folder / "opening.txt")
    (folder / "x.txt").rename(folder / "deep" / "council.txt")
    assert counts(library.sync()) == {"updated": 2, "unchanged": 1}
    assert encoder.encoded == encoded
    assert library.document(str(folder / "opening.txt")).text == DOCUMENTS["deep/council.txt"]


def test_a_copy_keeps_the_document_until_the_last_one_goes(library: Library, folder: Path) -> None:
    write(folder, {"copy.txt": DOCUMENTS["opening.txt"]})
    library.add([folder])
    assert ["copy.txt", "opening.txt"] in listed(library).values()
    (folder / "copy.txt").unlink()
    assert counts(library.sync()) == {"unchanged": 3}
    assert names(library.search("ribbon", 1)) == ["opening.txt"]
    (folder / "opening.txt").unlink()
    assert counts(library.sync()) == {"unchanged": 2, "removed": 1}
    assert "ribbon" not in " ".join(hit.passage.text for hit in library.search("ribbon", 50))


def test_only_changed_passages_are_encoded(open_library: OpenLibrary, tmp_path: Path) -> None:
    encoder = HashingEncoder()
    library = open_library(encoder, passage_tokens=60)
    chapters = [f"## Chapter {n}\n\n" + f"The council of {n} met again. It spoke of {n}. " * 8 for n in range(30)]
    book = write(tmp_path / "book", {"book.md": "# Book\n\n" + "\n\n".join(chapters)})
    library.add([book])
    passages, encoded = library.documents()[0].passages, encoder.encoded
    chapters[15] = chapters[15].replace("council", "parliament", 1)
    chapters.insert(20, "## Between\n\nA chapter that was not there.")
    write(book, {"book.md": "# Book\n\n" + "\n\n".join(chapters)})
    assert counts(library.sync()) == {"updated": 1}
    assert library.documents()[0].passages > passages - 5
    assert 0 < encoder.encoded - encoded < 8
    assert "parliament" in " ".join(hit.passage.text for hit in library.search("parliament", 50))


def test_reused_vectors_are_those_of_the_text(open_library: OpenLibrary, tmp_path: Path) -> None:
    library = open_library(passage_tokens=40)
    text = "\n\n".join(f"## Part {n}\n\nSentence {n} says this. And number {n + 1} says that." for n in range(20))
    folder = write(tmp_path / "parts", {"parts.md": text})
    library.add([folder])
    write(folder, {"parts.md": "## Before\n\nSomething new.\n\n" + text.replace("Sentence 7", "Phrase 7")})
    library.sync()
    encoder = HashingEncoder()
    query = encoder.encode(["sentence 9"])[0]
    for hit in library.search("sentence 9", 100):
        heading = hit.passage.heading if hit.passage.heading != hit.title else ""
        seen = "\n".join(part for part in (hit.title, heading, hit.passage.text) if part)
        assert hit.cosine == pytest.approx(float(encoder.encode([seen])[0] @ query), abs=1e-6)


def test_a_missing_folder_is_refused_and_keeps_its_documents(library: Library, folder: Path, tmp_path: Path) -> None:
    other = write(tmp_path / "other", {"a.txt": "Another text."})
    library.add([folder, other])
    folder.rename(tmp_path / "elsewhere")
    (other / "a.txt").unlink()
    ledger = library.sync()
    assert counts(ledger) == {"removed": 1, "refused": 1}
    assert "connect its disk" in reasons(ledger)["documents"]
    assert ledger.documents == 3
    (tmp_path / "elsewhere").rename(folder)
    assert counts(library.sync()) == {"unchanged": 3}


def test_an_empty_mount_point_is_no_empty_folder(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder is there and empty, and was on another disk when it was added."""
    library.add([folder])
    shutil.rmtree(folder)
    folder.mkdir()
    with library._store.writing() as change:
        [root] = tracked.roots(change.connection)
        tracked.remember(change.connection, [replace(root, device=(root.device or 0) + 1)])
    for ledger in (library.sync(), library.add([folder])):
        assert counts(ledger) == {"refused": 1}
        assert ledger.documents == 3


def test_an_emptied_folder_is_empty(library: Library, folder: Path) -> None:
    library.add([folder])
    shutil.rmtree(folder)
    folder.mkdir()
    assert counts(library.sync()) == {"removed": 3}
    assert library.search("mission") == []


def test_a_deleted_file_that_was_named_outright_goes(library: Library, folder: Path) -> None:
    library.add([folder / "opening.txt"])
    write(folder, {"new.txt": "not asked for"})
    (folder / "opening.txt").unlink()
    assert counts(library.sync()) == {"removed": 1}
    write(folder, {"opening.txt": "It is back."})
    assert counts(library.sync()) == {"added": 1}


def test_a_changed_file_that_cannot_be_read_any_more_leaves_nothing_stale(library: Library, folder: Path) -> None:
    library.add([folder])
    write(folder, {"opening.txt": "  \n "})
    ledger = library.sync()
    assert counts(ledger) == {"unchanged": 2, "refused": 1}
    assert ledger.documents == 2
    assert "ribbon" not in " ".join(hit.passage.text for hit in library.search("ribbon", 50))


@pytest.mark.skipif(os.name == "nt", reason="no such modes there")
def test_an_unreadable_file_is_refused_once_and_not_opened_again(library: Library, folder: Path) -> None:
    write(folder, {"blank.txt": "  "})
    library.add([folder])
    with watching(folder) as opened:
        ledger = library.sync()
    assert (counts(ledger), opened) == ({"unchanged": 3, "refused": 1}, [])
    assert reasons(ledger)["blank.txt"] == reasons(library.add([folder]))["blank.txt"]
    write(folder, {"blank.txt": "No longer blank."})
    assert counts(library.sync()) == {"added": 1, "unchanged": 3}


def test_adding_again_tries_again_what_was_refused(library: Library, folder: Path) -> None:
    write(folder, {"blank.txt": "  "})
    library.add([folder])
    with watching(folder) as opened:
        assert counts(library.add([folder])) == {"unchanged": 3, "refused": 1}
    assert {Path(path).name for path in opened} == {"blank.txt"}


def test_what_was_refused_below_a_folder_that_is_removed_is_forgotten(library: Library, folder: Path) -> None:
    write(folder, {"blank.txt": "  "})
    library.add([folder])
    library.remove([str(folder)])
    with closing(sqlite3.connect(library.home / "library.sqlite3")) as connection:
        assert connection.execute("SELECT COUNT(*) FROM refusals").fetchone() == (0,)


def test_patterns_of_an_option_are_remembered(library: Library, folder: Path) -> None:
    write(folder, {"drafts/one.txt": "A draft.", "keep.txt": "Kept.", "x.log": "A log."})
    ledger = library.add([folder], exclude=["drafts/", "*.log"])
    assert counts(ledger) == {"added": 4, "skipped": 2}
    assert reasons(ledger)["x.log"] == "excluded by '*.log' (--exclude)"
    write(folder, {"y.log": "Another log."})
    assert counts(library.sync()) == {"unchanged": 4, "skipped": 3}
    assert counts(library.add([folder])) == {"unchanged": 4, "skipped": 3}
    assert counts(library.add([folder], exclude=["keep.txt"])) == {"added": 3, "unchanged": 3, "skipped": 1}
    assert "keep.txt" not in {Path(document.path).name for document in library.documents()}


def test_an_ignore_file_counts_for_its_folder_and_below(library: Library, folder: Path) -> None:
    write(folder, {".footnoteignore": "*.log\n# a comment\n\n/opening.txt\n", "a.log": "x", "deep/b.log": "y"})
    write(folder, {"deep/.footnoteignore": "!b.log\n", "deep/opening.txt": "Another opening."})
    ledger = library.add([folder])
    assert sorted(Path(document.path).name for document in library.documents()) == [
        "b.log",
        "closing.md",
        "council.txt",
        "opening.txt",
    ]
    assert reasons(ledger)["a.log"] == f"excluded by '*.log' ({folder}/.footnoteignore)"
    (folder / ".footnoteignore").unlink()
    assert counts(library.sync()) == {"added": 2, "unchanged": 4, "skipped": 1}


def test_a_pattern_that_is_none_reads_nothing(library: Library, folder: Path) -> None:
    with pytest.raises(PatternError, match="--exclude, line 1: '!' is no pattern"):
        library.add([folder], exclude=["!"])
    (folder / ".footnoteignore").write_bytes(b"\xff\xfe")
    with pytest.raises(PatternError, match=r"\.footnoteignore cannot be read \(it is not UTF-8\)"):
        library.add([folder])
    assert library.documents() == []


def test_what_was_taken_out_by_hand_stays_out_until_it_is_added_again(library: Library, folder: Path) -> None:
    library.add([folder])
    library.remove([str(folder / "opening.txt")])
    ledger = library.sync()
    assert counts(ledger) == {"unchanged": 2, "skipped": 1}
    assert "add it" in reasons(ledger)["opening.txt"]
    assert counts(library.add([folder / "opening.txt"])) == {"added": 1}
    assert counts(library.sync()) == {"unchanged": 3}


def test_a_folder_is_removed_with_all_below_it_and_forgotten(library: Library, folder: Path, tmp_path: Path) -> None:
    other = write(tmp_path / "other", {"copy.txt": DOCUMENTS["opening.txt"]})
    library.add([folder, other])
    ledger = library.remove([str(folder)])
    assert (ledger.removed, ledger.documents) == (2, 1)
    assert counts(library.sync()) == {"unchanged": 1}
    with pytest.raises(DocumentNotFound):
        library.remove([str(folder)])


def test_a_folder_inside_an_added_one_stays_out(library: Library, folder: Path) -> None:
    library.add([folder])
    assert library.remove([str(folder / "deep")]).removed == 1
    assert counts(library.sync()) == {"unchanged": 2, "skipped": 1}
    assert counts(library.add([folder / "deep"])) == {"added": 1}
    assert counts(library.sync()) == {"unchanged": 3}


def test_adding_a_folder_again_says_what_sync_says(library: Library, folder: Path) -> None:
    library.add([folder])
    (folder / "closing.md").unlink()
    (folder / "opening.txt").rename(folder / "moved.txt")
    assert counts(library.add([folder])) == {"updated": 1, "unchanged": 1, "removed": 1}
    assert counts(library.sync()) == {"unchanged": 2}


def test_a_file_that_two_roots_reach_is_read_once_and_kept_by_either(library: Library, folder: Path) -> None:
    write(folder, {".hidden/note.txt": "A hidden note.", "x.log": "A log of the mission."})
    library.add([folder / ".hidden", folder / "x.log"])
    ledger = library.add([folder], exclude=["*.log"])
    assert counts(ledger) == {"added": 3, "unchanged": 2}
    assert counts(library.sync()) == {"unchanged": 5}


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() == 0, reason="needs a mode that binds this process")
def test_a_folder_that_cannot_be_opened_keeps_its_documents(library: Library, folder: Path) -> None:
    library.add([folder])
    (folder / "deep").chmod(0)
    try:
        assert counts(library.sync()) == {"unchanged": 2, "skipped": 1}
        assert len(library.documents()) == 3
    finally:
        (folder / "deep").chmod(0o755)


def test_stopping_keeps_what_is_done_and_sync_goes_on(open_library: OpenLibrary, tmp_path: Path) -> None:
    library = open_library(passage_tokens=80)
    many = write(tmp_path / "many", {f"{i:03}.txt": f"Sentence {i} of a text. " * 150 for i in range(60)})
    reached: list[int] = []
    ledger = library.add([many], lambda p: reached.append(p.done), lambda: len(reached) > 40)
    assert 0 < ledger.added < 60
    assert {entry.reason for entry in ledger.skipped} == {STOPPED}
    assert counts(library.sync()) == {"added": 60 - ledger.added, "unchanged": ledger.added}
