"""Rich text (RTF): the text without its formatting, and the title, author and date that the file states.

Leaves the control words to striprtf. Knows only the information group and the file's own character set.
"""

from __future__ import annotations

import re

from striprtf.striprtf import rtf_to_text

from index.errors import ReadError
from index.readers.assemble import Assembler
from index.records import Extract

_CODE_PAGE = re.compile(rb"\\ansicpg(\d{3,5})")
_FIELD = re.compile(r"\{\\(title|author)\s((?:[^{}\\]|\\[^a-z*]|\\u-?\d+ ?\??|\\'[0-9a-f]{2}){0,500})\}")
_CREATED = re.compile(r"\{\\creatim\\yr(\d{4})\\mo(\d{1,2})\\dy(\d{1,2})")


def read(data: bytes) -> Extract:
    """The text of an RTF file."""
    if not data.startswith(b"{\\rtf"):
        raise ReadError("not an RTF file")
    page = _CODE_PAGE.search(data[:4096])
    encoding = f"cp{page[1].decode()}" if page else "cp1252"
    try:
        source = data.decode(encoding, errors="replace")
    except LookupError:
        encoding, source = "cp1252", data.decode("cp1252", errors="replace")
    assembler = Assembler()
    for paragraph in _text(source, encoding).split("\n"):
        assembler.add(paragraph)
    fields = {match[1]: _text(f"{{\\rtf1 {match[2]}}}", encoding) for match in _FIELD.finditer(source[:20_000])}
    created = _CREATED.search(source[:20_000])
    date = f"{created[1]}-{int(created[2]):02}-{int(created[3]):02}" if created else None
    return assembler.extract(title=fields.get("title"), author=fields.get("author"), date=date)


def _text(source: str, encoding: str) -> str:
    return str(rtf_to_text(source, encoding=encoding, errors="replace"))
