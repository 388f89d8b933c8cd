"""The quick suite in parts: no test file falls between them, none is run twice, and no failure is swallowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import quick

TESTS = quick.ROOT / "tests"


def files_of(part: tuple[str, ...]) -> set[Path]:
    """The test files that pytest collects for a part, by its paths and what it ignores."""
    left_out = [quick.ROOT / given.removeprefix("--ignore=") for given in part if given.startswith("--ignore=")]
    paths = [quick.ROOT / given for given in part if not given.startswith("--")]
    found = {file for path in paths for file in path.rglob("test_*.py")}
    return {file for file in found if not any(file.is_relative_to(path) for path in left_out)}


def test_every_test_file_is_in_exactly_one_part() -> None:
    parts = [files_of(part) for part in quick.PARTS]
    assert all(parts)
    assert sorted(file for part in parts for file in part) == sorted(TESTS.rglob("test_*.py"))


@pytest.mark.slow
def test_what_all_parts_say_is_shown_and_a_failure_of_any_counts(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    good, bad = tmp_path / "test_good.py", tmp_path / "test_bad.py"
    good.write_text("def test_it(tmp_path): (tmp_path / 'file').write_text('words')\n")
    bad.write_text("def test_it(): assert not 'this one fails'\n")
    assert quick.main(((str(good),), (str(good),))) == 0
    assert capfd.readouterr().out.count("1 passed") == 2
    for parts in (((str(good),), (str(bad),)), ((str(bad),), (str(good),))):
        assert quick.main(parts) == 1
        told = capfd.readouterr().out
        assert "1 passed" in told
        assert "this one fails" in told


def test_temporary_files_go_into_memory_only_where_there_is_room(tmp_path: Path) -> None:
    assert quick.place(tmp_path, room=0) == tmp_path
    assert quick.place(tmp_path, room=1 << 60) is None
    assert quick.place(tmp_path / "nowhere", room=0) is None


@pytest.mark.slow
def test_the_temporary_folder_is_gone_afterwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    test = tmp_path / "test_place.py"
    test.write_text(f"def test_it(tmp_path): open({str(tmp_path / 'told')!r}, 'w').write(str(tmp_path))\n")
    memory = tmp_path / "memory"
    memory.mkdir()
    monkeypatch.setattr(quick, "place", lambda: memory)
    assert quick.main(((str(test),),)) == 0
    assert Path((tmp_path / "told").read_text()).is_relative_to(memory)
    assert list(memory.iterdir()) == []
