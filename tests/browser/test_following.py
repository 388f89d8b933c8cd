"""Following the disk as the documents view shows it: turned on and off, told, kept, and seen without a reload."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from index.records import Ledger, Progress, Root
from rag.preferences import FILE
from tests.browser.conftest import Visit
from tests.rag.ui.fake_assistant import FakeAssistant, FakeLibrary
from tests.rag.ui.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
pytest.importorskip("watchfiles")  # where packages are older than pyproject.toml

BOX = "Keep in step with the folders on disk"
Open = Callable[..., Visit]


class OnDisk(FakeLibrary):
    """What lies in a folder, as it was when it was last brought in step; nothing before it was added."""

    def __init__(self) -> None:
        super().__init__([])
        self.folders: list[Path] = []

    def roots(self) -> list[Root]:
        return [Root(str(folder), folder=True) for folder in self.folders]

    def add(self, paths: list[Path], *given: object) -> Ledger:  # type: ignore[override]
        self.folders += paths
        return super().add(paths, *given)  # type: ignore[arg-type]

    def sync(
        self, progress: Callable[[Progress], None] | None = None, cancelled: Callable[[], bool] | None = None
    ) -> Ledger:
        there = {str(path) for folder in self.folders for path in folder.glob("*.md")}
        gone = [one.id for one in self.held.values() if one.path not in there]
        for one in gone:
            del self.held[one]
        ledger = super().add([Path(path) for path in sorted(there)], lambda _: None, lambda: False)
        return self._ledger(ledger.added, ledger.unchanged, len(gone), ())


@pytest.fixture
def library() -> OnDisk:
    return OnDisk()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "reports"
    folder.mkdir()
    for name in ("bridge", "ferry"):
        write(folder, name)
    return folder


def write(folder: Path, name: str) -> None:
    (folder / f"{name}.md").write_text(f"# The {name}\n\nThe audit of the {name} recommended new bolts for it.\n")


def documents(here: Visit) -> None:
    here.page.get_by_role("tab", name="Documents").click()


def test_a_folder_is_followed_from_the_tick_on_and_after_a_restart(
    visit: Open, library: OnDisk, folder: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    with serving(lambda: FakeAssistant(library), home) as address, visit(address) as here:
        documents(here)
        watched, listed = here.page.locator("#watched"), here.page.locator("#papers-listed label")
        expect(here.page.get_by_label(BOX)).not_to_be_checked()
        expect(watched.locator("p")).to_have_count(0)
        here.page.get_by_label(BOX).check()
        expect(watched).to_contain_text("Add a folder by its path, and it will be followed.")
        here.page.locator("#path :is(input, textarea)").fill(str(folder))
        here.page.click("#add")
        expect(watched).to_contain_text("Followed: reports")
        expect(here.page.locator("#header")).to_contain_text("2 documents")
        write(folder, "mill")
        write(folder, "quay")
        (folder / "ferry.md").unlink()
        expect(watched).to_contain_text("In step with the disk: 2 added, 1 removed, ")
        expect(listed).to_have_text([re.compile(name) for name in ("bridge", "mill", "quay")])
        expect(here.page.locator("#header")).to_contain_text("3 documents")
    write(folder, "pier")
    with serving(lambda: FakeAssistant(library), home) as address, visit(address) as here:
        documents(here)
        expect(here.page.get_by_label(BOX)).to_be_checked()
        expect(here.page.locator("#watched")).to_contain_text("In step with the disk: 1 added, ")
        expect(here.page.locator("#header")).to_contain_text("4 documents")
        here.page.get_by_label(BOX).uncheck()
        expect(here.page.locator("#watched p")).to_have_count(0)
        assert json.loads((home / FILE).read_text()) == {"watch": False}


def test_what_was_followed_behind_another_view_is_there_when_documents_are_opened_again(
    visit: Open, library: OnDisk, folder: Path, tmp_path: Path
) -> None:
    library.folders.append(folder)
    with serving(lambda: FakeAssistant(library), tmp_path / "home", watch=True) as address, visit(address) as here:
        documents(here)
        expect(here.page.get_by_label(BOX)).to_be_checked()  # for this run
        expect(here.page.locator("#papers-listed label")).to_have_count(2)
        here.page.get_by_role("tab", name="Ask").click()
        write(folder, "mill")
        for _ in range(200):
            if len(library.held) == 3:
                break
            here.page.wait_for_timeout(100)
        documents(here)
        expect(here.page.locator("#papers-listed label")).to_have_count(3)
        expect(here.page.locator("#watched")).to_contain_text("In step with the disk: 1 added, ")
    assert not (tmp_path / "home" / FILE).exists()


def test_what_cannot_be_kept_is_told_and_the_box_says_how_it_is(visit: Open, library: OnDisk, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with serving(lambda: FakeAssistant(library), home) as address, visit(address) as here:
        documents(here)
        (home / FILE).write_text("{")
        here.page.get_by_label(BOX).click()
        expect(here.page.locator("#adding")).to_contain_text("settings.json is damaged")
        expect(here.page.get_by_label(BOX)).not_to_be_checked()
