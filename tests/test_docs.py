"""The papers say what the code does: generated parts are up to date, commands documented, links and names real."""

from __future__ import annotations

import re

import pytest
from typer.main import get_command

from rag.cli import app
from scripts.readme import PARTS, README, ROOT, commands, help_of, listed_modules, part_in

PAPERS = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]


def text_of(paper: str) -> str:
    return (ROOT / paper).read_text(encoding="utf-8")


def headings(paper: str) -> set[str]:
    """The headings of a paper as links name them."""
    lines = [line.lstrip("# ").lower() for line in text_of(paper).splitlines() if line.startswith("#")]
    return {re.sub(r"[^a-z0-9 -]", "", line).replace(" ", "-") for line in lines}


@pytest.mark.parametrize("name", PARTS)
def test_a_generated_part_is_up_to_date(name: str) -> None:
    assert part_in(README.read_text(encoding="utf-8"), name) == PARTS[name](), "run `make readme`"


@pytest.mark.parametrize("command", commands(), ids=lambda command: " ".join(("footnote", *command)))
def test_a_command_has_help_worth_reading(command: tuple[str, ...]) -> None:
    shown = help_of(command)
    assert "Examples:" in shown
    assert f"  footnote {' '.join(command)}".rstrip() in shown.partition("Examples:")[2]
    assert all(len(line) <= 80 for line in shown.splitlines())


def test_every_parameter_of_every_command_has_help() -> None:
    undocumented = []
    for path in commands():
        command = get_command(app)
        for name in path:
            command = command.commands[name]  # type: ignore[attr-defined]  # groups have commands
        undocumented += [(path, item.name) for item in command.params if not getattr(item, "help", None)]
    assert undocumented == []


def test_the_tree_lists_every_module() -> None:
    tree = part_in(README.read_text(encoding="utf-8"), "tree")
    lines = [line.split()[0] for line in tree.splitlines()[1:-1]]
    modules = sorted(path.name for path in listed_modules() if path.name != "__init__.py")
    assert sorted(line for line in lines if line.endswith(".py")) == modules


def test_the_readme_opens_with_two_sentences_and_three_commands() -> None:
    opening = text_of("README.md").split("```")[:2]
    prose = opening[0].removeprefix("# Footnote").strip()
    assert len(re.findall(r"[.!?](?:\s|$)", prose)) == 2
    assert [line.split()[:2] for line in opening[1].splitlines()[1:]] == [["make", x] for x in ("run", "test", "ask")]


@pytest.mark.parametrize("paper", PAPERS)
def test_make_targets_that_are_named_exist(paper: str) -> None:
    makefile = text_of("Makefile")
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", text_of(paper), re.MULTILINE))
    assert named
    assert {target for target in named if not re.search(rf"^{target}:", makefile, re.MULTILINE)} == set()


@pytest.mark.parametrize("paper", PAPERS[:2])
def test_links_lead_somewhere(paper: str) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)]+)\)", text_of(paper)):
        path, _, heading = target.partition("#")
        if not (ROOT / (path or paper)).is_file() or (heading and heading not in headings(path or paper)):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("paper", PAPERS[:2])
def test_files_that_are_named_exist(paper: str) -> None:
    hand_written = re.sub(r"<!-- (\w+): .*?<!-- /\1 -->", "", text_of(paper), flags=re.DOTALL)
    named = set(re.findall(r"`((?:rag|index|tests|scripts|benchmarks|seeds|prompts)/[\w/.]*)`", hand_written))
    assert named
    assert {name for name in named if not (ROOT / name).exists()} == set()


def test_variables_that_are_named_are_read() -> None:
    """Every FOOTNOTE_ variable of the README is read by some module, and none that is read goes unmentioned."""
    sources = [path for folder in ("rag", "index", "scripts") for path in (ROOT / folder).rglob("*.py")]
    read = {
        name for path in sources for name in re.findall(r"\"(FOOTNOTE_[A-Z_]+)\"", path.read_text(encoding="utf-8"))
    }
    assert set(re.findall(r"FOOTNOTE_[A-Z_]+", text_of("README.md"))) == read
