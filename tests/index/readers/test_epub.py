"""E-books: chapters in the order of the spine, and protection told from decoration."""

from __future__ import annotations

import pytest

from index.errors import ReadError
from index.readers import epub
from tests.index.readers import making

CHAPTERS = {
    "b.xhtml": "<h1>Two</h1><p>The ferry leaves at noon.</p>",
    "a one.xhtml": "<p>The ferry is called Ondine.</p>",
}
SPINE = ("a%20one.xhtml", "b.xhtml")


def encryption(algorithm: str) -> dict[str, str]:
    entry = f'<e:EncryptedData><e:EncryptionMethod Algorithm="{algorithm}"/></e:EncryptedData>'
    return {"META-INF/encryption.xml": f'<encryption xmlns:e="e">{entry}</encryption>'}


def test_chapters_come_in_the_order_of_the_spine() -> None:
    extract = epub.read(making.epub(CHAPTERS, spine=SPINE))
    assert extract.text == "The ferry is called Ondine.\n\nTwo\n\nThe ferry leaves at noon."
    assert [section.title for section in extract.sections] == ["T", "Two"]
    assert (extract.title, extract.author, extract.date) == ("The Ferry", "Ana", "2012-05-01")


def test_a_missing_chapter_is_told() -> None:
    extract = epub.read(making.epub(CHAPTERS, spine=[*SPINE, "c.xhtml"]))
    assert extract.notes == ("1 chapters are missing in the file",)


def test_obfuscated_fonts_do_no_harm() -> None:
    book = making.epub(CHAPTERS, spine=SPINE, extra=encryption("http://www.idpf.org/2008/embedding"))
    assert "Ondine" in epub.read(book).text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (making.epub(CHAPTERS, spine=SPINE, extra=encryption("http://www.w3.org/2001/04/xmlenc#aes256-cbc")), "DRM"),
        (making.zipped({"mimetype": "application/epub+zip"}), "no META-INF/container.xml"),
        (making.epub(CHAPTERS, spine=SPINE)[:200], "damaged or cut short"),
    ],
    ids=["protected", "no container", "cut short"],
)
def test_refused_with_a_reason(data: bytes, reason: str) -> None:
    with pytest.raises(ReadError, match=reason):
        epub.read(data)
