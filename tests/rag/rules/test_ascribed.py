"""Whose words a conversation has, where a sentence gives them to another speaker."""

from __future__ import annotations

import pytest

from rag.cite import Citer
from rag.rules.ascribed import said_by_another
from tests.fakes import HashingEncoder
from tests.rag.dossier import hits, standing_of

CHAT = """Ann: Could you lend me the ladder for the weekend?
Ben: Sure, pick it up at the garage after work.
Ann: Thanks for the great lasagna you brought on Monday!
Ben: I baked a walnut cake for the street party.
Ann: Please remember to water the tomato plants in the greenhouse.
Ben: I'm moving to the coast in spring."""
GERMAN = """Anna: Kannst du mir am Wochenende die Leiter leihen?
Bernd: Klar, hol sie nach der Arbeit in der Garage ab.
Anna: Danke für die großartige Lasagne am Montag!
Bernd: Ich habe für das Straßenfest einen Walnusskuchen gebacken."""


@pytest.mark.parametrize(
    "sentence",
    [
        "Ann asked whether Ben could lend her the ladder for the weekend.",
        "Ann thanked Ben for the great lasagna.",
        "Ann reminded Ben to water the tomato plants in the greenhouse.",
        "Ben said he baked a walnut cake for the street party.",
        "Ben baked a walnut cake for the street party.",
        "Ben is moving to the coast in spring.",
        "Ben told Ann that he is moving to the coast in spring.",
        "Ben and Ann said they need the ladder for the weekend.",
    ],
)
def test_what_a_speaker_says_is_that_ones(sentence: str) -> None:
    assert standing_of(sentence, CHAT) == ("supported", ())


@pytest.mark.parametrize(
    "sentence",
    [
        "Ben asked Ann to lend him the ladder for the weekend.",
        "Ben thanked Ann for the great lasagna.",
        "Ben reminded Ann to water the tomato plants in the greenhouse.",
        "Ann was reminded by Ben to water the tomato plants.",
        "Ann said she baked a walnut cake for the street party.",
        "Ann will move to the coast in spring.",
        "Ann mentioned that she is moving to the coast in spring.",
    ],
)
def test_what_another_says_is_held_against_it(sentence: str) -> None:
    standing, reasons = standing_of(sentence, CHAT)
    assert standing == "contradicted"
    assert any(reason.startswith("where the sentence says “") for reason in reasons)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Anna fragte, ob Bernd ihr am Wochenende die Leiter leihen kann.", "supported"),
        ("Anna bedankte sich bei Bernd für die großartige Lasagne.", "supported"),
        ("Bernd erzählte, dass er für das Straßenfest einen Walnusskuchen gebacken hat.", "supported"),
        ("Bernd fragte, ob Anna ihm am Wochenende die Leiter leihen kann.", "contradicted"),
        ("Bernd bedankte sich bei Anna für die großartige Lasagne.", "contradicted"),
        ("Anna erzählte, dass sie für das Straßenfest einen Walnusskuchen gebacken hat.", "contradicted"),
    ],
)
def test_german_speakers(sentence: str, expected: str) -> None:
    assert standing_of(sentence, GERMAN)[0] == expected


@pytest.mark.parametrize(("reply", "said"), [("Yes, see you then.", False), ("Will it rain?", True)])
def test_who_says_yes_says_the_same(reply: str, said: bool) -> None:
    chat = f"Ann: We meet on Sunday at noon by the old mill.\nBen: {reply}\nAnn: Good.\nBen: Bye."
    sentence = "Ben said they meet on Sunday at noon by the old mill."
    evidence = Citer(hits(chat), HashingEncoder()).evidence(sentence)
    assert bool(said_by_another(sentence, evidence)) == said


def test_what_nobody_says_is_nobodys_words() -> None:
    told = "In the city the landlord doubled the monthly rent for all."
    sentence = "Ann said the landlord doubled the monthly rent again."
    chat = "Ann: Hello, how are you?\nBen: The landlord doubled the monthly rent again.\nAnn: That is bad news."
    evidence = Citer(hits(chat, told), HashingEncoder()).evidence(sentence)
    assert [turned.instead for turned in said_by_another(sentence, evidence)] == ["Ben said"]
