"""The second look orders by shared words and by the likeness of single words, and invents or loses nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from index.records import Hit
from rag.rerank import SecondLook, max_sim, reranked
from tests.fakes import HashingEncoder, SpellingEncoder
from tests.rag.dossier import hits


def test_max_sim_equals_the_definition() -> None:
    generator = np.random.default_rng(7)
    question, passage = (generator.normal(size=(rows, 5)).astype(np.float32) for rows in (3, 8))
    by_hand = [max(float(q @ p) for p in passage) for q in question]
    assert max_sim(question, passage) == pytest.approx(sum(by_hand) / len(by_hand), rel=1e-5)


def test_nothing_found_is_nothing_to_order() -> None:
    assert reranked("why?", (), HashingEncoder()) == ()


def test_the_same_passages_come_back_ranked_from_one(three: tuple[Hit, ...]) -> None:
    found = reranked("the ribbon was cut in Moscow", three, HashingEncoder())
    assert {hit.passage.id for hit in found} == {hit.passage.id for hit in three}
    assert [hit.rank for hit in found] == [1, 2, 3]
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)


def test_of_two_that_words_cannot_tell_apart_the_nearer_in_meaning_comes_first(three: tuple[Hit, ...]) -> None:
    last, first = three[1], three[2]
    for order in [(last, first), (first, last)]:
        assert reranked("the ribbon was cut in Moscow", order, HashingEncoder())[0].passage == first.passage


def test_words_count_for_more_where_the_model_only_spells_them(three: tuple[Hit, ...]) -> None:
    """One passage holds words that tell, the other is nearer in meaning."""
    worded = replace(three[1], bm25=10.0)
    near = replace(three[2], bm25=0.0)
    question = "the ribbon was cut in Moscow"
    assert reranked(question, [worded, near], HashingEncoder())[0].passage == near.passage
    assert reranked(question, [worded, near], SpellingEncoder())[0].passage == worded.passage


def test_a_passage_gains_by_others_of_its_document_that_fit(three: tuple[Hit, ...]) -> None:
    question = "the ribbon was cut in Moscow by an admiral"
    apart = {hit.passage.text: hit.score for hit in reranked(question, three, HashingEncoder())}
    together = [replace(hit, passage=replace(hit.passage, document_id="one")) for hit in three[1:]]
    found = {hit.passage.text: hit.score for hit in reranked(question, [three[0], *together], HashingEncoder())}
    budget, ribbon = three[1].passage.text, three[2].passage.text
    assert found[budget] > apart[budget]
    assert found[ribbon] > found[budget]
    assert all(0 <= score <= 1 for score in found.values())


def test_a_passage_gains_by_what_stands_right_before_it() -> None:
    said, told, other = hits("Who won the race in Berlin was asked.", "It was Anna.", "It was Maria.")
    document = said.passage.document_id
    text = f"{said.passage.text} {told.passage.text}"
    start = len(said.passage.text) + 1
    follows = replace(told, passage=replace(told.passage, document_id=document, start=start, end=len(text)))
    apart = replace(other, passage=replace(other.passage, document_id=document, start=start + 500, end=start + 513))
    found = reranked("Who won the race in Berlin?", [said, apart, follows], HashingEncoder())
    assert [hit.passage.text for hit in found] == [said.passage.text, told.passage.text, other.passage.text]


def test_nearness_is_the_best_cosine_within_each_span(three: tuple[Hit, ...]) -> None:
    encoder, question = HashingEncoder(), "the ribbon in Moscow?"
    look = SecondLook(question, three, encoder)
    hit = three[2]
    text = hit.passage.text
    halves = [(0, text.index("the")), (text.index("the"), len(text)), (len(text), len(text) + 5)]
    near = look.nearness(hit, halves)
    assert near.shape == (3, 4)
    asked = encoder.encode(["the", "ribbon", "in", "Moscow"])
    for row, (start, end) in zip(near[:2], halves[:2], strict=True):
        expected = (asked @ encoder.encode(text[start:end].replace(".", "").split()).T).max(axis=1)
        assert row == pytest.approx(expected, abs=1e-5)
    assert (near[2] == -1).all()


@pytest.fixture
def three() -> tuple[Hit, ...]:
    return hits("Talks were held in Brussels.", "The budget grew again.", "In Moscow the ribbon was cut by an admiral.")
