"""PDF by PDFium: the text of each page, in paragraphs, with the page's number as its locator.

Knows why a PDF yields no text (encrypted, damaged, a scan) and says which. Takes the reading order that PDFium gives;
how lines become paragraphs is in `pdf_lines`, the reading of scans in `ocr`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pypdfium2
import pypdfium2.raw as pdfium

from index.errors import ReadError
from index.readers import ocr
from index.readers.assemble import Assembler
from index.readers.pdf_lines import join_hyphens, page_text
from index.readers.pdf_outline import outline, outline_sections
from index.records import Extract

_OCR_SCALE = 300 / 72  # dots per point: 300 dpi is what Tesseract asks for
_LARGEST_SIDE = 6_000  # pixels; a poster at 300 dpi would need gigabytes
_SHOWN_ANNOTATIONS = frozenset({pdfium.FPDF_ANNOT_WIDGET, pdfium.FPDF_ANNOT_FREETEXT})
_MOST_ANNOTATIONS = 5_000
# Producers fill these in by themselves; they are nobody's title.
_NO_TITLE = re.compile(
    r"\W*(?:untitled|anonymous|unspecified|unknown|none|document\d*|presentation\d*|slide 1|adobe photoshop pdf)\W*"
    r"|microsoft (?:word|powerpoint|excel) - .*"
    r"|.*\.(?:docx?|dotx?|pptx?|xlsx?|odt|rtf|tex|dvi|indd|qxd|p65|pmd|pdf|ps|eps|html?|txt|exe|wpd|pages|cdr|ai)",
    re.IGNORECASE,
)
_DATE = re.compile(r"(?:D:)?(\d{4})(?:(0[1-9]|1[0-2])(?:(0[1-9]|[12]\d|3[01]))?)?")


def read(data: bytes) -> Extract:
    """The text of a PDF by pages. Raises ReadError for one that is encrypted, damaged or without any text."""
    document = _open(data)
    try:
        count = len(document)
        if count == 0:
            raise ReadError("damaged or cut short: it has no page that can be read")
        _show_fields(document)
        texts = join_hyphens(list(_texts(document)))
        empty = [number for number, text in enumerate(texts) if not text.strip()]
        notes: tuple[str, ...] = ()
        if empty:
            recognised = _recognise(document, empty)
            texts = [recognised.get(number, text) for number, text in enumerate(texts)]
            notes = tuple(_notes(count, [n for n in empty if not texts[n].strip()], len(recognised)))
        attachments = document.count_attachments()
        if attachments:
            notes += (f"{attachments} attached files not read",)
        metadata, bookmarks = document.get_metadata_dict(), outline(document)
    finally:
        document.close()
    if not any(text.strip() for text in texts):
        raise ReadError(_without_text(count))
    assembler = Assembler()
    for number, text in enumerate(texts):
        following = texts[number + 1].lstrip() if number + 1 < count else ""
        assembler.page(text, separator=_page_break(text.rstrip(), following))
    extract = assembler.extract(
        title=_stated(metadata.get("Title")),
        author=_stated(metadata.get("Author")),
        date=_date(metadata.get("CreationDate")),
        notes=notes,
    )
    return replace(extract, sections=outline_sections(extract, bookmarks))


def _open(data: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pdfium.FPDF_ERR_PASSWORD:
            raise ReadError("encrypted: needs a password; save a copy without one") from error
        if b"%PDF-" not in data[:1024]:
            raise ReadError("not a PDF") from error
        raise ReadError("damaged or cut short: not a whole PDF") from error


def _show_fields(document: pypdfium2.PdfDocument) -> None:
    """Makes what was filled into forms, or written on top of the pages, part of their text."""
    for number in range(len(document)):
        try:
            page = document[number]
        except pypdfium2.PdfiumError:
            continue  # `_texts` says so
        if any(kind in _SHOWN_ANNOTATIONS for kind in _annotations(page)):
            pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY)
        page.close()


def _annotations(page: pypdfium2.PdfPage) -> Iterator[int]:
    """The kinds of the annotations on a page."""
    for index in range(min(_MOST_ANNOTATIONS, pdfium.FPDFPage_GetAnnotCount(page))):
        annotation = pdfium.FPDFPage_GetAnnot(page, index)
        if annotation:
            yield pdfium.FPDFAnnot_GetSubtype(annotation)
            pdfium.FPDFPage_CloseAnnot(annotation)


def _texts(document: pypdfium2.PdfDocument) -> Iterator[str]:
    for number in range(len(document)):
        try:
            page = document[number]
        except pypdfium2.PdfiumError as error:
            raise ReadError(f"damaged or cut short: page {number + 1} of {len(document)} cannot be read") from error
        text_page = page.get_textpage()
        yield page_text(text_page)
        text_page.close()
        page.close()


def _recognise(document: pypdfium2.PdfDocument, numbers: list[int]) -> dict[int, str]:
    """What Tesseract reads on the pages that show a picture and have no text, by page index."""
    if not ocr.available():
        return {}
    reading = ocr.Budget()
    recognised: dict[int, str] = {}
    for number in numbers:
        page = document[number]
        if any(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM])):
            scale = min(_OCR_SCALE, _LARGEST_SIDE / max(1.0, *page.get_size()))
            bitmap = page.render(scale=scale, grayscale=True)
            text = reading.text_of(bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride)
            bitmap.close()
            if text.strip():
                recognised[number] = text
        page.close()
    return recognised


def _notes(count: int, empty: list[int], recognised: int) -> Iterator[str]:
    if recognised:
        yield f"{recognised} of {count} pages are scans, read by Tesseract: expect misread letters"
    if empty:
        yield f"{len(empty)} of {count} pages have no text"


def _without_text(count: int) -> str:
    pages = "its page has no" if count == 1 else f"none of its {count} pages has a"
    mend = (
        "Tesseract found none either" if ocr.available() else "if it is a scan, install tesseract-ocr and add it again"
    )
    return f"no text found: {pages} text layer; {mend}"


def _page_break(text: str, following: str) -> str:
    """A sentence that runs over the page must not end there."""
    runs_on = text and following and text[-1] not in ".!?:;”\"'»)" and following[0].islower()
    return "\n" if runs_on else "\n\n"


def _stated(value: str | None) -> str | None:
    value = " ".join((value or "").split())
    return value if value and not _NO_TITLE.fullmatch(value) else None


def _date(value: str | None) -> str | None:
    """`D:20200806095125Z` as `2020-08-06`."""
    match = _DATE.match(value or "")
    return "-".join(part for part in match.groups() if part) if match else None
