"""The same number in another unit is another fact; the same unit written otherwise is not."""

from __future__ import annotations

import pytest

from rag.rules.units import quantities, unit_faults


def faults(sentence: str, cited: str, around: str = "") -> list[str]:
    return [fault.reason for fault in unit_faults(sentence, "", cited, f"{cited} {around}")]


@pytest.mark.parametrize(
    ("sentence", "cited"),
    [
        pytest.param("It cost 5 million euros.", "It cost 5 million dollars.", id="currencies"),
        pytest.param("It cost €5 million.", "It cost $5 million.", id="signs of currencies"),
        pytest.param("It is 20 km away.", "It is 20 miles away.", id="lengths"),
        pytest.param("It rose by 3 percent.", "It rose by 3 percentage points.", id="percentage points"),
        pytest.param("It rose by 3 percentage points.", "It rose by 3%.", id="percent"),
        pytest.param("It lasted five years.", "It lasted five months.", id="times, numbers in words"),
        pytest.param("It holds 7 square kilometres.", "It holds 7 km in all.", id="areas"),
        pytest.param("It grew by 20 percent.", "It grew by 20 people.", id="a unit of nowhere"),
        pytest.param("It began at 9:30 am.", "It began at 9:30 pm.", id="halves of the day"),
        pytest.param("It began at 5 a.m. on Monday.", "It began at 5 p.m. on Monday.", id="with stops"),
        pytest.param("Es begann um 9 Uhr morgens.", "Es begann um 9 Uhr abends.", id="German halves of the day"),
        pytest.param("Es kostete 5 Millionen Euro.", "Es kostete 5 Millionen Dollar.", id="German"),
        pytest.param("Рост на 3 процента.", "Рост на 3 процентных пункта.", id="Russian"),
    ],
)
def test_another_unit_is_told_with_both(sentence: str, cited: str) -> None:
    (fault,) = faults(sentence, cited)
    assert quantities(sentence)[0].words in fault
    for there in quantities(cited):
        assert f"“{there.words}”" in fault


@pytest.mark.parametrize(
    ("sentence", "cited"),
    [
        pytest.param("It cost $5 million.", "It cost 5 million US dollars.", id="a sign"),
        pytest.param("It cost €5m.", "It cost five million euros.", id="short for a million"),
        pytest.param("It is 32 km away.", "It is 20 miles (32 km) away.", id="both are given"),
        pytest.param("It is 20 to 30 km away.", "It is between 20 and 30 kilometres away.", id="a range"),
        pytest.param("A 20-mile road.", "The road is 20 miles long.", id="a hyphen"),
        pytest.param("It rose by 3 per cent.", "It rose by 3%.", id="percent"),
        pytest.param("It weighs 7 lb.", "It weighs 7 pounds.", id="pounds"),
        pytest.param("Это было в 2016 году.", "Это было в 2016.", id="a year that is a date"),
        pytest.param("It began at 9:30 am.", "It began at 9:30 a.m. there.", id="halves of the day"),
        pytest.param("It began at 9:30 am.", "It began at 9:30.", id="a time that says nothing of the half"),
        pytest.param("It began at 9:30 sharp.", "It began at 9:30 pm.", id="a time without its half"),
        pytest.param("It is open from 9 am to 5 pm.", "It is open 9 to 5 pm.", id="no half from the next"),
        pytest.param("Es begann um 20 am Montag.", "Es begann um 20 pm.", id="German am"),
        pytest.param("It has 20 members.", "It has 20 members and 20 km of road.", id="no unit"),
        pytest.param("It cost 6 million euros.", "It cost 5 million dollars.", id="another number is told elsewhere"),
    ],
)
def test_the_same_unit_is_no_fault(sentence: str, cited: str) -> None:
    assert faults(sentence, cited) == []


def test_things_for_a_unit_are_told_with_both() -> None:
    (fault,) = faults("The city has 15 lakes.", "Some 15 kilometres from the city it is wild.")
    assert "“15 lakes”" in fault
    assert "“15 kilometres”" in fault


@pytest.mark.parametrize(
    ("sentence", "cited"),
    [
        ("It has 15 lakes.", "It has 15 lakes, 20 km away."),
        ("It lasted 3 long months.", "It lasted 3 months."),
        ("The 15 lakes are deep.", "The lakes lie 15 kilometres away, 15 in all."),
    ],
)
def test_things_that_the_cited_words_name_too_are_no_fault(sentence: str, cited: str) -> None:
    assert faults(sentence, cited) == []


def test_a_unit_may_stand_around_the_cited_words() -> None:
    assert faults("The budget was 7 million euros.", "The budget was 7.", "All figures in millions of euros.") == []
    assert faults("The budget was 7 million euros.", "The budget was 7 million.", "All figures in euros.") == []
    assert faults("The budget was 7 million euros.", "The budget was 7 million.", "All figures.") != []


def test_what_the_question_says_is_not_the_sentence_s_own() -> None:
    said, cited = "When he was 16 years old he married.", "When he was 16 he married."
    assert list(unit_faults(said, "Whom did he marry at 16 years?", cited, cited)) == []
    assert list(unit_faults(said, "Whom did he marry?", cited, cited)) != []
