"""Days named in a text, however they are written: "October 6, 2021", "6. Oktober", "6 октября", "20211006".

Knows the months of English, German and Russian and the forms in use. Says which day it is, not what happened on it; a
day that could be two ("04/05/2021") is left alone.
"""

from __future__ import annotations

import re
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
    r"|(?<![\d.])(?P<day2>\d{1,2})\.(?P<month2>\d{1,2})\.(?P<year2>(?:1[5-9]|20)\d\d)?(?!\d)"
)


def days_in(text: str) -> Iterator[tuple[int | None, int, int]]:
    """(year, month, day) of every day that is named, in order of the two kinds of form; the year may be missing."""
    for match in _NAMED.finditer(text):
        day = match["before"] or match["after"]
        month = next(number for number in range(1, 13) if match[f"m{number}"])
        if day and 1 <= int(day) <= 31:
            yield (int(match["year"]) if match["year"] else None), month, int(day)
    for match in _NUMBERED.finditer(text):
        year = match["year"] or match["year2"]
        month, day = int(match["month"] or match["month2"]), int(match["day"] or match["day2"])
        if 1 <= month <= 12 and 1 <= day <= 31:
            yield (int(year) if year else None), month, day
