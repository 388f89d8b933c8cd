"""Sessions and the conversations that are kept: shown again, gone on with, deleted, and judged."""

from __future__ import annotations

from pathlib import Path

from rag.conversations import Conversations
from rag.queueing import Queue
from rag.turns import Turn
from rag.ui.session import Sessions
from tests.rag.ui.conftest import ask
from tests.rag.ui.fake_assistant import FakeAssistant
from tests.rag.ui.test_session import QUESTION, STOP_SECONDS


def kept_by(conversations: Conversations, sessions: Sessions, name: str) -> list[Turn]:
    return [kept.turn for kept in conversations.turns(sessions.conversation(name))]


def test_whatever_is_asked_is_kept(sessions: Sessions, conversations: Conversations) -> None:
    for question in (QUESTION, "please decline", "missing model", "damaged store"):
        ask(sessions, "one", question)
    assert tuple(kept_by(conversations, sessions, "one")) == sessions.turns("one")
    assert [turn.stage for turn in sessions.turns("one")] == ["done", "done", "fault", "fault"]


def test_a_conversation_is_back_after_a_restart_and_its_footnotes_open(
    sessions: Sessions, conversations: Conversations
) -> None:
    turn = ask(sessions, "one", QUESTION)[-1]
    idle = Queue(FakeAssistant().ask)
    again = Sessions(idle, conversations)
    again.open("another page", sessions.conversation("one"))
    assert again.turns("another page") == (turn,)
    unopened = Sessions(idle, conversations)
    reference = turn.citation_reference(0, 1)
    assert again.source(reference) == unopened.source(reference) == turn.source(reference) is not None
    idle.close()


def test_what_was_cut_off_by_a_crash_is_shown_as_stopped(sessions: Sessions, conversations: Conversations) -> None:
    conversations.begin("c", Turn("k" * 24, QUESTION, stage="searching"))
    sessions.open("one", "c")
    assert [turn.stage for turn in sessions.turns("one")] == ["stopped"]
    assert ask(sessions, "one", "please decline")[-1].stage == "done"
    assert len(conversations.turns("c")) == 2


def test_an_answer_goes_on_while_its_page_shows_another_conversation(
    sessions: Sessions, conversations: Conversations
) -> None:
    ask(sessions, "one", "please decline")
    first = sessions.conversation("one")
    assert sessions.begin("one", QUESTION)
    run = sessions.run("one")
    next(run)
    sessions.renew("one")
    assert sessions.turns("one") == ()
    assert sessions.conversation("one") != first
    next(run)
    assert sessions.turns("one") == (), "the answer does not wander into the new conversation"
    sessions.open("one", first)
    assert not sessions.turns("one")[-1].finished
    last = list(run)[-1]
    assert sessions.turns("one")[-1] == last
    assert kept_by(conversations, sessions, "one")[-1] == last


def test_stop_concerns_the_conversation_that_is_shown(sessions: Sessions) -> None:
    assert sessions.begin("one", "slow")
    run = sessions.run("one")
    next(run)
    first = sessions.conversation("one")
    sessions.renew("one")
    sessions.stop("one")
    assert not next(run).finished
    sessions.open("one", first)
    sessions.stop("one")
    assert list(run)[-1].stage == "stopped"


def test_a_page_that_leaves_stops_what_it_asked_anywhere(sessions: Sessions, assistant: FakeAssistant) -> None:
    assert sessions.begin("one", "slow")
    run = sessions.run("one")
    while next(run).reading.done < 2:
        pass
    sessions.renew("one")
    sessions.leave("one")
    assert assistant.cancelled.wait(STOP_SECONDS)
    assert list(run)[-1].stage == "stopped"


def test_a_deleted_conversation_stops_and_is_gone_from_every_page(
    sessions: Sessions, conversations: Conversations
) -> None:
    turn = ask(sessions, "one", QUESTION)[-1]
    deleted = sessions.conversation("one")
    sessions.open("two", deleted)
    assert sessions.begin("one", "slow")
    run = sessions.run("one")
    next(run)
    sessions.delete(sessions.conversation("two"))
    assert list(run)[-1].stage == "stopped"
    assert sessions.turns("one") == sessions.turns("two") == ()
    assert deleted not in (sessions.conversation("one"), sessions.conversation("two"))
    assert conversations.listed() == []
    assert sessions.source(turn.citation_reference(0, 1)) is None


def test_answering_goes_on_where_nothing_can_be_kept(queue: Queue, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    sessions = Sessions(queue, Conversations(tmp_path / "file" / "conversations.sqlite3"))
    turn = ask(sessions, "one", QUESTION)[-1]
    assert turn.stage == "done"
    assert "cannot be kept" in sessions.trouble
    assert sessions.source(turn.passage_reference(0)) is not None


def test_a_judgement_is_kept_and_shown_everywhere(sessions: Sessions, conversations: Conversations) -> None:
    turn = ask(sessions, "one", QUESTION)[-1]
    assert sessions.remark(turn.key, False, "the year is wrong")
    assert sessions.turns("one")[-1].note == "the year is wrong"
    assert kept_by(conversations, sessions, "one")[-1].liked is False
    for key in ("0" * 24, "", None, 7):
        assert not sessions.remark(key, True, "")
        assert sessions.turn(key) is None
