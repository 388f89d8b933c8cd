"""Whom "he" speaks of: which excerpts leave it open, and which sentence before them says it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from index.records import Document, Hit, Page
from rag.referents import REACH, last_naming, naming, quoted, speaks, unnamed, with_names
from tests.rag.dossier import hits, part

NAMED = "Dmitry Danilov, who heads a department, partly agrees."
BETWEEN = "Moscow had long offered to end the deadlock."
HE = "But he warns that closing the lines shuts windows."
TEXT = f"The mission closed in November. {NAMED} {BETWEEN} {HE}"


def cut(text: str, beginning: str) -> Hit:
    """The hit of which only what `beginning` begins is read."""
    (hit,) = hits(text)
    return part(hit, text.index(beginning), len(text))


def named(*read: Hit, text: str = TEXT) -> list[str]:
    return [hit.passage.text for hit in naming(read, lambda _: document(text))]


def document(text: str, *pages: Page) -> Document:
    return Document("1", "/paper.md", "Paper", "md", text, pages, (), None, None, "")


@pytest.mark.parametrize(
    ("text", "left_open"),
    [
        (HE, True),
        ("She left.", True),
        ("After that his son took over.", True),
        ("Moscow had offered to end the deadlock, he says, but NATO hardly reacted.", True),
        ("“We have no reason to keep up contacts at such a low level.", True),
        ("The lines were cut. And he knew it.", True),
        ("Danilov warns that he knew it.", False),
        ("When the king died, his son took over.", False),
        ("It rained.", False),
        ("Lavrov left, he said.", True),
        ("“We have no reason,” an official was quoted as saying.", False),
        ("Sergei Lavrov left early, he said.", False),
        ("", False),
    ],
)
def test_what_an_excerpt_leaves_open(text: str, left_open: bool) -> None:
    assert unnamed(text) is left_open


def test_the_sentence_that_names_him_is_read_too() -> None:
    assert named(cut(TEXT, HE)) == [NAMED]


def test_it_is_an_exact_span_of_the_document() -> None:
    (whom,) = naming([cut(TEXT, HE)], lambda _: document(TEXT))
    assert TEXT[whom.passage.start : whom.passage.end] == whom.passage.text == NAMED


def test_its_page_is_its_own() -> None:
    place, middle = TEXT.index(NAMED), TEXT.index(BETWEEN)
    first, second, third = Page(1, 0, place), Page(2, place, middle), Page(3, middle, len(TEXT))
    hit = replace(cut(TEXT, HE), pages=(third,))
    (whom,) = naming([hit], lambda _: document(TEXT, first, second, third))
    assert (whom.page, whom.pages) == (2, (second,))


def test_nothing_is_read_twice() -> None:
    assert named(cut(TEXT, NAMED)) == []
    assert named(cut(TEXT, HE), cut(TEXT, NAMED)) == []
    assert named(cut(TEXT, HE), cut(TEXT, HE)) == [NAMED]


def test_nothing_is_added_where_nobody_is_named_before() -> None:
    text = "the mission closed. he knew it."
    assert named(cut(text, "he knew"), text=text) == []
    assert named(cut(HE, HE), text=HE) == []


def test_a_name_further_back_than_one_looks_is_none() -> None:
    text = f"{NAMED} {'It rained. ' * (REACH // 11 + 1)}{HE}"
    assert named(cut(text, HE), text=text) == []


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (f"{NAMED} {BETWEEN}", NAMED),
        (
            "«We differ», Stoltenberg\u00a0said. «Today’s meeting did not change that».",
            "«We differ», Stoltenberg\u00a0said.",
        ),
        ("Sergei Lavrov left. He went home.", "Sergei Lavrov left."),
        ("The Foreign Ministry was told. It was in Reykjavik.", "It was in Reykjavik."),
        ("# Sergei Lavrov\n\nIt was late.", None),
        ("nobody was there.", None),
    ],
)
def test_which_sentence_names_somebody(before: str, expected: str | None) -> None:
    span = last_naming(before)
    assert (before[slice(*span)] if span else None) == expected


def test_a_sentence_that_is_cut_names_nobody() -> None:
    assert last_naming(NAMED, cut=True) is None


@pytest.mark.parametrize(
    ("text", "place", "within"),
    [
        ("“We leave. It is over.” So he said.", "It is", True),
        ("“We leave. It is over.” So he said.", "So he", False),
        ("“We leave.", "“We", True),
        ("We leave.", "We", False),
    ],
)
def test_what_is_quoted(text: str, place: str, within: bool) -> None:
    assert quoted(text, text.index(place)) is within


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{NAMED} {BETWEEN} {HE}", "But he [Dmitry Danilov] warns"),
        (
            "Lavrov remarked that it was late. It was no “business as usual”, he said, after talks with Ayrault.",
            "he [Lavrov] said",
        ),
        (
            "The German Foreign Minister, Frank-Walter Steinmeier, left. He added that it was late.",
            "He [Frank-Walter Steinmeier]",
        ),
        ("NATO Secretary General George Robertson told reporters so. He said more.", "He [George Robertson] said"),
        ("«We differ», Stoltenberg\u00a0said. He also stressed that.", "He [Stoltenberg] also"),
    ],
)
def test_who_says_it_stands_behind_he(text: str, expected: str) -> None:
    (read,) = with_names(hits(text))
    assert expected in read.passage.text
    assert read.passage.text.count("[") == 1


@pytest.mark.parametrize(
    "text",
    [
        "Moscow announced talks in Moscow. He said more.",
        "The Kremlin said so. He said more.",
        "NATO said so. He said more.",
        "The council met. He said more.",
        "He said more.",
        "Sergei Lavrov left. He made many reforms.",
        "Sergei Lavrov left. Ivanov replied that he said more.",
        "Sergei Lavrov left. Frank-Walter Steinmeier waited, he said.",
    ],
)
def test_where_it_is_not_sure_nothing_is_noted(text: str) -> None:
    found = hits(text)
    assert with_names(found) == found


def test_who_is_named_in_another_excerpt_of_the_document_is_noted_too() -> None:
    (whole,) = hits(TEXT)
    named, warned = part(whole, TEXT.index(NAMED), TEXT.index(BETWEEN)), part(whole, TEXT.index(HE), len(TEXT))
    first, _ = with_names((warned, named))
    assert first.passage.text.startswith("But he [Dmitry Danilov] warns")
    assert with_names((warned, *hits(NAMED))) == (warned, *hits(NAMED))


def test_what_is_read_is_noted_and_what_is_cited_is_not() -> None:
    before = hits(TEXT)
    with_names(before)
    assert before == hits(TEXT)


@pytest.mark.parametrize(("name", "says"), [("Lavrov", True), ("Ayrault", False)])
def test_who_speaks(name: str, says: bool) -> None:
    assert speaks(name, "Lavrov said so to Ayrault.") is says
