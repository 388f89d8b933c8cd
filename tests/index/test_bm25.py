"""BM25 over the full-text table: equal to FTS5's own, and as quick as the rarer words allow."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator

import pytest

from index import bm25, lexical
from tests.index.texts import query_words

EVEN = (1.0, 1.0, 1.0)


@pytest.fixture
def table() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute(lexical.TABLE)
    connection.execute(lexical.VOCABULARY)
    yield connection
    connection.close()


def put(table: sqlite3.Connection, row: int, body: str, language: str = "en", title: str = "") -> None:
    table.execute(
        "INSERT INTO fulltext (rowid, title, heading, body) VALUES (?, ?, '', ?)",
        (row, lexical.normalise(title, language), lexical.normalise(body, language)),
    )


def found(table: sqlite3.Connection, query: str, languages: tuple[str, ...] = ("en",), limit: int = 50) -> list[int]:
    words = query_words(query, languages)
    return [row for row, _ in search(table, words, EVEN, limit)]


def search(
    table: sqlite3.Connection, words: list[str], weights: bm25.Weights, limit: int, among: list[int] | None = None
) -> list[tuple[int, float]]:
    return bm25.search(table, bm25.statistics(table, words), weights, limit, among)


def by_fts5(table: sqlite3.Connection, words: list[str], weights: bm25.Weights) -> dict[int, float]:
    """The reference: FTS5's own function over all that hold any of the words."""
    expression = " OR ".join(f'"{word}"' for word in words)
    statement = "SELECT rowid, -bm25(fulltext, ?, ?, ?) FROM fulltext WHERE fulltext MATCH ?"
    return dict(table.execute(statement, (*weights, expression)).fetchall())


@pytest.mark.parametrize("query", ["", "?!", "...", "\x00", "\u200b", "— «»"])
def test_a_query_without_words_finds_nothing(query: str, table: sqlite3.Connection) -> None:
    put(table, 1, "text")
    assert query_words(query, ["en"]) == []
    assert found(table, query) == []


@pytest.mark.parametrize(
    "query",
    [
        'the "best" way',
        "it's",
        "1.2.3",
        "a AND",
        "NEAR(a b)",
        "a*",
        "-mission",
        "body:mission",
        "^x",
        "{",
        "a + b",
        "'",
        "OR",
    ],
)
def test_no_query_is_a_syntax_error(query: str, table: sqlite3.Connection) -> None:
    put(table, 1, query)
    assert found(table, query) in ([1], [])


def test_a_very_long_query_is_cut(table: sqlite3.Connection) -> None:
    put(table, 1, "word1")
    words = query_words(" ".join(f"word{i}" for i in range(20_000)), ["en", "de"])
    assert len(words) <= 2 * lexical.LONGEST_QUERY
    assert [row for row, _ in search(table, words, EVEN, 5)] == [1]


def test_finds_under_the_stems_of_every_language_in_the_store(table: sqlite3.Connection) -> None:
    put(table, 1, "Die Häuser", "de")
    put(table, 2, "Договоры подписаны", "ru")
    assert found(table, "Häusern", ("en",)) == []
    assert found(table, "Häusern", ("de", "en")) == [1]
    assert found(table, "договоров", ("de", "en")) == [2]


def test_rarer_words_and_shorter_passages_come_first_and_ties_break_on_the_row(table: sqlite3.Connection) -> None:
    for row, body in enumerate(
        ("the council met", "the council met in Reykjavik", "nothing else", "nothing else", "end"), 1
    ):
        put(table, row, body)
    assert found(table, "council Reykjavik") == [2, 1]
    assert found(table, "nothing") == [3, 4]
    assert found(table, "nothing", limit=1) == [3]


def test_a_heavier_column_decides(table: sqlite3.Connection) -> None:
    put(table, 1, "a mission here", title="other thing")
    put(table, 2, "other thing here", title="a mission")
    for row in range(3, 9):
        put(table, row, "filler")
    assert [row for row, _ in search(table, ["mission"], (5.0, 1.0, 1.0), 5)] == [2, 1]
    assert [row for row, _ in search(table, ["mission"], (0.1, 1.0, 1.0), 5)] == [1, 2]


@pytest.fixture
def large(table: sqlite3.Connection) -> sqlite3.Connection:
    """Passages of words that are unevenly common, some with a title and a heading."""
    chance = random.Random(3)
    words = [f"word{number}" for number in range(400)]
    common = [1 / (number + 3) for number in range(400)]
    for row in range(1, 3001):
        body = " ".join(chance.choices(words, common, k=chance.randint(5, 60)))
        table.execute(
            "INSERT INTO fulltext (rowid, title, heading, body) VALUES (?, ?, ?, ?)",
            (row, chance.choice(words) if row % 3 else "", chance.choice(words) if row % 2 else "", body),
        )
    table.execute("DELETE FROM fulltext WHERE rowid % 10 = 0")
    return table


@pytest.mark.parametrize("weights", [EVEN, (2.0, 0.5, 1.0)], ids=["even", "uneven"])
def test_scores_are_those_of_fts5(weights: bm25.Weights, large: sqlite3.Connection) -> None:
    words = ["word0", "word5", "word50", "word399", "nowhere"]
    expected = by_fts5(large, words, weights)
    found = bm25.scores(large, bm25.statistics(large, words), weights, range(1, 3001))
    assert found.keys() == expected.keys()
    assert found == pytest.approx(expected, rel=1e-12)
    assert dict(search(large, words, weights, 5000)) == pytest.approx(expected, rel=1e-12)


def test_no_words_or_no_passages_have_no_scores(large: sqlite3.Connection) -> None:
    assert bm25.scores(large, bm25.statistics(large, []), EVEN, [1]) == {}
    assert bm25.scores(large, bm25.statistics(large, ["word1"]), EVEN, []) == {}


def test_where_words_are_too_common_the_rarer_ones_choose_and_all_score(
    large: sqlite3.Connection,
) -> None:
    known = bm25.statistics(large, ["word0", "word1", "word150", "word300"])
    assert known.telling(40, 300) == ["word300", "word150"]
    expected = by_fts5(large, list(known.frequencies), EVEN)
    best = sorted(expected.items(), key=lambda pair: (-pair[1], pair[0]))[:10]
    ranked = bm25.search(large, known, EVEN, 10, scored=600)
    assert [row for row, _ in ranked] == [row for row, _ in best]
    assert dict(ranked) == pytest.approx(dict(best))


def test_a_common_word_counts_where_too_few_passages_hold_a_rare_one(
    large: sqlite3.Connection,
) -> None:
    large.execute("INSERT INTO fulltext (rowid, body) VALUES (9000, 'once')")
    known = bm25.statistics(large, ["word0", "once"])
    assert len(bm25.search(large, known, EVEN, 50, scored=300)) == 50


def test_a_search_among_some_leaves_no_word_out(large: sqlite3.Connection) -> None:
    words, among = ["word0", "word300"], list(range(1, 60))
    expected = {row: score for row, score in by_fts5(large, words, EVEN).items() if row in among}
    known = bm25.statistics(large, words)
    assert dict(bm25.search(large, known, EVEN, 100, among, scored=10)) == pytest.approx(expected)


def test_pairs_begin_with_the_rarest_word_and_end_where_they_would_be_too_many() -> None:
    known = bm25.Statistics(1000, 80, {"rare": 10, "some": 100, "many": 200, "most": 500})
    assert known.pairs(7) == {}
    assert known.pairs(8) == {"rare": ["some", "many", "most"]}
    assert known.pairs(10_000) == {
        "rare": ["some", "many", "most"],
        "some": ["many", "most"],
        "many": ["most"],
    }


def test_a_passage_with_two_words_is_found_though_hundreds_hold_the_rarer_one_alone(table: sqlite3.Connection) -> None:
    bodies = ["rare stands here"] * 400 + ["common stands here"] * 500 + ["rare common here"] + ["neither"] * 3000
    for row, body in enumerate(bodies, start=1):
        put(table, row, body)
    words = ["rare", "common"]
    known = bm25.statistics(table, words)
    assert known.telling(4, 450) == ["rare"]
    ((row, score),) = bm25.search(table, known, EVEN, 1, scored=900)
    assert row == 901
    assert score == pytest.approx(by_fts5(table, words, EVEN)[901])
