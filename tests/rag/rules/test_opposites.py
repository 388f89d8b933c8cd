"""Words in whose place the source says the contrary, and everything that only looks so."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest

from rag.rules.opposites import contraries
from rag.vocabulary import fold

STORED = tomllib.loads(resources.files("rag.rules").joinpath("opposites.toml").read_text("utf-8"))
MILL = "The council opposed the new mill because its wheel made the river shallow."


@pytest.mark.parametrize(
    ("claim", "source", "words", "instead"),
    [
        pytest.param("The council liked the new mill.", MILL, "liked", "opposed", id="a verb"),
        pytest.param("Which mill did the council support?", MILL, "support", "opposed", id="a question"),
        pytest.param("The wheel made the river deep.", MILL, "deep", "shallow", id="an adjective"),
        pytest.param(
            "The river was deep before the wheel came.",
            "It was deep after the wheel came.",
            "before",
            "after",
            id="before",
        ),
        pytest.param(
            "The imperfect wheel made it shallow.",
            "The perfect wheel made it shallow.",
            "imperfect",
            "perfect",
            id="a prefix",
        ),
        pytest.param(
            "Imperfect wheels made it shallow.", "The perfect wheel made it.", "Imperfect", "perfect", id="one"
        ),
        pytest.param("Perfections of the wheel", "Imperfection of the wheel", "Perfections", "Imperfection", id="many"),
        pytest.param("The third wheel broke.", "The second wheel broke.", "third", "second", id="one of a series"),
        pytest.param(
            "Who runs the public day school?",
            "She runs a private day school for small boys near the old mill, and four public libraries.",
            "public",
            "private",
            id="the word itself beside others",
        ),
        pytest.param("The Council Liked the new mill.", MILL, "Liked", "opposed", id="capitals"),
        pytest.param("Die kleine Mühle steht am Fluss.", "Die große Mühle steht am Fluss.", "kleine", "große", id="de"),
    ],
)
def test_the_contrary_beside_the_same_words_is_told(claim: str, source: str, words: str, instead: str) -> None:
    (found,) = contraries(claim, ["Nothing of it.", source], "de" if "Mühle" in claim else "en")
    assert (found.words, found.instead, found.source) == (words, instead, 1)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        pytest.param("The council opposed the new mill.", MILL, id="what it says"),
        pytest.param("The council did not like the new mill.", MILL, id="denied in the claim"),
        pytest.param("The council liked the new mill.", "The council never opposed the new mill.", id="in the source"),
        pytest.param("The old bridge fell.", MILL, id="of something else"),
        pytest.param(
            "Who was Anna's father?", "Her father was Karl. It is unknown who was Anna's mother.", id="both beside one"
        ),
        pytest.param(
            "The council liked the new mill.", f"{MILL} Later the council liked the mill.", id="the source says both"
        ),
        pytest.param("The new mill was opposed and liked by the council.", MILL, id="the claim says both"),
        pytest.param("The river was deep.", "The river was deeper than the shallow pond.", id="compared with"),
        pytest.param("They met before they voted.", "They voted after they met.", id="turned round twice"),
        pytest.param("Play on the wheel!", "Display on the wheel!", id="no prefix"),
        pytest.param("The council allowed the mill.", "The council found the mill prohibitive.", id="another word"),
    ],
)
def test_what_only_looks_like_the_contrary_is_left_alone(claim: str, source: str) -> None:
    assert contraries(claim, [source], "en") == ()


def test_a_language_without_data_has_no_contraries() -> None:
    assert contraries("Большой дом", ["Маленький дом"], "ru") == ()


@pytest.mark.parametrize("language", STORED)
def test_no_word_is_its_own_contrary_and_no_side_is_empty(language: str) -> None:
    for line in STORED[language]:
        sides = [set(map(fold, side.split())) for side in line.split("|")]
        assert len(sides) > 1
        assert all(sides)
        assert sum(map(len, sides)) == len(set().union(*sides))


def test_at_least_is_no_contrary_of_most() -> None:
    assert contraries("They got most of the milk.", ["They got the milk for at least ten years."], "en") == ()
    assert contraries("They got most of the milk.", ["They got least of the milk."], "en") != ()


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("Die Preise fielen 2015 um 12 Prozent.", "Die Preise stiegen 2015 um 12 Prozent."),
        ("Die Mieten sanken in der Stadt.", "Die Mieten wuchsen in der Stadt."),
        ("Die Spieler gewannen das Finale.", "Die Spieler verloren das Finale."),
        ("Die Räte befürworteten den Bau.", "Die Räte bekämpften den Bau."),
        ("Die Erben kauften das Gut.", "Die Erben verkauften das Gut."),
    ],
)
def test_german_pasts_in_the_plural(sentence: str, source: str) -> None:
    assert contraries(sentence, [source], "de")
    assert not contraries(source, [source], "de")


@pytest.mark.parametrize(
    ("claim", "source", "contrary"),
    [
        pytest.param("Who was unhappy with the mill back in 1911?", MILL, False, id="back then"),
        pytest.param("Who was to back the new mill?", MILL, True, id="the verb"),
        pytest.param(
            "How many worked at the mill when it first opened?", "Ten worked at the second mill.", False, id="at first"
        ),
        pytest.param("How many worked at the first mill?", "Ten worked at the second mill.", True, id="a rank"),
    ],
)
def test_an_adverb_has_no_contrary(claim: str, source: str, contrary: bool) -> None:
    assert bool(contraries(claim, [source], "en")) is contrary
