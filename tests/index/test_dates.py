"""Days are found in every form that people write, and nothing else is taken for one."""

from __future__ import annotations

import pytest

from index.dates import days_in


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("On October 6, the bloc", (None, 10, 6)),
        ("the 6th of October", (None, 10, 6)),
        ("6 October 2021", (2021, 10, 6)),
        ("Oct. 6, 2021", (2021, 10, 6)),
        ("am 6. Oktober 2021", (2021, 10, 6)),
        ("seit dem 3. März", (None, 3, 3)),
        ("6 октября 2021 года", (2021, 10, 6)),
        ("1 мая", (None, 5, 1)),
        ("2021-10-06T12:00", (2021, 10, 6)),
        ("Time: 20211006_17:00", (2021, 10, 6)),
        ("2021/10/06", (2021, 10, 6)),
        ("06.10.2021", (2021, 10, 6)),
        ("am 6.10.", (None, 10, 6)),
        ("Montag, 6.10.", (None, 10, 6)),
        ("Sitzung (06.10.)", (None, 10, 6)),
        ("February 29", (None, 2, 29)),
    ],
)
def test_a_day_however_it_is_written(text: str, day: tuple[int | None, int, int]) -> None:
    assert list(days_in(text)) == [day]


@pytest.mark.parametrize(
    "text",
    [
        "May I go?",
        "in May 2021",
        "version 3.11.2",
        "1.2.3",
        "04/05/2021",
        "2021-13-40",
        "October 32",
        "1234567890",
        "Under Article 4.2. the office",
        "Artikel 4.2. und 4.3.",
        "2021-02-31",
        "29.2.2021",
        "April 31, 2021",
        "",
    ],
)
def test_what_is_no_day_is_not_taken_for_one(text: str) -> None:
    assert list(days_in(text)) == []


def test_several_days_of_one_text() -> None:
    assert set(days_in("From 2021-10-06 to November 1.")) == {(2021, 10, 6), (None, 11, 1)}
    assert set(days_in("am 6.10., 8.10. und 3.11.")) == {(None, 10, 6), (None, 10, 8), (None, 11, 3)}
    assert set(days_in("vom 6.10. bis 8.10.")) == {(None, 10, 6), (None, 10, 8)}
    assert set(days_in("6.10.\u20138.10.2021")) == {(None, 10, 6), (2021, 10, 8)}
