"""The check of what a crash leaves finds what is wrong, and finds nothing wrong after real kills."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks import crash
from index.library import Library
from index.settings import IndexSettings
from tests.fakes import HashingEncoder

TEXTS = {"one.txt": "The council met in Reykjavik. A sentence.", "two.txt": "The harbour closed. Another sentence."}


@pytest.fixture
def settings(tmp_path: Path) -> IndexSettings:
    """A store of two documents."""
    settings = IndexSettings(tmp_path / "home", passage_tokens=crash.PASSAGE_TOKENS)
    for name, text in TEXTS.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with closing(Library(settings, HashingEncoder())) as library:
        library.add([tmp_path / name for name in TEXTS])
    return settings


def contents(tmp_path: Path) -> dict[str, set[str]]:
    return {str(tmp_path / name): {hashlib.sha256(text.encode()).hexdigest()} for name, text in TEXTS.items()}


def test_a_sound_store_has_no_fault(settings: IndexSettings, tmp_path: Path) -> None:
    assert crash.faults_of(settings, contents(tmp_path)) == []


def test_a_content_that_was_never_there_is_a_fault(settings: IndexSettings, tmp_path: Path) -> None:
    [fault] = crash.faults_of(settings, contents(tmp_path) | {str(tmp_path / "one.txt"): {"another"}})
    assert "was never there" in fault


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE vectors SET vector = zeroblob(256) WHERE passage = 1", "a vector of"),
        ("UPDATE passages SET text = 'else' WHERE id = 1", "is not its text"),
        ("DELETE FROM passages WHERE id = 1", "passages of"),
        ("DELETE FROM paths WHERE rowid = 1", "was never there"),
    ],
)
def test_half_a_document_is_a_fault(statement: str, told: str, settings: IndexSettings, tmp_path: Path) -> None:
    connection = sqlite3.connect(settings.store_path)
    connection.execute(statement)
    connection.commit()
    connection.close()
    (settings.home / "passages.faiss").unlink()
    assert any(told in fault for fault in crash.faults_of(settings, contents(tmp_path)))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_no_kill_leaves_anything_but_a_committed_state(seed: int, tmp_path: Path) -> None:
    course = crash.killed_again_and_again(tmp_path, 6, seed)
    assert (course.killed, course.broken, course.first_fault) == (6, 0, "")


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_no_full_disk_leaves_anything_but_a_committed_state(tmp_path: Path) -> None:
    course = crash.filled_again_and_again(tmp_path, 4, seed=1)
    assert (course.full, course.broken, course.first_fault) == (4, 0, "")
