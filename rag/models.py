"""The models Footnote knows, where they lie on this machine, and whether what lies there is what the catalogue names.

Reads files only: fetching is `fetch.py`'s, loading a model is `generate.py`'s and the encoder's. The catalogue is data,
`catalogue.toml` beside this module; a name of it and a path of the user's own are both ways to name a model.
"""

from __future__ import annotations

import functools
import hashlib
import json
import tomllib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Literal, NamedTuple

from index.collect import absolute
from index.home import make_folder, replace_file
from index.records import Progress
from rag.errors import ModelInvalid, ModelMissing
from rag.gguf import inspect
from rag.records import ModelIdentity
from rag.settings import Settings

Kind = Literal["answering", "embedding"]

HASHES = ".sha256.json"
PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model; `path` is relative, with forward slashes, the same on the hub and on this machine."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Hub:
    """A repository of the hub at one revision."""

    repository: str
    revision: str


@dataclass(frozen=True, slots=True)
class Wheels:
    """Wheels of the Python package index that carry a model as data: nothing in them is ever imported.

    Either one file cut into `count` wheels, whose `member` holds `part_bytes` each but the last (`packages` and
    `member` are format strings over `part`, from 1), or one wheel with all files below `folder`.
    """

    packages: str
    version: str
    count: int = 1
    member: str = ""
    part_bytes: int = 0
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Model:
    """A model of the catalogue. `memory_gb` is what running it takes, `laptop_gb` the memory of the least laptop."""

    name: str
    title: str
    kind: Kind
    licence: str
    memory_gb: float
    laptop_gb: int
    languages: tuple[str, ...]
    tried: bool
    note: str
    files: tuple[ModelFile, ...]
    hub: Hub | None = None
    wheels: Wheels | None = None

    @property
    def bytes(self) -> int:
        return sum(file.bytes for file in self.files)

    @property
    def sha256(self) -> str:
        """The hash of the largest file: the weights."""
        return max(self.files, key=lambda file: file.bytes).sha256

    def path(self, folder: Path) -> Path:
        """Where the model lies below the models folder: its file, or a folder of its name with its files."""
        return folder / (self.files[0].path if self.kind == "answering" else self.name)

    def paths(self, folder: Path) -> tuple[Path, ...]:
        """The path of each of `files`, in order."""
        top = self.path(folder)
        return (top,) if self.kind == "answering" else tuple(top / file.path for file in self.files)


class Check(NamedTuple):
    """Whether a model on this machine has the bytes that the catalogue names, in words."""

    model: Model
    ok: bool
    message: str


@functools.cache
def catalogue() -> tuple[Model, ...]:
    """All models, in the order of the file: answering models from small to large, then embedding models."""
    text = resources.files("rag").joinpath("catalogue.toml").read_text(encoding="utf-8")
    return tuple(_model(entry) for entry in tomllib.loads(text)["model"])


def _model(entry: Mapping[str, Any]) -> Model:
    fields = dict(entry)
    fields["languages"] = tuple(fields["languages"])
    fields["files"] = tuple(ModelFile(**file) for file in fields["files"])
    fields["hub"] = Hub(**fields["hub"]) if "hub" in fields else None
    fields["wheels"] = Wheels(**fields["wheels"]) if "wheels" in fields else None
    return Model(**fields)


def find(name: str) -> Model:
    """The model of that name; raises ModelMissing with all names where there is none."""
    for model in catalogue():
        if model.name == name.casefold():
            return model
    names = ", ".join(model.name for model in catalogue())
    raise ModelMissing(f"no model is called {name!r}; the catalogue has {names}; a path to a file works too")


def installed(model: Model, folder: Path) -> bool:
    """Whether every file is there in full size. Whether the bytes are right is for `verify` to say."""
    return all(_size(path) == file.bytes for path, file in zip(model.paths(folder), model.files, strict=True))


def answering_model_path(settings: Settings) -> Path:
    """The GGUF file that `settings.model` names, its header checked: some 50 ms.

    Raises ModelMissing with the command that fetches it, or ModelInvalid when the file cannot answer.
    """
    path = _path(settings.model, "answering", settings.models)
    inspect(path)
    return path


def embedding_model_path(settings: Settings) -> Path:
    """The folder that `settings.embedding` names.

    Raises ModelMissing with the command that fetches it, or ModelInvalid when it is no model of sentence-transformers.
    """
    folder = _path(settings.embedding, "embedding", settings.models)
    if not folder.is_dir():
        raise ModelInvalid(f"{folder} is a file; an embedding model is a folder in the form of sentence-transformers")
    lacking = [name for name in ("config.json", "tokenizer.json", "model.safetensors") if not (folder / name).is_file()]
    if lacking:
        raise ModelInvalid(f"{folder} is not an embedding model that can be used, it lacks {', '.join(lacking)}")
    return folder


def _path(named: str, kind: Kind, folder: Path) -> Path:
    """A name of the catalogue wins over a file of the same name; write ./NAME for the file."""
    if named.casefold() not in {model.name for model in catalogue()}:
        path = absolute(Path(named))
        if path.exists():
            return path
        if len(Path(named).parts) > 1 or path.suffix == ".gguf":
            raise ModelMissing(f"{path} does not exist: name a model file that does, or one of `footnote models list`")
    model = find(named)
    if model.kind != kind:
        raise ModelInvalid(f"{model.name} is an {model.kind} model, and an {kind} model is needed here")
    if installed(model, folder):
        return model.path(folder)
    state = "is incomplete" if model.path(folder).exists() else "has not been fetched"
    raise ModelMissing(f"the model {model.name} {state}: run `footnote models fetch {model.name}`")


def identity(path: Path, settings: Settings) -> ModelIdentity:
    """The name and SHA-256 of a model file. Hashes at most once for each state of the file, see `known_sha256`."""
    sha256 = known_sha256(path, settings)
    names = (model.name for model in catalogue() if model.sha256 == sha256)
    return ModelIdentity(name=next(names, path.name), sha256=sha256)


def verify(settings: Settings, progress: Callable[[Progress], None] | None = None) -> list[Check]:
    """Every model that lies on this machine, and the two that the settings name, hashed anew."""
    checks = []
    for model in catalogue():
        if model.path(settings.models).exists():
            checks.append(_check(model, settings, progress))
        elif model.name in (settings.model.casefold(), settings.embedding.casefold()):
            checks.append(Check(model, False, f"not fetched: run `footnote models fetch {model.name}`"))
    return checks


def _check(model: Model, settings: Settings, progress: Callable[[Progress], None] | None) -> Check:
    mend = f"run `footnote models fetch {model.name}`"
    for path, file in zip(model.paths(settings.models), model.files, strict=True):
        size = _size(path)
        if size != file.bytes:
            state = "is missing" if size is None else f"has {size:,} bytes instead of {file.bytes:,}"
            return Check(model, False, f"{path} {state}: {mend}")
        try:
            found = sha256_of(path, progress)
        except OSError as error:
            return Check(model, False, f"{path} cannot be read: {error.strerror or error}")
        remember(path, found, settings)
        if found != file.sha256:
            return Check(model, False, f"{path} has SHA-256 {found}, the catalogue names {file.sha256}: {mend}")
    return Check(model, True, f"{model.path(settings.models)} is what the catalogue names")


def sha256_of(path: Path, progress: Callable[[Progress], None] | None = None) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal; about 1.5 GB a second. Raises OSError."""
    digest = hashlib.sha256()
    total = path.stat().st_size
    done = 0
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
            done += len(piece)
            if progress:
                progress(Progress(done, total, "bytes", f"checking {path.name}"))
    return digest.hexdigest()


def known_sha256(path: Path, settings: Settings, *, remembering: bool = True) -> str:
    """The SHA-256 of a file, from memory when its size and time of change are those it was last hashed with."""
    state = _state(path)
    for notes in _notes(settings):
        noted = _read_notes(notes).get(str(path.absolute()))
        if isinstance(noted, list) and noted[:2] == state and len(noted) == 3:
            return str(noted[2])
    sha256 = sha256_of(path)
    if remembering:
        remember(path, sha256, settings)
    return sha256


def remember(path: Path, sha256: str, settings: Settings) -> None:
    """Note a hash beside the models, or in the home where that folder cannot be written. Never fails."""
    for notes in _notes(settings):
        with suppress(OSError):
            hashes = {name: note for name, note in _read_notes(notes).items() if Path(name).exists()}
            hashes[str(path.absolute())] = [*_state(path), sha256]
            make_folder(notes.parent, settings.home)
            replace_file(notes, json.dumps(hashes, indent=1, sort_keys=True).encode())
            return


def _notes(settings: Settings) -> tuple[Path, Path]:
    return settings.models / HASHES, settings.home / HASHES


def _read_notes(path: Path) -> dict[str, object]:
    """A cache that is missing or damaged is an empty one."""
    with suppress(OSError, ValueError):
        noted = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(noted, dict):
            return noted
    return {}


def _state(path: Path) -> list[int]:
    status = path.stat()
    return [status.st_size, status.st_mtime_ns]


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None
