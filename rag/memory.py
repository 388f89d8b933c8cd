"""Memory that the process has freed and still holds, given back to the machine."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache


def give_back() -> None:
    """What glibc keeps for later: some 20 MB after an answer, in 3 to 7 ms (benchmarks/LOG.md). Elsewhere nothing."""
    _trim()(0)


@cache
def _trim() -> Callable[[int], int]:
    try:
        trim: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # musl; macOS; Windows, which has no library of that name
        return lambda _: 0
    return trim
