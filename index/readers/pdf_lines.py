"""Lines of a PDF page made into paragraphs: which line break is a paragraph's end, and which hyphen only the line's.

Knows where PDFium says that characters stand and how large they are. Changes no word, save that a word divided at a
line's end is made whole; spans are counted afterwards, so they stay exact.
"""

from __future__ import annotations

import itertools
import re
import statistics
from collections import Counter
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium

_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
# PDFium writes U+FFFE where it takes a hyphen for the line's, and then drops the line break.
_MARK = "\ufffe"
_DIVIDED = re.compile(r"([^\W\d_]+)(?:\ufffe|[-\u00ad\u2010]\n)(?=([^\W_]+))")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_BULLET = re.compile(r"[•▪◦‣■●○·*][ \t]")
_SENTENCE_END = frozenset(".!?:;。…”\"')")
_LOOSE = 1.3  # a gap this much wider than the page's usual one parts paragraphs
_OTHER_SIZE = 0.15


@dataclass(frozen=True, slots=True)
class _Line:
    """A line and its box in points, y upwards; heights are those of its first letter and its last character."""

    text: str
    left: float
    bottom: float
    first_height: float
    last_height: float


def page_text(text_page: pypdfium2.PdfTextPage) -> str:
    """The text of a page, a blank line between paragraphs. Hyphens at line ends are left to `join_hyphens`."""
    lines = _lines(text_page)
    if not lines:
        return ""
    usual = _usual_gap(lines)
    parts = [lines[0].text]
    for previous, line in itertools.pairwise(lines):
        parts.append("\n\n" if _parts_paragraphs(previous, line, usual) else "\n")
        parts.append(line.text)
    return "".join(parts).translate(_LIGATURES)


def join_hyphens(texts: list[str]) -> list[str]:
    """The pages with words divided at line ends made whole.

    `well-` + `known` keeps its hyphen where the document writes it so elsewhere and never in one word.
    """
    if not any(_DIVIDED.search(text) or _MARK in text for text in texts):
        return texts
    words = Counter(word.lower() for text in texts for word in _WORD.findall(text))

    def mend(match: re.Match[str]) -> str:
        left, right = match[1], match[2]
        if not right[0].islower():
            return f"{left}-" if right[0].isalpha() and match[0][-1] != _MARK else f"{left}-\n"
        whole, hyphened = (left + right).lower(), f"{left}-{right}".lower()
        return f"{left}-" if words[hyphened] > 0 and not words[whole] else left

    return [_DIVIDED.sub(mend, text).replace(_MARK, "-\n") for text in texts]


def _lines(text_page: pypdfium2.PdfTextPage) -> list[_Line]:
    text = text_page.get_text_range()
    lines: list[_Line] = []
    start = 0  # in UTF-16 units, as PDFium counts
    for raw in text.split("\r\n"):
        units = len(raw.encode("utf-16-le", errors="surrogatepass")) // 2
        stripped = raw.strip()
        if stripped:
            # The first letter, because a digit before it may be a raised one that counts a footnote.
            lead = next((at for at, character in enumerate(raw) if character.isalpha()), len(raw) - len(raw.lstrip()))
            end = len(raw.rstrip()) - 1
            boxes = [_box(text_page, start + at) for at in (lead, (lead + end) // 2, end)]
            heights = [box.top - box.bottom for box in boxes]
            bottom = statistics.median(box.bottom for box in boxes)
            lines.append(_Line(stripped, boxes[0].left, bottom, heights[0], heights[-1]))
        start += units + 2
    return lines


def _box(text_page: pypdfium2.PdfTextPage, unit: int) -> pdfium.FS_RECTF:
    """The box of the character at this offset, as tall as its font whatever the letter; zeros where there is none."""
    box = pdfium.FS_RECTF()
    pdfium.FPDFText_GetLooseCharBox(text_page, pdfium.FPDFText_GetCharIndexFromTextIndex(text_page, unit), box)
    return box


def _usual_gap(lines: list[_Line]) -> float:
    """The median distance from one line to the next below it, in line heights."""
    gaps = [
        (upper.bottom - lower.bottom) / lower.first_height
        for upper, lower in itertools.pairwise(lines)
        if lower.first_height > 0 and 0.5 < (upper.bottom - lower.bottom) / lower.first_height < 4
    ]
    return statistics.median(gaps) if gaps else 1.2


def _parts_paragraphs(previous: _Line, line: _Line, usual: float) -> bool:
    height = max(previous.last_height, line.first_height)
    if height <= 0:
        return False
    ends = previous.text[-1] in _SENTENCE_END
    gap = (previous.bottom - line.bottom) / height
    if gap < -0.5:  # the top of the next column, or a box set elsewhere
        return ends or not line.text[0].islower()
    if gap < 0.5:  # the same row: a cell, a superscript
        return False
    if gap > usual * _LOOSE:
        return True
    if abs(previous.last_height - line.first_height) > _OTHER_SIZE * height:
        return True
    indent = line.left - previous.left
    return bool(_BULLET.match(line.text)) or (ends and 0.5 * height < indent < 6 * height)
