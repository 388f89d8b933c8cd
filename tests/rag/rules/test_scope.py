"""What is said of all, of the whole, of nothing else or at all times, and where a source says it of fewer."""

from __future__ import annotations

import pytest

from rag.rules.scope import alone, of_all, wider
from rag.words import language_of
from tests.rag.dossier import standing_of


@pytest.mark.parametrize(
    ("sentence", "source", "instead", "denies"),
    [
        (
            "All passengers survived the crash.",
            "Nearly all passengers survived the crash.",
            "Nearly all passengers",
            True,
        ),
        ("Every villager left.", "Almost half of all villagers left.", "Almost half of all villagers", True),
        ("All the workers were paid.", "About 60 percent of the workers were paid.", "60 percent of the workers", True),
        ("The whole harbour froze.", "A third of the harbour froze.", "third of the harbour", True),
        ("Every village was evacuated.", "Some villages were evacuated on Monday.", "Some villages", False),
        ("Most residents voted for it.", "Several residents voted for it.", "Several residents", False),
        ("Both bridges collapsed.", "One of the bridges collapsed.", "One of the bridges", True),
        (
            "All members signed, the treasurer too.",
            "All members except the treasurer signed.",
            "except the treasurer",
            True,
        ),
        ("All members signed the petition.", "All members except one signed.", "except one", False),
        ("Many fish species live in the lake.", "No fish species live in the lake.", "No fish species", True),
        ("No ship reached the harbour.", "Few ships reached the harbour.", "Few ships", True),
        (
            "The flood reached Cologne in two days.",
            "The flood reached parts of Cologne in two days.",
            "parts of Cologne",
            False,
        ),
        ("Alle Schüler bestanden die Prüfung.", "Fast alle Schüler bestanden die Prüfung.", "Fast alle Schüler", True),
        ("Jedes Dorf hat eine Schule.", "Die meisten Dörfer haben eine Schule.", "meisten Dörfer", True),
        ("Alle Schüler kamen zum Fest.", "Viele Schüler kamen zum Fest.", "Viele Schüler", False),
        ("Die gesamte Ernte verbrannte.", "Die Hälfte der Ernte verbrannte.", "Hälfte der Ernte", True),
        (
            "Alle Häuser blieben stehen.",
            "Alle Häuser mit Ausnahme der Mühle blieben stehen.",
            "mit Ausnahme der Mühle",
            False,
        ),
    ],
)
def test_what_is_said_of_fewer_is_not_said_of_all(sentence: str, source: str, instead: str, denies: bool) -> None:
    found = wider(sentence, ["It rained.", source], language_of(source))
    assert (found[0].source, found[0].denies) == (1, denies)
    assert found[0].instead.startswith(instead)
    assert found[0].instead in found[0].reason


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("All passengers survived the crash.", "All the passengers survived the crash."),
        ("All employees get a discount.", "Every employee gets a discount, and some employees get a car."),
        ("The churches were rebuilt.", "All churches were rebuilt."),
        ("All churches were rebuilt.", "The churches were rebuilt."),
        ("Nearly all houses burned.", "Nearly all houses burned in the night."),
        ("All members but the treasurer signed, except one.", "All members except the treasurer signed."),
        ("Every year the lake freezes.", "The lake freezes annually, for some weeks in most years."),
        ("All three brothers became priests.", "Some say that Karl, Otto and Hans became priests."),
        ("All members voted.", "The third member spoke; the members voted."),
        ("They sell it in all parts of the town.", "They sell it in all parts of the town."),
        ("Most residents voted for it.", "The majority of residents voted for it, some residents did not."),
        ("Many species live in the lake.", "Numerous species live in the lake; no species is rare."),
        (
            "The flood reached Cologne in two days.",
            "Parts of Bonn stood under water; the flood reached Cologne in two days.",
        ),
        ("The flood reached parts of Cologne.", "The flood reached parts of Cologne."),
        ("No ship reached the harbour.", "No ship and few boats reached the harbour."),
        ("Both bridges collapsed.", "Both of the bridges collapsed."),
        ("Alle Schüler bestanden die Prüfung.", "Sämtliche Schüler bestanden die Prüfung."),
        ("Die Häuser blieben stehen.", "Fast alle Häuser blieben stehen."),
        ("Jedes Jahr gibt es ein Fest.", "In den meisten Jahren gibt es ein Fest."),
        ("Das Fest ist in allen Teilen der Stadt.", "Das Fest ist in allen Teilen der Stadt."),
    ],
)
def test_what_a_source_says_of_as_many_or_leaves_open_is_not_told(sentence: str, source: str) -> None:
    assert wider(sentence, [source], language_of(source)) == ()


def test_another_source_that_says_all_is_enough() -> None:
    sources = ["Nearly all passengers survived.", "All passengers survived."]
    assert wider("All passengers survived.", sources[:1], "en")
    assert wider("All passengers survived.", sources, "en") == ()
    assert wider("Все пассажиры выжили.", ["Почти все пассажиры выжили."], "ru") == ()


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("The shop sells only bread.", "The shop sells bread, cheese and wine."),
        ("The firm exclusively hires graduates.", "The firm hires graduates and apprentices."),
        ("The entire archive was lost.", "The letters of the archive were lost."),
        ("He always travels by train.", "He usually travels by train."),
        ("He always wore a hat.", "He wore a hat on Sunday."),
        ("She never visited Rome.", "She did not visit Rome in 2013."),
        ("Das Museum zeigt nur Gemälde.", "Das Museum zeigt Gemälde und Skulpturen."),
        ("Die gesamte Sammlung ist verloren.", "Die Briefe der Sammlung sind verloren."),
        ("Der Zug fährt immer pünktlich.", "Der Zug fährt meistens pünktlich."),
        ("Sie besuchte Rom nie.", "Sie besuchte Rom 2013 nicht."),
    ],
)
def test_what_sets_apart_must_stand_in_the_source_in_some_words(sentence: str, source: str) -> None:
    (reason,) = alone(sentence, source, language_of(source))
    assert reason.startswith("the sentence says “")


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("The shop sells only bread.", "The shop sells bread alone."),
        ("Only members can vote.", "Voting is restricted to members."),
        ("Rain falls only in winter.", "There is no rain outside the winter months."),
        ("Only three people attended.", "Three people attended."),
        ("The hall was only slightly damaged.", "The hall was slightly damaged."),
        ("He was not only a painter but also a poet.", "He was a painter and a poet."),
        ("The whole village was evacuated.", "Everyone in the village was evacuated, all houses are empty."),
        ("He always travels by train.", "He travels by train every time."),
        ("She never visited Rome.", "She did not visit Rome."),
        ("Das Museum zeigt nur Gemälde.", "Das Museum zeigt ausschließlich Gemälde."),
        ("Das ganze Dorf wurde zerstört.", "Das Dorf wurde völlig zerstört."),
        ("Sie besuchte Rom nie.", "Sie besuchte Rom niemals, auch 2013 nicht."),
    ],
)
def test_what_sets_apart_in_other_words_is_not_told(sentence: str, source: str) -> None:
    assert alone(sentence, source, language_of(source)) == []


@pytest.mark.parametrize(
    ("sentence", "cited", "told"),
    [
        ("All churches were rebuilt.", "Only a small number of churches were rebuilt.", True),
        ("Every outfit is older.", "The outfits are mostly older.", True),
        ("Every outfit is older.", "The outfits are mostly older, and nearly all are red.", True),
        ("All churches were rebuilt.", "The churches were rebuilt.", False),
        ("All churches were rebuilt.", "All churches were rebuilt, some at once.", False),
        ("Nearly all churches were rebuilt.", "Most churches were rebuilt.", False),
        ("Churches were rebuilt.", "Only some churches were rebuilt.", False),
    ],
)
def test_what_is_said_of_some_is_not_said_of_all(sentence: str, cited: str, told: bool) -> None:
    assert bool(of_all(sentence, cited)) is told


@pytest.mark.parametrize(
    ("sentence", "source", "expected"),
    [
        ("Most doctors here keep records on paper.", "About 8 to 12 percent of doctors here keep records on paper.", 0),
        ("Most of the villagers own a boat.", "A third of the villagers own a boat.", 0),
        ("Most pupils walk to school.", "21% of pupils walk to school.", 0),
        ("The majority of the members voted for it.", "Only a minority of the members voted for it.", 0),
        ("Die meisten Bauern nutzen das Verfahren.", "Nur 12 Prozent der Bauern nutzen das Verfahren.", 0),
        ("Die Mehrheit der Mitglieder stimmte zu.", "Ein Drittel der Mitglieder stimmte zu.", 0),
        ("Most of the villagers own a boat.", "Two thirds of the villagers own a boat.", 2),
        ("Most of the villagers own a boat.", "Some 72 percent of the villagers own a boat.", 2),
        ("Die meisten Bauern nutzen das Verfahren.", "Rund 80 Prozent der Bauern nutzen das Verfahren.", 2),
        (
            "Everyone considers the quartet the founders of the style.",
            "The quartet, considered by many to be the founders of the style, changed the scene as a whole.",
            1,
        ),
    ],
)
def test_most_and_everyone_of_fewer(sentence: str, source: str, expected: int) -> None:
    assert standing_of(sentence, source)[0] == ("contradicted", "partly supported", "supported")[expected]


@pytest.mark.parametrize(
    ("sentence", "source", "expected"),
    [
        ("Few villagers own a boat.", "Most villagers own a boat.", "contradicted"),
        ("A minority of pupils walk to school.", "72% of pupils walk to school.", "contradicted"),
        ("Wenige Bauern besitzen ein Boot.", "Die meisten Bauern besitzen ein Boot.", "contradicted"),
        ("Few villagers own a boat.", "Few villagers own a boat.", "supported"),
        ("A minority of pupils walk to school.", "18% of pupils walk to school.", "supported"),
    ],
)
def test_few_of_most(sentence: str, source: str, expected: str) -> None:
    assert standing_of(sentence, source)[0] == expected
