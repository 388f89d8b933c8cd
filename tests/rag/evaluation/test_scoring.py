"""What counts as right, read, cited and exact; each rule by the cases that would fool a looser one."""

from __future__ import annotations

import pytest

from rag.evaluation.scoring import (
    Share,
    at_threshold,
    citation_precision,
    citation_recall,
    cites_answer,
    contains,
    documents_found,
    evidence_read,
    exact_passages,
    exact_quotes,
    is_right,
    outcome,
    reciprocal_rank,
    resolving_markers,
    spans_found,
    token_f1,
)
from tests.rag.evaluation.recorded import CUT, TEXT, citation, gold, passage, record, span


@pytest.mark.parametrize(
    ("text", "answers", "held"),
    [
        pytest.param("It fell from 20 to 10.", ["20 to 10"], True, id="as it stands"),
        pytest.param("It fell FROM 20 TO 10", ["from 20 to 10"], True, id="case"),
        pytest.param("They moved to Hague.", ["The Hague"], True, id="an article missing"),
        pytest.param("The end of the October", ["end of October"], True, id="an article between"),
        pytest.param("1,800 people", ["1800"], True, id="thousands"),
        pytest.param("Moscow's envoys", ["Moscow"], True, id="possessive"),
        pytest.param("the U.S. envoy", ["US"], True, id="abbreviation"),
        pytest.param("the end-of-October deadline", ["end of October"], True, id="hyphens"),
        pytest.param("“19\u00a0against one”", ['"19 against one"'], True, id="typographic"),
        pytest.param("STRASSE", ["Straße"], True, id="case folded"),
        pytest.param("in 2010", ["10"], False, id="inside a number"),
        pytest.param("I know now", ["no"], False, id="inside a word"),
        pytest.param("10 to 20", ["20 to 10"], False, id="another order"),
        pytest.param("from 20", ["from 20 to 10"], False, id="a part only"),
        pytest.param("nothing", [], False, id="no answers"),
        pytest.param("a grade", ["A"], True, id="nothing but an article"),
        pytest.param("grade B", ["A"], False, id="nothing but an article, absent"),
        pytest.param("100", ["%"], False, id="nothing but punctuation"),
    ],
)
def test_containing(text: str, answers: list[str], held: bool) -> None:
    assert contains(text, answers) is held


def test_one_answer_is_enough_unless_all_are_required() -> None:
    assert contains("set up in 2002", ["1997", "2002"])
    assert not contains("set up in 2002", ["1997", "2002"], all_required=True)
    assert contains("set up in 2002 after 1997", ["1997", "2002"], all_required=True)


def test_a_marker_is_no_part_of_an_answer() -> None:
    assert not is_right(record("It was cut [10].", gold(["10"])))
    assert is_right(record("It was cut to 10 [1].", gold(["10"])))
    assert is_right(record("From 20 [1] to 10 [2].", gold(["20 to 10"])))


def test_a_refusal_is_not_right_whatever_it_says() -> None:
    assert not is_right(record("The documents do not say.", gold(["documents"]), answered=False))


@pytest.mark.parametrize(
    ("place", "held"),
    [
        pytest.param((40, 50), True, id="inside the passage"),
        pytest.param((20, 32), False, id="less than half"),
        pytest.param((24, 32), True, id="just half"),
        pytest.param((0, 28), False, id="touching only"),
        pytest.param((0, len(TEXT)), True, id="around the passage"),
    ],
)
def test_evidence_counts_where_half_of_the_shorter_is_common(place: tuple[int, int], held: bool) -> None:
    answer = record("x", gold(["x"], spans=[span(*place)]))
    answer["passages"] = [passage(*CUT)]
    assert evidence_read(answer) == Share(int(held), 1)


def test_evidence_in_another_document_does_not_count() -> None:
    spans = [span(0, 20, "e"), span(0, 20)]
    assert evidence_read(record("x", gold(["x"], spans=spans))) == Share(1, 2)


def test_a_quote_is_exact_to_the_character() -> None:
    shifted = citation(*CUT) | {"start": CUT[0] + 1}
    empty = citation(5, 5)
    elsewhere = citation(*CUT, document_id="unknown")
    answer = record("x", gold(["x"]), [citation(*CUT), shifted, empty, elsewhere])
    assert exact_quotes(answer, {"d": TEXT}) == Share(1, 4)
    assert exact_passages(answer, {"d": TEXT}) == Share(1, 1)
    assert exact_passages(answer, {"d": TEXT.upper()}) == Share(0, 1)


def test_markers_resolve_to_citations_of_the_same_answer() -> None:
    answer = record("Cut [1] [2], and [1] again [7].", gold(["x"]), [citation(*CUT), citation(0, 27, marker=2)])
    assert resolving_markers(answer) == Share(3, 4)


def test_the_cited_words_hold_the_answer_or_not() -> None:
    assert cites_answer(record("x", gold(["20 to 10", "halved"]), [citation(0, 27), citation(*CUT)]))
    assert not cites_answer(record("from 20 to 10", gold(["20 to 10"]), [citation(0, 27)]))
    assert not cites_answer(record("from 20 to 10", gold(["20 to 10"])))


def test_answers_that_are_all_required_may_be_cited_from_several_places() -> None:
    both = gold(["2002", "20 to 10"], answers_all_required=True)
    assert cites_answer(record("x", both, [citation(0, 27), citation(*CUT, marker=2)]))
    assert not cites_answer(record("x", both, [citation(*CUT)]))


@pytest.mark.parametrize(
    ("text", "answers", "score"),
    [
        pytest.param("from 20 to 10", ["20 to 10"], 6 / 7, id="one word more"),
        pytest.param("The 20-to-10 cut [1]", ["20 to 10"], 6 / 7, id="articles, hyphens and markers are no words"),
        pytest.param("ten", ["20 to 10", "ten"], 1.0, id="the nearest answer counts"),
        pytest.param("to to to", ["to"], 0.5, id="words as often as they occur"),
        pytest.param("nothing", ["20 to 10"], 0.0, id="nothing in common"),
        pytest.param("", ["20 to 10"], 0.0, id="nothing said"),
    ],
)
def test_token_f1(text: str, answers: list[str], score: float) -> None:
    assert token_f1(text, answers) == pytest.approx(score)


def test_token_f1_of_answers_that_are_all_required_wants_all_their_words() -> None:
    assert token_f1("2002", ["2002", "1997"], all_required=True) == pytest.approx(2 / 3)


def test_what_is_held_back_comes_back_at_a_lower_threshold() -> None:
    answer = record("Cut [1].", gold(["cut"]), [citation(*CUT)], confidence=0.4)
    held = at_threshold(answer, 0.5, "They do not say.")
    assert (held["answered"], held["answer"], held["sentences"]) == (False, "They do not say.", [])
    assert at_threshold(held, 0.9)["draft"] == held["draft"], "nothing is lost by a threshold on the way"
    assert at_threshold(at_threshold(held, 0.9), 0.4) == answer


def test_what_was_never_written_stays_declined() -> None:
    answer = record("They do not say.", gold(["cut"]), answered=False, confidence=0.05)
    assert at_threshold(answer, 0.0) == answer


@pytest.mark.parametrize(
    ("answered", "known", "expected"),
    [
        pytest.param(True, gold(["cut"]), "right", id="right"),
        pytest.param(True, gold(["sold"]), "wrong", id="wrong"),
        pytest.param(False, gold(["cut"]), "false refusal", id="false refusal"),
        pytest.param(False, gold([]), "declined", id="declined"),
        pytest.param(True, gold([]), "invented", id="invented"),
        pytest.param(True, gold([], answerable=True), "unscored", id="no answer known"),
        pytest.param(False, gold([], answerable=True), "false refusal", id="no answer known, declined"),
        pytest.param(True, gold([], answerable=None), "unscored", id="nothing known"),
    ],
)
def test_what_became_of_a_question(answered: bool, known: dict[str, object], expected: str) -> None:
    assert outcome(record("Cut", known, answered=answered)) == expected


def test_ranks_count_the_gold_spans_and_documents_found() -> None:
    answer = record("x", gold(["x"], spans=[span(28, 63), span(0, 20, "e")]))
    answer["found"] = [passage(0, 27), passage(28, 63), passage(0, 27), passage(0, 30, "e")]
    assert [spans_found(answer, k) for k in (1, 2, 4)] == [Share(0, 2), Share(1, 2), Share(2, 2)]
    assert [documents_found(answer, k) for k in (1, 4)] == [Share(1, 2), Share(2, 2)]
    assert reciprocal_rank(answer) == 0.5
    answer["found"] = []
    assert reciprocal_rank(answer) == 0.0


def test_citations_are_held_against_the_region_and_the_closest_span() -> None:
    near = span(54, 62) | {"region": [28, 63]}
    answer = record("x", gold(["x"], spans=[near, span(0, 27)]), [citation(28, 45), citation(64, 85)])
    assert citation_precision(answer) == Share(1, 2), "the first stands in the region, though not on the answer"
    assert citation_recall(answer) == Share(0, 2)
    answer["sentences"][0]["citations"].append(citation(*CUT))
    assert citation_recall(answer) == Share(1, 2)
