"""The processes that parse: whatever a file does costs that file, and nothing is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from index.errors import ReadError
from index.readers import child, parsing, read_document, workers
from index.readers.workers import Workers
from index.records import Extract
from tests.index.readers import making

ROOT = Path(__file__).parents[3]
NAMES = ["-rf.txt", "a b.txt", "$(touch x).txt", "'\"`;&.txt", "Отчёт.txt", "ä.TXT", "x" * 200 + ".txt", "{0}%s\\n.md"]


@pytest.fixture
def pool() -> Iterator[Workers]:
    made = Workers()
    yield made
    made.close()


@pytest.fixture
def misbehave(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MisbehavingParser:
    return MisbehavingParser(tmp_path, monkeypatch)


class MisbehavingParser:
    """A stand-in for striprtf whose body a test writes: the child finds it before the real one."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder = folder
        self._monkeypatch = monkeypatch

    def __call__(self, body: str) -> Path:
        package = self._folder / "stand-in" / "striprtf"
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
        function = "def rtf_to_text(source, encoding, errors):\n" + textwrap.indent(body, "    ")
        (package / "striprtf.py").write_text(function)
        self._monkeypatch.syspath_prepend(str(package.parent))
        document = self._folder / "a.rtf"
        document.write_bytes(rb"{\rtf1 text}")
        return document


@pytest.mark.parametrize("name", NAMES)
def test_awkward_names_are_only_names(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("The gate code is 5518.", encoding="utf-8")
    assert read_document(path).text == "The gate code is 5518."
    assert [entry.name for entry in tmp_path.iterdir()] == [name]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems allow no such names")
def test_a_name_that_is_not_unicode(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt"))
    path.write_text("Text.")
    assert read_document(path).text == "Text."


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.txt", b"", "the file is empty"),
        ("a.txt", b" \n\t\n", "no text found"),
        ("a.txt", bytes(100), "the file holds nothing but zero bytes"),
        ("a.xyz", b"text", "unsupported file type '.xyz'"),
        ("a.pdf", b"\x89PNG\r\n\x1a\n" + bytes(50), "not a PDF: the file begins like PNG"),
        ("a.pdf", b"<!DOCTYPE html><p>x", "not a PDF: the file begins like HTML"),
        ("a.docx", b"%PDF-1.4", "not DOCX: the file begins like PDF"),
        ("a.txt", b"%PDF-1.4\n%\xe2\xe3", "not a text file: the file begins like PDF"),
        ("noextension", b"\x7fELF" + bytes(50), "not a text file: the file begins like a program"),
        ("a.md", b"PK\x03\x04" + bytes(50), "not a Markdown file: the file begins like a ZIP archive"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 12 else None,
)
def test_refused_with_a_reason(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(ReadError) as refusal:
        read_document(path)
    assert str(refusal.value).startswith(reason)


def test_a_file_without_a_suffix_is_text(tmp_path: Path) -> None:
    (tmp_path / "README").write_text("Ring twice.")
    assert read_document(tmp_path / "README").text == "Ring twice."


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.txt").mkdir()
    with pytest.raises(ReadError, match="does not exist"):
        read_document(tmp_path / "a.txt")
    with pytest.raises(ReadError, match=r"not a regular file|cannot be opened"):
        read_document(tmp_path / "folder.txt")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(ReadError, match="not a regular file"):
        read_document(tmp_path / "pipe.txt")


def test_a_file_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(child.LARGEST_FILE + 1)
    started = time.monotonic()
    with pytest.raises(ReadError, match="larger than 256 MB"):
        read_document(path)
    assert time.monotonic() - started < 5


def test_spans_and_fields_survive_the_way_back(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(making.pdf([["One."], []], information="/Title (T) /Author (A) /CreationDate (D:2020)"))
    extract = read_document(path)
    assert [(page.number, page.start, page.end) for page in extract.pages] == [(1, 0, 4), (2, 4, 4)]
    assert (extract.title, extract.author, extract.date) == ("T", "A", "2020")
    assert extract.notes == ("1 of 2 pages have no text",)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("import os; os._exit(3)", "crashed the RTF reader (exit code 3)"),
        ("import ctypes; ctypes.string_at(0)", "crashed the RTF reader (signal 11)"),
        ("raise ValueError('odd\\nthing')", "damaged, or not quite RTF: ValueError: odd thing"),
        ("return [0] * 10**10", "needs more memory"),
        ("f = lambda n: f(n + 1)\nreturn f(0)", "nested too deeply"),
        ("import socket; socket.create_connection(('192.0.2.1', 80))", "refused: its content made the reader"),
        ("import urllib.request; urllib.request.urlopen('http://192.0.2.1/')", "refused: its content made the reader"),
        ("open('written', 'w')", "refused: its content made the reader try to write a file"),
        ("import os; os.remove(__file__)", "refused: its content made the reader try to change something"),
        ("import subprocess; subprocess.run(['true'])", "refused: its content made the reader try to change"),
        ("import os; os.system('true')", "refused: its content made the reader try to change"),
        ("return ''", "no text found"),
    ],
    ids=["exits", "segfault", "error", "memory", "recursion", "connects", "fetches", "writes", "removes", "runs",
         "shell", "blank"],
)  # fmt: skip
@pytest.mark.skipif(sys.platform != "linux", reason="limits and signals as Linux has them")
def test_a_parser_that_misbehaves_costs_one_file(
    pool: Workers, misbehave: MisbehavingParser, tmp_path: Path, body: str, reason: str
) -> None:
    document = misbehave(body)
    before = set(tmp_path.rglob("*"))
    with pytest.raises(ReadError) as refusal:
        pool.read(document, "rtf")
    assert str(refusal.value).startswith(reason)
    assert set(tmp_path.rglob("*")) == before
    (tmp_path / "b.txt").write_text("Still here.")
    assert pool.read(tmp_path / "b.txt", "txt").text == "Still here."


def test_a_text_that_is_too_long_is_refused() -> None:
    assert parsing.checked(Extract("x" * 1_000)).text
    with pytest.raises(ReadError, match="holds more than 50,000,000 characters"):
        parsing.checked(Extract("x" * (parsing.LONGEST_TEXT + 1)))


def test_printing_does_not_garble_the_answer(pool: Workers, misbehave: MisbehavingParser) -> None:
    document = misbehave("import os; print('x' * 9999); os.write(1, b'y'); os.write(2, b'z'); return 'Text.'")
    assert pool.read(document, "rtf").text == "Text."


@pytest.mark.slow
def test_a_parser_that_hangs_is_given_up(
    pool: Workers, misbehave: MisbehavingParser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "_SECONDS_BASE", 1)
    with pytest.raises(ReadError, match="took longer than 1 s"):
        pool.read(misbehave("while True: pass"), "rtf")


def test_files_of_several_threads_do_not_mix(pool: Workers, tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.txt" for number in range(60)]
    for path in paths:
        path.write_text(f"This is {path.name}.")
    with ThreadPoolExecutor(8) as threads:
        texts = list(threads.map(lambda path: pool.read(path, "txt").text, paths))
    assert texts == [f"This is {path.name}." for path in paths]


def test_a_thousand_files_cost_few_processes(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Text.")
    read_document(path)
    started = time.monotonic()
    for _ in range(300):
        read_document(path)
    assert time.monotonic() - started < 30  # under 1 s by itself; a process for each would take far longer than this


PROGRAM = """
import sys, threading, time
from pathlib import Path
from index.readers import read_document, workers
read_document(Path(sys.argv[1]))
print(workers.shared_workers()._idle[0]._process.pid, flush=True)
{rest}
"""


def started(tmp_path: Path, rest: str) -> tuple[subprocess.Popen[str], int]:
    """A program that has read a document, and the process id of its child."""
    (tmp_path / "a.txt").write_text("Text.")
    command = [sys.executable, "-c", PROGRAM.format(rest=rest), str(tmp_path / "a.txt")]
    program = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert program.stdout is not None
    return program, int(program.stdout.readline())


def gone(pid: int) -> bool:
    """Whether the process ends within 20 s; one that nobody has reaped yet has ended."""
    for _ in range(200):
        try:
            os.kill(pid, 0)
            state = Path(f"/proc/{pid}/stat")
            if state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.1)
    return False


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
@pytest.mark.parametrize(
    "end", [None, signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=["exit", "INT", "TERM", "KILL"]
)
def test_no_child_outlives_its_parent(tmp_path: Path, end: signal.Signals | None) -> None:
    program, pid = started(tmp_path, "" if end is None else "time.sleep(60)")
    if end is not None:
        program.send_signal(end)
    program.communicate(timeout=20)
    assert gone(pid)


def test_importing_starts_nothing() -> None:
    code = (
        "import threading, index.readers, index.readers.workers as w; print(len(w._shared), threading.active_count())"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "1"]
    assert threading.active_count() >= 1
