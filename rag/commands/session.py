"""What every command shares: its doors to the library and the assistant, its terminal, and the common options.

It knows how a command comes by what it works with. It does not know any command.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol

import typer

from rag.errors import QuestionError
from rag.interrupt import Interrupt
from rag.settings import Settings
from rag.terminal import Terminal

if TYPE_CHECKING:
    from index.library import Library
    from rag.assistant import Assistant
    from rag.checking import Checker
    from rag.generator import Generator
    from rag.opening import Answering as ServedAnswering
    from rag.records import Event, Exchange


def some_name(text: str) -> str:
    """A name or reference as it was typed. Raises typer.BadParameter where it is blank, as where a script names a
    variable that is not set."""
    if not text.strip():
        raise typer.BadParameter("it is empty; write what is meant")
    return text


def some_path(text: str) -> Path:
    """A path as it was typed. Raises typer.BadParameter where it is blank, which is not the current folder."""
    if not text.strip():
        raise typer.BadParameter("it is empty; write the path that is meant, or . for the current folder")
    return Path(text)


Home = Annotated[
    Path | None,
    typer.Option(
        "--home",
        metavar="FOLDER",
        parser=some_path,
        help="Where Footnote keeps its index, instead of $FOOTNOTE_HOME.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON on standard output, and nothing else there.")]
Model = Annotated[
    str | None,
    typer.Option(
        "--model", metavar="NAME|FILE", parser=some_name, help="A model of 'footnote models list', or any GGUF file."
    ),
]


class Answering(Protocol):
    """What commands need of an assistant."""

    @property
    def library(self) -> Library: ...

    def ask(self, question: str, *, cancelled: Callable[[], bool] = ...) -> Iterator[Event]: ...

    def warm(self) -> None: ...


class Accountable(Answering, Protocol):
    """What `ask`, `chat` and `replay` need besides: to give an answer again, and to be understood by what was said
    before."""

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Exchange] = ...,
        documents: Collection[str] | None = ...,
        seed: int | None = ...,
        cancelled: Callable[[], bool] = ...,
    ) -> Iterator[Event]: ...


def _open_library(settings: Settings) -> Library:
    from rag.wiring import open_library

    return open_library(settings)


def _open_assistant(settings: Settings) -> Assistant:
    from rag.wiring import open_assistant

    return open_assistant(settings)


def _open_generator(settings: Settings) -> Generator:
    from rag.wiring import open_generator

    return open_generator(settings)


def _open_checker(settings: Settings, quick: bool) -> Checker:
    from rag.wiring import open_checker

    return open_checker(settings, quick)


@dataclass(frozen=True, slots=True)
class Doors:
    """What commands open. Tests pass doors to a library, an assistant and a generator without models."""

    library: Callable[[Settings], Library] = _open_library
    assistant: Callable[[Settings], Accountable] = _open_assistant
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    generator: Callable[[Settings], Generator] = _open_generator
    page: Callable[[Settings], ServedAnswering] = _open_assistant
    checker: Callable[[Settings, bool], Checker] = _open_checker


@dataclass(frozen=True, slots=True)
class Session:
    """One run of one command."""

    doors: Doors
    terminal: Terminal
    interrupt: Interrupt

    def settings(self, home: Path | None, model: str | None = None) -> Settings:
        """Options first, then the environment, then what was chosen for the home, then the defaults."""
        return Settings.from_environment(self.doors.environment, home=home, model=model)


def session_of(context: typer.Context) -> Session:
    """The session that `rag.cli.main` handed to the command."""
    session = context.find_object(Session)
    if session is None:
        raise RuntimeError("the command line was started without a session")
    return session


def typed(text: str, what: str) -> str:
    """A question or query as typed, without bytes that are no text. Raises QuestionError if nothing is left."""
    text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if not any(character.isprintable() and not character.isspace() for character in text):
        raise QuestionError(f"The {what} is empty; write it in quotation marks after the command")
    return text
