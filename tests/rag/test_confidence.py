"""Confidence is a probability that rises with every sign in favour, whatever its weights were calibrated to."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from rag import confidence
from rag.confidence import Calibration, Checking, Reading, after_checking, after_reading, log_odds
from rag.errors import FootnoteError
from rag.records import Sentence

SHIPPED = confidence.load()
READING = Reading(says_yes=0.0, pmi=15.0)
CHECKING = Checking(unsupported=0.0, confirms=0.0)


def sentence(support: float, standing: str = "supported") -> Sentence:
    return Sentence("It closed.", "supported" if standing == "supported" else "unsupported", support, ())


def test_signals_of_reading() -> None:
    assert after_reading(0.5, 3.0) == Reading(says_yes=0.0, pmi=3.0)


def test_signals_of_checking() -> None:
    found = after_checking([sentence(0.9), sentence(0.2, "unsupported")], 0.5)
    assert found == Checking(unsupported=0.5, confirms=0.0)


@pytest.mark.parametrize("probability", [0.0, 1e-30, 0.3, 0.5, 0.9, 1.0])
def test_log_odds_are_bounded_and_symmetric(probability: float) -> None:
    assert abs(log_odds(probability)) < 20
    assert log_odds(probability) == pytest.approx(-log_odds(1 - probability))


def test_the_shipped_weights_name_signals_and_say_where_they_come_from() -> None:
    assert SHIPPED.reading.keys() <= {field.name for field in fields(Reading)} | {"intercept"}
    assert SHIPPED.answer.keys() <= {field.name for field in (*fields(Reading), *fields(Checking))} | {"intercept"}


@pytest.mark.parametrize("says_yes", [-13.8, 0.0, 13.8])
@pytest.mark.parametrize("pmi", [-100.0, 0.0, 100.0])
def test_confidence_is_a_probability(says_yes: float, pmi: float) -> None:
    reading = replace(READING, says_yes=says_yes, pmi=pmi)
    assert 0 <= SHIPPED.before(reading) <= 1
    assert 0 <= SHIPPED.after(reading, CHECKING) <= 1


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        pytest.param(replace(READING, says_yes=3.0), READING, id="the model says yes"),
        pytest.param(READING, replace(READING, says_yes=-3.0), id="the model says no"),
        pytest.param(READING, replace(READING, pmi=0.0), id="the passages have nothing to do with the question"),
    ],
)
def test_signs_before_writing(better: Reading, worse: Reading) -> None:
    assert SHIPPED.before(better) > SHIPPED.before(worse)


def test_an_unsupported_answer_is_less_sure_than_a_supported_one() -> None:
    assert SHIPPED.after(READING, replace(CHECKING, unsupported=1.0)) < SHIPPED.after(READING, CHECKING)


def test_an_answer_that_the_model_stands_by_is_surer() -> None:
    assert SHIPPED.after(READING, replace(CHECKING, confirms=2.0)) > SHIPPED.after(READING, CHECKING)


def test_a_weight_for_an_unknown_signal_is_a_fault() -> None:
    with pytest.raises(FootnoteError, match="mood"):
        Calibration({"mood": 1.0}, {}).before(READING)
