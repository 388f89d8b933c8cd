"""Numbers that are only bounds, or rough, and those that are neither."""

from __future__ import annotations

import pytest

from rag.bounds import fits
from rag.facts import facts

CITED = "It carries over 37 million passengers a year; 853,382 people live there. The club has fewer than 900 members."


@pytest.mark.parametrize(
    ("sentence", "fitting"),
    [
        ("It carries more than 35 million passengers.", True),
        ("It carries at least 35 million passengers a year.", True),
        ("It carries more than 40 million passengers.", False),
        ("It carries fewer than 35 million passengers.", False),
        ("It carries fewer than 40 million passengers.", False),
        ("It carries more than 35 million tourists.", False),
        ("It carries 35 million passengers.", False),
        ("The club has under 1,000 members.", True),
        ("The club has more than 100 members.", False),
        ("It carries more than 1 million passengers.", False),
        ("The club has fewer than 9,000 members.", False),
        ("About 854,000 people live there.", True),
        ("Roughly 850,000 people live there.", True),
        ("Some 850,000 live there.", True),
        ("About 860,000 people live there.", False),
        ("Nearly 900,000 people live there.", False),
        ("Etwa 850.000 Menschen leben dort.", True),
        ("In about 2010 it opened at around 10:30.", False),
    ],
)
def test_a_bound_or_a_rough_number_fits_or_not(sentence: str, fitting: bool) -> None:
    numbers = [fact for fact in facts(sentence) if fact.kind == "number"]
    assert any(fits(number, sentence, CITED) for number in numbers) is fitting
