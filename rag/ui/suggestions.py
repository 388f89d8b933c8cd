"""First questions to offer. Knows the sample dossier; a library without it gets none."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from pathlib import Path

SEEDS = Path(__file__).resolve().parents[2] / "seeds"


def first_questions(document_ids: Collection[str], count: int = 4, seeds: Path = SEEDS) -> list[str]:
    """The first questions of the sample dossier whose documents are all in the library, at most `count`."""
    questions_path = seeds / "questions.jsonl"
    if not document_ids or not questions_path.is_file():
        return []
    held: dict[str, bool] = {}
    chosen: list[str] = []
    for line in questions_path.read_text(encoding="utf-8").splitlines():
        question = json.loads(line)
        for name in question["docs"]:
            if name not in held:
                held[name] = _identity(seeds / name) in document_ids
        if question["docs"] and all(held[name] for name in question["docs"]):
            chosen.append(question["question"])
        if len(chosen) == count:
            break
    return chosen


def _identity(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
