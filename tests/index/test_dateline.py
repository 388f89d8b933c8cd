"""The day of a document by its file's name and its first lines, and days that are only told of."""

from __future__ import annotations

import pytest

from index.dateline import LINES, dateline


@pytest.mark.parametrize(
    ("name", "text", "day"),
    [
        ("2021-10-18-mission", "", "2021-10-18"),
        ("20260106_1300", "Time: 20260106_13:00", "2026-01-06"),
        ("notes of 3 October 2021", "Monday, 4 October 2021", "2021-10-03"),
        ("a", "The mission closes\n\nMonday, October 18, 2021\n\nIt closed.", "2021-10-18"),
        ("a", "The mission closes Monday, October 18, 2021", "2021-10-18"),
        ("a", "Thursday, May 7, 2015 On Tuesday, the government announced it.", "2015-05-07"),
        ("a", "Source: World. Published: 2023-10-08. Category: business.", "2023-10-08"),
        ("a", "12th September, 2015\nIt began.", "2015-09-12"),
        ("a", "Veröffentlicht: 18.10.2021", "2021-10-18"),
        ("a", "Дата: 18 октября 2021", "2021-10-18"),
        ("2021-10-18 and 2021-10-19", "Published: 2021-10-20", "2021-10-20"),
    ],
)
def test_what_dates_a_document(name: str, text: str, day: str) -> None:
    assert dateline(name, text) == day


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("The mission opened on Monday, May 27, 2002, in Moscow.", "told of"),
        ("On October 6, 2021 it was cut.", "told of, at the beginning"),
        ("Start date: May 3, 2021", "the day of something else"),
        (". Last Updated: 07/27/2016", "no day that has one meaning"),
        ("Monday, October 18", "no year"),
        ("18.10.2021 19.10.2021", "two days"),
        ("Line.\n" * LINES + "Published: 2021-10-18", "too far below"),
        ("", "nothing"),
    ],
)
def test_what_does_not(text: str, why: str) -> None:
    assert dateline("a", text) is None, why
