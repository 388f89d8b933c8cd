"""`footnote ask` up to the moment at which the model begins to read: `python -m benchmarks.first_reading ARGUMENTS`.

The real command line with the real assistant; at the assistant's first Reading event, which comes when everything is
loaded and before the first token is read, the process says so on standard output and leaves. For `startup`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from rag import cli
from rag.commands.session import Doors
from rag.generator import never
from rag.records import Event, Exchange, Reading
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.assistant import Assistant

SIGNAL = "reading"


class LeavingAtReading:
    """An assistant that ends the process when it begins to read."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self.library = assistant.library
        self.warm = assistant.warm

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Exchange] = (),
        documents: Collection[str] | None = None,
        seed: int | None = None,
        cancelled: Callable[[], bool] = never,
    ) -> Iterator[Event]:
        """The events before reading, and no more."""
        events = self._assistant.ask(question, history=history, documents=documents, seed=seed, cancelled=cancelled)
        for event in events:
            if isinstance(event, Reading):
                os.write(1, f"{SIGNAL}\n".encode())
                os._exit(0)  # nothing is tidied up: only what came before counts
            yield event


def _open(settings: Settings) -> LeavingAtReading:
    from rag.wiring import open_assistant

    return LeavingAtReading(open_assistant(settings))


if __name__ == "__main__":
    sys.exit(cli.main(["ask", *sys.argv[1:]], Doors(assistant=_open)))
