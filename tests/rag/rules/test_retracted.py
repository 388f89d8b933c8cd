"""What a source takes back or only asks is no support for it."""

from __future__ import annotations

import pytest

from tests.rag.dossier import standing_of


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        pytest.param("Bats are blind.", "It is a common misconception that bats are blind.", id="a misconception that"),
        pytest.param(
            "The tower leans to the east.", "It is not true that the tower leans to the east.", id="it is not true that"
        ),
        pytest.param(
            "The wall is visible from the moon.",
            "Many say that the wall is visible from the moon, which is not true.",
            id="which is not true",
        ),
        pytest.param(
            "The outer membrane is the product of the cell membrane.",
            "Many say the outer membrane is the product of the cell membrane—which is not true.",
            id="between dashes",
        ),
        pytest.param("Bulls hate the colour red.", "That bulls hate the colour red is a myth.", id="that is a myth"),
        pytest.param(
            "The wall is visible from the moon.",
            "The wall is said to be visible from the moon. This is a myth.",
            id="in the next sentence",
        ),
        pytest.param(
            "The poet wrote the hymn in prison.",
            "The poet is said to have written the hymn: the poet wrote the hymn in prison. This story is false.",
            id="this claim is false",
        ),
        pytest.param(
            "The river rises in Bavaria.",
            "Some maps show that the river rises in Bavaria, but this is wrong.",
            id="but this is wrong",
        ),
        pytest.param(
            "Die Mauer ist vom Mond aus sichtbar.",
            "Dass die Mauer vom Mond aus sichtbar ist, ist ein Irrtum.",
            id="German, dass ... ist ein Irrtum",
        ),
        pytest.param(
            "Fledermäuse sind blind.", "Es ist ein Irrtum, dass Fledermäuse blind sind.", id="German, ein Irrtum, dass"
        ),
    ],
)
def test_what_the_source_takes_back_is_contradicted(sentence: str, source: str) -> None:
    assert standing_of(sentence, source) == ("contradicted", ("the cited passage says that this is not so",))


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        pytest.param(
            "Bats are not blind.",
            "It is a common misconception that bats are blind; bats are not blind.",
            id="the denial",
        ),
        pytest.param(
            "Bats see well.",
            "It is a common misconception that bats are blind. In fact bats see well.",
            id="what is so instead",
        ),
        pytest.param(
            "It is a myth that the wall is visible from the moon.",
            "The wall is said to be visible from the moon, which is a myth.",
            id="that it is a myth",
        ),
        pytest.param(
            "The book tells the myth of Orpheus.", "The book tells the myth of Orpheus.", id="a myth that is told"
        ),
        pytest.param(
            "Napoleon was of average height.",
            "Contrary to popular belief, Napoleon was of average height.",
            id="contrary to belief",
        ),
        pytest.param(
            "The date of 2035 was wrong.",
            "The panel conceded that the date of 2035 was wrong.",
            id="somebody was wrong",
        ),
        pytest.param(
            "The museum opens on Mondays.",
            "Does the museum open on Mondays? Yes, it opens on Mondays.",
            id="a question with its yes",
        ),
        pytest.param("The report misquoted the study.", "The report misquoted the study.", id="misquoted"),
        pytest.param(
            "Fledermäuse sehen gut.", "Dass Fledermäuse blind sind, ist ein Irrtum. Fledermäuse sehen gut.", id="German"
        ),
        pytest.param(
            "The wall is visible from the tower.",
            "The wall is visible from the tower, which is not open.",
            id="nothing taken back",
        ),
    ],
)
def test_what_stands_beside_it_is_supported(sentence: str, source: str) -> None:
    assert standing_of(sentence, source)[0] == "supported"


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        pytest.param("The report quoted the study correctly.", "The report misquoted the study.", id="misquoted"),
        pytest.param(
            "The treaty was interpreted by the court.",
            "The treaty was misinterpreted by the court.",
            id="misinterpreted",
        ),
        pytest.param(
            "The report quoted its own source, a study of glaciers, correctly.",
            "The date was correctly quoted by the panel; the report misquoted its own source, a study of glaciers.",
            id="beside the word itself",
        ),
        pytest.param("Die Werte sind vollständig.", "Die Werte sind unvollständig.", id="German"),
    ],
)
def test_a_word_with_a_prefix_that_denies_is_its_contrary(sentence: str, source: str) -> None:
    found, reasons = standing_of(sentence, source)
    assert found == "contradicted"
    assert any(reason.startswith("where the sentence says") for reason in reasons)


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("The medicine is effective in children.", "There is no evidence that the medicine is effective in children."),
        ("Das Mittel hilft Kindern.", "Es gibt keine Belege dafür, dass das Mittel Kindern hilft."),
    ],
)
def test_what_there_is_no_evidence_of_is_supported_in_part_at_most(sentence: str, source: str) -> None:
    reason = "the cited passage says that there is no evidence of this"
    assert standing_of(sentence, source) == ("partly supported", (reason,))
    assert standing_of(source, source) == ("supported", ())


ASKED = "Do you ever record books at home in your kitchen?"


def test_what_an_interviewer_asks_is_not_said() -> None:
    found, reasons = standing_of("They record books at home in the kitchen.", ASKED)
    assert (found, reasons) == ("partly supported", ("part of this is only asked in the cited passage, not said",))
    assert standing_of("They record books at home in the kitchen.", f"{ASKED} Yes, every day.")[0] == "supported"


def test_a_question_of_a_conversation_may_settle_what_it_asks() -> None:
    talk = "Ann: How about we meet at the café on Sunday?\nBob: Great."
    assert standing_of("Ann and Bob meet at the café on Sunday.", talk)[0] == "supported"


def test_what_a_source_says_word_for_word_holds_unless_it_is_taken_back() -> None:
    said = "The tower is visible from the Moon."
    assert standing_of(said, f"{said} It stands in Kiel.")[0] == "supported"
    assert standing_of(said, f"{said} This is a common misconception.")[0] != "supported"
