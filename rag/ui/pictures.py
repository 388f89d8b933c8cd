"""Pages of cited PDFs as images: drawn on demand in the parsing process, served only for references that were shown.

Keeps the last few. A file that is gone, or is not the one that was read, has no picture; its text is still there.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from index.errors import ReadError
from index.readers import draw_page, format_of
from index.records import Document, Picture
from rag.errors import FAULTS
from rag.opening import Opening
from rag.turns import Source

KEPT = 12

Sources = Callable[[str], Source | None]  # what a reference points at, among all that the page has shown
Draw = Callable[[Path, str, int, Sequence[str], float], Picture]


class Pictures:
    """Usable from several threads."""

    def __init__(self, opening: Opening, sources: Sources, draw: Draw = draw_page) -> None:
        self._opening = opening
        self._sources = sources
        self._draw = draw
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, int, tuple[str, ...]], Picture] = OrderedDict()

    def of(self, source: Source, document: Document) -> Picture | None:
        """The page that a source stands on with its words boxed; None where there is none to be had."""
        if source.page is None or format_of(Path(document.path)) != "pdf":
            return None
        page = next((page for page in document.pages if page.number == source.page), None)
        if page is None:
            return None
        length = max(1, page.end - page.start)
        quotes = [
            document.text[max(start, page.start) : min(end, page.end)]
            for start, end in source.spans
            if start < page.end and end > page.start
        ]
        return self._drawn(document, page.number, quotes, (source.spans[0][0] - page.start) / length)

    def serve(self, request: Request) -> Response:
        """`/page/REFERENCE/3.png`: a page of the document that a link of an answer points at."""
        try:
            source = self._sources(request.path_params["reference"])
            if source is None:
                return PlainTextResponse("There is nothing here.", 404)
            document = self._opening.assistant().library.document(source.document_id)
        except FAULTS as error:
            return PlainTextResponse(str(error), 404)
        number = request.path_params["number"]
        picture = self.of(source, document) if number == source.page else self._drawn(document, number, (), 0.0)
        if picture is None:
            return PlainTextResponse("This page cannot be shown.", 404)
        return Response(picture.png, media_type="image/png", headers={"cache-control": "private, no-store"})

    def _drawn(self, document: Document, number: int, quotes: Sequence[str], place: float) -> Picture | None:
        if format_of(Path(document.path)) != "pdf":
            return None
        key = (document.id, number, tuple(quotes))
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        try:
            picture = self._draw(Path(document.path), document.id, number, quotes, place)
        except ReadError:
            return None
        with self._lock:
            self._kept[key] = picture
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return picture
