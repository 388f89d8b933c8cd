"""Runs the quick suite as three processes at once: two cores are busy while tests of the page wait for clocks.

Knows how the tests are divided and where they write, and nothing of what they test. Each part collects and imports only
what is its own, and each has a folder of its own, so the parts share nothing. `pytest` alone runs the same tests one
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
# About equal in time. The last is whatever the others are not, so that no file falls between them.
PARTS = (
    ("tests/rag", "--ignore=tests/rag/ui", "--ignore=tests/rag/api"),
    ("tests/rag/ui", "tests/rag/api"),
    ("tests", "--ignore=tests/rag"),
)
# The tests commit to SQLite some thousands of times. None of them cuts the power, so none needs to wait for a disk.
MEMORY = Path("/dev/shm")
ROOM = 2 << 30  # bytes; what the parts write lies far below this


def place(memory: Path = MEMORY, room: int = ROOM) -> Path | None:
    """Where temporary files go: into memory where there is plenty, else wherever this machine has them."""
    if os.access(memory, os.W_OK | os.X_OK) and shutil.disk_usage(memory).free >= room:
        return memory
    return None


def command(part: Sequence[str]) -> list[str]:
    """The call of pytest for one part: without its cache, in which the parts would overwrite each other's failures,
    and with the folders of tests that passed removed at once."""
    retention = ["-o", "tmp_path_retention_policy=failed"]
    return [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *retention, "-m", QUICK, *part]


def main(parts: Sequence[Sequence[str]] = PARTS) -> int:
    """Shows the first part as it runs and the others after it; returns the first exit code that is not 0."""
    with tempfile.TemporaryDirectory(prefix="footnote-quick-", dir=place(), ignore_cleanup_errors=True) as folder:
        outputs = [Path(folder) / f"{number}.txt" for number in range(1, len(parts))]
        running: list[subprocess.Popen[bytes]] = []
        for number, part in enumerate(parts):
            own = Path(folder) / str(number)
            own.mkdir()
            environment = {**os.environ, "TMPDIR": str(own)}
            if number == 0:
                running.append(subprocess.Popen(command(part), cwd=ROOT, env=environment))
                continue
            with outputs[number - 1].open("wb") as file:
                running.append(
                    subprocess.Popen(command(part), cwd=ROOT, env=environment, stdout=file, stderr=subprocess.STDOUT)
                )
        codes = [_ended(process) for process in running]
        for output in outputs:
            print(output.read_text(encoding="utf-8", errors="replace"), end="", flush=True)
    return next((code for code in codes if code), 0)


def _ended(process: subprocess.Popen[bytes]) -> int:
    """Its exit code. Ctrl-C reaches the parts by themselves; each then says how far it got."""
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


if __name__ == "__main__":
    sys.exit(main())
