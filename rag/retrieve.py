"""The passages to read for a question: found by the library, looked at again, and fitted to a budget of tokens.

Asks no model that writes. A question of several parts, as one that compares, is given more room, and what it reads
comes from more documents.
"""

from __future__ import annotations

import contextlib
import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from index.encode import Encoder
from index.errors import DocumentNotFound
from index.library import Library
from index.records import Hit
from rag import ranking
from rag.excerpt import excerpts
from rag.prompt import part
from rag.referents import naming
from rag.rerank import SecondLook
from rag.settings import Settings
from rag.templates import Templates

AROUND = 2  # of the best passages found those right before and after are looked at, too; measured in benchmarks/LOG.md

# A question has several parts where at least two stretches between joining words have so many words that say something.
PART_WORDS = 4
BROADER = 1.5  # times as much is read for a question of several parts
# How much better a passage has to be for each that is read of its document already; measured in benchmarks/LOG.md.
SAME_DOCUMENT = 0.02
FURTHER = 2  # times as much where that is not enough, of what a model takes at once half at most
NAMING_TOKENS = 80  # beyond the budget, for sentences that name whom the passages speak of

_JOINS = re.compile(
    r"[,;:]|\b(?:and|or|while|whereas|both|between|before|after|than|compared|und|oder|während|sowohl|zwischen|bevor|"
    r"nachdem|als|и|или|между|до|после|чем)\b",
    re.I,
)
_SAYING = re.compile(r"\w{3,}")


@dataclass(frozen=True, slots=True)
class Found:
    """What is read for a question, best first, and `further`, which is read where that is not enough: twice as much, in
    the order that was learned of such questions, if any was. It is chosen when it is asked for."""

    hits: tuple[Hit, ...]
    further: Callable[[], tuple[Hit, ...]]


def retrieve(
    library: Library,
    encoder: Encoder,
    question: str,
    settings: Settings,
    count: Callable[[str], int],
    templates: Templates,
    documents: Collection[str] | None = None,
) -> Found:
    """The best passages for `question`, as many as `settings` allows to be read; none in an empty library.

    Behind them sentences that say who is meant where they begin with "he".
    `documents` are the ids of those to look into; None means all.
    """
    look = SecondLook(question, library.search(question, settings.candidates, documents, AROUND), encoder)
    passages, tokens, parts = settings.passages, settings.passage_tokens_read, has_parts(question)
    if parts:
        passages, tokens = math.ceil(passages * BROADER), math.ceil(tokens * BROADER)

    def read(look: SecondLook, most: int, budget: int) -> tuple[Hit, ...]:
        chosen = excerpts(look, spread(look.hits) if parts else look.hits, most, budget, count, templates)
        return (*chosen, *_whom(library, chosen, count, templates))

    def further() -> tuple[Hit, ...]:
        learned = ranking.learned(encoder.name, question)
        room = max(tokens, min(FURTHER * tokens, settings.context_tokens // 2))
        return read(look.by_sentences(learned) if learned else look, FURTHER * passages, room)

    return Found(read(look, passages, tokens), further)


def _whom(library: Library, read: Sequence[Hit], count: Callable[[str], int], templates: Templates) -> Iterator[Hit]:
    """The sentences that name whom the passages speak of as "he", beyond the budget and ranked last: few, and short."""
    room, last = NAMING_TOKENS, max((hit.rank for hit in read), default=0)
    with contextlib.suppress(DocumentNotFound):  # it was just removed; what was found of it is read all the same
        for hit in naming(read, cache(library.document)):
            tokens = count(part(hit, templates, titled=False))
            if tokens <= room:
                room, last = room - tokens, last + 1
                yield replace(hit, rank=last)


def has_parts(question: str) -> bool:
    """Whether a question asks for several things, or for one in its relation to another."""
    return sum(len(_SAYING.findall(part)) >= PART_WORDS for part in _JOINS.split(question)) > 1


def spread(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """The hits in an order that favours documents of which nothing was taken yet; ties in the order given."""
    left, taken = list(hits), Counter[str]()
    chosen = []
    while left:
        best = max(left, key=lambda hit: hit.score - SAME_DOCUMENT * taken[hit.passage.document_id])
        left.remove(best)
        taken[best.passage.document_id] += 1
        chosen.append(best)
    return tuple(chosen)


def together(found: Iterable[Sequence[Hit]]) -> tuple[Hit, ...]:
    """The passages found for all parts, each once, those of the first part first."""
    hits = {hit.passage.id: hit for read in found for hit in read}
    return tuple(replace(hit, rank=rank) for rank, hit in enumerate(hits.values(), start=1))
