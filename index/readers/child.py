"""The process that parses: reads the file named on each request, answers with its text, and can do nothing else.

Knows how to lock itself in: limits on memory, time and file size from the operating system, and an audit hook that
refuses the network, writing and other programs. Deliberately keeps nothing between two files. The protocol is one
frame a message on standard input and output: four bytes of length, then JSON.
"""

from __future__ import annotations

import io
import json
import os
import signal
import stat
import sys
from dataclasses import asdict
from pathlib import Path, PurePath
from typing import IO

from index.errors import NoDocument, ReadError
from index.readers.parsing import Forbidden, parse

MEBI = 1024 * 1024
LARGEST_FILE = 256 * MEBI
# Parsers hold a document several times over: as bytes, as a tree, as text. Measured on the largest samples.
_MEMORY_BASE = 1024 * MEBI
_MEMORY_PER_BYTE = 12
_WORN_MEMORY = 400 * MEBI  # what a process holds after a file; one that keeps more is replaced
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_FORBIDDEN = (
    "socket.",
    "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown",
    "os.exec", "os.fork", "os.posix_spawn", "os.system", "os.startfile", "os.setxattr", "os.utime",
    "shutil.", "ftplib.", "smtplib.", "urllib.Request", "http.client.", "winreg.", "subprocess.Popen",
)  # fmt: skip
_ALLOWED_PROGRAMS = frozenset({"tesseract"})


def read_frame(stream: IO[bytes]) -> object | None:
    """The next message, or None at the end of the stream or in the middle of a broken one."""
    head = stream.read(4)
    if len(head) < 4:
        return None
    length = int.from_bytes(head, "big")
    body = stream.read(length)
    return json.loads(body) if len(body) == length else None


def write_frame(stream: IO[bytes], message: object) -> None:
    """Sends one message; JSON with ASCII only, so that odd file names survive."""
    body = json.dumps(message, separators=(",", ":")).encode("ascii")
    stream.write(len(body).to_bytes(4, "big") + body)
    stream.flush()


def main() -> None:
    """Serves requests `{"path", "format", "seconds"}` until standard input ends.

    With `"picture"` a page is drawn and no text read; what it holds are the arguments of `pdf_picture.picture`.
    """
    requests = os.fdopen(os.dup(0), "rb")
    replies = os.fdopen(os.dup(1), "wb")
    # What a library prints must not get between the frames.
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.setrecursionlimit(2_000)
    sys.addaudithook(_audit)
    while isinstance(request := read_frame(requests), dict):
        _limit_time(int(request["seconds"]))
        reply = _answer(str(request["path"]), str(request["format"]), request.get("picture"))
        write_frame(replies, reply | {"worn": _memory()[1] > _WORN_MEMORY})
        _limit_time(0)


def _answer(path: str, format_name: str, wanted: dict[str, object] | None) -> dict[str, object]:
    try:
        data = _bytes_of(path)
        _limit_memory(len(data))
        if wanted is not None:
            from index.readers.pdf_picture import picture

            return {"picture": picture(data, **wanted)}  # type: ignore[arg-type]  # JSON of the parent's own making
        return {"extract": asdict(parse(data, format_name))}
    except NoDocument as error:
        return {"no_document": str(error)}
    except ReadError as error:
        return {"refused": str(error)}


def _bytes_of(path: str) -> bytes:
    """The whole file; what is no regular file is refused before it can block or never end."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError as error:
        raise ReadError("the file does not exist") from error
    except PermissionError as error:
        raise ReadError("cannot be opened: permission denied") from error
    except OSError as error:
        raise ReadError(f"cannot be opened: {error.strerror}") from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise ReadError("not a regular file")
        if status.st_size > LARGEST_FILE:
            raise ReadError(f"larger than {LARGEST_FILE // MEBI} MB: split it into smaller files")
        with io.FileIO(descriptor, closefd=False) as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise ReadError(f"cannot be read: {error.strerror}") from error
    finally:
        os.close(descriptor)
    return data


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open":
        path, mode, flags = arguments[:3]
        writing = (isinstance(flags, int) and flags & _WRITING) or (isinstance(mode, str) and set(mode) & set("wax+"))
        if writing and path != os.devnull and not isinstance(path, int):
            raise Forbidden("write a file")
    elif event.startswith(_FORBIDDEN):
        if event.startswith("socket."):
            if event != "socket.__new__":  # libraries ask for the host's name or make a socket that they never use
                raise Forbidden("reach the network")
        elif event != "subprocess.Popen" or PurePath(str(arguments[0])).name not in _ALLOWED_PROGRAMS:
            raise Forbidden("change something or start a program")


def _limit_memory(size: int) -> None:
    """Bounds the address space to what the process has now plus what a file of `size` bytes may need."""
    try:
        import resource
    except ImportError:
        return  # Windows: the time limit alone
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    allowance = _memory()[0] + _MEMORY_BASE + _MEMORY_PER_BYTE * size
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft = allowance if hard == resource.RLIM_INFINITY else min(allowance, hard)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    except (ValueError, OSError):
        return  # macOS knows the limit and does not always take it


def _memory() -> tuple[int, int]:
    """Bytes of address space and of real memory that this process has."""
    try:
        pages = Path("/proc/self/statm").read_bytes().split()
    except OSError:
        return 512 * MEBI, 0  # no Linux
    page = os.sysconf("SC_PAGE_SIZE")
    return int(pages[0]) * page, int(pages[1]) * page


def _limit_time(seconds: int) -> None:
    """The parent's clock is the first to stop a slow parser; this one holds even when the parent is gone."""
    if hasattr(signal, "alarm"):
        signal.alarm(seconds)
