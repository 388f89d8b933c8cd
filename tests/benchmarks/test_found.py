"""What is found in a folder of many formats: the right document on the right page, and nothing but exact spans."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from benchmarks.found import found, holds, stored
from index.library import Library
from index.settings import IndexSettings
from tests.fakes import HashingEncoder
from tests.index.readers import making

QUESTION = {"id": "q1", "question": "When does the ferry leave?", "answerable": True}


def test_documents_pages_and_spans(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "a.pdf").write_bytes(making.pdf([["Nothing but a cover."], ["The ferry leaves at nine."]]))
    (folder / "b.txt").write_text("Bicycles are free of charge.")
    home = IndexSettings(home=tmp_path / "home")
    right = {**QUESTION, "evidence": [{"doc": "a.pdf", "page": 2}]}
    wrong = {**QUESTION, "evidence": [{"doc": "c.pdf", "page": 2}]}
    with closing(Library(home, HashingEncoder())) as library:
        library.add([folder])
        assert found(library, folder, [right, wrong, {"answerable": False}]).actual == 0.5
        hits = library.search("ferry", 5)
        ferry = next(hit for hit in hits if "ferry" in hit.passage.text)
        assert holds(ferry, folder, {"doc": "a.pdf", "page": 2})
        assert not holds(ferry, folder, {"doc": "a.pdf", "page": 3})
        assert not holds(ferry, folder, {"doc": "b.txt"})
    assert [measure.actual for measure in stored(home.store_path)] == [1, 1]
    with closing(sqlite3.connect(home.store_path)) as connection, connection:
        connection.execute("UPDATE passages SET start = start + 1 WHERE text LIKE 'Bicycles%'")
    assert all((measure.actual or 0) < 1 for measure in stored(home.store_path))
