"""Scores of recorded answers against what is known to be right: pure functions, no model, no index, no clock.

A record is the documented form of an answer (`rag/forms.py`) with `id` the question's own and `gold` what
`benchmarks/gold.py` makes of the question. Knows nothing of floors or tables.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

Record = Mapping[str, Any]

_ARTICLES = frozenset({"a", "an", "the"})
_MARKER = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` out of `of` cases."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        """In [0, 1]; None where there was nothing to count, which is no zero."""
        return self.hits / self.of if self.of else None

    @classmethod
    def among(cls, outcomes: Iterable[bool]) -> Share:
        """How many of the outcomes are true."""
        seen = list(outcomes)
        return cls(sum(seen), len(seen))

    def __add__(self, other: Share) -> Share:
        return Share(self.hits + other.hits, self.of + other.of)


@dataclass(frozen=True, slots=True)
class Scores:
    """Shares over all records, and medians in tokens and seconds; a median of no records is None."""

    shares: Mapping[str, Share]
    medians: Mapping[str, float | None]


def contains(text: str, answers: Sequence[str], all_required: bool = False) -> bool:
    """Whether `text` holds one of `answers`, or all of them, as whole words.

    Case, punctuation and articles count for nothing. Whole words, because "no" is not in "now"; punctuation is dropped
    in two readings, as nothing and as a blank, because "U.S." is "US" and "Moscow's" holds "Moscow".
    """
    found = [any(_holds(text, answer, filler) for filler in ("", " ")) for answer in answers]
    return bool(found) and (all(found) if all_required else any(found))


def _holds(text: str, answer: str, filler: str) -> bool:
    wanted = _words(answer, filler)
    without = [word for word in wanted if word not in _ARTICLES]
    # An answer that is nothing but an article is looked for as it stands.
    given = [word for word in _words(text, filler) if word not in _ARTICLES or not without]
    return f" {' '.join(without or wanted)} " in f" {' '.join(given)} " and bool(wanted)


def _words(text: str, filler: str) -> list[str]:
    """Lower-case words; each punctuation mark and symbol replaced by `filler`."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(filler if unicodedata.category(letter)[0] in "PS" else letter for letter in folded).split()


def is_right(record: Record) -> bool:
    """Answered, and holding the gold answer outside its markers."""
    gold = record["gold"]
    said = _MARKER.sub(" ", record["answer"])
    return record["answered"] and contains(said, gold["answers"], gold["answers_all_required"])


def evidence_read(record: Record) -> Share:
    """How many of the gold spans stand in the passages read.

    A passage holds a span of its document when at least half of the shorter of the two lies in the other.
    """
    return Share.among(
        any(_covers(passage, span) for passage in record["passages"]) for span in record["gold"]["spans"]
    )


def _covers(passage: Record, span: Record) -> bool:
    if passage["document_id"] != span["document_id"]:
        return False
    common = min(passage["end"], span["end"]) - max(passage["start"], span["start"])
    shorter = min(passage["end"] - passage["start"], span["end"] - span["start"])
    return bool(common > 0 and 2 * common >= shorter)


def exact_quotes(record: Record, texts: Mapping[str, str]) -> Share:
    """How many citations quote their document to the character; `texts` are the stored texts by document id."""
    return Share.among(_exact(citation, citation["quote"], texts) for citation in _citations(record))


def exact_passages(record: Record, texts: Mapping[str, str]) -> Share:
    """The same of the passages read."""
    return Share.among(_exact(passage, passage["text"], texts) for passage in record["passages"])


def _exact(span: Record, words: str, texts: Mapping[str, str]) -> bool:
    return bool(words) and texts.get(span["document_id"], "")[span["start"] : span["end"]] == words


def resolving_markers(record: Record) -> Share:
    """How many markers in the answer's text are those of a citation of it."""
    cited = {citation["marker"] for citation in _citations(record)}
    return Share.among(int(marker) in cited for marker in _MARKER.findall(record["answer"]))


def cites_answer(record: Record) -> bool:
    """Whether the words cited hold the gold answer: a quote one of the answers, or all quotes together all of them."""
    gold, quotes = record["gold"], [citation["quote"] for citation in _citations(record)]
    if gold["answers_all_required"]:
        return all(any(contains(quote, [answer]) for quote in quotes) for answer in gold["answers"])
    return any(contains(quote, gold["answers"]) for quote in quotes)


def _citations(record: Record) -> list[Record]:
    return [citation for sentence in record["sentences"] for citation in sentence["citations"]]


def score(records: Sequence[Record], texts: Mapping[str, str]) -> Scores:
    """All measures. Records of faults are refused: a fault is neither a wrong answer nor a right one."""
    faulty = [str(record["id"]) for record in records if "error" in record]
    if faulty:
        raise ValueError(f"faults cannot be scored, and these are: {', '.join(faulty)}")
    answerable = [record for record in records if record["gold"]["answerable"]]
    unanswerable = [record for record in records if not record["gold"]["answerable"]]
    right = [record for record in answerable if is_right(record)]
    located = [evidence_read(record) for record in answerable if record["gold"]["spans"]]
    sentences = [sentence for record in records for sentence in record["sentences"]]
    nothing = Share(0, 0)
    shares = {
        "right": Share(len(right), len(answerable)),
        "unanswerable_declined": Share.among(not record["answered"] for record in unanswerable),
        "answerable_declined": Share.among(not record["answered"] for record in answerable),
        "some_evidence_read": Share.among(found.hits > 0 for found in located),
        "all_evidence_read": Share.among(found.hits == found.of for found in located),
        "quotes_exact": sum((exact_quotes(record, texts) for record in records), nothing),
        "passages_exact": sum((exact_passages(record, texts) for record in records), nothing),
        "markers_resolve": sum(map(resolving_markers, records), nothing),
        "right_answer_cited": Share.among(cites_answer(record) for record in right if not record["gold"]["yes_no"]),
    }
    for support in ("supported", "partial", "unsupported"):
        shares[f"sentences_{support}"] = Share.among(sentence["support"] == support for sentence in sentences)
    medians = {
        name: median(record["timing"][name] for record in records) if records else None
        for name in ("prompt_tokens", "first_token_s", "total_s")
    }
    return Scores(shares, medians)
