"""Passages ranked by their sentences: by the formula, as far apart as it says, and by words that tell."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import resources

import numpy as np
import pytest

from rag import ranking
from rag.excerpt import nearest_run
from rag.ranking import SIGNALS, Ranking
from rag.rerank import SecondLook
from tests.fakes import HashingEncoder
from tests.rag.dossier import hits

QUESTION = "opened bridge"
WEIGHTS = {"fused": 2.0, "words": 0.5, "cosine": -1.0, "likeness": 3.0, "sentence": 4.0, "passage": 1.0}


def by_word(word: str, sharp: float = 20.0) -> Ranking:
    """One to which a word tells nearly all."""
    return Ranking(sharp * HashingEncoder().encode([word])[0], WEIGHTS)


def test_a_word_tells_by_its_vector() -> None:
    encoder = HashingEncoder()
    telling = by_word("bridge").telling(encoder.encode(["who", "opened", "the", "bridge"]))
    assert telling.sum() == pytest.approx(1)
    assert telling[3] > 0.99
    even = Ranking(np.zeros(encoder.dimension, np.float32), WEIGHTS).telling(encoder.encode(["who", "opened"]))
    assert even == pytest.approx([0.5, 0.5])


def test_odds_are_those_of_all_sentences_by_the_formula() -> None:
    found = tuple(replace(hit, score=score) for hit, score in zip(hits("a", "b", "c"), (0.5, 0.4, 0.3), strict=True))
    found = (found[0], replace(found[1], bm25=4.0, cosine=0.2), found[2])
    near = [np.array(rows, np.float32) for rows in ([[0.1, 0.2]], [[0.9, 0.1], [0.3, 0.8]], [[0.5, 0.5]] * 3)]
    telling = np.array([0.25, 0.75], np.float32)
    odds = []
    for hit, rows in zip(found, near, strict=True):
        passage = sum(share * max(row[i] for row in rows) for i, share in enumerate(telling))
        own = 2.0 * hit.score + 0.5 * hit.bm25 / 4.0 - 1.0 * hit.cosine + 1.0 * passage
        each = [own + 3.0 * (row[0] + row[1]) / 2 + 4.0 * (0.25 * row[0] + 0.75 * row[1]) for row in rows]
        odds.append(float(np.log(np.exp(each).sum())))
    ranked = Ranking(np.zeros(2, np.float32), WEIGHTS).ranked(found, near, telling)
    order = sorted(range(3), key=lambda i: -odds[i])
    assert [hit.passage for hit in ranked] == [found[i].passage for i in order]
    assert [hit.rank for hit in ranked] == [1, 2, 3]
    apart = [max(0.0, 0.5 - (odds[order[0]] - odds[i]) / 2.0) for i in order]
    assert [hit.score for hit in ranked] == pytest.approx(apart, abs=1e-5)


def test_what_was_learned_decides_last_and_loses_nothing() -> None:
    found = hits("The opened bottle was opened.", "A bridge.", "Rain fell.")
    look = SecondLook(QUESTION, found, HashingEncoder())
    given = look.hits
    first = {
        word: look.by_sentences(replace(by_word(word), weights={**WEIGHTS, "sentence": 99.0})).hits
        for word in ("opened", "bridge")
    }
    assert first["opened"][0].passage.text.startswith("The opened")
    assert first["bridge"][0].passage.text == "A bridge."
    for ranked in first.values():
        assert {hit.passage.id for hit in ranked} == {hit.passage.id for hit in found}
    assert look.hits == given
    assert SecondLook(QUESTION, (), HashingEncoder()).by_sentences(by_word("bridge")).hits == ()


def test_a_run_is_cut_by_the_words_that_tell() -> None:
    found = hits("The bottle was opened. Something else happened. The bridge is in Riga.")
    for word, expected in (("opened", "The bottle was opened."), ("bridge", "The bridge is in Riga.")):
        look = SecondLook(QUESTION, found, HashingEncoder()).by_sentences(by_word(word))
        assert nearest_run(look, look.hits[0], 6, lambda text: len(text.split())).passage.text == expected


def test_a_question_of_marks_alone_is_ranked_all_the_same() -> None:
    found = hits("The bridge was opened.", "It rained.")
    assert len(SecondLook("?!", found, HashingEncoder()).by_sentences(by_word("bridge")).hits) == 2


def test_nothing_was_learned_of_another_model() -> None:
    assert ranking.load("another@00000000", "en") is None
    assert ranking.learned("another@00000000", "Who opened the bridge?") is None


def test_what_was_learned_is_for_questions_of_its_language() -> None:
    stored = json.loads(resources.files("rag").joinpath("ranking.json").read_text("utf-8"))["models"]
    name = f"any@{next(iter(stored))}"
    assert ranking.learned(name, "Why was the bridge closed in the end?")
    for other in (
        "Warum wurde die Brücke am Ende geschlossen?",
        "Почему закрыли мост?",
        "Pourquoi les ministres ont fermé ?",
    ):
        assert ranking.learned(name, other) is None


def test_what_is_shipped_is_whole_and_of_the_default_model() -> None:
    """Its numbers are of the model's width, and of every signal."""
    stored = json.loads(resources.files("rag").joinpath("ranking.json").read_text("utf-8"))["models"]
    assert [own["name"] for own in stored.values() if own["name"].startswith("all-minilm-l6-v2@")]
    for name, own in stored.items():
        assert own["name"].endswith(f"@{name}")
        assert own["origin"].startswith("benchmarks/ranking.py fit on ")
        learned = ranking.load(f"renamed@{name}", own["language"])
        assert learned
        assert np.isfinite(learned.words).all()
        assert set(learned.weights) == set(SIGNALS)
        assert learned.weights["fused"] > 0
        assert learned.telling(np.eye(3, len(learned.words), dtype=np.float32)).sum() == pytest.approx(1)
