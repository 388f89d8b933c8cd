"""What is read fits the budget and is found around what is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.errors import DocumentNotFound
from index.library import Library
from index.records import Document, Hit
from rag import ranking, templates
from rag.excerpt import WHOLE
from rag.prompt import part
from rag.referents import unnamed
from rag.rerank import reranked
from rag.retrieve import (
    AROUND,
    FURTHER,
    NAMING_TOKENS,
    SAME_DOCUMENT,
    has_parts,
    retrieve,
    spread,
)
from rag.settings import Settings
from tests.fakes import HashingEncoder

TEMPLATES = templates.load()
SEEDS = Path(__file__).parents[2] / "seeds"
QUESTION = "Why did Russia close its mission to NATO?"


def words(text: str) -> int:
    return len(text.split())


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("home")
    return Settings(home=home, models=home)


@pytest.fixture(scope="module")
def library(settings: Settings) -> Library:
    filled = Library(settings.index, HashingEncoder())
    filled.add(sorted(SEEDS.glob("*.md")))
    return filled


def best_of(library: Library, settings: Settings) -> tuple[Hit, ...]:
    return reranked(QUESTION, library.search(QUESTION, settings.candidates, around=AROUND), HashingEncoder())


def as_read(found: Sequence[Hit]) -> int:
    """Words of the passages as they stand in a prompt, each document's title once."""
    documents = [hit.passage.document_id for hit in found]
    return sum(
        words(part(hit, TEMPLATES, titled=hit.passage.document_id not in documents[:place]))
        for place, hit in enumerate(found)
    )


def test_an_empty_library_has_nothing_to_read(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, models=tmp_path)
    empty = Library(settings.index, HashingEncoder())
    assert retrieve(empty, HashingEncoder(), QUESTION, settings, words, TEMPLATES).hits == ()


@pytest.mark.parametrize("most", [1, 2, 4])
def test_no_more_passages_are_read_than_settings_allow(library: Library, settings: Settings, most: int) -> None:
    allowed = replace(settings, passages=most, passage_tokens_read=10_000)
    found = retrieve(library, HashingEncoder(), QUESTION, allowed, words, TEMPLATES).hits
    assert [hit.rank for hit in found[:most]] == list(range(1, most + 1))
    assert not any(unnamed(hit.passage.text) for hit in found[most:])
    assert found[:WHOLE] == best_of(library, allowed)[: min(most, WHOLE)]


@pytest.mark.parametrize("budget", [1, 100, 200, 400])
def test_passages_are_the_best_ones_and_fit_the_budget(library: Library, settings: Settings, budget: int) -> None:
    allowed = replace(settings, passages=10, passage_tokens_read=budget)
    found = retrieve(library, HashingEncoder(), QUESTION, allowed, words, TEMPLATES).hits
    best = {hit.rank: hit for hit in best_of(library, allowed)}
    assert found[0] == best[1]
    chosen = [hit for hit in found if hit.rank in best and hit.passage.text in best[hit.rank].passage.text]
    assert found[: len(chosen)] == tuple(chosen)
    assert len(chosen) == 1 or as_read(chosen) <= budget
    assert as_read(found) - as_read(chosen) <= NAMING_TOKENS
    assert len({hit.rank for hit in found}) == len(found)


def test_a_document_removed_meanwhile_names_nobody_and_is_no_fault(
    library: Library, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowed = replace(settings, passages=10, passage_tokens_read=200)
    found = retrieve(library, HashingEncoder(), QUESTION, allowed, words, TEMPLATES).hits

    def gone(reference: str) -> Document:
        raise DocumentNotFound(reference)

    monkeypatch.setattr(library, "document", gone)
    left = retrieve(library, HashingEncoder(), QUESTION, allowed, words, TEMPLATES).hits
    assert left == found[: len(left)]
    assert 0 < len(left) < len(found)


def test_what_was_learned_of_such_questions_orders_what_is_read_further(
    library: Library, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here by few shared words, so that what comes first does not do so otherwise."""
    allowed = replace(settings, passages=4, passage_tokens_read=200)
    given = best_of(library, allowed)
    weights = {**dict.fromkeys(ranking.SIGNALS, 0.0), "fused": 0.001, "words": -50.0}
    turned = ranking.Ranking(np.zeros(64, np.float32), weights)
    monkeypatch.setattr(ranking, "learned", lambda encoder, question: turned if question == QUESTION else None)
    found = retrieve(library, HashingEncoder(), QUESTION, allowed, words, TEMPLATES)
    fewest = min(hit.bm25 for hit in given)
    assert found.hits[0].passage == given[0].passage
    assert given[0].bm25 > fewest
    assert found.further()[0].bm25 == fewest
    other = retrieve(library, HashingEncoder(), f"{QUESTION} ", allowed, words, TEMPLATES)
    assert other.further()[0].passage == given[0].passage


def test_further_passages_are_twice_as_much_and_begin_with_the_best(library: Library, settings: Settings) -> None:
    allowed = replace(settings, passages=4, passage_tokens_read=200)
    found = retrieve(library, HashingEncoder(), QUESTION, allowed, words, TEMPLATES)
    further = found.further()
    assert further[:WHOLE] == found.hits[:WHOLE]
    assert as_read(found.hits) < as_read(further) <= FURTHER * 200 + NAMING_TOKENS


def test_further_passages_leave_room_for_question_and_answer(library: Library, settings: Settings) -> None:
    allowed = replace(settings, candidates=100, passages=100, passage_tokens_read=200, context_tokens=600)
    found = retrieve(library, HashingEncoder(), QUESTION, allowed, words, TEMPLATES)
    assert 200 < as_read(found.further()) <= 300 + NAMING_TOKENS
    greedy = replace(allowed, passage_tokens_read=500)  # half a context is not left as it is
    found = retrieve(library, HashingEncoder(), QUESTION, greedy, words, TEMPLATES)
    assert found.further() == found.hits


def test_more_is_read_of_a_larger_budget(library: Library, settings: Settings) -> None:
    sizes = [
        as_read(
            retrieve(
                library, HashingEncoder(), QUESTION, replace(settings, passage_tokens_read=budget), words, TEMPLATES
            ).hits
        )
        for budget in (100, 200, 400)
    ]
    assert sizes == sorted(set(sizes))


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Why did Russia close its mission to NATO in 2021?", False),
        ("Where do Danes and Swedes meet?", False),
        ("Who led NATO at the first council meeting, and who led it when talks resumed in 2016?", True),
        ("Wer leitete die NATO beim ersten Treffen, und wer war es bei den Gesprächen 2016?", True),
        ("Кто возглавлял НАТО на первом заседании совета и кто был главой альянса в 2016 году?", True),
    ],
)
def test_a_question_of_several_parts_is_known_by_its_joints(question: str, parts: bool) -> None:
    assert has_parts(question) is parts


def test_what_is_read_for_several_parts_comes_from_more_documents(library: Library) -> None:
    hits = library.search("NATO mission council", 16)
    alike = [replace(hit, score=1 - SAME_DOCUMENT / 2 * hit.rank / len(hits)) for hit in hits]
    spread_out = spread(alike)
    assert sorted(hit.rank for hit in spread_out) == [hit.rank for hit in hits]
    documents = [hit.passage.document_id for hit in spread_out]
    every = len(set(documents))
    assert every > 1
    assert len(set(documents[:every])) == every
    apart = [replace(hit, score=-hit.rank) for hit in hits]
    assert spread(apart) == tuple(apart)


def test_a_question_of_several_parts_reads_more(library: Library, settings: Settings) -> None:
    one, several = (
        "Who led NATO at the first council meeting?",
        "Who led NATO at first, and who led NATO during 2016?",
    )
    allowed = replace(settings, passages=4, passage_tokens_read=10_000)
    found = {
        asked: retrieve(library, HashingEncoder(), asked, allowed, words, TEMPLATES).hits for asked in (one, several)
    }
    assert (len(found[one]), len(found[several])) == (4, 6)
