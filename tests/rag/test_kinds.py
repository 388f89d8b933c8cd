"""What kind of thing a question asks for, and whether an answer has one."""

from __future__ import annotations

import pytest

from rag.kinds import tells_a_time, tells_what_is_asked


@pytest.mark.parametrize(
    ("question", "told", "not_told"),
    [
        ("How many megawatts does it produce?", "It produces 40 since 2005.", "It has produced enough since 2005."),
        ("How many guests came?", "2000 guests came.", "Guests came in 2000."),
        ("How many guests came?", "Dozens of guests came in May 2000.", "Guests came in May 2000."),
        ("How long did the blockade last?", "It lasted for two weeks.", "It lasted for two hundred boats."),
        ("How long was it open?", "It was open from 1870 to 1939.", "It was open to 1,939 people."),
        ("How long did the one-week blockade last?", "The one-week blockade lasted ten days.", "It lasted one week."),
        ("How long did the second year last?", "The second year lasted 50 weeks.", "The second year lasted long."),
        ("How long is the crystal?", "It is 22 centimetres long.", "It is on page two of the book."),
        ("Wie lange dauerte die Reise?", "Sie dauerte zehn Tage.", "Sie steht auf Seite zwei der Tagung."),
        ("Wie lange dauerte die Sperre?", "Sie dauerte zwei Wochen.", "Sie dauerte mit zweihundert Booten."),
        ("Which countries sent nurses?", "Norway and Chile sent nurses.", "45 nurses were sent."),
        ("From which city did Nora come?", "Nora came from Leeds.", "Nora came from far away."),
        ("How far did it fall?", "It fell by 1.3 metres.", "It fell far."),
    ],
)
def test_an_answer_has_what_is_asked_for(question: str, told: str, not_told: str) -> None:
    assert tells_what_is_asked([told], question)
    assert tells_what_is_asked([not_told, told], question)
    assert not tells_what_is_asked([not_told], question)


def test_a_name_that_the_question_offers_may_be_chosen() -> None:
    assert tells_what_is_asked(["Chile was first."], "Which country was first, Norway or Chile?")
    assert not tells_what_is_asked(["Chile was first."], "Which country was first, before Chile?")


def test_what_asks_for_nothing_of_a_kind_is_answered_by_anything() -> None:
    assert tells_what_is_asked(["It fell far."], "What state is the law in, and how much was lost?")


def test_what_tells_a_time() -> None:
    assert tells_a_time("It runs this year.")
    assert tells_a_time("It runs through March 11.")
    assert not tells_a_time("It runs.")
