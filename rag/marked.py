"""Whether an SQLite file is one of ours: each kind bears a mark, and a file without one that holds tables is
somebody else's.

Knows no tables; what a mark means stands with the file that bears it.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """SQLite's own two numbers of a file: whose it is, and the version of its form."""

    application: int
    version: int


def mark_of(connection: sqlite3.Connection) -> Mark | None:
    """The mark of a file; None where it holds nothing at all yet. Raises sqlite3.Error."""
    connection.execute("BEGIN")  # all of one moment: another process may be making it
    try:
        (tables,) = connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
    finally:
        connection.rollback()
    return Mark(application, version) if tables or application or version else None
