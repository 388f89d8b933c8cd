"""First bytes: marks of other formats are known, and letters that also begin a text are believed beside a NUL only."""

from __future__ import annotations

import pytest

from index.readers.sniff import kind_of


@pytest.mark.parametrize(
    ("text", "file", "kind"),
    [
        ("GIF8 is how the file begins.", b"GIF89a\x10\0\x10\0\xf0\0\0", "GIF"),
        ("BMW built it in 1936.", b"BMF\x06\0\0\0\0\0", "a bitmap"),
        ("Rar! said the lion.", b"Rar!\x1a\x07\0\xcf\x90", "a RAR archive"),
        ("MZ: the initials of Mark Zbikowski.", b"MZ\x90\0\x03\0\0\0", "a Windows program"),
        ("ID3 (Iterative Dichotomiser 3) is an algorithm.", b"ID3\x03\0\0\0\0\x0f\x76", "MP3"),
        ("OggS is a mark.", b"OggS\0\x02\0\0", "Ogg audio"),
        ("RIFF raff: the council dismissed the charge.", b"RIFF\x24\x08\0\0WAVEfmt ", "audio or video"),
    ],
)
def test_letters_that_begin_a_text_are_a_mark_beside_a_nul_only(text: str, file: bytes, kind: str) -> None:
    assert kind_of(text.encode()) is None
    assert kind_of(file) == kind


@pytest.mark.parametrize(
    ("data", "kind"), [(b"%PDF-1.7\n", "PDF"), (b"{\\rtf1\\ansi", "RTF"), (b"PK\x03\x04a", "a ZIP archive")]
)
def test_marks_that_no_text_begins_with_are_enough(data: bytes, kind: str) -> None:
    assert kind_of(data) == kind
