"""A question that is several: each part is read, answered and declined by itself, in one answer with one numbering."""

from __future__ import annotations

import pytest

from rag.errors import Cancelled, ModelError
from rag.records import Checked, Done, Event, Reading, Retrieved, Token
from tests.rag.desk import CUT, INVENTED, OPENED, STEPS, Setting, assert_sound, follow, untimed

ASKED = "How many people did NATO leave at the Russian mission, and when did the liaison mission open in Moscow?"
FIRST, SECOND = "How many people did NATO leave at the Russian mission?", "When did the liaison mission open in Moscow?"
SAID = {FIRST: CUT, SECOND: OPENED}


def test_each_part_is_read_and_told_in_turn(desk: Setting) -> None:
    at = desk(INVENTED, scripted=SAID)
    events = list(at.assistant.ask(ASKED))
    assert isinstance(events[-1], Done)
    answer = events[-1].answer
    assert_sound(answer, at.library)
    assert (answer.question, answer.answer) == (ASKED, f"{CUT} [1] {OPENED} [2]")
    assert [event.sentence for event in events if isinstance(event, Checked)] == list(answer.sentences)
    assert "".join(event.text for event in events if isinstance(event, Token)) == f"{CUT} {OPENED}"
    assert len([event for event in events if isinstance(event, Retrieved)]) == 1
    assert [prompt.turns[-1].parts[-1].splitlines()[-1] for prompt in at.generator.written] == [
        f"Question: {FIRST}",
        f"Question: {SECOND}",
    ]


def test_what_was_read_for_each_part_is_counted(desk: Setting) -> None:
    at = desk(INVENTED, scripted=SAID)
    alone = [at.assistant.answer(question).timing.prompt_tokens for question in (FIRST, SECOND)]
    assert at.assistant.answer(ASKED).timing.prompt_tokens == sum(alone)


@pytest.mark.parametrize(
    ("unsure", "told"),
    [
        (FIRST, f"The documents do not say: {FIRST} {OPENED} [1]"),
        (SECOND, f"{CUT} [1] The documents do not say: {SECOND}"),
    ],
)
@pytest.mark.parametrize("yes", [0.4, 0.01], ids=["below the threshold", "hopeless"])
def test_a_part_that_the_documents_do_not_say_is_named(desk: Setting, unsure: str, told: str, yes: float) -> None:
    at = desk(INVENTED, scripted=SAID, yes={unsure: yes})
    events = list(at.assistant.ask(ASKED))
    assert isinstance(events[-1], Done)
    answer = events[-1].answer
    assert_sound(answer, at.library)
    assert (answer.answered, answer.answer) == (True, told)
    assert answer.confidence >= 0.5
    checked = [event.sentence for event in events if isinstance(event, Checked)]
    assert checked == list(answer.sentences) if yes < 0.1 else set(answer.sentences) < set(checked)


def test_where_no_part_is_said_the_whole_is_declined(desk: Setting) -> None:
    answer = desk(INVENTED, scripted=SAID, yes=0.4).assistant.answer(ASKED)
    assert (answer.answered, answer.answer) == (False, "The documents do not say.")
    assert answer.confidence < 0.5
    assert answer.passages


def test_brackets_of_a_part_that_is_declined_are_no_markers(desk: Setting) -> None:
    asked = f"{FIRST} When did the mission open in Moscow [7]?"
    at = desk(INVENTED, scripted={FIRST: CUT}, yes={"[7]": 0.01, "(7)": 0.01})
    answer = at.assistant.answer(asked)
    assert_sound(answer, at.library)
    assert answer.answer.endswith("The documents do not say: When did the mission open in Moscow (7)?")


def test_the_least_sure_part_says_how_sure_the_answer_is(desk: Setting) -> None:
    at = desk(INVENTED, scripted=SAID, yes={FIRST: 0.9, SECOND: 0.6})
    alone = [at.assistant.answer(question).confidence for question in (FIRST, SECOND)]
    assert at.assistant.answer(ASKED).confidence == min(alone) < max(alone)


def test_a_fault_in_a_later_part_is_a_fault(desk: Setting) -> None:
    at = desk(ModelError("the model went away"), scripted={FIRST: CUT})
    with pytest.raises(ModelError, match="went away"):
        list(at.assistant.ask(ASKED))


def test_it_can_be_stopped_between_two_parts(desk: Setting) -> None:
    at = desk(INVENTED, scripted=SAID)
    seen: list[Event] = []

    def stop() -> bool:
        return any(isinstance(event, Checked) for event in seen)

    with pytest.raises(Cancelled):
        follow(at.assistant.ask(ASKED, cancelled=stop), seen.append)
    assert len(at.generator.written) == 1


def test_the_same_parts_give_the_same_bytes(desk: Setting) -> None:
    at = desk(STEPS, scripted=SAID)
    assert untimed(at.assistant.answer(ASKED)) == untimed(at.assistant.answer(ASKED))


def test_progress_begins_anew_with_each_part(desk: Setting) -> None:
    events = list(desk(INVENTED, scripted=SAID).assistant.ask(ASKED))
    told = [type(event) for event in events if isinstance(event, Reading | Checked)]
    assert told.index(Checked) < len(told) - 1 - told[::-1].index(Reading)


COMPARED = "Which came first: the opening of the mission or the closing of the office?"
PAPERS = {
    "opening.md": "The opening of the mission was in May 2002. Two officers cut a ribbon.\n",
    "closing.md": "The closing of the office was on 18 October 2021. Nobody cut a ribbon.\n",
}
OPENING, CLOSING = "The opening of the mission was in May 2002.", "The closing of the office was on 18 October 2021."
BOTH = {"When was the opening": OPENING, "When was the closing": CLOSING}


def test_two_things_are_compared_by_what_is_told_of_each(desk: Setting) -> None:
    at = desk(INVENTED, scripted=BOTH, documents=PAPERS)
    events = list(at.assistant.ask(COMPARED))
    assert isinstance(events[-1], Done)
    answer = events[-1].answer
    assert_sound(answer, at.library)
    last = "The opening of the mission came first (2002 < 2021-10-18). [1] [2]"
    assert answer.answer == f"{OPENING} [1] {CLOSING} [2] {last}"
    assert [event.sentence for event in events if isinstance(event, Checked)] == list(answer.sentences)


def test_nothing_is_concluded_where_one_of_two_things_is_not_told(desk: Setting) -> None:
    at = desk(INVENTED, scripted=BOTH, documents=PAPERS, yes={"When was the closing": 0.4})
    answer = at.assistant.answer(COMPARED)
    unsaid = "The documents do not say: When was the closing of the office?"
    assert answer.answer == f"{OPENING} [1] {unsaid}"
