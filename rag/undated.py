"""Years that a model puts behind a day and a month although nobody gave them, left out of what it said.

Sources often say "on October 6"; a small model likes to complete that by a year it has from nowhere. The day and the
month are checked like everything else. A year that stands alone is never touched: it may be the very answer.
"""

from __future__ import annotations

import re
from functools import cache

from rag.vocabulary import YEAR, vocabulary


@cache
def _dated() -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, vocabulary().months), key=len, reverse=True))
    month = rf"(?:{names})\.?"
    return re.compile(
        rf"\b(?:{month}\s+\d{{1,2}}(?:st|nd|rd|th)?|\d{{1,2}}(?:st|nd|rd|th|\.)?\s+{month})"
        rf"(?P<added>,?\s+(?P<year>{YEAR.pattern})(?:\s+г(?:ода|\.))?)",
        re.I,
    )


def without_added_years(sentence: str, given: str) -> tuple[str, tuple[str, ...]]:
    """The sentence without the years of full dates that stand nowhere in `given`, and these years."""
    added: list[str] = []

    def cut(match: re.Match[str]) -> str:
        if match["year"] in given:
            return match.group()
        added.append(match["year"])
        return match.group()[: match.start("added") - match.start()]

    return _dated().sub(cut, sentence), tuple(added)
