"""Words as the full-text table holds them, the language they are stemmed in."""

from __future__ import annotations

import pytest

from index import lexical
from tests.index.texts import query_words


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
    assert query_words("Why did the war begin?", ["en"]) == ["war", "begin"]
    assert query_words("Who is it?", ["en"]) == ["who", "is", "it"]


@pytest.mark.parametrize(
    ("query", "text"),
    [
        pytest.param("Adam Smith", "AdamSmith: see you at noon", id="two names in one"),
        pytest.param("AdamSmith", "Adam Smith wrote", id="one for two names"),
        pytest.param("HomePage", "homepage", id="as it was written"),
        pytest.param(
            "\u041a\u0440\u0430\u0441\u043d\u044b\u0439",
            "\u041c\u0430\u043a\u041a\u0440\u0430\u0441\u043d\u044b\u0439",
            id="cyrillic",
        ),
        pytest.param("on January 6th", "Time: 20260106_13:00", id="a day in digits"),
        pytest.param("am 6. Oktober 2021", "On October 6, 2021, the office closed", id="another language"),
    ],
)
def test_a_query_finds_a_word_written_otherwise(query: str, text: str) -> None:
    found = set(query_words(query, ["en", "ru", "de"])) & set(lexical.normalise(text, "en").split())
    assert found


def test_a_day_is_not_another_day() -> None:
    words = set(query_words("2026-01-06", ["en"]))
    assert words & set(lexical.normalise("20260106", "en").split())
    assert not words & set(lexical.normalise("20260107", "en").split())


@pytest.mark.parametrize("letters", ["aB", "Aa", "a", "1 ", "may ", "1.1."])
def test_a_text_of_one_endless_word_costs_no_more_than_prose(letters: str) -> None:
    """A pattern that tries every beginning anew would take hours for this, and the time-out of the suite a minute."""
    assert lexical.normalise(letters * 100_000, "en")
