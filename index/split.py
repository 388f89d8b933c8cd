"""Cuts a text into passages: spans of whole sentences that fit a budget of the embedding model's own tokens.

Where to cut is one optimisation over the whole document (as line breaking is in Knuth and Plass, 1981): passages
should be well filled and end where a section, a paragraph or at least a sentence ends. Knows nothing of vectors.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.records import Section
from index.sentences import BLANK_LINE, LABEL, is_heading, sentence_spans

CountTokens = Callable[[Sequence[str]], Sequence[int]]

# What it costs to end a passage at a place, on the scale of the squared unfilled share of the budget: an empty
# passage costs 1. Two sections share a passage where each fills less than some 40% of it.
SECTION, PARAGRAPH, SENTENCE, CLAUSE, SPACE, HARD = -0.7, 0.05, 0.35, 0.8, 1.2, 1.6
AFTER_TITLE_LINE, AFTER_COLON, AFTER_HEADING = 1.0, 0.8, 5.0
# A word longer than a hundred letters is a single unknown token to a WordPiece model, so letters count as well.
CHARACTERS_PER_TOKEN = 8
# Neighbours are joined beforehand up to this share of the budget; it bounds the work, not the result.
GRAIN = 12
TITLE_LINE_CHARACTERS = 80

WIDE_MARKS = (
    "\uff0c\u3001\uff1b\uff1a"  # the commas, semicolon and colon of Chinese and Japanese, written without spaces
)
ATOM = re.compile(rf"[^\s{WIDE_MARKS}]+[{WIDE_MARKS}]*|[{WIDE_MARKS}]+")
CLAUSE_END = frozenset(",;:)]\u2013\u2014")


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch that is never cut. `after` is the cost of ending a passage with it."""

    start: int
    end: int
    tokens: int
    after: float


def split(
    text: str, sections: Sequence[Section], count_tokens: CountTokens, budget: int, language: str = "en"
) -> list[tuple[int, int, str]]:
    """Passages of `text` as (start, end, heading), in order, not overlapping.

    Every character that is not white space lies in exactly one of them. A passage has at most `budget` tokens, as
    the sum over its sentences, and at most 8 times as many characters.
    """
    if budget < 1:
        raise ValueError(f"a passage needs a budget of at least 1 token, not {budget}")
    sections = sorted(sections, key=lambda section: (section.start, -section.end))
    units = _joined(_units(text, sections, count_tokens, budget, language), budget)
    return [
        (units[first].start, units[last - 1].end, _heading(units[first:last], sections, text))
        for first, last in _best_cuts(units, budget)
    ]


def _units(text: str, sections: Sequence[Section], count_tokens: CountTokens, budget: int, language: str) -> list[Unit]:
    spans = sentence_spans(text, language)
    if not spans:
        return []
    longest = budget * CHARACTERS_PER_TOKEN
    counts = _counts(text, [span for span in spans if span[1] - span[0] <= longest], count_tokens)
    atoms = {
        span: _atoms(text, *span, max(1, budget // 4))
        for span in spans
        if counts.get(text[slice(*span)], budget + 1) > budget
    }
    counts |= _counts(text, [atom for pieces in atoms.values() for atom in pieces], count_tokens)
    section_starts = {section.start for section in sections}
    units = []
    for (start, end), following in zip(spans, [*spans[1:], (len(text), len(text))], strict=True):
        pieces = atoms.get((start, end), [(start, end)])
        for (first, last), next_piece in pairwise(pieces):
            units.append(Unit(first, last, counts[text[first:last]], _cost_inside(text, last, next_piece[0])))
        first, last = pieces[-1]
        cost = _cost_after(text, start, end, following[0], section_starts)
        units.append(Unit(first, last, counts[text[first:last]], cost))
    return units


def _counts(text: str, spans: Sequence[tuple[int, int]], count_tokens: CountTokens) -> dict[str, int]:
    """Tokens of each distinct stretch, counted in one call."""
    distinct = list(dict.fromkeys(text[start:end] for start, end in spans))
    counts = count_tokens(distinct) if distinct else []
    return {stretch: max(1, count) for stretch, count in zip(distinct, counts, strict=True)}


def _atoms(text: str, start: int, end: int, longest: int) -> list[tuple[int, int]]:
    """The words of a sentence that is too long, and the pieces of words that are too long."""
    return [
        (first, min(first + longest, word.end()))
        for word in ATOM.finditer(text, start, end)
        for first in range(word.start(), word.end(), longest)
    ]


def _cost_inside(text: str, end: int, following: int) -> float:
    if text[end - 1] in WIDE_MARKS or (text[end - 1] in CLAUSE_END and following > end):
        return CLAUSE
    return SPACE if following > end else HARD


def _cost_after(text: str, start: int, end: int, following: int, section_starts: set[int]) -> float:
    """The cost of ending a passage with the sentence [start, end) when the next one begins at `following`."""
    if is_heading(text, start) or (
        start in section_starts and following < len(text) and _stands_alone(text, start, end)
    ):
        return AFTER_HEADING
    gap = text[end:following]
    if not section_starts.isdisjoint(range(end, following + 1)):
        return SECTION
    if text[end - 1] == ":":
        return AFTER_COLON
    if BLANK_LINE.search(gap):
        return AFTER_TITLE_LINE if _stands_alone(text, start, end) else PARAGRAPH
    if "\n" in gap and LABEL.match(text, following):
        return PARAGRAPH  # somebody else speaks
    return SENTENCE


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether this looks like the title line of what follows: short, a paragraph of its own, no full stop."""
    return (
        end - start <= TITLE_LINE_CHARACTERS
        and text[end - 1].isalnum()
        and "\n" not in text[start:end]
        and text[max(0, start - TITLE_LINE_CHARACTERS) : start].rstrip(" \t")[-1:] in ("", "\n")
    )


def _joined(units: Sequence[Unit], budget: int) -> list[Unit]:
    """Very short neighbours made one, so that a document of a million one-letter lines costs no more than prose."""
    grain = budget // GRAIN
    joined: list[Unit] = []
    for unit in units:
        last = joined[-1] if joined else None
        if (
            last
            and SECTION < last.after < AFTER_HEADING
            and (last.after >= SPACE or 4 * last.tokens <= grain)  # a better place to cut is given up for crumbs only
            and last.tokens + unit.tokens <= grain
            and unit.end - last.start <= grain * CHARACTERS_PER_TOKEN
        ):
            joined[-1] = Unit(last.start, unit.end, last.tokens + unit.tokens, unit.after)
        else:
            joined.append(unit)
    return joined


def _best_cuts(units: Sequence[Unit], budget: int) -> list[tuple[int, int]]:
    """The cheapest way to cut `units` into runs that fit, as (first, last + 1); exact, by dynamic programming."""
    starts = [unit.start for unit in units]
    weights = [unit.tokens for unit in units]
    cheapest = [0.0]
    cut_before = [0]
    for last, unit in enumerate(units):
        tokens, best, best_first = 0, float("inf"), last
        for first in range(last, -1, -1):
            tokens += weights[first]
            size = max(tokens, (unit.end - starts[first]) / CHARACTERS_PER_TOKEN)
            if size > budget and first < last:
                break
            cost = cheapest[first] + max(0.0, 1 - size / budget) ** 2
            if cost < best:
                best, best_first = cost, first
        cheapest.append(best + unit.after)
        cut_before.append(best_first)
    cuts = []
    last = len(units)
    while last:
        cuts.append((cut_before[last], last))
        last = cut_before[last]
    return cuts[::-1]


def _heading(units: Sequence[Unit], sections: Sequence[Section], text: str) -> str:
    """The title of the innermost section that holds most of these units."""
    weight: dict[str, int] = {}
    for unit in units:
        index = bisect_right(sections, unit.start, key=lambda section: section.start) - 1
        while index >= 0 and sections[index].end <= unit.start:
            index -= 1
        title = sections[index].title if index >= 0 else ""
        weight[title] = weight.get(title, 0) + (0 if is_heading(text, unit.start) else unit.tokens)
    return max(weight, key=lambda title: weight[title])
