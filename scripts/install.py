"""Brings a checkout to the point where it answers: virtual environment, packages, models, sample dossier.

Each step says what it does and what it costs, leaves a stamp in .venv/.setup when it is done, and is skipped as long as
what it depends on has not changed, so that set-up may be stopped and repeated at any point. Standard library only; it
knows nothing of documents or questions and speaks to Footnote through its command line alone.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from scripts.machine import (
    GB,
    WINDOWS,
    Trouble,
    explain,
    folder_bytes,
    models_folder,
    remedy,
    require_space,
    this_system,
)
from scripts.packages import Packages, run

ROOT = Path(__file__).resolve().parent.parent

# Measured on Debian 12: the environment with every tool takes 2.0 GB, the two models 1.2 GB; the rest is room.
PACKAGES_BYTES = int(2.4 * GB)
MODELS_BYTES = int(1.3 * GB)
TEMPORARY_BYTES = int(0.8 * GB)

# What the slow suite streams and stops with; it invents what it says and is never used to answer.
TINY_MODEL = "smollm2-135m-instruct"


@dataclass(frozen=True)
class Stamps:
    """Which steps are done, and for which state of what they depend on: one small file a step."""

    folder: Path

    def done(self, step: str, key: str) -> bool:
        try:
            return (self.folder / step).read_text(encoding="utf-8") == key
        except FileNotFoundError:
            return False

    def mark(self, step: str, key: str) -> None:
        unfinished = self.folder / f"{step}.new"
        unfinished.write_text(key, encoding="utf-8")
        unfinished.replace(self.folder / step)


@dataclass(frozen=True)
class Setup:
    """One run of set-up: the checkout, the variables it obeys and the machine it runs on."""

    root: Path
    environment: Mapping[str, str]
    system: Mapping[str, str]

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def stamps(self) -> Stamps:
        return Stamps(self.venv / ".setup")

    @property
    def python(self) -> Path:
        return self.venv / ("Scripts/python.exe" if WINDOWS else "bin/python")

    @property
    def packages(self) -> Packages:
        return Packages(self.root, self.python, self.stamps.folder, self.environment, self.system)

    def key(self, group: str) -> str:
        """What the installed packages depend on; the rest of pyproject.toml may change without a new installation."""
        project = tomllib.loads((self.root / "pyproject.toml").read_text(encoding="utf-8"))
        stated = [project["build-system"], project["project"], project["dependency-groups"][group], self.packages.pins]
        return hashlib.sha256(json.dumps(stated, sort_keys=True).encode()).hexdigest()

    def check_space(self) -> None:
        """Says before anything is downloaded that there is no room for it."""
        present = folder_bytes(self.venv) if self.venv.is_dir() else 0
        require_space(self.venv, max(PACKAGES_BYTES - present, GB // 5), "Installing the packages")
        models = models_folder(self.environment)
        missing = max(MODELS_BYTES - (folder_bytes(models) if models.is_dir() else 0), 0)
        require_space(models, missing, "Keeping the models")
        require_space(Path(tempfile.gettempdir()), TEMPORARY_BYTES, "Unpacking (TMPDIR chooses where)")

    def environment_state(self) -> Literal["absent", "half made", "made", "another's"]:
        """The folder of stamps comes before everything else in .venv, so what lacks it is not ours to delete."""
        if not self.venv.exists() or not any(self.venv.iterdir()):
            return "absent"
        if not self.stamps.folder.is_dir():
            return "another's"
        return "made" if self.stamps.done("environment", "made") and self._starts() else "half made"

    def make_environment(self) -> None:
        state = self.environment_state()
        if state == "made":
            return
        if state == "another's":
            raise Trouble(f"{self.venv} was not made by this set-up: move it away or delete it, then run again")
        self._check_modules()
        self.check_space()
        if state == "half made":
            print("    .venv was left half made, or its Python is gone: starting it afresh")
            shutil.rmtree(self.venv)
        print("==> Making the virtual environment .venv (10 seconds)", flush=True)
        self.stamps.folder.mkdir(parents=True)
        subprocess.run([sys.executable, "-m", "venv", str(self.venv)], check=True)
        self.packages.install_pip()
        self.stamps.mark("environment", "made")

    def install_packages(self) -> None:
        key = self.key("build")
        if not self.stamps.done("packages", key):
            self.check_space()
            self.packages.install_all()
            self.stamps.mark("packages", key)

    def fetch_models(self, *, tests: bool) -> None:
        """The models that the settings name and, for the tests, the tiny one; Footnote says how far it is."""
        key = self._settings_key(TINY_MODEL if tests else "")
        if self._is_in_place("models", key):
            return
        models = json.loads(self._answer("models", "list", "--json"))
        wanted = [model for model in models if model["chosen"] or (tests and model["name"] == TINY_MODEL)]
        missing = [model for model in wanted if not model["installed"]]
        if missing:
            size = sum(model["bytes"] for model in missing) / GB
            print(f"==> Fetching {len(missing)} models ({size:.1f} GB to download, once for this user)", flush=True)
            self._footnote("models", "fetch", *(model["name"] for model in missing))
        self._mark_places("models", key, [model["path"] for model in wanted])

    def index_sample(self) -> None:
        """The dossier of seeds/ becomes the first documents of a home that has none; any other home is left alone."""
        key = self._settings_key()
        if self._is_in_place("sample", key):
            return
        print("==> Reading the sample dossier into your library (20 seconds)", flush=True)
        documents = json.loads(self._answer("list", "--json"))
        if documents:
            print(f"    It holds {len(documents)} documents already: the sample dossier is left out.")
        else:
            self._footnote("add", *map(str, sorted((self.root / "seeds").glob("*.md"))))
        self._mark_places("sample", key, [json.loads(self._answer("doctor", "--json"))["home"]])

    def install_tools(self) -> None:
        key = self.key("dev")
        if not self.stamps.done("tools", key):
            self.packages.install_tools()
            self.stamps.mark("tools", key)

    def install_programs(self) -> None:
        """What some tests drive (browser, namespaces, scans): Debian's packages where we may, else a clear word."""
        wanted = {"chromium": "chromium", "ip": "iproute2", "tesseract": "tesseract-ocr"}
        missing = [package for command, package in wanted.items() if not shutil.which(command)]
        if not missing:
            return
        names = ", ".join(missing)
        if self.system.get("ROOT") and shutil.which("apt-get"):
            print(f"==> Installing {names} for the tests (100 MB to download)", flush=True)
            environment = {**self.environment, "DEBIAN_FRONTEND": "noninteractive"}
            log = self.stamps.folder / "programs.log"
            try:
                run(["apt-get", "update"], log=log, environment=environment)
                run(["apt-get", "install", "-y", "--no-install-recommends", *missing], log=log, environment=environment)
            except subprocess.CalledProcessError as error:
                raise Trouble(f"apt-get failed: {explain(error.output, self.system)} (see {log})") from error
            return
        mend = remedy(
            self.system,
            debian=" ".join(missing),
            fedora=" ".join(missing).replace("iproute2", "iproute").replace("-ocr", ""),
            mac="brew install tesseract; brew install --cask chromium",
            windows="install Chromium and Tesseract and put them on the PATH",
        )
        message = f"{names} not found, and the tests that need it cannot run: {mend}"
        if self.environment.get("CI"):
            raise Trouble(message)
        print(f"    {message}.")

    def _settings_key(self, *parts: str) -> str:
        """What decides which models are used and where things lie."""
        places = ["FOOTNOTE_HOME", "FOOTNOTE_MODELS", "XDG_CACHE_HOME", "XDG_DATA_HOME"]
        variables = [self.environment.get(name) for name in (*places, "FOOTNOTE_MODEL", "FOOTNOTE_EMBEDDING")]
        catalogue = (self.root / "rag" / "catalogue.toml").read_text(encoding="utf-8")
        stated = [variables, str(Path.home()), catalogue, parts]
        return hashlib.sha256(json.dumps(stated).encode()).hexdigest()

    def _is_in_place(self, step: str, key: str) -> bool:
        """Whether a step is done and what it left outside of .venv is still there."""
        if not self.stamps.done(step, key):
            return False
        places = json.loads((self.stamps.folder / f"{step}.places").read_text(encoding="utf-8"))
        return all(Path(place).exists() for place in places)

    def _mark_places(self, step: str, key: str, places: Sequence[str]) -> None:
        self.stamps.mark(f"{step}.places", json.dumps(places))
        self.stamps.mark(step, key)

    def _footnote(self, *arguments: str) -> None:
        """One command of Footnote with its progress shown; what it says on failing is the line for the person."""
        process = subprocess.run([str(self.python), "-m", "rag", *arguments], cwd=self.root, env=dict(self.environment))
        if process.returncode:
            raise Trouble(f"`footnote {arguments[0]}` did not finish, see the line above; mend that and run again")

    def _answer(self, *arguments: str) -> str:
        """What a command of Footnote prints; doctor's exit code says only that something is left to mend."""
        process = subprocess.run(
            [str(self.python), "-m", "rag", *arguments],
            cwd=self.root,
            env=dict(self.environment),
            stdout=subprocess.PIPE,
            text=True,
        )
        if not process.stdout:
            raise Trouble(f"`footnote {arguments[0]}` did not finish, see the line above; mend that and run again")
        return process.stdout

    def _check_modules(self) -> None:
        if importlib.util.find_spec("ensurepip") is not None and importlib.util.find_spec("venv") is not None:
            return
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        mend = remedy(
            self.system,
            debian=f"python{version}-venv",
            fedora=f"python{version}",
            mac=f"brew install python@{version}",
            windows="install Python from python.org with pip",
        )
        raise Trouble(f"this Python ({sys.executable}) cannot make virtual environments: {mend}")

    def _starts(self) -> bool:
        try:
            return subprocess.call([str(self.python), "-c", ""]) == 0
        except OSError:
            return False


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="setup.py", description="Sets Footnote up in .venv; repeat it at any time.")
    parser.add_argument("--dev", action="store_true", help="the developers' tools and what the tests need, too")
    options = parser.parse_args(arguments)
    setup = Setup(ROOT, dict(os.environ), this_system())
    started = time.monotonic()
    try:
        setup.make_environment()
        setup.install_packages()
        if options.dev:
            setup.install_tools()
            setup.install_programs()
        setup.fetch_models(tests=options.dev)
        setup.index_sample()
    except Trouble as trouble:
        print(f"setup: {trouble}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nsetup: stopped. Run the same command again and it goes on from here.", file=sys.stderr)
        return 130
    print(f"Everything is set up ({time.monotonic() - started:.1f} s).")
    return 0


if __name__ == "__main__":
    sys.exit(main())
