"""Which files a walk takes, and the reason for each that it leaves."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Collection, Sequence
from pathlib import Path

import pytest

from index.collect import Collected, collect, printable, root_of
from index.errors import ReadError
from tests.index.conftest import write


def collected(paths: Sequence[Path], exclude: Sequence[str] = (), left_out: Collection[str] = ()) -> Collected:
    """What is read of these paths when they are added."""
    return collect([root_of(path, exclude) for path in paths], frozenset(left_out))


def files(found: Collected) -> list[Path]:
    return [file.path for file in found.files]


def reasons(entries: tuple[object, ...]) -> dict[str, str]:
    return {Path(entry.path).name: entry.reason for entry in entries}  # type: ignore[attr-defined]


def test_walks_folders_in_order(folder: Path) -> None:
    assert [path.relative_to(folder).as_posix() for path in files(collected([folder]))] == [
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
    found = collected([folder])
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
    assert "copy.txt" in [path.name for path in files(found)]
    assert len(found.files) + len(found.skipped) == 12


def test_a_link_that_leads_to_itself_keeps_nothing_else_from_being_read(folder: Path) -> None:
    for name in ("itself", "itself.txt"):
        (folder / name).symlink_to(name)
    found = collected([folder])
    assert {path.name for path in files(found)} == {"closing.md", "council.txt", "opening.txt"}
    assert sorted(reasons(found.skipped)) == ["itself", "itself.txt"]
    assert all(reason.startswith("cannot be looked at: ") for reason in reasons(found.skipped).values())


def test_what_is_named_outright_is_taken_or_refused(tmp_path: Path) -> None:
    write(tmp_path, {".hidden.txt": "x", "picture.xyz": "x", "real.txt": "x"})
    (tmp_path / "link.txt").symlink_to(tmp_path / "real.txt")
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    assert files(collected([tmp_path / ".hidden.txt", tmp_path / "link.txt"])) == [
        tmp_path / ".hidden.txt",
        tmp_path / "link.txt",
    ]
    for name, reason in {
        "picture.xyz": "unknown format .xyz",
        "missing.txt": "no such file or folder",
        "pipe.txt": "not an ordinary file",
        "gone.txt": "a link that leads nowhere",
        "x" * 300 + ".txt": "cannot be looked at: ",
        "a\0b.txt": "not valid text",
        "a\ud800b.txt": "not valid text",
    }.items():
        with pytest.raises(ReadError, match=reason):
            root_of(tmp_path / name)


def test_a_hidden_folder_named_outright_is_walked(tmp_path: Path) -> None:
    write(tmp_path / ".notes", {"a.txt": "x"})
    assert [path.name for path in files(collected([tmp_path / ".notes"]))] == ["a.txt"]


def test_naming_a_file_twice_takes_it_once(folder: Path) -> None:
    named = [folder / "opening.txt", folder, folder / "deep", folder / "deep" / ".." / "opening.txt"]
    assert len(collected(named).files) == 3


def test_paths_become_absolute(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert files(collected([Path("opening.txt")])) == [folder / "opening.txt"]


@pytest.mark.parametrize("name", ["-rf.txt", 'it\'s "$(x)".txt', "Файл.txt", "a b\tc.txt", "new\nline.txt"])
def test_awkward_names_are_names(name: str, tmp_path: Path) -> None:
    write(tmp_path, {name: "x"})
    assert [path.name for path in files(collected([tmp_path]))] == [name]


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_a_name_that_is_no_text_is_refused_and_can_be_printed(tmp_path: Path) -> None:
    Path(os.fsdecode(bytes(tmp_path) + b"/bad\xff.txt")).write_text("x", encoding="utf-8")
    found = collected([tmp_path])
    assert [(entry.path, entry.reason) for entry in found.refused] == [
        (f"{tmp_path}/bad\\xff.txt", "its name is not valid text: rename it")
    ]
    assert (printable(Path("é")), printable(Path("half \ud800"))) == ("é", "half \\ud800")


def test_folders_may_be_nested_deeply(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for _ in range(1200):
        Path("d").mkdir()
        os.chdir("d")
    Path("deep.txt").write_text("x", encoding="utf-8")
    assert [path.name for path in files(collected([tmp_path]))] == ["deep.txt"]
    os.chdir(tmp_path)
    assert subprocess.run(["rm", "-rf", "d"], check=True).returncode == 0  # shutil gives up at this depth
