"""The benchmark of searching: a corpus that can be made again, exact neighbours, and a library that holds just that."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks import search, synthetic
from benchmarks.synthetic import Corpus, QueryEncoder, build
from index.library import Library
from index.settings import IndexSettings


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return Corpus(700)


def test_a_corpus_follows_from_its_seed(corpus: Corpus) -> None:
    again, other = Corpus(700).stretch(0), Corpus(700, seed=1).stretch(0)
    assert again.texts == corpus.stretch(0).texts != other.texts
    assert np.array_equal(again.vectors, corpus.stretch(0).vectors)
    assert not np.array_equal(again.vectors, other.vectors)


def test_the_nearest_over_many_stretches_are_those_of_one_matrix(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(synthetic, "STRETCH", 100)
    queries = corpus.queries(5)
    matrix = np.concatenate([stretch.vectors for stretch in corpus.stretches()])
    assert len(matrix) == 700
    expected = [(np.argsort(-(matrix @ query.vector), kind="stable")[:10] + 1).tolist() for query in queries]
    assert search.nearest(corpus, queries) == expected


def test_recall_is_the_share_that_was_found() -> None:
    assert search.recall([[1, 2], [3, 4]], [[2, 1], [3, 5]]) == 0.75


def test_a_built_library_finds_its_passages(corpus: Corpus, tmp_path: Path) -> None:
    settings, queries = IndexSettings(tmp_path), corpus.queries(10)
    build(corpus, settings, lambda done, seconds: None)
    assert search.held(settings) == 700
    library = Library(settings, QueryEncoder(queries))
    for query, [best, *_] in zip(queries, search.nearest(corpus, queries), strict=True):
        hits = library.search(query.text, 10)
        [hit] = [hit for hit in hits if hit.passage.text == corpus.stretch(0).texts[best - 1]]
        assert hit.bm25 > 0
    library.close()
