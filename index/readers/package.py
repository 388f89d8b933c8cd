"""ZIP containers and the XML in them, as office files and e-books use both, opened so that neither can do harm.

Knows the limits: how much a member may expand, that nothing is ever written out (so a name that climbs out of the
folder climbs nowhere), and that XML declares no entities. Knows no format; its errors name the one that asked.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias
from urllib.parse import unquote
from xml.parsers import expat

from lxml import etree
from lxml.etree import _Element

from index.errors import ReadError

Element: TypeAlias = _Element
MEBI = 1024 * 1024
_LARGEST_MEMBER = 128 * MEBI
_LARGEST_TOTAL = 256 * MEBI
# Deflate reaches 1000 to 1 on nothing but blanks; real documents stay well below 100 to 1.
_SUSPICIOUS_SIZE = 8 * MEBI
_SUSPICIOUS_RATIO = 200
_MOST_MEMBERS = 20_000
_ENTITIES = "declares a DTD or entities, which no such file needs"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")


class Package:
    """A ZIP container in memory. `kind` is the format's name in messages."""

    def __init__(self, data: bytes, kind: str) -> None:
        self.kind = kind
        if data.startswith(_OLE):
            if _ENCRYPTED_STREAM in data:
                raise ReadError("encrypted: needs a password; save a copy without one")
            raise ReadError(f"not {kind}: an old Microsoft Office file; save it in today's format")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, OSError) as error:
            what = "damaged or cut short" if data.startswith(b"PK") else f"not {kind}"
            raise ReadError(f"{what}: no ZIP container that can be opened") from error
        self._members = {member.filename: member for member in self._zip.infolist()}
        if len(self._members) > _MOST_MEMBERS:
            raise ReadError(f"refused: a container of more than {_MOST_MEMBERS:,} files")
        self._remaining = _LARGEST_TOTAL

    def __contains__(self, name: str) -> bool:
        return name in self._members

    @property
    def names(self) -> list[str]:
        return list(self._members)

    def refuse_bombs(self) -> None:
        """Checks all members at once, for libraries that open the container themselves."""
        for member in self._members.values():
            self._check(member)

    def refuse_broken_xml(self, *names: str) -> None:
        """Checks members as `parse_xml` would, without their trees, for libraries that go on for ever in such a one.

        Raises ReadError. Sizes are for `refuse_bombs` to check, which comes first.
        """

        def refuse(*_: object) -> None:
            raise ReadError(f"refused: {name} in it {_ENTITIES}")

        for name in names:
            parser = expat.ParserCreate()
            parser.StartDoctypeDeclHandler = refuse
            try:
                with _unpacking(name), self._zip.open(name) as file:
                    parser.ParseFile(file)
            except expat.ExpatError as error:
                raise ReadError(f"damaged: {name} in it is not well-formed XML") from error

    def read(self, name: str) -> bytes:
        """The bytes of one member. Raises ReadError where it is missing, damaged, encrypted or expands too far."""
        member = self._members.get(name)
        if member is None:
            raise ReadError(f"damaged, or not {self.kind}: {name} is missing in it")
        self._check(member)
        with _unpacking(name):
            content = self._zip.read(member)
        return content

    def xml(self, name: str, *, doctype: bool = False) -> Element:
        """The root of one XML member. A DTD is refused unless `doctype`, and then one that declares entities is."""
        return parse_xml(self.read(name), name, doctype=doctype)

    def _check(self, member: zipfile.ZipInfo) -> None:
        size = member.file_size
        ratio = size / max(1, member.compress_size)
        self._remaining -= size
        if size > _LARGEST_MEMBER or self._remaining < 0 or (size > _SUSPICIOUS_SIZE and ratio > _SUSPICIOUS_RATIO):
            raise ReadError("refused: it expands to far more than its size, as a ZIP bomb does")


@contextmanager
def _unpacking(name: str) -> Iterator[None]:
    """What can be wrong with a member shows when it is unpacked; here it becomes a ReadError."""
    try:
        yield
    except RuntimeError as error:  # zipfile's way to say that it needs a password
        raise ReadError("encrypted: needs a password; save a copy without one") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise ReadError(f"damaged: {name} in it cannot be unpacked") from error


def parse_xml(data: bytes, name: str, *, doctype: bool = False) -> Element:
    """The root of an XML document, nothing expanded, nothing fetched."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        if "entity" in str(error).lower():
            raise ReadError(f"refused: {name} in it {_ENTITIES}") from error
        raise ReadError(f"damaged: {name} in it is not well-formed XML") from error
    tree = root.getroottree()
    if tree.docinfo.doctype:
        internal = tree.docinfo.internalDTD
        if not doctype or (internal is not None and next(internal.iterentities(), None) is not None):
            raise ReadError(f"refused: {name} in it {_ENTITIES}")
    return root


def local_name(element: Element) -> str:
    """The name of an element without its namespace, so that strict and transitional files read alike."""
    return str(element.tag).rpartition("}")[2]


def attribute(element: Element, name: str) -> str | None:
    """The attribute of this local name, whatever its namespace."""
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(value)
    return None


def descendants(element: Element, name: str) -> list[Element]:
    """All elements of this local name below `element`, in document order."""
    return [found for found in element.iter("{*}" + name) if found is not element]


def text_of(root: Element, name: str) -> str | None:
    """The text of the first element of this local name; None where there is none, or it is blank."""
    for found in root.iter("{*}" + name):
        text = "".join(found.itertext()).strip()
        if text:
            return text
    return None


def relations(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """The relations of an OOXML part: id -> (last word of the type, name of the member it points to)."""
    folder, base = posixpath.split(part)
    name = posixpath.join(folder, "_rels", f"{base}.rels")
    if name not in package:
        return {}
    found: dict[str, tuple[str, str]] = {}
    for relation in package.xml(name):
        identifier, target = relation.get("Id"), relation.get("Target")
        if identifier and target and relation.get("TargetMode") != "External":
            kind = (relation.get("Type") or "").rpartition("/")[2]
            found[identifier] = (kind, resolve(part, target))
    return found


def resolve(part: str, target: str) -> str:
    """The member that `target` names when it is written in `part`."""
    path = unquote(target.partition("#")[0])
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(part), path)).lstrip("/")


def main_part(package: Package) -> str:
    """The member that holds the document itself in an OOXML file."""
    for kind, target in relations(package, "").values():
        if kind == "officeDocument":
            return target
    raise ReadError(f"not {package.kind}: a ZIP archive without such a document in it")


def core_properties(package: Package) -> tuple[str | None, str | None, str | None]:
    """Title, author and date of creation, as an OOXML file states them."""
    target = next((target for kind, target in relations(package, "").values() if kind == "core-properties"), "")
    try:
        root = package.xml(target)
    except ReadError:
        return None, None, None  # missing or damaged: the text is whole without it
    created = text_of(root, "created")
    return text_of(root, "title"), text_of(root, "creator"), created[:10] if created else None
