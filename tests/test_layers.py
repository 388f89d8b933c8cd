"""Imports point one way, heavy libraries have one home each and are imported late, and modules stay readable.

Read from the syntax trees: nothing is imported here. The rules are those of CONTRIBUTING.md.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# The edges turn records into words for people; the rest of `rag` knows neither them nor what they are made of.
EDGES = (
    "rag.cli",
    "rag.commands",
    "rag.ui",
    "rag.api",
    "rag.terminal",
    "rag.live",
    "rag.rendering",
    "rag.reports",
    "rag.escaped",
    "rag.__main__",
)
EDGE_LIBRARIES = ("gradio", "typer", "rich", "starlette", "fastapi", "uvicorn", "mcp")
ONE_HOME = ("sentence_transformers", "faiss", "llama_cpp")
IMPORTED_LATE = ("torch", "transformers", "sentence_transformers", "faiss", "llama_cpp", "gradio", "mcp")
LONGEST_MODULE = 400


@dataclass(frozen=True)
class Import:
    """One imported module, or name of one; `late` inside a function, `typing` where it is never carried out."""

    name: str
    late: bool
    typing: bool


def sources() -> list[Path]:
    """All Python files that belong to the repository, tracked or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [path for path in map(ROOT.joinpath, listed.stdout.splitlines()) if path.is_file()]


def module_name(path: Path) -> str:
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def modules() -> dict[str, tuple[Import, ...]]:
    """Every module by name, with what it imports."""
    return {module_name(path): tuple(imports(ast.parse(path.read_text(encoding="utf-8")))) for path in sources()}


def imports(node: ast.AST, late: bool = False, typing: bool = False) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        inside_function = late or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for_typing = typing or (isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"))
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(alias.name, inside_function, for_typing)
        elif isinstance(child, ast.ImportFrom) and child.module:
            for alias in child.names:  # a module, as in `from rag import forms`, or a name within one
                yield Import(f"{child.module}.{alias.name}", inside_function, for_typing)
        else:
            yield from imports(child, inside_function, for_typing)


def within(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def owner(name: str) -> str:
    """The module of ours that an imported name is or belongs to, or "" for another's."""
    return name if name in modules() or not name else owner(name.rpartition(".")[0])


def offenders(importers: tuple[str, ...], forbidden: tuple[str, ...], but_not: tuple[str, ...] = ()) -> list[str]:
    return [
        f"{module} imports {imported.name}"
        for module, found in sorted(modules().items())
        if within(module, *importers) and not within(module, *but_not)
        for imported in found
        if within(imported.name, *forbidden)
    ]


def test_the_walk_sees_the_packages() -> None:
    """An empty walk would make every rule below hold."""
    assert {"index.library", "rag.assistant", "rag.cli", "rag.rules.slots", "app"} <= set(modules())
    assert any(within(imported.name, "index.records") for imported in modules()["rag.records"])


def test_index_knows_nothing_above_it() -> None:
    assert offenders(("index",), ("rag", "app", "benchmarks", "tests", "scripts")) == []


def test_answering_knows_no_edge() -> None:
    assert offenders(("rag",), EDGES, but_not=EDGES) == []


def test_a_rule_knows_no_verdict_nor_how_an_answer_comes_about() -> None:
    assert offenders(("rag.rules",), ("rag.asked", "rag.verify", "rag.checking", "rag.assistant", *EDGES)) == []


def test_answering_does_not_know_how_it_is_measured() -> None:
    assert offenders(("index", "rag"), ("rag.evaluation",), but_not=("rag.evaluation", *EDGES)) == []


def test_answering_knows_no_library_of_an_edge() -> None:
    assert offenders(("index", "rag"), EDGE_LIBRARIES, but_not=EDGES) == []


def test_products_know_neither_tests_nor_benchmarks() -> None:
    assert offenders(("index", "rag", "app"), ("tests", "benchmarks", "scripts")) == []


def test_scripts_need_only_the_standard_library_and_each_other() -> None:
    """Set-up runs before anything is installed; scripts/readme.py runs after it."""
    allowed = {"scripts", "__future__"} | set(sys.stdlib_module_names)
    found = [
        f"{module} imports {imported.name}"
        for module, imported_modules in modules().items()
        if within(module, "scripts") and module != "scripts.readme"
        for imported in imported_modules
        if imported.name.partition(".")[0] not in allowed
    ]
    assert found == []


@pytest.mark.parametrize("library", ONE_HOME)
def test_a_model_library_is_imported_in_exactly_one_module(library: str) -> None:
    homes = {
        module
        for module, found in modules().items()
        if within(module, "index", "rag", "app") and any(within(imported.name, library) for imported in found)
    }
    assert len(homes) == 1, homes


def test_answering_knows_its_model_by_the_protocol_alone() -> None:
    assert offenders(("rag",), ("rag.generate",), but_not=("rag.wiring",)) == []


@pytest.mark.slow
@pytest.mark.parametrize("entry", ["app", "rag.cli", "rag.assistant", "rag.wiring", "index.library"])
def test_an_import_is_light_silent_and_writes_nothing(entry: str, tmp_path: Path) -> None:
    """Help and usage errors come at once because nothing heavy is imported before it is needed."""
    program = f"import sys, {entry}; print(*sorted(set({IMPORTED_LATE!r}) & set(sys.modules)))"
    environment = {"PATH": "", "HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    process = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert (process.stdout.strip(), process.stderr) == ("", "")
    assert list(tmp_path.rglob("*")) == []


def test_no_circle_of_imports() -> None:
    graph = {
        module: {owner(item.name) for item in found if not item.typing and not item.late} & set(modules())
        for module, found in modules().items()
    }
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " -> ".join((*path[path.index(module) :], module))
        if module not in done:
            for imported in sorted(graph[module] - {module}):
                visit(imported, (*path, module))
            done.add(module)

    for module in sorted(graph):
        visit(module, ())


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_can_be_read_in_one_sitting(path: Path) -> None:
    length = len(path.read_text(encoding="utf-8").splitlines())
    assert length <= LONGEST_MODULE


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_opens_by_saying_what_it_knows(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
