"""Files that were uploaded: kept in a folder of the home as long as the library holds their document.

Any other file is the reader's own and is not touched.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path


def folder(home: Path) -> Path:
    """Where the uploads of a home lie, each in a folder of its own."""
    return home / "uploads"


def forget(home: Path, paths: Iterable[str | Path]) -> None:
    """Deletes those of the files that were uploaded."""
    uploads = folder(home)
    for path in map(Path, paths):
        if path.is_relative_to(uploads) and ".." not in path.parts:
            with contextlib.suppress(OSError):  # gone already, or another file lies beside it
                path.unlink(missing_ok=True)
                path.parent.rmdir()
