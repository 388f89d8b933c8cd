"""The chat page: `python app.py` is `footnote serve`."""

from __future__ import annotations

import sys

if __name__ == "__main__":
    from rag.__main__ import main

    sys.exit(main(["serve", *sys.argv[1:]]))
