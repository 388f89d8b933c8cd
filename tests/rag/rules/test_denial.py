"""Denials are held against each other word by word."""

from __future__ import annotations

import pytest

from rag.rules.denial import opposition, unsure_denial
from tests.rag.dossier import standing_of


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
        pytest.param("They did not sign any document.", "There were no documents signed.", id="not any"),
        pytest.param("No documents were signed.", "They did not sign any document.", id="not any in the source"),
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


@pytest.mark.parametrize(
    ("sentence", "source", "language"),
    [
        pytest.param("Not all doctors prescribe it.", "All doctors prescribe it.", "en", id="not all, of all"),
        pytest.param(
            "The bird is not always called a robin.",
            "The bird is always called a robin.",
            "en",
            id="not always, of always",
        ),
        pytest.param(
            "The cost was not the main reason for the closure.",
            "The cost was the main reason for the closure.",
            "en",
            id="not the main, of the main",
        ),
        pytest.param(
            "All members signed the letter.", "Not all members signed the letter.", "en", id="all, of not all"
        ),
        pytest.param(
            "The king himself conquered all of the south.",
            "The king did not conquer all the towns of the south and the east.",
            "en",
            id="all, of a verb that is not of all",
        ),
        pytest.param("The drug always works.", "The drug does not always work.", "en", id="always, of not always"),
        pytest.param("NATO did not close all offices.", "NATO closed every office.", "en", id="not all, of every"),
        pytest.param("Every pupil passed.", "Not all of the pupils passed.", "en", id="every, of not all"),
        pytest.param("He won the prize.", "He did not win the prize.", "en", id="an irregular verb"),
        pytest.param("The troops left the town.", "The troops did not leave the town.", "en", id="another one"),
        pytest.param(
            "No Russian officer attended the talks.",
            "Russian officers attended the talks.",
            "en",
            id="no, before an adjective",
        ),
        pytest.param(
            "Several German translations of the poem are known.",
            "No German translation of the poem is known, but German readers knew it.",
            "en",
            id="no, in the source",
        ),
        pytest.param("They would not open an office.", "They would open an office.", "en", id="would not, of would"),
        pytest.param(
            "The fields of cartography, geography and astronomy were not advanced.",
            "Advances were made in the fields of cartography and geography.",
            "en",
            id="a list behind the word",
        ),
        pytest.param("Nicht alle Ärzte verschreiben es.", "Alle Ärzte verschreiben es.", "de", id="German, nicht alle"),
        pytest.param(
            "Es gibt mehrere deutsche Übersetzungen.",
            "Es gibt keine deutsche Übersetzung, aber deutsche Leser.",
            "de",
            id="German, keine",
        ),
    ],
)
def test_a_denial_is_held_against_the_clause_that_says_the_same(sentence: str, source: str, language: str) -> None:
    assert opposed(sentence, source, language)
    assert not opposed(source, source, language)
    assert not opposed(sentence, sentence, language)


@pytest.mark.parametrize(
    ("sentence", "source", "language"),
    [
        pytest.param(
            "Not all American doctors prescribe it.", "Some American doctors prescribe it.", "en", id="not all, of some"
        ),
        pytest.param("Not every pupil passed the exam.", "Most pupils passed the exam.", "en", id="not all, of most"),
        pytest.param(
            "The bird is not always called a robin.",
            "The bird is sometimes called a robin, sometimes a redbreast.",
            "en",
            id="not always",
        ),
        pytest.param(
            "The cut was not the main cause.",
            "The cut played a part, but the main reason was the cost.",
            "en",
            id="not the main",
        ),
        pytest.param(
            "The south had not yet been conquered when he died.",
            "He did not conquer all of the south before he died.",
            "en",
            id="not yet",
        ),
        pytest.param(
            "The machine does not necessarily need oil.", "The machine usually needs oil.", "en", id="not necessarily"
        ),
        pytest.param(
            "Tasmania was not part of the league.", "Tasmania was excluded from the league.", "en", id="excluded"
        ),
        pytest.param(
            "Tasmania was not part of the league.",
            "The other colonies took part in it, and Tasmania was excluded.",
            "en",
            id="of another",
        ),
        pytest.param(
            "The press office did not open in June.",
            "There had been hope that the press office might open in June.",
            "en",
            id="hoped for",
        ),
        pytest.param(
            "Nicht alle Ärzte verschreiben es.",
            "Einige Ärzte verschreiben es, andere nicht.",
            "de",
            id="German, nicht alle",
        ),
        pytest.param(
            "Die Insel gehörte nicht zum Bund.",
            "Die Insel war vom Bund ausgeschlossen.",
            "de",
            id="German, ausgeschlossen",
        ),
    ],
)
def test_a_denial_denies_no_more_than_it_says(sentence: str, source: str, language: str) -> None:
    assert not opposed(sentence, source, language)


@pytest.mark.parametrize(
    ("sentence", "source", "told"),
    [
        pytest.param(
            "The press office did not open in June.",
            "They hoped that the press office might open in June.",
            1,
            id="hoped",
        ),
        pytest.param(
            "Not all doctors prescribe it.", "Doctors prescribe it.", 1, id="not all, of a source without all"
        ),
        pytest.param("The law does not apply to children.", "The law applies to adults only.", 1, id="only of others"),
        pytest.param("Not many people live there.", "Few people live there.", 0, id="not many, few"),
        pytest.param("Not all doctors prescribe it.", "Some doctors prescribe it.", 0, id="not all, of some"),
        pytest.param("The office did not open.", "The office never opened.", 0, id="denied by both"),
    ],
)
def test_what_the_source_leaves_open_is_supported_in_part(sentence: str, source: str, told: int) -> None:
    assert not opposed(sentence, source)
    assert len(unsure_denial(sentence, source, "en")) == told


def test_a_source_that_tells_of_something_else_contradicts_no_denial() -> None:
    won, other = "He won the prize.", "The prize is named after a chemist."
    found = [opposition("He did not win the prize.", source, source, "en", "") for source in (won, other)]
    assert [opposing and opposing.contradicted for opposing in found] == [True, True]
    apart = opposition("Editors did not check the figures of May.", other, other, "en", "")
    assert apart is not None
    assert not apart.contradicted


def test_a_question_affirms_nothing() -> None:
    asked, refused = "Which senator have you supported?", "He refused to say."
    assert opposition("He has never supported a senator.", asked, f"{asked}\n{refused}", "en", "") is None
    said = "You have supported a senator."
    assert opposition("He has never supported a senator.", said, f"{said}\n{refused}", "en", "") is not None


def test_only_is_held_against_whoever_denies_it_of_those() -> None:
    assert opposed("The law does not apply to adults.", "The law applies to adults only.")


@pytest.mark.parametrize(
    ("source", "opposes"),
    [
        ("Politics decided in the selection of the last places for the ships; Houston was rejected.", False),
        ("The selection of Houston as the last place for a ship was a surprise; others were rejected.", True),
        ("Houston was selected as a place for the ships; others were rejected.", True),
    ],
)
def test_a_noun_affirms_its_verb_of_the_same_only(source: str, opposes: bool) -> None:
    found = opposition("Houston was not selected as a place for such an old boat.", source, source, "en", "")
    assert (found is not None) is opposes


def test_a_german_noun_does_so_too() -> None:
    said, source = "Der Hafen wurde nicht verlegt.", "Die Verlegung des Hafens begann, als die Flut ausblieb."
    assert opposition(said, source, source, "de", "") is not None


@pytest.mark.parametrize(
    ("sentence", "source", "expected"),
    [
        (
            "None of the early plays is known to have been printed in London.",
            "No London printing of the early plays is known, but copies may have circulated.",
            "supported",
        ),
        (
            "Some of the early plays are known to have been printed in London.",
            "No London printing of the early plays is known.",
            "contradicted",
        ),
        ("Nobody is known to have survived the wreck.", "No sailor is known to have survived the wreck.", "supported"),
        ("Not all villagers own a boat.", "About 30 percent of villagers own a boat.", "supported"),
        ("None of the survivors was found.", "Two survivors were found.", "contradicted"),
    ],
)
def test_none_denies_all_of_its_clause(sentence: str, source: str, expected: str) -> None:
    assert standing_of(sentence, source)[0] == expected


def test_a_verb_that_says_little_is_denied_with_what_follows_it() -> None:
    denial = "Moscow did not take the initiative for the meeting."
    source = "The meeting is to take place in April."
    found = opposition(denial, source, source, "en", "")
    assert found is None or "take" not in found.reason
    assert opposed(denial, "Moscow took the initiative for the meeting.")
