"""A reason is looked for beside its effect; a reason of the source's own is held against it."""

from __future__ import annotations

import pytest

from tests.rag.dossier import standing_of

NONE = "no passage that was read gives this reason for it"


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        pytest.param(
            "The bridge closed in 1970 because its piers had rusted.",
            "The bridge closed in 1970, as its piers had rusted away.",
            id="because and as",
        ),
        pytest.param(
            "Because of the drought, the mill stood still.",
            "The mill stood still because the river had fallen in the drought.",
            id="opening the sentence",
        ),
        pytest.param(
            "Prices rose because demand had outstripped supply.",
            "Demand had outstripped supply, so prices rose.",
            id="the other order",
        ),
        pytest.param(
            "The king abdicated because he had fallen ill.", "Having fallen ill, the king abdicated.", id="a participle"
        ),
        pytest.param(
            "The dam burst due to poor maintenance.",
            "Poor maintenance caused the dam to burst.",
            id="a verb that brings about",
        ),
        pytest.param(
            "The dam burst because of poor maintenance.",
            "The dam burst in 1960. Engineers blamed poor maintenance.",
            id="in the sentence behind",
        ),
        pytest.param(
            "The plan was rejected because it was too costly.", "The plan was rejected as too costly.", id="too"
        ),
        pytest.param(
            "Das Museum schloss wegen eines Wasserschadens.",
            "Das Museum schloss, weil ein Wasserschaden das Archiv zerstört hatte.",
            id="German, wegen and weil",
        ),
        pytest.param(
            "Der Zug fiel aus, weil die Lok defekt war.",
            "Die Lok war defekt. Deshalb fiel der Zug aus.",
            id="German, deshalb",
        ),
        pytest.param(
            "The bridge is due to open in 2025.",
            "The bridge will open in 2025; it is due in May.",
            id="no reason but a plan",
        ),
        pytest.param(
            "The dam in the valley burst because of rust, as engineers calculated.",
            "The dam in the valley burst in May. There was rust in the walls of the dam.",
            id="with whoever says so",
        ),
        pytest.param(
            "The museum closed because of a flood.",
            "The museum closed because of debts. It was old. A further reason why the museum closed was a flood.",
            id="another reason further on",
        ),
    ],
)
def test_a_reason_that_the_source_gives_is_supported(sentence: str, source: str) -> None:
    assert standing_of(sentence, source) == ("supported", ())


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        pytest.param(
            "The bridge closed in 1970 because it was no longer used.",
            "The bridge closed in 1970 because its piers had rusted.",
            id="because",
        ),
        pytest.param(
            "The festival was cancelled because of a storm.",
            "The festival was cancelled due to a lack of sponsors.",
            id="due to",
        ),
        pytest.param(
            "The plan was rejected because it was too ugly.", "The plan was rejected as too costly.", id="too"
        ),
        pytest.param(
            "Because of a flood, the mill stood still.",
            "The mill stood still because the river had fallen in the drought.",
            id="opening the sentence",
        ),
        pytest.param(
            "The law was repealed as a result of protests.",
            "The law was repealed because the court had struck down its second part.",
            id="as a result of",
        ),
        pytest.param(
            "The dam burst due to an earthquake.",
            "Poor maintenance caused the dam to burst.",
            id="a verb that brings about",
        ),
        pytest.param(
            "The team withdrew from the cup owing to a quarrel.",
            "The team withdrew from the cup because of an injury of its captain.",
            id="owing to",
        ),
        pytest.param(
            "The king abdicated because of the war.",
            "The king abdicated in May because of his illness. The war had begun in April.",
            id="named elsewhere only",
        ),
        pytest.param(
            "Das Museum schloss wegen eines Streiks.",
            "Das Museum schloss, weil ein Wasserschaden das Archiv zerstört hatte.",
            id="German",
        ),
        pytest.param(
            "Wegen eines Streiks fiel das Konzert in Bremen aus.",
            "Das Konzert in Bremen fiel aus, weil der Sänger erkrankt war.",
            id="German, opening the sentence",
        ),
    ],
)
def test_another_reason_in_the_source_is_a_contradiction(sentence: str, source: str) -> None:
    found, reasons = standing_of(sentence, source)
    assert found == "contradicted"
    assert any(reason.startswith("where the sentence says") for reason in reasons)


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        pytest.param(
            "He left the party because of the war.",
            "He left the party in 2003. He then wrote a book.",
            id="no reason at all",
        ),
        pytest.param(
            "The tower of the church fell because of a storm.",
            "The tower of the church fell in 1820. It had been built of stone. The organ was new. A storm sank ships.",
            id="told of something else",
        ),
        pytest.param(
            "Der Turm der Kirche stürzte wegen eines Sturms ein.",
            "Der Turm der Kirche stürzte im Mai ein. Die Orgel war neu.",
            id="German",
        ),
    ],
)
def test_a_reason_that_nothing_gives_is_told(sentence: str, source: str) -> None:
    assert standing_of(sentence, source) == ("partly supported", (NONE,))


def test_a_reason_that_only_the_question_gives_is_its_own_unless_it_asks_whether_it_is_so() -> None:
    said, source = "Half of the warming is due to carbon dioxide.", "CO2 caused half of the warming."
    by_name, whether = "How much of the warming is due to carbon dioxide?", "Is the warming due to carbon dioxide?"
    assert standing_of(said, source, question=by_name)[0] != "contradicted"
    assert standing_of(said, source, question=whether)[0] == "contradicted"


def test_not_because_gives_no_reason() -> None:
    assert (
        standing_of("The choice was made on cost.", "The choice was made on cost, not because of politics.")[0]
        == "supported"
    )


@pytest.mark.parametrize(
    ("sentence", "source", "expected"),
    [
        (
            "Der Verein wurde 2015 wegen schlechter Leistungen aus der Liga ausgeschlossen.",
            "Der Verein wurde 2015 wegen seiner hohen Schulden aus der Liga ausgeschlossen.",
            "contradicted",
        ),
        (
            "Der Minister trat wegen einer Krankheit im Mai zurück.",
            "Der Minister trat aufgrund eines Skandals im Mai zurück.",
            "contradicted",
        ),
        (
            "Das Fest wurde wegen eines Streiks auf den Juni verschoben.",
            "Das Fest wurde wegen starker Regenfälle auf den Juni verschoben.",
            "contradicted",
        ),
        (
            "Der Verein wurde 2015 wegen hoher Schulden aus der Liga ausgeschlossen.",
            "Der Verein wurde 2015 wegen seiner hohen Schulden aus der Liga ausgeschlossen.",
            "supported",
        ),
        (
            "In 1840 Weber painted the chapel because he needed money.",
            "In 1840 Weber painted the chapel at the request of Brandt.",
            "contradicted",
        ),
        (
            "Weber malte die Kapelle, weil er eine Wette verloren hatte.",
            "Weber malte die Kapelle auf Wunsch von Brandt.",
            "contradicted",
        ),
        (
            "In 1840 Weber painted the chapel because Brandt had asked him to.",
            "In 1840 Weber, at the request of Brandt, painted the chapel, but the bishop rejected it as too dark.",
            "supported",
        ),
        (
            "The bishop rejected the chapel because it cost too much.",
            "The chapel was rejected by the bishop as too expensive.",
            "supported",
        ),
        (
            "The bishop rejected the chapel because it was too modern.",
            "The chapel was rejected by the bishop as too expensive.",
            "contradicted",
        ),
    ],
)
def test_reasons_in_the_middle_of_a_sentence_and_in_other_words(sentence: str, source: str, expected: str) -> None:
    assert standing_of(sentence, source)[0] == expected


@pytest.mark.parametrize(
    ("sentence", "source", "expected"),
    [
        ("Damp air causes the disease.", "Damp air is associated with the disease.", "partly supported"),
        ("Noise leads to poor sleep.", "Noise was linked to poor sleep.", "partly supported"),
        ("Lärm verursacht schlechten Schlaf.", "Lärm korreliert mit schlechtem Schlaf.", "partly supported"),
        ("Damp air is linked to the disease.", "Damp air is associated with the disease.", "supported"),
        ("Damp air causes the disease.", "Damp air, linked to mould, causes the disease.", "supported"),
    ],
)
def test_what_goes_together_is_no_cause(sentence: str, source: str, expected: str) -> None:
    assert standing_of(sentence, source)[0] == expected
