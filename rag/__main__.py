"""The process of a command, `python -m rag` and `footnote`: only what must be in place before anything is imported.

Ctrl-C ends it as quietly while Python is still importing as at any other moment. Commands are the business of `cli`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line; returns the exit code, or ends the process where Ctrl-C was pressed."""

    def run() -> int:
        from rag.offline import go_offline

        go_offline()
        from rag.cli import main as run_command

        return run_command(arguments)

    return guarded(run)


def guarded(run: Callable[[], int]) -> int:
    """The exit code of `run`; ends the process where Ctrl-C was pressed."""
    try:
        code = run()
    except KeyboardInterrupt:
        sys.stderr.write("footnote: stopped\n")
        code = INTERRUPTED
    if code == INTERRUPTED:
        # Libraries that were cut off half imported or half way through a call can crash or wait when they are torn
        # down, and Python, if they were inside exec(), kills itself with a signal. Everything of ours is closed.
        for stream in filter(None, (sys.stdout, sys.stderr)):
            try:
                stream.flush()
            except OSError:
                continue
        os._exit(code)
    return code


if __name__ == "__main__":
    sys.exit(main())
