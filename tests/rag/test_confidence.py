"""Confidence is a probability that rises with every sign in favour, whatever its weights were calibrated to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from importlib import resources
from typing import get_args

import numpy as np
import pytest

from rag import confidence, models
from rag.confidence import CHECKING, READING, Calibration, Probe, holds, log_odds, unsupported
from rag.errors import FootnoteError
from rag.passes import Purpose
from rag.records import Sentence

STORED = json.loads(resources.files("rag").joinpath("calibration.json").read_text("utf-8"))
DEFAULT = next(model.sha256 for model in models.catalogue() if model.name == "qwen2.5-coder-1.5b-instruct")
SHIPPED = {"the default model": confidence.load(DEFAULT), "any other model": confidence.load("unheard of")}
SIGNS = {"state": 0.0, "says_yes": 0.0}
CHECKED = {"unsupported": 0.0, "holds": 0.0, "answerable": 0.0, "written": 0.5, "gives": 0.0, "pmi": 15.0}

shipped = pytest.mark.parametrize("calibration", SHIPPED.values(), ids=SHIPPED)


def sentence(support: float, standing: str = "supported") -> Sentence:
    return Sentence("It closed.", "supported" if standing == "supported" else "unsupported", support, ())


def test_what_is_supported_in_part_holds_half() -> None:
    whole, part = sentence(0.9), Sentence("It closed.", "partial", 0.5, ())
    assert [holds(told) for told in ([], [part], [part, part], [part, whole])] == [0.0, 0.5, 0.5, 1.0]


def test_the_share_of_unsupported_sentences() -> None:
    assert unsupported([sentence(0.9), sentence(0.2, "unsupported")]) == 0.5


@pytest.mark.parametrize("probability", [0.0, 1e-30, 0.3, 0.5, 0.9, 1.0])
def test_log_odds_are_bounded_and_symmetric(probability: float) -> None:
    assert abs(log_odds(probability)) < 20
    assert log_odds(probability) == pytest.approx(-log_odds(1 - probability))


@shipped
def test_the_shipped_weights_name_signals_and_only_a_probed_model_has_a_state(calibration: Calibration) -> None:
    assert calibration.reading.keys() <= READING.keys() | {"intercept"}
    assert calibration.answer.keys() <= READING.keys() | CHECKING.keys() | {"intercept"}
    assert ("state" in calibration.weighed) is (calibration.probe is not None)
    assert ("answerable" in calibration.weighed) is (calibration.answerable is not None)
    assert ("answerable" in calibration.weighed) is ("answerable" in calibration.adapters)


def test_the_default_model_has_a_probe_of_its_own() -> None:
    assert SHIPPED["the default model"].probe is not None
    assert SHIPPED["any other model"].probe is None


@pytest.mark.parametrize("purpose", get_args(Purpose))
def test_an_adapter_is_the_one_that_was_measured(purpose: Purpose) -> None:
    adapter = SHIPPED["the default model"].adapters[purpose]
    stored = STORED["models"][DEFAULT]["adapters"][purpose]
    assert hashlib.sha256(adapter.read_bytes()).hexdigest() == stored["sha256"]
    assert "fit on" in stored["origin"]
    assert not SHIPPED["any other model"].adapters


@pytest.mark.parametrize("chosen", [*STORED["models"].values(), STORED["others"]])
def test_what_is_shipped_says_where_it_comes_from(chosen: Mapping[str, object]) -> None:
    assert "fit on" in str(chosen["origin"])


@shipped
@pytest.mark.parametrize("odds", [-13.8, 0.0, 13.8])
@pytest.mark.parametrize("pmi", [-100.0, 0.0, 100.0])
def test_confidence_is_a_probability(calibration: Calibration, odds: float, pmi: float) -> None:
    signs = {"state": odds, "says_yes": odds}
    assert 0 <= calibration.before(signs) <= 1
    assert 0 <= calibration.after(signs, {**CHECKED, "pmi": pmi}) <= 1


@shipped
def test_a_better_sign_before_writing_makes_an_answer_more_probable(calibration: Calibration) -> None:
    names = sorted(READING.keys() & calibration.weighed)
    assert names
    for name in names:
        assert calibration.before({**SIGNS, name: SIGNS[name] + 3}) > calibration.before(SIGNS)


@shipped
@pytest.mark.parametrize(
    ("name", "better"),
    [("unsupported", -1.0), ("holds", 1.0), ("answerable", 1.0), ("written", 1.0), ("gives", 1.0), ("pmi", 10.0)],
)
def test_a_better_sign_after_writing_makes_an_answer_surer(calibration: Calibration, name: str, better: float) -> None:
    before, after = (calibration.after(SIGNS, {**CHECKED, name: CHECKED[name] + more}) for more in (0.0, better))
    assert after > before if name in calibration.weighed else after == before


def test_a_probe_is_linear_and_refuses_states_of_another_width() -> None:
    probe = Probe(layer=3, weights=np.array([1.0, -2.0], np.float32), intercept=0.5)
    assert probe.log_odds({2: np.zeros(2, np.float32), 3: np.array([3.0, 1.0], np.float32)}) == 1.5
    with pytest.raises(FootnoteError, match="3 numbers of layer 3 for a probe of 2"):
        probe.log_odds({3: np.zeros(3, np.float32)})
    with pytest.raises(FootnoteError, match="no state of layer 3"):
        probe.log_odds({2: np.zeros(2, np.float32)})


def test_a_signal_that_nobody_measures_is_refused() -> None:
    with pytest.raises(FootnoteError, match="unknown signal, mood"):
        Calibration({"mood": 1.0}, {}).before(SIGNS)
