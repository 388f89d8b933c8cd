"""One file made ready to be encoded: read, and split into passages, each with the text that the model will see of it.

Knows the order of these steps and what can be wrong with a file in each. Knows no store and no vectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from index import lexical
from index.compare import file_state
from index.dateline import dateline
from index.encode import Encoder
from index.errors import FileUnavailable, ReadError
from index.readers import format_of, read_document
from index.records import Document, Extract, Passage
from index.snapshot import FileState
from index.split import split

# Tokens of an English vocabulary are shorter pieces of other languages, so there a passage takes so many times more of
# them; measured in benchmarks/LOG.md.
LONGER = {"de": 1.6, "ru": 2.5}
STATING = ("html", "md", "eml", "mbox")  # formats whose date is that of what they say


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file read and split, not yet encoded. `texts[i]` is what the model sees of `passages[i]`."""

    path: Path
    state: FileState
    document: Document
    language: str
    passages: tuple[Passage, ...]
    texts: tuple[str, ...]


def prepare(path: Path, state: FileState, encoder: Encoder, passage_tokens: int) -> Prepared:
    """Reads and splits a file whose state is known. Raises ReadError; NoDocument where there is nothing to index."""
    extract = read_document(path)
    if file_state(path).document_id != state.document_id:
        raise FileUnavailable("changed while it was being read: add it again")
    document = Document(
        id=state.document_id,
        path=str(path),
        title=" ".join((extract.title or path.stem).split()),
        format=format_of(path) or "",
        text=extract.text,
        pages=extract.pages,
        sections=extract.sections,
        author=extract.author,
        date=_date(path, extract),
        added_at=datetime.now(UTC).isoformat(timespec="seconds"),
        notes=extract.notes,
    )
    language = lexical.guess_language(extract.text)
    passages = passages_of(document, language, encoder, passage_tokens)
    if not passages:
        raise ReadError("no text found")
    return Prepared(path, state, document, language, passages, texts_to_encode(document.title, passages, encoder))


def _date(path: Path, extract: Extract) -> str | None:
    """The day of a document: as its format states it; where that may be a day on which the file was made, as its name
    or its first lines do, if they do."""
    if format_of(path) in STATING:
        return extract.date or dateline(path.stem, extract.text)
    return dateline(path.stem, extract.text) or extract.date


def passages_of(document: Document, language: str, encoder: Encoder, passage_tokens: int) -> tuple[Passage, ...]:
    """The passages of a text, in its order, sized in the tokens of the model that is to encode them."""
    budget = min(round(passage_tokens * LONGER.get(language, 1)), encoder.max_tokens)
    return tuple(
        Passage(document.id, start, end, document.text[start:end], heading)
        for start, end, heading in split(document.text, document.sections, encoder.count_tokens, budget, language)
    )


def texts_to_encode(title: str, passages: Sequence[Passage], encoder: Encoder) -> tuple[str, ...]:
    """What the model sees of each passage: title and heading before it, as far as they fit without a cut."""
    texts = []
    for passage in passages:
        heading = passage.heading if passage.heading != title else ""
        texts.append("\n".join(part for part in (title, heading, passage.text) if part))
    counts = encoder.count_tokens(texts)
    return tuple(
        text if count <= encoder.max_tokens else passage.text
        for text, count, passage in zip(texts, counts, passages, strict=True)
    )
