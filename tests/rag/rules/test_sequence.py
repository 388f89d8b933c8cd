"""The order of two events is held against what orders them in the source, and against their dates."""

from __future__ import annotations

import pytest

from tests.rag.dossier import standing_of


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        pytest.param(
            "The mill closed after the factory opened.",
            "The mill closed after the factory had opened.",
            id="the same word",
        ),
        pytest.param(
            "The mill closed after the factory opened.",
            "The factory opened before the mill closed.",
            id="the other word, sides exchanged",
        ),
        pytest.param(
            "Before the factory opened, the mill closed.",
            "The factory opened after the mill closed.",
            id="opening the sentence",
        ),
        pytest.param(
            "The mill closed after the factory opened.",
            "The mill closed in 1920. | The factory opened in 1901.",
            id="by dates",
        ),
        pytest.param(
            "The tower fell after lightning struck it.", "Lightning struck the tower, and then it fell.", id="then"
        ),
        pytest.param(
            "The mill closed two years after the factory opened.",
            "Two years after the factory opened, the mill closed.",
            id="a distance",
        ),
        pytest.param(
            "The firm moved to Leeds two years after its founder died.",
            "Its founder died in 1910; the firm moved to Leeds two years after that.",
            id="a distance told behind",
        ),
        pytest.param(
            "The town grew quickly after the railway arrived.",
            "The arrival of the railway made the town grow quickly.",
            id="brought about",
        ),
        pytest.param("He was named after his uncle.", "He was named after his uncle.", id="named after"),
        pytest.param(
            "She spoke before the Senate committee in May.",
            "In May she spoke to the Senate committee.",
            id="before a court",
        ),
        pytest.param(
            "Die Mühle schloss, bevor die Fabrik öffnete.",
            "Die Fabrik öffnete, nachdem die Mühle schloss.",
            id="German, nachdem",
        ),
        pytest.param(
            "Die Mühle schloss, nachdem die Fabrik öffnete.",
            "Erst öffnete die Fabrik, dann schloss die Mühle.",
            id="German, dann",
        ),
    ],
)
def test_the_same_order_is_supported(sentence: str, source: str) -> None:
    assert standing_of(sentence, *source.split(" | ")) == ("supported", ())


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        pytest.param(
            "The mill closed after the factory opened.",
            "The factory opened after the mill closed.",
            id="sides exchanged",
        ),
        pytest.param(
            "The mill closed before the factory opened.",
            "The factory opened before the mill closed.",
            id="sides exchanged, before",
        ),
        pytest.param(
            "Smith confirmed the sale a day after Jones had announced his plan.",
            "The announcement came a day after Smith confirmed that the sale would go on.",
            id="one side in other words",
        ),
        pytest.param(
            "After the mill closed, the factory opened.",
            "The mill closed after the factory opened.",
            id="opening the sentence",
        ),
        pytest.param(
            "The mill closed before the factory opened.",
            "The mill closed in 1920. | The factory opened in 1901.",
            id="by dates",
        ),
        pytest.param(
            "The king died before the palace was finished.",
            "The king died in 1705, and the palace was finished in 1699.",
            id="by dates of one sentence",
        ),
        pytest.param(
            "The mill closed two years after the factory opened.",
            "The mill closed ten years after the factory opened.",
            id="another distance",
        ),
        pytest.param(
            "The mill closed in 1920, two years after the factory opened.",
            "The mill closed in 1920. | The factory opened in 1901, with two engines.",
            id="another distance by dates",
        ),
        pytest.param(
            "The first line opened three years after the second line closed.",
            "The second line closed three years after the first line opened.",
            id="with its distance",
        ),
        pytest.param(
            "The bridge opened three years before the tunnel.",
            "The tunnel opened three years before the bridge.",
            id="of one word",
        ),
        pytest.param(
            "Der König starb, bevor das Schloss fertig war.",
            "Das Schloss war fertig, bevor der König starb.",
            id="German, bevor",
        ),
        pytest.param(
            "Die Mühle schloss, nachdem die Fabrik öffnete.",
            "Die Mühle schloss im Jahr 1890. | Die Fabrik öffnete im Jahr 1901.",
            id="German, by dates",
        ),
    ],
)
def test_the_other_order_is_a_contradiction(sentence: str, source: str) -> None:
    found, reasons = standing_of(sentence, *source.split(" | "))
    assert found == "contradicted"
    assert any(reason.startswith("where the sentence says") for reason in reasons)


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        pytest.param(
            "The mill closed before the school was built.",
            "The mill closed in May. The school was built of brick.",
            id="two sentences",
        ),
        pytest.param(
            "The mill closed after the school was built.",
            "The mill closed in 1920. The school was built of brick.",
            id="only one is dated",
        ),
        pytest.param(
            "Die Mühle schloss, bevor die Schule gebaut wurde.",
            "Die Mühle schloss im Mai. Die Schule wurde aus Ziegeln gebaut.",
            id="German",
        ),
    ],
)
def test_an_order_that_nothing_gives_is_told(sentence: str, source: str) -> None:
    assert standing_of(sentence, *source.split(" | ")) == (
        "partly supported",
        ("nothing that was read says which of the two was first",),
    )


@pytest.mark.parametrize(
    ("sentence", "source", "expected"),
    [
        (
            "The archive moved to Marlow House after it had been at Selwyn House.",
            "The archive first opened in May 1852 at Marlow House, but was later transferred to Selwyn House.",
            "contradicted",
        ),
        (
            "The archive moved to Selwyn House after it had been at Marlow House.",
            "The archive first opened in May 1852 at Marlow House, but was later transferred to Selwyn House.",
            "supported",
        ),
        (
            "The crown was kept at Bonn before it came to Kiel.",
            "The crown was kept at Kiel until 1900 and then brought to Bonn.",
            "contradicted",
        ),
        (
            "The crown was kept at Kiel before it came to Bonn.",
            "The crown was kept at Kiel until 1900 and then brought to Bonn.",
            "supported",
        ),
        (
            "Die Sammlung des Königs war in Halle zu sehen, bevor sie nach Jena gebracht wurde.",
            "Die Sammlung des Königs war in Jena zu sehen und wurde 1920 nach Halle gebracht.",
            "contradicted",
        ),
    ],
)
def test_what_moved_from_one_place_to_another(sentence: str, source: str, expected: str) -> None:
    assert standing_of(sentence, source)[0] == expected


def test_a_sentence_in_the_very_words_of_its_source_is_never_held_against_dates() -> None:
    said = "The wing opened on 11 January 2016, three months later than the date announced, as the doors had failed."
    assert standing_of(said, f"{said} | The wing was announced. The date was 11 January 2016.")[0] == "supported"


def test_one_date_of_both_tells_nothing_of_their_order() -> None:
    told = "The wing opened on 11 January 2016, three months later than the date announced by the builder."
    said = told.replace("The wing", "The new wing").replace("opened on", "opened, at last, on")
    assert (
        standing_of(said, f"{told} | The date announced by the builder was not 11 January 2016.")[0] != "contradicted"
    )
