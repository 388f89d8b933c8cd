"""Folders of the home, which holds people's documents and what they ask: made for their owner alone; files replaced.

A home that is there stays as the user has it. Knows nothing of what is kept in it.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path


def make_home(home: Path) -> None:
    """Makes the home, where it is not there yet, for nobody else to look into. Raises OSError."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)


def make_folder(folder: Path, home: Path) -> None:
    """Makes a folder, where it is not there yet; one within the home for nobody else to look into. Raises OSError."""
    within = folder.is_relative_to(home)
    if within:
        make_home(home)  # by itself: a folder's parents are made for all to look into, whatever is said of the folder
    folder.mkdir(mode=0o700 if within else 0o777, parents=True, exist_ok=True)


def replace_file(path: Path, content: bytes | memoryview) -> None:
    """Writes a file in one step: whoever reads it finds what was there before, or all of `content`, and a fault leaves
    nothing beside it. Raises OSError where its folder is not there, cannot be written, or is full."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}.tmp")
    try:
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
