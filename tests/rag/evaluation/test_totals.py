"""Each measure is taken over its own cases, nothing to count is no zero, and a fault has no score."""

from __future__ import annotations

from typing import Any

import pytest

from rag.evaluation.measures import SECTIONS
from rag.evaluation.scoring import at_threshold
from rag.evaluation.totals import Measure, at_thresholds, case, measures
from tests.rag.evaluation.recorded import CUT, TEXT, citation, gold, record

DECLINED = "The documents do not say."


def measured(records: list[dict[str, Any]]) -> dict[str, Measure]:
    return {measure.name: measure for measure in measures([case(one, {"d": TEXT}) for one in records])}


def test_each_measure_is_taken_over_its_own_cases() -> None:
    found = measured(
        [
            record("Cut from 20 to 10 [1].", gold(["20 to 10"]), [citation(*CUT)], seconds=1),
            record("In 2003 [1].", gold(["2002"]), [citation(0, 27)], support="partial", seconds=2),
            record("Yes [1].", gold(["Yes"], yes_no=True), [citation(*CUT)], support="unsupported", seconds=3),
            record(DECLINED, gold(["2002"]), answered=False, seconds=4),
            record(DECLINED, gold([]), answered=False, seconds=5),
            record("Nobody [1].", gold([]), [citation(64, 85)], seconds=60),
            record("In 2002 [1].", gold([], answerable=None), [citation(0, 27)], seconds=7),
        ]
    )
    assert {name: measure.over for name, measure in found.items() if measure.unit == "share"} == {
        "recall_at_1": "0 of 0",
        "recall_at_5": "0 of 0",
        "recall_at_10": "0 of 0",
        "all_documents_at_10": "0 of 0",
        "some_evidence_read": "0 of 0",
        "all_evidence_read": "0 of 0",
        "right": "2 of 4",
        "wrong": "2 of 4",
        "citation_precision": "0 of 0",
        "citation_recall": "0 of 0",
        "right_answer_cited": "1 of 1",  # a plain yes stands in no document
        "quotes_exact": "5 of 5",
        "passages_exact": "7 of 7",
        "markers_resolve": "5 of 5",
        "sentences_supported": "3 of 5",
        "sentences_partial": "1 of 5",
        "sentences_unsupported": "1 of 5",
        "answerable_declined": "1 of 4",
        "unanswerable_declined": "1 of 2",
        "declined_at_5": "4 and 2",
    }
    assert (found["prompt_tokens"].estimate.value, found["first_token_s"].estimate.value) == (400, 4)
    assert found["citations_a_sentence"].estimate.value == 1.0


def test_a_sentence_that_claims_nothing_is_not_counted() -> None:
    one = record("Sold [1].", gold(["cut"]), [citation(*CUT)], support="unsupported")
    one["sentences"].append({"text": "They do not say.", "support": "supported", "claim": False, "citations": []})
    found = measured([one])
    assert found["sentences_unsupported"].over == "1 of 1"
    assert found["sentences_supported"].over == "0 of 1"


def test_nothing_to_count_is_no_zero() -> None:
    found = measured([])
    assert {measure.estimate.value for measure in found.values()} == {None}
    assert len(found) == sum(map(len, SECTIONS.values()))


def test_a_fault_is_never_scored() -> None:
    with pytest.raises(ValueError, match="q7"):
        case({"id": "q7", "error": "out of memory", "gold": gold(["x"])}, {})


def test_thresholds_show_what_the_setting_does_whatever_was_held_back_in_the_run() -> None:
    records = [
        record("Cut [1].", gold(["cut"]), [citation(*CUT)], confidence=0.85),
        record("Sold [1].", gold(["cut"]), [citation(*CUT)], confidence=0.35),
        record("Cut [1].", gold(["cut"]), [citation(*CUT)], confidence=0.25),
        record(DECLINED, gold(["cut"]), answered=False, confidence=0.05),
        record("Sold [1].", gold([]), [citation(*CUT)], confidence=0.35),
        record("Sold [1].", gold([]), [citation(*CUT)], confidence=0.15),
    ]
    for own in (0.0, 0.5):
        rows = {
            row.threshold: (row.right, row.wrong, row.false_refusals, row.declined, row.invented)
            for row in at_thresholds([case(at_threshold(one, own), {"d": TEXT}) for one in records], own)
        }
        assert rows[0.1] == (0.5, 0.25, 0.25, 0.0, 1.0)
        assert rows[0.3] == (0.25, 0.25, 0.5, 0.5, 0.5)
        assert rows[0.9] == (0.0, 0.0, 1.0, 1.0, 0.0)
        assert own in rows
