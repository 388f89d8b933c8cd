"""The command line without models: everything is real but the encoder, which hashes, and the model, which is scripted.

Tests call `run` in this process or start `python -m tests.rag.fake_footnote` as another one. What happens is chosen
by the words of a question, see `StoryModel`, by FAKE_ENCODING_SECONDS, the time each batch of texts takes, and by
FAKE_INTERRUPT_AFTER, the seconds after which the process sends itself the signal that Ctrl-C sends.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Generator as Steps

import numpy as np
from numpy.typing import NDArray

from index.library import Library
from rag import cli, confidence, templates
from rag.__main__ import guarded
from rag.assistant import Assistant
from rag.checking import Checker
from rag.commands.session import Doors
from rag.drawing import Choice, likeliest
from rag.errors import ModelError
from rag.generator import Piece, never
from rag.prompt import Prompt
from rag.records import Reading
from rag.settings import Settings
from tests.fakes import HashingEncoder, ScriptedGenerator

ENCODING_SECONDS = "FAKE_ENCODING_SECONDS"
INTERRUPT_AFTER = "FAKE_INTERRUPT_AFTER"
DRAFT = "When did the harbour office open?"
ANSWER = "The office opened in March 1911. It employed forty clerks."
WAYS = ("The harbour office employed forty clerks.", "It employed two divers.", "A storm closed it for good.")


class SlowEncoder(HashingEncoder):
    """A hashing encoder that takes its time, as a real one does."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        time.sleep(float(os.environ.get(ENCODING_SECONDS, "0")))
        return super().encode(texts)


class StoryModel(ScriptedGenerator):
    """Writes the same answer to every question, but one with "decline" or "fault" in it, and the same draft of one; to
    one with "several ways" one of three.

    "slow reading" and "slow writing" go on for a minute without looking at `cancelled`, as a library does that makes
    one call after another; "steady writing" takes half a second a piece and looks.
    """

    def __init__(self) -> None:
        fault = ModelError("the model failed; ask again")
        super().__init__(
            {
                "fault": fault,
                "several ways": WAYS,
                "copied exactly": "march 1911.",
                "nothing but the question": DRAFT,
                "": ANSWER,
            },
            yes={"decline": 0.0},
        )

    def stream(
        self, prompt: Prompt, max_tokens: int, cancelled: Callable[[], bool] = never, *, choose: Choice = likeliest
    ) -> Iterator[Reading | Piece]:
        for event in super().stream(prompt, max_tokens, cancelled, choose=choose):
            yield event
            if isinstance(event, Piece) and _asks(prompt, "slow writing"):
                _toil()
            if isinstance(event, Piece) and _asks(prompt, "steady writing"):
                time.sleep(0.5)

    def judge(
        self, prompt: Prompt, cancelled: Callable[[], bool] = never, *, aside: bool = False
    ) -> Steps[Reading, None, float]:
        if _asks(prompt, "slow reading"):
            _toil()
        return (yield from super().judge(prompt, cancelled))


def _toil() -> None:
    """A minute in calls of half a second. A signal that comes between Python's last look and the start of a call waits
    for that call's end; in one call of a minute that would be a minute."""
    for _ in range(120):
        time.sleep(0.5)


def _asks(prompt: Prompt, words: str) -> bool:
    return any(words in part for turn in prompt.turns for part in turn.parts)


def open_library(settings: Settings) -> Library:
    return Library(settings.index, SlowEncoder())


def open_assistant(settings: Settings) -> Assistant:
    library = open_library(settings)
    return Assistant(library, SlowEncoder(), StoryModel(), templates.load(), confidence.load(), settings)


def open_checker(settings: Settings, quick: bool) -> Checker:
    return Checker(open_library(settings), SlowEncoder(), settings)


def run(arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> int:
    """One command in this process; returns its exit code."""
    variables = os.environ if environment is None else environment
    doors = Doors(open_library, open_assistant, variables, lambda _: StoryModel(), open_assistant, open_checker)
    return cli.main(arguments, doors)


def interrupt_later() -> None:
    """Arms the signal, where the environment asks for it."""
    if INTERRUPT_AFTER in os.environ:
        timer = threading.Timer(float(os.environ[INTERRUPT_AFTER]), os.kill, (os.getpid(), signal.SIGINT))
        timer.daemon = True
        timer.start()


def main() -> int:
    """The command of this process."""
    interrupt_later()
    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(guarded(main))
