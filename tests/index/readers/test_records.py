"""Tables, mail, JSON lines and rich text: one record after another, each found again by its locator."""

from __future__ import annotations

import pytest

from index.errors import NoDocument, ReadError
from index.readers import jsonlines, mail, rtf, tables
from index.readers.formats import Reader
from tests.index.readers import making

ROWS: list[list[str | float]] = [
    ["Item", "Price", "Town"],
    ["Lamp", 12.5, "Köln"],
    ["", "", ""],
    ["Desk", 80, "Bad Honnef"],
]
MAIL = (
    "From: Ana Lee <ana@example.org>\r\nTo: Bo\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n"
    "Date: Mon, 3 Feb 2025 10:00:00 +0100\r\n"
)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"], ids=["comma", "semicolon", "tab", "bar"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_rows_of_a_table_carry_their_headings(delimiter: str, encoding: str) -> None:
    lines = [delimiter.join(f'"{cell}"' for cell in row) for row in ROWS]
    extract = tables.read_csv("\r\n".join(lines).encode(encoding))
    assert extract.text == "Item: Lamp; Price: 12.5; Town: Köln\n\nItem: Desk; Price: 80; Town: Bad Honnef"
    assert [section.title for section in extract.sections] == ["Rows 2–4"]


def test_a_table_without_headings_has_bare_cells() -> None:
    assert tables.read_csv(b"1,2\n3,4\n").text == "1 | 2\n\n3 | 4"


def test_a_workbook_reads_like_a_table_and_names_its_sheet() -> None:
    extract = tables.read_workbook(making.xlsx(ROWS))
    assert extract.text == "Item: Lamp; Price: 12.5; Town: Köln\n\nItem: Desk; Price: 80; Town: Bad Honnef"
    assert [section.title for section in extract.sections] == ["Stock, rows 2–4"]


def test_many_rows_are_located_in_small_groups() -> None:
    extract = tables.read_csv(b"name,value\n" + b"".join(b"n%d,%d\n" % (n, n) for n in range(50)))
    assert [section.title for section in extract.sections] == ["Rows 2–21", "Rows 22–41", "Rows 42–51"]
    assert all(extract.text[s.start : s.end].count("name:") in (10, 20) for s in extract.sections)


@pytest.mark.parametrize("data", [b"PK\x03\x04 no", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), b"text"])
def test_what_is_no_workbook_is_refused(data: bytes) -> None:
    with pytest.raises(ReadError, match=r"spreadsheet|damaged"):
        tables.read_workbook(data)


def test_a_table_without_an_end_is_refused_and_not_read_for_ever() -> None:
    assert "12 euros" in tables.read_workbook(making.ods(["Fare", "12 euros"])).text
    with pytest.raises(ReadError, match=r"content\.xml in it is not well-formed"):
        tables.read_workbook(making.ods(["Fare", "12 euros"], end="</table:table-row></table:tab"))
    entity = making.zipped({"content.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"})
    with pytest.raises(ReadError, match="declares a DTD or entities"):
        tables.read_workbook(entity)


def test_a_workbook_that_expands_without_measure_is_refused() -> None:
    with pytest.raises(ReadError, match="ZIP bomb"):
        tables.read_workbook(making.zipped({"xl/worksheets/sheet1.xml": bytes(20_000_000)}))


@pytest.mark.parametrize(
    ("rest", "body"),
    [
        ("Content-Type: text/plain; charset=iso-8859-1\r\n\r\nThe gr\xfcn key.\r\n", "The grün key."),
        ("Content-Type: text/html\r\n\r\n<p>The <b>key</b>.<p>Bye.", "The key.\n\nBye."),
        (
            "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\nPlain.\r\n--b\r\n"
            "Content-Type: text/html\r\n\r\n<p>Rich.\r\n--b--\r\n",
            "Plain.",
        ),
    ],
    ids=["plain", "html", "alternatives"],
)
def test_mail(rest: str, body: str) -> None:
    extract = mail.read((MAIL + rest).encode("latin-1"))
    head, _, text = extract.text.partition("\n\n")
    assert head.split("\n")[:3] == ["Subject: Grüße", "From: Ana Lee <ana@example.org>", "To: Bo"]
    assert text == body
    assert (extract.title, extract.author, extract.date) == ("Grüße", "Ana Lee <ana@example.org>", "2025-02-03")


def test_attachments_are_named_and_not_read() -> None:
    rest = (
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nText.\r\n--b\r\n"
        'Content-Disposition: attachment; filename="plan.pdf"\r\n\r\nSecret\r\n--b--\r\n'
    )
    extract = mail.read((MAIL + rest).encode())
    assert extract.notes == ("attachments not read: plan.pdf",)
    assert "Secret" not in extract.text


def test_a_mailbox_is_its_mails() -> None:
    box = (
        "From ana Mon Feb  3 10:00:00 2025\nSubject: One\nDate: Mon, 3 Feb 2025 10:00:00 +0100\n\nFirst.\n\n>From x.\n"
    )
    box += "\nFrom bo Tue Feb  4 10:00:00 2025\nSubject: Two\n\nSecond.\n"
    extract = mail.read_mailbox(box.encode())
    assert [section.title for section in extract.sections] == ["One, 2025-02-03", "Two"]
    assert [extract.text[s.start : s.end].split("\n\n")[1] for s in extract.sections] == ["First.", "Second."]


def test_a_mail_that_cannot_be_read_costs_no_other() -> None:
    one = "From ana Mon Feb  3 10:00:00 2025\nSubject: One\n\nFirst.\n\n"
    two = "From bo Tue Feb  4 10:00:00 2025\nSubject: Two\nContent-Transfer-Encoding: base64\n\nAAECAwQFBgcICf8=\n\n"
    extract = mail.read_mailbox((one + two + one).encode())
    assert [section.title for section in extract.sections] == ["One", "One"]
    (note,) = extract.notes
    assert note.startswith("1 of 3 mails not read, the first: ")
    with pytest.raises(ReadError, match="no mail in it can be read"):
        mail.read_mailbox(two.encode())


def test_a_date_that_no_clock_shows_is_none() -> None:
    assert mail.read(b"Subject: One\nDate: Mon, 1 Jan 2021 00:00:00 +999999999999999\n\nFirst.\n").date is None


@pytest.mark.parametrize("read", [mail.read, mail.read_mailbox], ids=["mail", "mailbox"])
def test_what_is_no_mail_is_refused(read: Reader) -> None:
    with pytest.raises(ReadError, match="not a mail"):
        read(b"just text\n\nmore")


def test_json_lines_are_titled_texts() -> None:
    extract = jsonlines.read(b'{"title": "One", "text": "First."}\n\n{"text": "Second.", "year": 1999}\n"third"\n')
    assert extract.text == "One\n\nFirst.\n\nSecond.\n\nyear: 1999\n\nthird"
    assert [section.title for section in extract.sections] == ["One", "Line 3", "Line 4"]


def test_a_broken_line_is_named() -> None:
    with pytest.raises(ReadError, match="line 2 is not JSON"):
        jsonlines.read(b'{"text": "a"}\n{"text": \n')


def test_rich_text() -> None:
    source = (
        r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}"
        r"{\info{\title The caf\'e9}{\author Ana}{\creatim\yr2024\mo3\dy7}}"
        r"\f0 It opens at \b nine\b0 .\par Second \u8364? one.\par}"
    )
    extract = rtf.read(source.encode())
    assert extract.text == "It opens at nine.\n\nSecond € one."
    assert (extract.title, extract.author, extract.date) == ("The café", "Ana", "2024-03-07")


def test_a_file_of_questions_is_no_document() -> None:
    questions = b'{"id": 1, "question": "Who came?"}\n{"question": "Why?", "answers": ["so"]}\n'
    with pytest.raises(NoDocument, match="a file of questions, not of documents"):
        jsonlines.read(questions)
    for more in (b'{"text": "A text."}\n', b'{"question": "Why?", "text": "Because."}\n', b'"Why?"\n'):
        assert "Who came?" in jsonlines.read(questions + more).text
