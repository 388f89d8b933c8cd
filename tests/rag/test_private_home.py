"""Whatever makes the home makes it for its owner alone; a home that is there stays as the user has it."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from index.home import make_folder, make_home
from index.store import Store
from rag import preferences
from rag.commands.evaluation import _kept
from rag.conversations import Conversations
from rag.models import remember
from rag.opening import Opening
from rag.recording import Records
from rag.records import Circumstances
from rag.settings import Settings
from rag.turns import Turn
from rag.ui.intake import Intake
from tests.rag import samples
from tests.rag.ui.fake_assistant import FakeAssistant

CIRCUMSTANCES = Circumstances("1", "model", "0" * 64, "1" * 64, "hashing", 1, 0, {})


def write_store(home: Path) -> None:
    with Store(home / "library.sqlite3").writing():
        pass


def begin_conversation(home: Path) -> None:
    Conversations(home / "conversations.sqlite3").begin("c", Turn("k", "?"))


def record_answer(home: Path) -> None:
    Records(home).keep(samples.ANSWER, CIRCUMSTANCES)


def choose_setting(home: Path) -> None:
    preferences.choose(home, passages=3)


def keep_evaluation(home: Path) -> None:
    _kept(home, home / "questions.jsonl", {})


def note_model(home: Path) -> None:
    """Where the models lie in the home."""
    model = home.parent / "model.gguf"
    model.write_bytes(b"GGUF")
    remember(model, "0" * 64, Settings(home=home, models=home / "models"))


def take_in_upload(home: Path) -> None:
    arriving = home.parent / "arriving"
    arriving.mkdir()
    (arriving / "a.md").write_text("An upload.", encoding="utf-8")
    intake = Intake(Opening(FakeAssistant), arriving, home)
    intake.take_in([arriving / "a.md"])
    intake.close()


@pytest.mark.parametrize(
    "write",
    [
        write_store,
        begin_conversation,
        record_answer,
        choose_setting,
        keep_evaluation,
        note_model,
        take_in_upload,
    ],
)
@pytest.mark.parametrize("there", [False, True], ids=["new home", "home that is there"])
def test_a_home_is_made_for_its_owner_alone(home: Path, write: Callable[[Path], None], there: bool) -> None:
    if there:
        home.mkdir()
        home.chmod(0o755)
    write(home)
    assert any(home.iterdir())
    assert stat.S_IMODE(home.stat().st_mode) == (0o755 if there else 0o700)
    assert all(path.stat().st_mode & 0o077 == 0 for path in home.iterdir() if path.is_dir())


def test_a_folder_elsewhere_is_like_any_other(tmp_path: Path) -> None:
    make_folder(tmp_path / "cache" / "models", tmp_path / "home")
    (tmp_path / "ordinary").mkdir()
    assert (tmp_path / "cache" / "models").stat().st_mode == (tmp_path / "ordinary").stat().st_mode
    assert not (tmp_path / "home").exists()


def test_what_lies_around_a_home_is_not_hidden_with_it(tmp_path: Path) -> None:
    make_home(tmp_path / "around" / "home")
    (tmp_path / "ordinary").mkdir()
    assert (tmp_path / "around").stat().st_mode == (tmp_path / "ordinary").stat().st_mode
