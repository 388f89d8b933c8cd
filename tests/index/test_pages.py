"""The page on which words stand is known from the document to the hit."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from index.library import Library
from index.settings import IndexSettings
from tests.fakes import HashingEncoder
from tests.index.readers import making


def test_a_passage_over_a_page_tells_where_the_next_one_begins(tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "ferry.pdf").write_bytes(
        making.pdf([["The ferry is called Ondine."], ["Tickets are sold on board at noon."]])
    )
    with closing(Library(IndexSettings(home=tmp_path / "home"), HashingEncoder())) as library:
        library.add([folder])
        (hit,) = library.search("tickets", 5)
    tickets = hit.passage.start + hit.passage.text.index("Tickets")
    assert (hit.page, hit.page_at(hit.passage.start), hit.page_at(tickets)) == (1, 1, 2)
