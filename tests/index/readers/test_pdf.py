"""PDF: text by pages, paragraphs and divided words as a reader sees them, and a reason where there is no text."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import ReadError
from index.readers import ocr, pdf, read_document
from index.readers.pdf_lines import join_hyphens
from tests.index.readers import making


def test_pages_are_exact_spans() -> None:
    extract = pdf.read(making.pdf([["The ferry is called Ondine."], [], ["It leaves at noon."]]))
    assert [page.number for page in extract.pages] == [1, 2, 3]
    assert [extract.text[page.start : page.end] for page in extract.pages] == [
        "The ferry is called Ondine.",
        "",
        "It leaves at noon.",
    ]
    assert extract.notes == ("1 of 3 pages have no text",)


def test_a_wider_gap_parts_paragraphs_and_a_line_does_not() -> None:
    lines: list[str | tuple[str, int]] = ["The ferry leaves", "at noon sharp.", ("Tickets are sold", 30), "on board."]
    assert pdf.read(making.pdf([lines])).text == "The ferry leaves\nat noon sharp.\n\nTickets are sold\non board."


def test_a_sentence_runs_on_over_the_page() -> None:
    text = pdf.read(making.pdf([["The ferry leaves"], ["at noon."], ["Tickets are sold."]])).text
    assert text == "The ferry leaves\nat noon.\n\nTickets are sold."


def test_bookmarks_are_sections_that_begin_at_their_heading() -> None:
    preface: list[str | tuple[str, int]] = ["Preface", "Thanks to the crew."]
    chapter: list[str | tuple[str, int]] = ["2. The ferry", "It is called Ondine.", ("Fares", 30), "Three euros."]
    bookmarks = [("Preface", 0), ("The ferry", 1), ("Fares", 1), ("Nowhere to be found", 1)]
    extract = pdf.read(making.pdf([preface, chapter], bookmarks=bookmarks))
    stretches = {section.title: extract.text[section.start : section.end].strip() for section in extract.sections}
    assert stretches == {
        "Preface": "Preface\nThanks to the crew.",
        "The ferry": "2. The ferry\nIt is called Ondine.",
        "Fares": "Fares\nThree euros.",
    }


def test_what_was_filled_into_a_form_is_text() -> None:
    assert "Maren Holt" in pdf.read(making.pdf([["Name of the keeper:"]], filled="Maren Holt")).text


@pytest.mark.parametrize(
    ("pages", "mended"),
    [
        (["a regu-\nlation of trade"], ["a regulation of trade"]),
        (["a regu\ufffelation of trade"], ["a regulation of trade"]),
        (["a well-\nknown fact, well-known"], ["a well-known fact, well-known"]),
        (["a well-\nknown wellknown well-known"], ["a wellknown wellknown well-known"]),
        (["the Anglo-\nSaxon king"], ["the Anglo-Saxon king"]),
        (["pages 12-\n14 and 737-\n8"], ["pages 12-\n14 and 737-\n8"]),
        (["a dash -\nand more"], ["a dash -\nand more"]),
        (["no hyphen\nhere"], ["no hyphen\nhere"]),
    ],
    ids=["hyphen", "mark", "hyphened elsewhere", "whole elsewhere", "name", "numbers", "dash", "none"],
)
def test_words_divided_at_line_ends(pages: list[str], mended: list[str]) -> None:
    assert join_hyphens(pages) == mended


@pytest.mark.parametrize(
    ("information", "title"),
    [
        ("/Title (The annual report)", "The annual report"),
        ("/Title (untitled)", None),
        ("/Title (Microsoft Word - draft 3.doc)", None),
        ("/Title (letter.tex)", None),
        ("/Title ()", None),
    ],
    ids=["stated", "untitled", "word", "file name", "blank"],
)
def test_a_title_is_what_somebody_wrote(information: str, title: str | None) -> None:
    assert pdf.read(making.pdf([["Text."]], information=information)).title == title


def test_author_and_date_are_read() -> None:
    information = "/Author (Ana) /CreationDate (D:20200806095125-04'00')"
    extract = pdf.read(making.pdf([["Text."]], information=information))
    assert (extract.author, extract.date) == ("Ana", "2020-08-06")


def test_an_encrypted_file_is_named_as_such() -> None:
    lock = f"/Encrypt << /Filter /Standard /V 1 /R 2 /O <{'ab' * 32}> /U <{'cd' * 32}> /P -4 >> /ID [<00> <00>]"
    with pytest.raises(ReadError, match="encrypted: needs a password"):
        pdf.read(making.pdf([["Secret."]], encrypt=lock))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_file_cut_short_says_so(share: float) -> None:
    data = making.pdf([["One."], ["Two."], ["Three."]])
    with pytest.raises(ReadError, match="damaged or cut short"):
        pdf.read(data[: int(len(data) * share)])


def test_a_file_without_text_says_how_to_mend_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ReadError, match=r"no text found.*install tesseract"):
        pdf.read(making.pdf([[], []]))


def test_a_failing_tesseract_reads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert not ocr.available()
    assert ocr.Budget().text_of(bytes(64), 8, 8, 8) == ""


SCAN = making.scanned(making.pdf([[("The gate code is 5518.", 60)]]))


def test_a_scan_without_tesseract_says_how_to_mend_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ReadError, match=r"its page has no text layer.*install tesseract"):
        pdf.read(SCAN)


@pytest.mark.slow
@pytest.mark.skipif(not ocr.available(), reason="Tesseract is not installed")
def test_a_scan_is_read_by_tesseract_inside_the_locked_process(tmp_path: Path) -> None:
    (tmp_path / "scan.pdf").write_bytes(SCAN)
    extract = read_document(tmp_path / "scan.pdf")
    assert extract.text == "The gate code is 5518."
    assert extract.notes == ("1 of 1 pages are scans, read by Tesseract: expect misread letters",)
    assert [path.name for path in tmp_path.iterdir()] == ["scan.pdf"]
