"""A number that follows from cited ones says from which; one that does not is invented."""

from __future__ import annotations

import pytest

from tests.rag.dossier import standing_of


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        pytest.param(
            "Turnout fell by about twenty points.",
            "Turnout was 95.8 percent in the first round and 75.8 percent in the second; it fell in points everywhere.",
            id="a difference, roughly",
        ),
        pytest.param(
            "The price of bread rose by 15 cents.",
            "The price of bread rose from 20 cents to 35 cents.",
            id="a difference",
        ),
        pytest.param(
            "The bridge was rebuilt thirteen years later, in 1868.",
            "The bridge fell in 1855 and was rebuilt in 1868.",
            id="years between two",
        ),
        pytest.param(
            "The bridge was rebuilt two decades later, in 1875.",
            "The bridge fell in 1855 and was rebuilt in 1875.",
            id="decades between two",
        ),
        pytest.param("She died in 1975 aged 75.", "She was born in 1900 and died in 1975.", id="an age"),
        pytest.param(
            "The schools have 900 pupils altogether.", "The schools have 400 pupils and 500 pupils.", id="a sum"
        ),
        pytest.param(
            "The league has five member states.",
            "The states Kenya, Uganda, Tanzania, Rwanda and Burundi are members of the league.",
            id="a list",
        ),
        pytest.param(
            "More than a third of the inhabitants were weavers.",
            "Of the inhabitants 35.7% were weavers and 56% farmers.",
            id="a fraction as a bound",
        ),
        pytest.param("The mill closed before 1930.", "The mill closed in 1920.", id="a year as a bound"),
        pytest.param(
            "Der Preis stieg um 15 Euro.", "Der Preis stieg von 20 Euro auf 35 Euro.", id="German, a difference"
        ),
        pytest.param(
            "Die Mühle brannte 1912 ab, zwölf Jahre nach dem Bau.",
            "Der Bau der Mühle war 1900, und die Mühle brannte 1912 ab.",
            id="German, years between two",
        ),
    ],
)
def test_a_number_that_follows_is_told_with_what_it_follows_from(sentence: str, source: str) -> None:
    found, reasons = standing_of(sentence, source)
    assert found == "partly supported"
    assert any(
        "which the passage states" in reason or "passage lists" in reason or "passage says" in reason
        for reason in reasons
    )


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        pytest.param(
            "Turnout fell by about thirty points.",
            "Turnout was 95.8 percent in the first round and 75.8 percent in the second; it fell in points everywhere.",
            id="a difference",
        ),
        pytest.param(
            "The bakery sold 15 loaves.",
            "The bakery sold 20 loaves on Monday and 35 loaves on Sunday.",
            id="no word of difference",
        ),
        pytest.param(
            "The bridge was rebuilt fifteen years later, in 1868.",
            "The bridge fell in 1855 and was rebuilt in 1868.",
            id="years between two",
        ),
        pytest.param(
            "The bridge was rebuilt four decades later, in 1875.",
            "The bridge fell in 1855 and was rebuilt in 1875.",
            id="decades between two",
        ),
        pytest.param("She died in 1975 aged 78.", "She was born in 1900 and died in 1975.", id="an age"),
        pytest.param(
            "The schools have 800 pupils altogether.", "The schools have 400 pupils and 500 pupils.", id="a sum"
        ),
        pytest.param(
            "The league has six member states.",
            "The states Kenya, Uganda, Tanzania, Rwanda and Burundi are members of the league.",
            id="a list",
        ),
        pytest.param(
            "More than a third of the inhabitants were weavers.",
            "Of the inhabitants 29.7% were weavers and 66% farmers.",
            id="a fraction as a bound",
        ),
        pytest.param(
            "A third of the members of the league left.",
            "Kenya, Uganda and Rwanda are members of the league, and half left.",
            id="a fraction is no count",
        ),
        pytest.param("The mill closed before 1910.", "The mill closed in 1920.", id="a year as a bound"),
        pytest.param(
            "Der Preis stieg um 25 Euro.", "Der Preis stieg von 20 Euro auf 35 Euro.", id="German, a difference"
        ),
    ],
)
def test_a_number_that_does_not_follow_is_invented(sentence: str, source: str) -> None:
    assert standing_of(sentence, source)[0] in ("contradicted", "not found")


@pytest.mark.parametrize("count", ["Two thousand", "2000"])
def test_a_count_is_never_held_against_a_year(count: str) -> None:
    found, reasons = standing_of(
        f"The hall had {count.lower()} guests.", "The hall had its opening in 1835 for guests."
    )
    assert found == "not found"
    assert not any("1835" in reason for reason in reasons)


def test_a_year_is_still_held_against_a_year_and_a_count_against_a_count() -> None:
    assert standing_of("The war began in 1915.", "The war began in 1914.")[0] == "contradicted"
    assert standing_of("The dinner had 2000 guests.", "The dinner had 1500 guests.")[0] == "contradicted"


@pytest.mark.parametrize(("number", "listed"), [("four", True), ("five", False)])
def test_a_list_of_names_is_counted_without_what_stands_around_it(number: str, listed: bool) -> None:
    source = "A survey of 900 pupils, aged 9, was done in Kent, East Sussex, Devon and Cornwall, between May and July."
    standing, reasons = standing_of(f"A survey of 900 pupils, aged 9, was done in {number} counties.", source)
    assert (standing == "partly supported") == listed
    assert (f"“{number}” is how many the passage lists" in reasons) == listed


PAIR = "Delegations from Kiel and Bonn met on a ferry."


@pytest.mark.parametrize(
    ("sentence", "standing"),
    [
        pytest.param("The two delegations from Kiel and Bonn met on a ferry.", "partly supported", id="a pair"),
        pytest.param("The three delegations from Kiel and Bonn met on a ferry.", "not found", id="no three"),
        pytest.param("The two delegations from Kiel and Rome met on a ferry.", "contradicted", id="another pair"),
        pytest.param("The two delegations from Kiel met on a ferry.", "not found", id="no pair"),
    ],
)
def test_two_counts_the_pair_that_follows(sentence: str, standing: str) -> None:
    assert standing_of(sentence, PAIR)[0] == standing
