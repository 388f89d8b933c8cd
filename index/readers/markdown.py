"""Markdown: the text as it stands, with its headings as sections and its front matter read for title and date.

Knows headings, code fences and front matter, nothing else: the source is stored, shown and cited unrendered, so no
nesting of brackets or tags can cost time here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile

from index.readers.assemble import shortened
from index.readers.text import clean, decode
from index.records import Extract, Section

_ATX = re.compile(r" {0,3}#{1,6}(?:[ \t]+|$)")
_CLOSING_HASHES = re.compile(r"(?:^|[ \t])#+$")
_SETEXT = re.compile(r" {0,3}(?:=+|-+)[ \t]*$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_LINK = re.compile(r"!?\[([^\[\]]*)\](?:\([^()]*\)|\[[^\[\]]*\])?")
_EMPHASIS = re.compile(r"[*`]+|(?<!\w)_+|_+(?!\w)|<[^<>]*>|\{#[^{}]*\}")
_FIELD = re.compile(r"(title|author|date)[ \t]*:[ \t]*(\S.*)", re.IGNORECASE)
_BLOCK = re.compile(r"[>|][-+\d]{0,2}")  # the value stands indented in the lines below
_LONGEST_HEADING = 300  # a longer line that begins like a heading is prose or an attack


@dataclass(frozen=True, slots=True)
class _Heading:
    title: str
    start: int


def read(data: bytes) -> Extract:
    """Markdown in any encoding. The title is the front matter's, else the first heading."""
    text = clean(decode(data))
    fields, body = _front_matter(text)
    headings = _headings(text, body)
    ends = [heading.start for heading in headings[1:]] + [len(text)] * bool(headings)
    return Extract(
        text=text,
        title=shortened(fields.get("title")) or next((heading.title for heading in headings), None),
        author=shortened(fields.get("author")),
        date=shortened(fields.get("date")),
        sections=tuple(Section(h.title, h.start, end) for h, end in zip(headings, ends, strict=True)),
    )


def _front_matter(text: str) -> tuple[dict[str, str], int]:
    """Title, author and date of a YAML block at the very start, and the offset at which the body begins."""
    if not text.startswith("---\n"):
        return {}, 0
    end = text.find("\n---", 3, 20_000)
    if end < 0:
        return {}, 0
    lines = [line.rstrip() for line in text[4:end].split("\n")]
    fields = {}
    for at, line in enumerate(lines, start=1):
        if match := _FIELD.fullmatch(line):
            below = takewhile(lambda one: one[:1] in ("", " "), lines[at:])
            value = " ".join(below) if _BLOCK.fullmatch(match[2]) else match[2].strip("\"'")
            fields[match[1].lower()] = value
    line_end = text.find("\n", end + 1)
    return fields, len(text) if line_end < 0 else line_end + 1


def _headings(text: str, start: int) -> list[_Heading]:
    headings: list[_Heading] = []
    fence = ""
    previous, previous_start = "", start
    for line in text[start:].split("\n"):
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and not line[mark.end() :].strip():
                fence = ""
            line_for_setext = ""
        elif mark:
            fence = mark[1]
            line_for_setext = ""
        else:
            line_for_setext = line
            heading = _heading(line, start, previous, previous_start)
            if heading:
                headings.append(heading)
                line_for_setext = ""
        previous, previous_start = line_for_setext, start
        start += len(line) + 1
    return headings


def _heading(line: str, start: int, previous: str, previous_start: int) -> _Heading | None:
    """The heading that `line` is, or that it underlines in the line before."""
    if len(line) > _LONGEST_HEADING:
        return None
    if atx := _ATX.match(line):
        title, at = _plain(_CLOSING_HASHES.sub("", line[atx.end() :].rstrip())), start
    elif _SETEXT.match(line) and _could_be_underlined(previous):
        title, at = _plain(previous), previous_start
    else:
        return None
    return _Heading(title, at) if title else None


def _could_be_underlined(line: str) -> bool:
    return bool(line.strip()) and len(line) <= _LONGEST_HEADING and line.lstrip()[0] not in "->|#*+=:"


def _plain(title: str) -> str:
    """A heading without its inline markup, for people."""
    return " ".join(_EMPHASIS.sub("", _LINK.sub(r"\1", title)).split())
