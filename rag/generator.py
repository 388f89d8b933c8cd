"""What answering needs of a model that writes: the one seam between it and llama.cpp, or a stand-in for tests.

Knows no model: `generate` brings the one that there is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Generator as Steps
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from rag.drawing import Choice, likeliest
from rag.prompt import Prompt
from rag.records import ModelIdentity, Reading

if TYPE_CHECKING:
    from rag.hidden import States

T = TypeVar("T")


def never() -> bool:
    """The `cancelled` of someone who does not cancel."""
    return False


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text the model wrote, how many tokens it is made of, and the sums of the hidden states from which they
    were written, of the layers that the generator was opened for."""

    text: str
    tokens: int
    states: States


class Generator(Protocol):
    """A model that answers. One call at a time; implementations serialise callers."""

    @property
    def identity(self) -> ModelIdentity:
        """Which model this is."""

    @property
    def context_tokens(self) -> int:
        """How many tokens prompt and answer may take together."""

    def count_tokens(self, text: str) -> int:
        """The number of tokens of `text`, control tokens taken for plain text."""

    def stream(
        self, prompt: Prompt, max_tokens: int, cancelled: Callable[[], bool] = never, *, choose: Choice = likeliest
    ) -> Iterator[Reading | Piece]:
        """Reading events while the prompt is read (the first says how much was kept), then what the model writes,
        from the opening on that the prompt gives it; `choose` says which token comes next. The likeliest one is left
        for one of the prompt's source where `rag.copying` says so.

        Raises Cancelled within one token after `cancelled` turns true, ModelError when the model fails.
        """

    def judge(
        self, prompt: Prompt, cancelled: Callable[[], bool] = never, *, aside: bool = False
    ) -> Steps[Reading, None, float]:
        """Reading events; the result is how probable "yes" is against "no" as the next word, in [0, 1].

        What is read `aside` is forgotten, and what was read before it kept for the next prompt.
        """

    def states(self, prompt: Prompt, cancelled: Callable[[], bool] = never) -> Steps[Reading, None, States]:
        """Reading events; the result is the model's hidden states at the end of `prompt`.

        Of the layers that the generator was opened for. What was read serves an answer to the same prompt.
        """

    def state_aside(
        self, prompt: Prompt, layer: int, cancelled: Callable[[], bool] = never, *, adapted: bool = False
    ) -> Steps[Reading, None, States]:
        """Reading events; the result is the hidden state of one layer, for which the generator was opened, at the end
        of a prompt that is read aside, as by `judge`; `adapted` by the adapter that it was opened with, if any."""

    def likelihood(
        self, prompt: Prompt, text: str, cancelled: Callable[[], bool] = never, *, aside: bool = False
    ) -> Steps[Reading, None, float]:
        """Reading events; the result is the log-probability, in nats, of `text`, with which the last part ends.

        `aside` is that of `judge`.
        """

    def warm(self, beginning: Prompt) -> None:
        """Loads what the first prompt would have to wait for, and reads the first part of `beginning`, unless what was
        read last began with it, too."""


def result_of(steps: Steps[Reading, None, T]) -> T:
    """The result of a reading whose steps are not worth showing."""
    try:
        while True:
            next(steps)
    except StopIteration as end:
        result: T = end.value
        return result
