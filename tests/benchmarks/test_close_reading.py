"""Collecting the states behind examples, with a scripted model."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks import close_reading
from benchmarks.report import EXIT_FAULT
from rag.confidence import log_odds
from tests.fakes import ScriptedGenerator

ROWS = [
    {"id": "a:1", "group": "g", "text": "It opened in 1911.", "claim": "It opened.", "holds": True},
    {
        "id": "a:2",
        "group": "g",
        "text": "It shut.",
        "claim": "In 1911.",
        "question": "When did it shut?",
        "holds": False,
    },
]


def test_every_example_is_read_once_and_kept_with_its_state(tmp_path: Path) -> None:
    generator, out = ScriptedGenerator({}, {"It opened.": 0.9, "When did it shut?": 0.2}), tmp_path / "states.jsonl"
    close_reading.collect(ROWS[:1], generator, ScriptedGenerator.LAYER, out)
    close_reading.collect(ROWS, generator, ScriptedGenerator.LAYER, out)
    kept = [json.loads(line) for line in out.read_text().splitlines()]
    assert [(row["id"], row["document"]) for row in kept] == [("a:1", "g"), ("a:2", "g")]
    assert (kept[0]["stated"], kept[1]["right"]) == (True, False)
    states = [np.frombuffer(base64.b64decode(state), "<f2") for state in (kept[0]["state"], kept[1]["gives"])]
    assert [state[0] for state in states] == pytest.approx([log_odds(0.9), log_odds(0.2)], abs=0.01)
    assert len(generator.prompts) == len(ROWS)
    assert "It opened in 1911." in generator.prompts[0].turns[-1].parts[-1]


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    out = tmp_path / "states.jsonl"
    assert close_reading.main([str(tmp_path / "none.jsonl"), "--out", str(out)]) == EXIT_FAULT
