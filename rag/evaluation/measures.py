"""The measures as a table: what each is called, which way is up, and what it takes from one answer.

A measure of one answer is a pair, hits and cases, or None where the question has no such case. How the answers of a run
add up is told in `totals`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from rag.evaluation import scoring
from rag.evaluation.estimates import (
    LEAST_OF_EACH,
    Statistic,
    area_under_risk,
    auroc,
    calibration_error,
    caught_at_false_alarms,
)
from rag.evaluation.scoring import Record, Share

_CAUGHT = caught_at_false_alarms(0.05)

Unit = Literal["share", "number", "tokens", "seconds"]
Better = Literal["higher", "lower"] | None
Pair = tuple[float, float]
Texts = Mapping[str, str]
Truth = Literal["answerable", "right"]
Condition = Callable[[Record], bool]
Values = Callable[[Record, Texts], Pair | None]


@dataclass(frozen=True, slots=True)
class Definition:
    """One measure of single answers. `better` says which way is up; None where neither is."""

    name: str
    title: str
    unit: Unit
    better: Better
    of: Values

    @property
    def median(self) -> bool:
        """Whether a run is told by its median; costs have a long tail."""
        return self.unit in ("tokens", "seconds")


@dataclass(frozen=True, slots=True)
class Overall:
    """A measure of all questions together: of their confidence, and whether `truth` holds of each.

    `truth` names a field of `Case`; questions of which it is None are left out. `of_each` is how many it takes of those
    of which it holds, and of the others, before an interval says anything.
    """

    name: str
    title: str
    unit: Unit
    better: Better
    truth: Truth
    statistic: Statistic
    of_each: int = 0


def _answerable(record: Record) -> bool:
    return record["gold"]["answerable"] is True


def _unanswerable(record: Record) -> bool:
    return record["gold"]["answerable"] is False


def _scored(record: Record) -> bool:
    return _answerable(record) and bool(record["gold"]["answers"])


def _worded(record: Record) -> bool:
    """Whether the gold answer is words of a document, as a plain yes is not."""
    return _scored(record) and not record["gold"]["yes_no"]


def _located(record: Record) -> bool:
    return bool(record["gold"]["spans"])


def _cited(record: Record) -> bool:
    return _located(record) and bool(record["answered"])


def _right(record: Record) -> bool:
    return _worded(record) and scoring.is_right(record)


def _given_and_scored(record: Record) -> bool:
    return scoring.outcome(record) in ("right", "wrong", "invented")


def _once(of: Callable[[Record], float], where: Condition) -> Values:
    """One case a question."""
    return lambda record, _: (float(of(record)), 1.0) if where(record) else None


def _each(of: Callable[[Record], Share], where: Condition = lambda _: True) -> Values:
    """As many cases as the share has."""
    return lambda record, _: _pair(of(record)) if where(record) else None


def _against(of: Callable[[Record, Texts], Share]) -> Values:
    """The same of what is compared with the stored texts."""
    return lambda record, texts: _pair(of(record, texts))


def _pair(share: Share) -> Pair | None:
    return (float(share.hits), float(share.of)) if share.of else None


def _any(of: Callable[[Record], Share]) -> Callable[[Record], float]:
    return lambda record: of(record).hits > 0


def _all(of: Callable[[Record], Share]) -> Callable[[Record], float]:
    return lambda record: (share := of(record)).hits == share.of


def _documents(record: Record) -> Share:
    return scoring.documents_found(record, 10)


def _is_wrong(record: Record) -> float:
    return scoring.outcome(record) != "right"


def _f1(record: Record) -> float:
    gold = record["gold"]
    return (
        scoring.token_f1(record["answer"], gold["answers"], gold["answers_all_required"]) if record["answered"] else 0
    )


def _support(verdict: str) -> Callable[[Record], Share]:
    return lambda record: Share.among(sentence["support"] == verdict for sentence in _claims(record))


def _citations_a_sentence(record: Record) -> Share:
    claims = _claims(record)
    return Share(sum(len(sentence["citations"]) for sentence in claims), len(claims))


def _claims(record: Record) -> list[Any]:
    """The sentences of an answer that claim something: "The documents do not say" rests on nothing."""
    return [sentence for sentence in record["sentences"] if sentence.get("claim", True)]


def _declined(record: Record) -> float:
    return not record["answered"]


def _timing(name: str, title: str, better: Better = "lower") -> Definition:
    unit: Unit = "seconds" if name.endswith("_s") else "tokens"
    return Definition(name, title, unit, better, _once(lambda record: record["timing"][name], lambda _: True))


def _recall(k: int) -> Definition:
    title = f"gold evidence in the first {k}" if k > 1 else "gold evidence first"
    return Definition(f"recall_at_{k}", title, "share", "higher", _each(partial(scoring.spans_found, k=k), _located))


def _higher(name: str, title: str, of: Values, unit: Unit = "share") -> Definition:
    return Definition(name, title, unit, "higher", of)


def _lower(name: str, title: str, of: Values, unit: Unit = "share") -> Definition:
    return Definition(name, title, unit, "lower", of)


SECTIONS: Mapping[str, tuple[Definition | Overall, ...]] = {
    "Finding: a search for the question": (
        *map(_recall, (1, 5, 10)),
        _higher("mrr", "mean reciprocal rank", _once(scoring.reciprocal_rank, _located), "number"),
        _higher("all_documents_at_10", "all gold documents in first 10", _once(_all(_documents), _located)),
    ),
    "Reading: the passages of the prompt": (
        _higher("some_evidence_read", "some gold evidence read", _once(_any(scoring.evidence_read), _located)),
        _higher("all_evidence_read", "all gold evidence read", _once(_all(scoring.evidence_read), _located)),
    ),
    "Answers": (
        _higher("right", "answerable questions right", _once(scoring.is_right, _scored)),
        _higher("token_f1", "token F1 of answerable questions", _once(_f1, _worded), "number"),
        _lower("wrong", "given answers that are wrong", _once(_is_wrong, _given_and_scored)),
    ),
    "Citations": (
        _higher("citation_precision", "citations in the gold evidence", _each(scoring.citation_precision, _cited)),
        _higher("citation_recall", "gold evidence that is cited", _each(scoring.citation_recall, _cited)),
        _higher("right_answer_cited", "right answers held by a quote", _once(scoring.cites_answer, _right)),
        Definition("citations_a_sentence", "citations a sentence", "number", None, _each(_citations_a_sentence)),
        _higher("quotes_exact", "quotes equal to their document", _against(scoring.exact_quotes)),
        _higher("passages_exact", "passages equal to their document", _against(scoring.exact_passages)),
        _higher("markers_resolve", "markers that resolve", _each(scoring.resolving_markers)),
    ),
    "Support": (
        _higher("sentences_supported", "sentences supported", _each(_support("supported"))),
        _lower("sentences_partial", "sentences partly supported", _each(_support("partial"))),
        _lower("sentences_unsupported", "sentences not supported", _each(_support("unsupported"))),
    ),
    "Declining": (
        _lower("answerable_declined", "false refusals", _once(_declined, _answerable)),
        _higher("unanswerable_declined", "unanswerable questions declined", _once(_declined, _unanswerable)),
        Overall("auroc", "AUROC, answerable or not", "number", "higher", "answerable", auroc, LEAST_OF_EACH),
        Overall(
            "declined_at_5", "declined at 5% false refusals", "share", "higher", "answerable", _CAUGHT, LEAST_OF_EACH
        ),
        Overall("risk", "risk, mean over all coverages", "number", "lower", "right", area_under_risk),
    ),
    "Confidence": (
        Overall("right_auroc", "AUROC, right or wrong", "number", "higher", "right", auroc, LEAST_OF_EACH),
        Overall("ece", "calibration error (ECE, 10 bins)", "number", "lower", "right", calibration_error),
    ),
    "Costs, medians": (
        _timing("prompt_tokens", "prompt tokens"),
        _timing("answer_tokens", "answer tokens", None),
        _timing("first_token_s", "question to first word"),
        _timing("total_s", "question to whole answer"),
    ),
}


def definitions() -> list[Definition]:
    """The measures of single answers, in order."""
    return [one for section in SECTIONS.values() for one in section if isinstance(one, Definition)]
