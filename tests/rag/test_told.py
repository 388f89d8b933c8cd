"""What an answer is worth once the model reads it with its question and what it cites; and what is written twice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rag.close_reading import NOT_GIVEN
from rag.confidence import Calibration, Probe
from rag.records import Checked, Done, Reading, Retrieved, Token
from rag.settings import Settings
from tests.fakes import ScriptedGenerator
from tests.rag.desk import BY_STATE, CUT, INVENTED, OPENED, QUESTION, STEPS, Desk, Setting, assert_sound

READ_AGAIN = "Does the text give this answer"
QUOTED = "Answer: “"  # where the answer that is read is a quotation
PROBE = Probe(ScriptedGenerator.LAYER, np.ones(1, np.float32), 0.0)
BY_READING: Calibration = replace(BY_STATE, answer={"gives": 1.0}, gives=PROBE)
TWICE = replace(BY_READING, adapters={"answers": Path("answers.gguf")})
AGAIN = ScriptedGenerator.AGAIN
LOOKING: Calibration = replace(BY_STATE, answer={"answerable": 1.0}, answerable=PROBE)


@pytest.mark.parametrize(("gives", "answered"), [(0.9, True), (0.2, False)])
def test_an_answer_is_given_where_what_it_cites_gives_it(desk: Setting, gives: float, answered: bool) -> None:
    at = desk(yes={READ_AGAIN: gives, "": 0.99}, calibration=BY_READING)
    answer = at.assistant.answer(QUESTION)
    assert answer.answered is answered
    assert answer.confidence == pytest.approx(gives, abs=0.01)
    asked = next(prompt for prompt in at.generator.prompts if READ_AGAIN in prompt.turns[-1].parts[-1])
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
    at = desk(INVENTED, yes={QUOTED: 0.05, "": 0.99}, calibration=BY_READING)
    assert not at.assistant.answer(QUESTION).answered
    read = [prompt.turns[-1].parts[-1] for prompt in at.generator.prompts if READ_AGAIN in prompt.turns[-1].parts[-1]]
    assert all(QUOTED in words for words in read)


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


def test_what_is_not_sure_is_written_again_and_that_is_shown_only_where_it_holds(desk: Setting) -> None:
    at = desk(INVENTED, again=CUT, yes={READ_AGAIN: 0.9, "": 0.99}, calibration=TWICE)
    *events, done = at.assistant.ask(QUESTION)
    assert isinstance(done, Done)
    assert done.answer.answered
    assert [sentence.text for sentence in done.answer.sentences] == [CUT]
    assert "".join(event.text for event in events if isinstance(event, Token)) == INVENTED
    assert [event.sentence.text for event in events if isinstance(event, Checked)] == [INVENTED]
    assert [event.again for event in events if isinstance(event, Reading)][-1], "it is seen that something goes on"
    assert not next(event for event in events if isinstance(event, Reading)).again
    first, second = at.generator.written
    assert (first.purpose, second.purpose) == (None, "answers")
    assert "".join(first.turns[-1].parts) == "".join(second.turns[-1].parts)
    assert_sound(done.answer, at.library)


@pytest.mark.parametrize(
    ("says", "again", "calibration", "written", "answered"),
    [
        pytest.param(CUT, INVENTED, TWICE, 1, True, id="the first holds"),
        pytest.param(INVENTED, INVENTED, TWICE, 2, False, id="neither holds"),
        pytest.param(INVENTED, CUT, BY_READING, 1, False, id="no adapter"),
        pytest.param("", CUT, TWICE, 1, False, id="nothing was written"),
    ],
)
def test_it_is_written_twice_only_where_that_may_help(
    desk: Setting, says: str, again: str, calibration: Calibration, written: int, answered: bool
) -> None:
    at = desk(says, again=again, yes={QUOTED: 0.05, READ_AGAIN: 0.9, "": 0.99}, calibration=calibration)
    assert at.assistant.answer(QUESTION).answered is answered
    assert len(at.generator.written) == written


@pytest.mark.parametrize(("sure", "told"), [(0.3, STEPS), (0.38, STEPS), (0.42, CUT)])
def test_of_two_answers_the_one_that_is_clearly_surer_is_given(desk: Setting, sure: float, told: str) -> None:
    at = desk(STEPS, again=CUT, yes={QUOTED: 0.05, STEPS: 0.3, CUT: sure, "": 0.99}, calibration=TWICE)
    at.assistant.adopt(Settings(home=at.library.home, models=at.library.home, threshold=0.1, hopeless=0.05))
    answer = at.assistant.answer("What was announced?")
    assert [sentence.text for sentence in answer.sentences] == [told]
    assert_sound(answer, at.library)


IN_GERMAN = "Warum schloss Russland im Jahr 2021 die Mission bei der NATO?"


@pytest.mark.parametrize(
    ("written", "quoted", "told"),
    [
        pytest.param(0.3, 0.6, "“", id="the quotation is surer"),
        pytest.param(0.3, 0.32, "", id="hardly surer"),
        pytest.param(0.85, 0.95, "", id="the answer is sure enough"),
        pytest.param(0.3, 0.1, "", id="the quotation does not answer"),
    ],
)
def test_where_an_answer_is_not_sure_the_source_speaks_for_itself_where_it_is(
    desk: Setting, written: float, quoted: float, told: str
) -> None:
    at = desk(CUT, yes={QUOTED: quoted, READ_AGAIN: written, "": 0.99}, calibration=BY_READING)
    at.assistant.adopt(Settings(home=at.library.home, models=at.library.home, threshold=0.1, hopeless=0.05))
    answer = at.assistant.answer(IN_GERMAN)
    (sentence, *_) = answer.sentences
    assert sentence.text.startswith(told or CUT[:5])
    if told:
        (citation,) = sentence.citations
        assert sentence.text == f"“{citation.quote}”"
        assert answer.confidence == pytest.approx(quoted, abs=0.01)
    assert_sound(answer, at.library)


def test_nothing_is_quoted_by_who_cannot_tell_whether_it_answers(desk: Setting) -> None:
    at = desk(CUT, yes={QUOTED: 0.9, "": 0.3}, calibration=BY_STATE)
    at.assistant.adopt(Settings(home=at.library.home, models=at.library.home, threshold=0.1, hopeless=0.05))
    assert at.assistant.answer(IN_GERMAN).sentences[0].text == CUT
    assert not any(READ_AGAIN in prompt.turns[-1].parts[-1] for prompt in at.generator.prompts)


READ_ON = "Who came to the mission in Moscow from Hungary?"
CLOSING, OPENING = "Sergei Lavrov announced", "Its chief came from Hungary"  # in a paper each


def reading_one_passage(at: Setting, first: float, then: float, calibration: Calibration = BY_STATE) -> Desk:
    """A desk where one passage is read at first, which answers with one probability, and then more, with another."""
    found = at(CUT, again=CUT, yes={CLOSING: then, OPENING: first}, calibration=calibration)
    home = found.library.home
    found.assistant.adopt(Settings(home=home, models=home, passages=1, threshold=0.5, hopeless=0.1))
    return found


def test_where_what_was_read_seems_not_to_answer_more_is_read(desk: Setting) -> None:
    at = reading_one_passage(desk, first=0.3, then=0.9)
    *events, done = at.assistant.ask(READ_ON)
    assert isinstance(done, Done)
    assert [sentence.text for sentence in done.answer.sentences] == [CUT]
    assert done.answer.confidence == pytest.approx(0.9, abs=0.01)
    first, second = (prompt.source for prompt in at.generator.written)
    assert CLOSING not in first
    assert all(words in second for words in (OPENING, CLOSING))
    (found,) = [event for event in events if isinstance(event, Retrieved)]
    assert len(found.hits) == 1
    assert [one.marker for one in done.answer.passages] == [1, 2]
    assert CUT in done.answer.passages[0].hit.passage.text, "what is cited comes first"
    assert_sound(done.answer, at.library)


@pytest.mark.parametrize(
    ("first", "then", "calibration", "written"),
    [
        pytest.param(0.6, 0.9, BY_STATE, 1, id="what was read seems to answer"),
        pytest.param(0.05, 0.9, BY_STATE, 0, id="hopeless from the start"),
        pytest.param(0.3, 0.05, BY_STATE, 1, id="hopeless with more, too"),
        pytest.param(0.3, 0.2, BY_STATE, 2, id="no surer with more"),
        pytest.param(0.3, 0.35, replace(BY_STATE, adapters={"answers": Path("a.gguf")}), 3, id="written once more"),
    ],
)
def test_more_is_read_only_where_that_may_help(
    desk: Setting, first: float, then: float, calibration: Calibration, written: int
) -> None:
    at = reading_one_passage(desk, first, then, calibration)
    answer = at.assistant.answer(READ_ON)
    assert not answer.answered
    assert len(at.generator.written) == written
    assert len(answer.passages) == 1


@pytest.mark.parametrize(("sure", "written"), [(0.25, 2), (0.35, 1)])
def test_what_is_sure_enough_by_itself_is_not_read_on_for(desk: Setting, sure: float, written: int) -> None:
    at = desk(f"{OPENING}.", yes={CLOSING: sure, OPENING: sure}, calibration=BY_STATE)
    home = at.library.home
    at.assistant.adopt(Settings(home=home, models=home, passages=1, threshold=0.1, hopeless=0.05))
    assert at.assistant.answer(READ_ON).answered
    assert len(at.generator.written) == written


@pytest.mark.parametrize(("again", "answered", "written"), [(0.9, True, 1), (0.4, False, 2), (0.2, False, 2)])
def test_whether_it_was_answered_is_looked_at_once_behind_what_was_written(
    desk: Setting, again: float, answered: bool, written: int
) -> None:
    looking = replace(LOOKING, adapters={"answers": Path("answers.gguf")})
    at = desk(CUT, again=CUT, yes={AGAIN: again, "": 0.99}, calibration=looking)
    answer = at.assistant.answer(QUESTION)
    assert answer.answered is answered
    assert answer.confidence == pytest.approx(again, abs=0.01)
    assert len(at.generator.written) == written
    read = [prompt.purpose for prompt in at.generator.prompts]
    assert read.count("answerable") == 1
    assert read.index("answerable") > at.generator.prompts.index(at.generator.written[0])


def test_nothing_is_looked_at_again_where_that_is_not_weighed(desk: Setting) -> None:
    at = desk(CUT, yes=0.9, calibration=replace(BY_STATE, answerable=PROBE))
    assert at.assistant.answer(QUESTION).answered
    assert not any(prompt.purpose == "answerable" for prompt in at.generator.prompts)


def test_where_everything_was_read_nothing_is_read_again(desk: Setting) -> None:
    at = desk(INVENTED, yes=0.3, calibration=BY_STATE)
    assert not at.assistant.answer(QUESTION).answered
    assert len(at.generator.written) == 1


def test_what_cannot_be_answered_is_not_written_at_all(desk: Setting) -> None:
    at = desk(CUT, again=CUT, yes=0.01, calibration=TWICE)
    assert not at.assistant.answer(QUESTION).answered
    assert at.generator.written == []
