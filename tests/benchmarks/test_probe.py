"""Fitting the probe: what it is fitted to it tells apart, and questions on one paragraph stay together."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from benchmarks.probe import fitted, groups
from rag.confidence import Probe


def test_a_probe_finds_the_direction_in_which_states_differ() -> None:
    chance = np.random.default_rng(0)
    answerable = np.arange(80) % 2 == 0
    states = chance.normal(size=(80, 12)).astype(np.float32)
    states[:, 3] += np.where(answerable, 3, -3)
    weights, intercept = fitted(states, answerable, 3e-4)
    assert weights.shape == (12,)
    assert int(np.abs(weights).argmax()) == 3
    assert ((states @ weights + intercept > 0) == answerable).mean() > 0.95


def test_what_is_fitted_onto_a_probe_keeps_what_that_knows_where_nothing_speaks_against_it() -> None:
    chance = np.random.default_rng(0)
    answerable = np.arange(80) % 2 == 0
    states = chance.normal(size=(80, 12)).astype(np.float32)
    states[:, 3] += np.where(answerable, 3, -3)
    states[:, 5] = 0  # of which these examples tell nothing
    known = np.zeros(12, np.float32)
    known[[3, 5]] = 1
    weights, intercept = fitted(states, answerable, 3e-4, start=Probe(19, known, 0.5))
    assert weights[5] > 0.2
    assert ((states @ weights + intercept > 0) == answerable).mean() > 0.95
    alone, _ = fitted(states, answerable, 3e-4)
    assert alone[5] == 0


def test_questions_on_one_paragraph_share_what_is_read(tmp_path: Path) -> None:
    questions = [
        {"id": "a", "doc": "x.txt", "paragraph": 0, "question": "?"},
        {"id": "b", "doc": "x.txt", "lure_paragraph": 0, "question": "?"},
        {"id": "c", "doc": "x.txt", "paragraph": 0, "type": "absent-paragraph", "question": "?"},
        {"id": "d", "doc": "x.txt", "paragraph": 1, "question": "?"},
        {"id": "e", "question": "?"},
    ]
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(map(json.dumps, questions)), encoding="utf-8")
    drawn = groups([file], seed=1)
    assert sorted([question["id"] for question in group] for group in drawn) == [["a", "b"], ["c"], ["d"], ["e"]]
    assert drawn == groups([file], seed=1)
