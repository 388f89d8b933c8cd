"""Another embedding model: nothing is found by a mixture of two, and nothing that was encoded is encoded again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest

from index.errors import StoreError
from index.library import Library
from index.records import Ledger, Progress
from index.settings import IndexSettings
from tests.fakes import HashingEncoder
from tests.index.conftest import OpenLibrary, write
from tests.index.test_library import counts, found

Step = Callable[[Library, Path], Ledger]
STEPS = {"sync": lambda library, folder: library.sync(), "add": lambda library, folder: library.add([folder])}


def other(dimension: int = 32, max_tokens: int = 254) -> HashingEncoder:
    return HashingEncoder("other", dimension, max_tokens)


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Enough documents for several transactions."""
    return write(tmp_path / "many", {f"{i:03}.txt": f"Sentence {i} of a text. " * 150 for i in range(60)})


def test_searching_with_another_model_says_what_to_do(open_library: OpenLibrary, folder: Path) -> None:
    open_library().add([folder])
    library = open_library(other())
    with pytest.raises(StoreError, match="made with the embedding model hashing, not other: sync it"):
        library.search("mission")
    assert len(library.documents()) == 3
    assert library.embedding_model == "hashing"


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS.keys())
@pytest.mark.parametrize("encoder", [other(), other(64), other(32, 20)], ids=["smaller", "as-wide", "reads-less"])
def test_documents_are_encoded_anew(
    step: Step, encoder: HashingEncoder, open_library: OpenLibrary, folder: Path, tmp_path: Path
) -> None:
    before = open_library()
    before.add([folder])
    before.search("mission")
    library = open_library(encoder)
    assert counts(step(library, folder)) == {"unchanged": 3}
    fresh = Library(IndexSettings(tmp_path / "fresh"), encoder)
    fresh.add([folder])
    assert found(library) == found(fresh)
    assert library.embedding_model == "other"
    assert [one.passages for one in library.documents()] == [one.passages for one in fresh.documents()]
    with pytest.raises(StoreError, match="model other, not hashing"):
        before.search("mission")
    fresh.close()


def test_no_file_is_needed_for_it(open_library: OpenLibrary, folder: Path, tmp_path: Path) -> None:
    open_library().add([folder])
    folder.rename(tmp_path / "unplugged")
    library = open_library(other())
    assert counts(library.sync()) == {"refused": 1}
    assert len(library.search("mission", 50)) == sum(one.passages for one in library.documents()) > 0


@pytest.mark.slow
@pytest.mark.parametrize("how", ["stopped", "interrupted"])
def test_what_is_encoded_is_not_encoded_again(how: str, open_library: OpenLibrary, many: Path) -> None:
    open_library(passage_tokens=80).add([many])
    encoder, reached = other(), [0]

    def watch(progress: Progress) -> None:
        reached[0] += progress.unit == "documents"
        if how == "interrupted" and reached[0] > 2:
            raise KeyboardInterrupt

    library = open_library(encoder, passage_tokens=80)
    if how == "interrupted":
        with pytest.raises(KeyboardInterrupt):
            library.sync(watch)
    else:
        assert counts(library.sync(watch, lambda: reached[0] > 2)) == {"unchanged": 60}
    assert encoder.encoded > 0
    assert library.embedding_model == "hashing", "until all are encoded"
    library.sync()
    assert library.embedding_model == "other"
    assert encoder.encoded == sum(one.passages for one in library.documents())


@pytest.mark.slow
def test_the_former_model_finds_all_until_the_last_document_is_done(open_library: OpenLibrary, many: Path) -> None:
    before = open_library(passage_tokens=80)
    before.add([many])
    hits, seen = found(before, "sentence", 10_000), []

    def watch(progress: Progress) -> None:
        if progress.unit == "documents" and progress.done < progress.total:
            seen.append(found(before, "sentence", 10_000) == hits)

    open_library(other(), passage_tokens=80).sync(watch)
    assert len(seen) > 2
    assert all(seen)


@pytest.mark.slow
def test_what_a_third_model_began_is_not_taken_for_its_own(open_library: OpenLibrary, many: Path) -> None:
    open_library(passage_tokens=80).add([many])
    reached: list[Progress] = []
    open_library(HashingEncoder("third", 16), passage_tokens=80).sync(reached.append, lambda: len(reached) > 5)
    library = open_library(other(), passage_tokens=80)
    library.sync()
    assert len(library.search("sentence", 10_000)) == sum(one.passages for one in library.documents())


def test_a_document_added_meanwhile_is_encoded_too(open_library: OpenLibrary, folder: Path, tmp_path: Path) -> None:
    before = open_library()
    before.add([folder])
    more = [write(tmp_path / "more", {"late.txt": "A late text of the mission."})]

    def watch(progress: Progress) -> None:
        if progress.unit == "passages" and more:
            before.add([more.pop()])

    library = open_library(other())
    library.sync(watch)
    assert len(library.documents()) == 4
    assert "late.txt" in {Path(hit.path).name for hit in library.search("mission", 50)}
    assert library.embedding_model == "other"


@pytest.mark.parametrize("finished", [False, True])
def test_two_processes_that_encode_for_one_model_do_not_meet(
    finished: bool, open_library: OpenLibrary, folder: Path
) -> None:
    open_library().add([folder])
    beside = open_library(other())
    generations: list[int] = []

    def interrupt(progress: Progress) -> None:
        if not finished and progress.unit == "documents" and progress.done:
            raise KeyboardInterrupt

    def watch(progress: Progress) -> None:
        if progress.unit == "passages" and not generations:
            with suppress(KeyboardInterrupt):
                beside.sync(interrupt)
            generations.append(beside.generation)

    library = open_library(other())
    library.sync(watch)
    assert library.embedding_model == "other"
    assert (library.generation == generations[0]) is finished, "what is done is not done again"
    with closing(sqlite3.connect(library.home / "library.sqlite3")) as connection:
        assert connection.execute("SELECT COUNT(*) FROM encoded_anew").fetchone() == (0,)


def test_of_two_processes_with_two_models_one_is_told(open_library: OpenLibrary, folder: Path) -> None:
    open_library().add([folder])
    third = open_library(HashingEncoder("third", 16))

    def interrupt(progress: Progress) -> None:
        if progress.unit == "documents" and progress.done:
            raise KeyboardInterrupt

    def watch(progress: Progress) -> None:
        if progress.unit == "passages":
            with suppress(KeyboardInterrupt):
                third.sync(interrupt)

    with pytest.raises(StoreError, match="another process encodes the documents for the embedding model third"):
        open_library(other()).sync(watch)
    third.sync()
    assert len(third.search("mission", 50)) == sum(one.passages for one in third.documents())
