"""`python -m rag` and the console command: only what must be in place before anything else is imported.

Pressing Ctrl-C while Python is still importing must end as quietly as at any other moment.
"""

from __future__ import annotations

import sys


def main() -> int:
    """Runs the command line; returns the exit code."""
    try:
        from rag import cli

        return cli.main()
    except KeyboardInterrupt:
        sys.stderr.write("footnote: stopped\n")
        return 130


if __name__ == "__main__":
    sys.exit(main())
