"""What makes a number another one: a sign, a leading point, how it is grouped; and marks that make it none."""

from __future__ import annotations

import pytest

from rag.facts import facts


def numbers(sentence: str) -> list[str]:
    return [fact.value for fact in facts(sentence) if fact.kind == "number"]


@pytest.mark.parametrize(
    ("sentence", "value"),
    [
        ("It was -5 degrees.", "-5"),
        ("It was \u22125 °C.", "-5"),
        ("It was minus five degrees.", "-5"),
        ("Es waren minus 5 Grad.", "-5"),
        ("It was 5 degrees below zero.", "-5"),
        ("Es waren 5 Grad unter Null.", "-5"),
        ("Было минус 5 градусов.", "-5"),
        ("It grew by .5 percent.", "0.5"),
        ("It cost $.50 then.", "0.5"),
        ("It cost 1'250 francs.", "1250"),
        ("It cost 1’250.75 francs.", "1250.75"),
        ("It began at 9.30 a.m. there.", "9:30"),
    ],
)
def test_what_makes_a_number_another_one(sentence: str, value: str) -> None:
    assert numbers(sentence) == [value]


@pytest.mark.parametrize(
    ("sentence", "values"),
    [
        ("in 2011-2020", ["2011", "2020"]),
        ("at 5-10 degrees", ["5", "10"]),
        ("from 5 -10 degrees", ["5", "10"]),
        ("10 minus 5 degrees", ["10", "5"]),
        ("COVID-19, an F-16 and 9-11", ["19", "16", "9", "11"]),
        ("in 1990 - 5 years later", ["1990", "5"]),
        ("call 555-1234", ["555", "1234"]),
        ("it fell (-5)", ["5"]),
        ("- 5 degrees", ["5"]),
        ("- 5 apples", ["5"]),
        ("a .22 caliber gun", ["22"]),
        ("it ended there.5 left", ["5"]),
        ("5'10 and the '90s", ["5", "10", "90"]),
    ],
)
def test_marks_that_make_no_other_number(sentence: str, values: list[str]) -> None:
    assert numbers(sentence) == values


def test_the_sign_is_told_with_the_number() -> None:
    assert [fact.words for fact in facts("It was -5 degrees, then minus 6°, and .5 percent.")] == [
        "-5",
        "minus 6",
        ".5",
    ]
