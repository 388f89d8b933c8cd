"""Writes constraints.txt: the exact version of every package that set-up installs, from one clean resolution.

Knows pyproject.toml and pip's report; installs nothing. Run it with `make lock` after changing a dependency, read the
difference, run `make test`, and commit both files.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Held back on purpose, each with its reason; everything else takes the newest version that fits.
HELD = {
    "torch": "2.13.0",  # the newest that could be had as a CPU build where this was tested
}

HEADER = """\
# Exact versions of everything that set-up installs, tools of developers included. Written by `make lock`
# (scripts/lock.py) from a clean resolution of pyproject.toml; do not edit by hand. Resolved on Linux with
# Python 3.11: a package that only another platform needs is not pinned here. `torch==X` is satisfied by a CPU
# build of X (version "X+cpu") too, and set-up refuses a CUDA build before it is downloaded.
"""


def requirements(project: Mapping[str, object]) -> list[str]:
    """Every requirement that pyproject.toml states, in order: of the project, then of each dependency group."""
    table = project["project"]
    groups = project["dependency-groups"]
    assert isinstance(table, Mapping)
    assert isinstance(groups, Mapping)
    stated = list(table["dependencies"])
    for group in groups.values():
        stated.extend(group)
    return [*dict.fromkeys(stated), *(f"{name}=={version}" for name, version in HELD.items())]


def constraints(report: Mapping[str, Sequence[Mapping[str, Mapping[str, str]]]]) -> str:
    """The text of constraints.txt for a pip installation report; local version labels such as "+cpu" are dropped."""
    versions = {
        entry["metadata"]["name"].lower().replace("_", "-").replace(".", "-"): entry["metadata"]["version"]
        for entry in report["install"]
    }
    accelerated = sorted(name for name in versions if name.startswith(("nvidia-", "cuda-", "triton")))
    if accelerated:
        raise SystemExit(f"lock: this resolution wants a CUDA build of torch ({accelerated[0]}); nothing was written")
    return HEADER + "".join(f"{name}=={version.split('+')[0]}\n" for name, version in sorted(versions.items()))


def main() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        pip = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--report", str(report)]
        subprocess.run([*pip, *requirements(project)], check=True)
        text = constraints(json.loads(report.read_text(encoding="utf-8")))
    (ROOT / "constraints.txt").write_text(text, encoding="utf-8")
    print(f"constraints.txt: {text.removeprefix(HEADER).count('==')} exact versions")


if __name__ == "__main__":
    main()
