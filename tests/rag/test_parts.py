"""Questions that are several, and those that only look so and stay whole."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.parts import parts
from rag.retrieve import together
from tests.rag.dossier import hits


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "Who opened the office, and which war delayed the council?",
            ("Who opened the office?", "Which war delayed the council?"),
        ),
        (
            "In which year did the mill open and how many people worked at the harbour?",
            ("In which year did the mill open?", "How many people worked at the harbour?"),
        ),
        (
            "Who opened the office? When did the council meet for the first time?",
            ("Who opened the office?", "When did the council meet for the first time?"),
        ),
        (
            "Who chaired the talks in 2000; and who did at the second meeting?",
            ("Who chaired the talks in 2000?", "Who chaired the talks at the second meeting?"),
        ),
        (
            "Who was in charge of the mill at the opening, and who was when the war began?",
            ("Who was in charge of the mill at the opening?", "Who was in charge of the mill when the war began?"),
        ),
        (
            "When did the council meet, and when did Russia suspend its mission?",
            ("When did the council meet?", "When did Russia suspend its mission?"),
        ),
        (
            "Wer leitete das Büro in Moskau, und wann tagte der Rat zum ersten Mal?",
            ("Wer leitete das Büro in Moskau?", "Wann tagte der Rat zum ersten Mal?"),
        ),
        (
            "Кто открыл миссию в Москве и когда был создан совет?",
            ("Кто открыл миссию в Москве?", "Когда был создан совет?"),
        ),
    ],
)
def test_each_part_is_asked_by_itself(question: str, expected: tuple[str, ...]) -> None:
    assert parts(question) == expected


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("Who opened the office?", "one question"),
        ("Why and when was the mission closed?", "the first part says nothing"),
        ("When did the talks fail, and why?", "the second part says nothing"),
        ("Who opened the office and when was it?", "it leans"),
        ("Who opened the office and when did he leave Moscow?", "he leans"),
        ("Which changes did the customers ask for and how did Li answer each change?", "each leans"),
        ("Who opened the office? In which year was this one closed?", "this one leans"),
        ("Who is the man who founded the mill and who built the bridge?", "what he did, twice"),
        ("What is the difference between how cats drink and how dogs drink?", "a comparison"),
        ("Which house has a roof that leaks and whose door was painted red?", "a relative clause"),
        ("Did the minister say who came and when the council met?", "what was said, twice"),
        ("Which mill burnt down, and who did in 1911?", "nobody can tell what who did"),
        ("Who sold the mill, who bought the harbour and who built the bridge?", "a comma may begin a relative clause"),
        ("Hello there. Who opened the office?", "a greeting"),
        ("closing of the office and opening of the mill", "no question word"),
    ],
)
def test_whatever_cannot_be_asked_by_itself_keeps_the_question_whole(question: str, why: str) -> None:
    assert parts(question) == (question,), why


def test_passages_of_several_parts_are_each_there_once_and_ranked_anew() -> None:
    first, second, third = hits("One.", "Two.", "Three.")
    assert together([(first, second)]) == (first, second)
    assert together([(second, first), (first, third)]) == tuple(
        replace(hit, rank=rank) for rank, hit in enumerate((second, first, third), start=1)
    )


@pytest.mark.timeout(10)
@pytest.mark.parametrize("blank", [" ", "\n", " ,"])
def test_many_blanks_are_soon_read(blank: str) -> None:
    question = "Who opened the mission" + blank * 40_000 + "and closed it?"
    assert parts(question) == (question,)
