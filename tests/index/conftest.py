"""A home, a folder of documents and a library over them, all on disk and without a model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.library import Library
from index.settings import IndexSettings
from tests.fakes import HashingEncoder

DOCUMENTS = {
    "closing.md": "# Closing\n\nRussia closed the mission.\n\n## Reason\n\nThe alliance had halved the staff to ten.",
    "opening.txt": "Opening\n\nThe mission opened in Moscow in 2002. A blue ribbon was cut by two officers.",
    "deep/council.txt": "The council met in Reykjavik. Ministers spoke of trust.",
}


def write(folder: Path, documents: dict[str, str]) -> Path:
    for name, text in documents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three small documents."""
    return write(tmp_path / "documents", DOCUMENTS)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where the library will lie; not there yet."""
    return tmp_path / "home"


OpenLibrary = Callable[..., Library]


@pytest.fixture
def open_library(home: Path) -> Iterator[OpenLibrary]:
    """Opens libraries on the home, as processes one after the other or side by side would."""
    opened: list[Library] = []

    def open_one(encoder: HashingEncoder | None = None, **settings: object) -> Library:
        library = Library(IndexSettings(home, **settings), encoder or HashingEncoder())  # type: ignore[arg-type]
        opened.append(library)
        return library

    yield open_one
    for library in opened:
        library.close()


@pytest.fixture
def library(open_library: OpenLibrary) -> Library:
    return open_library()
