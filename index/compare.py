"""Disk against store: which files are as they were, which have to be looked into, and which are gone.

By size and time, without opening anything. Also the one place that opens a file to learn its state.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from index import tracked
from index.collect import Collected, Found
from index.errors import FileUnavailable
from index.records import Refusal, Root
from index.snapshot import FileState
from index.tracked import within

# The clock of file times moves in steps: within one step a file can be written twice and look untouched.
STEP_NS = 20_000_000  # of Linux, 10 ms at most, doubled
COARSE_STEP_NS = 2_000_000_000  # of file systems that keep whole seconds, or every second one
NEVER = -1  # no time of a file: whatever is found there is looked into


@dataclass(frozen=True, slots=True)
class Known:
    """What the store remembers of the disk."""

    files: Mapping[str, FileState]
    refusals: Mapping[str, Refusal]
    roots: Sequence[Root]
    left_out: frozenset[str]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is on disk beside what is known of it. `gone` are known paths, with what they held.

    `displaced` are the sizes of known files that are gone or changed: a file of such a size may be one of them, moved.
    `stale` are paths of which it is no longer true that they could not be read.
    """

    unchanged: tuple[Path, ...]
    refused: tuple[tuple[Path, Refusal], ...]
    changed: tuple[Found, ...]
    gone: Mapping[str, FileState]
    displaced: frozenset[int]
    stale: tuple[str, ...]


def compare(found: Collected, known: Known, places: Collection[str], patient: bool = False) -> Comparison:
    """Files found below `places` beside what is known there. `patient` tries again what could not be read before."""
    unchanged: list[Path] = []
    refused: list[tuple[Path, Refusal]] = []
    changed: list[Found] = []
    displaced: set[int] = set()
    there: set[str] = set()
    for file in found.files:
        path = str(file.path)
        there.add(path)
        before, refusal = known.files.get(path), known.refusals.get(path)
        if before and (before.size, before.mtime_ns) == (file.size, file.mtime_ns):
            unchanged.append(file.path)
        elif refusal and not patient and (refusal.size, refusal.mtime_ns) == (file.size, file.mtime_ns):
            refused.append((file.path, refusal))
        else:
            changed.append(file)
            displaced |= {before.size} if before else set()
    # What another root holds is for that one to say, as long as it is there.
    elsewhere = {root.path for root in known.roots} - set(places)
    gone = {
        path: state
        for path, state in known.files.items()
        if path not in there
        and within(path, places)
        and not within(path, found.unseen)
        and not (within(path, elsewhere) and os.path.lexists(path))
    }
    displaced |= {state.size for state in gone.values()}
    still = {str(path) for path, _ in refused}
    stale = [path for path in tracked.below(places, list(known.refusals)) if path not in still]
    return Comparison(
        tuple(unchanged),
        tuple(refused),
        tuple(changed),
        gone,
        frozenset(displaced),
        tuple(path for path in stale if not within(path, found.unseen)),
    )


def file_state(path: Path) -> FileState:
    """What a file holds now. Raises FileUnavailable where it cannot be opened, or is being written."""
    try:
        with path.open("rb") as file:
            before = os.fstat(file.fileno())
            since = time.time_ns() - before.st_mtime_ns
            if 0 <= since < STEP_NS:
                time.sleep((STEP_NS - since) / 1e9)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            after = os.fstat(file.fileno())
    except OSError as error:
        raise FileUnavailable(f"cannot be opened: {error.strerror}") from error
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise FileUnavailable("is being written: sync again when that is done")
    coarse = after.st_mtime_ns % 1_000_000_000 == 0 and since < COARSE_STEP_NS
    return FileState(digest, after.st_size, NEVER if coarse else after.st_mtime_ns)
