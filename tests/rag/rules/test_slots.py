"""A fact in another's place is told by its neighbours; words put in another order are none."""

from __future__ import annotations

import pytest

from rag.rules.slots import misplaced

CUT = "NATO cut the Russian mission from 20 members to 10 in October 2021."
OPENED = "The Hungarian general Lajos Erdelyi opened the liaison office in Moscow in May 2002."


@pytest.mark.parametrize(
    ("sentence", "words", "instead"),
    [
        pytest.param("NATO cut the Russian mission from 30 members to 10.", "30", "20", id="a number of nowhere"),
        pytest.param(
            "NATO cut the Russian mission from 20 members to 10 in October 2002.", "2002", "2021", id="a year"
        ),
        pytest.param("NATO cut the Russian mission from 20 members to 10 in May 2021.", "May", "October", id="a month"),
        pytest.param(
            "The general Jens Stoltenberg opened the liaison office.", "Jens Stoltenberg", "Lajos Erdelyi", id="a name"
        ),
        pytest.param("Russian cut the NATO mission from 20 members.", "Russian", "NATO", id="names exchanged"),
    ],
)
def test_a_fact_in_another_s_place_is_named_with_that_other(sentence: str, words: str, instead: str) -> None:
    sources = [CUT, OPENED]
    found = misplaced(sentence, sources, "en")
    assert (words, instead) in [(wrong.words, wrong.instead) for wrong in found]
    for wrong in found:
        assert sources[wrong.source][wrong.start : wrong.end] == wrong.instead


PAIRS = "A turbine was described by Taqi al-Din in 1551 and by Giovanni Branca in 1629."
CENSUS = [
    "In the census of 1901 35.7% were Jews and 2.8% Protestants.",
    "In 1909 there were 18,189 Protestants (2.4%).",
]


@pytest.mark.parametrize(
    ("sentence", "sources", "words", "instead"),
    [
        pytest.param("Taqi al-Din described a turbine in 1629.", [PAIRS], "1629", "1551", id="names with years"),
        pytest.param(
            "It spent 5 million in 2021.",
            ["It spent 5 million in 2020 and 7 million in 2021."],
            "2021",
            "2020",
            id="amounts with years",
        ),
        pytest.param("In 1901, 2.4% of the city was Protestant.", CENSUS, "2.4", "2.8", id="another year's number"),
    ],
)
def test_what_the_sources_pair_otherwise_is_told(sentence: str, sources: list[str], words: str, instead: str) -> None:
    assert (words, instead) in [(wrong.words, wrong.instead) for wrong in misplaced(sentence, sources, "en")]


@pytest.mark.parametrize(
    ("sentence", "sources"),
    [
        (PAIRS, [PAIRS]),
        ("Taqi al-Din described a turbine in 1551.", [PAIRS]),
        ("Giovanni Branca described a turbine in 1629.", [PAIRS]),
        ("Taqi described it in 1551.", ["Taqi, born in 1526 in Damascus, described it in 1551."]),
        ("In 1901, 2.8% were Protestants.", CENSUS),
        ("In 1909, 2.4% were Protestants.", CENSUS),
        ("In 1901 2.8% were Protestants, and in 1909 2.4%.", CENSUS),
        ("In 1901, 18 people came.", ["In 1901, 18 people came.", "In 1909, 18 people came."]),
    ],
)
def test_what_the_sources_pair_alike_is_not(sentence: str, sources: list[str]) -> None:
    assert misplaced(sentence, sources, "en") == ()


@pytest.mark.parametrize(
    ("sentence", "sources"),
    [
        pytest.param(CUT, [CUT, OPENED], id="copied"),
        pytest.param("In October 2021 the Russian mission was cut by NATO from 20 to 10.", [CUT, OPENED], id="passive"),
        pytest.param("The Moscow office of NATO closed.", ["It closed the NATO office in Moscow."], id="a compound"),
        pytest.param(
            "The envoy of the UN left Geneva.", ["The envoy of the United Nations left Geneva."], id="initials"
        ),
        pytest.param(
            "Envoys left the mission in spring.", ["All envoys left the mission in spring."], id="a capital that opens"
        ),
        pytest.param(
            "The envoy Adam Smith left Geneva.", ["The envoy AdamSmith left Geneva."], id="a name written as one word"
        ),
        pytest.param(
            "The bread goes to Li Hua on 20260403.",
            ["Time: 20260403_08:00"],
            id="a label before a number",
        ),
        pytest.param(
            "Eve wants it on Tuesday at 12 High Street.", ["I’ll be there on Tuesday at 12 High Street."], id="I’ll"
        ),
        pytest.param(
            "Geneva was the most diverse city of all.",
            ["Demographically, it was the most diverse city of all."],
            id="an adverb that opens",
        ),
        pytest.param("Lajos Erdelyi was Hungarian.", [CUT, OPENED], id="few neighbours"),
        pytest.param("It opened.", [], id="no source"),
    ],
)
def test_what_is_only_worded_otherwise_is_in_its_place(sentence: str, sources: list[str]) -> None:
    assert misplaced(sentence, sources, "en") == ()


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        pytest.param(
            "Ungleichheit hat langanhaltende verheerende Auswirkungen auf die Bildung.",
            "Galor und Zeira zeigten, dass sie langanhaltende verheerende Auswirkungen auf die Bildung hat. Zeira hat "
            "langanhaltende verheerende Auswirkungen gezeigt.",
            id="a noun that opens",
        ),
        pytest.param(
            "Das Mittel für Wirtschaftswachstum wurde weitverbreitete Bildung.",
            "Da Arbeit nun knapper als Maschinen ist, wurde weitverbreitete Bildung das Mittel der Wahl.",
            id="a noun without an article",
        ),
    ],
)
def test_a_german_capital_alone_names_nobody(sentence: str, source: str) -> None:
    assert misplaced(sentence, [source], "de") == ()


def test_a_german_name_of_capitals_or_of_two_words_has_a_place() -> None:
    source = "Gestern schloss die NATO das Büro in Moskau, und die OSZE blieb."
    (wrong,) = misplaced("Gestern schloss die OSZE das Büro in Moskau.", [source], "de")
    assert (wrong.words, wrong.instead) == ("OSZE", "NATO")


@pytest.mark.parametrize(
    ("sentence", "source", "instead"),
    [
        (
            "Die Dörfer, die vom Feldzug Karl Bergs verschont wurden, waren Ulm und Aalen.",
            "Sie zerstörten alle großen Dörfer Schwabens mit Ausnahme von Ulm und Aalen.",
            "",
        ),
        (
            "Der Bau Anna Bergs in der Altstadt wurde eröffnet.",
            "Die Museen Dresdens in der Altstadt wurden eröffnet.",
            "",
        ),
        (
            "Das Haus Anna Bergs in der Altstadt brannte.",
            "Das Haus Peter Lorenz' in der Altstadt brannte.",
            "Peter Lorenz",
        ),
        (
            "Das Haus Anna Bergs in der Altstadt brannte.",
            "Das Haus Peter Zahns in der Altstadt brannte.",
            "Peter Zahns",
        ),
        (
            "Das Lager hier war Castra Regina, ein Fort am Fluss.",
            "Das Lager hier war Pons Aelius, ein Fort am Fluss.",
            "Pons Aelius",
        ),
        ("Sie fuhr nach New Orleans zur Messe am See.", "Sie fuhr nach Los Alamos zur Messe am See.", "Los Alamos"),
    ],
)
def test_german_genitives_are_compared_where_they_are_of_one_thing(sentence: str, source: str, instead: str) -> None:
    assert [wrong.instead for wrong in misplaced(sentence, [source], "de")] == ([instead] if instead else [])


def test_a_copied_sentence_never_is_misplaced_among_others_like_it() -> None:
    sources = [
        f"The bridge of {year} spans {year - 1900} metres near Ort {chr(year - 1890)}." for year in range(1961, 1966)
    ]
    for source in sources:
        assert misplaced(source, sources, "en") == ()
