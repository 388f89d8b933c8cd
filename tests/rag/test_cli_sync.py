"""The command line in step with the disk: sync, patterns of what is left out, folders taken out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rag.conftest import Command


def test_sync_follows_the_disk(stocked: Command, papers: Path) -> None:
    (papers / "mill.txt").unlink()
    (papers / "bridge.md").rename(papers / "old bridge.md")
    (papers / "ferry.txt").write_text("The ferry sank in 1950.\n", encoding="utf-8")
    ledger = stocked("sync", "--json").json
    counts = [ledger[name] for name in ("added", "updated", "unchanged", "removed", "documents")]
    assert counts == [1, 1, 1, 1, 3]
    hits = stocked("search", "mill burnt ferry bridge", "--json").json
    assert {Path(hit["path"]).name for hit in hits} == {"ferry.txt", "harbour.md", "old bridge.md"}


def test_sync_refuses_a_folder_that_is_missing_and_keeps_its_documents(stocked: Command, papers: Path) -> None:
    papers.rename(papers.with_name("elsewhere"))
    ran = stocked("sync")
    assert ran.code == 4
    assert f"refused {papers}: the folder is not there: connect its disk" in ran.err
    assert len(stocked("list", "--json").json) == 3
    assert stocked("remove", papers, "--json").json["documents"] == 0


def test_patterns_leave_files_out(command: Command, papers: Path) -> None:
    ledger = command("add", papers, "--exclude", "*.txt", "--exclude", "bridge*", "--json").json
    assert (ledger["added"], len(ledger["skipped"])) == (1, 2)
    assert "--exclude, line 1" in command("add", papers, "--exclude", "!").fault


def test_a_folder_goes_before_a_document_whose_id_begins_like_it(
    stocked: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever names a folder never loses another document by it."""
    mill = next(one for one in stocked("list", "--json").json if one["path"].endswith("mill.txt"))
    named = tmp_path / mill["id"][0]
    named.mkdir()
    (named / "canal.txt").write_text("The canal was dug in 1840.", encoding="utf-8")
    stocked("add", named)
    monkeypatch.chdir(tmp_path)
    assert stocked("remove", named.name, "--json").json["removed"] == 1
    assert mill["id"] in {one["id"] for one in stocked("list", "--json").json}
