"""OpenDocument texts and presentations (ODT, ODP): paragraphs, lists, tables, notes; slides as sections.

Knows headings and slide names. Leaves out comments and what tracked changes have deleted.
"""

from __future__ import annotations

from collections.abc import Iterator

from index.errors import ReadError
from index.readers.assemble import Assembler
from index.readers.package import Element, Package, attribute, descendants, local_name, text_of
from index.records import Extract

_LEFT_OUT = frozenset({"tracked-changes", "annotation", "note", "forms", "sequence-decls", "variable-decls", "notes"})
_BLOCK_FRAMES = frozenset({"text-box", "frame"})
_MOST_BLANKS = 100


def read(data: bytes) -> Extract:
    """The text of an OpenDocument file. Raises ReadError for one that is encrypted."""
    package = Package(data, "an OpenDocument file")
    manifest = "META-INF/manifest.xml"
    if manifest in package and descendants(package.xml(manifest, doctype=True), "encryption-data"):
        raise ReadError("encrypted: needs a password; save a copy without one")
    assembler = Assembler()
    _add_blocks(assembler, package.xml("content.xml", doctype=True))
    try:
        meta = package.xml("meta.xml", doctype=True)
    except ReadError:
        return assembler.extract()  # the text is whole without it
    created = text_of(meta, "creation-date")
    return assembler.extract(
        title=text_of(meta, "title"),
        author=text_of(meta, "initial-creator") or text_of(meta, "creator"),
        date=created[:10] if created else None,
    )


def _add_blocks(assembler: Assembler, parent: Element) -> None:
    slide = 0
    for child in parent:
        name = local_name(child)
        if name in ("p", "h"):
            frames: list[Element] = []
            text = "".join(_text(child, frames))
            if name == "h":
                assembler.section(text)
            assembler.add(text)
            for frame in frames:
                _add_blocks(assembler, frame)
        elif name == "table":
            rows = [" | ".join(cell for cell in _cells(row) if cell) for row in descendants(child, "table-row")]
            assembler.add("\n\n".join(row for row in rows if row))
        elif name == "page":
            slide += 1
            assembler.section(f"Slide {slide}")
            _add_blocks(assembler, child)
        elif name not in _LEFT_OUT:
            _add_blocks(assembler, child)


def _cells(row: Element) -> Iterator[str]:
    for cell in row:
        if local_name(cell) == "table-cell":
            lines = ["".join(_text(paragraph, [])) for paragraph in cell.iter("{*}p", "{*}h")]
            yield " ".join(" ".join(line.split()) for line in lines if line.strip())


def _text(parent: Element, frames: list[Element]) -> Iterator[str]:
    """The text of a paragraph; text boxes and notes anchored in it are left in `frames`."""
    yield parent.text or ""
    for child in parent:
        name = local_name(child)
        if name == "s":
            yield " " * min(_MOST_BLANKS, int(attribute(child, "c") or 1))
        elif name == "tab":
            yield "\t"
        elif name == "line-break":
            yield "\n"
        elif name in _BLOCK_FRAMES:
            frames.append(child)
        elif name == "note":
            frames.extend(descendants(child, "note-body"))
        elif name not in _LEFT_OUT:
            yield from _text(child, frames)
        yield child.tail or ""
