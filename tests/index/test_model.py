"""A library driven at random beside a dictionary: whatever happens on disk and in between, a sync makes them equal."""

# mypy: allow-untyped-decorators, allow-subclassing-any
from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index.library import Library
from index.records import Ledger
from index.settings import IndexSettings
from tests.fakes import HashingEncoder
from tests.index.test_library import found

pytest.importorskip("hypothesis")  # where packages are older than pyproject.toml

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

# Few names and few contents, so that files are copies of each other, change places and come back.
NAMES = st.sampled_from(["a.md", "b.md", "deep/a.md", "deep/c.md"])
BLANK = "  \n"
TEXTS = [*(f"# Note {n}\n\nThe word{n} was said. " + f"Sentence {n} of a council. " * 4 * n for n in range(3)), BLANK]
CONTENTS = st.sampled_from(TEXTS)


class Dying(HashingEncoder):
    """Ends the process, as far as the library can tell, at one of its calls."""

    def __init__(self) -> None:
        super().__init__()
        self.left = -1

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if self.left == 0:
            raise KeyboardInterrupt
        self.left -= 1
        return super().encode(texts)


class LibraryBesideADictionary(RuleBasedStateMachine):
    """`disk` is what the folder holds, `held` what the library does, `out` what was taken out of it by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.place = Path(tempfile.mkdtemp(prefix="footnote-test-"))
        self.folder = self.place / "documents"
        (self.folder / "deep").mkdir(parents=True)
        self.encoder = Dying()
        self.library = self.opened()
        self.disk: dict[str, str] = {}
        self.held: dict[str, str] = {}
        self.out: set[str] = set()
        self.dirty = False  # whether anything has happened since the two were last equal
        self.known = True  # whether `held` is what the library holds, rather than any state on the way to it
        for name, text in zip(("a.md", "b.md", "deep/a.md"), TEXTS, strict=False):
            self.write(name, text)
        self.in_step(self.library.add([self.folder]))

    def opened(self) -> Library:
        return Library(IndexSettings(self.place / "home", passage_tokens=24), self.encoder)

    @rule(name=NAMES, text=CONTENTS)
    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")
        self.disk[name] = text
        self.dirty = True

    @precondition(lambda self: self.disk)
    @rule(data=st.data(), place=NAMES)
    def move(self, data: st.DataObject, place: str) -> None:
        name = data.draw(st.sampled_from(sorted(self.disk)))
        (self.folder / name).replace(self.folder / place)
        self.disk[place] = self.disk.pop(name)
        self.dirty = True

    @precondition(lambda self: self.disk)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.disk)))
        (self.folder / name).unlink()
        del self.disk[name]
        self.dirty = True

    @precondition(lambda self: self.disk)
    @rule(data=st.data(), seconds=st.integers(1, 10**6))
    def touch(self, data: st.DataObject, seconds: int) -> None:
        os.utime(self.folder / data.draw(st.sampled_from(sorted(self.disk))), (seconds, seconds))
        self.dirty = True

    @precondition(lambda self: self.known and self.held)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        text = self.held[data.draw(st.sampled_from(sorted(self.held)))]
        copies = {name for name, other in self.held.items() if other == text}
        self.library.remove([str(self.folder / min(copies))])
        self.held = {name: other for name, other in self.held.items() if name not in copies}
        self.out |= copies
        self.dirty = True

    @precondition(lambda self: self.dirty)
    @rule()
    def sync(self) -> None:
        self.in_step(self.library.sync())

    @precondition(lambda self: self.dirty)
    @rule()
    def add_again(self) -> None:
        self.out.clear()
        self.in_step(self.library.add([self.folder]))

    @precondition(lambda self: self.dirty)
    @rule(calls=st.integers(0, 2))
    def die(self, calls: int) -> None:
        self.encoder.left = calls
        try:
            self.library.sync()
        except KeyboardInterrupt:
            self.known = False
        else:
            self.held, self.known = self.wanted(), True
        self.encoder.left = -1
        self.library.close()
        self.library = self.opened()

    def wanted(self) -> dict[str, str]:
        return {name: text for name, text in self.disk.items() if name not in self.out and text != BLANK}

    def in_step(self, ledger: Ledger) -> None:
        self.held, self.known, self.dirty = self.wanted(), True, False
        assert self.texts() == self.held
        refused = [name for name, text in self.disk.items() if name not in self.out and text == BLANK]
        assert len(ledger.refused) == len(refused)
        assert ledger.added + ledger.updated + ledger.unchanged == len(self.held)
        assert ledger.documents == len(set(self.held.values()))

    def texts(self) -> dict[str, str]:
        """What the library holds, by the names of the files."""
        return {
            str(Path(path).relative_to(self.folder)): self.library.document(document.id).text
            for document in self.library.documents()
            for path in document.paths
        }

    @invariant()
    def whatever_is_held_is_whole_and_found(self) -> None:
        texts = self.texts()
        if self.known:
            assert texts == self.held
        hits = self.library.search("council word1 word2", 1000)
        passages = {document.id: document.passages for document in self.library.documents()}
        assert len(hits) == sum(passages.values())
        assert all(hit.passage.text in texts[str(Path(hit.path).relative_to(self.folder))] for hit in hits)

    def teardown(self) -> None:
        self.library.add([self.folder])
        fresh = Library(IndexSettings(self.place / "fresh", passage_tokens=24), HashingEncoder())
        fresh.add([self.folder])
        assert sorted(found(self.library, "council word1")) == sorted(found(fresh, "council word1"))
        self.library.close()
        fresh.close()
        shutil.rmtree(self.place)


LibraryBesideADictionary.TestCase.settings = settings(
    max_examples=20,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.timeout(300)  # 5 s by itself; a time-out in the middle of an example would look like a flaky one
class TestLibraryBesideADictionary(LibraryBesideADictionary.TestCase):  # type: ignore[name-defined]
    """The same changes in every run; more of them with `max_examples` above."""
