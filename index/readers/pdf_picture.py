"""A page of a PDF as an image, and where words of its text stand on it.

Words are found by their letters and digits alone, since the stored text has other white space and no hyphens at line
ends. Runs in the parsing process, with its limits.
"""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Iterator

import pypdfium2

from index.errors import ReadError

_WIDTH = 1_400  # pixels: sharp at twice the width of the panel
_LARGEST_SIDE = 4_000
_PADDING = 1.5  # points around letters
# Words that go on over the page: how many letters of them must stand on it, and how many may stand below (its number).
_LEAST_BEGUN, _LONGEST_FOOT = 12, 60


def picture(data: bytes, sha256: str, page: int, words: list[str], place: float) -> dict[str, object]:
    """Form of `index.records.Picture`, the image in base64; `page` counts from 1. Raises ReadError."""
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ReadError("the file has changed since it was added")
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise ReadError("damaged: it cannot be opened") from error
    try:
        if not 1 <= page <= len(document):
            raise ReadError(f"it has no page {page}")
        shown = document[page - 1]
        width, height = shown.get_size()
        scale = min(_WIDTH / width, _LARGEST_SIDE / max(width, height))
        image = shown.render(scale=scale).to_pil()
        boxes = [box for quote in words for box in _boxes(shown, quote, place, width, height)]
        pages = len(document)
    finally:
        document.close()
    file = io.BytesIO()
    image.convert("RGB").quantize(64).save(file, "PNG")
    png = base64.b64encode(file.getvalue()).decode("ascii")
    return {"png": png, "width": image.width, "height": image.height, "pages": pages, "boxes": boxes}


def _boxes(
    page: pypdfium2.PdfPage, quote: str, place: float, width: float, height: float
) -> Iterator[tuple[float, float, float, float]]:
    """One rectangle a line, in parts of the page; none where the words do not stand on it as upright text."""
    if page.get_rotation():
        return
    text = page.get_textpage()
    letters: list[str] = []
    places: list[int] = []
    for index in range(text.count_chars()):
        for letter in _letters(text.get_text_range(index, 1)):
            letters.append(letter)
            places.append(index)
    start, letters_here = _found("".join(letters), "".join(_letters(quote)), place)
    left0, _, _, top0 = page.get_bbox()
    line: tuple[float, float, float, float] | None = None
    for index in dict.fromkeys(places[start : start + letters_here]):
        left, bottom, right, top = text.get_charbox(index, loose=True)
        if line is not None and min(top, line[3]) - max(bottom, line[1]) > 0.4 * (top - bottom) and left >= line[0]:
            line = (line[0], min(bottom, line[1]), max(right, line[2]), max(top, line[3]))
            continue
        if line is not None:
            yield _parts(line, left0, top0, width, height)
        line = (left, bottom, right, top)
    if line is not None:
        yield _parts(line, left0, top0, width, height)


def _parts(
    line: tuple[float, float, float, float], left0: float, top0: float, width: float, height: float
) -> tuple[float, float, float, float]:
    left, bottom, right, top = line
    sides = (
        (left - left0 - _PADDING) / width,
        (top0 - top - _PADDING) / height,
        (right - left0 + _PADDING) / width,
        (top0 - bottom + _PADDING) / height,
    )
    clipped = [round(min(max(side, 0.0), 1.0), 4) for side in sides]
    return clipped[0], clipped[1], clipped[2], clipped[3]


def _found(page: str, sought: str, place: float) -> tuple[int, int]:
    """Where what is sought begins on the page, nearest to `place`, and how many letters of it stand there.

    Fewer than all where it goes on over the page; none where it does not stand there.
    """
    starts = list(_starts(page, sought)) if sought else []
    if starts:
        return min(starts, key=lambda one: abs(one / len(page) - place)), len(sought)
    for begun in range(len(sought) - 1, _LEAST_BEGUN - 1, -1):
        start = page.rfind(sought[:begun])
        if start >= 0:
            return (start, begun) if len(page) - start - begun <= _LONGEST_FOOT else (0, 0)
    return 0, 0


def _starts(page: str, sought: str) -> Iterator[int]:
    at = page.find(sought)
    while at >= 0:
        yield at
        at = page.find(sought, at + 1)


def _letters(text: str) -> str:
    """What two forms of one text have in common."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())
