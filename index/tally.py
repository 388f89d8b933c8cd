"""The ledger while it is being written: what became of each file, counted once."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from index.collect import printable
from index.records import FileReason, Ledger, Refusal
from index.snapshot import Snapshot

STOPPED = "not reached: stopped before"


@dataclass(slots=True)
class Tally:
    """Counts by column of the ledger, and lists of files with reasons."""

    counts: Counter[str] = field(default_factory=Counter)
    refused: list[FileReason] = field(default_factory=list)
    skipped: list[FileReason] = field(default_factory=list)
    notes: list[FileReason] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    def refuse(self, path: Path, reason: str) -> None:
        """A file that should have been read and could not be, or a folder that could not be looked into."""
        self.refused.append(FileReason(printable(path), reason))

    def skip(self, path: Path, reason: str) -> None:
        """A file that was not read and is no fault: it is not meant to be, or was not reached."""
        self.skipped.append(FileReason(printable(path), reason))

    def pass_over(self, path: Path, refusal: Refusal) -> None:
        """A file whose content was looked at and holds no document."""
        (self.skip if refusal.skipped else self.refuse)(path, refusal.reason)

    def note(self, path: Path, notes: Iterable[str]) -> None:
        """What a reader has to say of a file that it did read."""
        self.notes += [FileReason(printable(path), note) for note in notes]

    def listed(self) -> set[str]:
        """Files that stand in the ledger with a reason why they were not read."""
        return {one.path for one in (*self.refused, *self.skipped)}

    def ledger(self, snapshot: Snapshot) -> Ledger:
        """What was counted so far; `snapshot` tells the sizes of the whole library, the clock how long it took."""
        totals = snapshot.totals()
        return Ledger(
            added=self.counts["added"],
            updated=self.counts["updated"],
            unchanged=self.counts["unchanged"],
            removed=self.counts["removed"],
            refused=tuple(self.refused),
            skipped=tuple(self.skipped),
            documents=totals.documents,
            passages=totals.passages,
            characters=totals.characters,
            indexed_characters=totals.indexed_characters,
            seconds=time.monotonic() - self.started,
            notes=tuple(self.notes),
        )
