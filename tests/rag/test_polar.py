"""Yes-or-no questions are told from others, and an answer begins with no where the passages speak against a yes."""

from __future__ import annotations

import pytest

from rag.polar import affirms, against, opening, replied, yes_or_no
from rag.rules.slots import misplaced


@pytest.mark.parametrize(
    "question",
    [
        "Did Ivanov go to Prague?",
        "is the mission still open?",
        " Was it Moscow that took the first step?",
        "Under the agreement of 1997, did the allies consult Russia?",
        "After the closures by Ford, Toyota and Holden, will Australia build cars?",
        "Had anybody been told when the news came?",
    ],
)
def test_a_question_to_be_answered_yes_or_no(question: str) -> None:
    assert yes_or_no(question, "The mission of NATO was in Moscow.")
    assert not yes_or_no(question, "Die Mission der NATO war in Moskau.")


@pytest.mark.parametrize(
    "question",
    [
        "Who did the cutting?",
        "In 2000, who was the minister?",
        "When it opened, was the mission large?",  # it may be; "when" keeps it from being told
        "Was it Moscow or Brussels that took the first step?",
        "Didn't they meet in Prague?",
        "Name the ministers.",
        "Hat Ivanov Prag besucht?",
        "Was umgibt Chloroplasten?",
        "Was war ein Abonnement laut der Anhörung?",
        "",
    ],
)
def test_any_other_question(question: str) -> None:
    assert not yes_or_no(question, "The mission of NATO was in Moscow.")


@pytest.mark.parametrize(("read", "alone", "begins"), [(3.0, 2.0, ""), (2.0, 2.0, "No,"), (1.0, 2.0, "No,")])
def test_what_counts_is_how_much_more_it_leans_to_yes(read: float, alone: float, begins: str) -> None:
    assert opening(read, alone, 0.5) == begins


def spoken_against(question: str, *told: str) -> int | None:
    return against(question, told, misplaced(question, told, "en"))


@pytest.mark.parametrize(
    ("told", "speaks"),
    [
        ("The festival started in 1990.", True),
        ("The festival did not start in 1980.", True),
        ("The festival ended in 1980.", True),
        ("The festival started in 1980.", False),
        ("Lanterns are lit.", False),
        ("The new office across the river in Moscow did not start well.", False),
    ],
)
def test_what_is_told_may_speak_against_the_question(told: str, speaks: bool) -> None:
    assert spoken_against("Did the festival start in 1980?", "Lanterns are old.", told) == (1 if speaks else None)


def test_one_of_two_who_share_a_name_speaks_not_against_the_other() -> None:
    assert spoken_against("Was Gloria Sam's father a doctor?", "Thomas Sam's father was a doctor.") is None
    assert spoken_against("Was Ivanov's father a doctor?", "Lavrov's father was a doctor.") == 0


@pytest.mark.parametrize(
    ("said", "fitting"),
    [
        ("Yes, the office closed in 2013.", "No, the office closed in 2013."),
        ("Yes, the office did not close in 2011.", "No, the office did not close in 2011."),
        ("No, the office closed in 2011.", None),
        ("Yes, the office closed in 2011.", None),
        ("No, the office did not close in 2011.", None),
        ("No, the office closed in 2013.", None),
        ("No, the office never closed in 2011.", None),
        ("No, somebody else's did.", None),
        ("The office closed in 2013.", None),
        ("Yes.", None),
    ],
)
def test_the_reply_fits_what_follows_it(said: str, fitting: str | None) -> None:
    assert replied("Did the office close in 2011?", said) == (fitting or said)
    assert replied("When did the office close?", said) == said


def test_a_government_may_be_named_by_its_seat_behind_yes() -> None:
    assert replied("Did Moscow close the mission?", "Yes, Russia closed the mission.").startswith("Yes")
    assert replied("Did Moscow close the mission?", "Yes, Norway closed the mission.").startswith("No")


def test_another_name_speaks_against_one_behind_the_same_preposition_only() -> None:
    asked = "Was the minister Sergeev at the meeting in Florence?"
    assert spoken_against(asked, "The minister Sergeev was at the meeting in Brussels.") == 0
    assert spoken_against(asked, "The minister Sergeev was at the meeting of NATO.") is None


def test_a_part_turned_round_speaks_against_the_question() -> None:
    assert spoken_against("Did Russia reduce the mission?", "NATO had once more reduced the mission.") == 0
    assert spoken_against("Did NATO reduce the mission?", "NATO had once more reduced the mission.") is None


@pytest.mark.parametrize(
    ("question", "sentence", "yes"),
    [
        ("Did it close?", "Yes, it closed in May.", True),
        ("Did it close?", "No, it closed in May.", False),
        ("Did it close?", "It closed in May.", False),
        ("Why did it close?", "Yes, it closed in May.", False),
    ],
)
def test_who_says_yes(question: str, sentence: str, yes: bool) -> None:
    assert affirms(question, sentence) is yes
