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
        if not named.is_dir():
            reason = _why_not_read(named) or _why_not_stored(named)
            if reason:
                refused.append(FileReason(printable(named), reason))
            elif named not in seen:
                files.append(named)
            seen.add(named)
            continue
        for path in _walk(named):
            if path in seen:
                continue
            seen.add(path)
            reason = _why_not_followed(path, named) or _why_not_read(path)
            if reason:
                skipped.append(FileReason(printable(path), reason))
            elif unstorable := _why_not_stored(path):
                refused.append(FileReason(printable(path), unstorable))
            else:
                files.append(path)
    return Collected(tuple(files), tuple(refused), tuple(skipped))


def absolute(path: Path) -> Path:
    """Without `..` and relative to nothing; links stay as they are, for they are how a person knows the file."""
    return Path(os.path.abspath(path.expanduser()))  # noqa: PTH100  (Path.resolve would follow links)


def printable(path: Path) -> str:
    """The path as text that can be printed and stored even where its bytes are no valid text."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _walk(folder: Path) -> Iterator[Path]:
    """Files below `folder`, and the folders that are not entered: hidden ones, links and unreadable ones."""
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        yield folder
        return
    for entry in entries:
        if entry.is_dir() and not entry.is_symlink() and not entry.name.startswith("."):
            yield from _walk(entry)
        else:
            yield entry


def _why_not_followed(path: Path, root: Path) -> str:
    if path.name.startswith("."):
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


def _why_not_stored(path: Path) -> str:
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return "its name is not valid text: rename it"
    return ""
