"""Answers that no one sentence gives, and everything that only looks so."""

from __future__ import annotations

import pytest

from rag.joined import joined, looks_back

ASKED = "Who is the ambassador to Belgium?"
AMBASSADOR = "From now on messages pass through the ambassador to Belgium."
MINISTER = "The minister Sergei Lavrov announced this on Monday."
ANSWER = "The ambassador to Belgium is Sergei Lavrov."


def test_a_name_from_one_sentence_for_what_another_speaks_of_is_told() -> None:
    assert joined(ANSWER, ASKED, [AMBASSADOR, MINISTER], "en") == "Sergei"


@pytest.mark.parametrize(
    ("sources", "why"),
    [
        ([MINISTER], "one source joins nothing"),
        ([AMBASSADOR, f"Sergei Lavrov is the ambassador to Belgium. {MINISTER}"], "it says both"),
        ([AMBASSADOR, MINISTER, "To Belgium he sends an ambassador, says Lavrov."], "another states it beside both"),
        ([AMBASSADOR, "He is Sergei Lavrov."], "it looks back"),
        (["Messages go to Brussels.", MINISTER], "no other source is nearer"),
        ([AMBASSADOR, "From Monday on."], "none states the fact"),
    ],
)
def test_what_one_sentence_says_is_left_alone(sources: list[str], why: str) -> None:
    assert joined(ANSWER, ASKED, sources, "en") is None, why


def test_one_word_of_the_question_tells_nothing_apart() -> None:
    said = "Lavrov announced it."
    assert joined(said, "Who announced it?", ["It was announced.", MINISTER.replace("announced", "said")], "en") is None


def test_an_answer_without_a_fact_of_its_own_joins_nothing() -> None:
    assert joined("The ambassador to Belgium is away.", ASKED, [AMBASSADOR, MINISTER], "en") is None


@pytest.mark.parametrize(
    ("source", "back"), [("He left.", True), ("There it was.", True), ("Ivan left.", False), ("…", False)]
)
def test_what_looks_back(source: str, back: bool) -> None:
    assert looks_back(source) is back
