"""Pictures of cited pages: boxes around the very words, only of what was shown, only of the file that was read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pypdfium2
import pytest

from index.errors import ReadError
from index.readers import draw_page, pdf
from index.records import Document
from rag.conversations import Conversations
from rag.opening import Opening
from rag.queueing import Queue
from rag.turns import Source
from rag.ui.pictures import Pictures
from rag.ui.session import Sessions
from tests.index.readers import making
from tests.rag.ui.fake_assistant import FakeAssistant, FakeLibrary, document_of_pdf
from tests.rag.ui.serving import serving

LINES = [
    [
        "The ferry is called Ondine and it was built in the yard of",
        "Kiel. It leaves at noon from the north quay every day.",
    ],
    [
        "Tickets for the ferry are sold on board. It leaves at noon.",
        "Children ride free until they are six years old, says the law.",
    ],
]


@pytest.fixture
def ferry(tmp_path: Path) -> Path:
    path = tmp_path / "ferry.pdf"
    path.write_bytes(making.pdf(LINES))
    return path


@pytest.fixture
def document(ferry: Path) -> Document:
    return document_of_pdf(ferry)


def words_in(path: Path, page: int, box: tuple[float, float, float, float]) -> str:
    """What PDFium reads inside a box, which is in parts of the page; its rim touches the lines above and below."""
    shown = pypdfium2.PdfDocument(path.read_bytes())[page - 1]
    width, height = shown.get_size()
    left, top, right, bottom = box
    inside = {
        "left": left * width + 2,
        "right": right * width - 2,
        "top": (1 - top) * height - 4,
        "bottom": (1 - bottom) * height + 4,
    }
    return str(shown.get_textpage().get_text_bounded(**inside)).strip()


@pytest.mark.parametrize(
    ("page", "words", "boxed"),
    [
        pytest.param(1, "It leaves at noon from", ["It leaves at noon from"], id="within a line"),
        pytest.param(1, "in the yard of\nKiel.", ["in the yard of", "Kiel"], id="over two lines"),
        pytest.param(1, "IN THE  yard-of", ["in the yard of"], id="other white space and hyphens"),
        pytest.param(
            1,
            "It leaves at noon from the north quay every day. Tickets",
            ["It leaves at noon from the north quay every day"],
            id="goes on over the page",
        ),
        pytest.param(1, "The ferry is called Ondine, they say", [], id="begins like something else"),
        pytest.param(2, "Nowhere on it", [], id="not there"),
        pytest.param(2, "?!", [], id="no letters"),
    ],
)
def test_boxes_stand_around_the_words(document: Document, ferry: Path, page: int, words: str, boxed: list[str]) -> None:
    picture = draw_page(ferry, document.id, page, [words])
    found = [words_in(ferry, page, (box.left, box.top, box.right, box.bottom)) for box in picture.boxes]
    assert [text.rstrip(".").lower() for text in found] == [text.lower() for text in boxed]
    assert picture.png.startswith(b"\x89PNG")
    assert picture.pages == 2
    assert min(picture.width, picture.height) > 1_000


def test_where_words_recur_the_nearest_place_is_boxed(tmp_path: Path) -> None:
    path = tmp_path / "twice.pdf"
    path.write_bytes(making.pdf([["It leaves at noon.", *["Words between."] * 20, "It leaves at noon."]]))
    identity = document_of_pdf(path).id
    first, last = (draw_page(path, identity, 1, ["It leaves at noon."], place).boxes[0] for place in (0.0, 1.0))
    assert last.top - first.top > 0.3


@pytest.mark.parametrize("page", [0, 3, 10**9])
def test_a_page_that_is_not_there_is_refused(document: Document, ferry: Path, page: int) -> None:
    with pytest.raises(ReadError, match="no page"):
        draw_page(ferry, document.id, page)


def test_a_file_that_changed_gone_or_broke_has_no_picture(document: Document, ferry: Path) -> None:
    ferry.write_bytes(making.pdf([["Another text."]]))
    with pytest.raises(ReadError, match="changed since"):
        draw_page(ferry, document.id, 1)
    ferry.unlink()
    with pytest.raises(ReadError, match="does not exist"):
        draw_page(ferry, document.id, 1)


def source_in(document: Document, words: str) -> Source:
    start = document.text.index(words)
    span = (start, start + len(words))
    page = next(page.number for page in document.pages if page.start <= start < page.end)
    return Source(document.id, document.path, document.title, page, (span,), (words,), words, start)


def test_a_page_is_drawn_once_and_only_for_pdfs(document: Document, tmp_path: Path) -> None:
    drawn: list[int] = []

    def draw(path: Path, sha256: str, page: int, words: object, place: float):  # type: ignore[no-untyped-def]  # noqa: ANN202
        drawn.append(page)
        return draw_page(path, sha256, page, list(words), place)  # type: ignore[call-overload]

    opening = Opening(FakeAssistant)
    queue = Queue(opening.ask)
    sessions = Sessions(queue, Conversations(tmp_path / "c.sqlite3"))
    pictures = Pictures(opening, sessions.source, draw)
    for _ in range(2):
        picture = pictures.of(source_in(document, "Children ride free"), document)
        assert picture is not None
        assert len(picture.boxes) == 1
    assert drawn == [2]
    note = next(iter(FakeLibrary.of_seeds().held.values()))
    assert pictures.of(Source(note.id, note.path, note.title, None, ((0, 5),), ("",), "", 0), note) is None
    queue.close()


@pytest.fixture
def client(document: Document) -> Iterator[httpx.Client]:
    with serving(lambda: FakeAssistant(FakeLibrary([document]))) as address, httpx.Client(base_url=address) as client:
        yield client


@pytest.mark.parametrize(
    "path",
    [
        "/page/cite-000000000000000000000000-p0/1.png",
        "/page/..%2f..%2fetc%2fpasswd/1.png",
        "/page/cite-x-p0/../../1.png",
        "/page/cite-0-p0/-1.png",
    ],
)
def test_only_pages_of_answers_are_served(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_text_of_the_fixture_is_what_a_library_would_hold(document: Document, ferry: Path) -> None:
    assert document.text == pdf.read(ferry.read_bytes()).text
    assert [page.number for page in document.pages] == [1, 2]
