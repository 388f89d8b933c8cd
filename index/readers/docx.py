"""Word files (DOCX): paragraphs, tables, text boxes and notes, as they read once all changes are accepted.

Reads the XML itself: python-docx leaves out text boxes and inserted text, and does not open files in the strict form.
Knows headings by their style's outline level. Leaves out comments, headers, footers, and hidden or deleted text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.readers.assemble import Assembler
from index.readers.package import (
    Element,
    Package,
    attribute,
    core_properties,
    descendants,
    local_name,
    main_part,
    relations,
)
from index.records import Extract

_LEFT_OUT = frozenset({"del", "moveFrom", "instrText", "delText", "delInstrText", "pPr", "sectPr", "Fallback", "sdtPr"})
_HEADING_NAME = re.compile(r"heading \d|title", re.IGNORECASE)


def read(data: bytes) -> Extract:
    """The text of a DOCX."""
    package = Package(data, "a Word file")
    part = main_part(package)
    related = relations(package, part)
    headings = _heading_styles(package, related)
    assembler = Assembler()
    body = package.xml(part)
    _add_blocks(assembler, body, headings)
    for kind, target in related.values():
        if kind in ("footnotes", "endnotes") and target in package:
            notes = Assembler()
            _add_blocks(notes, package.xml(target), headings)
            text = notes.extract().text
            if text:
                assembler.section(kind.capitalize())
                assembler.add(text)
    title, author, date = core_properties(package)
    return assembler.extract(title=title, author=author, date=date)


def _heading_styles(package: Package, related: dict[str, tuple[str, str]]) -> frozenset[str]:
    """Ids of the paragraph styles that stand for a heading, by outline level, name or the style they build on."""
    target = next((target for kind, target in related.values() if kind == "styles"), None)
    if target is None or target not in package:
        return frozenset()
    headings: set[str] = set()
    parents: dict[str, str] = {}
    for style in descendants(package.xml(target), "style"):
        identifier = attribute(style, "styleId") or ""
        for child in style.iter():
            name, value = local_name(child), attribute(child, "val") or ""
            if name == "basedOn":
                parents[identifier] = value
            elif (name == "outlineLvl" and value in "012345") or (name == "name" and _HEADING_NAME.fullmatch(value)):
                headings.add(identifier)
    grown = True
    while grown:
        heirs = {style for style, parent in parents.items() if parent in headings} - headings
        headings |= heirs
        grown = bool(heirs)
    return frozenset(headings)


def _add_blocks(assembler: Assembler, parent: Element, headings: frozenset[str]) -> None:
    """Appends the paragraphs and tables below `parent`, through whatever wraps them."""
    for child in parent:
        name = local_name(child)
        if name == "p":
            boxes: list[Element] = []
            text = "".join(_text(child, boxes))
            if _is_heading(child, headings) and text.strip():
                assembler.section(text)
            assembler.add(text)
            for box in boxes:
                _add_blocks(assembler, box, headings)
        elif name == "tbl":
            rows = [" | ".join(cell for cell in _cells(row) if cell) for row in descendants(child, "tr")]
            assembler.add("\n\n".join(row for row in rows if row))
        elif name not in _LEFT_OUT:
            _add_blocks(assembler, child, headings)


def _cells(row: Element) -> Iterator[str]:
    for cell in row:
        if local_name(cell) == "tc":
            lines = []
            for paragraph in descendants(cell, "p"):
                boxes: list[Element] = []
                lines.append(" ".join("".join(_text(paragraph, boxes)).split()))
                lines.extend(" ".join("".join(_text(box, [])).split()) for box in boxes)
            yield " ".join(line for line in lines if line)


def _text(parent: Element, boxes: list[Element]) -> Iterator[str]:
    """The text of a paragraph; the text boxes anchored in it are left in `boxes`."""
    for child in parent:
        name = local_name(child)
        if name == "t":
            yield child.text or ""
        elif name in ("tab", "ptab"):
            yield "\t"
        elif name in ("br", "cr"):
            yield "\n"
        elif name == "noBreakHyphen":
            yield "-"
        elif name == "txbxContent":
            boxes.append(child)
        elif name == "AlternateContent":
            # The same thing twice, for newer and older readers.
            choices = [option for option in child if local_name(option) == "Choice"]
            wanted = next((option for option in choices if descendants(option, "t")), None)
            if wanted is None:
                wanted = next((option for option in child if local_name(option) == "Fallback"), None)
            if wanted is not None:
                yield from _text(wanted, boxes)
        elif name == "r" and _is_hidden(child):
            continue
        elif name not in _LEFT_OUT:
            yield from _text(child, boxes)


def _is_heading(paragraph: Element, headings: frozenset[str]) -> bool:
    for properties in paragraph:
        if local_name(properties) == "pPr":
            for child in properties:
                value = attribute(child, "val") or ""
                if local_name(child) == "pStyle" and value in headings:
                    return True
                if local_name(child) == "outlineLvl" and value in "012345":
                    return True
    return False


def _is_hidden(run: Element) -> bool:
    return any(
        local_name(child) == "vanish" and attribute(child, "val") not in ("0", "false", "off")
        for properties in run
        if local_name(properties) == "rPr"
        for child in properties
    )
