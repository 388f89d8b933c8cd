"""Facts have one normal form however they are spelt, and different facts never share one."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rag.facts import Fact, facts, misspelt, same_name, stands_in
from rag.vocabulary import denies, denies_otherwise


def keys(sentence: str) -> list[tuple[str, str]]:
    return [fact.key for fact in facts(sentence)]


@pytest.mark.parametrize(
    ("spelt", "otherwise"),
    [
        pytest.param("twenty-five envoys", "25 envoys", id="number words with a hyphen"),
        pytest.param("Twenty five envoys", "25 envoys", id="number words with a blank"),
        pytest.param("twenty-one envoys", "21 envoys", id="one behind a ten"),
        pytest.param("einundzwanzig Gesandte", "21 Gesandte", id="German one before a ten"),
        pytest.param("a dozen envoys", "12 envoys", id="dozen"),
        pytest.param("the eighth envoy", "the 8 envoys", id="ordinal"),
        pytest.param("a sum of 1,000", "a sum of 1000", id="comma in thousands"),
        pytest.param("a sum of 1.117.320", "a sum of 1,117,320", id="full stops in thousands"),
        pytest.param("a sum of 1\u202f000", "a sum of 1000", id="narrow blank in thousands"),
        pytest.param("a sum of 1,250.75", "a sum of 1250.75", id="thousands with decimals"),
        pytest.param("a sum of 1.250,75", "a sum of 1,250.75", id="German thousands with decimals"),
        pytest.param("a sum of 3.5 million", "a sum of 3,500,000", id="millions"),
        pytest.param("a sum of £1.2bn", "a sum of 1,200 million", id="billions in short"),
        pytest.param("two hundred and fifty envoys", "250 envoys", id="hundreds in words"),
        pytest.param("a hundred thousand envoys", "100,000 envoys", id="a hundred thousand"),
        pytest.param("the nineteenth envoy", "the 19th envoy", id="ordinals"),
        pytest.param("zwei Millionen", "2 Mio.", id="German millions"),
        pytest.param("двести пять тысяч", "205 000".replace(" ", "\u00a0"), id="Russian thousands"),
        pytest.param("a share of 3.50", "a share of 3.5", id="zeros behind the point"),
        pytest.param("a share of 3,5", "a share of 3.5", id="decimal comma"),
        pytest.param("agent 007", "agent 7", id="leading zeros"),
        pytest.param("fünfundzwanzig Gesandte", "25 Gesandte", id="German compound"),
        pytest.param("zwölf Gesandte", "12 Gesandte", id="German number word"),
        pytest.param("двадцать пять", "25", id="Russian number words"),
        pytest.param("by the U.S. envoy", "by the US envoy", id="abbreviated name"),
        pytest.param("by U. S. President Bush", "by U.S. President Bush", id="abbreviated with a space"),
        pytest.param("it was Russia's envoy", "it was Russia", id="possessive"),
        pytest.param("it was Russia’s envoy", "it was Russia", id="possessive with a typographic mark"),
        pytest.param("on 3 October", "am 3. Oktober", id="month in German"),
        pytest.param("on 3 October", "3 октября", id="month in Russian"),
        pytest.param("on 3 Oct.", "on 3 October", id="month abbreviated"),
        pytest.param("it ended in May", "es endete im Mai", id="a month that is also a word"),
        pytest.param("told to Пётр", "told to Петр", id="yo and ye"),
        pytest.param("it was El Temür", "it was El Temur", id="with and without marks on letters"),
    ],
)
def test_spellings_of_one_fact_are_equal(spelt: str, otherwise: str) -> None:
    names = [key for key in keys(spelt) if key[1] != "gesandte"]
    assert names
    assert names == [key for key in keys(otherwise) if key[1] != "gesandte"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("20 envoys", "21 envoys", id="numbers"),
        pytest.param("twenty envoys", "twenty-one envoys", id="a longer number"),
        pytest.param("1,500 envoys", "15,00 envoys", id="no group of three"),
        pytest.param("3.5 metres", "35 metres", id="decimal point"),
        pytest.param("two million envoys", "two thousand envoys", id="scales"),
        pytest.param("two and three hundred", "two hundred and three", id="two numbers and one"),
        pytest.param("in October", "in November", id="months"),
        pytest.param("on a Monday", "on a Tuesday", id="weekdays"),
        pytest.param("said to Lavrov", "said to Rutte", id="names"),
    ],
)
def test_different_facts_are_not_equal(one: str, other: str) -> None:
    assert keys(one)
    assert keys(other)
    assert keys(one) != keys(other)


@pytest.mark.parametrize(("sentence", "amount"), [("at 3.5", Decimal("3.5")), ("at 10:30", None), ("at 1.2.3", None)])
def test_only_a_number_to_reckon_with_has_an_amount(sentence: str, amount: Decimal | None) -> None:
    (fact,) = facts(sentence)
    assert fact.amount == amount


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param("Ministers met and then they left.", id="a capital that only opens the sentence"),
        pytest.param("However it went on.", id="an opener"),
        pytest.param("it may march on", id="verbs that are months elsewhere"),
        pytest.param("they want one of these", id="one alone is a pronoun"),
        pytest.param("so he said I'll go and that They’re late", id="contractions of openers"),
        pytest.param("", id="nothing"),
        pytest.param("?! — …", id="marks"),
    ],
)
def test_no_fact_where_nothing_is_checkable(sentence: str) -> None:
    assert facts(sentence) == ()


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        pytest.param("NATO closed it.", "nato", id="capitals throughout"),
        pytest.param("Sergei Lavrov closed it.", "sergei", id="a second capital follows"),
        pytest.param("It was closed by Lavrov.", "lavrov", id="inside"),
        pytest.param('It is the best of "Polish theatre".', "polish", id="the first word quoted"),
    ],
)
def test_what_makes_a_capital_a_name(sentence: str, name: str) -> None:
    assert ("name", name) in keys(sentence)


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        pytest.param("Mr. Danilov partly agrees.", ["danilov"], id="Mr."),
        pytest.param("It was told by Mrs Danilova and a Ms. Smith.", ["danilova", "smith"], id="in the sentence"),
        pytest.param("They met Prof. Dr. Merkel.", ["merkel"], id="two titles"),
        pytest.param("They met Anna Merkel, Ph.D., there.", ["anna", "merkel"], id="behind the name"),
        pytest.param("Herr Danilov und Frau Merkel sind dort.", ["danilov", "merkel"], id="German"),
        pytest.param("She has a Ph.D. from Oxford.", ["phd", "oxford"], id="what somebody has"),
        pytest.param("He had MS and lived in DR Congo.", ["ms", "dr", "congo"], id="in capitals"),
    ],
)
def test_titles_are_no_facts(sentence: str, names: list[str]) -> None:
    assert [value for kind, value in keys(sentence) if kind == "name"] == names


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        pytest.param("V&A opened it.", ["v&a"], id="two letters"),
        pytest.param("They left AT&T's office.", ["at&t"], id="possessive"),
        pytest.param("She heard R&B, then had a Q&A.", ["r&b", "q&a"], id="genres"),
        pytest.param("It was Marks&Spencer.", ["marks&spencer"], id="two names"),
        pytest.param("It was Marks & Spencer.", ["marks", "spencer"], id="with blanks"),
    ],
)
def test_a_name_with_an_ampersand_is_one(sentence: str, names: list[str]) -> None:
    assert [value for _, value in keys(sentence)] == names


@pytest.mark.parametrize("opener", ["Did", "Under", "Following", "Despite", "Later", "Both", "Nach", "После"])
def test_a_word_that_opens_a_sentence_before_a_name_is_none(opener: str) -> None:
    assert keys(f"{opener} Lavrov it closed.") == [("name", "lavrov")]


def test_each_fact_stands_once_in_order_with_its_own_spelling() -> None:
    found = facts("From 20 to 10, then twenty again, said Lavrov's aide on Monday.")
    assert [fact.words for fact in found] == ["20", "10", "Lavrov", "Monday"]


@pytest.mark.parametrize(
    ("fact", "text", "stands"),
    [
        pytest.param(Fact("number", "25", "25"), "It had twenty-five members.", True, id="number in words"),
        pytest.param(Fact("number", "25", "25"), "It had 250 members.", False, id="part of a number"),
        pytest.param(Fact("number", "5", "five"), "It had twenty-five members.", False, id="part of a number in words"),
        pytest.param(Fact("number", "2021", "2021"), "It closed in 2020.", False, id="another year"),
        pytest.param(Fact("date", "month 5", "May"), "They may go.", False, id="a verb is no month"),
        pytest.param(Fact("date", "month 5", "May"), "They went on 6 May.", True, id="month"),
        pytest.param(Fact("name", "russia", "Russia"), "The Russian side left.", True, id="adjective of a name"),
        pytest.param(Fact("name", "us", "US"), "The U.S. side left.", True, id="abbreviation"),
        pytest.param(Fact("name", "us", "U. S."), "The U.S. side left.", True, id="abbreviation with a space"),
        pytest.param(Fact("name", "jrr", "J.R.R."), "J. R. R. Tolkien left.", True, id="initials"),
        pytest.param(Fact("name", "un", "UN"), "The United Nations left.", True, id="initials"),
        pytest.param(Fact("name", "un", "UN"), "The Union left.", False, id="no initials"),
        pytest.param(Fact("name", "lavrov", "Lavrov"), "The minister left.", False, id="nobody of that name"),
        pytest.param(Fact("name", "smith", "Smith"), "AdamSmith: Hello.", True, id="part of a joined name"),
        pytest.param(Fact("name", "adamsmith", "AdamSmith"), "Adam Smith said hello.", True, id="a joined name apart"),
        pytest.param(Fact("name", "adamsmith", "AdamSmith"), "Adam said hello.", False, id="half of a joined name"),
        pytest.param(Fact("name", "smith", "Smith"), "AdamJones: Hello.", False, id="another joined name"),
        pytest.param(Fact("name", "v&a", "V&A"), "The V&A’s hall.", True, id="ampersand"),
        pytest.param(Fact("name", "v&a", "V&A"), "The V & A opened.", True, id="ampersand with blanks"),
        pytest.param(Fact("name", "v&a", "V&A"), "The Victoria and Albert Museum.", True, id="ampersand in full"),
        pytest.param(Fact("name", "v&a", "V&A"), "V opened a door.", False, id="a letter of it"),
        pytest.param(Fact("name", "v", "V"), "The V&A opened.", True, id="apart"),
        pytest.param(Fact("name", "at&t", "AT&T"), "At the T stop.", False, id="the words of it"),
        pytest.param(Fact("name", "adam&smith", "Adam&Smith"), "Adam and Smith.", True, id="and for ampersand"),
        pytest.param(Fact("name", "adam&smith", "Adam&Smith"), "Adam left.", False, id="half of a pair"),
        pytest.param(Fact("name", "москве", "Москве"), "Это Москва.", True, id="another case in Russian"),
    ],
)
def test_whether_a_fact_stands_in_a_text(fact: Fact, text: str, stands: bool) -> None:
    assert stands_in(fact, text) is stands


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        pytest.param("russia", "russian", True, id="country and adjective"),
        pytest.param("ukraine", "ukrainian", True, id="a longer ending"),
        pytest.param("россия", "россии", True, id="declined"),
        pytest.param("austria", "australia", False, id="two countries that begin alike"),
        pytest.param("iran", "iraq", False, id="two short countries"),
        pytest.param("mali", "malta", False, id="a short stem"),
        pytest.param("us", "usb", False, id="too short to have an ending"),
        pytest.param("us", "american", True, id="one thing under two names"),
        pytest.param("polish", "poland", True, id="an adjective that shares only the beginning"),
        pytest.param("english", "england", True, id="another one"),
        pytest.param("spanish", "sparta", False, id="a place that only begins like an adjective"),
    ],
)
def test_forms_of_one_name(first: str, second: str, same: bool) -> None:
    assert same_name(first, second) is same
    assert same_name(second, first) is same


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        pytest.param("It did not close.", True, id="not"),
        pytest.param("It didn’t close.", True, id="contracted"),
        pytest.param("Sie schloss nie.", True, id="German"),
        pytest.param("Она не закрылась.", True, id="Russian"),
        pytest.param("It closed.", False, id="nothing denied"),
        pytest.param("A knot, a note and a nonet.", False, id="words that begin alike"),
    ],
)
def test_denials(text: str, denied: bool) -> None:
    assert denies(text) is denied


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        pytest.param("They refused to attend.", True, id="refused"),
        pytest.param("It failed.", True, id="failed"),
        pytest.param("They agreed to attend.", False, id="agreed"),
    ],
)
def test_denials_by_verbs(text: str, denied: bool) -> None:
    assert denies_otherwise(text) is denied


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        pytest.param("Er sprach mit dem Botschafter über die Schließung.", [], id="behind an article"),
        pytest.param(
            "Es war eine russische Vertretung bei der Allianz.", [], id="behind an adjective, or by its ending"
        ),
        pytest.param("Heute kündigte Lawrow die Schließung der Mission an.", ["lawrow"], id="a name among nouns"),
        pytest.param("Das Büro der NATO wurde von Angela Merkel eröffnet.", ["nato", "angela", "merkel"], id="names"),
        pytest.param("Das Haus hatte 120 Räume in römischer Zeit.", [], id="after a number and an adjective"),
        pytest.param("Es zog von Moskau nach Brüssel und ist dort.", ["moskau", "brussel"], id="places"),
        pytest.param("They met at the Nation in Moscow.", ["nation", "moscow"], id="English, the same endings"),
    ],
)
def test_a_german_noun_is_a_name_only_where_more_than_its_capital_tells(sentence: str, names: list[str]) -> None:
    assert [value for kind, value in keys(sentence) if kind == "name"] == names


def test_the_number_of_a_section_is_no_day() -> None:
    for sentence in ("The office was closed in February.", "It has 4 members."):
        assert not any(stands_in(fact, "Under Article 4.2. the office was closed.") for fact in facts(sentence))


@pytest.mark.parametrize("text", ["Time: 20260814_15:00", "2026-08-14", "am 14.08.2026", "on 14 August 2026"])
def test_a_date_is_the_same_however_it_is_written(text: str) -> None:
    assert all(stands_in(fact, text) for fact in facts("It is discussed on August 14, 2026."))
    assert all(stands_in(fact, text) for fact in facts("They talked on 20260814."))
    for other in ("on September 14, 2026", "on August 15, 2026", "on August 14, 2025", "on 20260815"):
        assert not all(stands_in(fact, text) for fact in facts(other))


def test_digits_that_are_no_date_have_no_month() -> None:
    assert not any(stands_in(fact, "item 20261399") for fact in facts("in August, 2026"))


@pytest.mark.parametrize(
    ("first", "second", "slip"),
    [("lavrov", "lawrov", True), ("lavrov", "rutte", False), ("lavrov", "", False), ("abcde", "", False)],
)
def test_a_slip_in_a_name(first: str, second: str, slip: bool) -> None:
    assert misspelt(first, second) is slip
    assert misspelt(second, first) is slip
