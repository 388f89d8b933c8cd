"""Files to text: one table from suffix to format, and from format to the module that reads it.

Knows which files are worth opening and where their reader lies; the readers know the formats. A reader is a function
from the file's bytes to an `Extract`; it never sees a path, so a file's name cannot mislead or harm it.
"""

from __future__ import annotations

from pathlib import Path

from index.errors import ReadError
from index.readers import markdown, plain
from index.records import Extract

FORMATS: dict[str, str] = {
    ".txt": "txt",
    ".text": "txt",
    ".log": "txt",
    ".md": "md",
    ".markdown": "md",
}


def format_of(path: Path) -> str | None:
    """The name of the format that a file's suffix stands for ("pdf", "md"), or None where no reader fits."""
    return FORMATS.get(path.suffix.lower())


def read_document(path: Path) -> Extract:
    """The text of one file with its pages, sections and what it states of title, author and date.

    Raises ReadError, whose message is the reason without the path.
    """
    name = format_of(path)
    if name is None:
        raise ReadError(f"unsupported file type {path.suffix!r}")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ReadError(f"cannot be opened: {error.strerror}") from error
    if not data:
        raise ReadError("the file is empty")
    extract = markdown.read(data) if name == "md" else plain.read(data)
    if not extract.text.strip():
        raise ReadError("no text found")
    return extract
