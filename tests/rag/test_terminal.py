"""The terminal: what documents say cannot steer it, JSON is JSON, colours and redrawing only where they belong."""

from __future__ import annotations

import io
import json
import time

import pytest

from index.records import Progress
from rag.terminal import ProgressLines, Terminal, plain_console, safe, safe_line

REAL = "Zürich\t東京 ελληνικά 👩‍🚀 [bold]x[/bold] {a} 50% \\n"


def terminal(*, on_terminal: bool = False) -> tuple[Terminal, io.StringIO, io.StringIO]:
    """A terminal of 80 columns and what it prints on each stream."""
    out, err = io.StringIO(), io.StringIO()
    return (
        Terminal(
            plain_console(out, force_terminal=on_terminal, width=80),
            plain_console(err, force_terminal=on_terminal, width=80),
        ),
        out,
        err,
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("a \x1b[31mred\x1b[0m word", "a red word", id="colour"),
        pytest.param("\x1b[2J\x1b[Hgone", "gone", id="clear screen"),
        pytest.param("\x9b31mred", "red", id="colour in one byte"),
        pytest.param("\x1b]0;a title\x07text", "text", id="window title"),
        pytest.param("\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\", "link", id="hyperlink"),
        pytest.param("\x1bP+q544e\x1b\\text", "text", id="device control"),
        pytest.param("\x1b]52;c;never closed", "", id="clipboard, never closed"),
        pytest.param("\x1b", "", id="escape alone"),
        pytest.param("a\x00b\x07c\x08d\x7f", "abcd", id="control characters"),
        pytest.param("first\rsecond", "first\nsecond", id="carriage return"),
        pytest.param("one\r\ntwo\u2028three", "one\ntwo\nthree", id="line ends"),
        pytest.param("user\u202egnp.exe", "usergnp.exe", id="reversed direction"),
        pytest.param("\u2066isolated\u2069\u200f", "isolated", id="isolates and marks"),
        pytest.param("hi\U000e0041\U000e007f\ufeff", "hi", id="invisible tags"),
        pytest.param("half \ud83d", "half \ufffd", id="half a character"),
        pytest.param(REAL, REAL, id="real text"),
    ],
)
def test_nothing_that_steers_a_terminal_is_left(text: str, shown: str) -> None:
    assert safe(text) == shown


def test_no_control_or_direction_character_survives_anywhere() -> None:
    """Every one of them, between, before and after letters."""
    steering = [
        *range(0x20),
        *range(0x7F, 0xA0),
        0x061C,
        0x200E,
        0x200F,
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
    ]
    for point in steering:
        left = safe(f"a{chr(point)}b") + safe(chr(point))
        assert not any(ord(character) in steering and character not in "\n\t" for character in left), hex(point)


def test_a_line_is_one_line() -> None:
    assert safe_line(" a\n\tb \r\n c\u2028d ") == "a b c d"


def test_what_is_printed_is_neither_markup_nor_emoji_code() -> None:
    screen, out, err = terminal(on_terminal=True)
    screen.print("[red]plain[/red] :smile:")
    screen.message("[1] :smile:")
    assert out.getvalue() == "[red]plain[/red] :smile:\n"
    assert err.getvalue() == "[1] :smile:\n"


@pytest.mark.parametrize("on_terminal", [True, False], ids=["terminal", "pipe"])
def test_json_is_json(on_terminal: bool) -> None:
    screen, out, err = terminal(on_terminal=on_terminal)
    value = {"text": "Zürich \x1b[31m 👩‍🚀 " * 20, "bytes that are no text": "\udcff", "number": 0.1}
    screen.json(value)
    assert json.loads(out.getvalue()) == value
    assert (out.getvalue().count("\n") == 1) is not on_terminal
    assert err.getvalue() == ""
    out.getvalue().encode()  # and it can be written to a file


def test_json_for_a_stream_that_knows_no_unicode() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    Terminal(plain_console(stream), plain_console(io.StringIO())).json(["é 👩‍🚀"])
    assert json.loads(raw.getvalue()) == ["é 👩‍🚀"]


def test_an_error_is_one_line_and_says_who_speaks() -> None:
    screen, out, err = terminal()
    screen.error("it\nbroke \x1b[31m" + "long " * 100)
    assert err.getvalue().startswith("footnote: it broke long ")
    assert err.getvalue().count("\n") == 1
    assert out.getvalue() == ""


def test_colours_only_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for on_terminal in (True, False):
        screen, _, err = terminal(on_terminal=on_terminal)
        screen.error("broken")
        assert ("\x1b[1;31m" in err.getvalue()) is on_terminal


def test_no_colours_where_the_reader_wants_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    screen, _, err = terminal(on_terminal=True)
    screen.error("broken")
    assert "31m" not in err.getvalue()


def test_progress_in_a_pipe_is_a_plain_line_every_ten_seconds() -> None:
    screen, out, err = terminal()
    seconds = iter(range(100))
    report = ProgressLines(screen, "Adding", clock=lambda: next(seconds))
    for done in range(25):
        report(Progress(done, 1000, "files", "some.md"))
    assert err.getvalue() == (
        "Adding: 9 of 1,000 files, 1.0/s, 17 min left some.md\nAdding: 19 of 1,000 files, 1.0/s, 16 min left some.md\n"
    )
    assert out.getvalue() == ""


def test_work_of_less_than_ten_seconds_prints_no_progress_in_a_pipe() -> None:
    screen, _, err = terminal()
    with screen.progress("Adding") as report:
        report(Progress(1, 1, "files"))
    assert err.getvalue() == ""


def test_progress_on_a_terminal_shows_amount_rate_and_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    screen, out, err = terminal(on_terminal=True)
    with screen.progress("Fetching") as report:
        for done in (0, 5_000_000, 20_000_000):
            report(Progress(done, 20_000_000, "bytes", "model.gguf"))
            time.sleep(0.02)
    drawn = safe(err.getvalue())
    assert "20/20 MB" in drawn
    assert "MB/s" in drawn
    assert "0:00:00" in drawn
    assert out.getvalue() == ""


@pytest.mark.parametrize("action", ["Adding", "a-model-with-a-very-long-name-" * 4], ids=["short", "long"])
def test_a_bar_takes_one_line_of_80_columns(monkeypatch: pytest.MonkeyPatch, action: str) -> None:
    monkeypatch.setenv("TERM", "xterm")
    screen, _, err = terminal(on_terminal=True)
    with screen.progress(action) as report:
        for done in range(0, 22_000_000_000, 2_000_000_000):
            report(Progress(done, 22_000_000_000, "bytes", "/a/folder/with/a/long/path/to/a/file/with/a/name.gguf"))
    frames = [safe(frame).rstrip("\n") for frame in err.getvalue().split("\x1b[2K")]
    assert all("\n" not in frame and len(frame) <= 80 for frame in frames)


def test_progress_of_two_units_has_a_bar_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    screen, _, err = terminal(on_terminal=True)
    with screen.progress("Adding") as report:
        report(Progress(3, 3, "files", "\x1b[31mhostile\x1b[0m name"))
        report(Progress(7, 7, "passages"))
    drawn = safe(err.getvalue())
    assert "3/3 files" in drawn
    assert "7/7 passages" in drawn
    assert "hostile name" in drawn
