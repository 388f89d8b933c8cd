"""What counts as right, read, cited and exact; each rule by the cases that would fool a looser one."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.scoring import (
    Share,
    cites_answer,
    contains,
    evidence_read,
    exact_passages,
    exact_quotes,
    is_right,
    resolving_markers,
    score,
)

TEXT = "The mission opened in 2002. NATO cut the mission from 20 to 10. Nobody was surprised."
CUT = (28, 63)


def citation(start: int, end: int, marker: int = 1, document_id: str = "d") -> dict[str, Any]:
    return {"marker": marker, "document_id": document_id, "start": start, "end": end, "quote": TEXT[start:end]}


def passage(start: int, end: int, document_id: str = "d") -> dict[str, Any]:
    return {"marker": 1, "document_id": document_id, "start": start, "end": end, "text": TEXT[start:end]}


def gold(answers: list[str], **other: Any) -> dict[str, Any]:  # noqa: ANN401  (values of JSON)
    plain = {"answerable": bool(answers), "answers_all_required": False, "yes_no": False, "spans": []}
    return {**plain, "answers": answers, **other}


def record(
    answer: str,
    known: dict[str, Any],
    citations: list[dict[str, Any]] | None = None,
    answered: bool = True,
    support: str = "supported",
    seconds: float = 1.0,
) -> dict[str, Any]:
    return {
        "id": answer,
        "answer": answer,
        "answered": answered,
        "sentences": [{"text": answer, "support": support, "citations": citations or []}] if answered else [],
        "passages": [passage(0, len(TEXT))],
        "timing": {"prompt_tokens": 400, "first_token_s": seconds, "total_s": 2 * seconds},
        "gold": known,
    }


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
    ("span", "held"),
    [
        pytest.param((40, 50), True, id="inside the passage"),
        pytest.param((20, 32), False, id="less than half"),
        pytest.param((24, 32), True, id="just half"),
        pytest.param((0, 28), False, id="touching only"),
        pytest.param((0, len(TEXT)), True, id="around the passage"),
    ],
)
def test_evidence_counts_where_half_of_the_shorter_is_common(span: tuple[int, int], held: bool) -> None:
    answer = record("x", gold(["x"], spans=[{"document_id": "d", "start": span[0], "end": span[1]}]))
    answer["passages"] = [passage(*CUT)]
    assert evidence_read(answer) == Share(int(held), 1)


def test_evidence_in_another_document_does_not_count() -> None:
    spans = [{"document_id": "e", "start": 0, "end": 20}, {"document_id": "d", "start": 0, "end": 20}]
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


def test_each_share_is_taken_over_its_own_cases() -> None:
    scores = score(
        [
            record("Cut from 20 to 10 [1].", gold(["20 to 10"]), [citation(*CUT)], seconds=1),
            record("In 2003 [1].", gold(["2002"]), [citation(0, 27)], support="partial", seconds=2),
            record("Yes [1].", gold(["Yes"], yes_no=True), [citation(*CUT)], support="unsupported", seconds=3),
            record("The documents do not say.", gold(["2002"]), answered=False, seconds=4),
            record("The documents do not say.", gold([]), answered=False, seconds=5),
            record("Nobody [1].", gold([]), [citation(64, 85)], seconds=60),
        ],
        {"d": TEXT},
    )
    shares = scores.shares
    assert shares["right"] == Share(2, 4)
    assert shares["answerable_declined"] == Share(1, 4)
    assert shares["unanswerable_declined"] == Share(1, 2)
    assert shares["right_answer_cited"] == Share(1, 1), "a plain yes stands in no document"
    assert shares["quotes_exact"] == shares["markers_resolve"] == Share(4, 4)
    assert (shares["sentences_supported"], shares["sentences_partial"]) == (Share(2, 4), Share(1, 4))
    assert shares["sentences_unsupported"] == Share(1, 4)
    assert shares["some_evidence_read"] == Share(0, 0), "no evidence was named"
    assert scores.medians == {"prompt_tokens": 400, "first_token_s": 3.5, "total_s": 7.0}


def test_nothing_to_count_is_no_zero() -> None:
    scores = score([], {})
    assert {share.value for share in scores.shares.values()} == {None}
    assert set(scores.medians.values()) == {None}


def test_a_fault_is_never_scored() -> None:
    faulty = {"id": "q7", "error": "ModelError: out of memory", "gold": gold(["x"])}
    with pytest.raises(ValueError, match="q7"):
        score([record("x", gold(["x"])), faulty], {"d": TEXT})
