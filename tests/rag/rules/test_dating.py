"""Days and years that are those of something else than what a sentence tells."""

from __future__ import annotations

from dataclasses import replace

import pytest

from index.records import Hit
from rag.cite import Evidence, sources_of
from rag.rules.dating import dated_behind, only_of_a_report
from tests.rag.dossier import hits

ACT = "The Founding Act of 1997 set up relations between Russia and the alliance (Reuters, Kommersant, December 16)."
CUT = "On October 6 the bloc cut the mission, and eight envoys lost their accreditation. There were cuts in 2015, too."


def evidence(*read: Hit, cited: int = 1) -> Evidence:
    """All sentences are read, the first are cited."""
    sources = sources_of(read)
    return Evidence(sources[:cited], 1.0, 1.0, (), sources)


@pytest.mark.parametrize(
    ("sentence", "text", "told"),
    [
        ("Russia withdrew from the Act on December 16.", ACT, True),
        ("Russia withdrew from the Act in 1997.", ACT, False),
        ("Reuters reported on December 16 on the Act.", ACT, False),
        ("It was set up on May 3.", "He set it up (Smith, Jones, May 3, 1999).", False),
        ("It was set up on May 3.", "He set it up (in London, on May 3).", False),
        ("It was set up on May 3.", "He (Smith, May 3) set it up.", False),
        ("It was set up on May 3.", "He set it up on May 3 (Smith, May 3).", False),
        ("It was set up.", ACT, False),
    ],
)
def test_the_day_of_a_report_is_that_of_nothing_else(sentence: str, text: str, told: bool) -> None:
    assert bool(only_of_a_report(sentence, "When was it?", evidence(*hits(text)))) is told


def test_a_day_that_the_question_gives_is_left_alone() -> None:
    said = "Russia withdrew from the Act on December 16."
    assert only_of_a_report(said, "Who withdrew on December 16?", evidence(*hits(ACT))) == []


@pytest.mark.parametrize(
    ("sentence", "text", "told"),
    [
        ("In 2015, eight envoys lost it.", CUT, True),
        ("In 2015, envoys lost it.", CUT, False),
        ("Eight envoys lost it.", CUT, False),
        ("In 2015, eight envoys lost it.", f"It was 2015. {CUT}", False),
        ("In 2015, eight envoys lost it.", "In 2015 eight envoys lost it, as in 2015.", False),
        ("In 2015, eight envoys lost it.", "Eight envoys lost it.", False),
    ],
)
def test_a_year_that_comes_behind_dates_nothing_before_it(sentence: str, text: str, told: bool) -> None:
    cited = 2 if text.startswith("It was") else 1
    found = dated_behind(sentence, "How many envoys lost it in 2015?", evidence(*hits(text), cited=cited))
    assert bool(found) is told


def test_a_document_may_give_the_year_above() -> None:
    asked, said = "How many envoys lost it in 2015?", "In 2015, eight envoys lost it."
    (read,) = hits(CUT)
    assert dated_behind(said, asked, evidence(replace(read, date="2015-10-07"))) == []
    assert dated_behind(said, asked, evidence(replace(read, title="The year 2015"))) == []
    assert "“2015”" in dated_behind(said, asked, evidence(read))[0]
