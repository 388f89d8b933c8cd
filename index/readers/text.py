"""Bytes to text: which encoding a file is written in, and the few characters that never enter a stored text.

Every reader passes what it extracts through `clean` before any offset is counted, so that a span counted once stays
true. Knows nothing of formats; guesses an encoding only where neither a mark nor strict decoding settles it.
"""

from __future__ import annotations

import codecs
import locale
import re

from index.errors import ReadError
from index.readers.legacy import legacy_encoding

# Longer marks first: the one of UTF-32-LE begins with that of UTF-16-LE.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 65536
# A wrong 8-bit reading hits a valid UTF-8 sequence only by chance, so a few bad bytes among many good ones are damage.
_DAMAGE_SHARE = 0.1
# Control characters carry no meaning in prose and break terminals, full-text search (NUL) and JSON (lone surrogates).
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85]")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")


def clean(text: str) -> str:
    """Line ends become `\\n`, control characters a space each, lone surrogates U+FFFD; a leading mark goes."""
    text = _LINE_ENDS.sub("\n", text.removeprefix("\ufeff"))
    return _SURROGATES.sub("\ufffd", _CONTROLS.sub(" ", text))


def decode(data: bytes, hint: str | None = None) -> str:
    """The text of `data`, not yet cleaned: mark, UTF-16/32 by its NULs, strict UTF-8, `hint`, then detection.

    `hint` is an encoding that the format itself names (a `<meta charset>`, a mail header). Raises ReadError where the
    bytes are no text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    wide = _wide_encoding(data)
    if wide:
        return data.decode(wide, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    _refuse_binary(data)
    if hint:
        try:
            return data.decode(hint)
        except (LookupError, ValueError):  # "undefined" is a codec of Python's, and fails by itself
            pass  # the file is not in the encoding that it claims
    damaged = data.decode("utf-8", errors="replace")
    if _is_damaged_utf8(damaged):
        return damaged
    return _detect(data)


def _wide_encoding(data: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark, told by where the NUL bytes of its ASCII characters stand; else None."""
    sample = data[:_SAMPLE]
    if len(sample) < 4 or b"\0" not in sample:
        return None
    lanes = [sample[offset::4].count(0) / max(1, len(sample[offset::4])) for offset in range(4)]
    if len(data) % 4 == 0 and max(lanes) > 0.95:
        # No code point reaches beyond 0x10FFFF, so the highest byte is always NUL and the next one nearly so.
        if min(lanes[2:]) > 0.95:
            return "utf-32-le"
        if min(lanes[:2]) > 0.95:
            return "utf-32-be"
    even, odd = (lanes[0] + lanes[2]) / 2, (lanes[1] + lanes[3]) / 2
    # Blanks and digits are ASCII in every script, so even Cyrillic UTF-16 has some NULs, all in one lane.
    for encoding, high, low in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if high > 0.08 and low < high / 20:
            text = sample[: len(sample) // 2 * 2].decode(encoding, errors="replace")
            if sum(c.isprintable() or c.isspace() for c in text) > 0.98 * len(text):
                return encoding
    return None


def _refuse_binary(data: bytes) -> None:
    sample = data[:_SAMPLE]
    controls = sum(sample.count(byte) for byte in range(32) if byte not in b"\t\n\v\f\r\x1b")
    if controls > len(sample) * 0.02:
        raise ReadError("not a text file: it holds binary data")


def _is_damaged_utf8(text: str) -> bool:
    bad = text.count("\ufffd")
    good = sum(character > "\x7f" for character in text) - bad
    return good > 0 and bad <= good * _DAMAGE_SHARE


def _detect(data: bytes) -> str:
    encoding = legacy_encoding(data)
    if encoding is None:
        from charset_normalizer import from_bytes

        telling = b"\n".join(line for line in data[: 4 * _SAMPLE].splitlines() if not line.isascii())
        best = from_bytes(telling).best()
        encoding = best.encoding if best else locale.getpreferredencoding(False)
    return data.decode(encoding, errors="replace")
