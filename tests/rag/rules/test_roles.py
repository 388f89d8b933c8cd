"""Who did it, who only reports it, and whose words these are."""

from __future__ import annotations

import pytest

from rag.rules.roles import another_office, does_something_else, misquoted, only_reports

FIGHTER = "A spy plane was intercepted by a fighter near the border."
CRANE = "The crane fell into the mosque, according to the Civil Defence Authority."
ASKED = "Who was it?"


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("The crane was operated by the Civil Defence Authority.", True),
        ("The crane was carefully operated by the Authority of the town.", True),
        ("The crane fell, as is reported by the Civil Defence Authority.", True),
        ("The crane was operated by Bin Ladin Group.", False),
        ("The crane fell by the Civil Defence Authority.", False),
        ("The crane was toppled by falling.", False),
    ],
)
def test_who_only_reports_it_has_not_done_it(sentence: str, told: bool) -> None:
    assert bool(only_reports(sentence, ASKED, CRANE, "en")) is told


def test_what_the_question_or_the_source_says_of_a_reporter_is_left_alone() -> None:
    said = "The crane was operated by the Authority."
    assert only_reports(said, "What was operated by the Authority?", CRANE, "en") == []
    assert only_reports(said, ASKED, f"{CRANE} It operated the crane.", "en") == []
    assert only_reports(said, ASKED, f"{CRANE} The Authority is large.", "en") == []


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("The plane was piloted by a fighter.", True),
        ("The plane was built by the fighter.", True),
        ("The plane was intercepted by a fighter.", False),
        ("The plane was piloted by many.", False),
        ("The plane was piloted by a woman.", False),
        ("The plane stood near by a fighter.", False),
        ("The plane was brought down by a fighter.", False),
    ],
)
def test_who_did_something_else_is_told(sentence: str, told: bool) -> None:
    assert bool(does_something_else(sentence, ASKED, FIGHTER, "en")) is told


def test_it_names_both_verbs() -> None:
    (reason,) = does_something_else("The plane was piloted by a fighter.", ASKED, FIGHTER, "en")
    assert "“intercepted by a fighter”" in reason
    assert "“piloted”" in reason


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("He was “pleased” to meet him.", "pleased"),
        ('He said "it was late [...] and dark".', "it was late [...] and dark"),
        ("He said “it was late”.", ""),
        ('He said "it was ... cold".', ""),
        ("He said “It was late, and [really] cold”.", ""),
        ("He said “so they ask”.", ""),
        ('It is 5\' 3" long and 6" wide.', ""),
        ("He said so.", ""),
    ],
)
def test_what_is_quoted_must_have_been_read(sentence: str, wrong: str) -> None:
    found = misquoted(sentence, "Who said, so they ask?", ["“It was late and cold”, he said; it was very cold."])
    assert [f"“{wrong}”" in reason for reason in found] == ([True] if wrong else [])


HELD = "The head of the ministry, Foreign Minister Ivan Petrov, said so. Anna Gray, the mayor of Brod, left."


@pytest.mark.parametrize(
    ("sentence", "question", "office"),
    [
        ("The ambassador was Ivan Petrov.", "Who was the ambassador?", "minister"),
        ("Ivan Petrov spoke.", "Which ambassador spoke?", "minister"),
        ("The judge was Anna Gray.", "Who was the judge?", "mayor"),
        ("The minister was Ivan Petrov.", "Who was the minister?", None),
        ("Ivan Petrov spoke.", "Who spoke?", None),
        ("The ambassador was Jane Doe.", "Who was the ambassador?", None),
        ("Ivan Petrov spoke.", "Did the ambassador speak?", None),
    ],
)
def test_who_holds_another_office_than_was_asked_for(sentence: str, question: str, office: str | None) -> None:
    assert another_office(sentence, question, [HELD]) == office


def test_who_holds_both_offices_is_who_was_asked_for() -> None:
    both = [HELD, "Ivan Petrov was ambassador before."]
    assert another_office("The ambassador was Ivan Petrov.", "Who was the ambassador?", both) is None
