"""Writes the parts of README.md that repeat what the code says: help of the commands, models, the tree of files.

Each part stands between two marker comments; everything else in README.md is written by hand. `make readme` writes,
tests/test_docs.py compares. Needs the installed project, unlike the rest of this folder.
"""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from typer.main import get_command
from typer.testing import CliRunner

from rag.cli import app
from rag.models import Model, catalogue

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"

# Folders without modules of their own, and those whose modules are not listed one by one.
FOLDERS = {
    "benchmarks": "speed and quality, each a command, with what it gave",
    "benchmarks/data": "questions for the measurements",
    "prompts": "the prompt templates: plain text, each with its variables",
    "rag/ui/assets": "style sheet, script and frame of the chat page",
    "scripts": "set-up, exact versions and this page",
    "seeds": "the sample dossier, and questions about it",
    "tests": "one file a module, quick ones and slow ones; fakes.py stands in for the models",
}


def commands() -> list[tuple[str, ...]]:
    """Every command and subcommand in the order of the help, after the bare `footnote`."""

    def below(command: object, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        for name, child in getattr(command, "commands", {}).items():
            yield (*path, name)
            yield from below(child, (*path, name))

    return [(), *below(get_command(app), ())]


def help_of(command: tuple[str, ...]) -> str:
    """What `footnote COMMAND --help` prints on a terminal of 80 columns without colours."""
    runner = CliRunner(env={"COLUMNS": "80", "NO_COLOR": "1", "TERM": "dumb", "FOOTNOTE_HOME": ""})
    result = runner.invoke(app, [*command, "--help"], prog_name="footnote")
    if result.exit_code:
        raise RuntimeError(f"footnote {' '.join(command)} --help failed: {result.output}")
    return result.stdout.rstrip()


def commands_part() -> str:
    details = "\n\n".join(f"$ footnote {' '.join(command)} --help\n{help_of(command)}" for command in commands()[1:])
    return (
        f"```text\n$ footnote --help\n{help_of(())}\n```\n\n"
        f"<details>\n<summary>The help of every command</summary>\n\n```text\n{details}\n```\n\n</details>"
    )


def models_part() -> str:
    def row(model: Model) -> str:
        tried = "yes" if model.tried else "no"
        size = f"{model.bytes / 1e9:.1f} GB" if model.bytes >= 1e9 else f"{model.bytes / 1e6:.0f} MB"
        return f"| `{model.name}` | {model.kind} | {model.licence} | {size} | {model.laptop_gb} GB | {tried} |"

    rows = "\n".join(row(model) for model in catalogue())
    return f"| name | for | licence | size | laptop | tried here |\n| --- | --- | --- | --- | --- | --- |\n{rows}"


def listed_modules() -> list[Path]:
    """The modules that the tree shows, relative to the root: all but those of the tests."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return [Path(name) for name in listed if not name.startswith("tests/") and (ROOT / name).is_file()]


def first_sentence(module: Path) -> str:
    """How a module introduces itself, without the full stop."""
    text = ast.get_docstring(ast.parse((ROOT / module).read_text(encoding="utf-8"))) or ""
    return re.split(r"\.\s|\.$", " ".join(text.split("\n\n")[0].split()), maxsplit=1)[0]


def tree_part() -> str:
    lines: dict[str, str] = {}
    for module in listed_modules():
        for folder in reversed(module.parents[:-1]):
            lines.setdefault(f"{folder.as_posix()}/", "")
        if module.name == "__init__.py":
            lines[f"{module.parent.as_posix()}/"] = first_sentence(module)
        else:
            lines[module.as_posix()] = first_sentence(module)
    for folder_name, words in FOLDERS.items():
        lines[f"{folder_name}/"] = words

    def place(path: str) -> list[tuple[bool, str]]:
        """Files before folders, each in order of their names, so that a folder is followed by what it holds."""
        parts = path.rstrip("/").split("/")
        return [(position < len(parts) - 1 or path.endswith("/"), part) for position, part in enumerate(parts)]

    shown = []
    for path in sorted(lines, key=place):
        depth = path.rstrip("/").count("/")
        name = path.rstrip("/").rpartition("/")[2] + ("/" if path.endswith("/") else "")
        shown.append(f"{'  ' * depth + name:<24} {lines[path]}".rstrip())
    return "```text\n" + "\n".join(shown) + "\n```"


PARTS: dict[str, Callable[[], str]] = {"commands": commands_part, "models": models_part, "tree": tree_part}


def markers(name: str) -> tuple[str, str]:
    return f"<!-- {name}: written by `make readme` -->\n", f"\n<!-- /{name} -->"


def part_in(readme: str, name: str) -> str:
    """What README.md holds between the markers of a part; raises ValueError where a marker is missing."""
    opening, closing = markers(name)
    if opening not in readme or closing not in readme:
        raise ValueError(f"README.md has no part {name!r} between its two marker comments")
    return readme.partition(opening)[2].partition(closing)[0]


def main() -> None:
    readme = README.read_text(encoding="utf-8")
    for name, part in PARTS.items():
        opening, closing = markers(name)
        readme = readme.replace(f"{opening}{part_in(readme, name)}{closing}", f"{opening}{part()}{closing}")
    README.write_text(readme, encoding="utf-8")
    print(f"README.md: {', '.join(PARTS)} written")


if __name__ == "__main__":
    main()
