"""A wheel built from the checkout works from any folder: what is not code travels in it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TRAVELLERS = (
    "prompts",
    "seeds",
    "rag/ui/assets",
    "rag/reports/page.css",
    "rag/catalogue.toml",
    "rag/rules",
    "rag/calibration.json",
    "rag/answerable.gguf",
    "rag/answering.gguf",
    "rag/close_reading.gguf",
    "rag/ranking.json",
    "index/stop_words",
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built with the hatchling that is installed, hence without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, "--wheel-dir", str(folder), str(ROOT)], check=True)
    (built,) = folder.glob("footnote-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the wheel is installed into, without its dependencies."""
    folder = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(folder)]
    subprocess.run([*pip, str(wheel)], check=True)
    return folder


def run_elsewhere(installed: Path, folder: Path, *arguments: str) -> str:
    """What Python prints in another folder, with the installed wheel in front of everything else."""
    environment = {**os.environ, "PYTHONPATH": str(installed), "FOOTNOTE_HOME": str(folder / "home")}
    process = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, check=True, capture_output=True, text=True
    )
    return process.stdout


def tracked(place: str) -> set[str]:
    listed = subprocess.run(["git", "ls-files", place], cwd=ROOT, check=True, capture_output=True, text=True)
    return set(listed.stdout.splitlines())


@pytest.mark.parametrize("place", TRAVELLERS)
def test_what_is_not_code_is_in_the_wheel(wheel: Path, place: str) -> None:
    assert tracked(place)
    with zipfile.ZipFile(wheel) as archive:
        assert tracked(place) <= set(archive.namelist())


def test_nothing_else_is_in_the_wheel(wheel: Path) -> None:
    """Tests, benchmarks, scripts and caches stay at home."""
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.partition("/")[0] for name in archive.namelist()}
        assert {top for top in tops if not top.endswith(".dist-info")} == {"app.py", "index", "prompts", "rag", "seeds"}
        assert [name for name in archive.namelist() if name.endswith(".pyc")] == []


def test_the_command_runs_from_another_folder(installed: Path, tmp_path: Path) -> None:
    assert "Usage: footnote" in run_elsewhere(installed, tmp_path, "-m", "rag", "--help")


def test_the_modules_are_those_of_the_wheel(installed: Path, tmp_path: Path) -> None:
    """Else the tests of this file would pass on the checkout's own files."""
    program = "import rag, index; print(rag.__file__, index.__file__)"
    assert all(path.startswith(str(installed)) for path in run_elsewhere(installed, tmp_path, "-c", program).split())


def test_catalogue_and_prompts_are_found_from_another_folder(installed: Path, tmp_path: Path) -> None:
    """Even from a folder that has prompts of its own."""
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "another.txt").write_text("not ours", encoding="utf-8")
    assert "all-minilm-l6-v2" in run_elsewhere(installed, tmp_path, "-m", "rag", "models", "list", "--json")
    program = "from rag.templates import load; print(*sorted(load().texts))"
    names = sorted(path.stem for path in (ROOT / "prompts").glob("*.txt"))
    assert run_elsewhere(installed, tmp_path, "-c", program).split() == names
