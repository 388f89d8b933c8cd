"""Citing chooses exact spans, and as few as carry the sentence."""

from __future__ import annotations

import pytest

from rag.cite import MOST_SPANS, Citer, sources_of
from tests.fakes import HashingEncoder
from tests.rag.dossier import hits, part

CLOSING = (
    "NATO cut the Russian mission from 20 members to 10. "
    "Moscow answered by suspending its mission on 1 November. "
    "The ambassador called the step regrettable."
)
OPENING = "The military liaison office opened in Moscow in May 2002. Its chief was a general from Hungary."
SENTENCES = [source.text for source in sources_of(hits(CLOSING, OPENING))]


def citer(*texts: str) -> Citer:
    return Citer(hits(*texts), HashingEncoder())


def test_sources_are_exact_spans_of_the_document() -> None:
    document = f"A heading nobody needs.\n\n{CLOSING}\n\nAfterwards."
    start = document.index("NATO")
    (whole,) = hits(document)
    found = sources_of([part(whole, start, start + len(CLOSING))])
    assert len(found) == 3
    for source in found:
        assert document[source.start : source.end] == source.text


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_copied_sentence_cites_exactly_its_source(sentence: str) -> None:
    evidence = citer(CLOSING, OPENING).evidence(sentence)
    assert [source.text for source in evidence.sources] == [sentence]
    assert evidence.missing == ()
    assert evidence.coverage == pytest.approx(1)
    assert evidence.similarity == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("order", [(CLOSING, OPENING), (OPENING, CLOSING)], ids=["in order", "the other way round"])
def test_a_sentence_that_joins_two_sources_cites_both_in_reading_order(order: tuple[str, str]) -> None:
    evidence = citer(*order).evidence("The liaison office opened in May 2002 and NATO cut the mission from 20 to 10.")
    cited = [source.text for source in evidence.sources]
    assert sorted(cited) == sorted([SENTENCES[0], SENTENCES[3]])
    assert cited == sorted(cited, key=lambda text: " ".join(order).index(text))
    assert evidence.missing == ()


def test_a_second_source_is_added_for_a_fact_alone() -> None:
    evidence = citer("The office employed clerks and divers in the harbour.", "The office had 40 clerks.").evidence(
        "The office employed 40 clerks and divers in the harbour."
    )
    assert len(evidence.sources) == 2
    assert evidence.missing == ()


def test_what_no_source_states_is_missing() -> None:
    evidence = citer(CLOSING).evidence("NATO cut the Russian mission from 30 members to 10, said Lavrov in June.")
    assert [fact.words for fact in evidence.missing] == ["30", "Lavrov", "June"]


def test_never_more_than_the_most_spans_nor_one_twice() -> None:
    texts = [
        f"The number of {thing} was {number} that year."
        for number, thing in enumerate(("cats", "dogs", "hens", "cows"), 51)
    ]
    evidence = citer(*texts).evidence("The number of cats was 51, of dogs 52, of hens 53 and of cows 54 that year.")
    assert len(evidence.sources) == MOST_SPANS
    assert len({source.hit.passage.id for source in evidence.sources}) == MOST_SPANS
    assert len(evidence.missing) == len(texts) - MOST_SPANS


def test_of_two_equal_sources_the_better_hit_is_cited() -> None:
    first, _, third = hits("Something else.", "Nothing of it.", "The ambassador called the step regrettable.")
    (fourth,) = hits(third.passage.text + " ")
    evidence = Citer([first, third, fourth], HashingEncoder()).evidence(third.passage.text)
    assert [source.hit for source in evidence.sources] == [third]


def test_the_question_s_words_count_less() -> None:
    sentence = "The mission closed because of the cut."
    alone = citer("The mission closed.").evidence(sentence)
    asked = citer("The mission closed.").evidence(sentence, given="Why was the mission closed?")
    assert asked.coverage < alone.coverage


def test_without_sources_every_fact_is_missing() -> None:
    evidence = citer().evidence("It opened in 2002.")
    assert evidence.sources == ()
    assert evidence.similarity == evidence.coverage == 0
    assert [fact.words for fact in evidence.missing] == ["2002"]


def test_a_sentence_without_content_is_covered() -> None:
    assert citer(CLOSING).evidence("It is.").coverage == 1


def test_the_same_sentence_finds_the_same_evidence() -> None:
    asked = citer(CLOSING, OPENING)
    sentence = "NATO cut the mission and Moscow suspended it."
    first = asked.evidence(sentence)
    asked.evidence("The general was from Hungary.")
    assert asked.evidence(sentence) == first == citer(CLOSING, OPENING).evidence(sentence)


def test_sources_are_encoded_once_and_only_when_a_sentence_is_checked() -> None:
    encoder = HashingEncoder()
    asked = Citer(hits(CLOSING, OPENING), encoder)
    assert encoder.encoded == 0
    asked.evidence("It closed.")
    once = encoder.encoded
    asked.evidence("It opened.")
    assert encoder.encoded == once + 1
