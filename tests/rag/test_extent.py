"""The figures of a change that an answer leaves out, and everything that only looks like them."""

from __future__ import annotations

import pytest

from rag.cite import Source
from rag.extent import extent
from rag.footnotes import Footnotes
from rag.records import Sentence, Support
from tests.rag.dossier import hits

ASKED = "Why did the ferry stop sailing on Sundays?"
ANSWER = "The ferry stopped because of the rise in fuel prices."
REASON = "The harbour office named the rise in fuel prices as the reason."


def sources(*texts: str) -> list[Source]:
    """One document for each text, of one sentence."""
    return [Source(hit, 0, len(hit.passage.text), hit.passage.text) for hit in hits(*texts)]


def said(text: str, cited: list[Source], support: Support = "supported") -> Sentence:
    notes = Footnotes([source.hit for source in cited])
    return Sentence(text, support, 0.9, notes.citations(cited), () if support == "supported" else ("why not",))


@pytest.mark.parametrize(
    ("question", "answer", "figures"),
    [
        (ASKED, ANSWER, "Fuel prices rose by about 38 percent."),
        (ASKED, ANSWER, "They spoke of an increase in fuel prices from 2.10 to 2.90."),
        (ASKED, f"{ANSWER} It had 120 seats.", "Fuel prices had risen from 2 to 3 crowns."),
        (ASKED, f"{ANSWER} That was in 2021.", "In 2020 fuel prices rose by 38 percent."),
        ("Why does the plant close?", "It closes after a fall in orders.", "From May on orders fell by 20,000."),
        (
            "Warum schloss das Werk?",
            "Grund war der Rückgang der Aufträge.",
            "Die Aufträge sind von 58 auf 21 gesunken.",
        ),
        ("Почему закрыли миссию?", "Причина в сокращении, сокращение миссии.", "Миссию сократили с 20 до 10 человек."),
    ],
)
def test_a_change_without_figures_is_told_with_those_that_were_read(question: str, answer: str, figures: str) -> None:
    reason, found = sources(answer, figures)
    assert extent([said(answer, [reason, found])], question, [reason, found]) is found


@pytest.mark.parametrize(
    ("question", "answer", "other", "why"),
    [
        (ASKED, "The ferry stopped because fuel is dear.", "Fuel prices rose by 38 percent.", "it speaks of no change"),
        (ASKED, f"{ANSWER[:-1]} by 38 percent.", "Fuel prices rose by 38 percent.", "the answer has the figures"),
        (ASKED, ANSWER, "Fuel prices fell by 38 percent.", "another direction"),
        (ASKED, ANSWER, "Wages in the town rose by 38 percent.", "something else rose"),
        (ASKED, ANSWER, "Fuel prices rose from 2019 to 2021.", "years are no extent"),
        (ASKED, ANSWER, "Fuel prices rose, and 38 ferries stopped.", "the figure is of something else"),
        (ASKED, ANSWER, "They rose by 38 percent.", "nothing says what rose"),
        ("Who named the rise in fuel prices?", ANSWER, "Fuel prices rose by 38 percent.", "it is asked for otherwise"),
    ],
)
def test_nothing_else_is_told(question: str, answer: str, other: str, why: str) -> None:
    reason, found = sources(REASON, other)
    assert "rise" in question or extent([said(ANSWER, [reason, found])], ASKED, sources(REASON)) is None
    assert extent([said(answer, [reason, found])], question, [reason, found]) is None, why


def test_only_a_document_that_is_cited_for_something_supported_tells_how_far() -> None:
    reason, found = sources(REASON, "Fuel prices rose by 38 percent.")
    assert extent([said(ANSWER, [reason])], ASKED, [reason, found]) is None
    assert extent([said(ANSWER, [reason, found], "unsupported")], ASKED, [reason, found]) is None
    assert extent([said(ANSWER, [reason, found], "partial")], ASKED, [reason, found]) is found
