"""Each type of question by itself: shares, and how well confidence tells those that nothing answers."""

from __future__ import annotations

import pytest

from rag.evaluation.by_type import OfType, by_type
from rag.evaluation.totals import Case


def case(of: str, confidence: float, right: bool | None = None, written: bool = True) -> Case:
    """An answerable one where it is right or wrong."""
    return Case("q", "", confidence, written, right is not None, right, {}, of)


def test_unanswerable_ones_are_told_from_all_answerable_questions() -> None:
    cases = [case("why", 0.9, True), case("why", 0.1, True), case("when", 0.8, False)]
    cases += [case("look-alike", 0.85), case("look-alike", 0.05), case("off-topic", 0.0, written=False)]
    found = {one.name: one for one in by_type(cases, 0.2)}
    assert found["why"] == OfType("why", 2, 0.5, 0.5, None, None)
    assert found["when"] == OfType("when", 1, 0.0, 0.0, None, None)
    alike = found["look-alike"]
    assert (alike.questions, alike.right, alike.declined) == (2, None, 0.5)
    assert alike.auroc == pytest.approx(4 / 6)
    assert alike.declined_at_5 == 0.5
    assert found["off-topic"].auroc == 1.0
    assert [one.name for one in by_type(cases, 0.2)] == ["look-alike", "why", "off-topic", "when"]


@pytest.mark.parametrize("of", ["", "why"])
def test_questions_of_one_type_are_not_told_apart(of: str) -> None:
    assert by_type([case(of, 0.9, True), case("", 0.1)], 0.2) == []
