"""Office files: what a person reads in them, in order, and a reason for each that nobody can read."""

from __future__ import annotations

import pytest

from index.errors import ReadError
from index.readers import docx, odf, pptx
from index.readers.package import Package, parse_xml
from tests.index.readers import making

BILLION = '<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
EXTERNAL = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
BOX = "<w:txbxContent><w:p><w:r><w:t>In a box.</w:t></w:r></w:p></w:txbxContent>"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"


def paragraph(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (paragraph("One.") + paragraph("Two."), "One.\n\nTwo."),
        ("<w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r></w:p>", "a\tb\nc"),
        (
            "<w:p><w:del><w:r><w:delText>12 March</w:delText></w:r></w:del>"
            "<w:ins><w:r><w:t>19 April</w:t></w:r></w:ins></w:p>",
            "19 April",
        ),
        (
            "<w:p><w:moveFrom><w:r><w:t>x</w:t></w:r></w:moveFrom><w:hyperlink><w:r><w:t>y</w:t></w:r></w:hyperlink></w:p>",
            "y",
        ),
        ("<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r><w:r><w:t>shown</w:t></w:r></w:p>", "shown"),
        ("<w:p><w:r><w:instrText>PAGE</w:instrText><w:t>7</w:t></w:r></w:p>", "7"),
        (f"<w:p><w:r><w:t>Before.</w:t>{BOX}</w:r></w:p>", "Before.\n\nIn a box."),
        (
            f'<w:p><w:r><m:AlternateContent xmlns:m="{MC}"><m:Choice>{BOX}</m:Choice>'
            f"<m:Fallback>{BOX}</m:Fallback></m:AlternateContent></w:r></w:p>",
            "In a box.",
        ),
        (f"<w:sdt><w:sdtPr><w:t>no</w:t></w:sdtPr><w:sdtContent>{paragraph('Yes.')}</w:sdtContent></w:sdt>", "Yes."),
        (
            f"<w:tbl><w:tr><w:tc>{paragraph('a')}</w:tc><w:tc>{paragraph('b')}{paragraph('c')}</w:tc></w:tr>"
            f"<w:tr><w:tc>{paragraph('')}</w:tc><w:tc>{paragraph('d')}</w:tc></w:tr></w:tbl>",
            "a | b c\n\nd",
        ),
    ],
    ids=["paragraphs", "breaks", "changes", "moved", "hidden", "field", "box", "alternatives", "control", "table"],
)
@pytest.mark.parametrize("namespace", [making.W, making.STRICT_W], ids=["transitional", "strict"])
def test_word(body: str, text: str, namespace: str) -> None:
    assert docx.read(making.docx(body, namespace=namespace)).text == text


def test_word_headings_are_sections_and_properties_are_read() -> None:
    body = paragraph("One", '<w:pStyle w:val="H1"/>') + paragraph("text")
    body += paragraph("Two", '<w:pStyle w:val="Mine"/>') + paragraph("Three", '<w:outlineLvl w:val="1"/>')
    extract = docx.read(making.docx(body))
    assert [section.title for section in extract.sections] == ["One", "Two", "Three"]
    assert (extract.title, extract.author, extract.date) == ("A title", "Ana", "2024-03-07")


def test_word_footnotes_follow_the_text() -> None:
    notes = f'<w:footnotes xmlns:w="{making.W}"><w:footnote>{paragraph("A note.")}</w:footnote></w:footnotes>'
    extract = docx.read(making.docx(paragraph("Text."), extra={"word/footnotes.xml": notes}))
    assert extract.text == "Text.\n\nA note."
    assert extract.sections[-1].title == "Footnotes"


def test_open_document_text() -> None:
    body = (
        "<text:tracked-changes><text:p>deleted</text:p></text:tracked-changes>"
        "<text:h>Hours</text:h>"
        "<text:p>a<text:s text:c='2'/>b<text:tab/><text:span>c</text:span> d<text:line-break/>e</text:p>"
        "<text:list><text:list-item><text:p>item</text:p></text:list-item></text:list>"
        "<table:table><table:table-row><table:table-cell><text:p>x</text:p></table:table-cell>"
        "<table:table-cell><text:p>y</text:p></table:table-cell></table:table-row></table:table>"
        "<text:p>Text<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>A note.</text:p>"
        "</text:note-body></text:note>.</text:p>"
    )
    meta = (
        "<dc:title>Fares</dc:title><meta:initial-creator>Bo</meta:initial-creator>"
        "<meta:creation-date>2024-01-02T3</meta:creation-date>"
    )
    extract = odf.read(making.odt(body, meta=meta))
    assert extract.text == "Hours\n\na  b\tc d\ne\n\nitem\n\nx | y\n\nText.\n\nA note."
    assert [section.title for section in extract.sections] == ["Hours"]
    assert (extract.title, extract.author, extract.date) == ("Fares", "Bo", "2024-01-02")


def test_an_encrypted_open_document_is_named_as_such() -> None:
    with pytest.raises(ReadError, match="encrypted"):
        odf.read(making.odt("", manifest="<m:file-entry><m:encryption-data/></m:file-entry>"))


def test_slides_come_in_the_order_in_which_they_are_shown() -> None:
    extract = pptx.read(making.pptx([("Opening", "The ferry is called Ondine."), ("", "It leaves at noon.")]))
    assert extract.text == "Opening\n\nThe ferry is called Ondine.\n\nIt leaves at noon."
    assert [section.title for section in extract.sections] == ["Slide 1: Opening", "Slide 2"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "needs a password"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "old Microsoft Office"),
        (making.docx(paragraph("x"))[:300], "damaged or cut short"),
        (b"plain text", "not a Word file"),
        (making.zipped({"a.txt": "x"}), "not a Word file"),
        (making.docx(paragraph("x"), extra={"word/document.xml": "<a><b></a>"}), "not well-formed"),
        (making.docx(paragraph("x"), extra={"word/document.xml": f"{BILLION}<x>&b;</x>"}), "entities"),
        (making.docx(paragraph("x"), extra={"word/document.xml": f"{EXTERNAL}<x>&a;</x>"}), "entities"),
        (making.docx(paragraph("x"), extra={"word/document.xml": b"<x>" + bytes(10_000_000)}), "ZIP bomb"),
    ],
    ids=["encrypted", "old", "cut", "text", "other zip", "malformed", "entity bomb", "external entity", "zip bomb"],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_refused_with_a_reason(data: bytes, reason: str) -> None:
    with pytest.raises(ReadError, match=reason):
        docx.read(data)


def test_names_that_climb_out_of_a_container_climb_nowhere() -> None:
    data = making.docx(paragraph("Text."), extra={"../../climbed.txt": "x", "/etc/climbed": "x"})
    assert docx.read(data).text == "Text."


def test_a_container_expands_to_a_bounded_size_in_all() -> None:
    package = Package(making.zipped({"a.bin": bytes(7_000_000)}), "a test")
    assert len(package.read("a.bin")) == 7_000_000
    for _ in range(37):
        package.refuse_bombs()
    with pytest.raises(ReadError, match="ZIP bomb"):
        package.refuse_bombs()


def test_a_document_type_without_entities_is_allowed_where_formats_use_one() -> None:
    source = b'<!DOCTYPE package PUBLIC "x" "http://example.org/x.dtd"><package/>'
    assert parse_xml(source, "x", doctype=True).tag == "package"
    with pytest.raises(ReadError, match="DTD"):
        parse_xml(source, "x")
