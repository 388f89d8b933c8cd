"""Bytes of one file to an `Extract`, with every way in which a parser can fail turned into a reason for people.

Knows no format and no process; the child process calls it for a file, the reader of archives for each member.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from index.errors import ReadError
from index.readers.formats import reader_of
from index.readers.sniff import refuse_impostor
from index.records import Extract

LONGEST_TEXT = 50_000_000  # characters


class Forbidden(PermissionError):
    """A parser tried to reach the network, to write, or to start a program; the message says which."""


def parse(data: bytes, format_name: str) -> Extract:
    """The text of a file of this format. Raises ReadError whatever its parser raises, and where there is no text."""
    if not data:
        raise ReadError("the file is empty")
    refuse_impostor(data, format_name)
    with explained(format_name):
        return checked(reader_of(format_name)(data))


@contextmanager
def explained(format_name: str) -> Iterator[None]:
    """Whatever a parser of this format raises becomes a ReadError that says it in words."""
    try:
        yield
    except ReadError:
        raise
    except MemoryError as error:
        raise ReadError("needs more memory to read than Footnote allows for a file of this size") from error
    except RecursionError as error:
        raise ReadError("nested too deeply to be read") from error
    except Forbidden as error:
        raise ReadError(f"refused: its content made the reader try to {error}") from error
    except Exception as error:
        name, words = type(error).__name__, " ".join(str(error).split())[:160]
        raise ReadError(f"damaged, or not quite {format_name.upper()}: {name}: {words}") from error


def checked(extract: Extract) -> Extract:
    """The extract itself; raises ReadError where its text is blank or longer than an index should hold."""
    if not extract.text.strip():
        raise ReadError("no text found")
    if len(extract.text) > LONGEST_TEXT:
        raise ReadError(f"holds more than {LONGEST_TEXT:,} characters of text: split it into smaller files")
    return extract
