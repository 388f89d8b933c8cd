"""Words of a query that stand nowhere, taken for what was meant: the word of the index that is one slip away.

One letter too many, too few, another one, or two that changed places: such were four in five of the misspellings that
Damerau looked at ("A technique for computer detection and correction of spelling errors", CACM 1964). The first letter
is hardly ever wrong and has to be right.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import takewhile

from index import bm25, lexical

SHORTEST = 5  # letters; most words shorter than that are one letter away from another


def statistics(connection: sqlite3.Connection, query: str, languages: Iterable[str]) -> bm25.Statistics:
    """Those of the words of a query; one that stands nowhere in any language's form is looked for as it was meant."""
    forms = lexical.query_forms(query, languages)
    words = [form for every in forms for form in every]
    known = bm25.statistics(connection, words)
    strange = [every for every in forms if known.frequencies.keys().isdisjoint(every)]
    meant = [word for every in strange for form in every for word in _meant(connection, form)]
    return bm25.statistics(connection, list(dict.fromkeys([*words, *meant]))) if meant else known


def _meant(connection: sqlite3.Connection, word: str) -> Iterator[str]:
    """The word that most passages have of those that are one slip away."""
    if len(word) < SHORTEST or not word.isalpha():
        return
    near = connection.execute(
        "SELECT term, doc FROM temp.vocabulary WHERE term >= ? AND term < ?", (word[0], chr(ord(word[0]) + 1))
    )
    found = [(-held, term) for term, held in near if one_slip(word, term)]
    if found:
        yield min(found)[1]


def one_slip(word: str, other: str) -> bool:
    """Whether two different words become one by a letter put in, left out or changed, or two neighbours exchanged."""
    if word == other or abs(len(word) - len(other)) > 1:
        return False
    alike = sum(1 for _ in takewhile(lambda both: both[0] == both[1], zip(word, other, strict=False)))
    rest, others = word[alike:], other[alike:]
    if len(rest) != len(others):
        longer, shorter = (rest, others) if len(rest) > len(others) else (others, rest)
        return longer[1:] == shorter
    return rest[1:] == others[1:] or (rest[:2] == others[1::-1] and rest[2:] == others[2:])
