"""A short answer has no neighbours; its question tells which of the facts that were read is the one asked for."""

from __future__ import annotations

import pytest

from rag.asked import another_asked, answered_otherwise, repeats, telling, told_instead, uncontrasted
from rag.records import Citation, Sentence, Support

MARKET = [
    "In 1817 the Maling company moved to a bank of the river, and its pottery was known for a century.",
    "The first indoor market of the town opened in 1835 beside the old walls.",
    "It held 180 stalls and a fountain.",
    "Of the 30 butchers only a few are left.",
]
MARKT = [
    "Im Jahr 1817 zog die Töpferei an das Ufer des Flusses.",
    "Die erste Markthalle der Stadt wurde 1835 neben der Mauer eröffnet.",
]


@pytest.mark.parametrize(
    ("sentence", "question", "words", "instead"),
    [
        pytest.param("The answer is 1817.", "When did the first indoor market open?", "1817", "1835", id="announced"),
        pytest.param(
            "The indoor market opened in 1817.", "When did the first indoor market open?", "1817", "1835", id="full"
        ),
        pytest.param("30.", "How many stalls did the market hold?", "30", "180", id="amount"),
        pytest.param("1817.", "Wann wurde die erste Markthalle eröffnet?", "1817", "1835", id="German"),
    ],
)  # fmt: skip
def test_what_stands_elsewhere_is_told_with_what_stands_there(
    sentence: str, question: str, words: str, instead: str
) -> None:
    language, read = ("de", MARKT) if question.startswith("Wann") else ("en", MARKET)
    (found,) = answered_otherwise(sentence, question, read, language)
    assert (found.words, found.instead) == (words, instead)
    assert instead in read[found.source]


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        pytest.param("The answer is 1835.", "When did the first indoor market open?", id="right"),
        pytest.param("180.", "How many stalls did the market hold?", id="right amount"),
        pytest.param("The answer is 1817.", "What is known of the market?", id="no time asked for"),
        pytest.param("The answer is 1999.", "When did the first indoor market open?", id="stands nowhere"),
        pytest.param(
            "Its pottery, known for a century, stood at the river bank, where it moved in 1817.",
            "When did the first indoor market open?",
            id="says more than the answer",
        ),
        pytest.param("It opened in 1817.", "When did the market of 1817 open?", id="from the question"),
        pytest.param("Between 1817 and 1835.", "When did the first indoor market open?", id="two of a kind"),
    ],
)
def test_other_answers_are_left_alone(sentence: str, question: str) -> None:
    assert answered_otherwise(sentence, question, MARKET, "en") == ()


PLANT = [
    "Die Ankündigung Holms erfolgte im Mai 2013, gefolgt von der Entscheidung Linds im Dezember (Linds Werke in Kiel "
    "werden im Oktober 2016 schließen)."
]
CLOSES = ["Holm told its workers in 2013 and left.", "The plant of Lind in Kiel is to close in 2016."]


@pytest.mark.parametrize(
    ("sentence", "question", "read", "language"),
    [
        (
            "Die Ankündigung Holms erfolgte 2013.",
            "Wann gab Holm bekannt, sein Werk in Kiel zu schließen?",
            PLANT,
            "de",
        ),
        ("Holm told its workers in 2013.", "When did Holm say that its plant in Kiel was to close?", CLOSES, "en"),
    ],
)
def test_what_a_clause_states_as_it_is_needs_no_neighbours(
    sentence: str, question: str, read: list[str], language: str
) -> None:
    assert answered_otherwise(sentence, question, read, language) == ()
    (found,) = answered_otherwise("2013.", question, read, language)
    assert found.instead == "2016"


def test_a_share_and_a_count_do_not_stand_for_each_other() -> None:
    read = ["In 1909 there were 281,754 Catholics (36.9%), 18,189 Protestants (2.4%) and 2,818 others (0.4%)."]
    question = "What share of the town's population was Catholic in 1909?"
    assert answered_otherwise("36.9% of the town's population.", question, read, "en") == ()
    (found,) = answered_otherwise("0.4% of the town's population.", question, read, "en")
    assert found.instead == "36.9"


@pytest.mark.parametrize(
    ("sentence", "question", "left"),
    [
        ("Ann and not Bob won, as she ran.", "Why did Ann and not Bob win?", "Ann won, as she ran."),
        ("Ann, not Bob, won.", "Why did Ann, not Bob, win?", "Ann , won."),
        ("It was not Bob but Ann who won.", "Why was it not Bob but Ann?", "It was but Ann who won."),
        ("Anna und nicht Emil gewann.", "Warum gewann Anna und nicht Emil?", "Anna gewann."),
        ("Nicht Emil, sondern Anna gewann.", "Warum hat nicht Emil, sondern Anna gewonnen?", ", sondern Anna gewann."),
    ],
)
def test_a_contrast_of_the_question_is_left_out(sentence: str, question: str, left: str) -> None:
    assert uncontrasted(sentence, question).strip() == left


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("Ann and not Bob won.", "Who won?"),
        ("Ann and not Bob won.", "Why did Ann and not Tom win?"),
        ("Bob did not win.", "Why did Ann and not Bob win?"),
        ("Ann did not win.", "Why did Ann not win?"),
        ("Ann, not the boy, won.", "Why did Ann, not the girl, win?"),
        ("Emil gewann nicht.", "Warum gewann Anna und nicht Emil?"),
    ],
)
def test_what_an_answer_denies_itself_stays(sentence: str, question: str) -> None:
    assert uncontrasted(sentence, question) == sentence


def test_nothing_read_says_nothing() -> None:
    assert answered_otherwise("1817.", "When did it open?", [], "en") == ()


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("The city later became Alaska.", "What city later became Alaska?"),
        ("Ann and Bob decided to sing together.", "Which song did Ann and Bob decide to sing together?"),
        ("The type of flowers planted were flowers.", "What type of flowers were planted in the garden?"),
        ("The summary says that people warm the Earth's air.", "What summary says that people warm the earths air?"),
        ("The NATO office opened on a Moscow street.", "On which Moscow street did NATO's office open?"),
        ("Das Büro wurde eröffnet.", "Wann wurde das Büro eröffnet?"),
        ("Контора закрыта.", "Почему закрыта контора?"),
    ],
)
def test_an_answer_that_only_repeats_its_question_is_none(sentence: str, question: str) -> None:
    assert repeats(sentence, question)


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        pytest.param("The office opened in 1911.", "When did the office open?", id="a number"),
        pytest.param(
            "It was closed by clerks.", "By whom was the clerical office closed?", id="another word of a stem"
        ),
        pytest.param("Wukong is Ann's hero.", "Who is Ann's hero?", id="a name"),
        pytest.param("The hero of “Black Wukong” is Wukong.", "Who is the hero of “Black Wukong”?", id="a name again"),
        pytest.param("Yes, Bob said what he wanted.", "Did Bob say what he wanted?", id="yes"),
        pytest.param("No.", "Did Bob say what he wanted?", id="no"),
        pytest.param("Hat er geschlossen.", "Hat er geschlossen?", id="nothing is asked for by name"),
        pytest.param("Berlin is larger.", "Which is larger, Berlin or Warsaw?", id="a choice"),
        pytest.param("Берлин больше.", "Что больше, Берлин или Варшава?", id="a choice in Russian"),
    ],
)
def test_an_answer_that_says_more_is_one(sentence: str, question: str) -> None:
    assert not repeats(sentence, question)


REVIEW = [
    "According to a 1955 review, savings of the wealthy offset reduced demand.",
    "In 1886 Tamara Lempicka was born in the old town of Warsaw.",
    "Simple forms were teamed with great inspiration of the Roman period.",
]


@pytest.mark.parametrize("day", ["April 20", "20 April", "the 20 of April"])
def test_the_day_of_a_month_stands_in_the_place_of_no_count(day: str) -> None:
    question = "How much longer than planned did the session last?"
    read = [
        "The talks overran by more than 90 minutes.",
        f"On {day} the session of ministers lasted longer than planned.",
    ]
    assert answered_otherwise("The session lasted more than 90 minutes.", question, read, "en") == ()
    for count in (
        "The session lasted 20 minutes longer than planned.",
        "The session lasted longer than planned: 20 may do.",
    ):
        (found,) = answered_otherwise("The session lasted more than 90 minutes.", question, [read[0], count], "en")
        assert found.instead == "20"


def test_a_weekday_stands_in_the_place_of_another_only() -> None:
    read = ["The festival of lanterns opens and ends on Saturday.", "It runs through April 11.", "On Monday it rained."]
    question = "When does the festival of lanterns end?"
    assert answered_otherwise("The festival of lanterns ends on April 11.", question, read, "en") == ()
    (found,) = answered_otherwise("The festival of lanterns ends on Monday.", question, read, "en")
    assert found.instead == "Saturday"


def test_who_is_described_again_is_not_named() -> None:
    question = "What is the name of the senior NATO official who spoke of police?"
    assert repeats("The senior NATO official who spoke of police is a senior NATO official.", question)
    assert not repeats("The senior NATO official who spoke of police is Robertson.", question)


def test_what_a_question_leaves_out_is_no_answer() -> None:
    question = "Besides the OSCE and the UN, of which organization is Russia a member?"
    for sentence, answers in (("The UN.", False), ("The Council of Europe.", True)):
        assert bool(telling([cited(sentence, sentence)], question)) is answers


@pytest.mark.parametrize(
    ("question", "quote", "answers"),
    [
        ("When was the first meeting since ties were cut?", "It was the first since ties were cut in 2014.", False),
        ("When was the first meeting since ties were cut?", "In 2014 came the first since ties were cut.", True),
        ("When was the first meeting since ties were cut?", "It was the first since the war in 2014.", True),
        ("When was the first meeting?", "It was the first since ties were cut in 2014.", True),
        ("Why was the first meeting since ties were cut?", "It was the first since ties were cut in 2014.", True),
    ],
)
def test_the_time_of_something_else_is_no_answer(question: str, quote: str, answers: bool) -> None:
    assert bool(telling([cited("The first meeting was in 2014.", quote)], question)) is answers


def test_a_reply_that_is_unsupported_is_not_saved_by_what_follows_it() -> None:
    reply, other = (
        cited("No, he was not the first.", "He was the first."),
        cited("He came in July.", "He came in July."),
    )
    wrong = cited("No, he was not the first.", "He was the first.", "unsupported")
    assert telling([wrong, other], "Was he the first?") == []
    assert telling([reply, other], "Was he the first?") == [reply, other]


@pytest.mark.parametrize(
    ("question", "words", "instead"),
    [
        pytest.param("According to a 1954 review, what did savings of the wealthy offset?", "1954", "1955", id="year"),
        pytest.param("What forms were teamed with inspiration of the French period?", "French", "Roman", id="name"),
    ],
)
def test_what_is_cited_for_another_question_is_told(question: str, words: str, instead: str) -> None:
    (wrong,) = another_asked(question, REVIEW, " ".join(REVIEW))
    assert words in wrong.words
    assert instead in wrong.instead


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("According to a 1955 review, what did savings of the wealthy offset?", id="what it says"),
        pytest.param("Did savings of the wealthy offset demand according to a 1954 review?", id="yes or no"),
        pytest.param("Was the review on savings of the wealthy of 1954 or 1955, and who wrote it?", id="a choice"),
        pytest.param("Was it a review of 1954 that said so of savings of the wealthy?", id="an English was"),
        pytest.param("Where was Tamara Lempitka born in the old town?", id="a slip"),
        pytest.param("Whose savings offset reduced demand, according to the review?", id="no fact"),
    ],
)
def test_what_is_cited_for_the_question_is_not(question: str) -> None:
    assert another_asked(question, REVIEW, " ".join(REVIEW)) == ()


def test_what_stands_elsewhere_in_what_was_read_is_not_missed() -> None:
    question = "According to a 1954 review, what did savings of the wealthy offset?"
    assert another_asked(question, REVIEW, f"A review of 1954 was lost. {' '.join(REVIEW)}") == ()


@pytest.mark.parametrize(
    ("question", "sources", "around", "told"),
    [
        pytest.param("What was shown in 1910?", ["Later, in 1901, welding was shown."], "", ["1901"], id="another"),
        pytest.param("What was shown in 1901?", ["Later, in 1901, welding was shown."], "", [], id="the same"),
        pytest.param(
            "What was shown in 1910?", ["Later, in 1901, welding was shown."], "1910-04-06", [], id="its date"
        ),
        pytest.param("What was shown in 1910?", ["Welding was shown."], "", [], id="none is told"),
        pytest.param("What was shown in 1910?", ["After 1901 and 1903 welding was shown."], "", [], id="two are told"),
        pytest.param("What was shown in 1910 or 1911?", ["In 1901 welding was shown."], "", [], id="a choice"),
        pytest.param(
            "What was shown between 1910 and 1911?", ["In 1901 it was shown."], "", [], id="two are asked for"
        ),
    ],
)
def test_the_one_year_that_is_told_for_the_one_asked_about(
    question: str, sources: list[str], around: str, told: list[str]
) -> None:
    found = another_asked(question, sources, " ".join([*sources, around]))
    assert [wrong.instead for wrong in found] == told


def test_the_contrary_of_what_a_question_says_is_told() -> None:
    source = "The council opposed the new mill because its wheel made the river shallow."
    (wrong,) = another_asked("Why did the council like the new mill?", [source], source)
    assert (wrong.kind, wrong.words, wrong.instead) == ("contrary", "like", "opposed")
    assert another_asked("Did the council like the new mill?", [source], source) == (), "no is an answer"


def cited(text: str, quote: str, support: Support = "supported") -> Sentence:
    return Sentence(text, support, 0.9, (Citation(1, "document", "path", "title", None, 0, len(quote), quote),))


@pytest.mark.parametrize(
    ("said", "quote", "support", "tells", "instead"),
    [
        pytest.param("The review names three.", "A review of 1954 names three.", "partial", True, [], id="1954"),
        pytest.param(
            "The review names three.", "A review of 1955 names three.", "supported", True, [("1954", "1955")], id="1955"
        ),
        pytest.param(
            "The review names three.", "A review of 1955 names three.", "unsupported", False, [], id="unsupported"
        ),
        pytest.param("No, it names three.", "A review of 1955 names three.", "supported", True, [], id="a reply"),
        pytest.param("The review of 1954 names them.", "A review of 1955.", "supported", False, [], id="nothing new"),
    ],
)
def test_an_answer_tells_something_and_perhaps_about_another_year(
    said: str, quote: str, support: Support, tells: bool, instead: list[tuple[str, str]]
) -> None:
    question, sentences = "Whom does the review of 1954 name?", [cited(said, quote, support)]
    assert bool(telling(sentences, question)) is tells
    found = told_instead(sentences, question, quote)
    assert [(one.words, one.instead) for one in found] == instead
    assert all(one.citation is sentences[0].citations[0] for one in found)


@pytest.mark.parametrize(
    ("said", "tells"),
    [
        ("The mill had eight wheels.", True),
        ("The mill turned its wheels twice.", True),
        ("The mill had several wheels.", True),
        ("The mill was closed by the council.", False),
    ],
)
def test_who_asks_how_many_is_not_answered_without_an_amount(said: str, tells: bool) -> None:
    sentences = [cited(said, said)]
    assert bool(telling(sentences, "How many wheels did the mill have?")) is tells
    assert bool(telling(sentences, "What about the wheels of the mill?")) is True


@pytest.mark.parametrize(
    ("question", "said", "tells"),
    [
        ("How thick is the wall of the mill?", "The wall of the mill is two metres thick.", True),
        ("How long did the mill stand?", "The mill stood until the flood.", True),
        ("In Wells, how old is the mill?", "The mill is as old as the bridge.", False),
        ("How thick is the wall of the mill?", "The wall is like that of the bridge.", False),
        ("Seit wie vielen Jahren steht sie?", "Sie steht seit 20 Jahren.", True),
        ("Wie hoch ist die Mühle?", "Die Mühle gleicht der Brücke.", False),
        ("What decides how long the mill stands?", "The council of Wells decides.", True),
        ("Was bestimmt, wie lange die Mühle steht?", "Der Rat der Stadt bestimmt es.", True),
    ],
)
def test_who_asks_how_far_is_not_answered_without_an_amount_or_a_time(question: str, said: str, tells: bool) -> None:
    assert bool(telling([cited(said, said)], question)) is tells


@pytest.mark.parametrize(
    ("question", "said", "tells"),
    [
        ("When was the mill closed?", "The mill was closed in 1954.", True),
        ("When was the mill closed?", "The mill was closed after the flood.", True),
        ("When was the mill closed?", "The mill was closed by the council of Wells.", False),
        ("In what year was the mill closed?", "The mill was closed by the council of Wells.", False),
        ("Wann wurde die Mühle geschlossen?", "Die Mühle wurde vom Rat der Stadt geschlossen.", False),
        ("When the mill was closed, who closed it?", "The council of Wells closed it.", True),
        ("What happened when the mill was closed?", "The council of Wells met.", True),
    ],
)
def test_who_asks_when_is_not_answered_without_a_time(question: str, said: str, tells: bool) -> None:
    assert bool(telling([cited(said, said)], question)) is tells


def test_a_question_asked_back_tells_nothing() -> None:
    asked, told = (
        cited("Which mill is meant?", "", "supported"),
        cited("The mill had two wheels.", "It had two wheels."),
    )
    assert telling([asked], "How many wheels did the mill have?") == []
    assert telling([asked, told], "What did the mill have?") == [told]


@pytest.mark.parametrize(
    ("question", "said", "tells"),
    [
        ("What was the name of the ship in Wells?", "The ship in Wells was the Arrow.", True),
        ("What was the name of the ship in Wells?", "The ship in Wells was a steamer.", False),
        ("What was the name of the Russian ship?", "The ship of Moscow was the steamer.", False),
        ("What is the Polish name of the garden?", "The garden is called Ogród Saski.", True),
        ("What was the ship in Wells?", "The ship in Wells was a steamer.", True),
        ("Who was the captain of the ship?", "The captain was a sailor from the harbour.", True),
    ],
)
def test_who_asks_for_a_name_is_not_answered_without_one(question: str, said: str, tells: bool) -> None:
    assert bool(telling([cited(said, said)], question)) is tells
