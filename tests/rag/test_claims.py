"""What of a text is claimed, and what of it only asks, greets, counts, or says where to look."""

from __future__ import annotations

import pytest

from index.sentences import sentence_spans
from rag.claims import claimed, claims


def said(text: str) -> list[str]:
    """What the sentences of a text claim."""
    return claims([" ".join(text[start:end].split()) for start, end in sentence_spans(text)])


@pytest.mark.parametrize(
    ("sentence", "claim"),
    [
        pytest.param("- It closed.", "It closed.", id="dash"),
        pytest.param("12. It closed.", "It closed.", id="number"),
        pytest.param("3) It closed.", "It closed.", id="number in a bracket"),
        pytest.param("a) It closed.", "It closed.", id="letter"),
        pytest.param("• It closed.", "It closed.", id="bullet"),
        pytest.param("- 3. It closed.", "It closed.", id="number behind a dash"),
        pytest.param("> It closed.", "It closed.", id="quoted in a mail"),
        pytest.param("3. Mai 2021 war es.", "3. Mai 2021 war es.", id="a day"),
        pytest.param("2021 saw it closed.", "2021 saw it closed.", id="a year"),
        pytest.param("3.5 percent left.", "3.5 percent left.", id="a decimal"),
        pytest.param("-5 degrees.", "-5 degrees.", id="a minus"),
        pytest.param("20.", "20.", id="nothing but a number"),
        pytest.param("No, it closed.", "it closed.", id="a reply"),
        pytest.param("- Nein – er schloss.", "er schloss.", id="an item that replies"),
        pytest.param("No.", "No.", id="nothing but a reply"),
        pytest.param("No mission closed.", "No mission closed.", id="a denial"),
    ],
)
def test_neither_an_item_s_number_nor_a_yes_or_no_is_claimed(sentence: str, claim: str) -> None:
    assert claimed(sentence) == claim


@pytest.mark.parametrize(
    "question",
    [
        "Is that lawful?",
        "Did it close, and why?",
        "When it closed in 2015, who left?",
        "Warum schloss sie?",
        "Почему она закрылась?",
        "It closed in 2015?",
        "Really?!",
        "“Was it late?”",
        "(Was it late?)",
        "Who said “it closed”?",
    ],
)
def test_a_question_claims_nothing(question: str) -> None:
    assert claimed(question) == ""


@pytest.mark.parametrize(
    "sentence",
    [
        '"Was it late?" he asked.',
        'He asked: "Was it late?"',
        "“Yes,” he said, “was it late?”",
        "It closed in 2015 (or 2016?)",
        "Er fragte: „War es spät?“",
        "“Late?” he asked, “was it?”",
    ],
)
def test_what_quotes_a_question_is_claimed(sentence: str) -> None:
    assert claimed(sentence) == sentence


@pytest.mark.parametrize(
    "question",
    [
        "It closed, didn't it?",
        "It closed, right?",
        "It closed, but was that lawful?",
        "It closed – and why?",
    ],
)
def test_what_a_question_says_before_it_asks_is_claimed(question: str) -> None:
    assert claimed(question) == "It closed."


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        pytest.param("- 3. It closed. It opened.", ["It closed.", "It opened."], id="on one line"),
        pytest.param("- 3.\n\nIt closed.", ["", "It closed."], id="by itself"),
        pytest.param("•\n\n*\n\na)\n\n1.\n\nIt closed.", ["", "", "", "", "It closed."], id="of every kind"),
        pytest.param("20.", ["20."], id="all there is"),
    ],
)
def test_the_mark_of_a_list_is_no_claim(text: str, claim: list[str]) -> None:
    assert said(text) == claim


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        pytest.param(
            "| Year | Event |\n|---|---|\n| 2015 | first reduction |\n| 2021 | closed |",
            ["", "", "2015, first reduction", "2021, closed"],
            id="bars on either side",
        ),
        pytest.param("| No. | Event |\n|:--|--:|\n| 1 | closed", ["", "", "1, closed"], id="aligned"),
        pytest.param("| 2015 | | reduced |", ["2015, reduced"], id="an empty cell"),
        pytest.param("The mark | parts cells.", ["The mark | parts cells."], id="no row"),
    ],
)
def test_of_a_table_the_rows_below_its_head_are_claimed_without_their_bars(text: str, claim: list[str]) -> None:
    assert said(text) == claim


@pytest.mark.parametrize(
    "greeting",
    [
        "Dear all,",
        "Hi team",
        "Hello Anna!",
        "Dear Mr. Danilov, dear Anna,",
        "Sehr geehrte Damen und Herren,",
        "Liebe Kolleginnen und Kollegen,",
        "Уважаемые коллеги,",
    ],
)
def test_a_greeting_claims_nothing_and_what_follows_it_does(greeting: str) -> None:
    assert said(f"{greeting}\n\nIt closed.") == ["", "It closed."]
    if greeting.endswith(","):
        assert claims([f"{greeting} it closed."]) == ["it closed."]


@pytest.mark.parametrize(
    "closing",
    [
        "Best regards, Anna",
        "Best regards,\nAnna Smith",
        "Kind regards",
        "Thanks, Anna",
        "Best,\nAnna",
        "Mit freundlichen Grüßen",
        "Mit freundlichen Grüssen\nDr. Anna Schmidt",
        "С уважением, Анна",
    ],
)
def test_how_a_letter_ends_claims_nothing(closing: str) -> None:
    assert said(f"It closed.\n\n{closing}") == ["It closed.", ""]


@pytest.mark.parametrize(
    "sentence",
    [
        "Best regards from NATO were sent to Lavrov.",
        "Dear friends of NATO left in 2015.",
        "Liebe macht blind, sagte er.",
        "High offices, it closed.",
        "Thanks to NATO, it closed.",
    ],
)
def test_what_only_begins_like_a_letter_is_claimed(sentence: str) -> None:
    assert claims([sentence]) == [sentence]


@pytest.mark.parametrize(
    ("sentence", "claim"),
    [
        pytest.param("I believe that NATO closed it.", "NATO closed it.", id="that"),
        pytest.param("I think NATO closed it.", "NATO closed it.", id="without that"),
        pytest.param("In my opinion, it closed.", "it closed.", id="opinion"),
        pytest.param("- I think it closed.", "it closed.", id="item"),
        pytest.param("Ich glaube, dass sie schloss.", "sie schloss.", id="German"),
        pytest.param("Meiner Meinung nach schloss sie.", "schloss sie.", id="German opinion"),
        pytest.param("Я думаю, что она закрылась.", "она закрылась.", id="Russian"),
        pytest.param("I think so.", "I think so.", id="so"),
        pytest.param("I believe in NATO.", "I believe in NATO.", id="in"),
        pytest.param("I do not believe that it closed.", "I do not believe that it closed.", id="denied"),
        pytest.param("“I think it closed,” he said.", "“I think it closed,” he said.", id="quoted"),
    ],
)
def test_behind_an_opinion_its_claim_is_judged(sentence: str, claim: str) -> None:
    assert claimed(sentence) == claim


@pytest.mark.parametrize(
    "reference",
    [
        "(see p. 3)",
        "(p. 12)",
        "(pp. 3-5, n. 2)",
        "(ibid.)",
        "(ibid., p. 4)",
        "[p. 3]",
        "(S. 12 f.)",
        "(vgl. S. 3 und S. 5)",
        "(see section 4.2)",
        "(see above)",
        "[^1]",
    ],
)
def test_where_a_reader_is_told_to_look_is_no_claim(reference: str) -> None:
    assert claimed(f"It {reference} closed {reference}.") == "It closed."


@pytest.mark.parametrize("sentence", ["See p. 3.", "Cf. pp. 4-6.", "Ibid., p. 4.", "(See p. 3.)", "Siehe S. 3."])
def test_a_sentence_that_only_tells_where_to_look_claims_nothing(sentence: str) -> None:
    assert claims(["It closed.", sentence]) == ["It closed.", ""]


@pytest.mark.parametrize(
    "sentence", ["It closed (in 2021).", "It is told in Article 5(2) of the law (section 12).", "Page 12.", "p. 12"]
)
def test_other_numbers_and_brackets_are_claimed(sentence: str) -> None:
    assert claims([sentence]) == [sentence]


# Long enough that what takes the square of the time, or worse, would take many seconds.
ENDLESS = {
    "blanks": "It closed" + " " * 60_000 + "then.",
    "blanks behind a page": "It closed (p. 1" + " " * 60_000 + "then.",
    "marks": "It closed " + "!?" * 40_000 + "then.",
    "pages": "It closed (see " + "p. 1, " * 40 + "then.",
    "pages joined": "It closed [p. 1 " + "and p. 1 " * 40 + "then.",
    "the same place": "ibid. " * 40 + "then.",
    "initials": "Best regards, " + "A. " * 60 + "then.",
    "names": "Best regards" + ", Team." * 60 + " then 1.",
    "those greeted": "Dear " + "All " * 60 + "; then.",
}


@pytest.mark.timeout(10)
@pytest.mark.parametrize("name", ENDLESS)
def test_what_is_claimed_is_soon_told_of_any_text(name: str) -> None:
    text = ENDLESS[name]
    assert claims([text, text]) == [" ".join(text.split())] * 2
