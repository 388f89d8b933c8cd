"""Patterns of what is left out, in the language of `.gitignore`: from an option, and from files in the folders.

A `.footnoteignore` speaks for its own folder and all below; of several patterns that fit the last one counts, of
several files the one nearest to what it names, and what a person gave as an option before all of them.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pathspec import GitIgnoreSpec

from index.errors import PatternError

IGNORE_FILE = ".footnoteignore"


@dataclass(frozen=True, slots=True)
class Patterns:
    """Patterns from one place, which count from `folder` on. `origin` is where they stand, in words."""

    folder: str
    origin: str
    lines: tuple[str, ...]
    spec: GitIgnoreSpec


def patterns(lines: Sequence[str], folder: str, origin: str) -> Patterns:
    """Raises PatternError, which names the first line that is no pattern."""
    for number, line in enumerate(lines, start=1):
        try:
            GitIgnoreSpec.from_lines([line])
        except ValueError as error:
            raise PatternError(f"{origin}, line {number}: {line!r} is no pattern of what to leave out") from error
    return Patterns(folder, origin, tuple(lines), GitIgnoreSpec.from_lines(lines))


def patterns_in(folder: str) -> Patterns:
    """Those of the folder's own `.footnoteignore`. Raises PatternError: without them too much would be read."""
    path = Path(folder, IGNORE_FILE)
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise PatternError(f"{path} cannot be read ({reason}): mend it or remove it") from error
    return patterns(lines, folder, str(path))


def excluded(path: str, is_folder: bool, layers: Sequence[Patterns]) -> str:
    """Why `path` is left out, or "". The last layer that says something about it decides."""
    for layer in reversed(layers):
        relative = os.path.relpath(path, layer.folder) + ("/" if is_folder else "")
        found = layer.spec.check_file(relative)
        if found.include is not None:
            line = layer.lines[found.index] if found.index is not None else ""
            return f"excluded by {line.strip()!r} ({layer.origin})" if found.include else ""
    return ""
