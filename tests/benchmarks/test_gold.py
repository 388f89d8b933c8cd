"""Questions and the places of their evidence: what is named closest wins, and what has slipped is said to be lost."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.gold import GoldError, documents_in, gold_form, read_gold, sample

TEXT = "The mission opened in 2002.\nNATO cut the mission from 20 to 10.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8", newline="")
    return tmp_path


def spans_of(folder: Path, stored: str = TEXT, **entry: Any) -> tuple[list[str], bool]:  # noqa: ANN401  (JSON)
    """The words of the evidence that was found, and whether some was lost."""
    file = folder / "questions.jsonl"
    file.write_text(json.dumps({"question": "Why?", "answers": ["20 to 10"], **entry}) + "\n", encoding="utf-8")
    (question,) = read_gold(file)
    form = gold_form(question, folder, lambda _: stored)
    assert all(span["document_id"] == hashlib.sha256(TEXT.encode()).hexdigest() for span in form["spans"])
    return [stored[span["start"] : span["end"]] for span in form["spans"]], form["lost"]


def test_the_answer_itself_is_closer_than_its_paragraph(folder: Path) -> None:
    assert spans_of(folder, doc="a.txt", start=0, end=63, answer_start=54) == (["20 to 10"], False)
    assert spans_of(folder, doc="a.txt", start=0, end=63, answer_starts=[54, 0]) == (["20 to 10"], False)


@pytest.mark.parametrize(
    ("evidence", "found"),
    [
        pytest.param({"start": 0, "end": 27}, "The mission opened in 2002.", id="a span"),
        pytest.param({"text": "opened in 2002."}, "opened in 2002.", id="words"),
        pytest.param({"text": "2002. NATO cut"}, "2002.\nNATO cut", id="words over a line"),
        pytest.param({"text": "NATO cut", "start": 0, "end": 8}, "NATO cut", id="words that moved"),
        pytest.param({}, TEXT, id="a document alone"),
    ],
)
def test_evidence_as_it_is_named(folder: Path, evidence: dict[str, Any], found: str) -> None:
    assert spans_of(folder, evidence=[{"doc": "a.txt", **evidence}]) == ([found], False)


def test_documents_named_without_evidence_are_evidence_whole(folder: Path) -> None:
    assert spans_of(folder, docs=["a.txt"]) == ([TEXT], False)


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param({"doc": "a.txt", "start": 0, "end": 63, "answer_start": 53}, id="no answer there"),
        pytest.param({"doc": "a.txt", "start": 0, "end": 630}, id="beyond the end"),
        pytest.param({"evidence": [{"doc": "a.txt", "text": "closed in 2002"}]}, id="other words"),
        pytest.param({"evidence": [{"doc": "a.txt"}, {"doc": "a.txt", "text": "closed"}]}, id="one of two"),
    ],
)
def test_evidence_that_slipped_is_lost_as_a_whole(folder: Path, entry: dict[str, Any]) -> None:
    assert spans_of(folder, **entry) == ([], True)


def test_the_unanswerable_has_no_evidence_even_where_a_lure_is_named(folder: Path) -> None:
    assert spans_of(folder, answerable=False, answers=[], doc="a.txt", start=0, end=20) == ([], False)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        pytest.param(['{"question": "Why?"}'], "line 1: answerable, yet without answers", id="nothing to score by"),
        pytest.param(['{"id": "q", "question": "Why?", "answers": ["x"]}'] * 2, "same id", id="an id twice"),
    ],
)
def test_questions_that_cannot_be_scored_are_refused(tmp_path: Path, lines: list[str], message: str) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(GoldError, match=message):
        read_gold(file)


def test_a_question_about_a_document_that_is_not_there_is_refused(folder: Path) -> None:
    with pytest.raises(GoldError, match=r"b\.txt"):
        spans_of(folder, docs=["b.txt"])


def test_a_sample_is_drawn_anew_by_its_seed_alone_and_keeps_the_order(folder: Path) -> None:
    file = folder / "q.jsonl"
    entry = {"question": "Why?", "answers": ["x"]}
    file.write_text("\n".join(json.dumps(entry | {"id": number}) for number in range(40)), encoding="utf-8")
    questions = read_gold(file)
    drawn = [int(question.id) for question in sample(questions, 8, seed=1)]
    assert drawn == sorted(set(drawn))
    assert len(drawn) == 8
    assert sample(questions, 8, 1) == sample(questions, 8, 1) != sample(questions, 8, 2)
    assert sample(questions, None, 1) == sample(questions, 99, 1) == questions


@pytest.mark.parametrize("limit", [pytest.param(0, id="none"), pytest.param(-1, id="fewer than none")])
def test_a_sample_of_nothing_is_refused(folder: Path, limit: int) -> None:
    file = folder / "q.jsonl"
    file.write_text(json.dumps({"question": "Why?", "answers": ["x"]}), encoding="utf-8")
    with pytest.raises(GoldError, match="no question"):
        sample(read_gold(file), limit, seed=0)
    with pytest.raises(GoldError, match="no question"):
        sample([], None, seed=0)


def test_questions_and_hidden_files_are_no_documents(folder: Path) -> None:
    (folder / "deep").mkdir()
    (folder / ".git").mkdir()
    for name in ("questions.jsonl", ".hidden", ".git/config", "deep/b.md"):
        (folder / name).write_text("x", encoding="utf-8")
    assert documents_in(folder) == [folder / "a.txt", folder / "deep" / "b.md"]


def test_the_seed_questions_have_their_evidence_in_the_files_as_they_stand() -> None:
    seeds = Path(__file__).resolve().parents[2] / "seeds"
    texts = {hashlib.sha256(path.read_bytes()).hexdigest(): path.read_text("utf-8") for path in seeds.glob("*.md")}
    forms = [gold_form(question, seeds, texts.__getitem__) for question in read_gold(seeds / "questions.jsonl")]
    assert len(forms) >= 50
    assert not any(form["lost"] for form in forms)
    assert all(form["spans"] for form in forms if form["answerable"])
