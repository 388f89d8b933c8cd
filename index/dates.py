"""Days named in a text, however they are written: "October 6, 2021", "6. Oktober", "6 октября", "20211006".

Knows the months of English, German and Russian and the forms in use. Says which day it is, not what happened on it; a
day that could be two ("04/05/2021") is left alone.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator

_MONTHS = (
    "jan(?:uary|uar)?|январ[ья]|янв",
    "feb(?:ruary|ruar)?|феврал[ья]|фев",
    "mar(?:ch)?|märz?|марта?|мар",
    "apr(?:il)?|апрел[ья]|апр",
    "may|mai|ма[йя]",
    "june?|juni?|июн[ья]",
    "july?|juli?|июл[ья]",
    "aug(?:ust)?|августа?|авг",
    "sept?(?:ember)?|сентябр[ья]|сент?",
    "o[ck]t(?:ober)?|октябр[ья]|окт",
    "nov(?:ember)?|ноябр[ья]|нояб?",
    "de[cz](?:ember)?|декабр[ья]|дек",
)
_MONTH = "|".join(f"(?P<m{number}>{names})" for number, names in enumerate(_MONTHS, start=1))
_YEAR = r"(?P<year>(?:1[5-9]|20)\d\d)"
_NAMED = re.compile(
    rf"(?<![^\W_])(?:(?P<before>\d{{1,2}})(?:\.|st|nd|rd|th)?\s{{1,3}}(?:of\s{{1,3}})?)?(?:{_MONTH})(?![^\W_])\.?"
    rf"(?:\s{{1,3}}(?P<after>\d{{1,2}})(?:st|nd|rd|th)?(?![^\W_]))?(?:,?\s{{1,3}}{_YEAR}(?![^\W_]))?",
    re.I,
)
_NUMBERED = re.compile(
    rf"(?<!\d){_YEAR}(?P<mark>[-/.]?)(?P<month>\d\d)(?P=mark)(?P<day>\d\d)(?!\d)"
    r"|(?<![\d.])(?P<day2>\d{1,2})\.(?P<month2>\d{1,2})\.(?P<year2>(?:1[5-9]|20)\d\d)(?!\d)"
)
# "6.10." may also number a section. It is a day behind such words, before a day with its year ("6.10.–8.10.2021"),
# beside another, or with a nought before it.
_LEADING = "am|vom|dem|den|bis|zum|ab|seit|с|до|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag"
_YEARLESS = r"\d{1,2}\.\d{1,2}\.(?!\d)"
_AND = r"\s{0,2}(?:,|und|bis|[-\u2013])\s{0,2}"
_YEARLESS_RUN = re.compile(
    rf"(?<![^\W_])(?:{_LEADING})[.,]?\s{{1,3}}{_YEARLESS}(?:{_AND}{_YEARLESS})*"
    rf"|(?<![\d.]){_YEARLESS}(?={_AND}\d{{1,2}}\.\d{{1,2}}\.(?:1[5-9]|20)\d\d)"
    r"|(?<![\d.])0[1-9]\.(?:0[1-9]|1[0-2])\.(?!\d)",
    re.I,
)
_PARTS = re.compile(r"(\d{1,2})\.(\d{1,2})\.")
_LEAP_YEAR = 2000  # stands for the year that is not told


def days_in(text: str) -> Iterator[tuple[int | None, int, int]]:
    """(year, month, day) of every day of the calendar that is named, in order of the kinds of form; the year may be
    missing."""
    for year, month, day in _named(text):
        if 1 <= month <= 12 and 1 <= day <= monthrange(year or _LEAP_YEAR, month)[1]:
            yield year, month, day


def _named(text: str) -> Iterator[tuple[int | None, int, int]]:
    """What is written like a day, whether or not the calendar has it."""
    for match in _NAMED.finditer(text):
        day = match["before"] or match["after"]
        month = next(number for number in range(1, 13) if match[f"m{number}"])
        if day:
            yield (int(match["year"]) if match["year"] else None), month, int(day)
    for match in _NUMBERED.finditer(text):
        yield (
            int(match["year"] or match["year2"]),
            int(match["month"] or match["month2"]),
            int(match["day"] or match["day2"]),
        )
    for run in _YEARLESS_RUN.finditer(text):
        for day, month in _PARTS.findall(run.group()):
            yield None, int(month), int(day)
