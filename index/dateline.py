"""The day of a document, where its format states none: from the file's name, or from a line near its top.

"2021-10-18-mission.txt", "Monday, 18 October 2021" and "Published: 2021-10-18" date a document; a day that its text
tells of does not. Nothing is guessed: where two days could be meant, there is none.
"""

from __future__ import annotations

import re

from index.dates import days_in

LINES = 12  # near the top, of those that are not empty
LONGEST = 300  # characters on an average in these lines; more is not looked at
DAY = 20  # characters that a day with its year takes at most: "12th September, 2015"

_LABEL = r"(?:published|posted|issued|dated?|time|sent|veröffentlicht|erschienen|datum|stand|опубликовано|дата)"
_WEEKDAY = (
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag"
    r"|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье)"
)
# Before the day of a document stands a label, or a weekday at either end of the line; or the line holds nothing else.
_DATES = (
    re.compile(rf"(?:^|[.;|·]\s*){_LABEL}(?: on)?:?\s+(?P<day>.*)", re.IGNORECASE),
    re.compile(rf"^{_WEEKDAY},?\s+(?P<day>.*)", re.IGNORECASE),
    re.compile(rf"\s{_WEEKDAY},?\s+(?P<day>.{{,{DAY}}})$", re.IGNORECASE),
    re.compile(rf"^(?P<day>.{{,{DAY}}})$"),
)


def dateline(name: str, text: str) -> str | None:
    """The ISO form of the one day with a year that a file's name holds, or with which a line near the top of its text
    dates it."""
    lines = (line.strip() for line in text[: LINES * LONGEST].splitlines())
    top = [line for line in lines if line][:LINES]
    found = (match["day"][:DAY] for line in top for dates in _DATES if (match := dates.search(line)))
    return next(filter(None, map(_only_day, (name, *found))), None)


def _only_day(words: str) -> str | None:
    """The one day with a year that words name."""
    days = {f"{year}-{month:02}-{day:02}" for year, month, day in days_in(words) if year}
    return days.pop() if len(days) == 1 else None
