"""FOOTNOTE_EMBEDDING end to end: what is asked before the library has changed over says what to do, and afterwards all
goes on as before."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from index.library import Library
from rag import cli, confidence, templates
from rag.assistant import Assistant
from rag.checking import Checker
from rag.commands.session import Doors
from rag.settings import Settings
from tests.fakes import HashingEncoder
from tests.index.conftest import write
from tests.rag.desk import PAPERS
from tests.rag.fake_footnote import ANSWER, StoryModel

QUESTION = "When did the office open?"
Run = Callable[..., tuple[int, str, str]]


def encoder(settings: Settings) -> HashingEncoder:
    """One a name; the names of the catalogue are of different lengths, hence of different dimensions here."""
    return HashingEncoder(settings.embedding, 16 + len(settings.embedding))


def open_library(settings: Settings) -> Library:
    return Library(settings.index, encoder(settings))


def open_assistant(settings: Settings) -> Assistant:
    return Assistant(
        open_library(settings), encoder(settings), StoryModel(), templates.load(), confidence.load(), settings
    )


def open_checker(settings: Settings, _: bool) -> Checker:
    return Checker(open_library(settings), encoder(settings), settings)


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """A command with an embedding model; its exit code and what it said."""

    def run_one(*arguments: str, embedding: str = "") -> tuple[int, str, str]:
        variables = {"FOOTNOTE_HOME": str(tmp_path / "home"), "FOOTNOTE_EMBEDDING": embedding}
        doors = Doors(open_library, open_assistant, variables, lambda _: StoryModel(), open_assistant, open_checker)
        code = cli.main(arguments, doors)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run_one


def test_a_library_changes_over_when_it_is_synced(run: Run, tmp_path: Path) -> None:
    assert run("add", str(write(tmp_path / "papers", PAPERS)))[0] == 0
    answer = json.loads(run("ask", "--json", QUESTION)[1])
    for command in (("ask", QUESTION), ("search", "office"), ("check", ANSWER), ("replay", answer["id"])):
        code, _, fault = run(*command, embedding="other")
        assert (code, fault.count("\n")) == (1, 1)
        assert "made with the embedding model all-minilm-l6-v2, not other: sync it" in fault
    assert run("list", embedding="other")[0] == 0

    assert run("sync", embedding="other")[0] == 0
    form = json.loads(run("ask", "--json", QUESTION, embedding="other")[1])
    assert form["index"]["embedding_model"] == "other"
    assert form["answer"] == answer["answer"]
    again = json.loads(run("replay", "--json", answer["id"], embedding="other")[1])
    assert "the embedding model was all-minilm-l6-v2 and is other" in again["changed"]
    assert not [change for change in again["changed"] if "setting" in change]

    assert "not all-minilm-l6-v2: sync it" in run("search", "office")[2]
    assert run("sync")[0] == 0
    assert run("search", "office")[0] == 0
