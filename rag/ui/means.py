"""What the settings view works with besides the library: the settings as they are now, models, and this machine.

One value with doors, so that tests can pass others. Imports nothing that takes time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import psutil

from rag.fetch import fetch
from rag.generator import Generator
from rag.settings import Settings
from rag.ui.fetching import Fetch
from rag.wiring import open_generator


def _memory_bytes() -> int:
    return int(psutil.virtual_memory().total)


@dataclass(frozen=True, slots=True)
class Means:
    """`settings` are built anew at each call, so that what was chosen meanwhile is in them; it raises SettingsError."""

    settings: Callable[[], Settings]
    generator: Callable[[Settings], Generator] = open_generator
    fetch: Fetch = fetch
    memory_bytes: Callable[[], int] = _memory_bytes
