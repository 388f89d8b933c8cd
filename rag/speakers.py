"""Who says what in a conversation: chats, interviews and minutes name the speaker at the beginning of a line.

Only the first sentence of what somebody says carries the name; the others mean it. Knows labels, not people: "Subject"
is one as much as "Alice", and counts for no more than the words that it is.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable

from index.sentences import BLANK_LINE, LABEL

FROM = 2  # labels; a single one may be "Note:"
_LINE = re.compile(r"^", re.M)


def labels(text: str) -> list[re.Match[str]]:
    """The labels at the beginnings of lines, in order; the first group is the name."""
    return [found for line in _LINE.finditer(text) if (found := LABEL.match(text, line.start()))]


def speaker_of(text: str) -> Callable[[int], str]:
    """Tells who says what begins at an offset of `text`; "" where nobody is named, or the label itself stands there.

    Somebody speaks until the next label or a blank line.
    """
    found = labels(text)
    starts = [match.start() for match in found]

    def speaker(offset: int) -> str:
        place = bisect_right(starts, offset) - 1
        if place < 0 or offset < found[place].end() or BLANK_LINE.search(text, found[place].end(), offset):
            return ""
        return found[place][1]

    return speaker
