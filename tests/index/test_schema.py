"""Stores of every earlier form become what a store of today is, and a copy of them as they were is kept."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from index.errors import StoreDamaged
from index.schema import SCHEMA_VERSION, STEPS, create, migrate, version_of
from tests.index.conftest import OpenLibrary, write
from tests.index.test_library import counts, found

# As version 1 was published.
VERSION_1 = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
  key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, format TEXT NOT NULL, language TEXT NOT NULL,
  author TEXT, date TEXT, added_at TEXT NOT NULL, characters INTEGER NOT NULL, indexed_characters INTEGER NOT NULL,
  page_count INTEGER NOT NULL, passage_count INTEGER NOT NULL, pages TEXT NOT NULL, sections TEXT NOT NULL,
  text TEXT NOT NULL);
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
CREATE VIRTUAL TABLE fulltext USING fts5(title, heading, body, tokenize = 'ascii');
PRAGMA application_id = 1181708148;
PRAGMA user_version = 1;
"""
TABLES = ("meta", "documents", "paths", "passages", "vectors")


def columns(connection: sqlite3.Connection) -> dict[str, list[object]]:
    """Tables and indexes with their columns, types, defaults and order."""
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master ORDER BY name")]
    return {name: connection.execute(f"SELECT * FROM pragma_table_xinfo('{name}')").fetchall() for name in names}


def as_version_1(store: Path) -> None:
    """Writes a store of today as version 1 would have written it."""
    old = store.with_suffix(".old")
    connection = sqlite3.connect(old, isolation_level=None)
    connection.executescript(VERSION_1)
    connection.execute("ATTACH ? AS new", (str(store),))
    for table in TABLES:
        kept = ", ".join(row[1] for row in connection.execute(f"PRAGMA main.table_info({table})"))
        connection.execute(f"INSERT INTO main.{table} SELECT {kept} FROM new.{table}")
    connection.execute("INSERT INTO main.fulltext (rowid, title, heading, body) SELECT rowid, * FROM new.fulltext")
    connection.execute("DETACH new")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    for journal in store.parent.glob(f"{store.name}-*"):
        journal.unlink()
    old.replace(store)


@pytest.fixture
def old_store(open_library: OpenLibrary, folder: Path, home: Path) -> Path:
    """A closed store of version 1 with three documents."""
    library = open_library()
    library.add([folder])
    library.close()
    as_version_1(home / "library.sqlite3")
    return home / "library.sqlite3"


def test_there_is_a_step_from_every_earlier_version() -> None:
    assert sorted(STEPS) == list(range(1, SCHEMA_VERSION))


def test_the_steps_lead_to_the_tables_of_today() -> None:
    old, new = (sqlite3.connect(":memory:", isolation_level=None) for _ in range(2))
    old.executescript(VERSION_1)
    assert version_of(old) == 1
    migrate(old)
    create(new)
    assert columns(old) == columns(new)
    assert version_of(old) == version_of(new) == SCHEMA_VERSION
    old.close()
    new.close()


def test_a_step_that_fails_leaves_the_store_as_it_was() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(VERSION_1)
    connection.execute("CREATE TABLE left_out (of TEXT)")
    before = columns(connection)
    with pytest.raises(sqlite3.OperationalError):
        migrate(connection)
    assert (columns(connection), version_of(connection)) == (before, 1)
    connection.close()


def test_an_old_store_is_searched_and_kept_in_step(old_store: Path, folder: Path, open_library: OpenLibrary) -> None:
    library = open_library()
    assert len(library.documents()) == 3
    assert len(found(library)) > 0
    (folder / "closing.md").unlink()
    write(folder, {"opening.txt": "Changed since."})
    assert counts(library.sync()) == {"updated": 1, "unchanged": 1, "removed": 1}


@pytest.mark.parametrize("first", ["read", "write"])
def test_a_copy_of_an_old_store_is_kept(first: str, old_store: Path, folder: Path, open_library: OpenLibrary) -> None:
    library = open_library()
    library.documents() if first == "read" else library.add([folder])
    copy = sqlite3.connect(old_store.with_name("library.version1.sqlite3"))
    assert version_of(copy) == 1
    assert copy.execute("SELECT COUNT(*) FROM documents").fetchone() == (3,)
    copy.close()


def test_an_old_store_that_is_damaged_is_named(old_store: Path, open_library: OpenLibrary) -> None:
    connection = sqlite3.connect(old_store)
    connection.execute("DROP TABLE documents")
    connection.commit()
    connection.close()
    with pytest.raises(StoreDamaged, match="add your documents again"):
        open_library().documents()
