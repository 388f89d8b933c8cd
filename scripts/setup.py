"""Starts set-up with a Python that is new enough: this file only finds one, scripts/install.py does the work.

Kept readable to Python 3.6 and free of imports beyond the standard library, so that an old Python says one clear line
instead of a syntax error. Called by `make setup`; on Windows, `py scripts/setup.py`.
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MINIMUM = (3, 11)
NEWER = ["python3.13", "python3.12", "python3.11", "python3.14"]

MENDS = {
    "linux": "Debian and Ubuntu: `apt install python3.11 python3.11-venv`; Fedora: `dnf install python3.13`",
    "darwin": "`brew install python@3.13`, or the installer from python.org",
    "win32": "`winget install Python.Python.3.13`, or the installer from python.org",
}


def new_enough(python: str) -> bool:
    """Whether a command starts a Python that is new enough; one that cannot be started is not."""
    question = f"import sys; sys.exit(0 if sys.version_info >= {MINIMUM} else 1)"
    try:
        return subprocess.call([python, "-c", question], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def too_old(found: "tuple[int, ...]", platform: str) -> str:
    """The one line for a machine without a new enough Python."""
    version = ".".join(str(part) for part in found[:3])
    wanted = ".".join(str(part) for part in MINIMUM)
    mend = MENDS.get(platform, "see python.org")
    return f"setup: Python {version} is too old, {wanted} is needed. {mend}; then `make setup PYTHON=python{wanted}`."


def main() -> int:
    python = sys.executable
    if sys.version_info < MINIMUM:
        others = [found for found in map(shutil.which, NEWER) if found]
        python = next(filter(new_enough, others), "")
        if not python:
            print(too_old(sys.version_info[:3], sys.platform), file=sys.stderr)
            return 1
        print(f"Python {sys.version_info[0]}.{sys.version_info[1]} is too old: going on with {python}.")
    process = subprocess.Popen([python, "-m", "scripts.install", *sys.argv[1:]], cwd=str(ROOT))
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # it reaches the process, too, which stops in good order and says so


if __name__ == "__main__":
    sys.exit(main())
