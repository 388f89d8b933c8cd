"""A conversation in the terminal: line by line in a pipe, with Ctrl-C on a terminal, kept as on the page."""

from __future__ import annotations

import io
import json
import os
import pty
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from rag.conversations import FILE, Conversations
from rag.terminal import safe
from tests.rag.conftest import Command, Ran

ROOT = Path(__file__).parents[2]
QUESTION = "When did the harbour office open?"
ANSWER = "The office opened in March 1911. [1] ✓ It employed forty clerks. [1] ✓"

PATIENCE = 40.0  # seconds; an answer takes one

Chat = Callable[..., Ran]


@pytest.fixture
def chat(stocked: Command, monkeypatch: pytest.MonkeyPatch) -> Chat:
    """Runs `chat` with these lines on its standard input."""

    def chatted(*lines: str, options: Sequence[str] = ()) -> Ran:
        typed = "".join(f"{line}\n" for line in lines).encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed), "utf-8"))
        return stocked("chat", *options)

    return chatted


def kept(home: Path) -> list[list[str]]:
    """The questions of each kept conversation, that last used first."""
    conversations = Conversations(home / FILE)
    return [
        [turn.turn.question for turn in conversations.turns(conversation.id)] for conversation in conversations.listed()
    ]


def test_each_line_is_a_question_answered_in_turn(chat: Chat) -> None:
    ran = chat(QUESTION, "", "decline this")
    assert ran.code == 0
    assert ran.out.startswith(f"{ANSWER}\n\n[1] The harbour")
    assert ran.out.index("The nearest passages:") > ran.out.index("Confidence")
    assert ran.err == ""


def test_a_question_that_leans_says_how_it_was_understood(chat: Chat) -> None:
    ran = chat(QUESTION, "When was it opened?")
    assert f"Understood as: When was the harbour office opened?\n\n{ANSWER}" in ran.out


def test_as_json_each_answer_is_one_line_and_says_how_it_was_understood(chat: Chat) -> None:
    ran = chat(QUESTION, "/sources", "When was it opened?", options=["--json"])
    first, second = map(json.loads, ran.out.splitlines())
    assert (first["question"], first["standalone"]) == (QUESTION, None)
    assert (second["question"], second["standalone"]) == ("When was it opened?", "When was the harbour office opened?")


def test_a_new_conversation_knows_nothing_of_the_old_one(chat: Chat, home: Path) -> None:
    ran = chat(QUESTION, "/new", "When was it opened?")
    assert "Understood as" not in ran.out
    assert kept(home) == [["When was it opened?"], [QUESTION]]


def test_a_conversation_is_kept_as_the_page_keeps_it_unless_told_otherwise(chat: Chat, home: Path) -> None:
    chat(QUESTION, "When was it opened?", options=["--no-record"])
    assert kept(home) == []
    chat(QUESTION, "When was it opened?")
    (conversation,) = Conversations(home / FILE).listed()
    assert conversation.title == QUESTION
    _, turn = (turn.turn for turn in Conversations(home / FILE).turns(conversation.id))
    assert turn.stage == "done"
    assert turn.standalone == "When was the harbour office opened?"
    assert turn.answer is not None
    assert turn.source(turn.citation_reference(0, 1)) is not None


def test_an_answer_of_a_conversation_can_be_replayed(chat: Chat, stocked: Command) -> None:
    _, second = map(json.loads, chat(QUESTION, "When was it opened?", options=["--json"]).out.splitlines())
    again = stocked("replay", second["id"], "--json").json
    assert again["identical"]
    assert again["standalone"] == second["standalone"]


def test_the_sources_are_the_exact_words(chat: Chat, stocked: Command, papers: Path) -> None:
    ran = chat(QUESTION, "/sources 1", "/sources", "/sources 9", f"/sources {'9' * 5000}")
    shown = ran.out.partition("s in all")[2]
    stored = stocked("show", papers / "harbour.md", "--json").json["text"]
    assert "»The office opened in March 1911.«" in shown
    assert "“The office opened in March 1911.”" in shown
    for line in shown.splitlines():
        if line.startswith("footnote show "):
            start, end = map(int, line.split()[-1].split(":"))
            assert f"»{stored[start:end]}«" in shown
    assert ran.err.count("There is no such footnote; numbers of this answer: 1 to ") == 2


def test_commands_that_are_not_known_and_sources_of_nothing_are_told(chat: Chat) -> None:
    ran = chat("/sources", "/sauces", "/quit", QUESTION)
    assert ran.out == ""
    assert ran.err == (
        "There is no answer yet whose sources could be shown.\n/sauces is not known here; /help names what is.\n"
    )


def test_a_line_that_cannot_be_answered_ends_a_pipe_with_a_fault(chat: Chat) -> None:
    ran = chat(QUESTION, "?!")
    assert ran.code == 1
    assert ran.out.startswith(ANSWER)
    assert ran.err.startswith("footnote: line 2: the question is empty")


def test_a_fault_of_the_model_is_kept_with_its_question(chat: Chat, home: Path) -> None:
    assert chat("A fault?").code == 1
    (conversation,) = Conversations(home / FILE).listed()
    (turn,) = Conversations(home / FILE).turns(conversation.id)
    assert (turn.turn.stage, turn.turn.message) == ("fault", "the model failed; ask again")


def test_a_conversation_that_cannot_be_kept_goes_on(chat: Chat, home: Path) -> None:
    (home / FILE).write_text("something else", encoding="utf-8")
    ran = chat(QUESTION, QUESTION)
    assert ran.code == 0
    assert ran.out.count(ANSWER) == 2
    assert ran.err.count("This conversation goes on without being kept.") == 1


class OnTerminal:
    """The command in another process whose streams are all one terminal of 80 columns."""

    def __init__(self, home: Path, *options: str) -> None:
        self._ours, theirs = pty.openpty()
        self.written = ""
        self._at = 0
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.rag.fake_footnote", "chat", *options],
            cwd=ROOT,
            env={**os.environ, "FOOTNOTE_HOME": str(home), "TERM": "xterm", "COLUMNS": "80", "LINES": "24"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)

    def wait_for(self, words: str) -> str:
        """All that was written since the last wait, up to these words, without colours and moves of the cursor."""
        while words not in safe(self.written)[self._at :]:
            self.written += self._read()
        shown = safe(self.written)
        end = shown.index(words, self._at) + len(words)
        seen, self._at = shown[self._at : end], end
        return seen

    def type(self, line: str) -> None:
        os.write(self._ours, f"{line}\n".encode())

    def press_ctrl_c(self) -> None:
        self.process.send_signal(signal.SIGINT)

    def press_ctrl_d(self) -> None:
        os.write(self._ours, b"\x04")

    def leave(self) -> int:
        with suppress(OSError):
            while self._read():
                pass
        os.close(self._ours)
        return self.process.wait(timeout=50)

    def kill(self) -> None:
        """Ends what is still running; nothing where it has left."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
            os.close(self._ours)

    def _read(self) -> str:
        assert select.select([self._ours], [], [], PATIENCE)[0], f"nothing more came after {self.written!r}"
        piece = os.read(self._ours, 65536)  # Linux raises OSError when the other side is closed
        return piece.decode("utf-8", "replace")


@pytest.fixture
def on_terminal(stocked: Command, home: Path) -> Iterator[OnTerminal]:
    """A conversation that waits for its first line."""
    chat = OnTerminal(home)
    chat.wait_for("leaves.")
    chat.wait_for("> ")
    yield chat
    chat.kill()


@pytest.mark.slow
def test_on_a_terminal_answers_are_streamed_and_the_lines_typed_come_back(on_terminal: OnTerminal, home: Path) -> None:
    chat = on_terminal
    chat.type(QUESTION)
    assert "Reading: " in chat.wait_for("✓")
    chat.wait_for("> ")
    chat.press_ctrl_d()
    assert chat.leave() == 0
    history = home / "chat-history"
    assert QUESTION in history.read_text(encoding="utf-8")
    assert history.stat().st_mode & 0o077 == 0


@pytest.mark.slow
def test_ctrl_c_stops_an_answer_and_the_conversation_goes_on_until_a_second_one(
    on_terminal: OnTerminal, home: Path
) -> None:
    chat = on_terminal
    chat.type("steady writing?")
    chat.wait_for("The of")
    chat.press_ctrl_c()
    chat.wait_for("Stopped. Ctrl-C again, or Ctrl-D, leaves.")
    chat.wait_for("> ")
    chat.type(QUESTION)
    chat.wait_for("It employed forty clerks. [1] ✓")
    chat.wait_for("> ")
    chat.press_ctrl_c()
    chat.wait_for("Ctrl-C again, or Ctrl-D, leaves.")
    chat.wait_for("> ")
    chat.press_ctrl_c()
    assert chat.leave() == 0
    (conversation,) = Conversations(home / FILE).listed()
    assert [turn.turn.stage for turn in Conversations(home / FILE).turns(conversation.id)] == ["stopped", "done"]


@pytest.mark.slow
def test_a_second_ctrl_c_leaves_what_does_not_stop(on_terminal: OnTerminal, home: Path) -> None:
    chat = on_terminal
    chat.type("slow writing?")
    chat.wait_for("Reading: ")
    chat.wait_for("The ")
    for _ in range(2):  # the first one not before the model is deep in its minute: what is not yet there still stops
        with suppress(subprocess.TimeoutExpired):
            chat.process.wait(timeout=1)
        chat.press_ctrl_c()
    assert chat.leave() == 130
    (conversation,) = Conversations(home / FILE).listed()
    assert [turn.turn.stage for turn in Conversations(home / FILE).turns(conversation.id)] == ["stopped"]


def test_a_fault_is_told_at_the_keyboard_and_the_conversation_goes_on(on_terminal: OnTerminal) -> None:
    chat = on_terminal
    chat.type("A fault?")
    chat.wait_for("footnote: the model failed; ask again")
    chat.wait_for("> ")
    chat.type("/help")
    chat.wait_for("a second one leaves.")
    chat.type("/quit")
    assert chat.leave() == 0
