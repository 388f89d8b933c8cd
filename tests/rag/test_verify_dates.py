"""What a sentence takes from around its source: the document's day, its year, and a government by its seat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from index.records import Hit
from rag.cite import Citer
from rag.verify import verdict
from tests.fakes import HashingEncoder
from tests.rag.dossier import hits


def support(said: str, read: Sequence[Hit], question: str) -> str:
    """That of a sentence by the passages read."""
    return verdict(said, Citer(read, HashingEncoder()).evidence(said, question), question).support


def test_a_day_in_the_title_is_the_documents_day() -> None:
    said = "The tap in the kitchen was dripping on August 14, 2026."
    evidence = Citer(hits("The tap in the kitchen was dripping."), HashingEncoder()).evidence(said)
    assert verdict(said, evidence, "").support == "unsupported"
    (source,) = evidence.sources
    dated = replace(source, hit=replace(source.hit, title="20260814_1500"))
    assert verdict(said, replace(evidence, sources=(dated,)), "").support in ("supported", "partial")


@pytest.mark.parametrize(
    ("told", "date", "expected"),
    [
        ("The festival of lanterns runs through March 11 this year.", "2007-03-05", "supported"),
        ("The festival of lanterns runs through March 11 this year.", None, "unsupported"),
        ("The festival of lanterns runs through March 11 this year.", "2008-03-05", "unsupported"),
        ("Started in 1990, the festival of lanterns runs through March 11 this year.", "2007-03-05", "supported"),
    ],
)
def test_this_year_is_that_of_the_documents_date(told: str, date: str | None, expected: str) -> None:
    dated = [replace(hit, date=date) for hit in hits(told)]
    question = "When does the festival of lanterns end?"
    assert support("The festival of lanterns runs through March 11, 2007.", dated, question) == expected


@pytest.mark.parametrize(
    ("said", "expected"), [("The Onion was founded in 2007.", "unsupported"), ("The Onion is of 2007.", "supported")]
)
def test_the_day_of_a_document_is_that_of_nothing_else(said: str, expected: str) -> None:
    line = replace(hits("The Onion, Sunday, November 25, 2007")[0], title="The Onion")
    assert support(said, [line], "When was The Onion founded?") == expected


def test_a_government_may_be_asked_about_by_its_seat() -> None:
    said, read = "Moscow did not drop its objections to it.", hits("Russia did not drop its objections to it.")
    assert support(said, read, "Did Moscow drop its objections?") == "supported"
    assert support(f"As is said, {said}", read, "Did Moscow drop its objections?") == "partial"
    assert support(said, read, "Who dropped what?") == "unsupported"


@pytest.mark.parametrize(
    ("said", "read", "question", "expected"),
    [
        ("Eight envoys left in 2015.", "Eight envoys left. A year like 2015 it was.", "Who left in 2015?", "partial"),
        ("The office opened on December 16.", "The office opened (Reuters, December 16).", "When?", "unsupported"),
        ("The plane was flown by a jet.", "The plane was chased by a jet.", "Who flew it?", "partial"),
        ("The crane was run by Bauer.", "The crane fell, according to Bauer.", "Who ran the crane?", "unsupported"),
        ("He was “glad” to meet his guest.", "He met his guest.", "What did he say?", "unsupported"),
        ("He met his guest, he said.", "He met his guest, he said.", "What did he say about the war?", "unsupported"),
    ],
)
def test_what_is_told_of_something_else_is_not_supported(said: str, read: str, question: str, expected: str) -> None:
    assert support(said, hits(read), question) == expected
