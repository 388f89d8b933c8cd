"""A word of a query with a slip in it finds what was meant, and no word that stands somewhere is changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from index import lexical, spelling


@pytest.mark.parametrize(
    ("word", "other", "slip"),
    [
        pytest.param("stoltenbreg", "stoltenberg", True, id="exchanged"),
        pytest.param("mision", "mission", True, id="left out"),
        pytest.param("misssion", "mission", True, id="put in"),
        pytest.param("missien", "mission", True, id="changed"),
        pytest.param("missions", "mission", True, id="at the end"),
        pytest.param("mission", "mission", False, id="the same"),
        pytest.param("misison", "mission", True, id="exchanged within"),
        pytest.param("omssiin", "mission", False, id="two of them"),
        pytest.param("mi", "mission", False, id="much shorter"),
        pytest.param("abcdef", "bacdfe", False, id="exchanged twice"),
    ],
)
def test_one_slip_is_one_letter_or_two_exchanged(word: str, other: str, slip: bool) -> None:
    assert spelling.one_slip(word, other) is slip
    assert spelling.one_slip(other, word) is slip


@pytest.fixture
def table() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute(lexical.TABLE)
    connection.execute(lexical.VOCABULARY)
    texts = (
        "Stoltenberg closed the mission",
        "the mission of Stoltenberk",
        "Stoltenberg spoke",
        "Столтенберг открыл миссию",
    )
    for text in texts:
        connection.execute("INSERT INTO fulltext VALUES ('', '', ?)", (lexical.normalise(text, "en"),))
    yield connection
    connection.close()


@pytest.mark.parametrize(
    ("query", "looked_for"),
    [
        pytest.param("Stoltenbreg", {"stoltenberg"}, id="the commoner of two"),
        pytest.param("When did Stoltenbreg close the mision?", {"stoltenberg", "close", "mission"}, id="two of them"),
        pytest.param("Stoltenberk", {"stoltenberk"}, id="a word that stands somewhere"),
        pytest.param("spake", {"spoke"}, id="five letters"),
        pytest.param("spok", set(), id="too short"),
        pytest.param("Zaltenberg", set(), id="another word"),
        pytest.param("2o21x", set(), id="no letters alone"),
        pytest.param("Столтенбрег", {"столтенберг"}, id="Russian"),
    ],
)
def test_a_word_that_stands_nowhere_is_looked_for_as_it_was_meant(
    table: sqlite3.Connection, query: str, looked_for: set[str]
) -> None:
    assert set(spelling.statistics(table, query, ["en"]).frequencies) == looked_for


def test_a_form_of_one_language_that_stands_somewhere_is_enough(table: sqlite3.Connection) -> None:
    """German stems of an English word stand nowhere, and are no slips of others."""
    assert set(spelling.statistics(table, "missions", ["de", "en"]).frequencies) == {"mission"}
