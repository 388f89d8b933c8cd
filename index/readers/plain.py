"""Plain text and source code: the text as it stands.

Knows only that people open a text with its title on a line of its own. Takes no other structure from the text.
"""

from __future__ import annotations

from index.readers.text import clean, decode
from index.records import Extract

_TITLE_LENGTH = 100


def read(data: bytes) -> Extract:
    """Text in any encoding; its title where the first line looks like one."""
    text = clean(decode(data))
    return Extract(text=text, title=_title(text))


def read_code(data: bytes) -> Extract:
    """Source code: its first line is code, never a title."""
    return Extract(text=clean(decode(data)))


def _title(text: str) -> str | None:
    """The first line, where it is short, does not end like a sentence, and a blank line follows."""
    start = len(text) - len(text.lstrip())
    lines = text[start : start + 4 * _TITLE_LENGTH].split("\n", 2)
    if len(lines) < 3 or lines[1].strip():
        return None
    line = " ".join(lines[0].split())
    if not line or len(line) > _TITLE_LENGTH or line[-1] in ".:;,!?。…" or not any(c.isalpha() for c in line):
        return None
    return line
