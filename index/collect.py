"""From what a person names to the files to read: folders walked, and what is left out, each with its reason.

Looks at names and kinds of files only; opens none. What a person names outright is taken, hidden or linked as it may
be; what a walk comes across has to be an ordinary, visible file of a known format.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.readers import format_of
from index.records import FileReason


@dataclass(frozen=True, slots=True)
class Collected:
    """Every file found stands once, in `files` or with a reason; a folder that is not entered stands as one file."""

    files: tuple[Path, ...]
    refused: tuple[FileReason, ...]
    skipped: tuple[FileReason, ...]


def collect(paths: Sequence[Path]) -> Collected:
    """The files below `paths`, absolute, in the order named and sorted within folders."""
    files: list[Path] = []
    refused: list[FileReason] = []
    skipped: list[FileReason] = []
    seen: set[Path] = set()
    for named in dict.fromkeys(absolute(path) for path in paths):
        walked = _is_folder(named)
        for path in _walk(named) if walked else [named]:
            if path in seen:
                continue
            seen.add(path)
            try:
                passed_over = (walked and _why_not_followed(path, named)) or _why_not_read(path)
            except OSError as error:
                passed_over = f"cannot be looked at: {error.strerror}"
            if passed_over:
                (skipped if walked else refused).append(FileReason(printable(path), passed_over))
            elif not _is_text(str(path)):
                refused.append(FileReason(printable(path), "its name is not valid text: rename it"))
            else:
                files.append(path)
    return Collected(tuple(files), tuple(refused), tuple(skipped))


def absolute(path: Path) -> Path:
    """Without `..` and relative to nothing; links stay as they are, for they are how a person knows the file."""
    return Path(os.path.abspath(os.path.expanduser(path)))  # noqa: PTH100, PTH111  (Path's raise or follow links)


def printable(path: Path) -> str:
    """The path as text that can be printed and stored even where its bytes are no valid text."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _walk(root: Path) -> Iterator[Path]:
    """Files below `root`, sorted, and the folders that are not entered: hidden ones, links and unreadable ones."""
    waiting = [root]
    while waiting:
        path = waiting.pop()
        enter = path == root or (_is_folder(path) and not path.is_symlink() and not path.name.startswith("."))
        try:
            entries = sorted(path.iterdir(), reverse=True) if enter else []
        except OSError:
            enter = False
        if enter:
            waiting += entries
        else:
            yield path


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name too long, a folder that may not be looked into
        return False


def _why_not_followed(path: Path, root: Path) -> str:
    if path.name.startswith(".") and path != root:
        return "hidden"
    if path.is_symlink() and path.is_dir():
        return "a link to a folder"
    if path.is_symlink() and path.exists() and not path.resolve().is_relative_to(root.resolve()):
        return "a link that leads out of the folder"
    return "a folder that cannot be opened" if path.is_dir() else ""


def _why_not_read(path: Path) -> str:
    if not path.exists():
        return "a link that leads nowhere" if path.is_symlink() else "no such file or folder"
    if not path.is_file():
        return "not an ordinary file"
    if format_of(path) is None:
        return f"unknown format {path.suffix}" if path.suffix else "unknown format: the name has no ending"
    return ""


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
