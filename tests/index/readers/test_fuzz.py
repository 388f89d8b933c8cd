"""Every reader on damaged files of its format: each is read or refused with a reason, and none ends its process.

hypothesis draws the damage. What is drawn is the same on every run, so that a failure in CI is one here; with
FOOTNOTE_FUZZ=5000 so many other files are drawn for each format.
"""

# mypy: allow-untyped-decorators

from __future__ import annotations

import io
import os
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

pytest.importorskip("hypothesis")  # where packages are older than pyproject.toml

from hypothesis import HealthCheck, Phase, settings
from hypothesis import given as drawn
from hypothesis import strategies as st

from index.errors import ReadError
from index.readers.formats import FORMATS
from index.readers.text import clean
from index.readers.workers import Workers
from index.records import Extract
from tests.index.readers import making

MANY = int(os.environ.get("FOOTNOTE_FUZZ", "0"))
EXAMPLES = MANY or 300
PROSE = "The ferry leaves at nine. Its fare rose to 12 euros in 2019; “nobody” was told, wrote Żaneta.\n\n"
HTML = (
    f"<html><head><title>Ferry</title><meta charset='utf-8'></head><body><h1>Ferry</h1><p>{PROSE * 3}</p></body></html>"
)
MAIL = (
    "From: ana@example.org\nSubject: =?utf-8?q?Fares?=\nDate: Mon, 3 Feb 2025 10:00:00 +0100\nMIME-Version: 1.0\n"
    "Content-Type: multipart/mixed; boundary=xx\n\n--xx\nContent-Type: text/plain; charset=utf-8\n\n"
    f"{PROSE}--xx\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n\nPGI+Tm9uZTwvYj4=\n--xx--\n"
)


def tarred() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        member = tarfile.TarInfo("notes/a.txt")
        member.size = len(PROSE.encode())
        archive.addfile(member, io.BytesIO(PROSE.encode()))
    return buffer.getvalue()


WHOLE: dict[str, Callable[[], bytes]] = {
    "txt": lambda: (PROSE * 3).encode("cp1250"),
    "md": lambda: f"---\ntitle: Ferry\n---\n# Ferry\n\n{PROSE}\n| a | b |\n| - | - |\n| 1 | 2 |\n\n```\nco".encode(),
    "html": HTML.encode,
    "pdf": lambda: making.pdf([["It leaves.", "At nine."], ["The fare."]], bookmarks=[("Ferry", 0)], filled="Ana"),
    "docx": lambda: making.docx(f"<w:p><w:pPr><w:pStyle w:val='H1'/></w:pPr><w:r><w:t>{PROSE}</w:t></w:r></w:p>"),
    "odt": lambda: making.odt(f"<text:h>Ferry</text:h><text:p>{PROSE}</text:p>"),
    "odp": lambda: making.odt(f"<draw:page><text:p>{PROSE}</text:p></draw:page>"),
    "pptx": lambda: making.pptx([("Ferry", PROSE), ("Fare", "12 euros")]),
    "epub": lambda: making.epub({"a.xhtml": f"<p>{PROSE}</p>", "b.xhtml": "<p>End.</p>"}, spine=["a.xhtml", "b.xhtml"]),
    "rtf": lambda: rb"{\rtf1\ansi\ansicpg1252{\info{\title Ferry}}{\b The ferry} leaves \u8222? at \'fcber nine.\par}",
    "csv": lambda: "day;fare\n2019-05-01;12\n2020-05-01;\"13\n14\"\n".encode("utf-16"),
    "xlsx": lambda: making.xlsx([["day", "fare"], ["May", 12.5]]),
    "ods": lambda: making.ods(["Fare", "12 euros"]),
    "eml": MAIL.encode,
    "mbox": lambda: f"From ana Mon Feb  3 10:00:00 2025\n{MAIL}\nFrom bo Mon Feb  3 11:00:00 2025\n{MAIL}".encode(),
    "jsonl": lambda: b'{"title": "Ferry", "text": "It leaves."}\n{"title": "Fare", "text": "12 \\ud83d\\ude00"}\n',
    "zip": lambda: making.zipped({"a.txt": PROSE, "b/c.md": f"# F\n{PROSE}", "d.zip": making.zipped({"e.html": HTML})}),
    "tar": tarred,
    "code": lambda: b'"""Ferries."""\n\ndef fare(day: str) -> int:\n    return 12\n',
}  # fmt: skip


@dataclass(frozen=True)
class Damage:
    """One change of some bytes: where, as a share of the file; how many bytes; and what with them."""

    kind: str
    place: float
    length: int
    noise: bytes

    def done_to(self, data: bytes) -> bytes:
        at = int(self.place * len(data))
        head, hit, tail = data[:at], data[at : at + self.length], data[at + self.length :]
        match self.kind:
            case "cut":
                return head
            case "drop":
                return head + tail
            case "repeat":
                return head + hit * 40 + tail
            case "swap":
                return head + tail[: self.length] + hit + tail[self.length :]
            case _:
                return head + self.noise + tail


PIECES = [bytes(8), b"\xff" * 8, b"\xed\xa0\x80", b"<" * 60, b"{" * 60, b"[" * 60, b"&lol;", b"<!DOCTYPE a SYSTEM 'x'>"]
NOISE = st.one_of(
    st.binary(max_size=8),
    st.sampled_from(PIECES),
    st.integers(0, 2**63).map(lambda number: str(number).encode()),
)
KINDS = ["cut", "drop", "repeat", "swap", "noise", "noise"]
DAMAGE = st.lists(
    st.builds(Damage, st.sampled_from(KINDS), st.floats(0, 1, width=32), st.integers(1, 64), NOISE),
    min_size=1,
    max_size=4,
)


def damaged(data: bytes, damage: list[Damage], within: float) -> bytes:
    """`data` after all that; of a ZIP mostly one member is damaged and packed again, or no reader would see it."""
    if not zipfile.is_zipfile(io.BytesIO(data)) or within < 0.2:
        for change in damage:
            data = change.done_to(data)
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = list(members)[int((within - 0.2) / 0.8001 * len(members))]
    return making.zipped({**members, name: damaged(members[name], damage, 0.0)})


def assert_whole(extract: Extract) -> None:
    """What can be stored: clean text, with pages and sections in order and within it."""
    assert clean(f"-{extract.text}") == f"-{extract.text}"  # a mark of byte order counts only at the very beginning
    for spans in (extract.pages, extract.sections):
        ends = [0, *(place for span in spans for place in (span.start, span.end)), len(extract.text)]
        assert ends == sorted(ends)
    for stated in (extract.title, extract.author, extract.date):
        assert stated is None or stated.strip()


@pytest.fixture(scope="module")
def pool() -> Iterator[Workers]:
    made = Workers(1)
    yield made
    made.close()


def test_every_format_has_a_file() -> None:
    assert set(FORMATS.values()) - set(WHOLE) == {"xls"}  # read by the same code as xlsx; nothing free writes it


@pytest.mark.parametrize("name", WHOLE)
def test_the_undamaged_files_are_read(pool: Workers, tmp_path: Path, name: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(WHOLE[name]())
    assert_whole(pool.read(path, name))


@pytest.mark.slow
@pytest.mark.parametrize("name", WHOLE)
def test_damaged_files_are_read_or_refused(pool: Workers, tmp_path: Path, name: str) -> None:
    whole, path = WHOLE[name](), tmp_path / "file"

    @settings(
        max_examples=EXAMPLES,
        derandomize=not MANY,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @drawn(damage=DAMAGE, within=st.floats(0, 1, width=32))
    def read(damage: list[Damage], within: float) -> None:
        path.write_bytes(damaged(whole, damage, within))
        try:
            extract = pool.read(path, name)
        except ReadError as error:
            reason = str(error)
        else:
            assert_whole(extract)
            reason = "read"
        assert reason
        assert not reason.startswith(("crashed", "took longer"))

    read()
