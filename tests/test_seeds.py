"""Check the seed documents and their questions.

A question whose offsets have slipped would score a right answer as wrong without anybody noticing, so
every span is sliced from the document as it stands on disk. No model and no index is needed here.
"""

import json
from pathlib import Path
from typing import Any

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
TYPES = {"single", "why", "compare", "when", "who said", "yes-no", "two-documents", "null"}
KEYS = {"id", "question", "answerable", "answers", "answers_all_required", "docs", "type"}


def read(name: str) -> str:
    """Return a seed's text without newline translation, as the offsets count it."""
    return (SEEDS / name).read_bytes().decode("utf-8")


QUESTIONS: list[dict[str, Any]] = [json.loads(line) for line in read("questions.jsonl").splitlines()]


def spans(question: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the evidence spans of a question: one, several, or none where it has no answer."""
    if "evidence" in question:
        return list(question["evidence"])
    return [question] if "doc" in question else []


def test_every_question_has_the_keys_and_legal_values() -> None:
    for question in QUESTIONS:
        assert question.keys() >= KEYS, question
        assert question["type"] in TYPES, question["id"]
        assert question["question"].strip() == question["question"] != ""
        assert isinstance(question["answerable"], bool)
        assert isinstance(question["answers_all_required"], bool)
        assert all(isinstance(answer, str) and answer.strip() for answer in question["answers"])
        assert question["answerable"] == bool(question["answers"]) == bool(question["docs"]), question["id"]
        assert question["answerable"] == (question["type"] != "null"), question["id"]


def test_ids_and_wordings_are_unique() -> None:
    assert len({question["id"] for question in QUESTIONS}) == len(QUESTIONS)
    assert len({question["question"].lower() for question in QUESTIONS}) == len(QUESTIONS)


def test_the_mix_of_questions() -> None:
    assert len(QUESTIONS) >= 50
    assert sum(not question["answerable"] for question in QUESTIONS) >= 15
    assert sum(len(question["docs"]) == 2 for question in QUESTIONS) >= 6


def test_spans_lie_in_existing_documents_and_hold_text() -> None:
    for question in QUESTIONS:
        assert [span["doc"] for span in spans(question)] == question["docs"], question["id"]
        for span in spans(question):
            text = read(span["doc"])
            assert 0 <= span["start"] < span["end"] <= len(text), question["id"]
            assert text[span["start"] : span["end"]].strip(), question["id"]
            assert span.get("text", text[span["start"] : span["end"]]) == text[span["start"] : span["end"]]


def test_literal_answers_stand_at_answer_start() -> None:
    for question in QUESTIONS:
        start = question.get("answer_start")
        if start is not None:
            text = read(question["doc"])
            assert any(text.startswith(answer, start) for answer in question["answers"]), question["id"]


def test_the_closing_document_does_not_state_its_year() -> None:
    assert "2021" not in read("missions-closed.md")
