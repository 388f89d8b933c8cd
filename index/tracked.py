"""What the store remembers of the disk: what was added, what was taken out by hand, and what could not be read.

Statements only, on a connection that a snapshot or a change gives. Which document a path holds stands in `tables`.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Collection, Iterable, Sequence

from index.records import Refusal, Root


def roots(connection: sqlite3.Connection) -> list[Root]:
    """What was added, in the order in which it was."""
    rows = connection.execute("SELECT path, folder, exclude, device FROM roots ORDER BY rowid")
    return [Root(path, bool(folder), tuple(json.loads(exclude)), device) for path, folder, exclude, device in rows]


def remember(connection: sqlite3.Connection, added: Iterable[Root]) -> None:
    """Notes what was added, or how it is to be read from now on."""
    connection.executemany(
        "INSERT INTO roots VALUES (?, ?, ?, ?) ON CONFLICT (path) DO UPDATE SET folder = excluded.folder,"
        " exclude = excluded.exclude, device = excluded.device",
        [(root.path, root.folder, json.dumps(root.exclude), root.device) for root in added],
    )


def forget(connection: sqlite3.Connection, paths: Collection[str]) -> None:
    """These paths are no longer looked into by a sync; one that was not added is passed over."""
    connection.executemany("DELETE FROM roots WHERE path = ?", [(path,) for path in paths])


def left_out(connection: sqlite3.Connection) -> frozenset[str]:
    """Files and folders that were taken out by hand and stay out until they are added again."""
    return frozenset(path for (path,) in connection.execute("SELECT path FROM left_out"))


def leave_out(connection: sqlite3.Connection, paths: Iterable[str]) -> None:
    """These files and folders stay out, whatever was added above them, until `let_in`."""
    connection.executemany("INSERT OR IGNORE INTO left_out VALUES (?)", [(path,) for path in paths])


def let_in(connection: sqlite3.Connection, paths: Iterable[str]) -> None:
    """These files and folders may be read again; those below them that were left out themselves stay out."""
    connection.executemany("DELETE FROM left_out WHERE path = ?", [(path,) for path in paths])


def refusals(connection: sqlite3.Connection) -> dict[str, Refusal]:
    """By path, what was found to be unreadable, and which state of the file that was."""
    rows = connection.execute("SELECT path, size, mtime_ns, reason, skipped FROM refusals")
    return {path: Refusal(size, mtime_ns, reason, bool(skipped)) for path, size, mtime_ns, reason, skipped in rows}


def refuse(connection: sqlite3.Connection, path: str, refusal: Refusal) -> None:
    """Notes that a file in this state holds no document that can be read, in place of what was noted of it before."""
    connection.execute(
        "INSERT OR REPLACE INTO refusals VALUES (?, ?, ?, ?, ?)",
        (path, refusal.size, refusal.mtime_ns, refusal.reason, refusal.skipped),
    )


def forget_refusals(connection: sqlite3.Connection, paths: Iterable[str]) -> None:
    """These files are read the next time, as if nothing were known of them."""
    connection.executemany("DELETE FROM refusals WHERE path = ?", [(path,) for path in paths])


def within(path: str, places: Collection[str]) -> bool:
    """Whether `path` is one of `places` or lies below one. All are absolute and normal."""
    while path not in places:
        parent = os.path.dirname(path)  # noqa: PTH120  (a hundred thousand times, and Path is slow)
        if parent == path:
            return False
        path = parent
    return True


def below(places: Collection[str], paths: Sequence[str]) -> list[str]:
    """Those of `paths` that are one of `places` or lie below one."""
    return [path for path in paths if within(path, places)]
