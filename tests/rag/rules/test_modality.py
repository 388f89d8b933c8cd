"""What is told as done, and was only planned, possible, weighed or refused; and what is compared."""

from __future__ import annotations

import pytest

from rag.rules.modality import compares, only_hoped, only_weighed, undone
from rag.words import language_of
from tests.rag.dossier import standing_of

HOPED = "The office was first hoped for in June 2000, then in the autumn."


@pytest.mark.parametrize(
    ("sentence", "source", "verb", "behind"),
    [
        (
            "The parliament passed the law.",
            "The parliament is expected to pass the law in June.",
            "passed",
            "expected to",
        ),
        (
            "BSF replaced three channels.",
            "BSF announced its intention to replace three channels.",
            "replaced",
            "intention to",
        ),
        ("The king visited the site.", "This suggests that the king may have visited the site.", "visited", "may"),
        ("The plant was closed.", "The plant will be closed in May.", "closed", "will"),
        ("The two firms merged.", "The two firms have agreed to merge.", "merged", "agreed to"),
        ("The new library opened.", "The planned opening of the new library was announced.", "opened", "planned"),
        ("The mayor resigned in May.", "The council urged the mayor to resign in May.", "resigned", "urged to"),
        ("The suspects killed the guard.", "The suspects allegedly killed the guard.", "killed", "allegedly"),
        ("She made more rational choices.", "She would have made more rational choices.", "made", "would"),
        ("The fund paid the victims.", "The fund is to pay the victims.", "paid", "is to"),
        (
            "The rebels laid down their weapons.",
            "The rebels promised to lay down their weapons.",
            "laid",
            "promised to",
        ),
        ("He was said to go; the duke left Rome.", "The duke was said to have left Rome.", "left", "said to"),
        ("Ford hat sein Werk geschlossen.", "Fords Werk wird im Mai schließen.", "geschlossen", "wird"),
        ("Die Bahn hat die Strecke gesperrt.", "Die Bahn will die Strecke sperren.", "gesperrt", "will"),
        (
            "Die Stadt eröffnete ein Theater.",
            "Die Stadt beabsichtigt, ein Theater zu eröffnen.",
            "eröffnete",
            "beabsichtigt … zu",
        ),
        ("Der Rat führte eine Steuer ein.", "Der Rat plant, eine Steuer einzuführen.", "führte", "plant … zu"),
        ("Das Dach wurde erneuert.", "Das Dach soll 2020 erneuert werden.", "erneuert", "soll"),
        ("Der Minister trat im Mai zurück.", "Der Minister soll im Mai zurücktreten.", "trat", "soll"),
        ("Die Firma entließ den Koch.", "Die Firma könnte den Koch entlassen.", "entließ", "könnte"),
        ("Der Konzern übernahm die Bank.", "Der Konzern hofft, die Bank zu übernehmen.", "übernahm", "hofft … zu"),
        ("Das Theater wurde eröffnet.", "Die geplante Eröffnung des Theaters wurde gefeiert.", "eröffnet", "geplante"),
        ("Der Täter floh und wurde gefasst.", "Der Täter wurde möglicherweise gefasst.", "gefasst", "möglicherweise"),
    ],
)
def test_what_is_not_done_yet_is_told(sentence: str, source: str, verb: str, behind: str) -> None:
    (found,) = undone(sentence, ["It rained.", source], ["", ""], language_of(source))
    assert (found.verb, found.behind, found.source, found.failed) == (verb, behind, 1, False)
    assert f"“{verb}”" in found.reason


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("The team won the cup.", "The team managed to win the cup."),
        ("The company built a plant.", "The company was able to build a plant."),
        ("The army withdrew from the city.", "The army had to withdraw from the city."),
        ("He painted for years.", "He began to paint and continued to paint for years; he used to paint at night."),
        ("He became the first mayor.", "He would later become the first mayor."),
        ("The museum was to open in May.", "The museum will open in May."),
        ("The council planned to open a bridge.", "The council will open a bridge."),
        ("The council planned to open a bridge.", "The council opened a bridge."),
        ("The king may have fled.", "The king fled to France."),
        (
            "The bridge was opened in May.",
            "It was planned to open the bridge in April, but the bridge was opened in May.",
        ),
        ("The bridge was built in 1990.", "After the council had agreed to build the bridge, it was built in 1990."),
        ("The treaty was signed in Paris.", "The treaty, signed in Paris, will expire."),
        ("Jennifer reminded you to drink.", "Jennifer: just wanted to remind you to drink."),
        ("The plan was announced in May.", "The firm announced in May that it plans to sell the plant."),
        ("The planned tower was red.", "He plans to build a red tower."),
        ("They need the old bridge.", "They will need the old bridge."),
        ("Die Brücke wurde gebaut.", "Die Brücke wurde 2019 gebaut und soll erweitert werden."),
        ("Das Werk wird geschlossen.", "Das Werk wurde im Mai geschlossen."),
        ("Die Bahn will die Strecke sperren.", "Die Bahn will die Strecke ab Mai sperren."),
        ("Der Minister trat zurück.", "Der Minister ist im Mai zurückgetreten."),
        ("Es hieß, dass der Dienst im März starte.", "Es hieß, dass der Dienst im März starten würde."),
    ],
)
def test_what_was_done_or_is_told_as_open_is_not_told(sentence: str, source: str) -> None:
    assert undone(sentence, [source], [""], language_of(source)) == ()


@pytest.mark.parametrize(
    ("after", "source", "failed"),
    [
        ("That failed to happen.", "The council planned to open the bridge in May.", "That failed to happen"),
        (
            "The plan was later cancelled.",
            "The council planned to open the bridge in May.",
            "The plan was later cancelled",
        ),
        ("", "The council planned to open the bridge, but this never happened.", "this never happened"),
        ("", "The council refused to open the bridge.", "refused to"),
        ("", "The council was unable to open the bridge.", "unable to"),
        ("The bridge is red.", "The council planned to open the bridge in May.", ""),
    ],
)
def test_what_came_to_nothing_is_denied(after: str, source: str, failed: str) -> None:
    (found,) = undone("The council opened the bridge.", [source], [after], "en")
    assert found.failed is bool(failed)
    assert found.behind == (failed or "planned to")


def test_what_was_done_by_somebody_else_is_no_excuse() -> None:
    said = "NATO held a conference in Moscow on terrorism at the end of the year."
    source = (
        "NATO agreed to hold a conference in Moscow at the end of the year to one that was held in May on terrorism."
    )
    assert undone(said, [source], [""], "en")
    assert undone(said, [source, "A party was held in Bonn."], ["", ""], "en")
    assert undone(said, [source, said], ["", ""], "en") == ()
    assert undone("НАТО провела встречу.", ["НАТО хочет провести встречу."], [""], "ru") == ()


def test_a_german_next_sentence_denies_what_was_planned() -> None:
    source = "Die Stadt plant, ein Theater zu eröffnen."
    (found,) = undone("Die Stadt eröffnete ein Theater.", [source], ["Dazu kam es nicht."], "de")
    assert found.failed


@pytest.mark.parametrize(
    ("sentence", "source", "told"),
    [
        ("The board introduced mandatory guidelines.", "The board is looking at mandatory guidelines.", True),
        ("The town has a mayor and has bought electric buses.", "There are plans for electric buses in town.", True),
        ("The board is looking at mandatory guidelines.", "The board is looking at mandatory guidelines.", False),
        (
            "The board introduced mandatory guidelines.",
            "The board introduced and discusses mandatory guidelines.",
            False,
        ),
        ("The board introduced mandatory guidelines.", "The board is looking at other guidelines.", False),
    ],
)
def test_what_is_only_weighed_was_not_done(sentence: str, source: str, told: bool) -> None:
    assert bool(only_weighed(sentence, [source], "en")) is told
    assert only_weighed(sentence, [source], "de") == []


@pytest.mark.parametrize(
    ("sentence", "sources", "hoped"),
    [
        ("The office opened in June 2000.", [HOPED], True),
        ("The office was hoped for in June 2000.", [HOPED], False),
        ("The office should open in June 2000.", [HOPED], False),
        ("The office opened in June 2000.", [HOPED, "The office opened in June 2000."], False),
        ("The office opened in June 2000.", ["It was hoped that it rains, but the office opened in June 2000."], False),
        ("The office opened in June 2000.", ["It rained."], False),
        ("The office opened in June 2000.", [], False),
    ],
)
def test_what_is_only_hoped_for_is_told(sentence: str, sources: list[str], hoped: bool) -> None:
    assert bool(only_hoped(sentence, sources, "en")) is hoped
    assert only_hoped(sentence, sources, "de") == []


def test_comparing_is_told_from_counting() -> None:
    assert compares("The bridge is older than the tower.")
    assert not compares("The bridge is older than 200 years.")


HOPED = "There had been hope that the tram line might open in May of 1998."


@pytest.mark.parametrize(
    ("sentence", "other", "expected"),
    [
        (
            "The tram line to the harbour opened in May of 1998.",
            "Reports said that the sides were ready for the agreement opening a tram line to the harbour.",
            "partly supported",
        ),
        (
            "The tram line to the harbour opened in May of 1999.",
            "The tram line to the harbour opened in May of 1999.",
            "supported",
        ),
    ],
)
def test_what_was_done_at_no_time_is_no_excuse_for_a_date(sentence: str, other: str, expected: str) -> None:
    assert standing_of(sentence, HOPED, other)[0] == expected


def test_a_suggestion_may_be_told_as_one() -> None:
    chat = "Dora: Maybe we could add some benches along the path?\nEmil: Yes."
    assert standing_of("It was Dora who suggested benches along the path.", chat) == ("supported", ())


CHAT = """Ann: I'll bring the blue tent to the lake on Friday.
Ben: I want to repaint the old boat this weekend.
Ann: Let's grill some trout by the campfire.
Ben: I fixed the oars yesterday."""


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Ann brought the blue tent to the lake.", "partly supported"),
        ("Ann has put up the blue tent by the lake.", "partly supported"),
        ("Ben repainted the old boat.", "partly supported"),
        ("They grilled some trout by the campfire.", "partly supported"),
        ("Ben said he wants to repaint the old boat this weekend.", "supported"),
        ("Ann will bring the blue tent to the lake on Friday.", "supported"),
        ("Ben fixed the oars.", "supported"),
    ],
)
def test_what_lies_ahead_is_not_done(sentence: str, expected: str) -> None:
    assert standing_of(sentence, CHAT)[0] == expected


def test_the_month_of_may_leaves_nothing_open() -> None:
    assert standing_of("The mill reopened in May.", "The mill reopened in May, as the miller had said.") == (
        "supported",
        (),
    )


def test_what_may_be_is_not() -> None:
    assert standing_of("The herb cures the fever.", "The herb may cure the fever.")[0] == "partly supported"
    assert standing_of("The herb can cure the fever.", "The herb may cure the fever.")[0] == "supported"
