"""Questions and the places of their evidence: what is named closest wins, and what has slipped is said to be lost."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from index.errors import DocumentNotFound
from index.records import Document, DocumentSummary
from rag.errors import EvaluationError
from rag.evaluation.gold import documents_in, gold_form, in_folder, in_library, read_gold, sample

TEXT = "The mission opened in 2002.\nNATO cut the mission from 20 to 10.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8", newline="")
    return tmp_path


def document(path: str, text: str) -> Document:
    """A stored document. Raises DocumentNotFound where there is no file."""
    if not Path(path).is_file():
        raise DocumentNotFound(path)
    return Document(f"id of {path}", path, "t", "txt", text, (), (), None, None, "2026-01-01")


def spans_of(folder: Path, stored: str = TEXT, **entry: Any) -> tuple[list[str], bool]:  # noqa: ANN401  (JSON)
    """The words of the evidence that was found, and whether some was lost."""
    file = folder / "questions.jsonl"
    file.write_text(json.dumps({"question": "Why?", "answers": ["20 to 10"], **entry}) + "\n", encoding="utf-8")
    (question,) = read_gold(file)
    form = gold_form(question, in_folder(folder, lambda path: document(path, stored)))
    assert all(span["document_id"] == f"id of {folder / 'a.txt'}" for span in form["spans"])
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
        pytest.param(['{"question": "Why?", "answers": "x"}'], '"answers" has to be a list', id="answers as a text"),
        pytest.param(
            ['{"question": "Why?", "answers": [7]}'], '"answers" has to be a list', id="an answer as a number"
        ),
        pytest.param(
            ['{"question": "Why?", "start": "7"}'], '"start" has to be a whole number', id="an offset as a text"
        ),
        pytest.param(['{"question": "Why?", "answerable": "no"}'], "line 1: .*true or false", id="a no in words"),
        pytest.param(
            ['{"question": "Who?"}', '{"id": "q7", "question": "Why?", "answerable": false, "answers": ["x"]}'],
            r'q\.jsonl, line 2, id q7: "answerable" is false, yet there are "answers"',
            id="answers to what has none",
        ),
        *(
            pytest.param(
                [json.dumps({"id": 7, "question": "Why?", wrong: value})],
                f'line 1, id 7: "{wrong}" looks like "{meant}" misspelt',
                id=wrong,
            )
            for wrong, meant, value in (
                ("anwsers", "answers", ["x"]),
                ("answer", "answers", "x"),
                ("Answers", "answers", ["x"]),
                ("answerabel", "answerable", False),
                ("answers-all-required", "answers_all_required", True),
                ("evidense", "evidence", [{"doc": "a.txt"}]),
            )
        ),
        pytest.param(['{"question": "Why?", "evidence": [{}]}'], 'names no "doc"', id="evidence of nothing"),
        pytest.param(['{"id": "q", "question": "Why?", "answers": ["x"]}'] * 2, "same id", id="an id twice"),
    ],
)
def test_questions_that_cannot_be_scored_are_refused(tmp_path: Path, lines: list[str], message: str) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(EvaluationError, match=message):
        read_gold(file)


@pytest.mark.parametrize(
    "own",
    [
        pytest.param({"en": "the answer in English", "lang": "de"}, id="short names"),
        pytest.param({"answers": ["x"], "answer": "x, as everybody knows"}, id="beside the one that is known"),
        pytest.param({"answerable": False, "plausible_answers": ["y"]}, id="names of other files of questions"),
        pytest.param({"answered": True, "paragraph": 7, "lure_doc": "a.txt"}, id="other words"),
        pytest.param({"answerable": False, "answers": [], "answer": ""}, id="empty"),
    ],
)
def test_fields_of_the_users_own_are_left_alone(tmp_path: Path, own: dict[str, Any]) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text(json.dumps({"question": "Why?", **own}), encoding="utf-8")
    assert len(read_gold(file)) == 1


def test_a_question_about_a_document_that_is_not_there_is_refused(folder: Path) -> None:
    with pytest.raises(EvaluationError, match=r"b\.txt"):
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
    with pytest.raises(EvaluationError, match="no question"):
        sample(read_gold(file), limit, seed=0)
    with pytest.raises(EvaluationError, match="no question"):
        sample([], None, seed=0)


def test_questions_and_hidden_files_are_no_documents(folder: Path) -> None:
    (folder / "deep").mkdir()
    (folder / ".git").mkdir()
    for name in ("questions.jsonl", ".hidden", ".git/config", "deep/b.md"):
        (folder / name).write_text("x", encoding="utf-8")
    assert documents_in(folder) == [folder / "a.txt", folder / "deep" / "b.md"]


def test_a_question_alone_is_enough_and_claims_nothing(folder: Path) -> None:
    file = folder / "q.jsonl"
    file.write_text('{"question": "Why?"}\n{"question": "Who?", "answers": null}\n', encoding="utf-8")
    questions = read_gold(file)
    assert [(question.id, question.answerable, question.answers) for question in questions] == [
        ("1", None, ()),
        ("2", None, ()),
    ]


def test_words_named_beside_the_answer_are_the_region_it_stands_in(folder: Path) -> None:
    file = folder / "q.jsonl"
    entry = {"question": "Why?", "answers": ["20 to 10"], "doc": "a.txt", "start": 28, "end": 63, "answer_start": 54}
    file.write_text(json.dumps(entry), encoding="utf-8")
    (span,) = gold_form(read_gold(file)[0], in_folder(folder, lambda path: document(path, TEXT)))["spans"]
    assert (span["start"], span["end"], span["region"]) == (54, 62, [28, 63])


def test_further_documents_that_are_named_are_evidence_too(folder: Path) -> None:
    (folder / "b.txt").write_text(TEXT, encoding="utf-8")
    assert spans_of(folder, doc="a.txt", start=0, end=27, docs=["a.txt"]) == (["The mission opened in 2002."], False)
    file = folder / "q.jsonl"
    entry = {"question": "Why?", "answers": ["x"], "doc": "a.txt", "start": 0, "end": 27, "docs": ["a.txt", "b.txt"]}
    file.write_text(json.dumps(entry), encoding="utf-8")
    spans = gold_form(read_gold(file)[0], in_folder(folder, lambda path: document(path, TEXT)))["spans"]
    assert [(Path(span["document_id"]).name, span["end"]) for span in spans] == [("a.txt", 27), ("b.txt", len(TEXT))]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        pytest.param("b.md", "second", id="a name"),
        pytest.param("new/a.md", "third", id="a folder and a name"),
        pytest.param("/home/old/a.md", "first", id="a whole path"),
        pytest.param("a.md", "2 of your documents", id="a name of two"),
        pytest.param("ew/a.md", "not among", id="half a folder's name"),
        pytest.param("c.md", "not among", id="another name"),
    ],
)
def test_a_document_of_the_library_is_found_by_the_end_of_its_path(name: str, found: str) -> None:
    paths = {"first": "/home/old/a.md", "second": "/home/old/b.md", "third": "/home/new/a.md"}
    held = [DocumentSummary(key, path, "t", "md", 0, 9, 1, "2026-01-01") for key, path in paths.items()]
    find = in_library(held, lambda reference: replace(document(__file__, TEXT), id=reference))
    if found in paths:
        assert find(name).id == found
    else:
        with pytest.raises(EvaluationError, match=found):
            find(name)


def test_the_seed_questions_have_their_evidence_in_the_files_as_they_stand() -> None:
    seeds = Path(__file__).resolve().parents[3] / "seeds"
    find = in_folder(seeds, lambda path: document(path, Path(path).read_text("utf-8")))
    forms = [gold_form(question, find) for question in read_gold(seeds / "questions.jsonl")]
    assert len(forms) >= 50
    assert not any(form["lost"] for form in forms)
    assert all(form["spans"] for form in forms if form["answerable"])
