"""What is installed, where things lie, whether they work, and how to mend what does not. Changes and fetches nothing.

It looks from outside: versions are read from package metadata, llama.cpp is tried in a process of its own (a library
built for another processor ends its process), and a store is read unless that would bring it to today's form.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from index.errors import LibraryError
from rag.errors import FootnoteError, ModelMissing
from rag.settings import Settings

if TYPE_CHECKING:
    from index.library import Library

State = Literal["ok", "warning", "broken"]

PACKAGES = (
    "footnote",
    "llama-cpp-python",
    "sentence-transformers",
    "torch",
    "faiss-cpu",
    "gradio",
    "numpy",
    "typer",
    "rich",
    "platformdirs",
    "filelock",
    "huggingface-hub",
    "sentencex",
    "PyStemmer",
)
LLAMA_SECONDS = 60
LITTLE_DISK_GB = 2.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `mend` is what to do about it, "" where nothing is wrong."""

    name: str
    state: State
    detail: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Examination:
    """Everything found. `versions` holds None for a package that is not installed."""

    home: Path
    models: Path
    versions: dict[str, str | None]
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        """Whether everything that is needed works; warnings do not count."""
        return not self.broken

    @property
    def broken(self) -> tuple[str, ...]:
        """The names of what is needed and does not work."""
        return tuple(finding.name for finding in self.findings if finding.state == "broken")


def examine(settings: Settings, open_library: Callable[[Settings], Library]) -> Examination:
    """Looks at everything, however much of it is broken."""
    versions = {name: _version(name) for name in PACKAGES}
    findings = [
        _packages(versions),
        _llama(),
        _folder("home", settings.home, "--home FOLDER", only_read=settings.index.store_path.exists()),
        _folder("models", settings.models, "FOOTNOTE_MODELS=FOLDER", only_read=settings.models.exists()),
        *_models(settings),
        _store(settings, open_library),
        _memory(settings),
        _processor(),
    ]
    return Examination(settings.home, settings.models, versions, tuple(findings))


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _packages(versions: dict[str, str | None]) -> Finding:
    missing = [name for name, version in versions.items() if version is None and name != "footnote"]
    python = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    if missing:
        return Finding("packages", "broken", f"{python}, without {', '.join(missing)}", "run: pip install footnote")
    return Finding("packages", "ok", f"{python}, all packages installed")


def _llama() -> Finding:
    mend = "build it on this machine: pip install --force-reinstall --no-cache-dir --no-deps llama-cpp-python"
    try:
        trial = subprocess.run(
            [sys.executable, "-c", "import llama_cpp"], capture_output=True, text=True, timeout=LLAMA_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Finding("llama.cpp", "broken", f"cannot be tried: {error}", mend)
    if trial.returncode < 0:
        return Finding("llama.cpp", "broken", f"ends with signal {-trial.returncode} when loaded", mend)
    if trial.returncode > 0:
        last = (trial.stderr.strip().splitlines() or ["no reason given"])[-1]
        return Finding("llama.cpp", "broken", f"cannot be loaded: {last}", mend)
    return Finding("llama.cpp", "ok", "loads on this processor")


def _folder(name: str, folder: Path, another: str, *, only_read: bool) -> Finding:
    """Whether a folder can be written, or made where it is missing, and the disk has room.

    `only_read` is whether there is already something in it to work with, even if nothing can be added.
    """
    existing = next((path for path in (folder, *folder.parents) if path.exists()), Path(folder.anchor))
    where = str(folder) if existing == folder else f"{folder} (will be made at first use)"
    if not existing.is_dir():
        return Finding(name, "broken", f"{existing} is a file, not a folder", f"choose another: {another}")
    if not os.access(existing, os.W_OK | os.X_OK):
        state: State = "warning" if only_read else "broken"
        return Finding(name, state, f"{existing} cannot be written", f"make it writable or choose another: {another}")
    free = shutil.disk_usage(existing).free / 1e9
    if free < LITTLE_DISK_GB:
        return Finding(name, "warning", f"{where}, only {free:.1f} GB free", "make room on that disk")
    return Finding(name, "ok", f"{where}, {free:.0f} GB free")


def _models(settings: Settings) -> Iterator[Finding]:
    from rag.models import answering_model_path, catalogue, embedding_model_path, known_sha256

    for kind, locate in (("answering model", answering_model_path), ("embedding model", embedding_model_path)):
        try:
            path = locate(settings)
        except ModelMissing:
            name = settings.model if kind == "answering model" else settings.embedding
            yield Finding(kind, "broken", f"{name} is not here, or not whole", "run: footnote models fetch")
            continue
        except FootnoteError as error:
            choose = "--model" if kind == "answering model" else "FOOTNOTE_EMBEDDING=NAME"
            yield Finding(kind, "broken", str(error), f"fetch it again, or choose another with {choose}")
            continue
        known = next((model for model in catalogue() if model.path(settings.models) == path), None)
        if known is None:
            yield Finding(kind, "ok", f"{path}, your own")
            continue
        weights = path if path.is_file() else path / "model.safetensors"
        if known_sha256(weights, settings, remembering=False) == known.sha256:
            yield Finding(kind, "ok", f"{known.name}, its bytes are those of the catalogue")
        else:
            yield Finding(
                kind, "broken", f"{path} is not what the catalogue names", f"run: footnote models fetch {known.name}"
            )


def _store(settings: Settings, open_library: Callable[[Settings], Library]) -> Finding:
    path = settings.index.store_path
    if not path.exists():
        return Finding("documents", "ok", "none yet; add some with: footnote add PATH")
    try:
        with closing(open_library(settings)) as library:
            if library.outdated:
                return Finding(
                    "documents", "ok", f"{path}, of an older Footnote: brought to today's form when next used"
                )
            documents = library.documents()
    except LibraryError as error:
        return Finding("documents", "broken", str(error), f"put {path} aside and add the documents again")
    except FootnoteError as error:
        return Finding("documents", "warning", f"not opened: {error}", "mend the model first")
    passages = sum(document.passages for document in documents)
    return Finding("documents", "ok", f"{len(documents):,} documents in {passages:,} passages, {path}")


def _memory(settings: Settings) -> Finding:
    import psutil

    from rag.models import catalogue

    memory = psutil.virtual_memory()
    total, available = memory.total / 1e9, memory.available / 1e9
    detail = f"{total:.1f} GB, {available:.1f} GB available"
    needed = next((model.memory_gb for model in catalogue() if model.name == settings.model.casefold()), 0.0)
    if needed > total:
        return Finding("memory", "broken", f"{detail}; {settings.model} needs {needed:g} GB", "choose a smaller model")
    if needed > available:
        return Finding("memory", "warning", f"{detail}; {settings.model} needs {needed:g} GB", "close other programs")
    return Finding("memory", "ok", detail)


def _processor() -> Finding:
    import psutil

    physical, logical = psutil.cpu_count(logical=False) or 0, os.cpu_count() or 1
    return Finding("processor", "ok", f"{physical or logical} cores ({logical} logical)")
