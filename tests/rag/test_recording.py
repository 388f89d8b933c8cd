"""An answer is kept with what produced it, can be given again, and never stands in the way of answering."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from rag import preferences, recording
from rag.errors import RecordError
from rag.recording import FILE, Record, Records, changes, same
from rag.records import Circumstances, Done
from tests.rag.desk import PAPERS, QUESTION, Desk, set_up
from tests.rag.desk import asked as last_of
from tests.rag.fake_footnote import run


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return set_up(tmp_path / "home")


def recorded(desk: Desk, home: Path) -> Record:
    done = last_of(desk.assistant)
    records = Records(home)
    records.keep(done.answer, done.circumstances)
    return records.find(done.answer.id[:6])


def test_what_is_kept_comes_back(desk: Desk, tmp_path: Path) -> None:
    record = recorded(desk, tmp_path / "records")
    assert record.form["question"] == QUESTION
    assert record.circumstances == last_of(desk.assistant).circumstances
    assert json.dumps(record.circumstances.settings)
    assert str(tmp_path) not in json.dumps(record.circumstances.settings)


def test_the_oldest_make_room(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "MOST", 3)
    records = Records(tmp_path)
    done = last_of(desk.assistant)
    for name in "abcded":
        records.keep(replace(done.answer, id=name), done.circumstances)
    assert [records.find(name).id for name in "cde"] == list("cde")
    for name in "ab":
        with pytest.raises(RecordError, match="no answer is recorded"):
            records.find(name)


def test_an_id_must_be_known_and_name_one(desk: Desk, tmp_path: Path) -> None:
    records = Records(tmp_path / "records")
    with pytest.raises(RecordError, match="no answer"):
        records.find("a")
    assert not (tmp_path / "records").exists()
    done = last_of(desk.assistant)
    for name in ("ab1", "ab2"):
        records.keep(replace(done.answer, id=name), done.circumstances)
    with pytest.raises(RecordError, match="several"):
        records.find("ab")
    with pytest.raises(RecordError, match="no answer"):
        records.find("")


@pytest.mark.parametrize("version", [7, 0], ids=["marked", "unmarked"])
def test_another_s_file_is_left_alone(desk: Desk, tmp_path: Path, version: int) -> None:
    done = last_of(desk.assistant)
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute("CREATE TABLE theirs (x)")
        connection.execute(f"PRAGMA user_version = {version}")
    with pytest.raises(RecordError, match="no file of answers"):
        Records(tmp_path).keep(done.answer, done.circumstances)
    (tmp_path / FILE).write_bytes(b"no database at all, but long enough to be looked at" * 20)
    with pytest.raises(RecordError, match="cannot be recorded"):
        Records(tmp_path).keep(done.answer, done.circumstances)


@pytest.mark.parametrize(
    ("column", "stored"),
    [
        ("circumstances", "{"),
        ("circumstances", "[]"),
        ("circumstances", "{}"),
        ("circumstances", '{"seed": 1, "colour": "red"}'),
        ("form", "{"),
        ("form", "[1]"),
        ("form", '"a sentence"'),
    ],
)
def test_a_record_in_another_form_is_told(desk: Desk, tmp_path: Path, column: str, stored: str) -> None:
    record = recorded(desk, tmp_path)
    with closing(sqlite3.connect(tmp_path / FILE)) as connection, connection:
        connection.execute(f"UPDATE answers SET {column} = ?", (stored,))
    with pytest.raises(RecordError, match="in a form that this Footnote does not read"):
        Records(tmp_path).find(record.id)


def test_nothing_has_changed_at_once(desk: Desk, tmp_path: Path) -> None:
    record = recorded(desk, tmp_path / "records")
    documents = {document.id for document in desk.library.documents()}
    assert changes(record, last_of(desk.assistant).circumstances, documents) == ()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        pytest.param("version", "9", "Footnote was", id="version"),
        pytest.param("itself_sha256", "f" * 64, "what Footnote itself is made of", id="weights or code"),
        pytest.param("engine", "9.9", "llama-cpp-python", id="llama.cpp"),
        pytest.param("model_sha256", "f" * 64, "the model's file", id="model"),
        pytest.param("prompts_sha256", "f" * 64, "prompts", id="prompts"),
        pytest.param("embedding_model", "another", "embedding", id="embedding"),
        pytest.param("settings", {"threshold": 0.9}, "threshold", id="settings"),
        pytest.param("generation", 99, "documents were added", id="documents"),
    ],
)
def test_what_has_changed_is_named(desk: Desk, tmp_path: Path, field: str, value: object, words: str) -> None:
    record = recorded(desk, tmp_path / "records")
    documents = {document.id for document in desk.library.documents()}
    then = record.circumstances
    now = Circumstances(**(asdict(then) | {field: value}))
    assert any(words in change for change in changes(record, now, documents))


def test_of_what_was_not_recorded_yet_nothing_is_said(desk: Desk, tmp_path: Path) -> None:
    record = recorded(desk, tmp_path / "records")
    then = record.circumstances
    assert len(then.itself_sha256) == 64
    documents = {document.id for document in desk.library.documents()}
    older = replace(record, circumstances=replace(then, itself_sha256="", engine=""))
    assert changes(older, then, documents) == ()


def test_a_setting_that_came_later_is_no_change(desk: Desk, tmp_path: Path) -> None:
    record = recorded(desk, tmp_path / "records")
    then = record.circumstances
    settings = {name: value for name, value in then.settings.items() if name != "creativity"}
    assert len(settings) == len(then.settings) - 1
    documents = {document.id for document in desk.library.documents()}
    assert changes(replace(record, circumstances=replace(then, settings=settings)), then, documents) == ()


def test_a_document_that_was_read_and_is_gone_is_named(desk: Desk, tmp_path: Path) -> None:
    record = recorded(desk, tmp_path / "records")
    (change, *_) = changes(record, record.circumstances, ())
    assert any(name in change for name in PAPERS)


def test_times_make_no_difference_and_words_do(desk: Desk, tmp_path: Path) -> None:
    form = dict(recorded(desk, tmp_path / "records").form)
    assert same(form, form | {"timing": {"total_s": 9}, "id": "x"})
    assert same(form, {key: said for key, said in form.items() if key != "left_out"})  # older records do not say
    assert not any(same(form, form | {key: "another"}) for key in form.keys() - {"id", "timing", "index", "left_out"})
    assert not same(form, form | {"answer": form["answer"] + " "})


def asked(
    home: str, capsys: pytest.CaptureFixture[str], *options: str, question: str = "When did the office open?"
) -> dict[str, object]:
    assert run(["ask", "--home", home, "--json", *options, question]) == 0
    form: dict[str, object] = json.loads(capsys.readouterr().out)
    return form


def test_the_command_gives_the_same_answer_or_says_why_not(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = str(tmp_path / "home")
    first = asked(home, capsys)
    assert run(["replay", "--home", home, "--json", str(first["id"])]) == 0
    again = json.loads(capsys.readouterr().out)
    assert again["identical"] is True
    assert again["changed"] == []
    assert again["answer"] == first["answer"]
    assert run(["replay", "--home", home, str(first["id"])]) == 0
    assert "✓ The same to the byte" in capsys.readouterr().out
    desk.library.remove([str(tmp_path / "papers" / name) for name in PAPERS])
    assert run(["replay", "--home", home, str(first["id"])]) == 0
    out = capsys.readouterr().out
    assert "✗ Not the answer of" in out
    assert "no longer in the index" in out


def test_a_creative_answer_is_given_again_whatever_is_chosen_since(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    preferences.choose(home, creativity=0.8)
    given = [asked(str(home), capsys, question="Say it in several ways.") for _ in range(6)]
    preferences.choose(home, creativity=None)
    assert len({str(form["id"]) for form in given}) == len(given)
    for form in given:
        assert run(["replay", "--home", str(home), "--json", str(form["id"])]) == 0
        again = json.loads(capsys.readouterr().out)
        assert (again["identical"], again["changed"]) == (True, [])
        assert (again["id"], again["answer"]) == (form["id"], form["answer"])


def test_an_answer_from_before_there_was_creativity_is_given_again(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    identity = str(asked(str(home), capsys, question="Say it in several ways.")["id"])
    with sqlite3.connect(home / FILE) as connection:
        connection.execute("UPDATE answers SET circumstances = json_remove(circumstances, '$.settings.creativity')")
    assert "creativity" not in Records(home).find(identity).circumstances.settings
    preferences.choose(home, creativity=0.8)
    assert run(["replay", "--home", str(home), "--json", identity]) == 0
    again = json.loads(capsys.readouterr().out)
    assert (again["identical"], again["changed"]) == (True, [])


def test_nothing_is_recorded_where_that_is_wished(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    form = asked(str(home), capsys, "--no-record")
    assert not (home / FILE).exists()
    assert run(["replay", "--home", str(home), str(form["id"])]) == 1
    assert "no answer is recorded" in capsys.readouterr().err


def test_many_questions_are_recorded_too(desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"id": "a", "question": "When did it open?"}\n')
    home = str(tmp_path / "home")
    assert run(["ask", "--home", home, "--questions", str(questions)]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert run(["replay", "--home", home, "--json", answer["answer_id"]]) == 0
    assert json.loads(capsys.readouterr().out)["identical"] is True


def test_a_fault_in_recording_is_told_and_costs_no_answer(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    (home / FILE).mkdir()
    assert run(["ask", "--home", str(home), "--json", "When did the office open?"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["answer"]
    assert "The answer was not recorded" in captured.err


def test_an_answer_from_some_documents_is_given_again_from_them(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    first = asked(str(home), capsys)
    only = next(one.id for one in desk.library.documents() if Path(one.path).name == "opening.md")
    record = Records(home).find(str(first["id"]))
    *_, last = desk.assistant.ask("When did the office open?", documents=[only])
    assert isinstance(last, Done)
    limited = last.answer
    assert {numbered.passage.document_id for numbered in limited.passages} == {only}
    Records(home).keep(limited, replace(record.circumstances, documents=(only,)))
    assert run(["replay", "--home", str(home), "--json", limited.id]) == 0
    again = json.loads(capsys.readouterr().out)
    assert {passage["document_id"] for passage in again["passages"]} == {only}
