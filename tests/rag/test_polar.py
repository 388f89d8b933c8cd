"""Yes-or-no questions are told from others, and an answer begins with no where the passages speak against a yes."""

from __future__ import annotations

import pytest

from rag.polar import denied, opening, replied, yes_or_no


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


@pytest.mark.parametrize(
    ("told", "against"),
    [
        ("The festival started in 1990.", True),
        ("The festival did not start in 1980.", True),
        ("The festival ended in 1980.", True),
        ("The festival started in 1980.", False),
        ("Lanterns are lit.", False),
    ],
)
def test_what_is_told_may_speak_against_the_question(told: str, against: bool) -> None:
    assert denied("Did the festival start in 1980?", ["Lanterns are old.", told]) is against


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
