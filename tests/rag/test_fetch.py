"""Fetching against a real pip with a folder of tiny wheels, and a real server on loopback in place of the hub."""

from __future__ import annotations

import hashlib
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest
from filelock import FileLock
from huggingface_hub import set_client_factory
from huggingface_hub.utils._http import default_client_factory

from index.records import Progress
from rag import sources
from rag.errors import Cancelled, FetchError, HashMismatch, SourceFailed
from rag.fetch import fetch
from rag.models import Hub, Model, ModelFile, Wheels, find, installed
from rag.settings import Settings
from rag.sources import HubSource, Source, Watch, WheelSource

PART = 40_000
CONTENT = random.Random(7).randbytes(3 * PART + 1_234)
SMALL = {"config.json": b'{"a": 1}', "1_Pooling/config.json": b"{}", "model.safetensors": CONTENT[:9_999]}


def model_file(path: str, content: bytes) -> ModelFile:
    return ModelFile(path, len(content), hashlib.sha256(content).hexdigest())


ANSWERING = replace(
    find("smollm2-135m-instruct"),
    name="cut",
    files=(model_file("cut.gguf", CONTENT),),
    hub=Hub("some/repository", "0" * 40),
    wheels=Wheels("cut-part{part}", "1.0", 4, "cut_part{part}/data/part{part:02d}.bin", PART),
)
EMBEDDING = replace(
    find("all-minilm-l6-v2"),
    name="folder",
    files=tuple(model_file(path, content) for path, content in SMALL.items()),
    hub=Hub("some/folder", "1" * 40),
    wheels=Wheels("whole", "1.0", folder="whole/model"),
)
BOTH = [pytest.param(ANSWERING, id="one file in parts"), pytest.param(EMBEDDING, id="folder in one wheel")]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", models=tmp_path / "models")


def parts_of(settings: Settings, model: Model) -> Path:
    return settings.models / f".{model.name}.parts"


def assert_fetched(model: Model, settings: Settings) -> None:
    assert installed(model, settings.models)
    for path, file in zip(model.paths(settings.models), model.files, strict=True):
        assert hashlib.sha256(path.read_bytes()).hexdigest() == file.sha256
    assert not parts_of(settings, model).exists(), "nothing is left over"


class Untouched:
    """A source that must not be asked."""

    name = "untouched"

    def bring(self, model: Model, staging: Path, watch: Watch) -> None:
        raise AssertionError("asked for a model that is there")


# --- wheels, by the pip of this Python


class Index:
    """A folder of wheels that pip takes for its index."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def add(self, package: str, members: dict[str, bytes], version: str = "1.0") -> Path:
        name = package.replace("-", "_")
        information = f"{name}-{version}.dist-info"
        path = self.folder / f"{name}-{version}-py3-none-any.whl"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, content in members.items():
                archive.writestr(member, content)
            archive.writestr(f"{information}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
            archive.writestr(f"{information}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            archive.writestr(f"{information}/RECORD", "")
        return path

    def add_part(self, number: int, content: bytes | None = None) -> Path:
        piece = CONTENT[(number - 1) * PART : number * PART] if content is None else content
        return self.add(f"cut-part{number}", {f"cut_part{number}/data/part{number:02d}.bin": piece})

    def add_folder(self, files: dict[str, bytes]) -> Path:
        return self.add("whole", {f"whole/model/{path}": content for path, content in files.items()})

    def copy(self, requirement: str, folder: Path, tick: Callable[[], None]) -> None:
        """What pip does, without the second that it takes to start."""
        tick()
        name = requirement.replace("-", "_").replace("==", "-")
        for path in self.folder.glob(f"{name}-*.whl"):
            shutil.copy(path, folder)
            return
        raise SourceFailed(f"nothing is called {requirement}")

    @property
    def wheels(self) -> Sequence[Source]:
        return [WheelSource(self.copy)]


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(tmp_path / "index")


@pytest.fixture
def pip(index: Index, monkeypatch: pytest.MonkeyPatch) -> Sequence[Source]:
    """Wheels by the real pip, which knows the folder and nothing else."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index.folder))
    return [WheelSource()]


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
    with pytest.raises(HashMismatch) as error:
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


# --- the hub


@dataclass
class FakeHub:
    """What the server has and how it behaves; `gets` are the beginnings that were asked for."""

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    drop_after: int | None = None
    ranges: bool = True
    delay_s: float = 0.0
    status: int = 200
    gets: list[tuple[str, int]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    """A server on loopback with the routes of the hub, and a client that HF_HUB_OFFLINE does not hold back."""
    state = FakeHub()

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(state.status)
            self.end_headers()

        def do_GET(self) -> None:
            time.sleep(state.delay_s)
            content = state.files[self.path]
            start = int(self.headers.get("Range", "bytes=0-")[6:-1]) if state.ranges else 0
            state.gets.append((self.path, start))
            state.headers.append({name.lower(): value for name, value in self.headers.items()})
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(content) - start))
            self.end_headers()
            end = len(content) if state.drop_after is None else min(start + state.drop_after, len(content))
            self.wfile.write(content[start:end])
            self.close_connection = True

        def log_message(self, format: str, *arguments: object) -> None:
            """Quiet."""

    for model, contents in ((ANSWERING, {"cut.gguf": CONTENT}), (EMBEDDING, SMALL)):
        assert model.hub
        for path, content in contents.items():
            state.files[f"/{model.hub.repository}/resolve/{model.hub.revision}/{path}"] = content
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server, ExitStack() as stack:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        stack.callback(thread.join)
        stack.callback(server.shutdown)
        set_client_factory(httpx2.Client)
        stack.callback(set_client_factory, default_client_factory)
        state.address = f"http://127.0.0.1:{server.server_address[1]}"
        yield state


@pytest.mark.parametrize("model", BOTH)
def test_the_hub_becomes_the_model(settings: Settings, hub: FakeHub, model: Model) -> None:
    steps: list[Progress] = []
    fetch(model, settings, steps.append, sources=[HubSource(hub.address)])
    assert_fetched(model, settings)
    assert len(hub.gets) == len(model.files)
    assert all("authorization" not in headers for headers in hub.headers), "no token leaves this machine"
    assert steps[-1].done == model.bytes


def test_a_dropped_connection_is_taken_up_where_it_broke(settings: Settings, hub: FakeHub) -> None:
    hub.drop_after = PART
    fetch(ANSWERING, settings, sources=[HubSource(hub.address)])
    assert_fetched(ANSWERING, settings)
    assert [start for _, start in hub.gets] == [0, PART, 2 * PART, 3 * PART]


def test_a_server_that_ignores_ranges_gives_the_file_anew(settings: Settings, hub: FakeHub) -> None:
    parts = parts_of(settings, ANSWERING)
    parts.mkdir(parents=True)
    (parts / "cut.gguf").write_bytes(CONTENT[:PART])
    hub.ranges = False
    fetch(ANSWERING, settings, sources=[HubSource(hub.address)])
    assert_fetched(ANSWERING, settings)


def test_a_server_that_sends_nothing_is_given_up(settings: Settings, hub: FakeHub) -> None:
    hub.drop_after = 0
    with pytest.raises(FetchError, match=r"the connection broke at cut\.gguf"):
        fetch(ANSWERING, settings, sources=[HubSource(hub.address)])
    assert len(hub.gets) == 2, "one retry"


def test_wheels_go_on_where_the_hub_broke(settings: Settings, hub: FakeHub, index: Index) -> None:
    hub.drop_after, hub.ranges = 2 * PART + 99, False
    for number in (3, 4):
        index.add_part(number)
    fetch(ANSWERING, settings, sources=[HubSource(hub.address), *index.wheels])
    assert_fetched(ANSWERING, settings)


@pytest.mark.parametrize("status", [401, 404, 503])
def test_a_hub_that_refuses_is_passed_over(settings: Settings, hub: FakeHub, index: Index, status: int) -> None:
    hub.status = status
    index.add_folder(SMALL)
    fetch(EMBEDDING, settings, sources=[HubSource(hub.address), *index.wheels])
    assert_fetched(EMBEDDING, settings)
    assert hub.gets == []


def test_a_hub_that_cannot_be_reached_costs_seconds(
    settings: Settings, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "REACH_S", 0.3)
    assert fetched_otherwise("http://127.0.0.1:9", settings) < 1.0, "nothing listens there"


def test_a_hub_that_never_answers_costs_seconds(
    settings: Settings, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "REACH_S", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        assert fetched_otherwise(address, settings) < 1.0


def test_offline_means_offline(settings: Settings) -> None:
    """HF_HUB_OFFLINE, which is set for all tests, keeps the hub's own client from asking at all."""
    assert fetched_otherwise("http://127.0.0.1:9", settings) < 1.0


def fetched_otherwise(endpoint: str, settings: Settings) -> float:
    """Seconds until the next source was asked."""
    asked: list[float] = []

    class Next:
        name = "next"

        def bring(self, model: Model, staging: Path, watch: Watch) -> None:
            asked.append(time.monotonic())
            (staging / "cut.gguf").write_bytes(CONTENT)

    started = time.monotonic()
    fetch(ANSWERING, settings, sources=[HubSource(endpoint), Next()])
    assert_fetched(ANSWERING, settings)
    return asked[0] - started


# --- several processes

OTHER = """
import sys
from pathlib import Path
import httpx2
from huggingface_hub import set_client_factory
set_client_factory(httpx2.Client)
from tests.rag.test_fetch import ANSWERING
from rag.fetch import fetch
from rag.settings import Settings
from rag.sources import HubSource
print(fetch(ANSWERING, Settings(Path(sys.argv[1]), Path(sys.argv[2])), sources=[HubSource(sys.argv[3])]))
"""


def test_of_two_processes_one_fetches_and_both_have_it(settings: Settings, hub: FakeHub) -> None:
    hub.delay_s = 0.5
    command = [sys.executable, "-c", OTHER, str(settings.home), str(settings.models), hub.address]
    with ExitStack() as stack:
        processes = [
            stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True)) for _ in range(2)
        ]
        printed = [process.communicate()[0] for process in processes]
    assert printed == [f"{ANSWERING.path(settings.models)}\n"] * 2
    assert len(hub.gets) == 1
    assert_fetched(ANSWERING, settings)


def test_who_waits_for_another_process_can_stop(settings: Settings) -> None:
    settings.models.mkdir(parents=True)
    notes: list[str] = []
    with (
        FileLock(settings.models / f".{ANSWERING.name}.lock"),
        pytest.raises(Cancelled),
    ):
        fetch(ANSWERING, settings, lambda step: notes.append(step.note), lambda: bool(notes), sources=[Untouched()])
    assert notes == ["another process is fetching it"]
