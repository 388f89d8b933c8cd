"""What people read: every verdict in mark and word, footnotes with exact quotes, nothing printed twice."""

from __future__ import annotations

import dataclasses
import io
import re

import pytest
from rich.cells import cell_len

from index.records import FileReason
from rag import rendering
from rag.records import Answer
from rag.terminal import Terminal, plain_console, safe, shortened
from tests.rag import samples


def printed(answer: Answer, *, on_terminal: bool = False, width: int = 80) -> str:
    """The answer as printed, as plain text."""
    out = io.StringIO()
    screen = Terminal(plain_console(out, force_terminal=on_terminal, width=width), plain_console(io.StringIO()))
    rendering.print_answer(screen, answer)
    return safe(out.getvalue())


def test_the_answer_in_a_pipe() -> None:
    assert printed(samples.ANSWER) == (
        "The office opened in 1911. [1] ✓ Forty clerks and three divers worked there. [2] ~ It was painted green. ✗\n"
        "\n"
        "[1] The harbour office, page 1 — “The harbour office opened in March 1911.”\n"
        "[2] The harbour office — “It employed forty clerks and two divers.”\n"
        "\n"
        "~ partly supported: “Forty clerks and three divers worked there.” — “three” does\n"
        "  not stand in the words cited\n"
        "✗ not supported: “It was painted green.” — no passage says so\n"
        "\n"
        "Confidence 91% · first word after 1.9 s, 4.2 s in all · answer-1\n"
    )


def test_documents_that_disagree_are_named_with_their_dates_and_the_other_words() -> None:
    shown = " ".join(printed(samples.answer(samples.DISPUTED)).split()).partition("documents ")[2]
    assert (
        "disagree: “1911” in The harbour office (undated), but “1954” in The harbour office (1960-01-31) [2]"
        " — “A storm closed it for good in 1954.”" in shown
    )


@pytest.mark.parametrize(("confidence", "cautious"), [(0.2, True), (0.44, True), (0.45, False), (0.9, False)])
def test_an_answer_more_likely_wrong_than_right_says_so(confidence: float, cautious: bool) -> None:
    answer = dataclasses.replace(samples.answer(samples.SUPPORTED), confidence=confidence)
    assert ("Not sure: fewer than half" in printed(answer)) is cautious


def test_a_question_that_leaned_is_told_as_it_was_understood() -> None:
    answer = dataclasses.replace(samples.ANSWER, standalone="When did the harbour \x1b[2Joffice open?")
    assert printed(answer).startswith("Understood as: When did the harbour office open?\n\nThe office opened")


@pytest.mark.parametrize("on_terminal", [True, False], ids=["terminal", "pipe"])
def test_a_supported_answer_needs_no_explanation(on_terminal: bool) -> None:
    text = printed(samples.answer(samples.SUPPORTED), on_terminal=on_terminal)
    assert "✓" in text
    assert "supported" not in text


def test_on_a_terminal_no_line_is_longer_than_80_columns() -> None:
    long = dataclasses.replace(samples.SUPPORTED, text="Very long words follow " * 20 + "and end.")
    text = printed(samples.answer(long, samples.PARTIAL), on_terminal=True, width=200)
    assert max(map(len, text.splitlines())) <= 80
    assert long.text in " ".join(text.split())


def test_items_of_a_list_stand_on_lines_of_their_own() -> None:
    items = [dataclasses.replace(samples.SUPPORTED, text=f"- Item {number}.") for number in (1, 2)]
    assert printed(samples.answer(*items)).startswith("- Item 1. [1] ✓\n- Item 2. [1] ✓\n")


def test_a_quote_that_two_sentences_rest_on_is_one_footnote() -> None:
    again = dataclasses.replace(samples.SUPPORTED, text="So it was founded in 1911.")
    assert printed(samples.answer(samples.SUPPORTED, again)).count("“The harbour office opened in March 1911.”") == 1


def test_quotes_of_one_passage_are_one_footnote_in_the_order_of_the_text() -> None:
    last, first = "The divers left in 1930.", "It employed forty clerks and two divers."
    sentence = dataclasses.replace(samples.SUPPORTED, citations=(samples.citation(1, last), samples.citation(1, first)))
    shown = " ".join(printed(samples.answer(sentence)).split())
    assert f"[1] The harbour office, page 1 — “{first}” … “{last}”" in shown


def test_a_greeting_gets_no_verdict() -> None:
    greeting = dataclasses.replace(samples.UNSUPPORTED, text="Here is what they say.", claim=False, reasons=())
    text = printed(samples.answer(greeting, samples.SUPPORTED))
    assert "✗" not in text


def test_a_declined_answer_shows_the_nearest_passages() -> None:
    text = printed(samples.DECLINED)
    assert text.startswith("The documents do not say.\n\nThe nearest passages:\n[1] The harbour office, page 1 — “")
    assert "[2]" in text
    assert text.endswith("Confidence that they hold an answer 12% · 4.2 s in all · answer-1\n")


def test_a_declined_answer_says_which_year_the_documents_tell_about() -> None:
    text = " ".join(printed(samples.ANOTHER_YEAR).split())
    assert text.startswith("The documents do not say. [1] They say “1911”, not “1910”: “The harbour office opened")
    assert "The nearest passages: [1] " in text


def test_hostile_text_of_documents_and_model_is_harmless() -> None:
    """Neither title nor quote nor sentence may reach the terminal with an escape sequence in it."""
    attack = "\x1b]0;owned\x07\x1b[2Jx\u202e"
    quote = dataclasses.replace(samples.SUPPORTED.citations[0], title=f"T{attack}", quote=f"Q{attack}\nsecond line")
    sentence = dataclasses.replace(
        samples.PARTIAL, text=f"S{attack}.", citations=(quote,), reasons=(f"because {attack}",)
    )
    out = io.StringIO()
    rendering.print_answer(Terminal(plain_console(out), plain_console(io.StringIO())), samples.answer(sentence))
    assert out.getvalue() == safe(out.getvalue())
    assert "“Qx second line”" in out.getvalue()


def test_a_ledger_in_one_line() -> None:
    out = io.StringIO()
    rendering.print_ledger(Terminal(plain_console(out), plain_console(io.StringIO())), samples.LEDGER)
    assert out.getvalue() == (
        "2 added, 1 updated, 3 unchanged, 4 removed, 1 skipped, 1 refused in 1.5 s. "
        "The library holds 6 documents in 12 passages.\n"
    )


def test_notes_and_refusals_are_messages_of_one_line_each() -> None:
    notes = (FileReason("/papers/scan.pdf", "1 of 6 pages have no text\x1b[2J"),)
    err = io.StringIO()
    rendering.print_refusals(
        Terminal(plain_console(io.StringIO()), plain_console(err)), dataclasses.replace(samples.LEDGER, notes=notes)
    )
    assert err.getvalue() == (
        "note on /papers/scan.pdf: 1 of 6 pages have no text\n"
        "skipped /papers/photo.jpg: pictures are not read\n"
        "refused /papers/broken.pdf: not a PDF\n"
    )


@pytest.mark.parametrize("width", [60, 80, 200])
def test_on_a_terminal_long_titles_and_paths_are_shortened_in_their_middle(width: int) -> None:
    title, path = "On the closing of the harbour " * 4, "/home/ann/" + "reports of the harbour/" * 5 + "closing.md"
    summary = dataclasses.replace(
        samples.SUMMARY, id="ab12" * 16, path=path, title=title, passages=1_234, paths=(path, "/b.md")
    )
    for on_terminal in (True, False):
        out = io.StringIO()
        screen = Terminal(plain_console(out, force_terminal=on_terminal, width=width), plain_console(io.StringIO()))
        rendering.print_documents(screen, [summary])
        lines = safe(out.getvalue()).splitlines()
        if not on_terminal:
            assert lines == [f"ab12ab12ab12  1,234 passages  {title.strip()}  {path} and 1 more place"]
            continue
        named, stands = lines
        assert named.startswith("ab12ab12ab12  1,234 passages  On the")
        assert named.endswith("harbour")
        assert re.match(r"    /home/ann/.*closing\.md and 1 more place$", stands)
        assert ("…" in named, "…" in stands) == (width < 200, width < 200)
        assert max(map(len, lines)) <= width


def test_a_shortened_text_of_wide_characters_fits() -> None:
    assert cell_len(shortened("漢字" * 40, 31)) <= 31
    assert shortened("short", 10) == "short"


def test_a_document_in_several_places_says_in_how_many() -> None:
    summary = dataclasses.replace(samples.SUMMARY, paths=(samples.SUMMARY.path, "/a/copy.md", "/b/copy.md"))
    out = io.StringIO()
    rendering.print_documents(Terminal(plain_console(out), plain_console(io.StringIO())), [summary])
    assert out.getvalue().endswith("  /papers/harbour.md and 2 more places\n")


@pytest.mark.parametrize(("terminal", "end"), [(True, "\n"), (False, "")], ids=["terminal", "pipe"])
def test_a_span_of_a_document_is_exact_in_a_pipe_and_ends_its_line_on_a_terminal(terminal: bool, end: str) -> None:
    out = io.StringIO()
    screen = Terminal(plain_console(out, force_terminal=terminal), plain_console(io.StringIO()))
    for first, last in ((0, 3), (0, 41), (3, 3)):
        rendering.print_document(screen, samples.DOCUMENT, first, last)
    assert out.getvalue() == f"The{end}The harbour office opened in March 1911.\n{end}"
