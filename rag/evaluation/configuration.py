"""What produced an answer besides its question, so that answers of two configurations are never mixed.

The threshold is left out: an evaluation records what was written whatever the confidence, and applies it afterwards.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from index.records import DocumentSummary
from rag import itself, templates
from rag.settings import Settings

# Where things lie changes no answer.
_PLACES = ("home", "models", "threshold")


def made_by(settings: Settings, documents: Sequence[DocumentSummary]) -> dict[str, Any]:
    """Settings, prompts, Footnote itself and documents; long texts by their SHA-256. Answers name the model's own."""
    stored = "\n".join(sorted(f"{document.id} {document.passages}" for document in documents))
    return {
        "settings": _without_places(asdict(settings)),
        "index": _without_places(asdict(settings.index)),
        "prompts": templates.load().sha256,
        "footnote": itself.fingerprint(),
        "documents": hashlib.sha256(stored.encode()).hexdigest(),
    }


def _without_places(values: Mapping[str, Any]) -> dict[str, Any]:
    # As JSON has it, so that what was written compares equal to what is read.
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in values.items()
        if name not in _PLACES
    }


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What differs, in words: values where they are short, names where they are not."""
    return [
        name if isinstance(old, str) and len(old) == 64 else f"{name} ({old}, now {new})"
        for name, old, new in _leaves(before, now, "")
        if old != new
    ]


def _leaves(before: Any, now: Any, name: str) -> Iterator[tuple[str, Any, Any]]:  # noqa: ANN401  (values of JSON)
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        for key in sorted({*before, *now}):
            yield from _leaves(before.get(key), now.get(key), f"{name}.{key}" if name else key)
    else:
        yield name, before, now
