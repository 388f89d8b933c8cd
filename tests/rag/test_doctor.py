"""The doctor names what is broken with its mend, says what is well, and leaves no trace."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from rag import models
from rag.doctor import Examination, Finding, examine
from rag.settings import Settings
from tests.index.test_schema import as_version_1
from tests.rag.conftest import Command
from tests.rag.fake_footnote import open_library
from tests.rag.test_models import Gguf


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Nothing is there yet."""
    return Settings(home=tmp_path / "home", models=tmp_path / "models")


def finding(examination: Examination, name: str) -> Finding:
    return next(finding for finding in examination.findings if finding.name == name)


def test_every_problem_has_a_mend_and_nothing_else_has(settings: Settings) -> None:
    for found in examine(settings, open_library).findings:
        assert bool(found.mend) is (found.state != "ok"), found
        assert found.detail


def test_looking_changes_nothing(settings: Settings, tmp_path: Path) -> None:
    examine(settings, open_library)
    assert list(tmp_path.iterdir()) == []


def test_looking_at_a_model_and_an_old_store_changes_nothing(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = Gguf().bytes()
    file = models.ModelFile("tiny.gguf", len(content), hashlib.sha256(content).hexdigest())
    tiny = replace(models.find("smollm2-135m-instruct"), name="tiny", files=(file,))
    monkeypatch.setattr(models, "catalogue", lambda: (tiny,))
    settings.models.mkdir()
    (settings.models / "tiny.gguf").write_bytes(content)
    (tmp_path / "closing.md").write_text("The mission was closed in 2021.")
    library = open_library(settings)
    library.add([tmp_path / "closing.md"])
    library.close()
    as_version_1(settings.index.store_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    examination = examine(replace(settings, model="tiny"), open_library)
    assert "bytes are those of the catalogue" in finding(examination, "answering model").detail
    assert "of an older Footnote" in finding(examination, "documents").detail
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_models_that_are_missing_are_broken_and_an_empty_home_is_not(settings: Settings) -> None:
    examination = examine(settings, open_library)
    assert not examination.sound
    assert finding(examination, "answering model").mend == "run: footnote models fetch"
    assert finding(examination, "home").state == "ok"
    assert "footnote add" in finding(examination, "documents").detail


def test_the_packages_are_named_with_their_versions(settings: Settings) -> None:
    examination = examine(settings, open_library)
    assert finding(examination, "packages").state == "ok"
    assert finding(examination, "llama.cpp").state == "ok"
    assert examination.versions["typer"]


def test_a_home_that_is_a_file_is_broken(settings: Settings) -> None:
    settings.home.write_text("a file", encoding="utf-8")
    assert "is a file" in finding(examine(settings, open_library), "home").detail


def test_a_model_file_that_is_no_model_is_named(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "other.gguf").write_bytes(b"nothing of the kind")
    found = finding(examine(replace(settings, model=str(tmp_path / "other.gguf")), open_library), "answering model")
    assert found.state == "broken"
    assert "other.gguf" in found.detail
    found = finding(examine(replace(settings, embedding=str(tmp_path)), open_library), "embedding model")
    assert "FOOTNOTE_EMBEDDING" in found.mend


@pytest.mark.parametrize(("model", "state"), [("smollm2-135m-instruct", "ok"), ("a-file.gguf", "ok")])
def test_memory_is_compared_with_what_the_model_needs(settings: Settings, model: str, state: str) -> None:
    assert finding(examine(replace(settings, model=model), open_library), "memory").state == state


def test_documents_are_counted(stocked: Command) -> None:
    findings = {found["name"]: found for found in stocked("doctor", "--json").json["findings"]}
    assert findings["documents"]["state"] == "ok"
    assert findings["documents"]["detail"].startswith("3 documents in ")
