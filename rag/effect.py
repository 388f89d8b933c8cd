"""What each threshold does to questions whose answers are known, so that whoever chooses one sees what it costs.

The reader's own questions, once `footnote evaluate` has asked them; until then those of the sample dossier, as they
were measured where Footnote is made (`sample_effect.json`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from index.home import make_home, replace_file

FILE = "effect.json"
SAMPLE = "sample_effect.json"


@dataclass(frozen=True, slots=True)
class Row:
    """Shares in [0, 1]: of the answerable questions answered right, wrong, and not at all; of the others declined."""

    threshold: float
    right: float
    wrong: float
    silent: float
    declined: float


@dataclass(frozen=True, slots=True)
class Effect:
    """Rows by threshold, lowest first, over so many questions of a file; the name of the file is "" for the sample."""

    file: str
    model: str
    answerable: int
    others: int
    rows: tuple[Row, ...]

    def at(self, threshold: float) -> Row:
        """The row nearest to a threshold."""
        return min(self.rows, key=lambda row: (abs(row.threshold - threshold), row.threshold))


def keep(home: Path, effect: Effect) -> None:
    """Keeps it as what the reader measured last. Raises OSError."""
    make_home(home)
    replace_file(home / FILE, f"{json.dumps(asdict(effect), indent=1)}\n".encode())


def measured(home: Path, model: str) -> Effect | None:
    """What was measured with a model, by name: by the reader, else on the sample; None for models nobody measured.

    A file that cannot be read counts as none: it is written anew by the next evaluation.
    """
    for place in (home / FILE, resources.files("rag").joinpath(SAMPLE)):
        try:
            found = _read(json.loads(place.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, KeyError):
            continue
        if found.model == model and found.rows:
            return found
    return None


def _read(form: Mapping[str, Any]) -> Effect:
    rows = tuple(Row(**{name: float(value) for name, value in row.items()}) for row in form["rows"])
    return Effect(str(form["file"]), str(form["model"]), int(form["answerable"]), int(form["others"]), rows)
