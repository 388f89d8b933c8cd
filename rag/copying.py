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


def copying(source: Sequence[int], ends: Callable[[int], bool]) -> Choice:
    """The likeliest token, unless one that goes on in the source is hardly less likely; serves one text.

    Where the likeliest `ends` a sentence, or the text, nothing is added to it.
    """
    behind: defaultdict[int, list[int]] = defaultdict(list)  # the places behind each token
    for place, token in enumerate(source[:-1], 1):
        behind[token].append(place)
    written: list[int] = []

    def chosen(logits: NDArray[np.float32]) -> int:
        token = likeliest(logits)
        going_on = _going_on(source, behind[written[-1]], written) if written else set()
        if going_on and token not in going_on and not ends(token):
            nearest = max(going_on, key=lambda other: (float(logits[other]), -other))
            if logits[token] - logits[nearest] < MARGIN:
                token = nearest
        written.append(token)
        return token

    return chosen


def _going_on(source: Sequence[int], places: Sequence[int], written: Sequence[int]) -> set[int]:
    """What stands in the source behind the longest end of what was written that stands there."""
    before = {}
    for place in places:
        alike = 1
        while alike < min(LONGEST, len(written), place) and source[place - 1 - alike] == written[-1 - alike]:
            alike += 1
        before[place] = alike
    longest = max(before.values(), default=0)
    return {source[place] for place, alike in before.items() if alike == longest} if longest >= SHORTEST else set()
