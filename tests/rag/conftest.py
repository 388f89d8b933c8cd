"""The command line for tests of this folder: in this process, on a home of the test's own, without models."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.rag.desk import Setting, set_up


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401  (the forms are checked where they are made)
        return json.loads(self.out)

    @property
    def fault(self) -> str:
        """The one line of a fault; fails if it is not exactly that."""
        assert self.code == 1, self
        assert self.out == ""
        assert self.err.startswith("footnote: "), self.err
        assert self.err.endswith("\n")
        assert self.err.count("\n") == 1, self.err
        return self.err.removeprefix("footnote: ").strip()


Command = Callable[..., Ran]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home that does not exist yet."""
    return tmp_path / "home"


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    """A folder with three documents and nothing else."""
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "harbour.md").write_text(
        "# The harbour office\n\nThe office opened in March 1911. It employed forty clerks.\n", encoding="utf-8"
    )
    (folder / "bridge.md").write_text("# The bridge\n\nThe bridge was built in 1899 of iron.\n", encoding="utf-8")
    (folder / "mill.txt").write_text("The mill burnt down in 1932. Nobody was hurt.\n", encoding="utf-8")
    return folder


@pytest.fixture
def command(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs one command of the fake command line on `home`."""
    from tests.rag.fake_footnote import run

    def ran(*arguments: str | Path) -> Ran:
        environment = {"FOOTNOTE_HOME": str(home), "FOOTNOTE_MODELS": str(tmp_path / "models")}
        capsys.readouterr()
        code = run([str(argument) for argument in arguments], environment)
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return ran


@pytest.fixture
def stocked(command: Command, papers: Path) -> Command:
    """The same with the three documents added."""
    assert command("add", papers).code == 0
    return command


@pytest.fixture
def desk(home: Path) -> Setting:
    """Sets up assistants in this home."""
    return partial(set_up, home)
