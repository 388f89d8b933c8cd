"""What a file's first bytes say it is, where that contradicts its name.

Knows the marks of common formats, so that a refusal can say what the file is instead of what it is not. Decides
nothing about files whose first bytes say nothing.
"""

from __future__ import annotations

from index.errors import ReadError

_MARKS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "PDF"),
    (b"\x89PNG\r\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"BM", "a bitmap"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old or encrypted Microsoft Office file"),
    (b"{\\rtf", "RTF"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a Windows program"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"ID3", "MP3"),
    (b"OggS", "Ogg audio"),
    (b"RIFF", "audio or video"),
    (b"\0\0\0\x18ftyp", "MP4"),
    (b"\0\0\0\x20ftyp", "MP4"),
)
# A text may begin with these letters. What they mark holds a NUL soon after, which text does not.
_LETTERS = frozenset({b"GIF8", b"BM", b"Rar!", b"MZ", b"ID3", b"OggS", b"RIFF"})
_HTML = (b"<!doctype html", b"<html", b"<head", b"<body")
_ZIPPED = frozenset({"docx", "odt", "odp", "epub", "pptx", "xlsx", "ods"})
_TEXT = frozenset({"txt", "md", "code", "html", "csv", "jsonl", "eml", "mbox"})
_ARTICLES = {
    "pdf": "a PDF",
    "html": "an HTML page",
    "rtf": "an RTF file",
    "txt": "a text file",
    "md": "a Markdown file",
}


def kind_of(data: bytes) -> str | None:
    """What the first bytes are the mark of, or None where they are the mark of nothing known."""
    for mark, kind in _MARKS:
        if data.startswith(mark) and (mark not in _LETTERS or b"\0" in data[:64]):
            return kind
    start = data[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return "HTML" if start.startswith(_HTML) else None


def refuse_impostor(data: bytes, format_name: str) -> None:
    """Raises ReadError where the bytes are plainly of another format than the name says."""
    if not data.strip(b"\0"):
        raise ReadError("the file holds nothing but zero bytes")
    kind = kind_of(data)
    if kind is None:
        return
    if format_name == "pdf":
        # Readers accept some bytes before the header, so only a mark of something else at the very start counts.
        fits = kind == "PDF" or b"%PDF-" in data[:1024]
    elif format_name in _ZIPPED:
        fits = "ZIP" in kind or "Office" in kind  # its reader tells the encrypted from the old
    elif format_name == "rtf":
        fits = kind == "RTF"
    elif format_name in _TEXT:
        fits = kind == "HTML"
    else:
        fits = True
    if not fits:
        raise ReadError(f"not {_ARTICLES.get(format_name, format_name.upper())}: the file begins like {kind}")
