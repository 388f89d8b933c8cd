"""The store of record: one SQLite file in the home, opened, locked and, where it is broken, named as such.

Gives out snapshots to many readers and changes to one writer at a time, across threads and processes. Knows what
SQLite's errors mean for a person; the tables stand in `tables`.
"""

from __future__ import annotations

import errno
import shutil
import sqlite3
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from index.change import Change
from index.errors import StoreBusy, StoreDamaged, StoreError, StoreVersionError
from index.home import make_home
from index.lexical import VOCABULARY
from index.schema import APPLICATION_ID, LASTING, SCHEMA_VERSION, create, migrate, version_of
from index.snapshot import MEND, Snapshot

WAIT_SECONDS = 60.0  # for another process's transaction, which holds a few documents
LEAST_FREE = 64 << 10  # bytes; SQLite wants half of that beside the store, and says of it only that writing failed
UNWRITABLE = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}
# Not SQLITE_ERROR, by which SQLite means a mistake in a statement: that is a defect of ours, and nobody should move a
# library away for it.
DAMAGED = {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_FORMAT}


class Store:
    """The store in one file. Opening reads and creates nothing; a store that does not exist yet is empty.

    A file of no bytes is taken for one that does not exist, but not beside a `sidecar`, which was made from a store.
    """

    def __init__(self, path: Path, sidecar: Path | None = None) -> None:
        self.path = path
        self._sidecar = sidecar
        # Connections not in use, each with the file it was opened on. A connection serves one thread at a time.
        self._idle: deque[tuple[tuple[int, int], sqlite3.Connection]] = deque()
        self._current: tuple[int, int] | None = None  # the file that is known to have today's form

    @contextmanager
    def reading(self) -> Iterator[Snapshot]:
        """One committed state, unmoved by what others write meanwhile. Raises StoreError."""
        with self._errors_explained():
            if self._outdated():
                with self._turn(WAIT_SECONDS):
                    self._migrate()
        with self._errors_explained(), self._connection() as connection:
            connection.execute("BEGIN")
            try:
                yield Snapshot(connection)
            finally:
                connection.rollback()

    @contextmanager
    def writing(self, wait: float = WAIT_SECONDS) -> Iterator[Change]:
        """The next state, committed when the block ends, dropped when it raises. Raises StoreError, StoreBusy."""
        with self._errors_explained(), self._turn(wait):
            self._create()
            self._migrate()
            with self._connection() as connection:
                connection.execute("BEGIN IMMEDIATE")
                try:
                    change = Change(connection)
                    yield change
                    if change.touched:
                        change.raise_generation()
                    connection.commit()
                finally:
                    connection.rollback()

    def outdated(self) -> bool:
        """Whether an older Footnote wrote the store, which reading or writing would bring to today's form. Raises
        StoreError."""
        with self._errors_explained():
            return self._outdated()

    def close(self) -> None:
        while self._idle:
            self._idle.pop()[1].close()

    @contextmanager
    def _turn(self, wait: float) -> Iterator[None]:
        """Writers of all processes take turns. SQLite's own lock would do for the tables, not for the sidecar."""
        make_home(self.path.parent)
        lock = FileLock(self.path.with_suffix(".lock"), timeout=wait)
        try:
            lock.acquire()
        except Timeout as error:
            raise self._busy() from error
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        file = self._file()
        if file is None:
            connection = sqlite3.connect(":memory:", isolation_level=None)
            create(connection)
            try:
                yield connection
            finally:
                connection.close()
            return
        connection, lasting = self._opened(file)
        try:
            yield connection
        finally:
            if lasting:
                self._idle.append((file, connection))
            else:
                connection.close()

    def _file(self) -> tuple[int, int] | None:
        """Which file the store is, so that a home replaced while we run is noticed; None where there is none yet.

        Raises StoreDamaged where it has lost everything.
        """
        try:
            status = self.path.stat()
        except FileNotFoundError:
            return None
        if status.st_size:
            return (status.st_dev, status.st_ino)
        if self._sidecar is not None and self._sidecar.exists():
            raise StoreDamaged(
                f"{self.path} is empty, though the index of its passages is still there ({self._sidecar.name}):"
                f" put the file back from a copy, or {MEND}"
            )
        return None

    def _opened(self, file: tuple[int, int]) -> tuple[sqlite3.Connection, bool]:
        """A connection, and whether it is one to keep: not where the home's state at this moment forced its kind."""
        while self._idle:
            known, connection = self._idle.pop()
            if known == file:
                return connection, True
            connection.close()
        try:
            return self._connect("mode=rw"), True
        except sqlite3.OperationalError as error:
            if _code(error) not in UNWRITABLE | {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL}:
                raise
        # Reading in WAL mode wants to write a little beside the store. On a full disk it does without while nobody else
        # has the store open; where it may not write at all, nobody else writes either.
        if self._disk_is_full():
            return self._connect("mode=rw", "PRAGMA locking_mode = EXCLUSIVE"), False
        return self._connect("mode=ro&immutable=1"), False

    def _connect(self, mode: str, first: str = "") -> sqlite3.Connection:
        uri = f"{self.path.absolute().as_uri()}?{mode}"
        connection = sqlite3.connect(uri, uri=True, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            connection.execute(first)
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = FULL")  # a committed document survives a power cut
            connection.execute(VOCABULARY)
            self._check(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _check(self, connection: sqlite3.Connection) -> None:
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        version = version_of(connection)
        if application != APPLICATION_ID:
            raise StoreDamaged(f"{self.path} is an SQLite file but no Footnote library: {MEND}")
        missing = LASTING.difference(name for (name,) in connection.execute("SELECT name FROM sqlite_master"))
        if missing:
            raise StoreDamaged(f"{self.path} lacks what a library holds ({', '.join(sorted(missing))}): {MEND}")
        if version > SCHEMA_VERSION:
            raise StoreVersionError(
                f"{self.path} was written by a newer Footnote (store version {version}, this one knows"
                f" {SCHEMA_VERSION}): update Footnote or choose another home"
            )

    def _create(self) -> None:
        """Makes the store under another name first, so that what bears its name is always whole.

        A log that a store moved away has left behind would be written into the new one, and is deleted.
        """
        if self._file():
            return
        unfinished = self.path.with_suffix(".new")
        unfinished.unlink(missing_ok=True)
        connection = sqlite3.connect(unfinished, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = WAL")  # readers go on while one writes
            create(connection)
        finally:
            connection.close()
        for ending in ("-wal", "-shm"):
            self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
        unfinished.replace(self.path)

    def _outdated(self) -> bool:
        """Whether the store was written by an older Footnote."""
        file = self._file()
        if file is None or file == self._current:
            return False
        with self._connection() as connection:
            outdated = version_of(connection) < SCHEMA_VERSION
        if not outdated:
            self._current = file
        return outdated

    def _migrate(self) -> None:
        """Brings an older store to today's form, in this process's turn to write, and keeps a copy of it as it was."""
        if not self._outdated():
            return
        with self._connection() as connection:
            version = version_of(connection)
            copy = self.path.with_suffix(f".version{version}.sqlite3")
            unfinished = copy.with_suffix(".new")
            unfinished.unlink(missing_ok=True)
            connection.execute("VACUUM INTO ?", (str(unfinished),))
            unfinished.replace(copy)
            migrate(connection)

    @contextmanager
    def _errors_explained(self) -> Iterator[None]:
        home = self.path.parent
        try:
            yield
        except sqlite3.DatabaseError as error:
            code = _code(error)
            if code in DAMAGED:
                raise StoreDamaged(f"{self.path} is not a sound library ({error}): {MEND}") from error
            if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
                raise self._busy() from error
            if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and self._disk_is_full()):
                raise StoreError(f"the disk of {home} is full: free some space and repeat") from error
            if code in UNWRITABLE:
                raise StoreError(f"{home} cannot be written: make it writable or choose another home") from error
            if code == sqlite3.SQLITE_IOERR:
                raise StoreError(f"{self.path} cannot be read or written ({error}): check the disk") from error
            raise
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise StoreError(f"the disk of {home} is full: free some space and repeat") from error
            if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST}:
                raise StoreError(f"{home} cannot be written: make it writable or choose another home") from error
            raise StoreError(f"{home} cannot be used ({error.strerror or error}): check the disk") from error

    def _disk_is_full(self) -> bool:
        return shutil.disk_usage(self.path.parent).free < LEAST_FREE

    def _busy(self) -> StoreBusy:
        return StoreBusy(f"another process is writing {self.path}: try again when it is done")


def _code(error: sqlite3.Error) -> int:
    """SQLite's primary result code; 0 for what Python's module says of how it was called.

    An operation that failed without a code read what is no text.
    """
    unread = sqlite3.SQLITE_CORRUPT if isinstance(error, sqlite3.OperationalError) else 0
    return int(getattr(error, "sqlite_errorcode", unread)) & 0xFF
