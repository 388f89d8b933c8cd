"""Questions that compare two things, and what follows from the figures of both."""

from __future__ import annotations

import pytest

from rag.comparing import comparison
from rag.records import Sentence, Support


def said(text: str, support: Support = "supported", score: float = 0.9) -> Sentence:
    return Sentence(text, support, score, (), () if support == "supported" else ("why not",))


@pytest.mark.parametrize(
    ("question", "first", "second", "outcome"),
    [
        (
            "Which came first: the mill or the bridge?",
            "When was the mill?",
            "When was the bridge?",
            "the mill came first",
        ),
        ("Which is older, the mill, or the bridge?", "When was the mill?", "When was the bridge?", "the mill is older"),
        (
            "Which of the two opened later: the mill or the pub?",
            "When did the mill open?",
            "When did the pub open?",
            "the pub opened later",
        ),
        (
            "What happened last in Rome: the war or the fire?",
            "When was the war?",
            "When was the fire?",
            "the fire happened last in Rome",
        ),
        ("Who was born first, Bach or Handel?", "When was Bach born?", "When was Handel born?", "Bach was born first"),
        ("Who is younger: Bach or Handel?", "When was Bach born?", "When was Handel born?", "Handel is younger"),
        ("Which was founded earlier, A or B?", "When was A founded?", "When was B founded?", "A was founded earlier"),
        (
            "Which has more people: A or B?",
            "How many people does A have?",
            "How many people does B have?",
            "B has more people",
        ),
        (
            "Who had the fewest seats: A or B?",
            "How many seats did A have?",
            "How many seats did B have?",
            "A had the fewest seats",
        ),
        (
            "Which is shorter: the Rhine or the Elbe?",
            "How long is the Rhine?",
            "How long is the Elbe?",
            "the Rhine is shorter",
        ),
        ("Did the mill open before or after the war?", "When did the mill open?", "When was the war?", "before"),
        ("Was it built earlier or later than A was sold?", "When was it built?", "When was A sold?", "before"),
        ("Was ist älter: der Dom oder das Tor?", "Wann war der Dom?", "Wann war das Tor?", "der Dom ist älter"),
    ],
)
def test_each_side_is_asked_about(question: str, first: str, second: str, outcome: str) -> None:
    found = comparison(question)
    assert found
    assert found.questions == (first, second)
    assert found.if_lower[0] == outcome


@pytest.mark.parametrize(
    "question",
    [
        "Which came first?",
        "Who came to the meeting first?",
        "Which is older: the mill, the bridge or the pub or the inn?",
        "Which is older: the mill or the mill?",
        "Which is nicer: the mill or the bridge?",
        "Who was the first minister, and who was the last?",
    ],
)
def test_what_is_not_clearly_two_things_is_not_compared(question: str) -> None:
    assert comparison(question) is None


FIRST, MORE, LONGER = "Which came first: A or B?", "Which has more mills: A or B?", "Which is longer: A or B?"


@pytest.mark.parametrize(
    ("question", "one", "other", "conclusion"),
    [
        (FIRST, "A was in 1777.", "B was shown in 1785.", "A came first (1777 < 1785)."),
        (FIRST, "A was in 1785.", "B was shown in 1777.", "B came first (1777 < 1785)."),
        (FIRST, "A was on May 3, 1999.", "B was on 2 May 1999.", "B came first (1999-05-02 < 1999-05-03)."),
        (FIRST, "A was on May 3, 1999.", "B was in 2001, with 12 guests.", "A came first (1999-05-03 < 2001)."),
        ("Which is more recent: A or B?", "A was in 1989.", "B was in April 1991.", "B is more recent (1991 > 1989)."),
        ("Did A open before or after B?", "It opened in 1777.", "B was in 1785.", "Before (1777 < 1785)."),
        ("Did A open before or after B?", "It opened in 1799.", "B was in 1785.", "After (1799 > 1785)."),
        (MORE, "A has 17,786 mills.", "B had 1,345 in 2010.", "A has more mills (17,786 > 1,345)."),
        ("Which has fewer mills: A or B?", "A has 17 mills.", "B had 1,345.", "A has fewer mills (17 < 1,345)."),
        (LONGER, "A is 5 km long.", "B is 7 km long.", "B is longer (7 > 5)."),
        (
            "Which is older: the 1900 mill or the pub?",
            "The 1900 mill was built in 1899.",
            "It opened in 1700.",
            "The pub is older (1700 < 1899).",
        ),
    ],
)
def test_the_figures_tell(question: str, one: str, other: str, conclusion: str) -> None:
    found = comparison(question)
    assert found
    told = found.conclusion([[said(one)], [said(other)]])
    assert told
    assert told.text == conclusion


def test_a_figure_in_the_name_of_a_thing_is_none_of_its_own() -> None:
    found = comparison("Which came first: the 1900 exhibition or B?")
    assert found
    assert found.conclusion([[said("The 1900 exhibition was great.")], [said("B was in 1899.")]]) is None
    told = found.conclusion([[said("The 1900 exhibition began in 1901.")], [said("B was in 1899.")]])
    assert told
    assert told.text == "B came first (1899 < 1901)."


@pytest.mark.parametrize(
    ("question", "one", "other", "why"),
    [
        (FIRST, "A was long ago.", "B was in 1785.", "no date"),
        (FIRST, "A was in 1777 or in 1778.", "B was in 1785.", "two dates"),
        (FIRST, "A was in 1785.", "B was on May 3, 1785.", "the same, as far as it is told"),
        (FIRST, "A was in 1777 BC.", "B was in 1785.", "before Christ"),
        (LONGER, "A is 5 km long.", "B is 700 m long.", "counted in something else"),
        (LONGER, "A runs 2:15 hours.", "B runs 3:05 hours.", "times, with which nothing is reckoned"),
        (MORE, "A is version 1.2.3.", "B is version 1.3.1.", "versions"),
        (MORE, "A has 5 mills and 3 pubs.", "B has 7 mills.", "two numbers"),
    ],
)
def test_nothing_follows_from_figures_that_are_not_clear(question: str, one: str, other: str, why: str) -> None:
    found = comparison(question)
    assert found
    assert found.conclusion([[said(one)], [said(other)]]) is None, why


def test_a_conclusion_is_no_surer_than_what_it_rests_on() -> None:
    found = comparison(FIRST)
    assert found
    sure, half = said("A was in 1777.", score=0.9), said("B was in 1785.", "partial", 0.5)
    told = found.conclusion([[sure], [half]])
    assert told
    assert (told.support, told.score) == ("partial", 0.5)
    assert told.reasons
    assert found.conclusion([[sure], [said("B was in 1785.", "unsupported")]]) is None
    assert found.conclusion([[sure], []]) is None
