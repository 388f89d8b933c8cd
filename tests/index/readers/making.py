"""Small documents of each format, made from the text that they are to hold."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

import pypdfium2

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT_W = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CORE = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """A ZIP archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def relations(**targets: str) -> str:
    """The relations of an OOXML part by the last word of their types."""
    entries = "".join(
        f'<Relationship Id="r{number}" Type="{_CORE if kind == "core" else f"{_RELATION}/{kind}"}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets.items())
    )
    return (
        f"<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>{entries}</Relationships>"
    )


def docx(body: str, *, namespace: str = W, extra: Mapping[str, str | bytes] | None = None) -> bytes:
    """A Word file whose document.xml has this body."""
    styles = (
        f'<w:styles xmlns:w="{namespace}"><w:style w:styleId="H1"><w:name w:val="heading 1"/></w:style>'
        '<w:style w:styleId="Mine"><w:basedOn w:val="H1"/></w:style></w:styles>'
    )
    core = (
        '<c xmlns:dc="d" xmlns:t="t"><dc:title>A title</dc:title><dc:creator>Ana</dc:creator>'
        "<t:created>2024-03-07T10:00:00Z</t:created></c>"
    )
    members: dict[str, str | bytes] = {
        "_rels/.rels": relations(officeDocument="word/document.xml", core="docProps/core.xml"),
        "docProps/core.xml": core,
        "word/document.xml": f'<w:document xmlns:w="{namespace}"><w:body>{body}</w:body></w:document>',
        "word/_rels/document.xml.rels": relations(styles="styles.xml", footnotes="footnotes.xml"),
        "word/styles.xml": styles,
    }
    return zipped({**members, **(extra or {})})


def odt(body: str, *, manifest: str = "", meta: str = "") -> bytes:
    """An OpenDocument text."""
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "META-INF/manifest.xml": f'<m:manifest xmlns:m="m">{manifest}</m:manifest>',
            "content.xml": '<o:d xmlns:o="o" xmlns:text="t" xmlns:table="b" xmlns:draw="d">'
            f"<o:text>{body}</o:text></o:d>",
            "meta.xml": f'<o:m xmlns:o="o" xmlns:dc="d" xmlns:meta="e">{meta}</o:m>',
        }
    )


def epub(chapters: Mapping[str, str], *, spine: Sequence[str], extra: Mapping[str, str] | None = None) -> bytes:
    """An e-book whose chapters, bodies by file name, are read in the order of `spine`."""
    items = "".join(f'<item id="i{n}" href="{n}" media-type="application/xhtml+xml"/>' for n in spine)
    references = "".join(f'<itemref idref="i{name}"/>' for name in spine)
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
        "<dc:title>The Ferry</dc:title><dc:creator>Ana</dc:creator><dc:date>2012-05-01T00:00:00Z</dc:date></metadata>"
        f"<manifest>{items}</manifest><spine>{references}</spine></package>"
    )
    container = '<container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>'
    pages = {
        f"OPS/{name}": f"<html><head><title>T</title></head><body>{body}</body></html>"
        for name, body in chapters.items()
    }
    return zipped({"META-INF/container.xml": container, "OPS/book.opf": package, **pages, **(extra or {})})


def pptx(slides: Sequence[tuple[str, str]]) -> bytes:
    """A presentation of (title, text), stored in the reverse of the order in which it is shown."""
    a, p, r = 'xmlns:a="a"', 'xmlns:p="p"', f'xmlns:r="{_RELATION}"'
    members: dict[str, str | bytes] = {"_rels/.rels": relations(officeDocument="ppt/presentation.xml")}
    order = "".join(f'<p:sldId id="25{n}" r:id="x{n}"/>' for n in range(len(slides)))
    members["ppt/presentation.xml"] = f"<p:pres {p} {r}><p:sldIdLst>{order}</p:sldIdLst></p:pres>"
    targets = "".join(
        f'<Relationship Id="x{n}" Type="{_RELATION}/slide" Target="slides/s{len(slides) - n}.xml"/>'
        for n in range(len(slides))
    )
    members["ppt/_rels/presentation.xml.rels"] = f"<Relationships>{targets}</Relationships>"
    for n, (title, text) in enumerate(slides):
        members[f"ppt/slides/s{len(slides) - n}.xml"] = (
            f'<p:sld {a} {p}><p:sp><p:ph type="title"/><a:p><a:r><a:t>{title}</a:t></a:r></a:p></p:sp>'
            f'<p:sp><p:ph type="sldNum"/><a:p><a:r><a:t>{n}</a:t></a:r></a:p></p:sp>'
            f"<p:sp><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sp></p:sld>"
        )
    return zipped(members)


def xlsx(rows: Sequence[Sequence[str | float]], sheet: str = "Stock") -> bytes:
    """A workbook of one sheet."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    cells = "".join(f"<row>{''.join(_cell(value) for value in row)}</row>" for row in rows)
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    workbook_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{types}"><Override PartName="/xl/workbook.xml"'
            f' ContentType="{workbook_type}"/></Types>',
            "_rels/.rels": relations(officeDocument="xl/workbook.xml"),
            "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{_RELATION}"><sheets>'
            f'<sheet name="{sheet}" sheetId="1" r:id="r0"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": relations(worksheet="worksheets/sheet1.xml"),
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>',
        }
    )


def _cell(value: str | float) -> str:
    return f'<c t="inlineStr"><is><t>{value}</t></is></c>' if isinstance(value, str) else f"<c><v>{value}</v></c>"


def ods(cells: Sequence[str], end: str = "</table:table-row></table:table>") -> bytes:
    """An OpenDocument spreadsheet of one row, whose table has this end."""
    spaces = " ".join(
        f"xmlns:{name}='urn:oasis:names:tc:opendocument:xmlns:{name}:1.0'" for name in ("office", "table", "text")
    )
    row = "".join(
        f"<table:table-cell office:value-type='string'><text:p>{cell}</text:p></table:table-cell>" for cell in cells
    )
    table = f"<table:table table:name='Fares'><table:table-row>{row}{end}"
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": "<m:manifest xmlns:m='m'/>",
            "content.xml": f"<office:document-content {spaces}><office:body><office:spreadsheet>{table}"
            "</office:spreadsheet></office:body></office:document-content>",
        }
    )


def pdf(
    pages: Sequence[Sequence[str | tuple[str, int]]],
    *,
    information: str = "",
    encrypt: str = "",
    bookmarks: Sequence[tuple[str, int]] = (),
    filled: str = "",
) -> bytes:
    """A PDF of lines of 12 points, set 14 points apart; a line may be (text, points below the one before).

    `bookmarks` are (title, page index); `filled` is what stands in a form's field on each page.
    """
    first = 4 + 2 * len(pages)
    outlines = [
        f"<< /Title ({title}) /Parent {first} 0 R /Dest [{4 + 2 * page} 0 R /Fit]"
        + (f" /Next {first + 2 + number} 0 R >>" if number + 1 < len(bookmarks) else " >>")
        for number, (title, page) in enumerate(bookmarks)
    ]
    field = first + 1 + len(outlines)
    root = f"<< /Type /Catalog /Pages 2 0 R /Outlines {first} 0 R /AcroForm << /Fields [{field} 0 R] >> >>"
    objects = [
        root,
        f"<< /Type /Pages /Count {len(pages)} /Kids [{' '.join(f'{4 + 2 * n} 0 R' for n in range(len(pages)))}] >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    resources = "/Resources << /Font << /F1 3 0 R >> >>"
    for number, lines in enumerate(pages):
        stream = "BT /F1 12 Tf 72 760 Td " + " ".join(_shown(line) for line in lines) + " ET"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {5 + 2 * number} 0 R {resources}"
            + (f" /Annots [{field} 0 R] >>" if filled else " >>")
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    objects.append(f"<< /Count {len(outlines)} /First {first + 1} 0 R /Last {first + len(outlines)} 0 R >>")
    objects.extend(outlines)
    appearance = f"BT /F1 12 Tf 2 4 Td ({filled}) Tj ET"
    objects.append(
        f"<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V ({filled}) /Rect [72 100 300 120] /F 4"
        f" /AP << /N {field + 1} 0 R >> >>"
    )
    objects.append(
        f"<< /Type /XObject /Subtype /Form /BBox [0 0 228 20] {resources} /Length {len(appearance)} >>\n"
        f"stream\n{appearance}\nendstream"
    )
    objects.append(f"<< {information} >>")
    document = b"%PDF-1.4\n"
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(document))
        document += f"{number} 0 obj\n{content}\nendobj\n".encode("cp1252")
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    trailer = f"<< /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R {encrypt} >>"
    end = (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n{trailer}\nstartxref\n{len(document)}\n%%EOF"
    )
    return document + end.encode("ascii")


def _shown(line: str | tuple[str, int]) -> str:
    text, drop = (line, 14) if isinstance(line, str) else line
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"0 -{drop} Td ({escaped}) Tj"


def scanned(data: bytes) -> bytes:
    """The first page of a PDF as a scanner makes it: a picture of the text and no text."""
    page = pypdfium2.PdfDocument(data)[0]
    made = pypdfium2.PdfDocument.new()
    picture = pypdfium2.PdfImage.new(made)
    picture.set_bitmap(page.render(scale=200 / 72, grayscale=True))
    picture.set_matrix(pypdfium2.PdfMatrix().scale(*page.get_size()))
    sheet = made.new_page(*page.get_size())
    sheet.insert_obj(picture)
    sheet.gen_content()
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()
