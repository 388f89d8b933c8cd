"""Archives (ZIP, TAR): the documents in them, one after another, each under its own name as a section.

Knows how much an archive may hold. What cannot be read in it is named in a note and costs only itself; archives within
archives are not opened. Nothing is ever unpacked to disk, so a name that climbs out of the folder climbs nowhere.
"""

from __future__ import annotations

import io
import tarfile
import zlib
from collections.abc import Iterator
from itertools import pairwise
from lzma import LZMAError
from pathlib import PurePosixPath

from index.errors import ReadError
from index.readers.assemble import Assembler
from index.readers.formats import format_of
from index.readers.package import Package
from index.readers.parsing import parse
from index.records import Extract

_LARGEST_TOTAL = 256 * 1024 * 1024  # bytes, unpacked, what is not read included: a TAR has to be unpacked to look
_MOST_DOCUMENTS = 2_000
_ARCHIVES = frozenset({"zip", "tar"})
_LONGEST_LIST = 5  # notes are read by people


def read_zip(data: bytes) -> Extract:
    """All documents of a ZIP archive."""
    package = Package(data, "a ZIP archive")
    return _read((name, package.read(name)) for name in package.names if _wanted(name))


def read_tar(data: bytes) -> Extract:
    """All documents of a TAR archive, compressed or not."""
    return _read(_tar_members(data))


def _read(members: Iterator[tuple[str, bytes]]) -> Extract:
    assembler = Assembler()
    refused: list[str] = []
    for count, (name, data) in enumerate(members, start=1):
        if count > _MOST_DOCUMENTS:
            raise ReadError(f"refused: an archive of more than {_MOST_DOCUMENTS:,} documents; unpack it first")
        try:
            _add(assembler, name, data)
        except ReadError as error:
            refused.append(f"{name} ({error})")
    if not assembler.extract().text:
        raise ReadError(f"no document in it can be read: {_listed(refused)}" if refused else "no documents in it")
    return assembler.extract(notes=(f"not read: {_listed(refused)}",) if refused else ())


def _add(assembler: Assembler, name: str, data: bytes) -> None:
    extract = parse(data, format_of(PurePosixPath(name)) or "")
    edges = sorted({0, len(extract.text), *(section.start for section in extract.sections)})
    titles = {section.start: section.title for section in extract.sections}
    for start, end in pairwise(edges):
        assembler.section(f"{name}: {titles[start]}" if start in titles else name)
        assembler.add(extract.text[start:end])


def _wanted(name: str) -> bool:
    """Whether a member is a document: not a folder, not hidden, of a format that has a reader."""
    path = PurePosixPath(name)
    if name.endswith("/") or any(part.startswith((".", "__MACOSX")) for part in path.parts if part != ".."):
        return False
    return format_of(path) not in _ARCHIVES | {None}


def _tar_members(data: bytes) -> Iterator[tuple[str, bytes]]:
    remaining = _LARGEST_TOTAL
    try:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            for member in archive:
                remaining -= member.size
                if remaining < 0:
                    raise ReadError("refused: it expands to far more than an archive of documents should")
                if member.isreg() and _wanted(member.name):
                    file = archive.extractfile(member)
                    yield member.name, file.read() if file else b""
            _ensure_whole(archive)
    except (tarfile.TarError, OSError, EOFError, zlib.error, LZMAError) as error:
        raise ReadError("damaged, or not a TAR archive") from error


def _ensure_whole(archive: tarfile.TarFile) -> None:
    """Raises EOFError where the archive ends within a member's header, which `tarfile` takes for its end."""
    assert archive.fileobj is not None  # as long as it is open
    archive.fileobj.seek(archive.offset)
    if len(archive.fileobj.read(tarfile.BLOCKSIZE)) % tarfile.BLOCKSIZE:
        raise EOFError


def _listed(names: list[str]) -> str:
    more = len(names) - _LONGEST_LIST
    return ", ".join(names[:_LONGEST_LIST]) + (f" and {more} more" if more > 0 else "")
