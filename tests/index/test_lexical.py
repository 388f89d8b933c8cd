"""Words as the full-text table holds them, the language they are stemmed in, and BM25 over them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from index import lexical

EVEN = (1.0, 1.0, 1.0)


@pytest.fixture
def table() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.execute(lexical.TABLE)
    yield connection
    connection.close()


def put(table: sqlite3.Connection, row: int, body: str, language: str = "en", title: str = "") -> None:
    table.execute(
        "INSERT INTO fulltext (rowid, title, heading, body) VALUES (?, ?, '', ?)",
        (row, lexical.normalise(title, language), lexical.normalise(body, language)),
    )


def found(table: sqlite3.Connection, query: str, languages: tuple[str, ...] = ("en",), limit: int = 50) -> list[int]:
    words = lexical.query_words(query, languages)
    return [row for row, _ in lexical.search(table, words, EVEN, limit)]


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        pytest.param("The missions CLOSED", "the mission closes", "en", id="case-and-stem"),
        pytest.param("NATO's", "NATO’s", "en", id="apostrophes"),
        pytest.param("Café", "cafe", "en", id="accent"),
        pytest.param("cafe\u0301", "caf\u00e9", "en", id="composed-or-not"),
        pytest.param("Müller", "Muller", "de", id="umlaut"),
        pytest.param("Straße", "STRASSE", "de", id="sharp-s"),
        pytest.param("Verträge", "Vertrag", "de", id="german-plural"),
        pytest.param("Ёлка", "елка", "ru", id="yo"),
        pytest.param("Москва\u0301", "москвы", "ru", id="stress-mark-and-case"),
        pytest.param("ﬁne", "fine", "en", id="ligature"),
        pytest.param("mis\u00adsion", "mission", "en", id="soft-hyphen"),
        pytest.param("10,000", "10000", "en", id="grouped-digits"),
        pytest.param("x²", "x2", "en", id="superscript"),
        pytest.param("ＮＡＴＯ", "nato", "en", id="full-width"),
        pytest.param("كِتَاب", "كتاب", "en", id="vowel-points"),
        pytest.param("snake_case", "snake case", "en", id="underscore"),
    ],
)
def test_one_word_however_it_is_written(one: str, other: str, language: str) -> None:
    assert lexical.normalise(one, language) == lexical.normalise(other, language) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("й", "и", id="short-i"),
        pytest.param("3.5", "35", id="decimal"),
        pytest.param("कि", "का", id="vowel-sign"),
    ],
)
def test_words_that_differ_stay_apart(one: str, other: str) -> None:
    assert lexical.normalise(one, "ru") != lexical.normalise(other, "ru")


def test_unspaced_scripts_become_pairs() -> None:
    assert lexical.normalise("東京都へ NATO本部", "en") == "東京 京都 都へ nato 本部"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        pytest.param("The mission was closed in the autumn of 2021.", "en", id="english"),
        pytest.param("Die Mission wurde im Herbst 2021 geschlossen, und das war nicht alles.", "de", id="german"),
        pytest.param("Миссия НАТО была закрыта осенью 2021 года.", "ru", id="russian"),
        pytest.param("Why did the war begin?", "en", id="english-war"),
        pytest.param("Wann war der Krieg?", "de", id="german-war"),
        pytest.param("2021", "en", id="nothing-to-tell"),
        pytest.param("", "en", id="empty"),
    ],
)
def test_guesses_the_language(text: str, language: str) -> None:
    assert lexical.guess_language(text) == language


def test_stop_words_are_left_out_while_others_remain() -> None:
    assert lexical.query_words("Why did the war begin?", ["en"]) == ["war", "begin"]
    assert lexical.query_words("Who is it?", ["en"]) == ["who", "is", "it"]


@pytest.mark.parametrize("query", ["", "?!", "...", "\x00", "\u200b", "— «»"])
def test_a_query_without_words_finds_nothing(query: str, table: sqlite3.Connection) -> None:
    put(table, 1, "text")
    assert lexical.query_words(query, ["en"]) == []
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
    words = lexical.query_words(" ".join(f"word{i}" for i in range(20_000)), ["en", "de"])
    assert len(words) <= 2 * lexical.LONGEST_QUERY
    assert [row for row, _ in lexical.search(table, words, EVEN, 5)] == [1]


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
    assert [row for row, _ in lexical.search(table, ["mission"], (5.0, 1.0, 1.0), 5)] == [2, 1]
    assert [row for row, _ in lexical.search(table, ["mission"], (0.1, 1.0, 1.0), 5)] == [1, 2]


def test_scores_of_given_rows_are_those_of_the_search(table: sqlite3.Connection) -> None:
    for row in range(1, 20):
        put(table, row, "council " * row + "word" if row % 3 else "word")
    words = lexical.query_words("council", ["en"])
    searched = dict(lexical.search(table, words, EVEN, 50))
    assert lexical.scores(table, words, EVEN, [1, 2, 3]) == {row: searched[row] for row in (1, 2)}
    assert all(score > 0 for score in searched.values())
    assert lexical.scores(table, [], EVEN, [1]) == {} == lexical.scores(table, words, EVEN, [])
