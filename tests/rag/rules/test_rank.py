"""Ranks: who is the first, and who only one of the first, the second, or the first among fewer."""

from __future__ import annotations

import pytest

from rag.rules.rank import outranked, unranked
from rag.words import language_of
from tests.rag.dossier import standing_of


def ranked(sentence: str, source: str, question: str = "", above: str = "") -> list[tuple[str, bool]]:
    """What a source has in the place of the sentence's ranks, and whether it denies them so."""
    found = outranked(sentence, question, [source], [above], language_of(source))
    return [(one.instead, one.denies) for one in found]


@pytest.mark.parametrize(
    ("sentence", "source", "instead", "denies"),
    [
        ("The Elbe is the longest river.", "The Elbe is the second longest river.", "second longest", True),
        ("It is Europe's largest port.", "It is Europe's fourth-largest port.", "fourth largest", True),
        ("He was the best player.", "He was one of the best players of the season.", "one of the best", False),
        (
            "It was the most expensive film.",
            "It was among the most expensive films.",
            "among the most expensive",
            False,
        ),
        ("It is the largest lake here.", "It is almost the largest lake here.", "almost the largest", False),
        ("It is the largest lake.", "The largest lakes are Ammer and Chiem.", "largest lakes", False),
        ("Riga is the largest city in Europe.", "Riga is the largest city in Latvia.", "largest … Latvia", False),
        (
            "The festival is the world's largest.",
            "The festival is the largest in Scotland.",
            "largest … Scotland",
            False,
        ),
        ("It was the first tram in the world.", "It was the first tram to run at night.", "first", False),
        (
            "It was the deadliest quake.",
            "It was the deadliest quake in the south of Chile.",
            "deadliest … south Chile",
            False,
        ),
        (
            "She was the first woman on the peak.",
            "She was the first blind woman on the peak in winter.",
            "first … blind winter",
            False,
        ),
        (
            "Ulm is the most populous city in Europe.",
            "Ulm is the largest city by population in Bavaria.",
            "largest … Bavaria",
            False,
        ),
        ("Bern ist die größte Stadt.", "Bern ist die fünftgrößte Stadt der Schweiz.", "fünftgrößte", True),
        (
            "Es ist das älteste Haus der Stadt.",
            "Es ist eines der ältesten Häuser der Stadt.",
            "eines der ältesten",
            False,
        ),
        ("Der See ist der größte in Europa.", "Der See ist der größte in Bayern.", "größte … Bayern", False),
        ("Die Fabrik ist die größte der Welt.", "Die Fabrik ist die größte in Polen.", "größte … Polen", False),
        (
            "Dora war der einzige Sturm.",
            "Dora war der einzige Sturm, der die Küste mit voller Kraft traf.",
            "einzige … Küste voller Kraft",
            False,
        ),
    ],
)
def test_a_rank_that_its_source_limits_is_told(sentence: str, source: str, instead: str, denies: bool) -> None:
    assert ranked(sentence, source) == [(instead, denies)]


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("The Elbe is the second longest river.", "The Elbe is the second longest river in Germany."),
        ("He was one of the best players.", "He was one of the best players of the season."),
        ("The biggest employer is the mill.", "The largest employer in town is the mill."),
        ("The library is the first in the country.", "The library opened in 1850, the first in the country."),
        ("Ulm is the largest city in Utah.", "Ulm is the largest city by population in the U.S. state of Utah."),
        (
            "The first rooms of any museum in the world opened here.",
            "The first rooms opened here, the first in the world.",
        ),
        ("He was the first mayor of the town.", "The town's first mayor was Ole Hansen."),
        ("The tower is the tallest in Norway.", "The tower is the tallest building in Norway."),
        ("At first the plan failed.", "One of the first plans failed."),
        ("The First Coast was hit.", "One of the first coasts was hit."),
        (
            "The oldest part is the tower.",
            "The oldest part of the church is the tower; one of the oldest bells is here.",
        ),
        ("It is the forest of the town.", "It is the second forest of the town."),
        (
            "Er war der erste US-Präsident, der nach Kenia reiste.",
            "Er war der erste Präsident der USA, der Kenia besuchte.",
        ),
        ("Es ist eines der ältesten Häuser.", "Es ist eines der ältesten Häuser der Stadt."),
        ("Das größte Gebäude ist die Bibliothek.", "Die Bibliothek ist das größte Gebäude auf dem Campus."),
        ("Am zwanzigsten Mai begann es.", "Es begann an einem der zwanzigsten Tage."),
    ],
)
def test_a_rank_that_stands_in_the_source_is_not_told(sentence: str, source: str) -> None:
    assert ranked(sentence, source) == []


def test_what_the_question_and_the_title_say_need_not_be_said_again() -> None:
    said, source = "It was the first school.", "It was the first school for girls to teach chemistry."
    assert ranked(said, source)
    assert ranked(said, source, question="Which was the first school for girls to teach chemistry?") == []
    assert ranked(said, source, above="Chemistry: schools for girls, and how they teach") == []
    assert ranked("The main crop is corn.", "Corn is one of the main crops.")
    assert ranked("The main crop is corn.", "Corn is one of the main crops.", question="What is a main crop?") == []


def test_another_source_that_gives_the_rank_is_enough() -> None:
    sources = ["Ulm is one of the largest cities.", "Ulm is the largest city."]
    assert outranked("Ulm is the largest city.", "", sources[:1], [""], "en")
    assert outranked("Ulm is the largest city.", "", sources, ["", ""], "en") == ()
    assert outranked("Он был первым.", "", ["Он был вторым."], [""], "ru") == ()


@pytest.mark.parametrize(
    ("sentence", "source", "told"),
    [
        ("The library is the oldest in the country.", "The library was built in 1790.", True),
        ("The most accurate clock is here.", "A clock is here.", True),
        ("Smith was the only survivor.", "Smith and two others were rescued.", True),
        ("Sie war die einzige Ministerin.", "Sie war Ministerin für Verkehr.", True),
        ("Es ist der höchste Turm.", "Der Turm steht hier.", True),
        ("Smith was the sole survivor.", "Smith was the only survivor.", False),
        ("The first settlers came from Wales.", "The earliest settlers came from Wales.", False),
        ("The main reason was cost.", "It was mainly cost that decided.", False),
        ("The church is the highest building.", "The church towers over all other buildings.", False),
        ("She won the first of her three titles in 1999.", "She won titles in 1999, 2001 and 2004.", False),
        ("The museum first opened in 1901.", "The museum opened in 1901.", False),
        ("Er war der erste Bürgermeister.", "Erster Bürgermeister war Karl Braun.", False),
        ("Er war der erste, der das tat.", "Er hat damit begonnen und begann früh.", False),
    ],
)
def test_a_rank_must_stand_in_a_source_in_some_words(sentence: str, source: str, told: bool) -> None:
    assert bool(unranked(sentence, "", [source], [""], language_of(source))) is told


def test_the_question_is_enough_for_ranks_that_have_other_words() -> None:
    said, source = "The main idea was rest.", "He wrote that all need rest."
    assert unranked(said, "", [source], [""], "en")
    assert unranked(said, "What was the main idea?", [source], [""], "en") == []
    assert unranked(said, "", [source], ["Main ideas"], "en") == []
    assert unranked("The lowest level was here.", "Where was the lowest level?", ["A level was here."], [""], "en")
    assert unranked("Он был первым.", "", [source], [""], "ru") == []


@pytest.mark.parametrize(
    ("sentence", "source", "narrower"),
    [
        (
            "Lund was the first person to win the prize.",
            "Lund, the first Norwegian to win the prize, left.",
            "Norwegian",
        ),
        ("Lund was the first to win the prize.", "Lund, the first woman to win the prize, left.", "woman"),
        ("Reyes was the first president to visit.", "Reyes was the first Peruvian president to visit.", "Peruvian"),
        ("It was the first pool in town.", "It was the first indoor pool in town.", "indoor"),
        ("Er war der erste Präsident, der kam.", "Er war der erste polnische Präsident, der kam.", "polnische"),
        ("Lund was the first Norwegian to win the prize.", "Lund, the first Norwegian to win the prize, left.", ""),
        ("It is the largest hall in town.", "It is the largest hall in town, and Dutch painters decorated it.", ""),
    ],
)
def test_the_first_of_fewer(sentence: str, source: str, narrower: str) -> None:
    standing, reasons = standing_of(sentence, source)
    assert standing == ("partly supported" if narrower else "supported")
    assert any(narrower in reason for reason in reasons) == bool(narrower)


def test_who_is_narrowed_in_other_words_is_no_first_of_fewer() -> None:
    assert not ranked("Er war der erste US-Präsident, der kam.", "Er war der erste amerikanische Präsident, der kam.")
