"""What makes answers is known by its bytes; what only shows them is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag import itself


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package in the place of both of Footnote's."""
    for name in ("told.py", "calibration.json", "answering.gguf", "rules/slots.py", "ui/page.py", "sample_effect.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    monkeypatch.setattr("importlib.resources.files", lambda _: tmp_path)
    return tmp_path


def made_of() -> str:
    return itself.fingerprint.__wrapped__()


@pytest.mark.parametrize("name", ["told.py", "calibration.json", "answering.gguf", "rules/slots.py"])
def test_other_bytes_are_another_footnote(package: Path, name: str) -> None:
    before = made_of()
    assert made_of() == before
    (package / name).write_text("changed")
    changed = made_of()
    assert changed != before
    (package / name).rename(package / "other.py")
    assert made_of() not in (before, changed)


@pytest.mark.parametrize("name", ["ui/page.py", "sample_effect.json"])
def test_what_shows_answers_makes_none(package: Path, name: str) -> None:
    before = made_of()
    (package / name).write_text("changed")
    assert made_of() == before


def test_this_footnote_is_read_in_a_moment() -> None:
    assert len(itself.fingerprint()) == 64
