"""From what was added to the files to read: folders walked, and what is left out, each with its reason.

Looks at names, kinds, sizes and times only; opens no file but those that hold patterns. What a person names outright
is taken, hidden or linked as it may be; what a walk comes across has to be an ordinary, visible file of a known format.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from index.errors import ReadError
from index.patterns import IGNORE_FILE, Patterns, excluded, patterns, patterns_in
from index.readers import format_of
from index.records import FileReason, Root

OPTION = "--exclude"
NO_TEXT = "its name is not valid text: rename it"
TAKEN_OUT = "taken out by hand: add it to bring it back"


@dataclass(frozen=True, slots=True)
class Found:
    """A file to read, and what the file system says of it."""

    path: Path
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Collected:
    """Every file found stands once, in `files` or with a reason; a folder that is not entered stands as one file.

    `unseen` are places that could not be looked into: what lies there may be as it was.
    """

    files: tuple[Found, ...]
    refused: tuple[FileReason, ...]
    skipped: tuple[FileReason, ...]
    unseen: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Passed:
    """A file or folder that is not read."""

    path: str
    reason: str
    verdict: Literal["skipped", "refused"] = "skipped"
    unseen: bool = False


def root_of(named: Path, exclude: Sequence[str] = ()) -> Root:
    """What a person names, as it is remembered. Raises ReadError where there is nothing to read, PatternError."""
    path = str(absolute(named))
    try:
        status = os.stat(path)  # noqa: PTH116  (as below: one way to look at files)
    except OSError as error:
        link = os.path.islink(path)  # noqa: PTH114
        raise ReadError("a link that leads nowhere" if link else _why_not_seen(error)) from error
    except ValueError as error:  # half a surrogate pair, or a NUL, which no file system takes
        raise ReadError(NO_TEXT) from error
    folder = stat.S_ISDIR(status.st_mode)
    reason = _why_no_text(path) or ("" if folder else _why_not_read(path, status))
    if reason:
        raise ReadError(reason)
    patterns(exclude, path, OPTION)
    return Root(path, folder, tuple(exclude), status.st_dev)


def collect(roots: Sequence[Root], left_out: Collection[str] = frozenset()) -> Collected:
    """The files of `roots`, in their order and sorted within folders. Raises PatternError."""
    files: dict[str, Found] = {}
    passed: dict[str, _Passed] = {}
    named = {root.path for root in roots}
    for root in roots:
        for one in _walk(root, left_out) if root.folder else _file(root):
            if isinstance(one, Found):
                files.setdefault(str(one.path), one)
            elif one.path == root.path or one.path not in named:  # else that root says itself what becomes of it
                passed.setdefault(one.path, one)
    others = [one for path, one in passed.items() if path not in files]
    return Collected(
        tuple(files.values()),
        tuple(FileReason(printable(Path(one.path)), one.reason) for one in others if one.verdict == "refused"),
        tuple(FileReason(printable(Path(one.path)), one.reason) for one in others if one.verdict == "skipped"),
        frozenset(one.path for one in others if one.unseen),
    )


def absolute(path: Path) -> Path:
    """Without `..` and relative to nothing; links stay as they are, for they are how a person knows the file."""
    return Path(os.path.abspath(os.path.expanduser(path)))  # noqa: PTH100, PTH111  (Path's raise or follow links)


def printable(path: Path) -> str:
    """The path as text that can be printed and stored even where its bytes, or its letters, are no valid text."""
    try:
        return os.fsencode(path).decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:
        return str(path).encode("utf-8", "backslashreplace").decode()


def _file(root: Root) -> Iterator[Found | _Passed]:
    """A file that was named outright. Where it was deleted there is none."""
    try:
        status = os.stat(root.path)  # noqa: PTH116
    except (FileNotFoundError, NotADirectoryError):
        folder = Path(root.path).parent
        if not folder.is_dir() or _is_other_disk(root, folder):
            yield _missing(root)
        return
    except OSError as error:
        yield _Passed(root.path, _why_not_seen(error), "refused", unseen=True)
        return
    reason = _why_not_read(root.path, status)
    yield _Passed(root.path, reason, "refused") if reason else _found(root.path, status)


def _walk(root: Root, left_out: Collection[str]) -> Iterator[Found | _Passed]:
    """Files below a folder, sorted, and what is passed over: a folder that is not entered stands for all in it."""
    try:
        entries = _entries(root.path)
    except (FileNotFoundError, NotADirectoryError):
        yield _missing(root)
        return
    except OSError as error:
        yield _Passed(root.path, f"a folder that cannot be opened: {error.strerror}", "refused", unseen=True)
        return
    if not entries and _is_other_disk(root, Path(root.path)):
        yield _missing(root)
        return
    top = os.path.realpath(root.path)
    layers = _layers((), root.path, entries)
    option = (patterns(root.exclude, root.path, OPTION),) if root.exclude else ()
    waiting = [(entry, layers) for entry in entries]
    while waiting:
        entry, layers = waiting.pop()
        reason = _why_not_followed(entry, top, left_out)
        try:
            is_folder = not reason and entry.is_dir()
        except OSError as error:  # a link that leads to itself
            yield _Passed(entry.path, _why_not_seen(error), unseen=True)
            continue
        reason = reason or excluded(entry.path, is_folder, (*layers, *option))
        if reason:
            yield _Passed(entry.path, reason)
        elif is_folder:
            try:
                entries = _entries(entry.path)
            except OSError:
                yield _Passed(entry.path, "a folder that cannot be opened", unseen=True)
            else:
                layers = _layers(layers, entry.path, entries)
                waiting += [(below, layers) for below in entries]
        else:
            yield _looked_at(entry)


def _entries(folder: str) -> list[os.DirEntry[str]]:
    """Last first, as a stack wants them."""
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name, reverse=True)


def _layers(layers: tuple[Patterns, ...], folder: str, entries: Sequence[os.DirEntry[str]]) -> tuple[Patterns, ...]:
    """The patterns of the folders above and of this one."""
    return (*layers, patterns_in(folder)) if any(entry.name == IGNORE_FILE for entry in entries) else layers


def _looked_at(entry: os.DirEntry[str]) -> Found | _Passed:
    try:
        status = entry.stat()
    except FileNotFoundError:
        return _Passed(entry.path, "a link that leads nowhere" if entry.is_symlink() else "no such file or folder")
    except OSError as error:
        return _Passed(entry.path, _why_not_seen(error), unseen=True)
    reason = _why_not_read(entry.path, status)
    if not reason and (no_text := _why_no_text(entry.path)):
        return _Passed(entry.path, no_text, "refused")
    return _Passed(entry.path, reason) if reason else _found(entry.path, status)


def _found(path: str, status: os.stat_result) -> Found:
    return Found(Path(path), status.st_size, status.st_mtime_ns)


def _missing(root: Root) -> _Passed:
    what = "the folder is not" if root.folder else "neither the file nor its folder is"
    return _Passed(root.path, f"{what} there: connect its disk, or remove it from the library", "refused", unseen=True)


def _is_other_disk(root: Root, folder: Path) -> bool:
    """Whether `folder` is the empty place where the disk of `root` was mounted."""
    try:
        return root.device not in (None, folder.stat().st_dev) and not any(folder.iterdir())
    except OSError:
        return True


def _why_not_followed(entry: os.DirEntry[str], top: str, left_out: Collection[str]) -> str:
    if entry.path in left_out:
        return TAKEN_OUT
    if entry.name.startswith("."):
        return "hidden"
    if not entry.is_symlink():
        return ""
    path = Path(entry.path)
    try:
        if path.is_dir():
            return "a link to a folder"
        return "" if not path.exists() or path.resolve().is_relative_to(top) else "a link that leads out of the folder"
    except OSError as error:
        return _why_not_seen(error)


def _why_not_read(path: str, status: os.stat_result) -> str:
    if not stat.S_ISREG(status.st_mode):
        return "not an ordinary file"
    name = Path(path)
    if format_of(name) is None:
        return f"unknown format {name.suffix}" if name.suffix else "unknown format: the name has no ending"
    return ""


def _why_no_text(path: str) -> str:
    try:
        path.encode()
    except UnicodeEncodeError:
        return NO_TEXT
    return ""


def _why_not_seen(error: OSError) -> str:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return "no such file or folder"
    return f"cannot be looked at: {error.strerror}"
