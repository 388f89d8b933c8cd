"""Facts of a sentence that do not hold, and why: each is invented, stands elsewhere, or needs a word, or none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.cite import Citer, Evidence
from rag.rules.missing import displaced, missing
from tests.fakes import HashingEncoder
from tests.rag.dossier import hits

TOLD = "On Monday Norway sent 40 envoys to Zeira, where they stayed."


def evidence_for(sentence: str, told: str = TOLD, heading: str = "") -> Evidence:
    return Citer(hits(told, heading=heading), HashingEncoder()).evidence(sentence)


@pytest.mark.parametrize(
    ("question", "told", "instead"),
    [
        ("Did Moscow drop its objections to it?", "Russia dropped its objections to it.", []),
        ("Did Norway drop its objections to it?", "Russia dropped its objections to it.", ["Russia"]),
        ("Was the festival of lanterns held in 2007?", "The festival of lanterns was held in 1990.", []),
        ("Was the festival of lanterns held in 2008?", "The festival of lanterns was held in 1990.", ["1990"]),
    ],
)
def test_what_stands_in_the_place_of_what_is_asked(question: str, told: str, instead: list[str]) -> None:
    read = [replace(hit, date="2007-03-05") for hit in hits(told)]
    evidence = Citer(read, HashingEncoder()).evidence(question)
    assert [wrong.instead for wrong in displaced(question, question, evidence, "en")] == instead


@pytest.mark.parametrize(
    ("sentence", "question", "invented", "repeated"),
    [
        pytest.param("Norway sent 40 envoys to Zeira.", "", [], [], id="stated"),
        pytest.param("Norway sent more than 30 envoys to Zeira.", "", [], [], id="a bound that holds"),
        pytest.param("Norway sent 50 envoys to Zeira.", "", ["“50”", "“40”"], [], id="in another's place"),
        pytest.param("Norway sent envoys to Zeira, all in 1990.", "", ["“1990”"], [], id="invented"),
        pytest.param("Norway sent envoys to Zeira, all in 1990.", "Who in 1990?", [], ["“1990”"], id="of the question"),
        pytest.param("Norway sent 40 envoys to Zeria.", "Who to Zeria?", [], ["“Zeria”", "“Zeira”"], id="misspelt"),
        pytest.param("Norway sent 40 envoys to Zeira in Egypt.", "", [], [], id="in the heading"),
        pytest.param("Hawaii won 40 envoys.", "", ["“Hawaii”"], [], id="a stranger opens it"),
    ],
)
def test_a_fact_is_invented_or_needs_a_word_or_none(
    sentence: str, question: str, invented: list[str], repeated: list[str]
) -> None:
    evidence = evidence_for(sentence, heading="Envoys to Egypt")
    elsewhere = displaced(sentence, question, evidence, "en")
    for reasons, named in zip(
        missing(sentence, evidence, question, elsewhere, "en"), (invented, repeated), strict=True
    ):
        assert len(reasons) == bool(named)
        assert all(words in reasons[0] for words in named)
