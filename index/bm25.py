"""BM25 over the full-text table: which passages hold the words of a query, and how much that is worth.

Ranks by SQLite's FTS5 as long as that is quick. Where words are too common for that, the rarer ones and pairs of words
choose candidates and all of them score these. Takes words already normalised; knows nothing of languages and vectors.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# FTS5 spends 1 to 2 microseconds on each passage that holds a word of the query. So many are scored, rarest words
# first; a library of up to about that size is searched exactly (benchmarks/LOG.md). Of larger ones, half as many by the
# rarest words alone; more is gained by passages that hold a rare word and one more of the query.
SCORED = 10_000
TOGETHER = 16  # for one of so many that may be scored, one such passage is scored by all words, which takes longer
CANDIDATES = 4  # times what is asked for, chosen by the rarer words and scored by all
K1, B = 1.2, 0.75  # those of FTS5, https://www.sqlite.org/fts5.html#the_bm25_function
LEAST_WORTH = 1e-6  # of a word that stands in more than half of the passages, as in FTS5
TOTALS = 1  # the row of FTS5's own data that holds the number of passages and of words in each column

Weights = tuple[float, float, float]  # of title, heading and body


@dataclass(frozen=True, slots=True)
class Statistics:
    """What the whole table says of the words of a query: in how many passages each stands, rarest first.

    `average_length` is in words, all columns together.
    """

    passages: int
    average_length: float
    frequencies: Mapping[str, int]

    def worth(self, word: str) -> float:
        """The inverse document frequency."""
        held = self.frequencies[word]
        return max(math.log((self.passages - held + 0.5) / (held + 0.5)), LEAST_WORTH)

    def telling(self, enough: int, most: int) -> list[str]:
        """The rarest words: held by no more than `most` passages together, but by at least `enough` if there are."""
        words: list[str] = []
        scored = 0
        for word, held in self.frequencies.items():
            if scored >= enough and scored + held > most:
                break
            words.append(word)
            scored += held
        return words

    def pairs(self, most: int) -> dict[str, list[str]]:
        """The rarest words, each with the commoner ones of which one shall stand beside it: in some `most` passages.

        So many there would be if words came independently of each other.
        """
        words, left = list(self.frequencies), sum(self.frequencies.values())
        found, expected = {}, 0.0
        for place, (word, held) in enumerate(self.frequencies.items(), start=1):
            left -= held
            expected += held * left / max(self.passages, 1)
            if expected > most or not left:
                break
            found[word] = words[place:]
        return found


def statistics(connection: sqlite3.Connection, words: Sequence[str]) -> Statistics:
    """Of those of `words` that stand anywhere."""
    found = {}
    for word in words:
        row = connection.execute("SELECT doc FROM temp.vocabulary WHERE term = ?", (word,)).fetchone()
        if row:
            found[word] = int(row[0])
    # FTS5 keeps these totals for its own BM25 and gives them out to functions in C only.
    row = connection.execute("SELECT block FROM fulltext_data WHERE id = ?", (TOTALS,)).fetchone()
    passages, *lengths = _numbers(row[0] if row else b"") or [0]  # nothing in an empty table
    rarest_first = dict(sorted(found.items(), key=lambda item: (item[1], item[0])))
    return Statistics(passages, sum(lengths) / max(passages, 1), rarest_first)


def search(
    connection: sqlite3.Connection,
    known: Statistics,
    column_weights: Weights,
    limit: int,
    among: Sequence[int] | None = None,
    scored: int = SCORED,
) -> list[tuple[int, float]]:
    """Passages that hold any of the words as (row id, BM25), best first, ties by row id; about `scored` are scored.

    With `among` only these passages are looked at; what a word is worth is still told by all.
    """
    words = list(known.frequencies)
    if among is not None or len(known.telling(CANDIDATES * limit, scored)) == len(words):
        return _ranked(connection, words, column_weights, limit, among)
    telling = known.telling(CANDIDATES * limit, scored // 2)
    candidates = [row for row, _ in _ranked(connection, telling, column_weights, CANDIDATES * limit)]
    together = scored // TOGETHER
    candidates = list(dict.fromkeys(candidates + _together(connection, known.pairs(together), 2 * together)))
    found = scores(connection, known, column_weights, candidates)
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]


def scores(
    connection: sqlite3.Connection, known: Statistics, column_weights: Weights, passages: Sequence[int]
) -> dict[int, float]:
    """BM25 of those of `passages` that hold any of the words, computed from their words as FTS5 does it.

    FTS5 itself would count all words in the whole table anew for each of the passages.
    """
    if not known.frequencies or not passages:
        return {}
    worth = {word: known.worth(word) for word in known.frequencies}
    wanted = frozenset(worth)
    rows = connection.execute(
        f"SELECT rowid, title, heading, body FROM fulltext WHERE rowid IN ({', '.join('?' * len(passages))})",
        tuple(passages),
    )
    found = {}
    for row, *columns in rows:
        counts: dict[str, float] = {}
        length = 0
        for weight, text in zip(column_weights, columns, strict=True):
            held = text.split()
            length += len(held)
            for word in wanted.intersection(held):
                counts[word] = counts.get(word, 0.0) + weight * held.count(word)
        if counts:
            damping = K1 * (1 - B + B * length / known.average_length)
            found[row] = sum(
                worth[word] * counts[word] * (K1 + 1) / (counts[word] + damping)
                for word in worth  # in their order, that the last bit of a sum be always the same
                if word in counts
            )
    return found


def _ranked(
    connection: sqlite3.Connection,
    words: Sequence[str],
    column_weights: Weights,
    limit: int,
    among: Sequence[int] | None = None,
) -> list[tuple[int, float]]:
    if not words:
        return []
    rows = connection.execute(
        "SELECT rowid, -bm25(fulltext, ?, ?, ?) AS score FROM fulltext WHERE fulltext MATCH ?"
        " AND (? IS NULL OR rowid IN (SELECT value FROM json_each(?5))) ORDER BY score DESC, rowid LIMIT ?6",
        (*column_weights, _any_of(words), None if among is None else json.dumps(list(among)), limit),
    )
    return [(row, score) for row, score in rows]


def _together(connection: sqlite3.Connection, pairs: Mapping[str, Sequence[str]], limit: int) -> list[int]:
    """Passages that hold a word and one of those that belong to it. FTS5 is quick at that where it need not rank."""
    if not pairs:
        return []
    expression = " OR ".join(f'("{word}" AND ({_any_of(others)}))' for word, others in pairs.items())
    rows = connection.execute(
        "SELECT rowid FROM fulltext WHERE fulltext MATCH ? ORDER BY rowid LIMIT ?", (expression, limit)
    )
    return [row for (row,) in rows]


def _any_of(words: Sequence[str]) -> str:
    """An FTS5 expression; quoted, because a bare word may be an operator and a bare mark a syntax error."""
    return " OR ".join(f'"{word}"' for word in words)


def _numbers(block: bytes) -> list[int]:
    """Integers as SQLite writes them: seven bits a byte, the highest first, the eighth says that more follow."""
    numbers, number = [], 0
    for byte in block:
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            numbers.append(number)
            number = 0
    return numbers
