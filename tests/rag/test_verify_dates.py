"""What a sentence takes from around its source: the document's day, its year, and a government by its seat."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.cite import Citer
from rag.verify import verdict
from tests.fakes import HashingEncoder
from tests.rag.dossier import hits
from tests.rag.test_verify import judged


def test_a_day_in_the_title_is_the_documents_day() -> None:
    said = "The tap in the kitchen was dripping on August 14, 2026."
    evidence = Citer(hits("The tap in the kitchen was dripping."), HashingEncoder()).evidence(said)
    assert verdict(said, evidence, "").support == "unsupported"
    (source,) = evidence.sources
    dated = replace(source, hit=replace(source.hit, title="20260814_1500"))
    assert verdict(said, replace(evidence, sources=(dated,)), "").support in ("supported", "partial")


@pytest.mark.parametrize(
    ("told", "date", "support"),
    [
        ("The festival of lanterns runs through March 11 this year.", "2007-03-05", "supported"),
        ("The festival of lanterns runs through March 11 this year.", None, "unsupported"),
        ("The festival of lanterns runs through March 11 this year.", "2008-03-05", "unsupported"),
        ("Started in 1990, the festival of lanterns runs through March 11 this year.", "2007-03-05", "supported"),
    ],
)
def test_this_year_is_that_of_the_documents_date(told: str, date: str | None, support: str) -> None:
    said = "The festival of lanterns runs through March 11, 2007."
    dated = [replace(hit, date=date) for hit in hits(told)]
    evidence = Citer(dated, HashingEncoder()).evidence(said)
    assert verdict(said, evidence, "When does the festival of lanterns end?").support == support


@pytest.mark.parametrize(
    ("said", "support"),
    [
        ("The Onion was founded in 2007.", "unsupported"),
        ("The Onion is of 2007.", "supported"),
    ],
)
def test_the_day_of_a_document_is_that_of_nothing_else(said: str, support: str) -> None:
    line = replace(hits("The Onion, Sunday, November 25, 2007")[0], title="The Onion")
    evidence = Citer([line], HashingEncoder()).evidence(said)
    assert verdict(said, evidence, "When was The Onion founded?").support == support


def test_a_government_may_be_asked_about_by_its_seat() -> None:
    said, source = (
        "Moscow did not drop its objections to new members.",
        "Russia did not drop its objections to new members.",
    )
    assert judged(said, source, question="Did Moscow drop its objections?").support == "supported"
    assert judged(f"As is said, {said}", source, question="Did Moscow drop its objections?").support == "partial"
    assert judged(said, source, question="Who dropped what?").support == "unsupported"
