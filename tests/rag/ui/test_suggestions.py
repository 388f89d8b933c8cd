"""First questions: those of the sample dossier, when the library holds it."""

from __future__ import annotations

import json

from rag.ui.suggestions import SEEDS, first_questions
from tests.rag.ui.fake_assistant import FakeLibrary


def test_the_first_questions_of_the_dossier() -> None:
    lines = (SEEDS / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    expected = [json.loads(line)["question"] for line in lines[:4]]
    assert first_questions(set(FakeLibrary.of_seeds().held)) == expected


def test_none_without_the_dossier() -> None:
    assert first_questions(set()) == []
    assert first_questions({"0" * 64}) == []


def test_only_questions_whose_documents_are_held() -> None:
    library = FakeLibrary.of_seeds()
    names = {document.path: document.id for document in library.held.values()}
    asked = first_questions({names["2002-mission-opens.md"]}, count=100)
    questions = [json.loads(line) for line in (SEEDS / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    assert asked == [q["question"] for q in questions if q["docs"] == ["2002-mission-opens.md"]] != []
