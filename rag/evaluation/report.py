"""The report of a run: its measures, curves and single answers as one value, and the JSON form of it.

The form holds what a later run needs to be compared with this one. Prints and draws nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from index.records import Document
from rag.effect import Effect, Row
from rag.evaluation.by_type import OfType, by_type
from rag.evaluation.estimates import Bin, Risk, reliability, risk_coverage
from rag.evaluation.scoring import Record
from rag.evaluation.totals import AtThreshold, Case, Measure, at_thresholds, case, measures, truths

KIND = "footnote evaluate"


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a run has shown. Row i of `cases` belongs to row i of `records`; `documents` are by id."""

    threshold: float
    records: tuple[Record, ...]
    documents: Mapping[str, Document]
    cases: tuple[Case, ...]
    measures: tuple[Measure, ...]
    types: tuple[OfType, ...]
    thresholds: tuple[AtThreshold, ...]
    reliability: tuple[Bin, ...]
    risk: tuple[Risk, ...]

    @property
    def lost(self) -> list[str]:
        """The questions whose evidence does not stand in the stored text, left out of all measures of evidence."""
        return [record["id"] for record in self.records if record["gold"]["lost"]]


def report_of(records: Sequence[Record], documents: Mapping[str, Document], threshold: float) -> Report:
    """Scores answers, each as it is at `threshold`; `documents` are those that they show, by id."""
    texts = {document_id: document.text for document_id, document in documents.items()}
    cases = tuple(case(record, texts) for record in records)
    right = truths(cases, "right")
    return Report(
        threshold=threshold,
        records=tuple(records),
        documents=documents,
        cases=cases,
        measures=tuple(measures(cases)),
        types=tuple(by_type(cases, threshold)),
        thresholds=tuple(at_thresholds(cases, threshold)),
        reliability=tuple(reliability(*right)),
        risk=tuple(risk_coverage(*right)),
    )


def effect_of(report: Report, file: str) -> Effect | None:
    """What thresholds do to the questions of a file; None where it does not have both, answerable ones and others."""
    rows = [
        Row(one.threshold, one.right, one.wrong, one.false_refusals, one.declined)
        for one in report.thresholds
        if one.right is not None and one.wrong is not None
        if one.false_refusals is not None and one.declined is not None
    ]
    answerable = sum(bool(one.answerable) and one.right is not None for one in report.cases)
    others = sum(one.answerable is False for one in report.cases)
    model = report.records[0]["model"]["name"]
    return Effect(file, model, answerable, others, tuple(rows)) if rows else None


def report_form(report: Report) -> dict[str, Any]:
    """The report as JSON."""
    first = report.records[0]
    return {
        "report": KIND,
        "questions": len(report.cases),
        "threshold": report.threshold,
        "model": first["model"],
        "index": first["index"],
        "made_by": first["made_by"],
        "lost": report.lost,
        "measures": [measure_form(measure) for measure in report.measures],
        "types": [asdict(row) for row in report.types],
        "thresholds": [asdict(row) for row in report.thresholds],
        "reliability": [asdict(row) for row in report.reliability],
        "risk_coverage": [asdict(point) for point in report.risk],
        "cases": [_case_form(*pair) for pair in zip(report.cases, report.records, strict=True)],
    }


def measure_form(measure: Measure) -> dict[str, Any]:
    """One measure with its 95% interval."""
    return {
        "name": measure.name,
        "section": measure.section,
        "title": measure.title,
        "unit": measure.unit,
        "better": measure.better,
        "value": measure.estimate.value,
        "low": measure.estimate.low,
        "high": measure.estimate.high,
        "over": measure.over,
    }


def _case_form(one: Case, record: Record) -> dict[str, Any]:
    return {
        "id": one.id,
        "question": record["question"],
        "gold": gold_digest(record),
        "outcome": one.outcome,
        "confidence": one.confidence,
        "written": one.written,
        "answerable": one.answerable,
        "right": one.right,
        "type": one.type,
        "values": {name: list(pair) for name, pair in one.values.items()},
    }


def case_of(form: Mapping[str, Any]) -> Case:
    """The case that `form` was made from."""
    return Case(
        id=form["id"],
        outcome=form["outcome"],
        confidence=form["confidence"],
        written=form["written"],
        answerable=form["answerable"],
        right=form["right"],
        values={name: (hits, of) for name, (hits, of) in form["values"].items()},
        type=form.get("type", ""),
    )


def gold_digest(record: Record) -> str:
    """Tells whether a question is scored by the same knowledge as before."""
    known = json.dumps([record["question"], record["gold"]], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(known.encode()).hexdigest()[:16]
