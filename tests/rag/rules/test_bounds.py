"""Numbers that are only bounds, or rough, and those that are neither."""

from __future__ import annotations

import pytest

from rag.facts import facts
from rag.rules.bounds import fits, misbounded, mismeasured

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


@pytest.mark.parametrize(
    ("sentence", "source", "instead", "denies"),
    [
        ("At least 30% of girls work.", "Up to 30% of girls work.", "Up to 30", True),
        ("More than 40 people came.", "Fewer than 40 people came.", "Fewer than 40", True),
        ("Up to 40 people came.", "At least 40 people came.", "At least 40", True),
        ("It cost at least $30.", "It cost up to $30.", "up to 30", True),
        ("Mindestens 40 Menschen kamen.", "Höchstens 40 Menschen kamen.", "Höchstens 40", True),
        ("Weniger als 40 Menschen kamen.", "Mehr als 40 Menschen kamen.", "Mehr als 40", True),
        ("It has 30 rooms.", "It has up to 30 rooms.", "up to 30", False),
        ("Es hat 30 Zimmer.", "Es hat bis zu 30 Zimmer.", "bis zu 30", False),
    ],
)
def test_a_number_bounded_from_the_other_side_is_told(sentence: str, source: str, instead: str, denies: bool) -> None:
    (found,) = misbounded(sentence, ["It rained 7 times.", source])
    assert (found.instead, found.source, found.denies) == (instead, 1, denies)


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("At least 30 came.", "At least 30 came."),
        ("At least 30 came.", "More than 30 came."),
        ("At least 30 came.", "30 came."),
        ("About 30 came.", "Up to 30 came."),
        ("30 came.", "Over 30 came."),
        ("At least 30 came.", "Up to 40 came."),
        ("At least 30 came.", "Up to 30 sat and 30 came."),
        ("Bis zu 30 kamen.", "Höchstens 30 kamen."),
    ],
)
def test_a_number_bounded_from_the_same_side_is_not_told(sentence: str, source: str) -> None:
    assert misbounded(sentence, [source]) == ()


OUTPUT = "This gives a nominal output of about 63 MW compared with an actual output of 42 MW for the plant."


@pytest.mark.parametrize(
    ("sentence", "source", "instead"),
    [
        ("The plant has an actual output of about 63 MW.", OUTPUT, ["42"]),
        ("The plant has a nominal output of 42 MW.", OUTPUT, ["63"]),
        ("The plant has an actual output of 42 MW.", OUTPUT, []),
        ("The plant has an output of 63 MW.", OUTPUT, []),
        ("The actual output of 50 MW is low.", OUTPUT, []),  # invented, and told so elsewhere
        (
            "Die mittlere Temperatur von 21 Grad gilt im Winter.",
            "Im Winter gilt eine mittlere Temperatur von 14 Grad, im Sommer eine höchste Temperatur von 21 Grad.",
            ["14"],
        ),
    ],
)
def test_a_number_belongs_to_the_two_words_before_it(sentence: str, source: str, instead: list[str]) -> None:
    assert [one.instead for one in mismeasured(sentence, [source])] == instead
