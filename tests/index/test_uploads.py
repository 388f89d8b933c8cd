"""Uploaded files leave with their document; no other file does."""

from __future__ import annotations

from pathlib import Path

from index import uploads


def test_only_what_lies_in_the_folder_of_uploads_is_deleted(tmp_path: Path) -> None:
    home = tmp_path / "home"
    kept = [tmp_path / "own.md", home / "store.db", uploads.folder(home) / "2" / "beside.md"]
    gone = [uploads.folder(home) / "1" / "a.md", uploads.folder(home) / "2" / "b.md"]
    for path in (*kept, *gone):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Words.")
    around = uploads.folder(home) / ".." / ".." / "own.md"
    uploads.forget(home, [*kept[:2], *gone, around, uploads.folder(home) / "3" / "never.md"])
    assert all(path.exists() for path in kept)
    assert not any(path.exists() for path in gone)
    assert not gone[0].parent.exists()
