"""Which files a walk takes, and the reason for each that it leaves."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from index.collect import collect, printable
from tests.index.conftest import write


def reasons(entries: tuple[object, ...]) -> dict[str, str]:
    return {Path(entry.path).name: entry.reason for entry in entries}  # type: ignore[attr-defined]


def test_walks_folders_in_order(folder: Path) -> None:
    assert [path.relative_to(folder).as_posix() for path in collect([folder]).files] == [
        "closing.md",
        "deep/council.txt",
        "opening.txt",
    ]


def test_every_entry_stands_once(folder: Path, tmp_path: Path) -> None:
    write(tmp_path / "outside", {"secret.txt": "no", "sub/deeper.txt": "no"})
    write(folder, {".hidden.txt": "x", ".git/config.txt": "x", "picture.xyz": "x"})
    (folder / "out.txt").symlink_to(tmp_path / "outside" / "secret.txt")
    (folder / "outdir").symlink_to(tmp_path / "outside")
    (folder / "loop").symlink_to(folder)
    (folder / "gone.txt").symlink_to(folder / "nowhere.txt")
    (folder / "copy.txt").symlink_to(folder / "opening.txt")
    os.mkfifo(folder / "pipe.txt")
    found = collect([folder])
    assert reasons(found.skipped) == {
        ".hidden.txt": "hidden",
        ".git": "hidden",
        "picture.xyz": "unknown format .xyz",
        "out.txt": "a link that leads out of the folder",
        "outdir": "a link to a folder",
        "loop": "a link to a folder",
        "gone.txt": "a link that leads nowhere",
        "pipe.txt": "not an ordinary file",
    }
    assert found.refused == ()
    assert "copy.txt" in [path.name for path in found.files]
    assert len(found.files) + len(found.skipped) == 12


def test_what_is_named_outright_is_taken_or_refused(tmp_path: Path) -> None:
    write(tmp_path, {".hidden.txt": "x", "picture.xyz": "x", "real.txt": "x"})
    (tmp_path / "link.txt").symlink_to(tmp_path / "real.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    found = collect([tmp_path / name for name in (".hidden.txt", "link.txt", "picture.xyz", "missing.txt", "pipe.txt")])
    assert [path.name for path in found.files] == [".hidden.txt", "link.txt"]
    assert reasons(found.refused) == {
        "picture.xyz": "unknown format .xyz",
        "missing.txt": "no such file or folder",
        "pipe.txt": "not an ordinary file",
    }


def test_a_hidden_folder_named_outright_is_walked(tmp_path: Path) -> None:
    write(tmp_path / ".notes", {"a.txt": "x"})
    assert [path.name for path in collect([tmp_path / ".notes"]).files] == ["a.txt"]


def test_naming_a_file_twice_takes_it_once(folder: Path) -> None:
    named = [folder / "opening.txt", folder, folder / "deep", folder / "deep" / ".." / "opening.txt"]
    assert len(collect(named).files) == 3


def test_paths_become_absolute(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert collect([Path("opening.txt")]).files == (folder / "opening.txt",)


@pytest.mark.parametrize("name", ["-rf.txt", 'it\'s "$(x)".txt', "Файл.txt", "a b\tc.txt", "new\nline.txt"])
def test_awkward_names_are_names(name: str, tmp_path: Path) -> None:
    write(tmp_path, {name: "x"})
    assert [path.name for path in collect([tmp_path]).files] == [name]


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_a_name_that_is_no_text_is_refused_and_can_be_printed(tmp_path: Path) -> None:
    Path(os.fsdecode(bytes(tmp_path) + b"/bad\xff.txt")).write_text("x", encoding="utf-8")
    found = collect([tmp_path])
    assert [(entry.path, entry.reason) for entry in found.refused] == [
        (f"{tmp_path}/bad\\xff.txt", "its name is not valid text: rename it")
    ]
    assert printable(Path("é")) == "é"


def test_what_cannot_even_be_looked_at_is_refused(tmp_path: Path) -> None:
    [refusal] = collect([tmp_path / ("x" * 300 + ".txt")]).refused
    assert refusal.reason.startswith("cannot be looked at: ")


def test_folders_may_be_nested_deeply(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for _ in range(1200):
        Path("d").mkdir()
        os.chdir("d")
    Path("deep.txt").write_text("x", encoding="utf-8")
    assert [path.name for path in collect([tmp_path]).files] == ["deep.txt"]
    os.chdir(tmp_path)
    assert subprocess.run(["rm", "-rf", "d"], check=True).returncode == 0  # shutil gives up at this depth
