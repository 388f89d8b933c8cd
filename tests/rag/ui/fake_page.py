"""The page with a scripted assistant as a process of its own: `python -m tests.rag.ui.fake_page PORT HOME [PAUSE]`.

For benchmarks that look at the server from outside. Each answer repeats its question, so that one that went astray is
seen; PAUSE is the seconds that each step of answering takes.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from index.records import Hit
from rag.records import Sentence
from rag.ui.page import serve
from tests.rag.ui.fake_assistant import FakeAssistant


class Repeating(FakeAssistant):
    """Begins every sentence with the question that it answers."""

    def _sentence(self, question: str, marker: int, hit: Hit) -> Sentence:
        sentence = super()._sentence(question, marker, hit)
        return replace(sentence, text=f"{question}: {sentence.text}")


def main(arguments: Sequence[str]) -> None:
    port, home, *pause = arguments
    serve(lambda: Repeating(pause=float(pause[0]) if pause else 0.0), Path(home), "127.0.0.1", int(port))


if __name__ == "__main__":
    main(sys.argv[1:])
