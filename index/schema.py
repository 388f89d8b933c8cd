"""The form of the store: the tables of today, and the numbered steps from every earlier form to them.

Knows SQL that makes tables and nothing of what is kept in them. `store` runs what stands here.
"""

from __future__ import annotations

import sqlite3
import uuid

from index import lexical

APPLICATION_ID = 0x466F6F74  # "Foot", so that `file` and we can tell our store from any other SQLite file
SCHEMA_VERSION = 3
LASTING = frozenset(("documents", "fulltext", "meta", "passages", "paths", "vectors"))  # in a store of any version
SCHEMA = f"""
CREATE TABLE meta (key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
  key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, format TEXT NOT NULL, language TEXT NOT NULL,
  author TEXT, date TEXT, added_at TEXT NOT NULL, characters INTEGER NOT NULL, indexed_characters INTEGER NOT NULL,
  page_count INTEGER NOT NULL, passage_count INTEGER NOT NULL, pages TEXT NOT NULL, sections TEXT NOT NULL,
  text TEXT NOT NULL, notes TEXT NOT NULL DEFAULT '[]');
CREATE INDEX documents_by_language ON documents (language);
CREATE TABLE paths (
  path TEXT PRIMARY KEY, document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
  size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL);
CREATE INDEX paths_of_document ON paths (document);
CREATE TABLE passages (
  id INTEGER PRIMARY KEY AUTOINCREMENT, document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
  start INTEGER NOT NULL, end INTEGER NOT NULL, heading TEXT NOT NULL, text TEXT NOT NULL);
CREATE INDEX passages_of_document ON passages (document);
CREATE TABLE vectors (
  passage INTEGER PRIMARY KEY REFERENCES passages ON DELETE CASCADE, vector BLOB NOT NULL);
{lexical.TABLE};
CREATE TABLE roots (path TEXT PRIMARY KEY, folder INTEGER NOT NULL, exclude TEXT NOT NULL, device INTEGER);
CREATE TABLE left_out (path TEXT PRIMARY KEY);
CREATE TABLE refusals (
  path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, reason TEXT NOT NULL,
  skipped INTEGER NOT NULL);
CREATE TABLE encoded_anew (
  document INTEGER PRIMARY KEY REFERENCES documents ON DELETE CASCADE, model TEXT NOT NULL, spans TEXT NOT NULL,
  vectors BLOB NOT NULL);
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {SCHEMA_VERSION};
"""  # AUTOINCREMENT: a passage's id is never used again, so an index of vectors is brought up to date by ids alone

# STEPS[n] leads from version n to n + 1, one statement an entry, and is never changed once it has been published.
STEPS: dict[int, tuple[str, ...]] = {
    1: (
        "ALTER TABLE documents ADD COLUMN notes TEXT NOT NULL DEFAULT '[]'",
        "CREATE TABLE roots (path TEXT PRIMARY KEY, folder INTEGER NOT NULL, exclude TEXT NOT NULL, device INTEGER)",
        "CREATE TABLE left_out (path TEXT PRIMARY KEY)",
        "CREATE TABLE refusals (path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,"
        " reason TEXT NOT NULL, skipped INTEGER NOT NULL)",
        # What was named is not known any more, but every file that was read is, and can be kept in step.
        "INSERT INTO roots SELECT path, 0, '[]', NULL FROM paths",
    ),
    2: (
        "CREATE TABLE encoded_anew (document INTEGER PRIMARY KEY REFERENCES documents ON DELETE CASCADE,"
        " model TEXT NOT NULL, spans TEXT NOT NULL, vectors BLOB NOT NULL)",
    ),
}


def create(connection: sqlite3.Connection) -> None:
    """Makes the tables of an empty store, in a transaction of its own."""
    connection.executescript(
        f"BEGIN IMMEDIATE; {SCHEMA} INSERT INTO meta VALUES ('identity', '{new_identity()}'); COMMIT;"
    )


def new_identity() -> str:
    """Of a store and of all that is kept beside it: row ids and vectors mean nothing under another."""
    return uuid.uuid4().hex


def version_of(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection) -> None:
    """Carries out the steps that are missing, all of them or none."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        for version in range(version_of(connection), SCHEMA_VERSION):
            for statement in STEPS[version]:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {version + 1}")
        connection.commit()
    finally:
        connection.rollback()
