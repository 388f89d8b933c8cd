"""E-books (EPUB): the chapters in the order of the spine, with their headings as sections.

Knows the container, the package file and its spine, and encryption: obfuscated fonts do no harm, encrypted chapters
are refused by name. Takes pictures, styles and the book's own table of contents for no text.
"""

from __future__ import annotations

from index.errors import ReadError
from index.readers.assemble import Assembler
from index.readers.html import add_blocks
from index.readers.markup import declared_encoding, iso_date, read_markup
from index.readers.package import Element, Package, descendants, local_name, resolve, text_of
from index.readers.text import decode
from index.records import Extract

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_OBFUSCATION = frozenset({"http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"})
_CHAPTERS = frozenset({"application/xhtml+xml", "text/html", "application/x-dtbook+xml", "text/x-oeb1-document"})


def read(data: bytes) -> Extract:
    """The text of an e-book. Raises ReadError for one whose chapters are encrypted."""
    package = Package(data, "an EPUB")
    if _CONTAINER not in package:
        raise ReadError(f"damaged, or not an EPUB: no {_CONTAINER} in it")
    _refuse_protected(package)
    path = next((root.get("full-path") for root in descendants(package.xml(_CONTAINER), "rootfile")), None)
    if not path:
        raise ReadError(f"damaged: {_CONTAINER} names no package file")
    book = package.xml(path, doctype=True)
    assembler = Assembler()
    missing = 0
    for chapter in _spine(book, path):
        if chapter in package:
            _add_chapter(assembler, package.read(chapter))
        else:
            missing += 1
    notes = (f"{missing} chapters are missing in the file",) if missing else ()
    authors = [name for element in descendants(book, "creator") if (name := "".join(element.itertext()).strip())]
    return assembler.extract(
        title=text_of(book, "title"),
        author=", ".join(authors),
        date=iso_date(text_of(book, "date") or ""),
        notes=notes,
    )


def _refuse_protected(package: Package) -> None:
    if _ENCRYPTION not in package:
        return
    for entry in descendants(package.xml(_ENCRYPTION, doctype=True), "EncryptedData"):
        methods = [method.get("Algorithm") for method in descendants(entry, "EncryptionMethod")]
        if not methods or any(method not in _OBFUSCATION for method in methods):
            raise ReadError("encrypted: the book is protected by DRM and opens only in its seller's program")


def _spine(book: Element, path: str) -> list[str]:
    """The members that hold the chapters, in reading order."""
    items = {item.get("id"): item for item in descendants(book, "item")}
    chapters = []
    for reference in descendants(book, "itemref"):
        item = items.get(reference.get("idref"))
        if item is None or local_name(item) != "item" or "nav" in (item.get("properties") or "").split():
            continue
        if item.get("media-type") in _CHAPTERS and item.get("href"):
            chapters.append(resolve(path, item.get("href") or ""))
    return chapters


def _add_chapter(assembler: Assembler, data: bytes) -> None:
    markup = read_markup(decode(data, declared_encoding(data)), xml=True)
    if markup.blocks and not markup.blocks[0].heading and markup.title:
        assembler.section(markup.title)
    add_blocks(assembler, markup.blocks)
