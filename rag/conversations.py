"""Conversations kept in one SQLite file of the home: questions with all that came of them, footnotes included.

A turn is stored whole, with the words it cites, so that its footnotes still open when a document has changed or gone.
Several pages and processes may use one file. Knows nothing of models, of the index or of how a turn is shown; reading
from a home without conversations creates nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from index.home import make_home
from rag.errors import ConversationsError
from rag.marked import mark_of
from rag.turns import Turn

if TYPE_CHECKING:
    from pydantic import TypeAdapter

FILE = "conversations.sqlite3"  # in the home
TITLE_CHARACTERS = 80
SEARCHED_WORDS = 50  # SQLite takes a condition of no more than a thousand
WAIT_SECONDS = 10.0  # for another process's transaction, which writes one turn

_APPLICATION_ID = 0x466F6F43  # "FooC": not the store of documents, and not somebody else's file
_VERSION = 1
_SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS conversations (
  id TEXT PRIMARY KEY, title TEXT NOT NULL, begun_at TEXT NOT NULL, changed_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS turns (
  place INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, asked_at TEXT NOT NULL, words TEXT NOT NULL,
  record TEXT NOT NULL,
  conversation TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE);
CREATE INDEX IF NOT EXISTS turns_of_conversation ON turns (conversation, place);
PRAGMA application_id = {_APPLICATION_ID};
PRAGMA user_version = {_VERSION};
COMMIT;
"""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A line of the list of conversations. Times are ISO 8601 in UTC; `questions` counts its turns."""

    id: str
    title: str
    begun_at: str
    changed_at: str
    questions: int


@dataclass(frozen=True, slots=True)
class KeptTurn:
    """A turn with when it was asked: ISO 8601 in UTC."""

    turn: Turn
    asked_at: str


class Conversations:
    """The conversations of one home. Usable from several threads. Every method raises ConversationsError."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def begin(self, conversation: str, turn: Turn) -> None:
        """Adds a question to a conversation; one that is not there yet is made, and named after the question."""
        now = datetime.now(UTC).isoformat()
        with self._writing() as connection:
            connection.execute(
                "INSERT INTO conversations VALUES (?1, ?2, ?3, ?3) ON CONFLICT (id) DO UPDATE SET changed_at = ?3",
                (conversation, _title(turn.question) or "Untitled", now),
            )
            connection.execute(
                "INSERT INTO turns (key, asked_at, words, record, conversation) VALUES (?, ?, ?, ?, ?)",
                (turn.key, now, _words(turn), _record(turn), conversation),
            )

    def finish(self, turn: Turn) -> None:
        """Keeps what has come of a question that `begin` kept, or what the reader thinks of it since; one that was
        deleted meanwhile stays deleted."""
        with self._writing() as connection:
            connection.execute(
                "UPDATE turns SET words = ?, record = ? WHERE key = ?", (_words(turn), _record(turn), turn.key)
            )

    def rename(self, conversation: str, title: str) -> None:
        with self._writing() as connection:
            if not _title(title):
                raise ConversationsError("The name is empty; type one.")
            renamed = connection.execute(
                "UPDATE conversations SET title = ? WHERE id = ?", (_title(title), conversation)
            ).rowcount
            if not renamed:
                raise _unknown()

    def delete(self, conversation: str) -> None:
        """Deletes a conversation for good: its words are overwritten in the file."""
        with self._writing() as connection:
            connection.execute("DELETE FROM conversations WHERE id = ?", (conversation,))

    def listed(self, search: str = "", limit: int = 100) -> list[Conversation]:
        """The conversations whose name, questions or answers hold every word of `search`, last used first. Of a long
        search the first words count."""
        words = search.casefold().split()[:SEARCHED_WORDS]
        condition = " AND ".join(
            "(instr(folded(title), ?) OR EXISTS (SELECT 1 FROM turns WHERE conversation = id AND instr(words, ?)))"
            for _ in words
        )
        sought = [word for word in words for _ in range(2)]
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT id, title, begun_at, changed_at, (SELECT COUNT(*) FROM turns WHERE conversation = id)"
                f" FROM conversations WHERE {condition or 1} ORDER BY changed_at DESC, id LIMIT ?",
                (*sought, limit),
            ).fetchall()
        return [Conversation(*row) for row in rows]

    def conversation(self, conversation: str) -> Conversation:
        """One line of the list."""
        with self._reading() as connection:
            row = connection.execute(
                "SELECT id, title, begun_at, changed_at, (SELECT COUNT(*) FROM turns WHERE conversation = id)"
                " FROM conversations WHERE id = ?",
                (conversation,),
            ).fetchone()
        if row is None:
            raise _unknown()
        return Conversation(*row)

    def turns(self, conversation: str) -> list[KeptTurn]:
        """The turns of a conversation, oldest first; none for one that is not there."""
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT record, asked_at FROM turns WHERE conversation = ? ORDER BY place",
                (conversation,),
            ).fetchall()
        return [_kept(row) for row in rows]

    def turn(self, key: str) -> KeptTurn | None:
        """The turn with this key, or None."""
        with self._reading() as connection:
            row = connection.execute("SELECT record, asked_at FROM turns WHERE key = ?", (key,)).fetchone()
        return None if row is None else _kept(row)

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._errors_explained():
            if not self._path.exists():
                with closing(sqlite3.connect(":memory:")) as nothing:
                    nothing.create_function("folded", 1, str.casefold, deterministic=True)
                    nothing.executescript(_SCHEMA)
                    yield nothing
                return
            with self._connection() as connection:
                yield connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._errors_explained():
            make_home(self._path.parent)
            with self._connection() as connection:
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                    connection.commit()
                finally:
                    connection.rollback()

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """A connection for one operation: a question is asked every few seconds, and opening takes a millisecond."""
        with closing(sqlite3.connect(self._path, timeout=WAIT_SECONDS, isolation_level=None)) as connection:
            mark = mark_of(connection)
            if mark and mark.application != _APPLICATION_ID:
                raise ConversationsError(
                    f"Conversations cannot be kept: {self._path} holds something else; move it away."
                )
            if mark and mark.version > _VERSION:
                raise ConversationsError(
                    f"Conversations cannot be read: {self._path} was written by a newer Footnote; update Footnote."
                )
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON")
            connection.create_function("folded", 1, str.casefold, deterministic=True)
            if not mark:
                with FileLock(self._path.with_suffix(".lock"), timeout=WAIT_SECONDS):
                    connection.execute("PRAGMA journal_mode = WAL")
                    connection.executescript(_SCHEMA)
            yield connection

    @contextmanager
    def _errors_explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise ConversationsError(f"Conversations cannot be kept in {self._path}: {error}") from error
        except OSError as error:
            reason = error.strerror or error
            raise ConversationsError(f"Conversations cannot be kept in {self._path.parent}: {reason}") from error


def _unknown() -> ConversationsError:
    return ConversationsError("There is no such conversation here; it may have been deleted.")


def _title(text: str) -> str:
    """A name in one short line."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text[:2_000]).split())
    return line if len(line) <= TITLE_CHARACTERS else line[: TITLE_CHARACTERS - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"


def _words(turn: Turn) -> str:
    """What a search looks into."""
    said = turn.answer.answer if turn.answer else " ".join(sentence.text for sentence in turn.sentences)
    return f"{turn.question}\n{said}".casefold()


def _record(turn: Turn) -> str:
    return _adapter().dump_json(turn).decode()


def _kept(row: tuple[str, str]) -> KeptTurn:
    record, asked_at = row
    try:
        turn = _adapter().validate_json(record)
    except ValueError as error:  # pydantic's ValidationError is one
        raise ConversationsError("This conversation was kept in a form that this Footnote does not read.") from error
    return KeptTurn(turn, asked_at)


@cache
def _adapter() -> TypeAdapter[Turn]:
    from pydantic import TypeAdapter

    return TypeAdapter(Turn)
