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

    def make_environment(self) -> None:
        if self.stamps.done("environment", "made") and self._starts():
            return
        if self.venv.exists() and not self.stamps.folder.is_dir() and any(self.venv.iterdir()):
            raise Trouble(f"{self.venv} was not made by this set-up: move it away or delete it, then run again")
        self._check_modules()
        self.check_space()
        if self.venv.exists():
            print("    .venv was left half made: starting it afresh")
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

    def install_tools(self) -> None:
        key = self.key("dev")
        if not self.stamps.done("tools", key):
            self.packages.install_tools()
            self.stamps.mark("tools", key)

    def install_browser(self) -> None:
        """What browser and namespace tests drive: Debian's packages where we may install them, else a clear word."""
        wanted = {"chromium": "chromium", "ip": "iproute2"}
        missing = [package for command, package in wanted.items() if not shutil.which(command)]
        if not missing:
            return
        names = " and ".join(missing)
        if self.system.get("ROOT") and shutil.which("apt-get"):
            print(f"==> Installing {names} for the tests (100 MB to download)", flush=True)
            environment = {**self.environment, "DEBIAN_FRONTEND": "noninteractive"}
            log = self.stamps.folder / "browser.log"
            try:
                run(["apt-get", "update"], log=log, environment=environment)
                run(["apt-get", "install", "-y", "--no-install-recommends", *missing], log=log, environment=environment)
            except subprocess.CalledProcessError as error:
                raise Trouble(f"apt-get failed: {explain(error.output, self.system)} (see {log})") from error
            return
        mend = remedy(
            self.system,
            debian=" ".join(missing),
            fedora=" ".join(missing).replace("iproute2", "iproute"),
            mac="brew install --cask chromium",
            windows="install Chromium and put it on the PATH",
        )
        message = f"{names} not found, and the tests that need it cannot run: {mend}"
        if self.environment.get("CI"):
            raise Trouble(message)
        print(f"    {message}.")

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
            setup.install_browser()
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
