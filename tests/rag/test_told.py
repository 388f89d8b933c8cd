"""What an answer is worth once the model has read it again with its question and what it cites."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rag.close_reading import NOT_GIVEN
from rag.confidence import Calibration, Probe
from tests.fakes import ScriptedGenerator
from tests.rag.desk import BY_STATE, CUT, INVENTED, OPENED, QUESTION, Setting

READ_AGAIN = "Does the text give this answer"
PROBE = Probe(ScriptedGenerator.LAYER, np.ones(1, np.float32), 0.0)
BY_READING: Calibration = replace(BY_STATE, answer={"gives": 1.0}, gives=PROBE)


@pytest.mark.parametrize(("gives", "answered"), [(0.9, True), (0.2, False)])
def test_an_answer_is_given_where_what_it_cites_gives_it(desk: Setting, gives: float, answered: bool) -> None:
    at = desk(yes={READ_AGAIN: gives, "": 0.99}, calibration=BY_READING)
    answer = at.assistant.answer(QUESTION)
    assert answer.answered is answered
    assert answer.confidence == pytest.approx(gives, abs=0.01)
    (asked,) = [prompt for prompt in at.generator.prompts if READ_AGAIN in prompt.turns[-1].parts[-1]]
    for words in (QUESTION, CUT):
        assert words in asked.turns[-1].parts[-1]


@pytest.mark.parametrize(("gives", "support"), [(0.9, "supported"), (0.05, "partial")])
def test_a_tick_is_doubted_where_the_model_hardly_finds_the_answer_given(
    desk: Setting, gives: float, support: str
) -> None:
    at = desk(f"{CUT} It was late.", yes={READ_AGAIN: gives, "": 0.99}, calibration=replace(BY_STATE, gives=PROBE))
    first, *_ = at.assistant.answer(QUESTION).sentences
    assert (first.text, first.support) == (CUT, support)
    assert (NOT_GIVEN in first.reasons) is (support == "partial")


def test_what_holds_nothing_is_not_read_again(desk: Setting) -> None:
    at = desk(INVENTED, calibration=BY_READING)
    assert not at.assistant.answer(QUESTION).answered
    assert not any(READ_AGAIN in prompt.turns[-1].parts[-1] for prompt in at.generator.prompts)


@pytest.mark.parametrize(
    ("question", "said", "calibration", "gives", "answered"),
    [
        pytest.param("What mission opened in Riga in May 2002?", OPENED, BY_READING, 0.9, True, id="given"),
        pytest.param("What mission opened in Riga in May 2002?", OPENED, BY_READING, 0.45, False, id="not given"),
        pytest.param(
            "What mission opened in Riga in May 2002?", OPENED, BY_STATE, 0.9, False, id="nobody read it again"
        ),
        pytest.param("What did NATO cut to 10 people on October 9?", CUT, BY_READING, 0.9, False, id="another day"),
    ],
)
def test_another_name_than_was_asked_about_is_overlooked_where_the_answer_is_found_given(
    desk: Setting, question: str, said: str, calibration: Calibration, gives: float, answered: bool
) -> None:
    weighed = replace(calibration, answer={"state": 1.0, "holds": 4.0, "intercept": -4.0})
    at = desk(said, yes={READ_AGAIN: gives, "": 0.99}, calibration=weighed)
    assert at.assistant.answer(question).answered is answered
