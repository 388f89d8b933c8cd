"""Learning which sentence answers: the words that tell are found, and what was collected is read as it was."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.ranking import MOST_SENTENCES, Row, _line, fitted, ranks, rows_of
from rag.evaluation.gold import Question
from rag.rerank import SecondLook
from tests.fakes import HashingEncoder
from tests.rag.dossier import hits

QUESTION = Question("1", "opened bridge?", True, ("Riga",), False, False, ())


def telling_rows(count: int) -> list[Row]:
    """Of two words of each question the first tells: its vector points along the first axis, in any order."""
    chance = np.random.default_rng(3)
    rows = []
    for _ in range(count):
        asked = chance.normal(0, 0.1, (2, 8)).astype(np.float32)
        telling = int(chance.integers(2))
        asked[telling, 0] = 1.0
        near = chance.uniform(0.2, 0.6, (4, 2)).astype(np.float32)
        good = int(chance.integers(4))
        near[good, telling] = 0.8
        near[(good + 1) % 4, 1 - telling] = 0.95
        given = np.column_stack([np.full((4, 3), 0.5), near.mean(axis=1)]).astype(np.float32)
        rows.append(Row(asked, near, np.arange(4), given, np.arange(4) == good))
    return rows


def test_the_words_that_tell_are_learned() -> None:
    ranking = fitted(telling_rows(400))
    assert int(ranking.words.argmax()) == 0
    others = telling_rows(440)[400:]
    assert np.mean([ranks(row, ranking) == 1 for row in others]) > 0.9
    assert np.mean([ranks(row, replace(ranking, words=0 * ranking.words)) == 1 for row in others]) < 0.9


def test_what_was_collected_is_read_as_it_was(tmp_path: Path) -> None:
    found = hits("It rained. The bridge in Riga was opened.", "Riga is a city.")
    look = SecondLook(QUESTION.question, found, HashingEncoder())
    first = next(hit for hit in look.hits if "bridge" in hit.passage.text)
    inside = {"document_id": first.passage.document_id, "start": 11, "end": 15}
    whole = {"document_id": first.passage.document_id, "start": 0, "end": 2000}  # a document is named, and no place
    for spans in ([inside], [whole]):
        (tmp_path / "rows").write_text(json.dumps(_line(QUESTION, look, spans)) + "\n", encoding="utf-8")
        (row,) = rows_of(tmp_path / "rows", 64)
        assert row.asked.shape == (2, 64)
        assert row.nearness.shape == (3, 2)
        place = look.hits.index(first)
        assert [int(passage) for passage in row.passage[row.holds]] == [place]
        assert int(row.holds.sum()) == 1
        assert ranks(row, None) == 1 + place


def test_what_no_sentence_tells_is_left_out(tmp_path: Path) -> None:
    look = SecondLook(QUESTION.question, hits("It rained. " * (MOST_SENTENCES + 1)), HashingEncoder())
    every = {"document_id": look.hits[0].passage.document_id, "start": 0, "end": 70}
    lines = [_line(QUESTION, look, []), _line(QUESTION, look, [every])]
    (tmp_path / "rows").write_text("\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")
    assert rows_of(tmp_path / "rows", 64) == []
