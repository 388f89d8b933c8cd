"""The source beside an answer: marks are exact slices, headings stand out, nothing is lost or becomes markup."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest

from index.records import Document, Section
from rag.turns import Source
from rag.ui import beside, papers
from tests.rag.ui.fake_assistant import FakeLibrary, document_of
from tests.rag.ui.hostile import HOSTILE
from tests.rag.ui.test_render import ATTRIBUTES, TAGS, Markup


def source_of(document: Document, *spans: tuple[int, int], path: str = "", title: str = "") -> Source:
    quotes = tuple(document.text[start:end] for start, end in spans)
    first = spans[0][0] - 3
    around = document.text[first : spans[-1][1] + 3]
    return Source(document.id, path or document.path, title or document.title, None, spans, quotes, around, first)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_source_shows_hostile_text_as_it_is_stored(text: str) -> None:
    document = document_of(f"{text}.md", f"Before. {text} After.".encode())
    source = source_of(document, (8, 8 + len(text)), path=text, title=text)
    for html in (beside.source_html(source, document), beside.source_gone_html(source, changed=True)):
        markup = Markup(html)
        assert markup.tags <= TAGS
        assert markup.attributes <= ATTRIBUTES
        assert markup.links == []
        assert markup.marks == [text]


@pytest.mark.parametrize(("changed", "words"), [(True, "has changed since"), (False, "no longer in the library")])
def test_a_document_that_is_gone_or_changed_is_shown_as_it_was_cited(changed: bool, words: str) -> None:
    document = document_of("a.md", b"abcdefghij" * 10)
    source = source_of(document, (5, 20), (30, 40))
    markup = Markup(beside.source_gone_html(source, changed=changed))
    assert markup.marks == list(source.quotes)
    assert document.text[2:43] in markup.text
    assert words in markup.text


def test_marks_are_the_exact_slices() -> None:
    for document in FakeLibrary.of_seeds().held.values():
        spans = ((10, 60), (80, 200))
        markup = Markup(beside.source_html(source_of(document, *spans), document))
        assert markup.marks == [document.text[start:end] for start, end in spans]
        assert document.text in markup.text


def test_overlapping_spans_lose_and_double_nothing() -> None:
    document = document_of("a.md", b"abcdefghij" * 10)
    markup = Markup(beside.source_html(source_of(document, (5, 20), (10, 30), (12, 15)), document))
    assert "".join(markup.marks) == document.text[5:30]
    assert markup.text.count(document.text) == 1


def test_a_long_document_is_shown_around_the_mark_and_says_so() -> None:
    document = document_of("a.md", b"x" * 50_000 + b"HERE" + b"y" * 50_000)
    html = beside.source_html(source_of(document, (50_000, 50_004)), document)
    markup = Markup(html)
    assert markup.marks == ["HERE"]
    assert len(html) < 3 * beside.SURROUNDINGS_SHOWN
    assert "44,000 characters before" in markup.text
    assert "44,000 characters after" in markup.text


PAPER = """# The bridge

It was built in 1950.
  ## Bolts & nuts ##
The audit recommended new bolts.

Costs
=====

#hashtag and # no heading
### [Links](http://forged.example) and *emphasis*
"""


class Panel(Markup):
    """Collects the pieces of headings, and those that are told as headings."""

    def __init__(self, html: str) -> None:
        self.pieces: list[str] = []
        self.told: list[str] = []
        self._within: list[list[str]] = []
        super().__init__(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attrs)
        into: list[list[str]] = []
        if ("class", "fn-heading") in attrs:
            into = [self.pieces, self.told] if ("role", "heading") in attrs else [self.pieces]
            for texts in into:
                texts.append("")
            self._within = into
            self._depth = len(self._open)

    def handle_endtag(self, tag: str) -> None:
        if self._within and len(self._open) == self._depth:
            self._within = []
        super().handle_endtag(tag)

    def handle_data(self, data: str) -> None:
        super().handle_data(data)
        for texts in self._within:
            texts[-1] += data


def paper(*sections: tuple[str, str], text: str) -> Document:
    """A document whose sections, each a title and the words it begins with, go from one to the next."""
    starts = [text.index(words) for _, words in sections]
    ends = [*starts[1:], len(text)]
    spans = zip(sections, starts, ends, strict=True)
    return replace(
        document_of("a.docx", text.encode()),
        sections=tuple(Section(title, start, end) for (title, _), start, end in spans),
    )


def test_headings_stand_out_and_their_signs_stay_in_the_text() -> None:
    document = document_of("bridge.md", PAPER.encode())
    start = document.text.index("It was built")
    panel = Panel(beside.source_html(source_of(document, (start, start + 21)), document))
    assert panel.told == ["# The bridge", "  ## Bolts & nuts ##", "Costs", PAPER.splitlines()[-1]]
    assert panel.pieces == panel.told
    assert document.text in panel.text
    assert Panel(papers.preview_html(document)).told == panel.told


def test_marks_stay_whole_and_exact_wherever_they_meet_a_heading() -> None:
    document = document_of("bridge.md", PAPER.encode())
    headings = [PAPER.index(line) for line in ("# The", "  ## Bolts", "Costs", "### [")]
    edges = sorted(
        {0, len(PAPER), *(start + by for start in headings for by in (-1, 0, 1, 3, 6, 12) if start + by >= 0)}
    )
    for start, end in combinations(edges, 2):
        panel = Panel(beside.source_html(source_of(document, (start, end)), document))
        assert panel.marks == [document.text[start:end]]
        assert document.text in panel.text
        assert "".join(panel.pieces) == "".join(
            document.text[h.start : h.end] for h in beside.headings(document, 0, 999)
        )
    first, second = headings[0] + 4, headings[1] + 6
    cut = Panel(beside.source_html(source_of(document, (first, second)), document))
    assert cut.told == ["Costs", PAPER.splitlines()[-1]], "what is cut by a mark is bold, and no heading to be told"


@pytest.mark.parametrize(
    ("document", "told"),
    [
        pytest.param(
            paper(("The Bolts", "The bolts"), text="Before.\n\nThe bolts\n\nThey rust."), ["The bolts"], id="docx"
        ),
        pytest.param(paper(("Slide 2: Costs", "Costs"), text="Costs\n\nHigh."), ["Costs"], id="slide"),
        pytest.param(paper(("Slide 3", "They rust."), text="They rust.\n\nAll."), [], id="slide without a title"),
        pytest.param(paper(("Costs", "3.2 Costs"), text="a\n3.2 Costs\nHigh."), ["3.2 Costs"], id="numbered"),
        pytest.param(paper(("Costs", "costs are"), text="The costs are\nhigh."), [], id="in the middle of a line"),
        pytest.param(paper(("Rows 2-9", "# | Name"), text="# | Name\n1 | Ada"), [], id="a row of a table"),
        pytest.param(paper(("x" * 200, "x"), text="x" * 400), [], id="longer than a heading"),
        pytest.param(paper(("Re: bolts, 2026-01-02", "Dear"), text="Dear all,\nbolts."), [], id="a mail"),
    ],
)
def test_other_formats_show_the_lines_that_name_their_sections(document: Document, told: list[str]) -> None:
    panel = Panel(beside.source_html(source_of(document, (len(document.text) - 2, len(document.text))), document))
    assert panel.told == told
    assert document.text in panel.text


def test_a_heading_at_the_edge_of_what_is_shown_loses_nothing() -> None:
    text = "x" * 40 + "\n" + "# A heading\n" + "y" * beside.SURROUNDINGS_SHOWN
    document = document_of("a.md", text.encode())
    at = text.index("heading") + beside.SURROUNDINGS_SHOWN
    panel = Panel(beside.source_html(source_of(document, (at, at + 2)), document))
    assert panel.pieces == ["heading"]
    assert panel.told == []
    assert text[at - beside.SURROUNDINGS_SHOWN :] in panel.text


@pytest.mark.parametrize("text", HOSTILE)
def test_no_heading_becomes_markup(text: str) -> None:
    title = " ".join(text.split())
    document = replace(document_of("a.md", f"# {text}\nWords.".encode()), sections=(Section(title, 0, len(text) + 9),))
    markup = Markup(beside.source_html(source_of(document, (4, len(text) + 5)), document))
    assert markup.tags <= TAGS
    assert markup.attributes <= ATTRIBUTES
    assert markup.links == []
    assert markup.marks == [document.text[4 : len(text) + 5]]
