"""The command as people run it: measured, interrupted, gone on with, refused; with scripted answers and no model."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rag import effect
from tests.rag.conftest import Command
from tests.rag.fake_footnote import INTERRUPT_AFTER

ROOT = Path(__file__).parents[3]
QUESTIONS: list[dict[str, Any]] = [
    {"id": "open", "question": "When did the harbour office open?", "answers": ["March 1911"], "docs": ["harbour.md"]},
    {"id": "bridge", "question": "When was the bridge built?", "answers": ["1899"], "docs": ["bridge.md"]},
    {"id": "off", "question": "Who won, decline this?", "answerable": False, "answers": []},
    {"id": "bare", "question": "How many clerks did the office employ?"},
]
FAULTY = {"id": "broken", "question": "Is this a fault?", "answers": ["no"]}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(tmp_path / "questions.jsonl", QUESTIONS)


def written(path: Path, questions: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(question) + "\n" for question in questions), encoding="utf-8")
    return path


def values(form: dict[str, Any]) -> dict[str, float | None]:
    return {measure["name"]: measure["value"] for measure in form["measures"]}


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_answers_on_the_users_own_documents_are_measured(stocked: Command, home: Path, file: Path) -> None:
    ran = stocked("evaluate", file, "--json")
    assert (ran.code, ran.err) == (0, "")
    found = values(ran.json)
    assert (found["right"], found["unanswerable_declined"], found["quotes_exact"]) == (0.5, 1.0, 1.0)
    assert found["recall_at_1"] == 1.0
    outcomes = {one["id"]: one["outcome"] for one in ran.json["cases"]}
    assert outcomes == {"open": "right", "bridge": "wrong", "off": "declined", "bare": "unscored"}
    assert ran.json["questions"] == 4
    kept = effect.measured(home, ran.json["model"]["name"])
    assert kept is not None
    assert (kept.file, kept.answerable, kept.others) == (file.name, 2, 1)
    own = kept.at(ran.json["threshold"])
    assert (own.right, own.wrong, own.silent, own.declined) == (0.5, 0.5, 0.0, 1.0)


def test_a_folder_is_asked_about_apart_from_the_users_documents(command: Command, papers: Path, file: Path) -> None:
    ran = command("evaluate", file, "--documents", papers, "--json")
    assert (ran.code, values(ran.json)["right"]) == (0, 0.5)
    assert command("list", "--json").json == []


def test_a_file_that_is_refused_is_named_and_the_rest_is_measured(command: Command, papers: Path, file: Path) -> None:
    (papers / "broken.pdf").write_bytes(b"%PDF-1.7 and then nothing")
    ran = command("evaluate", file, "--documents", papers, "--json")
    assert (ran.code, ran.json["questions"]) == (4, 4)
    assert "broken.pdf" in ran.err


def test_the_table_fits_eighty_columns_and_names_what_failed(stocked: Command, file: Path) -> None:
    ran = stocked("evaluate", file)
    assert ran.code == 0
    assert all(len(line) <= 80 for line in ran.out.splitlines())
    assert "1 answered wrong: bridge" in ran.out
    assert "← yours" in ran.out


def test_what_was_answered_is_not_asked_again(stocked: Command, file: Path, tmp_path: Path) -> None:
    out = tmp_path / "answers.jsonl"
    first = stocked("evaluate", file, "--out", out, "--json")
    before = out.read_bytes()
    assert [line["id"] for line in lines(out)] == ["open", "bridge", "off", "bare"]
    again = stocked("evaluate", file, "--out", out, "--json")
    assert out.read_bytes() == before
    assert again.json == first.json, "times included, since nothing was asked"


def test_better_knowledge_scores_the_same_answers_anew(stocked: Command, file: Path, tmp_path: Path) -> None:
    out = tmp_path / "answers.jsonl"
    stocked("evaluate", file, "--out", out)
    before = out.read_bytes()
    written(file, [*QUESTIONS[:1], QUESTIONS[1] | {"answers": ["1899", "forty clerks"]}, *QUESTIONS[2:]])
    assert values(stocked("evaluate", file, "--out", out, "--json").json)["right"] == 1.0
    assert out.read_bytes() == before


def test_a_fault_is_an_error_never_a_zero_and_is_asked_again(stocked: Command, file: Path, tmp_path: Path) -> None:
    out = tmp_path / "answers.jsonl"
    written(file, [*QUESTIONS, FAULTY])
    ran = stocked("evaluate", file, "--out", out)
    assert "1 of 5 questions ended in a fault (broken: the model failed" in ran.fault
    assert lines(out)[-1]["error"] == "the model failed; ask again"
    written(file, QUESTIONS)
    assert stocked("evaluate", file, "--out", out).code == 0


def test_a_fault_that_every_question_ends_in_stops_the_run(stocked: Command, tmp_path: Path) -> None:
    out = tmp_path / "answers.jsonl"
    file = written(tmp_path / "q.jsonl", [FAULTY | {"id": str(number)} for number in range(9)])
    assert "3 of 9" in stocked("evaluate", file, "--out", out).fault
    assert len(lines(out)) == 3


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param({"settings": {"passages": 9}}, "settings.passages (9, now", id="a setting"),
        pytest.param({"prompts": "0" * 64}, "prompts", id="prompts"),
        pytest.param({"documents": "0" * 64}, "documents", id="documents"),
    ],
)
def test_answers_that_were_made_otherwise_are_told_and_not_mixed(
    stocked: Command, file: Path, tmp_path: Path, change: dict[str, Any], told: str
) -> None:
    out = tmp_path / "answers.jsonl"
    stocked("evaluate", file, "--out", out)
    record = lines(out)[0]
    made_by = record["made_by"]
    for name, value in change.items():
        made_by[name] = {**made_by[name], **value} if isinstance(value, dict) else value
    written(out, [record])
    before = out.read_bytes()
    assert told in stocked("evaluate", file, "--out", out).fault
    assert out.read_bytes() == before


def test_answers_of_another_model_are_not_mixed(stocked: Command, file: Path, tmp_path: Path) -> None:
    out = tmp_path / "answers.jsonl"
    stocked("evaluate", file, "--out", out)
    first = lines(out)[0]
    written(out, [first | {"model": {"name": "another", "sha256": "1" * 64}}])
    assert "model.name (another, now scripted)" in stocked("evaluate", file, "--out", out).fault
    assert len(lines(out)) == 1


def test_an_answer_to_another_question_is_not_taken(stocked: Command, file: Path, tmp_path: Path) -> None:
    out = tmp_path / "answers.jsonl"
    stocked("evaluate", file, "--out", out)
    written(file, [QUESTIONS[0] | {"question": "Who opened the harbour office?"}, *QUESTIONS[1:]])
    assert "the answer open is to another question" in stocked("evaluate", file, "--out", out).fault


def test_a_line_cut_short_by_a_power_cut_is_asked_again(stocked: Command, file: Path, tmp_path: Path) -> None:
    out = tmp_path / "answers.jsonl"
    stocked("evaluate", file, "--out", out)
    out.write_bytes(out.read_bytes()[:-40])
    assert stocked("evaluate", file, "--out", out).code == 0
    assert [line["id"] for line in lines(out)] == ["open", "bridge", "off", "bare"]


@pytest.mark.parametrize("content", ["Dear diary,\n", "Dear diary", '{"id": 1}\n', "[]\n"])
def test_a_file_of_something_else_is_left_alone(stocked: Command, file: Path, tmp_path: Path, content: str) -> None:
    out = tmp_path / "diary.txt"
    out.write_text(content, encoding="utf-8")
    assert "name another file with --out" in stocked("evaluate", file, "--out", out).fault
    assert out.read_text(encoding="utf-8") == content


@pytest.mark.slow
def test_a_run_that_ctrl_c_stopped_goes_on(stocked: Command, home: Path, tmp_path: Path, papers: Path) -> None:
    """Without --out, too: what was answered lies in the home until the run is complete, and then goes."""
    questions = [*QUESTIONS, {"id": "slow", "question": "Is this slow writing?", "answers": ["no"]}]
    file = written(tmp_path / "q.jsonl", questions)
    process = subprocess.run(
        [sys.executable, "-m", "tests.rag.fake_footnote", "evaluate", str(file)],
        cwd=ROOT,
        env={**os.environ, "FOOTNOTE_HOME": str(home), INTERRUPT_AFTER: "8"},
        capture_output=True,
        text=True,
        timeout=50,
    )
    assert process.returncode == 130
    assert process.stderr.endswith("footnote: stopped; everything finished before is kept\n")
    (kept,) = (home / "evaluations").iterdir()
    assert [line["id"] for line in lines(kept)] == ["open", "bridge", "off", "bare"]
    stamps = [line["timing"] for line in lines(kept)]
    written(file, QUESTIONS)
    ran = stocked("evaluate", file, "--json")
    assert ran.code == 0
    medians = sorted(stamp["total_s"] for stamp in stamps)
    assert values(ran.json)["total_s"] == pytest.approx((medians[1] + medians[2]) / 2), "nothing was asked again"
    assert list((home / "evaluations").iterdir()) == []


@pytest.mark.slow
def test_a_run_is_compared_with_an_earlier_one_and_drawn_on_a_page(
    stocked: Command, file: Path, tmp_path: Path
) -> None:
    before, page = tmp_path / "before.json", tmp_path / "page.html"
    before.write_text(stocked("evaluate", file, "--json").out, encoding="utf-8")
    ran = stocked("evaluate", file, "--compare", before, "--html", page)
    assert ran.code == 0
    assert ran.err == f"The page is {page}\n"
    assert "4 questions in both" in ran.out
    assert all(len(line) <= 80 for line in ran.out.splitlines() if str(before) not in line)
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    form = stocked("evaluate", file, "--compare", before, "--json").json
    assert form["comparison"]["questions"] == 4


@pytest.mark.parametrize(
    "others",
    [
        pytest.param([one | {"id": f"other {one['id']}"} for one in QUESTIONS], id="other ids"),
        pytest.param([one | {"question": f"Say, {one['question']}"} for one in QUESTIONS], id="other words"),
        pytest.param([one | {"answers": ["1066"], "answerable": True} for one in QUESTIONS], id="other known answers"),
    ],
)
def test_runs_that_cannot_be_compared_are_told_before_anything_is_asked(
    stocked: Command, file: Path, tmp_path: Path, others: list[dict[str, Any]]
) -> None:
    before, out = tmp_path / "before.json", tmp_path / "answers.jsonl"
    before.write_text(stocked("evaluate", file, "--json").out, encoding="utf-8")
    written(file, others)
    fault = stocked("evaluate", file, "--compare", before, "--out", out).fault
    assert f"{before}: that run and this one have no question in common" in fault
    assert not out.exists()


def test_a_report_that_is_not_whole_is_told_before_anything_is_asked(
    stocked: Command, file: Path, tmp_path: Path
) -> None:
    before, out = tmp_path / "before.json", tmp_path / "answers.jsonl"
    form = stocked("evaluate", file, "--json").json
    del form["cases"][1]["values"]
    before.write_text(json.dumps(form), encoding="utf-8")
    assert "not a whole report" in stocked("evaluate", file, "--compare", before, "--out", out).fault
    assert not out.exists()


def test_a_report_that_cannot_be_written_costs_no_answer(
    stocked: Command, file: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk of the page is full at the end: the answers lie in the home still, and are not asked for again."""

    def full(report: object, comparison: object) -> str:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(tmp_path / "page.html"))

    with monkeypatch.context() as patched:
        patched.setattr("rag.reports.page.page", full)
        assert stocked("evaluate", file, "--html", tmp_path / "page.html").code == 1
    (kept,) = (home / "evaluations").iterdir()
    stamps = sorted(line["timing"]["total_s"] for line in lines(kept))
    found = values(stocked("evaluate", file, "--json").json)
    assert found["total_s"] == pytest.approx((stamps[1] + stamps[2]) / 2), "nothing was asked again"
    assert list((home / "evaluations").iterdir()) == []


@pytest.mark.slow
def test_a_sample_is_the_same_for_the_same_seed(stocked: Command, file: Path) -> None:
    asked = [
        [one["id"] for one in stocked("evaluate", file, "--limit", "2", "--seed", seed, "--json").json["cases"]]
        for seed in ("1", "1", "2", "3", "4")
    ]
    assert asked[0] == asked[1]
    assert len(set(map(tuple, asked))) > 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(["missing.jsonl"], "Cannot read the questions file", id="no questions"),
        pytest.param(["q.jsonl", "--out", "no/such/folder/a.jsonl"], "cannot be written", id="no folder for --out"),
        pytest.param(["q.jsonl", "--html", "no/such/folder/a.html"], "cannot be written", id="no folder for --html"),
        pytest.param(["q.jsonl", "--compare", "q.jsonl"], "not a report", id="nothing to compare with"),
        pytest.param(["other.jsonl"], "question q: other.md is not among your documents", id="a document not here"),
    ],
)
def test_what_cannot_work_is_told_before_anything_is_asked(
    stocked: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path / "q.jsonl", QUESTIONS)
    written(tmp_path / "other.jsonl", [{"id": "q", "question": "Why?", "answers": ["x"], "doc": "other.md"}])
    assert told in stocked("evaluate", *arguments).fault


def test_a_question_too_long_to_be_read_is_named(stocked: Command, tmp_path: Path) -> None:
    file = written(tmp_path / "q.jsonl", [*QUESTIONS, {"id": "long", "question": "words " * 12_500}])
    fault = stocked("evaluate", file).fault
    assert f"{file}, line 5, id long: the question has 74,999 characters" in fault


def test_an_empty_library_says_what_to_do(command: Command, file: Path) -> None:
    assert "footnote add PATH" in command("evaluate", file).fault


def test_drafts_from_the_users_documents_are_questions_to_evaluate(stocked: Command, tmp_path: Path) -> None:
    out = tmp_path / "drafts.jsonl"
    ran = stocked("evaluate", "--make-questions", "--out", out, "--limit", "1")
    assert (ran.code, ran.out) == (0, "")
    assert "1 drafted" in ran.err
    (draft,) = lines(out)
    text = stocked("show", draft["doc"], "--json").json["text"]
    assert text[draft["start"] : draft["end"]] == draft["sentence"] == "The office opened in March 1911."
    assert text[draft["answer_start"] :].startswith(draft["answers"][0])
    assert values(stocked("evaluate", out, "--json").json)["right"] == 1.0


def test_drafting_goes_on_where_it_was(stocked: Command, tmp_path: Path) -> None:
    out = tmp_path / "drafts.jsonl"
    stocked("evaluate", "--make-questions", "--out", out)
    before = out.read_bytes()
    assert "0 drafted" in stocked("evaluate", "--make-questions", "--out", out).err
    assert out.read_bytes() == before


def test_drafts_of_a_folder_name_its_files_as_the_folder_does(command: Command, papers: Path) -> None:
    ran = command("evaluate", "--make-questions", "--documents", papers)
    assert [json.loads(line)["doc"] for line in ran.out.splitlines()] == ["harbour.md"]


@pytest.mark.parametrize("arguments", [[], ["q.jsonl", "--make-questions"]], ids=["neither", "both"])
def test_either_questions_are_given_or_made(command: Command, arguments: list[str]) -> None:
    assert command("evaluate", *arguments).code == 2
