"""Records as an answer brings them, for the tests of the edges: one stored text, its passages, an answer with a
sentence of each verdict, and the events that lead to it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from index.records import Document, DocumentSummary, FileReason, Hit, Ledger, Page, Passage
from rag.records import (
    Answer,
    Checked,
    Circumstances,
    Citation,
    Dispute,
    Done,
    Event,
    IndexIdentity,
    Instead,
    ModelIdentity,
    NumberedPassage,
    Reading,
    Retrieved,
    Sentence,
    Timing,
    Token,
)

TEXT = (
    "The harbour office opened in March 1911.\n"
    "It employed forty clerks and two divers. The divers left in 1930.\n"
    "A storm closed it for good in 1954."
)
DOCUMENT = Document(
    id="ab" * 32,
    path="/papers/harbour.md",
    title="The harbour office",
    format="markdown",
    text=TEXT,
    pages=(Page(1, 0, 41), Page(2, 41, len(TEXT))),
    sections=(),
    author=None,
    date=None,
    added_at="2026-11-22T10:00:00Z",
)
SUMMARY = DocumentSummary(
    DOCUMENT.id, DOCUMENT.path, DOCUMENT.title, DOCUMENT.format, 2, len(TEXT), 2, DOCUMENT.added_at
)
LEDGER = Ledger(
    added=2,
    updated=1,
    unchanged=3,
    removed=4,
    refused=(FileReason("/papers/broken.pdf", "not a PDF"),),
    skipped=(FileReason("/papers/photo.jpg", "pictures are not read"),),
    documents=6,
    passages=12,
    characters=1000,
    indexed_characters=999,
    seconds=1.5,
)


def hit(rank: int, start: int, end: int, page: int | None = 1) -> Hit:
    """A hit on a span of the document."""
    passage = Passage(DOCUMENT.id, start, end, TEXT[start:end])
    pages = () if page is None else (Page(page, start, end),)
    return Hit(rank, 1.0 / rank, 0.5, 2.0, passage, DOCUMENT.path, DOCUMENT.title, pages)


def citation(marker: int, quote: str, page: int | None = 1, title: str = DOCUMENT.title) -> Citation:
    """A citation of words of the document."""
    start = TEXT.index(quote)
    return Citation(marker, DOCUMENT.id, DOCUMENT.path, title, page, start, start + len(quote), quote)


HITS = (hit(1, 0, 40), hit(2, 41, len(TEXT), 2))

SUPPORTED = Sentence(
    "The office opened in 1911.", "supported", 0.97, (citation(1, "The harbour office opened in March 1911."),)
)
PARTIAL = Sentence(
    "Forty clerks and three divers worked there.",
    "partial",
    0.5,
    (citation(2, "It employed forty clerks and two divers.", None),),
    ("“three” does not stand in the words cited",),
)
UNSUPPORTED = Sentence("It was painted green.", "unsupported", 0.04, (), ("no passage says so",))


def answer(*sentences: Sentence, question: str = "What was the harbour office?") -> Answer:
    """An answer of these sentences, or that the documents do not say where there are none."""
    text = " ".join(sentence.text + "".join(f" [{marker}]" for marker in sentence.markers) for sentence in sentences)
    return Answer(
        id="answer-1",
        question=question,
        answer=text or "The documents do not say.",
        answered=bool(sentences),
        confidence=0.91 if sentences else 0.12,
        sentences=sentences,
        passages=tuple(NumberedPassage(number, found) for number, found in enumerate(HITS, start=1)),
        timing=Timing(0.04, 1.9, 4.2, 410, 60, 44),
        model=ModelIdentity("a model", "cd" * 32),
        index=IndexIdentity(12, "an embedding model"),
    )


def done(finished: Answer, documents: Collection[str] | None = None) -> Done:
    """The event that ends asking with this answer, which was limited to these documents; None means all."""
    model, index = finished.model, finished.index
    made_by = ("0", model.name, model.sha256, "1" * 64, index.embedding_model, index.generation)
    return Done(
        finished, Circumstances(*made_by, seed=0, settings={"threshold": 0.15}, documents=tuple(documents or ()))
    )


ANSWER = answer(SUPPORTED, PARTIAL, UNSUPPORTED)
DISPUTED = replace(
    SUPPORTED,
    disputed=(Dispute("1911", "1954", citation(2, "A storm closed it for good in 1954.", None), "1960-01-31", None),),
)
DECLINED = answer()
ANOTHER_YEAR = replace(
    DECLINED, instead=(Instead("year", "1910", "1911", citation(1, "The harbour office opened in March 1911.")),)
)


def events(finished: Answer) -> list[Event]:
    """What asking yields on the way to an answer."""
    return [
        Retrieved(HITS),
        Reading(0, 400),
        Reading(200, 400, 50.0),
        Reading(400, 400),
        *(Token(f"{word} ") for word in ("raw", "words", "of", "the", "model")),
        *(Checked(sentence) for sentence in finished.sentences),
        done(finished),
    ]
