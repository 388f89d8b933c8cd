"""Confidence is a probability that rises with every sign in favour, whatever its weights were calibrated to."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from rag import confidence
from rag.confidence import Calibration, Checking, Reading, after_checking, after_reading, log_odds
from rag.errors import FootnoteError
from rag.records import Sentence
from tests.rag.dossier import COSINE, hits

SHIPPED = confidence.load()
READING = Reading(cosine=0.5, coverage=0.5, unknown_names=0.0, unknown_numbers=0.0, says_yes=0.0)
CHECKING = Checking(support=0.5, unsupported=0.0, fluency=-0.5, doubt=-1.0, responds=1.0, grounding=0.5, confirms=0.0)


def sentence(support: float, standing: str = "supported") -> Sentence:
    return Sentence("It closed.", "supported" if standing == "supported" else "unsupported", support, ())


def test_signals_of_reading() -> None:
    found = after_reading("When did Lavrov close the mission?", hits("The mission closed.", "Nobody said why."), 0.5)
    assert found.cosine == COSINE
    assert 0 < found.coverage < 1
    assert found.unknown_names == 1
    assert found.says_yes == 0


@pytest.mark.parametrize(
    ("question", "coverage"),
    [
        pytest.param("Is the mission closed?", 1.0, id="all words stand there"),
        pytest.param("Do penguins swim?", 0.0, id="none does"),
        pytest.param("Is it?", 0.0, id="no words that mean anything"),
    ],
)
def test_coverage_of_the_question(question: str, coverage: float) -> None:
    assert after_reading(question, hits("The mission closed."), 0.5).coverage == coverage


@pytest.mark.parametrize(
    ("title", "heading", "text"),
    [
        pytest.param("On Lavrov", "", "It closed.", id="title"),
        pytest.param("Paper", "Lavrov", "It closed.", id="heading"),
        pytest.param("Paper", "", "Lavrov closed it.", id="text"),
    ],
)
def test_a_name_is_known_wherever_the_passage_gives_it(title: str, heading: str, text: str) -> None:
    assert after_reading("Did Lavrov close it?", hits(text, title=title, heading=heading), 0.5).unknown_names == 0


def test_signals_of_checking() -> None:
    found = after_checking("Why?", [sentence(0.9), sentence(0.2, "unsupported")], [1.0, 0.25], 0.5)
    assert found.support == 0.2
    assert found.unsupported == 0.5
    assert found.doubt < found.fluency < 0
    assert found.confirms == 0


@pytest.mark.parametrize("probability", [0.0, 1e-30, 0.3, 0.5, 0.9, 1.0])
def test_log_odds_are_bounded_and_symmetric(probability: float) -> None:
    assert abs(log_odds(probability)) < 20
    assert log_odds(probability) == pytest.approx(-log_odds(1 - probability))


def test_a_probability_of_nothing_stays_finite() -> None:
    assert after_checking("Why?", [sentence(0.9)], [0.0], 0.0).doubt > -100


def test_the_shipped_weights_name_signals_and_say_where_they_come_from() -> None:
    assert SHIPPED.reading.keys() <= {field.name for field in fields(Reading)} | {"intercept"}
    assert SHIPPED.answer.keys() <= {field.name for field in (*fields(Reading), *fields(Checking))} | {"intercept"}


@pytest.mark.parametrize("says_yes", [-13.8, 0.0, 13.8])
@pytest.mark.parametrize("cosine", [-1.0, 0.0, 1.0])
def test_confidence_is_a_probability(says_yes: float, cosine: float) -> None:
    reading = replace(READING, says_yes=says_yes, cosine=cosine)
    assert 0 <= SHIPPED.before(reading) <= 1
    assert 0 <= SHIPPED.after(reading, CHECKING) <= 1


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        pytest.param(replace(READING, says_yes=3.0), READING, id="the model says yes"),
        pytest.param(READING, replace(READING, says_yes=-3.0), id="the model says no"),
    ],
)
def test_signs_before_writing(better: Reading, worse: Reading) -> None:
    assert SHIPPED.before(better) > SHIPPED.before(worse)


def test_an_unsupported_answer_is_less_sure_than_a_supported_one() -> None:
    bad = replace(CHECKING, support=0.0, unsupported=1.0)
    good = replace(CHECKING, support=1.0)
    assert SHIPPED.after(READING, bad) < SHIPPED.after(READING, good)


def test_a_weight_for_an_unknown_signal_is_a_fault() -> None:
    with pytest.raises(FootnoteError, match="mood"):
        Calibration({"mood": 1.0}, {}).before(READING)
