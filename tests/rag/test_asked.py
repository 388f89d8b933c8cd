"""What a question asks for is told by its words, and an answer that only repeats it gives nothing."""

from __future__ import annotations

import pytest

from rag.asked import gives_what_was_asked, kind_asked


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many staff lost their accreditation?", "number"),
        ("When did the mission open?", "time"),
        ("In which year was the council founded?", "time"),
        ("Who cut the ribbon?", "name"),
        ("Where did the ministers meet?", "name"),
        ("Did Russia agree?", "yes or no"),
        ("Was it clear who had won?", "yes or no"),
        ("Why was it closed?", "something"),
        ("Wie viele Staaten gehören dazu?", "number"),
        ("Wann wurde das Büro eröffnet?", "time"),
        ("Кто закрыл миссию?", "name"),
    ],
)
def test_the_kind_is_told_by_the_question_words(question: str, kind: str) -> None:
    assert kind_asked(question) == kind


@pytest.mark.parametrize(
    ("question", "answer", "given"),
    [
        ("How many staff were expelled?", "Eight staff were expelled.", True),
        ("How many staff were expelled?", "The staff of the mission were expelled.", False),
        ("How many of the 20 were expelled?", "All of the 20 were expelled.", False),
        ("When did talks resume after 2014?", "They resumed on April 20.", True),
        ("When did talks resume after 2014?", "They resumed after 2014.", False),
        ("Who insisted on that?", "Lavrov insisted on that.", True),
        ("Who insisted on that?", "The minister insisted on that.", False),
        ("Who followed Putin?", "Putin's follower.", False),
        ("Did Russia agree?", "Yes.", True),
        ("On which topic will Moscow meet Washington?", "Moscow will meet Washington.", False),
        ("On which topic will Moscow meet Washington?", "They will meet on cybersecurity.", True),
    ],
)
def test_an_answer_gives_something_of_that_kind_or_not(question: str, answer: str, given: bool) -> None:
    assert gives_what_was_asked(question, answer) is given
