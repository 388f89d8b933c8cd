"""Denials are held against each other word by word."""

from __future__ import annotations

import pytest

from rag.denial import opposition


def opposed(sentence: str, source: str, language: str = "en") -> bool:
    return opposition(sentence, source, source, language, "") is not None


@pytest.mark.parametrize(
    ("sentence", "source", "language"),
    [
        pytest.param("Russia did not close the mission.", "Russia closed the mission.", "en", id="added"),
        pytest.param("No, Russia did not close it.", "Russia closed it.", "en", id="behind a reply"),
        pytest.param("It is not easy.", "It is easy.", "en", id="without the contrary"),
        pytest.param(
            "Russia did not close it.", "Russia closed it, which was never forgotten.", "en", id="beside another"
        ),
        pytest.param("The office reopened.", "The office never reopened.", "en", id="removed"),
        pytest.param(
            "The answer is not Geneva.", "Talks were held in Geneva, and refused in Bonn.", "en", id="of a name"
        ),
        pytest.param(
            "Russland schloss die Mission nicht.", "Russland schloss die Mission.", "de", id="German, at the end"
        ),
        pytest.param("Россия не закрыла миссию.", "Россия закрыла миссию.", "ru", id="Russian"),
    ],
)
def test_a_denial_on_one_side_is_opposed(sentence: str, source: str, language: str) -> None:
    assert opposed(sentence, source, language)
    assert not opposed(source, source, language)
    assert not opposed(sentence, sentence, language)


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        pytest.param("Russia did not attend the meeting.", "Russia refused to attend the meeting.", id="by a verb"),
        pytest.param("Russia refused to attend.", "Russia did not attend.", id="by a verb in the sentence"),
        pytest.param("It trains and also advises.", "It not only trains, it also advises.", id="not only"),
        pytest.param(
            "Russia closed the mission.", "Russia closed the mission and did not explain it.", id="another clause"
        ),
        pytest.param("Their goals are opposing.", "They follow different, if not opposing goals.", id="left open"),
        pytest.param("A broken seal lets them open it.", "They must not open it unless a seal is broken.", id="unless"),
        pytest.param("He wants to see if there are any leaks.", "He checked in. There are no leaks.", id="if any"),
        pytest.param("He asked whether it leaks.", "It never leaks.", id="whether"),
        pytest.param("He does not expect it to be easy.", "It will be difficult.", id="the contrary"),
        pytest.param("No, NATO was not ready.", "NATO was not ready.", id="behind a reply"),
        pytest.param(
            "It could not be business.", "We cannot act as if it is business.", id="further behind a negation"
        ),
        pytest.param("It could not hold a set speed.", "It was incapable of holding a set speed.", id="incapable"),
    ],
)
def test_what_both_deny_or_neither_is_not_opposed(sentence: str, source: str) -> None:
    assert not opposed(sentence, source)


def test_what_one_source_says_is_no_denial_of_what_another_one_says() -> None:
    closed, later = "The office closed.", "It did not close in vain."
    assert opposition("The office closed.", later, f"{closed}\n{later}", "en", "") is None
    assert opposition("The office closed.", later, later, "en", "") is not None


def test_what_the_question_denies_itself_may_be_repeated() -> None:
    sentence, source = "If we don't change, it is the usual course.", "They speak of the usual course."
    assert opposition(sentence, source, source, "en", "What is it called if we don't change?") is None
    assert opposition(sentence, source, source, "en", "What is it called?") is not None


def test_no_longer_denies_what_follows_it() -> None:
    assert opposed("It is a base for cars.", "It will no longer be a base for cars.")


def test_a_negation_reaches_no_further_than_its_clause() -> None:
    assert opposed("It was not a success.", "Nobody had expected it, yet it was a success.")


def test_what_a_yes_or_no_question_denies_may_be_repeated() -> None:
    said, told = (
        "They have no rules on subjects that one must not joke about.",
        "It was a joke. They don't have any rules.",
    )
    assert not opposition(said, told, told, "en", "Are there rules on subjects that one must not joke about?")
    assert opposition(said, told, told, "en", "Which rules are there on subjects that one must not joke about?")
    assert opposition(said, told, told, "en", "Are there rules on jokes?")


def test_that_nothing_was_said_denies_no_saying() -> None:
    assert not opposed("Ivanov said that they agree.", "Nothing was said of Prague, and they agree.")
