"""The command line without models: a real library with a hashing encoder, and an assistant that tells a story.

Tests call `run` in this process or start `python -m tests.rag.fake_footnote` as another one. What happens is chosen
by the words of a question, see `StoryAssistant`, by FAKE_ENCODING_SECONDS, the time each batch of texts takes, and by
FAKE_INTERRUPT_AFTER, the seconds after which the process sends itself the signal that Ctrl-C sends.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from index.library import Library
from rag.cli import main
from rag.commands.session import Doors
from rag.errors import ModelError
from rag.records import Answer, Event, Reading, Token
from rag.retrieve import readable
from rag.settings import Settings
from tests.fakes import HashingEncoder
from tests.rag import samples

ENCODING_SECONDS = "FAKE_ENCODING_SECONDS"
INTERRUPT_AFTER = "FAKE_INTERRUPT_AFTER"


class SlowEncoder(HashingEncoder):
    """A hashing encoder that takes its time, as a real one does."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        time.sleep(float(os.environ.get(ENCODING_SECONDS, "0")))
        return super().encode(texts)


class StoryAssistant:
    """Answers every question with the sample answer; "decline" declines, "fault" fails, and "slow reading" and "slow
    writing" go on for a minute without looking at `cancelled`, as a library deep in a call does.
    """

    def __init__(self, library: Library) -> None:
        self._library = library

    @property
    def library(self) -> Library:
        return self._library

    def warm(self) -> None:
        """There is nothing to load."""

    def ask(self, question: str, *, cancelled: Callable[[], bool] | None = None) -> Iterator[Event]:
        question = readable(question)
        if "fault" in question:
            raise ModelError("the model failed; ask again")
        finished = samples.DECLINED if "decline" in question else samples.ANSWER
        for event in samples.events(_asked(finished, question)):
            yield event
            kinds = {"slow reading": Reading, "slow writing": Token}
            if any(words in question and isinstance(event, kind) for words, kind in kinds.items()):
                time.sleep(60)


def _asked(answer: Answer, question: str) -> Answer:
    return samples.answer(*answer.sentences, question=question)


def open_library(settings: Settings) -> Library:
    return Library(settings.index, SlowEncoder())


def open_assistant(settings: Settings) -> StoryAssistant:
    return StoryAssistant(open_library(settings))


def run(arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> int:
    """One command in this process; returns its exit code."""
    doors = Doors(open_library, open_assistant, os.environ if environment is None else environment)
    return main(arguments, doors)


def interrupt_later() -> None:
    """Arms the signal, where the environment asks for it."""
    if INTERRUPT_AFTER in os.environ:
        timer = threading.Timer(float(os.environ[INTERRUPT_AFTER]), os.kill, (os.getpid(), signal.SIGINT))
        timer.daemon = True
        timer.start()


if __name__ == "__main__":
    interrupt_later()
    sys.exit(run(sys.argv[1:]))
