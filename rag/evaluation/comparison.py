"""Two runs on the same questions: what changed, and whether chance would explain it.

Questions are paired by their id, where both runs scored them by the same knowledge. Yes-or-no measures are tested by
McNemar's test, all get a bootstrap interval over pairs. Knows the JSON form of the earlier report only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from rag.errors import EvaluationError
from rag.evaluation.configuration import differences
from rag.evaluation.estimates import Estimate, mcnemar, paired_middle, paired_ratio, paired_whole
from rag.evaluation.gold import Question
from rag.evaluation.measures import SECTIONS, Better, Definition, Overall, Unit
from rag.evaluation.report import KIND, Report, case_of, gold_digest
from rag.evaluation.totals import Case, columns, truths
from rag.questions import readable

Pairs = Sequence[tuple[Case, Case]]


@dataclass(frozen=True, slots=True)
class Change:
    """One measure on the questions that both runs have a value for.

    `difference` is now less before, with its 95% interval. For yes-or-no measures `probability` is the p-value of
    McNemar's test, and `gained` and `lost` are the questions that became a yes and those that ceased to be one.
    """

    name: str
    section: str
    title: str
    unit: Unit
    better: Better
    before: float
    now: float
    difference: Estimate
    probability: float | None
    gained: tuple[str, ...]
    lost: tuple[str, ...]

    @property
    def certain(self) -> bool:
        """Whether chance alone would seldom do this: the interval leaves out 0, and the test, if any, agrees.

        Never of so few questions that there is no interval.
        """
        low, high = self.difference.low, self.difference.high
        apart = low is not None and high is not None and (low > 0 or high < 0)
        return apart and (self.probability is None or self.probability < 0.05)


@dataclass(frozen=True, slots=True)
class Comparison:
    """`name` is the earlier report's file. `made_otherwise` says what differs between the runs, in words.

    `left_out` are the questions of either run that the other lacks, or that were scored by other knowledge.
    """

    name: str
    questions: int
    left_out: tuple[str, ...]
    made_otherwise: tuple[str, ...]
    changes: tuple[Change, ...]


def read_report(path: Path) -> dict[str, Any]:
    """An earlier report. Raises EvaluationError where the file is none, or not a whole one."""
    try:
        form = json.loads(path.read_bytes())
    except OSError as error:
        raise EvaluationError(f"{path}: the earlier report cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise EvaluationError(f"{path}: not a report; write one with: footnote evaluate FILE --json") from error
    if not isinstance(form, dict) or form.get("report") != KIND:
        raise EvaluationError(f"{path}: not a report; write one with: footnote evaluate FILE --json")
    try:
        whole = {"made_by", "model", "threshold"} <= form.keys()
        for one in form["cases"]:
            case_of(one)
            whole = whole and {"gold", "question"} <= one.keys()
    except (KeyError, TypeError, ValueError, AttributeError):
        whole = False
    if not whole:
        raise EvaluationError(f"{path}: not a whole report; write one with: footnote evaluate FILE --json")
    return form


def require_common(
    name: str, earlier: Mapping[str, Any], now: Mapping[str, str], by: Literal["question", "gold"]
) -> None:
    """Raises EvaluationError where the runs have no question in common, so that nothing is asked in vain.

    `now` holds by id the text of each question or, where `by` is "gold", its digest with what is known of it.
    """
    if not any(now.get(form["id"]) == form[by] for form in earlier["cases"]):
        raise EvaluationError(
            f"{name}: that run and this one have no question in common; compare runs of the same questions, with the"
            " same id, words and known answer"
        )


def digests(questions: Sequence[Question], known: Mapping[str, Any]) -> dict[str, str]:
    """By id, what a question and what is known of it come to in a report."""
    return {one.id: gold_digest({"question": readable(one.question), "gold": known[one.id]}) for one in questions}


def compare(name: str, earlier: Mapping[str, Any], report: Report) -> Comparison:
    """The run of `report` against an earlier one. Raises EvaluationError where they have no question in common."""
    golds = {record["id"]: gold_digest(record) for record in report.records}
    require_common(name, earlier, golds, "gold")
    before = {form["id"]: case_of(form) for form in earlier["cases"] if golds.get(form["id"]) == form["gold"]}
    pairs = [(before[one.id], one) for one in report.cases if one.id in before]
    ids = {*golds, *(form["id"] for form in earlier["cases"])}
    now = {**report.records[0]["made_by"], "model": report.records[0]["model"], "threshold": report.threshold}
    then = {**earlier["made_by"], "model": earlier["model"], "threshold": earlier["threshold"]}
    changes = [
        _change(section, one, pairs) if isinstance(one, Definition) else _overall(section, one, pairs)
        for section, within in SECTIONS.items()
        for one in within
    ]
    return Comparison(
        name=name,
        questions=len(pairs),
        left_out=tuple(sorted(ids - before.keys())),
        made_otherwise=tuple(differences(then, now)),
        changes=tuple(change for change in changes if change is not None),
    )


def _change(section: str, one: Definition, pairs: Pairs) -> Change | None:
    both = [pair for pair in pairs if all(one.name in case.values for case in pair)]
    if not both:
        return None
    before, now = (columns([pair[run] for pair in both], one.name) for run in (0, 1))
    difference = paired_middle(before[0], now[0]) if one.median else paired_ratio(before, now)
    was, is_now = (float(np.median(hits) if one.median else hits.sum() / of.sum()) for hits, of in (before, now))
    gained, lost, probability = _turned(one, both)
    return Change(
        one.name, section, one.title, one.unit, one.better, was, is_now, difference, probability, gained, lost
    )


def _turned(one: Definition, pairs: Pairs) -> tuple[tuple[str, ...], tuple[str, ...], float | None]:
    """The questions that turned, and how probable so uneven a turn is; nothing where the measure is no yes or no."""
    outcomes = [(now.id, before.values[one.name], now.values[one.name]) for before, now in pairs]
    if one.unit != "share" or any(pair not in ((0, 1), (1, 1)) for _, *two in outcomes for pair in two):
        return (), (), None
    gained = tuple(name for name, before, now in outcomes if now > before)
    lost = tuple(name for name, before, now in outcomes if now < before)
    return gained, lost, mcnemar(len(gained), len(lost))


def _overall(section: str, one: Overall, pairs: Pairs) -> Change | None:
    known = [pair for pair in pairs if all(getattr(case, one.truth) is not None for case in pair)]
    if not known:
        return None
    before, now = (truths([pair[run] for pair in known], one.truth) for run in (0, 1))
    values = one.statistic(*before), one.statistic(*now)
    if values[0] is None or values[1] is None:
        return None
    difference = paired_whole(one.statistic, before, now, one.of_each)
    return Change(one.name, section, one.title, one.unit, one.better, values[0], values[1], difference, None, (), ())
