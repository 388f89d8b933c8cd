"""The benchmark of searching: a corpus that can be made again, exact neighbours, and a library that holds just that."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks import search
from benchmarks.synthetic import Corpus, QueryEncoder, build
from index.library import Library
from index.settings import IndexSettings

pytestmark = pytest.mark.slow  # all of them build or search a library of thousands


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return Corpus(700)


def test_a_corpus_follows_from_its_seed(corpus: Corpus) -> None:
    again, other = Corpus(700).stretch(0), Corpus(700, seed=1).stretch(0)
    assert again.texts == corpus.stretch(0).texts != other.texts
    assert np.array_equal(again.vectors, corpus.stretch(0).vectors)
    assert not np.array_equal(again.vectors, other.vectors)


def test_recall_is_the_share_that_was_found() -> None:
    assert search.recall([[1, 2], [3, 4]], [[2, 1], [3, 5]]) == 0.75


def test_a_built_library_finds_its_passages(corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "CHUNK", 100)
    settings, queries, whole = IndexSettings(tmp_path), corpus.queries(10), corpus.stretch(0)
    build(corpus, settings, lambda done, seconds: None)
    assert search.held(settings) == 700
    nearest = search.nearest(settings, queries)
    library = Library(settings, QueryEncoder(queries))
    for query, rows in zip(queries, nearest, strict=True):
        assert rows == (np.argsort(-(whole.vectors @ query.vector), kind="stable")[:10] + 1).tolist()
        [hit] = [hit for hit in library.search(query.text, 10) if hit.passage.text == whole.texts[rows[0] - 1]]
        assert hit.bm25 > 0
    library.close()
