"""What Footnote itself is, as far as it makes answers: its code, tables, weights and adapters, known by one hash.

Its version alone does not tell: weights are fitted anew between two versions, and a checkout is changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

KINDS = (".py", ".toml", ".json", ".txt", ".gguf")
# What shows, serves or measures answers makes none.
_OTHERS = frozenset({"ui", "api", "commands", "reports", "evaluation", "sample_effect.json", "__pycache__"})


@cache
def fingerprint() -> str:
    """The SHA-256 of all files that make answers, with their names, in 64 hexadecimal digits."""
    made_from = hashlib.sha256()
    for package in ("index", "rag"):
        for name, file in _files(resources.files(package), package):
            made_from.update(f"{name}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return made_from.hexdigest()


def _files(folder: Traversable, place: str) -> Iterator[tuple[str, Traversable]]:
    for one in sorted(folder.iterdir(), key=lambda one: one.name):
        name = f"{place}/{one.name}"
        if one.name in _OTHERS:
            continue
        if one.is_dir():
            yield from _files(one, name)
        elif one.name.endswith(KINDS):
            yield name, one
