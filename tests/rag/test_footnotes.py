"""Footnotes are numbered in the order of citing, one number for each passage, with exact quotes."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from index.records import Page
from rag.cite import Evidence, Source
from rag.footnotes import Footnotes, written
from rag.records import Sentence
from rag.verify import Verdict
from tests.rag.dossier import hits

HITS = hits("The office opened in 2002. It had 20 clerks.", "It closed in 2021.", "Nobody said why.")
SUPPORTED = Verdict("supported", 0.9, ())


def source(hit: int, words: str) -> Source:
    """Words of a hit as a source."""
    passage = HITS[hit].passage
    start = passage.text.index(words)
    return Source(HITS[hit], passage.start + start, passage.start + start + len(words), words)


def evidence(*sources: Source) -> Evidence:
    return Evidence(sources, 0.9, 0.9, ())


CLOSED = source(1, "It closed in 2021.")
OPENED = source(0, "The office opened in 2002.")
CLERKS = source(0, "It had 20 clerks.")


def test_passages_are_numbered_in_the_order_of_citing_and_the_others_after_them() -> None:
    notes = Footnotes(HITS)
    first = notes.annotated("It closed.", evidence(CLOSED), SUPPORTED)
    second = notes.annotated("It opened and closed.", evidence(OPENED, CLOSED), SUPPORTED)
    assert first.markers == (1,)
    assert second.markers == (2, 1)
    assert [(numbered.marker, numbered.hit) for numbered in notes.passages()] == [
        (1, HITS[1]),
        (2, HITS[0]),
        (3, HITS[2]),
    ]


def test_two_spans_of_one_passage_share_its_number() -> None:
    found = Footnotes(HITS).annotated("It opened with 20 clerks.", evidence(OPENED, CLERKS), SUPPORTED)
    assert [citation.marker for citation in found.citations] == [1, 1]
    assert found.markers == (1,)
    assert [citation.quote for citation in found.citations] == [OPENED.text, CLERKS.text]


def test_a_citation_quotes_its_document_at_its_span() -> None:
    for cited in (CLOSED, CLERKS):
        (citation,) = Footnotes(HITS).annotated("A sentence.", evidence(cited), SUPPORTED).citations
        document = cited.hit.passage.text
        assert document[citation.start : citation.end] == citation.quote
        assert (citation.document_id, citation.path) == (cited.hit.passage.document_id, cited.hit.path)


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(Verdict("unsupported", 0.1, ("far",), near=False), id="evidence about something else"),
        pytest.param(Verdict("supported", 1.0, (), claim=False), id="nothing claimed"),
    ],
)
def test_what_is_not_worth_looking_at_gets_no_footnote_and_uses_up_no_number(found: Verdict) -> None:
    notes = Footnotes(HITS)
    assert notes.annotated("A sentence.", evidence(CLOSED), found).citations == ()
    assert notes.annotated("It opened.", evidence(OPENED), SUPPORTED).markers == (1,)


def test_an_unsupported_sentence_keeps_its_reasons_and_the_way_to_its_source() -> None:
    found = Footnotes(HITS).annotated("It closed in 2022.", evidence(CLOSED), Verdict("unsupported", 0.1, ("no 2022",)))
    assert (found.support, found.reasons, found.markers) == ("unsupported", ("no 2022",), (1,))


def test_nothing_cited_numbers_passages_as_they_were_found() -> None:
    assert [numbered.hit for numbered in Footnotes(HITS).passages()] == list(HITS)
    assert Footnotes(()).passages() == ()


def test_reading_something_else_instead_gives_up_only_what_nothing_cites() -> None:
    first, second, third = HITS
    notes = Footnotes((first, second))
    notes.annotated("It closed.", evidence(CLOSED), SUPPORTED)
    other = notes.reading((third,), instead=(first, second))
    assert [(numbered.marker, numbered.hit.passage) for numbered in other.passages()] == [
        (1, second.passage),
        (2, third.passage),
    ]
    assert [numbered.hit for numbered in notes.passages()] == [second, first], "the numbering before is left as it is"


def test_a_bracketed_number_in_a_sentence_is_no_marker() -> None:
    notes = Footnotes(HITS)
    text = written([notes.annotated("As note [12] says, it closed.", evidence(CLOSED), SUPPORTED)])
    assert re.findall(r"\[\d+\]", text) == ["[1]"]
    assert "12" in text


def test_the_written_answer_has_each_sentence_s_markers_behind_it() -> None:
    notes = Footnotes(HITS)
    sentences: list[Sentence] = [
        notes.annotated("It opened and closed.", evidence(OPENED, CLOSED), SUPPORTED),
        notes.annotated("Who knows?", evidence(), Verdict("supported", 1.0, (), claim=False)),
        notes.annotated("- It had clerks.", evidence(CLERKS), SUPPORTED),
        notes.annotated("- It closed.", evidence(CLOSED), SUPPORTED),
    ]
    assert written(sentences) == "It opened and closed. [1] [2] Who knows?\n- It had clerks. [1]\n- It closed. [2]"
    assert written([]) == ""


def test_a_citation_is_on_the_page_where_its_words_begin() -> None:
    begins = HITS[0].passage.start + 10
    hit = replace(HITS[0], pages=(Page(4, 0, begins), Page(5, begins, begins + 99)))
    before, behind = (Source(hit, hit.passage.start + at, hit.passage.end, "words") for at in (9, 10))
    assert [citation.page for citation in Footnotes([hit]).citations([before, behind])] == [4, 5]


def test_the_words_of_a_source_stand_in_quotation_marks_once() -> None:
    quoted = Footnotes(HITS).quoted(CLOSED)
    assert (quoted.text, quoted.support, quoted.markers) == ("“It closed in 2021.”", "supported", (1,))
    assert quoted.citations[0].quote == CLOSED.text
    spoken = replace(CLOSED, text="“It closed”, he said\n in [2].")
    assert Footnotes(HITS).quoted(spoken).text == "“It closed”, he said in (2)."


def test_a_copy_goes_on_with_the_numbers_and_leaves_the_original_alone() -> None:
    notes = Footnotes(HITS)
    notes.annotated("It closed.", evidence(CLOSED), SUPPORTED)
    copy = notes.copy()
    assert copy.annotated("It opened.", evidence(OPENED), SUPPORTED).markers == (2,)
    assert notes.annotated("It opened, and closed.", evidence(CLOSED), SUPPORTED).markers == (1,)
    assert notes.annotated("Nobody said why.", evidence(source(2, "Nobody said why.")), SUPPORTED).markers == (2,)
