"""Reading scanned pages with Tesseract, where the user has installed it.

Knows how to hand over one page as a picture and take back its words, without a file. It never downloads or installs
anything, and stops when a document has used up its time.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time

PROGRAM = "tesseract"
SECONDS = 480  # for all pages of a document together


def available() -> bool:
    """Whether Tesseract is installed."""
    return shutil.which(PROGRAM) is not None


class Budget:
    """The time that one document's scanned pages may take together."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._deadline = time.monotonic() + seconds
        self._languages = _languages()

    def text_of(self, pixels: bytes, width: int, height: int, stride: int) -> str:
        """The words on a page given as rows of grey pixels, one byte each, `stride` bytes a row.

        "" where Tesseract finds none, fails, or the time is used up: what other pages say still counts.
        """
        remaining = self._deadline - time.monotonic()
        rows = b"".join(pixels[row * stride : row * stride + width] for row in range(height))
        image = b"P5 %d %d 255\n" % (width, height) + rows
        try:
            finished = subprocess.run(
                [PROGRAM, "stdin", "stdout", "-l", self._languages, "--psm", "3"],
                input=image,
                capture_output=True,
                timeout=max(0.0, remaining),
                check=True,
                env={**os.environ, "OMP_THREAD_LIMIT": "1"},  # its threads wait for each other on a busy machine
            )
        except (OSError, subprocess.SubprocessError):
            return ""
        return finished.stdout.decode("utf-8", errors="replace").replace("\x0c", "")


def _languages() -> str:
    """All installed languages, English first, as Tesseract wants them named."""
    try:
        listing = subprocess.run([PROGRAM, "--list-langs"], capture_output=True, timeout=30, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return "eng"
    names = [name for name in listing.decode("ascii", errors="replace").split("\n")[1:] if name and name != "osd"]
    return "+".join(sorted(names, key=lambda name: (name != "eng", name))[:6]) or "eng"
