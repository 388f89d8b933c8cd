"""What the rest of what was read gives a sentence: no invention where it does, and one where something else stands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from index.records import Hit
from rag.cite import Evidence, sources_of
from rag.facts import facts, stands_in
from rag.verify import Verdict, verdict
from tests.rag.dossier import hits


def judged(
    sentence: str, cited: str, before: str = "", question: str = "", *, gap: int = 10, title: str = "Paper"
) -> Verdict:
    """The verdict on a sentence for which one source is cited, behind another in its document."""
    one, two = hits(before or "Nothing was known of it.", cited, title=title)
    read = sources_of([one, _behind(one, two, gap)])
    missing = tuple(fact for fact in facts(sentence) if not stands_in(fact, cited))
    evidence = Evidence((read[-1],), similarity=0.9, coverage=0.9, missing=missing, read=read)
    return verdict(sentence, evidence, question)


def _behind(first: Hit, hit: Hit, gap: int) -> Hit:
    start = first.passage.end + gap
    passage = replace(
        hit.passage, document_id=first.passage.document_id, start=start, end=start + len(hit.passage.text)
    )
    return replace(hit, passage=passage)


@pytest.mark.parametrize(
    ("sentence", "cited", "support"),
    [
        ("A third of the town was Jewish.", "A third of the town were Jews.", "supported"),
        ("Most of the sailors were Danish.", "Most of the sailors were Danes.", "supported"),
        ("The treaty was signed by the Poles.", "The treaty was signed by the Polish side.", "supported"),
        (
            "Der Vertrag wurde von Polen unterzeichnet.",
            "Der Vertrag wurde von polnischer Seite unterzeichnet.",
            "supported",
        ),
        ("A third of the town was Polish.", "A third of the town were Jews.", "unsupported"),
        ("Most of the sailors were Finns.", "Most of the sailors were Danes.", "unsupported"),
        (
            "Der Vertrag wurde von Norwegen unterzeichnet.",
            "Der Vertrag wurde von polnischer Seite unterzeichnet.",
            "unsupported",
        ),
    ],
)
def test_a_people_is_named_by_any_of_its_forms(sentence: str, cited: str, support: str) -> None:
    assert judged(sentence, cited).support == support


KHAN = "Orda was killed by four princes at the river."


@pytest.mark.parametrize(
    ("sentence", "before", "support"),
    [
        ("Orda Khan was killed by four princes at the river.", "Orda Khan ruled for two years.", "supported"),
        ("Orda Khan's death came when he was killed by four princes.", "Orda Khan ruled for two years.", "supported"),
        ("Orda Khan wurde getötet.", "Der Sohn von Orda Khan regierte.", "supported"),
        ("Orda Khan was killed by four princes at the river.", "Berke Khan ruled for two years.", "unsupported"),
        ("Berke Khan was killed by four princes at the river.", "Berke Khan ruled for two years.", "unsupported"),
        ("Orda Khan was killed by four princes at the river.", "To Orda. Khan ruled it.", "unsupported"),
        ("Orda Bek was killed by four princes at the river.", "Orda Khan ruled for two years.", "unsupported"),
    ],
)
def test_a_further_word_of_a_name_is_that_of_the_name_read(sentence: str, before: str, support: str) -> None:
    assert judged(sentence, KHAN, before).support == support


def test_a_further_word_of_a_name_may_stand_in_the_title() -> None:
    sentence, title = "Ann Whitlock sold forty pumps to a mine.", "The pumps of Ann Whitlock"
    assert judged(sentence, "Whitlock sold forty pumps to a mine.", title=title).support == "supported"


@pytest.mark.parametrize(
    ("sentence", "cited"),
    [
        pytest.param("Batu Khan built forty ships.", "Orda Khan built forty ships.", id="another with the same word"),
        pytest.param("President Batu built forty ships.", "President Orda built forty ships.", id="only a title"),
    ],
)
def test_a_word_that_another_bears_gives_no_name(sentence: str, cited: str) -> None:
    assert judged(sentence, cited, "Batu Khan and President Batu met.").support == "unsupported"


@pytest.mark.parametrize(
    ("before", "question", "gap", "support"),
    [
        pytest.param("Tom Kerr and his wife stood trial.", "What was said for the Kerrs?", 10, "partial", id="both"),
        pytest.param("The Kerrs' shop was closed.", "What was said for the Kerrs?", 10, "partial", id="possessive"),
        pytest.param(
            "Tom Lane and his wife stood trial.", "What was said for the Kerrs?", 10, "unsupported", id="question only"
        ),
        pytest.param(
            "Tom Kerr and his wife stood trial.", "What was said for them?", 10, "unsupported", id="document only"
        ),
        pytest.param(
            "Tom Kerr and his wife stood trial.", "What was said for the Kerrs?", 1600, "unsupported", id="far before"
        ),
        pytest.param(
            "Tom Kerr and his wife stood trial.", "What was said for the Kerrs?", -500, "unsupported", id="behind"
        ),
    ],
)
def test_a_name_of_the_question_that_was_read_shortly_before_is_no_invention(
    before: str, question: str, gap: int, support: str
) -> None:
    cited = "Speaking for the parents, the lawyer argued that they were not guilty."
    found = judged("The lawyer argued that the Kerrs were not guilty.", cited, before, question, gap=gap)
    assert found.support == support
    assert found.support != "partial" or any("question" in reason for reason in found.reasons)


@pytest.mark.parametrize(
    ("sentence", "cited", "before", "support"),
    [
        (
            "The general cut the ribbon on Monday.",
            "The general cut the ribbon.",
            "The office opened on Monday.",
            "partial",
        ),
        ("The general cut the ribbon in 1997.", "The general cut the ribbon.", "The office opened in 1997.", "partial"),
        (
            "Der General durchschnitt das Band am Montag.",
            "Der General durchschnitt das Band.",
            "Das war am Montag.",
            "partial",
        ),
        (
            "The general cut the ribbon on Monday.",
            "The general cut the ribbon.",
            "The office opened on Friday.",
            "unsupported",
        ),
        (
            "The general cut the ribbon on Monday.",
            "The general cut the ribbon on Friday.",
            "It opened on Monday.",
            "unsupported",
        ),
        (
            "The general cut the ribbon in 1997.",
            "The general cut the ribbon in 1999.",
            "It opened in 1997.",
            "unsupported",
        ),
        ("Der General kam im Mai.", "Der General kam im Juni.", "Das Büro wurde im Mai geöffnet.", "unsupported"),
        ("The general cut 12 ribbons.", "The general cut ribbons.", "The office has 12 rooms.", "unsupported"),
    ],
)
def test_an_added_day_that_the_document_has_elsewhere_is_doubtful(
    sentence: str, cited: str, before: str, support: str
) -> None:
    assert judged(sentence, cited, before).support == support


@pytest.mark.parametrize(
    ("sentence", "cited", "support"),
    [
        ("The house was a bank during the 1990s.", "From 1991 until 2000 the house was a bank.", "supported"),
        ("The house was a bank in the 1920s.", "In 1928 the house was a bank.", "supported"),
        ("Das Haus war in den 1990er Jahren eine Bank.", "Ab 1993 war das Haus eine Bank.", "supported"),
        ("The house was a bank during the 1980s.", "From 1991 until 2000 the house was a bank.", "unsupported"),
        ("The house was a bank in 1990.", "From 1991 until 2000 the house was a bank.", "unsupported"),
        ("Das Haus war in den 1960er Jahren eine Bank.", "Ab 1993 war das Haus eine Bank.", "unsupported"),
    ],
)
def test_a_decade_has_its_years(sentence: str, cited: str, support: str) -> None:
    assert judged(sentence, cited).support == support


@pytest.mark.parametrize(
    ("noun", "cited", "support"),
    [
        ("Netz", "Das von der Stadt betriebene Verkehrsnetz der U-Bahn ist sehr alt.", "supported"),
        ("Netz", "Das von der Stadt betriebene Museum der U-Bahn ist sehr alt.", "partial"),
        ("Netz", "Das von der Stadt betriebene Netzwerk der U-Bahn ist sehr alt.", "partial"),
    ],
)
def test_the_last_part_of_a_german_compound_stands_for_it(noun: str, cited: str, support: str) -> None:
    found = judged(f"Das U-Bahn-{noun} ist sehr alt.", cited, question=f"Wie alt ist das U-Bahn-{noun}?")
    assert found.support == support


@pytest.mark.parametrize(
    ("question", "support"),
    [
        pytest.param("Warum gilt Anna Berg und nicht Emil Kurz als Entdeckerin?", "supported", id="from the question"),
        pytest.param("Warum gilt Anna Berg als Entdeckerin?", "unsupported", id="its own"),
    ],
)
def test_a_contrast_repeated_from_the_question_denies_nothing(question: str, support: str) -> None:
    cited = "Emil Kurz und Anna Berg fanden das Gas, aber meist gilt Anna Berg als Entdeckerin, da sie zuerst schrieb."
    sentence = "Anna Berg und nicht Emil Kurz gilt meist als Entdeckerin, da sie zuerst schrieb."
    assert judged(sentence, cited, question=question).support == support


ASKED = "What was the score between Kansas City and the New York Jets?"
SCORE = "The score between Kansas City and the New York Jets was 23-20."
SAID = "Did General Baluyevsky say that the dispute was over?"
OVER = "General Baluyevsky said that the dispute was over."


@pytest.mark.parametrize(
    ("question", "sentence", "cited", "support"),
    [
        pytest.param(ASKED, SCORE, "Kansas City beat the Jets with a score of 23-20.", "partial", id="in part"),
        pytest.param(ASKED, SCORE, "Kansas City beat the Winnipeg Jets 23-20, the score.", "unsupported", id="other"),
        pytest.param("", SCORE, "Kansas City beat the Jets with a score of 23-20.", "unsupported", id="not asked"),
        pytest.param(SAID, OVER, "Yury Baluyevsky said that the dispute was over.", "partial", id="a rank"),
        pytest.param(
            SAID, OVER, "Admiral Baluyevsky said that the dispute was over.", "unsupported", id="another rank"
        ),
        pytest.param(
            SAID,
            OVER,
            "Admiral Baluyevsky said that the dispute with General Ivanov was over.",
            "unsupported",
            id="his",
        ),
        pytest.param("", OVER, "Yury Baluyevsky said that the dispute was over.", "unsupported", id="nobody's rank"),
    ],
)
def test_what_the_question_adds_to_a_cited_name_is_said_to_be_from_it(
    question: str, sentence: str, cited: str, support: str
) -> None:
    assert judged(sentence, cited, question=question).support == support
