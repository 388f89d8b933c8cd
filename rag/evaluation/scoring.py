"""Scores of one recorded answer against what is known to be right: pure functions, no model, no index, no clock.

A record is the documented form of an answer (`rag/forms.py`) with `id` the question's own, `gold` what
`gold_form` makes of the question, `found` what a search for it found, best first, and, where the answer was held back
for want of confidence, `draft` with what had been written. Knows nothing of averages or tables.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Record = Mapping[str, Any]
Outcome = Literal["right", "wrong", "false refusal", "declined", "invented", "unscored"]

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


def token_f1(text: str, answers: Sequence[str], all_required: bool = False) -> float:
    """The harmonic mean of precision and recall of the words, in [0, 1], against the nearest of `answers`, or all.

    As for SQuAD (Rajpurkar et al. 2016): lower case, without punctuation and articles, words counted as often as they
    occur. A whole sentence around a short answer scores well below 1.
    """
    golds = [" ".join(answers)] if all_required else answers
    return max((_f1(_MARKER.sub(" ", text), gold) for gold in golds), default=0.0)


def _f1(text: str, gold: str) -> float:
    given, wanted = (Counter(word for word in _words(words, " ") if word not in _ARTICLES) for words in (text, gold))
    common = (given & wanted).total()
    return 2 * common / (given.total() + wanted.total()) if common else 0.0


def at_threshold(record: Record, threshold: float, declined: str = "") -> Record:
    """The record as it is with this threshold: a draft is an answer where the confidence reaches it, and the reverse.

    What was held back is kept as `draft`, so nothing is lost by any threshold; `declined` is what is said instead. A
    question for which nothing was written stays declined.
    """
    draft = record.get("draft") or {key: record[key] for key in ("answer", "sentences")}
    if not record["answered"] and "draft" not in record:
        return record
    bare = {key: value for key, value in record.items() if key != "draft"}
    if record["confidence"] >= threshold:
        return {**bare, **draft, "answered": True}
    return {**bare, "answered": False, "answer": declined, "sentences": [], "draft": draft}


def outcome(record: Record) -> Outcome:
    """What became of the question; "unscored" where it is not known what would be right."""
    gold = record["gold"]
    if gold["answerable"] is None:
        return "unscored"
    if not record["answered"]:
        return "false refusal" if gold["answerable"] else "declined"
    if not gold["answerable"]:
        return "invented"
    if not gold["answers"]:
        return "unscored"
    return "right" if is_right(record) else "wrong"


def spans_found(record: Record, k: int) -> Share:
    """How many of the gold spans stand in the first `k` passages that a search finds."""
    return Share.among(any(_covers(hit, span) for hit in record["found"][:k]) for span in record["gold"]["spans"])


def documents_found(record: Record, k: int) -> Share:
    """How many of the gold documents the first `k` passages that a search finds come from."""
    found = {hit["document_id"] for hit in record["found"][:k]}
    return Share.among(document_id in found for document_id in _gold_documents(record))


def reciprocal_rank(record: Record) -> float:
    """One over the rank of the first passage found that holds a gold span; 0 where none does."""
    ranks = (
        rank
        for rank, hit in enumerate(record["found"], start=1)
        if any(_covers(hit, span) for span in record["gold"]["spans"])
    )
    return 1 / next(ranks, float("inf"))


def _gold_documents(record: Record) -> list[str]:
    return sorted({span["document_id"] for span in record["gold"]["spans"]})


def citation_precision(record: Record) -> Share:
    """How many citations stand in the region that the question names as evidence."""
    return Share.among(
        any(_covers(citation, _region(span)) for span in record["gold"]["spans"]) for citation in _citations(record)
    )


def citation_recall(record: Record) -> Share:
    """How many of the gold spans, each the closest one known, some citation holds."""
    return Share.among(
        any(_covers(citation, span) for citation in _citations(record)) for span in record["gold"]["spans"]
    )


def _region(span: Record) -> Record:
    start, end = span["region"]
    return {"document_id": span["document_id"], "start": start, "end": end}


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
