"""A scripted assistant over real records: real documents, exact spans, every event, no model.

It implements what the page needs of an assistant. The words of a question choose what happens; see `FakeAssistant`,
and those of a text to be checked, see `fake_checker.FakeChecker`.
"""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

from index.errors import DocumentNotFound, StoreDamaged
from index.readers import markdown, pdf
from index.records import Document, DocumentSummary, FileReason, Hit, Ledger, Passage, Progress, Root
from rag.errors import Cancelled, ModelMissing, QuestionError
from rag.generator import Generator
from rag.records import (
    Answer,
    Checked,
    Citation,
    Event,
    Exchange,
    IndexIdentity,
    ModelIdentity,
    NumberedPassage,
    Reading,
    Retrieved,
    Sentence,
    Timing,
    Token,
)
from rag.settings import Settings
from tests.rag import samples
from tests.rag.ui.fake_checker import FakeChecker

SEEDS = Path(__file__).parents[3] / "seeds"
READING_STEPS = 6


class FakeLibrary:
    """Documents in memory. `documents` may be changed by a test."""

    def __init__(self, documents: list[Document]) -> None:
        self.held = {document.id: document for document in documents}
        self.closed = False
        self.pause = 0.0
        self.wait: Callable[[], object] = lambda: None

    @classmethod
    def of_seeds(cls) -> FakeLibrary:
        return cls([document_of(path.name, path.read_bytes()) for path in sorted(SEEDS.glob("*.md"))])

    def documents(self) -> list[DocumentSummary]:
        return [
            DocumentSummary(d.id, d.path, d.title, d.format, len(d.pages), len(d.text), 1, d.added_at)
            for d in self.held.values()
        ]

    def document(self, reference: str) -> Document:
        if reference not in self.held:
            raise DocumentNotFound(f"no document {reference}")
        return self.held[reference]

    @property
    def home(self) -> Path:
        return SEEDS.parent / "nowhere"

    def roots(self) -> list[Root]:
        return []

    def sync(
        self, progress: Callable[[Progress], None] | None = None, cancelled: Callable[[], bool] | None = None
    ) -> Ledger:
        return Ledger(0, 0, 0, 0, (), (), len(self.held), 0, 0, 0, 0.0)

    def add(self, paths: Sequence[Path], progress: Callable[[Progress], None], cancelled: Callable[[], bool]) -> Ledger:
        """Markdown and plain text are read, everything else is refused; `pause` seconds a file, behind a `wait`."""
        files = [file for path in paths for file in (sorted(path.rglob("*")) if path.is_dir() else [path])]
        counts = dict.fromkeys(("added", "unchanged"), 0)
        refused = []
        for done, file in enumerate(files):
            progress(Progress(done, len(files), "files", file.name))
            time.sleep(self.pause)
            self.wait()
            if cancelled():
                break
            if file.suffix not in (".md", ".txt"):
                refused.append(
                    FileReason(str(file), "no such file or folder" if not file.exists() else "no text found")
                )
                continue
            progress(Progress(0, 3, "passages"))
            document = document_of(str(file), file.read_bytes())
            counts["unchanged" if document.id in self.held else "added"] += 1
            self.held[document.id] = document
        return self._ledger(removed=0, refused=tuple(refused), **counts)

    def remove(self, references: Sequence[str]) -> Ledger:
        for reference in references:
            del self.held[self.document(reference).id]
        return self._ledger(added=0, unchanged=0, removed=len(references), refused=())

    def search(self, query: str, k: int = 5) -> list[Hit]:
        return list(hits_of(self, query, None)[:k])

    def close(self) -> None:
        self.closed = True

    def _ledger(self, added: int, unchanged: int, removed: int, refused: tuple[FileReason, ...]) -> Ledger:
        characters = sum(len(document.text) for document in self.held.values())
        return Ledger(
            added, 0, unchanged, removed, refused, (), len(self.held), len(self.held), characters, characters, 0.1
        )


class FakeAssistant:
    """Answers at once with the first sentences of passages that share words with the question.

    "decline" in a question declines it; "missing model" and "damaged store" are faults; "crash" is a defect; "slow"
    reads for a long time, in steps of `pause` seconds, and watches for a stop; "partly" and "unsupported" spoil the
    verdict of the last sentence.
    """

    def __init__(self, library: FakeLibrary | None = None, pause: float = 0.0) -> None:
        self._library = library or FakeLibrary.of_seeds()
        self._pause = pause
        self.cancelled = threading.Event()
        self.asked: list[str] = []
        self.histories: list[tuple[Exchange, ...]] = []
        self.paused = 0
        self.adopted: list[tuple[Settings, Generator | None]] = []

    @property
    def library(self) -> FakeLibrary:
        return self._library

    @property
    def checker(self) -> FakeChecker:
        return FakeChecker(self._library.held, self._pause)

    def adopt(self, settings: Settings, generator: Generator | None = None) -> None:
        self.adopted.append((settings, generator))

    def warm(self) -> None:
        time.sleep(self._pause)

    def pause(self) -> None:
        self.paused += 1

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Exchange] = (),
        documents: Collection[str] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Iterator[Event]:
        self.asked.append(question)
        self.histories.append(tuple(history))
        if not question.strip():
            raise QuestionError("the question is empty; type one")
        if len(question) > 20_000:
            raise QuestionError(f"the question is too long ({len(question):,} characters); shorten it")
        if "damaged store" in question:
            raise StoreDamaged("library.sqlite3 is damaged; restore it or add the documents again")
        hits = hits_of(self._library, question, documents)
        yield Retrieved(hits)
        if "missing model" in question:
            raise ModelMissing("the model file is gone; run: footnote models fetch")
        steps = 10_000 if "slow" in question else READING_STEPS
        for step in range(steps + 1):
            if cancelled():
                self.cancelled.set()
                raise Cancelled("stopped by the reader")
            yield Reading(done=step, total=steps)
            time.sleep(self._pause)
        if "decline" in question:
            yield samples.done(self._answer(question, hits, ()), documents)
            return
        if "crash" in question:
            raise ZeroDivisionError("a defect of the fake, on purpose")
        sentences = tuple(self._sentence(question, marker, hit) for marker, hit in enumerate(hits[:2], start=1))
        for number, sentence in enumerate(sentences):
            for place, piece in enumerate(re.findall(r"\s*\S+", f" {sentence.text}")):
                if cancelled():
                    raise Cancelled("stopped by the reader")
                yield Token(piece)
                if place == 0 and number > 0:  # only the next word shows that a sentence has ended
                    yield Checked(sentences[number - 1])
                time.sleep(self._pause)
        yield Checked(sentences[-1])
        yield samples.done(self._answer(question, hits, sentences), documents)

    def _sentence(self, question: str, marker: int, hit: Hit) -> Sentence:
        passage = hit.passage
        length = passage.text.find(". ") + 1 or len(passage.text)
        quote = passage.text[:length]
        citation = Citation(
            marker, passage.document_id, hit.path, hit.title, hit.page, passage.start, passage.start + length, quote
        )
        if marker == 2 and "unsupported" in question:
            reason = "the figure 25 does not stand in the cited passage"
            return Sentence(quote, "unsupported", 0.1, (citation,), (reason,))
        if marker == 2 and "partly" in question:
            return Sentence(quote, "partial", 0.6, (citation,), ("the year 2021 stands only in the question",))
        return Sentence(quote, "supported", 0.93, (citation,))

    def _answer(self, question: str, hits: tuple[Hit, ...], sentences: tuple[Sentence, ...]) -> Answer:
        text = " ".join(f"{sentence.text} [{sentence.markers[0]}]" for sentence in sentences)
        return Answer(
            id="answer",
            question=question,
            answer=text or "The documents do not say.",
            answered=bool(sentences),
            confidence=0.91 if sentences else 0.2,
            sentences=sentences,
            passages=tuple(NumberedPassage(marker, hit) for marker, hit in enumerate(hits, start=1)),
            timing=Timing(0.04, 1.9, 4.2, 410, 60, 44),
            model=ModelIdentity("fake-1.5b", "0" * 64),
            index=IndexIdentity(1, "fake"),
        )


def hits_of(library: FakeLibrary, question: str, documents: Collection[str] | None) -> tuple[Hit, ...]:
    """The passages that share most words with a question."""
    words = set(re.findall(r"\w{4,}", question.lower()))
    found: list[tuple[int, Passage, Document]] = []
    for document in library.held.values():
        if documents is not None and document.id not in documents:
            continue
        for match in re.finditer(r"[^\n# ][^\n]{40,}", document.text):
            passage = Passage(document.id, match.start(), match.end(), match.group(), "A heading")
            found.append((sum(word in passage.text.lower() for word in words), passage, document))
    found.sort(key=lambda item: (-item[0], item[1].id))
    return tuple(
        Hit(rank, 1.0 / rank, 0.5, 1.0, passage, document.path, document.title, document.pages)
        for rank, (_, passage, document) in enumerate(found[:4], start=1)
    )


def document_of(path: str, content: bytes) -> Document:
    """A Markdown document as a library would hold it; the title is its first heading."""
    text = content.decode("utf-8")
    heading = re.search(r"^# (.+)$", text, re.MULTILINE)
    extract = markdown.read(content)
    return Document(
        id=hashlib.sha256(content).hexdigest(),
        path=path,
        title=heading.group(1) if heading else path,
        format="md",
        text=text,
        pages=(),
        sections=extract.sections if extract.text == text else (),  # tests have texts that a reader would clean
        author=None,
        date=None,
        added_at="2026-01-01T00:00:00+00:00",
    )


def document_of_pdf(path: Path) -> Document:
    """A PDF as a library would hold it."""
    content = path.read_bytes()
    extract = pdf.read(content)
    return Document(
        id=hashlib.sha256(content).hexdigest(),
        path=str(path),
        title=path.stem,
        format="pdf",
        text=extract.text,
        pages=extract.pages,
        sections=(),
        author=None,
        date=None,
        added_at="2026-01-01T00:00:00+00:00",
    )
