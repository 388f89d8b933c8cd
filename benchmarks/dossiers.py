"""The sample dossier in other formats: its documents as Markdown, web pages, PDFs, word-processor files, mails.

Reads the simple Markdown of the dossier: one heading, and paragraphs. The PDF is what a browser prints of the web page;
everything else is written by hand. Knows nothing of questions.
"""

from __future__ import annotations

import zipfile
from email.message import EmailMessage
from html import escape
from pathlib import Path
from xml.sax.saxutils import escape as escape_xml

from playwright.sync_api import Browser

FORMATS = ("md", "html", "pdf", "docx", "eml")

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_DOCUMENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"


def write_as(form: str, source: Path, folder: Path, browser: Browser) -> Path:
    """Writes one Markdown document in another format, one of `FORMATS`, and returns where."""
    title, paragraphs = _parts(source.read_text(encoding="utf-8"))
    path = folder / f"{source.stem}.{form}"
    match form:
        case "md":
            path.write_text("\n\n".join([f"# {title}", *paragraphs, ""]), encoding="utf-8")
        case "html":
            path.write_text(_page(title, paragraphs), encoding="utf-8")
        case "pdf":
            _print(_page(title, paragraphs), path, browser)
        case "docx":
            _pack(path, title, paragraphs)
        case _:
            path.write_bytes(_mail(title, paragraphs))
    return path


def _parts(markdown: str) -> tuple[str, list[str]]:
    """The heading, and the paragraphs below it without marks of lesser headings."""
    blocks = [" ".join(block.split()).lstrip("# ") for block in markdown.split("\n\n")]
    title, *paragraphs = [block for block in blocks if block]
    return title, paragraphs


def _page(title: str, paragraphs: list[str]) -> str:
    body = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    heading = escape(title)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{heading}</title></head>'
        f"<body><article><h1>{heading}</h1>{body}</article></body></html>"
    )


def _mail(title: str, paragraphs: list[str]) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "archive@example.org", "reader@example.org", title
    message.set_content("\n\n".join(paragraphs))
    return message.as_bytes()


def _print(html: str, path: Path, browser: Browser) -> None:
    page = browser.new_page()
    try:
        page.set_content(html)
        page.pdf(path=path, format="A4", margin={"top": "20mm", "bottom": "20mm", "left": "20mm", "right": "20mm"})
    finally:
        page.close()


def _pack(path: Path, title: str, paragraphs: list[str]) -> None:
    """The least that is a word-processor file: its types, where the document is, and the document."""
    style = '<w:pPr><w:pStyle w:val="Heading1"/></w:pPr>'
    lines = [(style, title), *(("", paragraph) for paragraph in paragraphs)]
    body = "".join(
        f'<w:p>{marks}<w:r><w:t xml:space="preserve">{escape_xml(text)}</w:t></w:r></w:p>' for marks, text in lines
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{_DOCUMENT}"/></Types>',
        )
        package.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships">'
            f'<Relationship Id="r1" Type="{_RELATION}" Target="word/document.xml"/></Relationships>',
        )
        package.writestr("word/document.xml", f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>')
