"""Archives: every document in them under its own name, and no way for an archive to do harm."""

from __future__ import annotations

import io
import tarfile
from pathlib import PurePosixPath

import pytest

from index.errors import ReadError
from index.readers import archive, format_of
from tests.index.readers import making

MEMBERS: dict[str, str | bytes] = {
    "notes/a.md": "# One\n\nFirst.\n\n# Two\n\nSecond.",
    "b.txt": "Third.",
    "c.pdf": making.pdf([["Fourth."]]),
    "broken.pdf": b"%PDF-1.4",
    "empty.txt": "",
    "picture.png": b"\x89PNG",
    ".hidden.txt": "hidden",
    "inner.zip": making.zipped({"d.txt": "inner"}),
    "../climbs.txt": "Fifth.",
}


def tarred(members: dict[str, str | bytes], mode: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as made:  # type: ignore[call-overload]
        for name, content in members.items():
            data = content.encode() if isinstance(content, str) else content
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            made.addfile(entry, io.BytesIO(data))
        link = tarfile.TarInfo("link.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        made.addfile(link)
    return buffer.getvalue()


@pytest.mark.parametrize("mode", ["zip", "w", "w:gz", "w:bz2", "w:xz"])
def test_documents_are_read_and_the_rest_is_named_or_left(mode: str) -> None:
    data = making.zipped(MEMBERS) if mode == "zip" else tarred(MEMBERS, mode)
    extract = (archive.read_zip if mode == "zip" else archive.read_tar)(data)
    stretches = {section.title: extract.text[section.start : section.end].strip() for section in extract.sections}
    assert stretches == {
        "notes/a.md: One": "# One\n\nFirst.",
        "notes/a.md: Two": "# Two\n\nSecond.",
        "b.txt": "Third.",
        "c.pdf": "Fourth.",
        "../climbs.txt": "Fifth.",
    }
    assert extract.notes == (
        "not read: broken.pdf (damaged or cut short: not a whole PDF), empty.txt (the file is empty)",
    )


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (making.zipped({"a.png": b"\x89PNG"}), "no documents in it"),
        (making.zipped({"a.txt": ""}), "the file is empty"),
        (making.zipped({"a.txt": bytes(20_000_000)}), "ZIP bomb"),
        (making.zipped({f"{n}.txt": "x" for n in range(2_001)}), "more than 2,000 documents"),
        (b"PK\x03\x04", "damaged or cut short"),
    ],
    ids=["nothing", "empty", "bomb", "crowd", "cut short"],
)
def test_refused_with_a_reason(data: bytes, reason: str) -> None:
    with pytest.raises(ReadError, match=reason):
        archive.read_zip(data)


def test_a_tar_that_expands_without_measure_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_LARGEST_TOTAL", 1_000)
    with pytest.raises(ReadError, match="expands"):
        archive.read_tar(tarred({"a.bin": bytes(2_000)}, "w:gz"))


def test_what_is_no_tar_is_refused() -> None:
    with pytest.raises(ReadError, match="damaged"):
        archive.read_tar(b"text")


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
@pytest.mark.parametrize("share", [0.05, 0.2, 0.37, 0.5, 0.63])
def test_a_tar_cut_short_is_refused(mode: str, share: float) -> None:
    texts: dict[str, str | bytes] = {f"{name}.txt": str(name) * 3_000 for name in range(3)}
    whole = tarred(texts, mode)
    last = tarfile.BLOCKSIZE * 20 if mode == "w" else len(whole)  # padding follows
    with pytest.raises(ReadError, match="damaged"):
        archive.read_tar(whole[: int(last * share)])


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.tar.gz", "tar"), ("A.TGZ", "tar"), ("a.b.zip", "zip"), ("a.gz", None), ("x.tar.txt", "txt"), (".env", None)],
)
def test_formats_of_double_suffixes(name: str, expected: str | None) -> None:
    assert format_of(PurePosixPath(name)) == expected
