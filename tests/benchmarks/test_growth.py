"""The benchmark of memory adds what it says, and tells growth from none."""

from __future__ import annotations

from pathlib import Path

from benchmarks import growth


def test_memory_is_noted_as_documents_are_added(tmp_path: Path) -> None:
    resident = growth.grown(tmp_path, documents=10, every=5, seed=0)
    assert list(resident) == [5, 10]
    assert min(resident.values()) > growth.MEGABYTE


def test_growth_is_the_most_against_the_first() -> None:
    assert growth.measures({10: 200, 20: 300, 30: 250})[0].actual == 1.5
    assert growth.measures({10: 200})[0].actual is None
