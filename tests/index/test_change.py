"""What a change puts into the tables a snapshot brings out; pages are found, and what a splitter left out shows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from index.change import Change
from index.errors import DocumentNotFound, StoreDamaged
from index.records import Document, Page, Passage, Section
from index.schema import create
from index.snapshot import FileState

TEXT = "First page.\n\nSecond page, and more of it."
DOCUMENT = Document(
    id="ab12" + "0" * 60,
    path="/papers/report.pdf",
    title="Report",
    format="pdf",
    text=TEXT,
    pages=(Page(1, 0, 13), Page(2, 13, len(TEXT))),
    sections=(Section("Start", 0, 13),),
    author="Ann",
    date="2021-10-18",
    added_at="2026-01-01T00:00:00+00:00",
)


@pytest.fixture
def change() -> Iterator[Change]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    create(connection)
    change = Change(connection)
    change.use_model("hashing", 2)
    yield change
    connection.close()


def passages(*spans: tuple[int, int], document: Document = DOCUMENT) -> list[Passage]:
    return [Passage(document.id, start, end, document.text[start:end], "Start") for start, end in spans]


def vectors(count: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.arange(2 * count, dtype=np.float32).reshape(count, 2)


def put(
    change: Change, document: Document = DOCUMENT, spans: tuple[tuple[int, int], ...] = ((0, 11), (13, 41))
) -> None:
    change.add_document(document, "en", passages(*spans, document=document), vectors(len(spans)))
    change.set_path(document.path, FileState(document.id, 7, 8))


def test_a_document_comes_out_as_it_went_in(change: Change) -> None:
    put(change)
    assert change.document(DOCUMENT.id) == DOCUMENT
    [summary] = change.summaries()
    assert (summary.id, summary.path, summary.pages, summary.passages) == (DOCUMENT.id, DOCUMENT.path, 2, 2)
    assert summary.characters == len(TEXT)


def test_passages_know_their_page_and_date(change: Change) -> None:
    put(change)
    stored = list(change.passages(change.passage_ids().tolist()).values())
    assert [one.passage for one in stored] == passages((0, 11), (13, 41))
    assert [([page.number for page in one.pages], one.date, one.title) for one in stored] == [
        ([1], "2021-10-18", "Report"),
        ([2], "2021-10-18", "Report"),
    ]


def test_a_format_without_pages_has_none(change: Change) -> None:
    put(change, replace(DOCUMENT, pages=()))
    assert {one.pages for one in change.passages(change.passage_ids().tolist()).values()} == {()}


def test_vectors_come_in_the_order_asked_for(change: Change) -> None:
    put(change)
    first, second = change.passage_ids().tolist()
    assert change.vectors([second, first]).tolist() == [[2, 3], [0, 1]]
    assert change.vectors([]).shape == (0, 2)


def test_what_is_not_held_is_left_out_and_a_lost_vector_is_a_fault(change: Change) -> None:
    put(change)
    first, second = change.passage_ids().tolist()
    rows, found = change.held([second, first, second + 1])
    assert (rows, found.tolist()) == ([first, second], [[0, 1], [2, 3]])
    assert change.held([second + 1])[1].shape == (0, 2)
    change.connection.execute("DELETE FROM vectors WHERE passage = ?", (first,))
    with pytest.raises(StoreDamaged, match="lacks 1 of 2 vectors"):
        change.held([second, first])


def test_what_no_passage_holds_is_not_counted_as_indexed(change: Change) -> None:
    put(change, spans=((0, 11), (13, 25)))
    totals = change.totals()
    assert totals.characters == len(TEXT)
    assert totals.characters - totals.indexed_characters == len("andmoreofit.")


def test_passages_and_vectors_must_match_in_number(change: Change) -> None:
    with pytest.raises(ValueError, match="2 passages but 3 vectors"):
        change.add_document(DOCUMENT, "en", passages((0, 11), (13, 41)), vectors(3))


def test_ids_of_passages_are_never_used_twice(change: Change) -> None:
    put(change)
    before = set(change.passage_ids().tolist())
    change.remove_document(DOCUMENT.id)
    put(change)
    assert before.isdisjoint(change.passage_ids().tolist())


@pytest.mark.parametrize("reference", [DOCUMENT.id, "a", "ab1", "ab12", "ab1200", DOCUMENT.path])
def test_a_document_is_found_by(reference: str, change: Change) -> None:
    put(change)
    assert change.find([reference]) == DOCUMENT.id


@pytest.mark.parametrize("reference", ["b", "AB12", "ab13", "%", "", "report.pdf", DOCUMENT.id + "0", "' OR 1 --"])
def test_a_document_is_not_found_by(reference: str, change: Change) -> None:
    put(change)
    with pytest.raises(DocumentNotFound):
        change.find([reference])


def test_two_documents_that_begin_alike_need_more_of_the_id(change: Change) -> None:
    put(change)
    put(change, replace(DOCUMENT, id="ab12" + "f" * 60, path="/papers/other.pdf"))
    for prefix in ("a", "ab12"):
        with pytest.raises(DocumentNotFound, match=f"'{prefix}' is ambiguous"):
            change.find([prefix])
    assert change.find(["ab12f"]) == "ab12" + "f" * 60


def test_a_path_goes_before_an_id_that_begins_like_it(change: Change) -> None:
    put(change)
    put(change, replace(DOCUMENT, id="c" * 64, path="/papers/ab1"))
    assert change.find(["ab1", "/papers/ab1"]) == "c" * 64


def test_the_first_path_names_a_document_until_it_goes_elsewhere(change: Change) -> None:
    put(change)
    change.set_path("/a/copy.pdf", FileState(DOCUMENT.id, 7, 9))
    assert change.document(DOCUMENT.id).path == DOCUMENT.path
    other = replace(DOCUMENT, id="cd" * 32, path=DOCUMENT.path)
    put(change, other)
    assert change.document(DOCUMENT.id).path == "/a/copy.pdf"
    assert change.document(other.id).path == DOCUMENT.path


def test_a_new_time_is_noted_and_changes_nothing_that_can_be_found(change: Change) -> None:
    put(change)
    change.touched = False
    change.set_path(DOCUMENT.path, FileState(DOCUMENT.id, 7, 9))
    assert change.file_state(DOCUMENT.path) == FileState(DOCUMENT.id, 7, 9)
    assert not change.touched
    change.set_path("/a/copy.pdf", FileState(DOCUMENT.id, 7, 9))
    assert change.touched
