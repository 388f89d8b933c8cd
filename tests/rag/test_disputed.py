"""Two documents disagree where hardly anything but one fact differs; what is only alike is no dispute."""

from __future__ import annotations

import pytest

from index.records import Hit, Passage
from rag.cite import Source
from rag.disputed import conflicts

OFFICE = "The harbour office opened in March 1911."


def source(document: str, text: str, title: str = "A note") -> Source:
    passage = Passage(document, 0, len(text), text, "")
    return Source(Hit(1, 1.0, 0.5, 1.0, passage, f"/{document}.md", title), 0, len(text), text)


def disputes(sentence: str, other: str, question: str = "") -> list[tuple[str, str]]:
    mine, theirs = source("mine", sentence), source("theirs", other)
    return [(found.words, found.instead) for found in conflicts(sentence, question, [mine], [mine, theirs])]


@pytest.mark.parametrize(
    ("sentence", "other", "words", "instead"),
    [
        pytest.param("The new office opened in 1911.", "The new office opened in 1912.", "1911", "1912", id="year"),
        pytest.param(OFFICE, "The harbour office was opened in April 1912.", "March 1911", "April 1912", id="a date"),
        pytest.param(
            "NATO cut the Russian mission from 20 members to 10.",
            "NATO cut the Russian mission from 30 members to 10.",
            "20",
            "30",
            id="number",
        ),
        pytest.param(
            "The office employed forty clerks there.", "The office employed 50 clerks there.", "forty", "50", id="words"
        ),
        pytest.param(
            "The fish office was opened in Bonn.", "The fish office opened in Rome.", "Bonn", "Rome", id="name"
        ),
        pytest.param(
            "The mission was led by General Lajos Erdelyi of Hungary.",
            "The mission was led by General Peter Kovacs of Hungary.",
            "General Lajos Erdelyi",
            "General Peter Kovacs",
            id="name",
        ),
        pytest.param("The mayor of Brod is Jo Falk.", "The mayor of Brod is Ann Reh.", "Jo Falk", "Ann Reh", id="who"),
        pytest.param(
            "The ferry was closed by the owner.",
            "The ferry was not closed by the owner.",
            "closed",
            "not closed",
            id="denied",
        ),
        pytest.param(
            "The ferry was not closed by the owner.",
            "The ferry was closed by the owner.",
            "not closed",
            "closed",
            id="denies",
        ),
        pytest.param(
            "Das Büro in Moskau wurde im Mai 2002 eröffnet.",
            "Das Büro in Moskau wurde im Mai 2003 eröffnet.",
            "2002",
            "2003",
            id="German",
        ),
    ],
)  # fmt: skip
def test_another_fact_in_the_same_place_is_a_dispute(sentence: str, other: str, words: str, instead: str) -> None:
    assert disputes(sentence, other) == [(words, instead)]


@pytest.mark.parametrize(
    ("sentence", "other"),
    [
        pytest.param(OFFICE, OFFICE, id="the same"),
        pytest.param(OFFICE, "In March 1911 the office at the harbour was opened.", id="other words"),
        pytest.param(OFFICE, "The bridge opened in April 1912.", id="another thing"),
        pytest.param("Germany has 20 council seats.", "France has 30 council seats.", id="another country"),
        pytest.param(
            "The budget of the mission was 5 million euros in 2015.",
            "The budget of the mission was 6 million euros in 2016.",
            id="another year",
        ),
        pytest.param(
            "The budget of the mission was 5 million euros.",
            "The budget of the mission was 6 million euros in 2016.",
            id="perhaps another year",
        ),
        pytest.param("It opened in 1911.", "It opened in 1912.", id="too few words"),
    ],
)  # fmt: skip
def test_what_is_only_alike_is_no_dispute(sentence: str, other: str) -> None:
    assert disputes(sentence, other) == []


def test_the_year_that_the_question_asks_about_is_known() -> None:
    said, other = (
        "The yearly budget of the mission was 5 million.",
        "The yearly budget of the mission was 6 million in 2016.",
    )
    assert disputes(said, other, "What was the budget in 2016?") == [("5 million", "6 million")]


def test_a_document_does_not_contradict_itself_and_is_named_once() -> None:
    later = "The harbour office opened in May 1913."
    mine, same = source("mine", OFFICE), source("mine", later)
    others = [source("theirs", later), source("theirs", "The harbour office opened in June 1914.")]
    found = conflicts(OFFICE, "", [mine], [mine, same, *others])
    assert [(conflict.source, conflict.instead) for conflict in found] == [(others[0], "May 1913")]


def test_two_who_speak_do_not_contradict_each_other() -> None:
    assert (
        disputes("There are problems between them, Lavrov said.", "There are problems between them, Bell said.") == []
    )
