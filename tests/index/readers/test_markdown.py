"""Markdown: kept as it stands, with its headings found and nothing else taken for one."""

from __future__ import annotations

import time

import pytest

from index.readers.markdown import read


def headings(source: str) -> list[str]:
    return [section.title for section in read(source.encode()).sections]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("# One\n\ntext\n\n## Two ##\ntext", ["One", "Two"]),
        ("One\n===\n\ntext\n\nTwo\n---\n", ["One", "Two"]),
        ("# *One* [two](x) `three` {#id}\n", ["One two three"]),
        ("```\n# no\n```\n# yes\n", ["yes"]),
        ("~~~~\n```\n# no\n~~~\n# no\n~~~~\n# yes\n", ["yes"]),
        ("#no\n\n#\n\ntext # no\n", []),
        ("text\n\n---\n\n- item\n---\n", []),
        ("| a | b |\n|---|---|\n", []),
        ("# C# and F#\n", ["C# and F#"]),
        ("# " + "x" * 400 + "\n", []),
    ],
    ids=["atx", "setext", "markup", "fence", "fence in fence", "no heading", "rules", "table", "sharp", "a long line"],
)
def test_headings(source: str, found: list[str]) -> None:
    assert headings(source) == found


def test_sections_begin_at_their_heading_and_end_at_the_next() -> None:
    extract = read(b"Before.\n\n# One\n\ntext\n\nTwo\n---\nmore")
    stretches = [extract.text[section.start : section.end] for section in extract.sections]
    assert stretches == ["# One\n\ntext\n\n", "Two\n---\nmore"]


def test_the_text_is_the_source() -> None:
    assert read(b"# A\r\n\r\n<b>x</b> [y](z)\r\n").text == "# A\n\n<b>x</b> [y](z)\n"


def test_front_matter_states_title_author_and_date() -> None:
    extract = read(b'---\ntitle: "The Depot"\nAuthor: Ines\ndate: 2024-05-01\ntags: [x]\n---\n# Other\n')
    assert (extract.title, extract.author, extract.date) == ("The Depot", "Ines", "2024-05-01")
    assert [section.title for section in extract.sections] == ["Other"]


@pytest.mark.parametrize("mark", [">", ">-", "|", "|2-"])
def test_a_title_may_stand_in_lines_of_its_own(mark: str) -> None:
    extract = read(f"---\ntitle: {mark}\n  The Depot\n\n  at Brod\nauthor: Ines\n---\ntext\n".encode())
    assert (extract.title, extract.author) == ("The Depot at Brod", "Ines")
    assert read(f"---\ntitle: {mark}\n---\n# Other\n".encode()).title == "Other"


def test_a_title_is_no_longer_than_a_line() -> None:
    title = read(f"---\ntitle: {'long ' * 3_000}\n---\ntext\n".encode()).title
    assert title is not None
    assert len(title) <= 500


def test_without_front_matter_the_first_heading_is_the_title() -> None:
    assert read(b"text\n\n## Second\n\n# First\n").title == "Second"


@pytest.mark.parametrize("bomb", ["[" * 100_000, "# " + "[" * 100_000, "*" * 100_000, "<" * 100_000, "`\n" * 50_000])
def test_pathological_nesting_costs_no_time(bomb: str) -> None:
    started = time.process_time()
    assert read(bomb.encode()).text == bomb
    assert time.process_time() - started < 2
