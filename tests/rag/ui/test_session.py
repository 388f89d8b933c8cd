"""Sessions: one question at a time, a stop that works at any moment, faults that leave the page usable."""

from __future__ import annotations

import threading
import time
from itertools import pairwise
from pathlib import Path

import pytest

from rag.conversations import Conversations
from rag.errors import UNEXPECTED
from rag.queueing import Queue
from rag.turns import Turn
from rag.ui.session import SESSIONS_KEPT, TURNS_KEPT, Sessions
from tests.rag.ui.conftest import ask
from tests.rag.ui.fake_assistant import FakeAssistant

QUESTION = "why did Russia close the mission in 2021?"
STOP_SECONDS = 20.0  # of the 100 s that "slow" reads


def test_a_question_is_answered_and_kept(sessions: Sessions) -> None:
    assert sessions.begin("one", QUESTION)
    assert [turn.stage for turn in sessions.turns("one")] == ["searching"]
    states = list(sessions.run("one"))
    assert states[-1].stage == "done"
    assert sessions.turns("one") == (states[-1],)


def test_passages_that_come_in_a_moment_are_waited_for(sessions: Sessions) -> None:
    assert sessions.begin("one", QUESTION)
    sessions.await_passages("one", STOP_SECONDS)
    shown = sessions.turns("one")[-1]
    assert shown.hits
    assert list(sessions.run("one"))[-1].stage == "done"
    assert sessions.turns("one")[-1].hits == shown.hits


def test_the_passages_of_a_question_that_waits_are_not_waited_for(sessions: Sessions) -> None:
    assert sessions.begin("one", "slow")
    assert sessions.begin("two", QUESTION)
    sessions.await_passages("two", 3600.0)  # for ever, if it did
    assert sessions.turns("two")[-1].stage == "waiting"


def test_a_fault_ends_the_wait_for_passages_and_is_told(sessions: Sessions) -> None:
    assert sessions.begin("one", "damaged store")
    sessions.await_passages("one", 3600.0)
    assert list(sessions.run("one"))[-1].stage == "fault"


def test_a_stop_ends_the_wait_for_passages(sessions: Sessions) -> None:
    assert sessions.begin("one", "slow")
    sessions.stop("one")
    sessions.await_passages("one", 3600.0)
    assert sessions.turns("one")[-1].stage == "stopped"


def test_nothing_is_drawn_that_is_shown_already(sessions: Sessions) -> None:
    assert sessions.begin("one", QUESTION)
    states = [*sessions.turns("one"), *sessions.run("one")]
    assert all(one != another for one, another in pairwise(states))


def test_the_answer_is_shown_as_it_is_written_but_not_token_by_token(sessions: Sessions) -> None:
    states = ask(sessions, "one", QUESTION)
    drafts = [state.draft for state in states if state.draft]
    assert 3 <= len(drafts) < 60  # some 100 words at one every hundredth of a second
    assert all(state.sentences or state.draft for state in states if state.stage == "writing")


@pytest.mark.slow
def test_a_question_is_asked_with_what_was_said_before_in_its_conversation(
    sessions: Sessions, assistant: FakeAssistant
) -> None:
    ask(sessions, "other", "something else")
    ask(sessions, "one", QUESTION)
    ask(sessions, "one", "decline this")
    assert ask(sessions, "one", "long " * 5000)[-1].stage == "fault"  # too long to be read, or to be leant on
    ask(sessions, "one", "Why?")
    _, first, second, _, third = assistant.histories
    assert first == ()
    assert [exchange.question for exchange in second] == [QUESTION]
    assert [exchange.question for exchange in third] == [QUESTION, "decline this"]
    assert [bool(exchange.answer) for exchange in third] == [True, False]
    sessions.renew("one")
    ask(sessions, "one", "And then?")
    assert assistant.histories[-1] == ()


def test_pages_do_not_see_each_other(sessions: Sessions) -> None:
    ask(sessions, "one", QUESTION)
    ask(sessions, "two", "please decline")
    assert [turn.question for turn in sessions.turns("one")] == [QUESTION]
    assert [turn.question for turn in sessions.turns("two")] == ["please decline"]


def test_a_second_question_waits_for_the_first(sessions: Sessions) -> None:
    assert sessions.begin("one", QUESTION)
    assert not sessions.begin("one", "another")
    assert list(sessions.run("one"))[-1].finished
    assert sessions.begin("one", "another")


@pytest.mark.parametrize("question", ["", " \n", "?!", "\u200b"], ids=["nothing", "blank", "no words", "invisible"])
def test_where_nothing_is_asked_no_conversation_begins(sessions: Sessions, tmp_path: Path, question: str) -> None:
    assert not sessions.begin("one", question)
    assert list(sessions.run("one")) == []
    assert (sessions.turns("one"), list(tmp_path.iterdir())) == ((), [])


def test_running_without_a_question_does_nothing(sessions: Sessions) -> None:
    assert list(sessions.run("one")) == []


@pytest.mark.parametrize(
    ("question", "words"),
    [
        pytest.param("why " * 25_000, "too long", id="100,000 characters"),
        pytest.param("missing model", "model file is gone", id="model removed"),
        pytest.param("damaged store", "is damaged", id="store damaged"),
    ],
)
def test_a_fault_is_one_line_and_the_page_goes_on(sessions: Sessions, question: str, words: str) -> None:
    failed = ask(sessions, "one", question)[-1]
    assert failed.stage == "fault"
    assert words in failed.message
    assert "\n" not in failed.message
    assert ask(sessions, "one", QUESTION)[-1].stage == "done"


def test_a_defect_is_raised_and_the_page_goes_on(sessions: Sessions) -> None:
    assert sessions.begin("one", "crash")
    with pytest.raises(ZeroDivisionError):
        list(sessions.run("one"))
    assert sessions.turns("one")[-1].message == UNEXPECTED
    assert ask(sessions, "one", QUESTION)[-1].stage == "done"


@pytest.mark.parametrize("stage", ["reading", "writing"])
def test_stop_works_at_any_moment_and_keeps_what_is_there(sessions: Sessions, stage: str) -> None:
    question = QUESTION if stage == "writing" else f"slow: {QUESTION}"
    assert sessions.begin("one", question)
    states: list[Turn] = []
    for turn in sessions.run("one"):
        states.append(turn)
        if turn.stage == stage:
            sessions.stop("one")
            stopped_at = time.monotonic()
    assert time.monotonic() - stopped_at < STOP_SECONDS
    last = states[-1]
    assert last.stage == "stopped"
    assert (last.hits, last.draft) == (states[-2].hits, states[-2].draft)


def test_stop_frees_the_model(sessions: Sessions, assistant: FakeAssistant) -> None:
    assert sessions.begin("one", "slow")
    for turn in sessions.run("one"):
        if turn.reading.done > 2:
            sessions.stop("one")
    assert assistant.cancelled.wait(STOP_SECONDS)
    assert ask(sessions, "two", QUESTION)[-1].stage == "done"


def test_a_reader_who_goes_away_frees_the_model(sessions: Sessions, assistant: FakeAssistant) -> None:
    assert sessions.begin("one", "slow")
    run = sessions.run("one")
    for turn in run:
        if turn.reading.done > 2:
            break
    run.close()  # type: ignore[attr-defined]  # what gradio does to a handler whose page is gone
    assert assistant.cancelled.wait(STOP_SECONDS)
    assert sessions.turns("one")[-1].finished


def test_a_question_stopped_while_it_waits_never_begins(sessions: Sessions, assistant: FakeAssistant) -> None:
    assert sessions.begin("one", "slow")
    assert sessions.begin("two", QUESTION)
    assert sessions.turns("two")[-1].stage == "waiting"
    sessions.stop("two")
    assert sessions.turns("two")[-1].stage == "stopped"
    assert list(sessions.run("two")) == []
    sessions.stop("one")
    assert ask(sessions, "three", "please decline")[-1].stage == "done"
    assert assistant.asked == ["slow", "please decline"]


def test_a_question_stopped_before_anybody_follows_it_is_given_up(sessions: Sessions, assistant: FakeAssistant) -> None:
    """As when a page is closed right after asking."""
    assert sessions.begin("one", "slow")
    sessions.stop("one")
    assert list(sessions.run("one")) == []
    assert sessions.turns("one")[-1].stage == "stopped"
    assert ask(sessions, "two", QUESTION)[-1].stage == "done"


def test_questions_of_several_pages_go_through_the_model_one_after_another(conversations: Conversations) -> None:
    class Watched(FakeAssistant):
        at_once = 0
        most = 0

        def ask(self, question, **given):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN003, ANN202
            self.at_once += 1
            self.most = max(self.most, self.at_once)
            yield from super().ask(question, **given)
            self.at_once -= 1

    watched = Watched(pause=0.002)
    queue = Queue(watched.ask)
    sessions = Sessions(queue, conversations)
    threads = [
        threading.Thread(target=ask, args=(sessions, f"page {number}", f"{QUESTION} {number}")) for number in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in range(6):
        (turn,) = sessions.turns(f"page {number}")
        assert turn.stage == "done"
        assert turn.answer is not None
        assert turn.answer.question == f"{QUESTION} {number}"
    assert watched.most == 1
    queue.close()


def test_only_links_that_were_shown_open_something(sessions: Sessions) -> None:
    turn = ask(sessions, "one", QUESTION)[-1]
    assert sessions.source(turn.passage_reference(0)) is not None
    assert sessions.source(Turn(key="0" * 24, question="").passage_reference(0)) is None
    assert sessions.source("cite-x") is None


def test_keys_cannot_be_guessed(sessions: Sessions) -> None:
    keys = {ask(sessions, "one", "please decline")[-1].key for _ in range(5)}
    assert len(keys) == 5
    assert all(len(key) >= 24 for key in keys)


def test_memory_is_bounded(sessions: Sessions) -> None:
    for number in range(SESSIONS_KEPT + 10):
        ask(sessions, f"page {number}", "damaged store")
    assert sessions.turns(f"page {SESSIONS_KEPT + 9}") != ()
    assert sessions.turns("page 0") == ()
    for _ in range(TURNS_KEPT + 5):
        ask(sessions, "one", "damaged store")
    assert len(sessions.turns("one")) == TURNS_KEPT


def test_closing_stops_what_is_being_answered(queue: Queue, sessions: Sessions) -> None:
    assert sessions.begin("one", "slow")
    run = sessions.run("one")
    while not next(run).hits:
        pass
    started = time.monotonic()
    queue.close()
    assert time.monotonic() - started < STOP_SECONDS
    assert list(run)[-1].stage == "stopped"
