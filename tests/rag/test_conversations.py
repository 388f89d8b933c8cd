"""Conversations: whole turns kept and found again, renamed, deleted for good, by many threads; faults in words."""

from __future__ import annotations

import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rag.conversations import TITLE_CHARACTERS, Conversations
from rag.errors import ConversationsError
from rag.turns import NOTE_CHARACTERS, Turn
from tests.rag.ui.fake_assistant import FakeAssistant

QUESTION = "why did Russia close the mission in 2021?"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "conversations.sqlite3"


@pytest.fixture
def conversations(path: Path) -> Conversations:
    return Conversations(path)


def turn_of(key: str, question: str = QUESTION) -> Turn:
    turn = Turn(key=key, question=question)
    for event in FakeAssistant().ask(question):
        turn = turn.after(event)
    return turn


def keep(conversations: Conversations, conversation: str, *turns: Turn) -> None:
    for turn in turns:
        conversations.begin(conversation, Turn(turn.key, turn.question))
        conversations.finish(turn)


@pytest.mark.parametrize("question", [QUESTION, f"partly: {QUESTION}", "please decline"])
def test_a_turn_comes_back_as_it_was_in_another_process(path: Path, question: str) -> None:
    turn = turn_of("k1", question)
    keep(Conversations(path), "c", turn)
    (kept,) = Conversations(path).turns("c")
    assert kept.turn == turn
    assert Conversations(path).turn("k1") == kept


def test_what_went_wrong_or_was_stopped_is_kept_too(conversations: Conversations) -> None:
    stopped, failed = turn_of("k1").stopped(), Turn("k2", "?").failed("the model file is gone")
    keep(conversations, "c", stopped, failed)
    assert [kept.turn for kept in conversations.turns("c")] == [stopped, failed]


def test_a_question_is_kept_before_it_is_answered(conversations: Conversations) -> None:
    conversations.begin("c", Turn("k1", QUESTION))
    assert [kept.turn.question for kept in conversations.turns("c")] == [QUESTION]


def test_reading_creates_nothing(conversations: Conversations, path: Path) -> None:
    assert conversations.listed() == []
    assert conversations.listed("word") == []
    assert conversations.turns("c") == []
    assert conversations.turn("k") is None
    assert not path.parent.exists()


def test_a_new_home_is_for_its_owner_alone(conversations: Conversations, path: Path) -> None:
    conversations.begin("c", Turn("k", "?"))
    assert stat.S_IMODE(path.parent.stat().st_mode) & 0o077 == 0


@pytest.mark.parametrize(
    ("question", "title"),
    [
        pytest.param(QUESTION, QUESTION, id="as asked"),
        pytest.param("  two\n lines\t ", "two lines", id="white space"),
        pytest.param("a\x1b[31mb\u202ec", "a [31mb c", id="control characters"),
        pytest.param("   ", "Untitled", id="nothing"),
    ],
)
def test_a_conversation_is_named_after_its_first_question(
    conversations: Conversations, question: str, title: str
) -> None:
    keep(conversations, "c", Turn("k1", question).stopped(), turn_of("k2", "another"))
    (listed,) = conversations.listed()
    assert (listed.id, listed.title, listed.questions) == ("c", title, 2)


def test_a_long_first_question_gives_a_short_name(conversations: Conversations) -> None:
    conversations.begin("c", Turn("k", "word " * 20_000))
    assert len(conversations.conversation("c").title) <= TITLE_CHARACTERS


def test_the_last_used_stands_first(conversations: Conversations) -> None:
    for number, name in enumerate(("one", "two", "three", "one")):
        conversations.begin(name, Turn(f"k{number}", name))
    assert [listed.id for listed in conversations.listed()] == ["one", "three", "two"]
    assert [listed.id for listed in conversations.listed(limit=2)] == ["one", "three"]


def test_renaming(conversations: Conversations) -> None:
    keep(conversations, "c", turn_of("k"))
    conversations.rename("c", "  The  mission ")
    assert conversations.conversation("c").title == "The mission"
    with pytest.raises(ConversationsError, match="empty"):
        conversations.rename("c", " \n")
    with pytest.raises(ConversationsError, match="no such conversation"):
        conversations.rename("another", "x")
    assert conversations.conversation("c").title == "The mission"


@pytest.mark.parametrize(
    ("search", "found"),
    [
        pytest.param("", {"a", "b"}, id="nothing sought"),
        pytest.param("MISSION", {"a"}, id="any case"),
        pytest.param("close 2021", {"a"}, id="words anywhere"),
        pytest.param("diplomats", set(), id="only in a source"),
        pytest.param("brüssel", {"b"}, id="in the name"),
        pytest.param("mission brüssel", set(), id="every word"),
        pytest.param("%", set(), id="no wildcard"),
        pytest.param("'; DROP TABLE turns; --", set(), id="no SQL"),
    ],
)
def test_searching(conversations: Conversations, search: str, found: set[str]) -> None:
    keep(conversations, "a", Turn("k1", QUESTION).stopped())
    keep(conversations, "b", turn_of("k2", "please decline"))
    conversations.rename("b", "Brüssel")
    assert {listed.id for listed in conversations.listed(search)} == found


def test_of_a_long_search_the_first_words_count(conversations: Conversations) -> None:
    keep(conversations, "c", turn_of("k1"))
    words = QUESTION.split()
    assert len(conversations.listed(" ".join(words * 200))) == 1
    assert conversations.listed(" ".join(["elsewhere", *words * 200])) == []


def test_answers_are_searched(conversations: Conversations) -> None:
    turn = turn_of("k")
    keep(conversations, "c", turn)
    word = turn.sentences[0].text.split()[3]
    assert word not in QUESTION
    assert conversations.listed(word)


def careless(path: Path, timeout: float, isolation_level: None) -> sqlite3.Connection:
    """A connection that only forgets where something was, as SQLite does unless it is told, or was built, otherwise."""
    connection = sqlite3.Connection(path, timeout=timeout, isolation_level=isolation_level)
    connection.execute("PRAGMA secure_delete = OFF")
    return connection


def test_what_is_deleted_is_gone_from_the_disk(
    conversations: Conversations, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite3, "connect", careless)
    keep(conversations, "a", turn_of("k1", "a very private matter"))
    keep(conversations, "b", turn_of("k2"))
    assert b"private matter" in path.read_bytes()
    conversations.delete("a")
    assert [listed.id for listed in conversations.listed()] == ["b"]
    assert conversations.turn("k1") is None
    assert all(b"private matter" not in file.read_bytes() for file in path.parent.iterdir())


def test_an_answer_that_ends_after_its_conversation_was_deleted_does_not_bring_it_back(
    conversations: Conversations,
) -> None:
    conversations.begin("c", Turn("k", QUESTION))
    conversations.delete("c")
    conversations.finish(turn_of("k"))
    assert (conversations.listed(), conversations.turns("c")) == ([], [])


def test_what_the_reader_thinks_is_kept(conversations: Conversations) -> None:
    turn = turn_of("k")
    keep(conversations, "c", turn)
    for liked, note in ((True, ""), (False, "the year is wrong"), (None, "")):
        conversations.finish(turn.remarked(liked, f" {note}\n"))
        kept = conversations.turn("k")
        assert kept is not None
        assert (kept.turn.liked, kept.turn.note) == (liked, note)
    assert len(turn.remarked(True, "x" * 10_000).note) == NOTE_CHARACTERS


def test_many_threads_and_two_handles(path: Path) -> None:
    def ask(number: int) -> None:
        keep(Conversations(path), f"c{number % 4}", turn_of(f"k{number}", f"question {number}"))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(ask, range(40)))
    listed = Conversations(path).listed()
    assert {one.id: one.questions for one in listed} == {f"c{number}": 10 for number in range(4)}


@pytest.mark.parametrize("content", [b"not a database, but longer than a header " * 40, "another", "unmarked", "newer"])
def test_a_file_that_cannot_be_read_is_one_line(path: Path, content: bytes | str) -> None:
    path.parent.mkdir()
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        connection = sqlite3.connect(path)
        identity, version = {"another": (7, 99), "unmarked": (0, 0), "newer": (0x466F6F43, 99)}[content]
        connection.executescript(
            f"CREATE TABLE x (y); PRAGMA application_id = {identity}; PRAGMA user_version = {version}"
        )
        connection.close()
    before = path.read_bytes()
    conversations = Conversations(path)
    for attempt in (conversations.listed, lambda: conversations.begin("c", Turn("k", "?"))):
        with pytest.raises(ConversationsError) as caught:
            attempt()
        assert "\n" not in str(caught.value)
        assert str(path) in str(caught.value)
    assert path.read_bytes() == before


def test_a_home_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConversationsError, match="cannot be kept"):
        Conversations(tmp_path / "file" / "home" / "conversations.sqlite3").begin("c", Turn("k", "?"))


def test_a_record_of_another_form_is_a_fault_and_no_crash(conversations: Conversations, path: Path) -> None:
    keep(conversations, "c", turn_of("k"))
    connection = sqlite3.connect(path)
    connection.execute("UPDATE turns SET record = '{}'")
    connection.commit()
    connection.close()
    with pytest.raises(ConversationsError, match="does not read"):
        conversations.turns("c")
