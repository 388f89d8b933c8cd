"""Questions that lean on what was said are completed from it; those that can stand alone are left as they are."""

from __future__ import annotations

import pytest

from rag.records import Exchange
from rag.standalone import standalone

CLOSE = "Why did Russia close its mission to NATO in 2021?"
OPENED = Exchange("Who opened the office in Moscow?", "General Lajos Erdelyi opened it in May 2002.")
HARBOUR = "When was the harbour office opened?"
UNION = "When did France join the union?"
SCHLOSS = "Wann schloss Russland seine Mission bei der NATO?"
ЗАКРЫЛА = "Когда Россия закрыла миссию при НАТО?"


def understood(question: str, *before: str | Exchange) -> str:
    history = [one if isinstance(one, Exchange) else Exchange(one, "") for one in before]
    return standalone(question, history)


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        pytest.param(CLOSE, "When did it open?", "When did Russia's mission to NATO open?", id="it, somebody's"),
        pytest.param(HARBOUR, "Why was it closed?", "Why was the harbour office closed?", id="it, a thing"),
        pytest.param(OPENED, "Where was he born?", "Where was General Lajos Erdelyi born?", id="he, of the answer"),
        pytest.param(
            OPENED, "When did he open it?", "When did General Lajos Erdelyi open the office?", id="two pronouns"
        ),
        pytest.param("What did Lavrov announce?", "What was his reason?", "What was Lavrov's reason?", id="his"),
        pytest.param(CLOSE, "And in 2016?", "Why did Russia close its mission to NATO in 2016?", id="another year"),
        pytest.param(UNION, "And Germany?", "When did Germany join the union?", id="another name"),
        pytest.param(UNION, "What about Germany?", "When did Germany join the union?", id="what about"),
        pytest.param(
            CLOSE, "And the press office?", f"{CLOSE[:-1]}, and the press office?", id="a piece without a counterpart"
        ),
        pytest.param("Did Russia close it?", "Why?", "Why did Russia close it?", id="why, after yes or no"),
        pytest.param(HARBOUR, "Why?", "Why was the harbour office opened?", id="why, after when"),
        pytest.param(UNION, "Why did they do that?", "Why did France join the union?", id="why they did"),
        pytest.param("Who closed it?", "Why?", "Who closed it, and why?", id="why, after who"),
        pytest.param("Did NATO leave?", "Why not?", "Did NATO leave, and why not?", id="why not"),
        pytest.param(UNION, "Who resigned?", "When did France join the union, and who resigned?", id="two words"),
        pytest.param(HARBOUR, "Who worked there?", "Who worked there (harbour, office, opened)?", id="there"),
        pytest.param(
            UNION, "What did that decision lead to?", "What did that decision lead to (France, join, union)?", id="that"
        ),
        pytest.param(SCHLOSS, "Warum?", "Warum schloss Russland seine Mission bei der NATO?", id="warum"),
        pytest.param(SCHLOSS, "Und 2016?", f"{SCHLOSS[:-1]}, und 2016?", id="und"),
        pytest.param(
            SCHLOSS,
            "Wann wurde sie eröffnet?",
            "Wann wurde sie eröffnet (schloss, Russland, Mission, NATO)?",
            id="sie",
        ),
        pytest.param(
            SCHLOSS,
            "Wer hat das angekündigt?",
            "Wer hat das angekündigt (schloss, Russland, Mission, NATO)?",
            id="das",
        ),
        pytest.param(ЗАКРЫЛА, "Почему?", "Почему Россия закрыла миссию при НАТО?", id="почему"),
        pytest.param(ЗАКРЫЛА, "А в 2016 году?", f"{ЗАКРЫЛА[:-1]}, и в 2016 году?", id="а в"),
        pytest.param(
            ЗАКРЫЛА,
            "Сколько человек там работало?",
            "Сколько человек там работало (Россия, закрыла, миссию, НАТО)?",
            id="там",
        ),
    ],
)
def test_a_question_that_leans_is_completed(before: str | Exchange, question: str, expected: str) -> None:
    assert understood(question, before) == expected


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("What is the budget of the union?", id="whole"),
        pytest.param("What is NATO and where is it located?", id="its antecedent stands before it"),
        pytest.param("What did Lavrov say about his mission?", id="his is Lavrov's"),
        pytest.param("Which bank closed its office?", id="its is the bank's"),
        pytest.param("Is it true that Russia closed the mission?", id="an empty it"),
        pytest.param("How many members of the council are there?", id="there are"),
        pytest.param("What is this dossier about?", id="what lies on the desk"),
        pytest.param("press office Moscow", id="words to search for"),
        pytest.param("And how many people work in the press office?", id="and, but whole"),
        pytest.param("Wie viele Mitarbeiter gibt es in Moskau?", id="es gibt"),
        pytest.param("Wer hat das Büro in Moskau eröffnet?", id="das is an article"),
        pytest.param("Haben Sie Unterlagen über Moskau?", id="Sie is the reader's"),
        pytest.param("Что сказал Лавров о закрытии миссии?", id="Russian, whole"),
    ],
)
@pytest.mark.parametrize("before", [CLOSE, SCHLOSS, ЗАКРЫЛА], ids=["after English", "after German", "after Russian"])
def test_a_question_that_stands_alone_is_left_as_it_is(before: str, question: str) -> None:
    assert understood(question, before) == question


@pytest.mark.parametrize("question", ["Why?", "And in 2016?", "When did it open?"])
def test_nothing_is_added_where_nothing_was_said_before(question: str) -> None:
    assert standalone(question, ()) == question


@pytest.mark.parametrize(
    "question", ["What happened there before that?", "Who resigned?", "And the office?", "Why not?"]
)
def test_a_chain_of_questions_keeps_its_subject_and_does_not_grow(question: str) -> None:
    said = Exchange(CLOSE, "")
    for _ in range(6):
        said = Exchange(understood(question, said), "")
        assert "Russia" in said.question
        assert len(said.question.split()) <= len(CLOSE.split()) + len(question.split()) + 1
    assert understood("Who else?", said).count("Russia") == 1


def test_of_what_was_said_before_only_so_much_is_looked_at() -> None:
    assert understood("Why?", "When did the office close?", "When " * 1000) == "Why did the office close?"
    long = Exchange("Who opened the office in Moscow?", "word " * 1000 + "General Lajos Erdelyi opened it.")
    assert "Erdelyi" not in understood("Where did he come from?", long)
