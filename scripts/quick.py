"""Runs the quick suite as two processes at once, one for each core of the smallest machine this is for.

Knows how the tests are divided and where they write, and nothing of what they test. Each half collects and imports only
what is its own, and each has a folder of its own, so the halves share nothing. `pytest` alone runs the same tests one
after the other.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
QUICK = "not slow and not browser and not network"
# About equal in processor time. The second is whatever the first is not, so that no file falls between them.
HALVES = (("tests/rag",), ("tests", "--ignore=tests/rag"))
# The tests commit to SQLite some thousands of times. None of them cuts the power, so none needs to wait for a disk.
MEMORY = Path("/dev/shm")
ROOM = 2 << 30  # bytes; what the halves write lies far below this


def place(memory: Path = MEMORY, room: int = ROOM) -> Path | None:
    """Where temporary files go: into memory where there is plenty, else wherever this machine has them."""
    if os.access(memory, os.W_OK | os.X_OK) and shutil.disk_usage(memory).free >= room:
        return memory
    return None


def command(half: Sequence[str]) -> list[str]:
    """The call of pytest for one half: without its cache, in which the halves would overwrite each other's failures,
    and with the folders of tests that passed removed at once."""
    retention = ["-o", "tmp_path_retention_policy=failed"]
    return [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *retention, "-m", QUICK, *half]


def main(halves: Sequence[Sequence[str]] = HALVES) -> int:
    """Shows the first half as it runs and the others after it; returns the first exit code that is not 0."""
    with tempfile.TemporaryDirectory(prefix="footnote-quick-", dir=place(), ignore_cleanup_errors=True) as folder:
        outputs = [Path(folder) / f"{number}.txt" for number in range(1, len(halves))]
        running: list[subprocess.Popen[bytes]] = []
        for number, half in enumerate(halves):
            own = Path(folder) / str(number)
            own.mkdir()
            environment = {**os.environ, "TMPDIR": str(own)}
            if number == 0:
                running.append(subprocess.Popen(command(half), cwd=ROOT, env=environment))
                continue
            with outputs[number - 1].open("wb") as file:
                running.append(
                    subprocess.Popen(command(half), cwd=ROOT, env=environment, stdout=file, stderr=subprocess.STDOUT)
                )
        codes = [_ended(process) for process in running]
        for output in outputs:
            print(output.read_text(encoding="utf-8", errors="replace"), end="", flush=True)
    return next((code for code in codes if code), 0)


def _ended(process: subprocess.Popen[bytes]) -> int:
    """Its exit code. Ctrl-C reaches the halves by themselves; each then says how far it got."""
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


if __name__ == "__main__":
    sys.exit(main())
