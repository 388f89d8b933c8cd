"""Keeping to the words of a source where a model is about to write others that are hardly likelier.

A small model retells what it has read: "15 kilometers" for "15 kilometres", "will be" for "would be". Where what it has
written last stands in the source, what goes on there is preferred. Copying as in See et al., "Get To The Point:
Summarization with Pointer-Generator Networks" (ACL 2017), which had to be learnt; here it is a margin. Knows nothing of
the model; tokens are numbers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rag.drawing import Choice, likeliest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# How much likelier, in nats, what does not go on in the source may be, and how many tokens written last have to stand
# there. Measured in benchmarks/LOG.md, 2026-11-27, eighth session.
MARGIN = 1.0
SHORTEST = 2
LONGEST = 8  # places where as much stands before are alike


def copying(source: Sequence[int], fixed: Callable[[int], bool]) -> Choice:
    """The likeliest token, unless it goes on nowhere in the source and one that does is hardly less likely; serves one
    text. Those that are `fixed` neither give way nor are put in: what number it is and where a sentence ends is no
    question of wording."""
    behind: defaultdict[int, list[int]] = defaultdict(list)  # the places behind each token
    for place, token in enumerate(source[:-1], 1):
        behind[token].append(place)
    written: list[int] = []

    def chosen(logits: NDArray[np.float32]) -> int:
        token = likeliest(logits)
        if written and not fixed(token):
            going_on = _going_on(source, behind[written[-1]], written)
            longest = max(going_on.values(), default=0)
            alike = [other for other, length in going_on.items() if length == longest and not fixed(other)]
            nearest = max(alike, key=lambda other: (float(logits[other]), -other), default=token)
            if token not in going_on and logits[token] - logits[nearest] < MARGIN:
                token = nearest
        written.append(token)
        return token

    return chosen


def _going_on(source: Sequence[int], places: Sequence[int], written: Sequence[int]) -> dict[int, int]:
    """What stands in the source behind an end of what was written, and how much of that end stands there at most."""
    found: dict[int, int] = {}
    for place in places:
        alike = 1
        while alike < min(LONGEST, len(written), place) and source[place - 1 - alike] == written[-1 - alike]:
            alike += 1
        if alike >= SHORTEST:
            found[source[place]] = max(alike, found.get(source[place], 0))
    return found
