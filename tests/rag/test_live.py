"""An answer on the terminal while it comes: drawn as it grows, wiped in the end, never more than the screen holds."""

from __future__ import annotations

import io
import sys

import pytest

from rag.live import LiveAnswer, waiting
from rag.records import Event, Reading, Token
from rag.terminal import Terminal, plain_console
from tests.rag import samples
from tests.rag.conftest import Command


def test_following_returns_the_finished_answer() -> None:
    assert LiveAnswer().follow(samples.events(samples.ANSWER)) == samples.done(samples.ANSWER)


def live(events: list[Event], monkeypatch: pytest.MonkeyPatch) -> str:
    """Everything that is drawn on the error stream while an answer comes."""
    monkeypatch.setenv("TERM", "xterm")
    out, err = io.StringIO(), io.StringIO()
    screen = Terminal(plain_console(out), plain_console(err, force_terminal=True, width=80))
    with waiting(screen, "Opening") as display:
        display.follow(events)
    assert out.getvalue() == ""
    return err.getvalue()


def test_while_the_answer_comes_the_terminal_shows_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = live(samples.events(samples.ANSWER), monkeypatch)
    stages = (
        "Opening",
        "Found 2 passages: The harbour office",
        "Reading: 200 of 400 tokens, 4 s left",
        "raw words of the model",
    )
    positions = [drawn.index(stage) for stage in stages]
    assert positions == sorted(positions)


def test_a_second_look_shows_how_far_it_is_and_that_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = [Reading(100, 400, 100.0, again=True), Reading(400, 400, 100.0, again=True)]
    drawn = live([*looks, samples.done(samples.ANSWER)], monkeypatch)
    assert "Not sure yet, looking once more: 100 of 400 tokens, 3 s left" in drawn
    assert "Not sure yet, looking once more\x1b" in drawn


def test_what_was_drawn_is_wiped(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = live(samples.events(samples.ANSWER), monkeypatch)
    after = drawn[drawn.rindex("raw words of the model") :]
    assert "\x1b[2K" in after  # erase the line
    assert "\x1b[?25h" in after  # show the cursor again


def test_a_long_answer_never_draws_more_than_the_screen_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines that have scrolled away cannot be wiped, so only the end of a long text is drawn."""
    monkeypatch.setenv("LINES", "10")
    words = [Token(f"word{number:03} ") for number in range(300)]
    drawn = live([*words, samples.done(samples.ANSWER)], monkeypatch)
    last_frame = drawn[drawn.rindex("\x1b[1A\x1b[2K", 0, drawn.rindex("word299")) : drawn.rindex("word299")]
    assert last_frame.count("\n") <= 10
    assert "word000" not in last_frame


def test_an_iterator_that_ends_without_an_answer_is_a_fault() -> None:
    with pytest.raises(RuntimeError, match="Done"):
        LiveAnswer().follow(samples.events(samples.ANSWER)[:-1])


@pytest.fixture
def on_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only standard output is a terminal, as where messages are sent to a file."""

    def standard() -> Terminal:
        return Terminal(plain_console(sys.stdout, force_terminal=True, width=80), plain_console(sys.stderr))

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(Terminal, "standard", staticmethod(standard))


@pytest.mark.usefixtures("on_terminal")
def test_json_on_a_terminal_is_json_and_nothing_else(stocked: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    question = "When did the harbour office open?"
    answer = stocked("ask", question, "--json").json
    assert stocked("replay", answer["id"], "--json").json["identical"]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(question.encode()), "utf-8"))
    assert stocked("chat", "--json").json["id"] == answer["id"]


@pytest.mark.usefixtures("on_terminal")
def test_words_are_drawn_on_standard_output_where_that_alone_is_a_terminal(stocked: Command) -> None:
    assert "Opening the documents" in stocked("ask", "When did the harbour office open?").out
