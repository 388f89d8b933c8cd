"""Answers kept with what produced them, so that one can be given again, or it can be said what has changed since.

One SQLite file of the home, beside the store and apart from it: losing it loses no document and no answer. The oldest
records make room for new ones. Knows nothing of how an answer comes about; reading from a home without records
creates nothing.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from index.home import make_home
from rag.errors import RecordError
from rag.forms import answer_form
from rag.marked import Mark, mark_of
from rag.records import Answer, Circumstances

FILE = "answers.sqlite3"
MOST = 1000  # answers kept; one takes some 10 kB
WAIT_SECONDS = 10.0  # for another process's transaction, which writes one record

_APPLICATION_ID = 0x466F6F52  # "FooR": not the store of documents, and not somebody else's file
_VERSION = 1
_SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS answers (
  id TEXT PRIMARY KEY, asked_at TEXT NOT NULL, form TEXT NOT NULL, circumstances TEXT NOT NULL);
PRAGMA application_id = {_APPLICATION_ID};
PRAGMA user_version = {_VERSION};
COMMIT;
"""


@dataclass(frozen=True, slots=True)
class Record:
    """One answer as it was given, in its JSON form, and the circumstances. `asked_at` is ISO 8601 in UTC."""

    id: str
    asked_at: str
    form: Mapping[str, Any]
    circumstances: Circumstances


class Records:
    """The records of one home. Every method raises RecordError."""

    def __init__(self, home: Path) -> None:
        self._path = home / FILE

    def keep(self, answer: Answer, circumstances: Circumstances) -> None:
        """Keeps an answer; the same answer again takes the place of the first."""
        row = (
            answer.id,
            datetime.now(UTC).isoformat(timespec="seconds"),
            json.dumps(answer_form(answer), ensure_ascii=False),
            json.dumps(asdict(circumstances), ensure_ascii=False),
        )
        with self._open(create=True) as connection, connection:
            connection.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)", row)
            connection.execute(
                "DELETE FROM answers WHERE rowid <= (SELECT rowid FROM answers ORDER BY rowid DESC LIMIT 1 OFFSET ?)",
                (MOST,),
            )

    def find(self, reference: str) -> Record:
        """The record whose id is, or alone begins with, `reference`."""
        if not self._path.exists():
            raise _unknown(reference)
        with self._open(create=False) as connection:
            rows = connection.execute(
                "SELECT id, asked_at, form, circumstances FROM answers WHERE substr(id, 1, ?) = ? LIMIT 2",
                (len(reference), reference),
            ).fetchall()
        if not rows or not reference:
            raise _unknown(reference)
        if len(rows) > 1:
            raise RecordError(f"several answers have an id that begins with {reference}; give more of it")
        identity, asked_at, form, circumstances = rows[0]
        try:
            then, answer = json.loads(circumstances), json.loads(form)
            then["documents"] = tuple(then.get("documents", ()))
            return Record(identity, asked_at, dict(answer), Circumstances(**then))
        except (ValueError, TypeError, AttributeError) as error:
            raise RecordError(
                f"the answer {identity} was recorded in a form that this Footnote does not read"
            ) from error

    @contextmanager
    def _open(self, create: bool) -> Iterator[sqlite3.Connection]:
        try:
            if create:
                make_home(self._path.parent)
            with closing(sqlite3.connect(self._path, timeout=WAIT_SECONDS)) as connection:
                mark = mark_of(connection)
                if mark is None and create:
                    connection.executescript(_SCHEMA)
                elif mark != Mark(_APPLICATION_ID, _VERSION):
                    raise RecordError(f"{self._path} is no file of answers of this version; move it away")
                yield connection
        except (sqlite3.Error, OSError) as error:
            raise RecordError(f"{self._path}: answers cannot be recorded or read: {error}") from error


def _unknown(reference: str) -> RecordError:
    return RecordError(f"no answer is recorded under {reference!r}; 'footnote ask --json' shows the id of an answer")


def same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two answers, in their JSON form, are the same to the byte, times and the index's count apart."""

    def comparable(form: Mapping[str, Any]) -> str:
        said = {key: form[key] for key in form if key not in ("id", "timing", "index", "left_out")}
        return json.dumps(said, sort_keys=True)

    return comparable(one) == comparable(other)


def changes(record: Record, now: Circumstances, documents: Collection[str]) -> tuple[str, ...]:
    """In words, what is no longer as it was; `documents` are the ids of those in the index now.

    A setting that the record does not have came later; its default, which replay takes, is how it was then. Of what
    was not recorded yet nothing is said.
    """
    then = record.circumstances
    found = [
        f"{what} was {before} and is {after}"
        for what, before, after in (
            ("Footnote", then.version, now.version),
            ("what Footnote itself is made of", then.itself_sha256[:12], now.itself_sha256[:12]),
            ("llama-cpp-python", then.engine, now.engine),
            ("the answering model", then.model, now.model),
            ("the model's file", then.model_sha256[:12], now.model_sha256[:12]),
            ("the set of prompts", then.prompts_sha256[:12], now.prompts_sha256[:12]),
            ("the embedding model", then.embedding_model, now.embedding_model),
            ("the seed", then.seed, now.seed),
        )
        if before not in ("", after)
    ]
    found += [
        f"the setting {name} was {before} and is {now.settings.get(name)}"
        for name, before in sorted(then.settings.items())
        if before != now.settings.get(name) and name != "embedding"  # told above, with what its weights are known by
    ]
    gone = {passage["path"] for passage in record.form["passages"] if passage["document_id"] not in documents}
    found += [f"{path} has changed or is no longer in the index" for path in sorted(gone)]
    if then.generation != now.generation and not gone:
        found.append("documents were added or taken out, none of those read for this answer")
    return tuple(found)
