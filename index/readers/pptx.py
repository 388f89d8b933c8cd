"""Presentations (PPTX): the text of each slide, its tables and its speaker notes; the slide is the locator.

Knows the order of slides and which shape is a slide's title. Reads no charts or pictures.
"""

from __future__ import annotations

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

_NOT_SPOKEN = frozenset({"sldNum", "sldImg", "dt", "ftr", "hdr"})


def read(data: bytes) -> Extract:
    """The text of a presentation, slide after slide."""
    package = Package(data, "a PowerPoint file")
    part = main_part(package)
    related = relations(package, part)
    assembler = Assembler()
    for number, reference in enumerate(descendants(package.xml(part), "sldId"), start=1):
        _, slide = related.get(_relation_id(reference), ("", ""))
        if slide in package:
            _add_slide(assembler, package, slide, number)
    title, author, date = core_properties(package)
    return assembler.extract(title=title, author=author, date=date)


def _relation_id(reference: Element) -> str:
    """`r:id`, which stands beside a plain `id`."""
    return next((str(value) for key, value in reference.attrib.items() if str(key).endswith("}id")), "")


def _add_slide(assembler: Assembler, package: Package, slide: str, number: int) -> None:
    shapes = [(shape, _placeholder(shape)) for shape in _shapes(package.xml(slide))]
    title = next((" ".join(_shape_text(shape).split()) for shape, kind in shapes if kind in ("title", "ctrTitle")), "")
    assembler.section(f"Slide {number}: {title}" if title else f"Slide {number}")
    for shape, kind in shapes:
        if kind not in _NOT_SPOKEN:
            assembler.add(_shape_text(shape))
    for kind, target in relations(package, slide).values():
        if kind == "notesSlide" and target in package:
            for shape in _shapes(package.xml(target)):
                if _placeholder(shape) == "body":
                    assembler.add(_shape_text(shape))


def _shapes(root: Element) -> Iterator[Element]:
    """Shapes with text and tables, in the order in which they are drawn."""
    yield from root.iter("{*}sp", "{*}graphicFrame")


def _placeholder(shape: Element) -> str | None:
    for mark in shape.iter("{*}ph"):
        return attribute(mark, "type") or "body"
    return None


def _shape_text(shape: Element) -> str:
    rows = descendants(shape, "tr")
    if rows:
        cells = [[_paragraphs(cell, " ") for cell in row if local_name(cell) == "tc"] for row in rows]
        return "\n\n".join(" | ".join(cell for cell in row if cell) for row in cells)
    return _paragraphs(shape, "\n\n")


def _paragraphs(parent: Element, separator: str) -> str:
    lines = []
    for paragraph in parent.iter("{*}p"):
        parts = ["\n" if local_name(run) == "br" else run.text or "" for run in paragraph.iter("{*}t", "{*}br")]
        lines.append("".join(parts).strip())
    return separator.join(line for line in lines if line)
