"""What of the passages found is read within a budget of tokens: the best ones whole, of the others what is nearest.

A passage beyond the first two is cut to the run of its sentences that is nearest to the question for its length, so
that more passages fit. Knows how passages stand in a prompt and no model; every excerpt is a span of its document.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from index.records import Hit
from rag.prompt import part
from rag.rerank import GAP, SecondLook
from rag.templates import Templates
from rag.units import units

# All measured in benchmarks/LOG.md.
WHOLE = 2  # passages
GOES_ON = 0.05  # of likeness more, where what is read so far goes on
TOKEN = 0.0005  # of likeness to the question, between 0 and 1, that each token has to bring
LEAST = 25  # tokens; in less room than that nothing is begun
SPARE = 2  # passages looked at beyond those that may be read, for one that fits better


def excerpts(
    look: SecondLook,
    hits: Sequence[Hit],
    most: int,
    budget: int,
    count: Callable[[str], int],
    templates: Templates,
) -> tuple[Hit, ...]:
    """What is read of `hits`, which are those of `look` in the order of their worth: at most `most` passages.

    Together they take at most `budget` tokens by `count`, as they stand in a prompt, unless the first takes more.
    Where as many as may be read fit whole, nothing is cut.
    """
    if sum(count(part(hit, templates, titled=True)) for hit in hits[:most]) <= budget:
        return tuple(hits[:most])
    chosen: list[Hit] = []
    used = 0
    documents: set[str] = set()
    for hit in hits[: most + SPARE]:
        first = hit.passage.document_id not in documents
        tokens = count(part(hit, templates, titled=first))
        room = budget - used
        if chosen and room < LEAST:
            break
        if chosen and (len(chosen) >= WHOLE or tokens > room):
            title = tokens - count(part(hit, templates, titled=False))
            hit = nearest_run(look, hit, room - title, count, chosen)
            tokens = count(part(hit, templates, titled=first))
        if chosen and tokens > room:
            continue
        chosen.append(hit)
        used += tokens
        documents.add(hit.passage.document_id)
        if len(chosen) == most:
            break
    return tuple(chosen)


def nearest_run(look: SecondLook, hit: Hit, room: int, count: Callable[[str], int], chosen: Sequence[Hit] = ()) -> Hit:
    """The hit with the run of its sentences that is nearest to the question for its length, of those that fit.

    One that goes on where something `chosen` ends is worth more: what is begun there is often told in full here.
    """
    spans = units(hit.passage.text)
    more = [GOES_ON * _goes_on(hit, start, chosen) for start, _ in spans]
    near = look.nearness(hit, spans)
    sizes = [count(hit.passage.text[start:end]) for start, end in spans]
    best, run = -np.inf, (0, 0)
    for first in range(len(spans)):
        nearest, tokens = near[first], 0
        for last in range(first, len(spans)):
            tokens += sizes[last]
            if tokens > room and last > first:
                break
            nearest = np.maximum(nearest, near[last])
            worth = float(nearest @ look.telling) - TOKEN * tokens + more[first]
            if worth > best:
                best, run = worth, (first, last)
    return _cut(hit, spans[run[0]][0], spans[run[1]][1])


def _goes_on(hit: Hit, place: int, chosen: Sequence[Hit]) -> bool:
    """Whether one of the passages chosen ends where this place of the hit's text begins."""
    passage = hit.passage
    return any(
        passage.document_id == other.passage.document_id and 0 <= passage.start + place - other.passage.end <= GAP
        for other in chosen
    )


def _cut(hit: Hit, start: int, end: int) -> Hit:
    passage = hit.passage
    span = replace(passage, start=passage.start + start, end=passage.start + end, text=passage.text[start:end])
    return replace(hit, passage=span)
