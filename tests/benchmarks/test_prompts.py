"""Variants of prompts answer the same questions from the same passages, and differ in their words alone."""

from __future__ import annotations

import argparse
import io
import json
from pathlib import Path

import pytest

from benchmarks.prompts import DEFAULT, measured, table, variant
from rag import templates
from rag.errors import EvaluationError, TemplateError
from rag.settings import Settings
from rag.terminal import Terminal, plain_console
from tests.fakes import HashingEncoder, ScriptedGenerator


@pytest.fixture
def options(tmp_path: Path) -> argparse.Namespace:
    """Two questions on two documents, and a variant that calls the question something else."""
    documents, terse = tmp_path / "documents", tmp_path / "terse"
    for folder in (documents, terse):
        folder.mkdir()
    (documents / "a.txt").write_text("Lisbon received seven trams.", encoding="utf-8")
    (documents / "b.txt").write_text("Oslo sold its ferry.", encoding="utf-8")
    (terse / "question.txt").write_text("Asked: {question}\n", encoding="utf-8")
    questions = [
        {"id": "trams", "question": "How many trams did Lisbon receive?", "answers": ["seven"], "docs": ["a.txt"]},
        {"id": "ferry", "question": "What did Oslo sell?", "answers": ["ferry"], "docs": ["b.txt"]},
    ]
    file = tmp_path / "q.jsonl"
    file.write_text("".join(json.dumps(question) + "\n" for question in questions), encoding="utf-8")
    return argparse.Namespace(
        questions=file, documents=documents, variants=[terse], out=tmp_path / "out", limit=None, seed=0
    )


def model() -> ScriptedGenerator:
    """Answers right where it is asked in the variant's words, and else says what holds for one question only."""
    right = {"Asked: How": "Lisbon received seven trams.", "Asked: What": "Oslo sold its ferry."}
    return ScriptedGenerator({**right, "": "Lisbon received seven trams."}, {"": 0.01})


def run(options: argparse.Namespace, generator: ScriptedGenerator) -> list[str]:
    terminal = Terminal(plain_console(io.StringIO()), plain_console(io.StringIO()))
    home = options.out.parent / "home"
    settings = Settings(home=home, models=home)
    return table(measured(options, settings, HashingEncoder(), generator, terminal))


def test_a_line_a_variant_the_default_first_and_nothing_declined(options: argparse.Namespace) -> None:
    _, _, default, terse = ([cell.strip() for cell in line.split("|")[1:-1]] for line in run(options, model()))
    assert (default[0], default[1], default[3]) == (DEFAULT, "50.0%", "")
    assert (terse[0], terse[1], terse[3]) == ("terse", "100.0%", "1.00")
    assert default[-1] == terse[-1] == "2"


def test_all_variants_read_the_same_passages(options: argparse.Namespace) -> None:
    run(options, model())
    read = [
        [[passage["start"] for passage in json.loads(line)["passages"]] for line in path.read_text().splitlines()]
        for path in sorted(options.out.iterdir())
    ]
    assert len(read) == 2
    assert read[0] == read[1]


def test_what_was_answered_is_not_asked_again(options: argparse.Namespace) -> None:
    first = run(options, model())
    again = model()
    assert run(options, again) == first
    assert again.prompts == []


def test_a_changed_variant_is_not_mixed_with_its_earlier_answers(options: argparse.Namespace) -> None:
    run(options, model())
    (options.variants[0] / "question.txt").write_text("Q: {question}", encoding="utf-8")
    with pytest.raises(EvaluationError, match="prompts"):
        run(options, model())


def test_a_variant_keeps_what_it_does_not_change(options: argparse.Namespace) -> None:
    changed = variant(options.variants[0])
    assert changed.texts["question"] == "Asked: {question}"
    assert changed.texts["system"] == templates.load().texts["system"]


def test_a_variant_that_breaks_the_contract_is_refused_before_anything_is_asked(options: argparse.Namespace) -> None:
    (options.variants[0] / "question.txt").write_text("no placeholder", encoding="utf-8")
    generator = model()
    with pytest.raises(TemplateError, match="question"):
        run(options, generator)
    assert generator.prompts == []


def test_a_folder_without_templates_and_a_name_twice_are_told(options: argparse.Namespace, tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="no templates"):
        variant(options.documents / "nothing")
    options.variants = [options.variants[0]] * 2
    with pytest.raises(EvaluationError, match="same name"):
        run(options, model())
