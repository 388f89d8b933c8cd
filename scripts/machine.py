"""What set-up knows of the machine it runs on: platform, space, and the line that mends what is missing.

Standard library only, like scripts/install.py, which tells the story; nothing here changes anything.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

WINDOWS = sys.platform == "win32"
GB = 1_000_000_000


class Trouble(Exception):
    """Set-up cannot go on; the message is one line that says why and what to do."""


def remedy(system: Mapping[str, str], *, debian: str, fedora: str, mac: str, windows: str) -> str:
    """The mend that fits the platform; both Linux families where neither is recognised."""
    family = f"{system.get('ID', '')} {system.get('ID_LIKE', '')}"
    sudo = "" if system.get("ROOT") else "sudo "
    if system["PLATFORM"] == "darwin":
        return f"`{mac}`"
    if system["PLATFORM"] == "win32":
        return windows
    if "debian" in family or "ubuntu" in family:
        return f"`{sudo}apt install {debian}`"
    if "fedora" in family or "rhel" in family:
        return f"`{sudo}dnf install {fedora}`"
    return f"Debian: `{sudo}apt install {debian}`; Fedora: `{sudo}dnf install {fedora}`"


def this_system() -> dict[str, str]:
    """Platform, Linux family and whether we are root."""
    system = {"PLATFORM": sys.platform}
    release = Path("/etc/os-release")
    if release.is_file():
        for line in release.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition("=")
            system[name] = value.strip("\"'")
    if not WINDOWS and os.geteuid() == 0:
        system["ROOT"] = "yes"
    return system


def compiler_remedy(system: Mapping[str, str]) -> str:
    return remedy(
        system,
        debian="build-essential",
        fedora="gcc gcc-c++ make",
        mac="xcode-select --install",
        windows="install the Build Tools for Visual Studio with the C++ workload",
    )


def explain(output: str, system: Mapping[str, str]) -> str:
    """One line for the output of a pip that failed: the cause with its mend, or pip's own last word."""
    causes = [
        (r"No space left on device", "the disk is full: free some space and run again"),
        (
            r"Temporary failure in name resolution|Name or service not known|NewConnectionError|Network is unreachable"
            r"|nodename nor servname|getaddrinfo failed|Failed to establish|ConnectTimeout|Read timed out|ProxyError",
            "the package index cannot be reached: connect to the network (set-up needs it, Footnote afterwards does "
            "not), or name a proxy or mirror in pip's configuration",
        ),
        (
            r"CMAKE_CX*_COMPILER|is not able to compile a simple test program|CMAKE_MAKE_PROGRAM",
            f"there is no working C and C++ compiler: {compiler_remedy(system)}",
        ),
        (r"CERTIFICATE_VERIFY_FAILED", "the index's certificate is not trusted here: set PIP_CERT to your CA file"),
        (r"Permission denied", "a file or folder may not be written: check who owns .venv and pip's cache"),
    ]
    for pattern, cause in causes:
        if re.search(pattern, output):
            return cause
    last = [line.strip() for line in output.splitlines() if line.lstrip().startswith(("ERROR", "error:"))]
    return last[-1] if last else "pip failed"


def free_bytes(path: Path) -> int:
    """Free space where `path` is or will be."""
    while not path.exists():
        path = path.parent
    return shutil.disk_usage(path).free


def folder_bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and not file.is_symlink())


def require_space(path: Path, needed: int, purpose: str) -> None:
    free = free_bytes(path)
    if free < needed:
        raise Trouble(
            f"{purpose} needs {needed / GB:.1f} GB in {path} and only {free / GB:.1f} GB is free: "
            "make room, then run again"
        )


def models_folder(environment: Mapping[str, str]) -> Path:
    """Where models will lie, as far as can be told before Footnote is installed; used for the check of space only."""
    if environment.get("FOOTNOTE_MODELS"):
        return Path(environment["FOOTNOTE_MODELS"])
    if WINDOWS:
        return Path(environment.get("LOCALAPPDATA") or Path.home()) / "footnote" / "Cache" / "models"
    caches = Path.home() / "Library" / "Caches" if sys.platform == "darwin" else Path.home() / ".cache"
    return Path(environment.get("XDG_CACHE_HOME") or caches) / "footnote" / "models"
