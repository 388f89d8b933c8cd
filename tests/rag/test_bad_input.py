"""What people get wrong: one clear line, a non-zero exit, and nothing that was indexed is lost.

What goes wrong with the home, with signals and with other processes stands in test_bad_home.py.
"""

from __future__ import annotations

import os
import socket
import struct
from pathlib import Path

import pytest

from rag.commands.session import Doors
from rag.errors import ModelMissing
from rag.models import answering_model_path, catalogue
from rag.settings import Settings
from tests.rag.conftest import Command


@pytest.mark.parametrize(
    ("question", "told"),
    [
        pytest.param("", "empty", id="empty"),
        pytest.param(" \t\n ", "empty", id="white space"),
        pytest.param("\x00\x1b\x07", "empty", id="control characters only"),
        pytest.param("?!", "empty", id="punctuation only"),
        pytest.param("whys" * 25_000, "100,000", id="100,000 characters"),
    ],
)
def test_a_question_that_is_none_is_told_before_any_model_is_opened(
    question: str, told: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from rag.cli import main

    def never_opened(settings: Settings) -> object:
        raise AssertionError("a model was opened for nothing")

    doors = Doors(assistant=never_opened, environment={"FOOTNOTE_HOME": str(home)})  # type: ignore[arg-type]
    assert main(["ask", question], doors) == 1
    err = capsys.readouterr().err
    assert told in err
    assert err.count("\n") == 1
    assert len(err) < 300


@pytest.mark.parametrize(
    "question",
    [
        "Why\x00 was it\x1b[31m closed\x07?",
        "Почему закрыли контору?",
        "なぜ閉まったのですか",
        "لماذا أغلق؟",
        "why \udcff?",
    ],
    ids=["control characters", "Russian", "Japanese", "Arabic", "bytes that are no text"],
)
def test_a_question_in_any_script_is_answered_and_nothing_steers_the_terminal(stocked: Command, question: str) -> None:
    ran = stocked("ask", question)
    assert ran.code == 0
    assert not set(ran.out + ran.err) & {"\x1b", "\x07", "\x00"}
    asked = stocked("ask", question, "--json").json["question"]
    assert not any(ord(character) < 32 for character in asked)


def test_an_empty_query_is_told(command: Command) -> None:
    assert "empty" in command("search", "  ").fault


@pytest.mark.parametrize("name", ["show", "remove"])
def test_an_unknown_document_is_named(command: Command, papers: Path, name: str) -> None:
    command("add", papers)
    assert "nosuch.md" in command(name, "nosuch.md").fault
    assert len(command("list", "--json").json) == 3


def test_a_prefix_of_two_documents_removes_neither(command: Command, tmp_path: Path) -> None:
    many = tmp_path / "many"
    many.mkdir()
    for number in range(17):  # more than there are first characters of an id
        (many / f"{number}.txt").write_text(f"Paper number {number} of many.", encoding="utf-8")
    command("add", many)
    first = [document["id"][0] for document in command("list", "--json").json]
    shared = next(character for character in first if first.count(character) > 1)
    assert f"'{shared}' is ambiguous" in command("remove", shared).fault
    assert len(command("list", "--json").json) == 17


def test_a_reference_cannot_colour_the_terminal(command: Command) -> None:
    assert "\x1b" not in command("show", "\x1b[31mred").fault


@pytest.mark.parametrize(
    "span", ["", ":", "5", "5:", ":5", "a:b", "5:2", "-1:3", "1:2:3", "1.5:2", "٣:٥", "0:" + "9" * 40]
)
def test_a_span_that_is_none_is_a_usage_error(command: Command, papers: Path, span: str) -> None:
    command("add", papers)
    ran = command("show", papers / "mill.txt", f"--span={span}")
    assert ran.code == 2
    assert "--span" in ran.err
    assert ran.out == ""


def test_a_span_beyond_the_document_says_how_long_it_is(command: Command, papers: Path) -> None:
    command("add", papers)
    length = len(command("show", papers / "mill.txt", "--json").json["text"])
    assert str(length) in command("show", papers / "mill.txt", "--span", f"0:{length + 1}").fault
    assert command("show", papers / "mill.txt", "--span", f"{length}:{length}").code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask",),
        ("ask", "one question", "--questions", "file.jsonl"),
        ("search", "words", "-k", "0"),
        ("search", "words", "-k", "many"),
        ("search", "words", "-k", "9223372036854775808"),
        ("list", "extra"),
        ("add",),
        ("nosuch",),
        ("list", "--nosuch"),
        ("serve", "--port", "70000"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_exit_code_2(command: Command, arguments: tuple[str, ...]) -> None:
    ran = command(*arguments)
    assert ran.code == 2
    assert ran.out == ""
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("blank", ["", "  "], ids=["empty", "blank"])
@pytest.mark.parametrize(
    "arguments",
    [
        ("add",),
        ("remove",),
        ("show",),
        ("replay",),
        ("evaluate",),
        ("list", "--home"),
        ("check", "--file"),
        ("check", "--texts"),
        ("ask", "--questions"),
        ("ask", "Why?", "--model"),
        ("evaluate", "q.jsonl", "--documents"),
        ("evaluate", "q.jsonl", "--out"),
        ("evaluate", "q.jsonl", "--html"),
        ("evaluate", "q.jsonl", "--compare"),
    ],
    ids=" ".join,
)
def test_a_blank_path_or_reference_is_not_this_folder(
    command: Command, home: Path, papers: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], blank: str
) -> None:
    """As a shell makes it of a variable that is not set."""
    monkeypatch.chdir(papers)
    ran = command(*arguments, blank)
    assert ran.code == 2
    assert "it is empty; write " in " ".join(ran.err.split())
    assert ran.out == ""
    assert (home.exists(), len(list(papers.iterdir()))) == (False, 3)


def test_a_blank_reference_removes_nothing(stocked: Command, papers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(papers)
    assert stocked("remove", "mill.txt", "").code == 2
    assert len(stocked("list", "--json").json) == 3
    assert stocked("remove", ".").code == 0
    assert stocked("list", "--json").json == []


def test_a_folder_of_questions_about_documents_has_to_be_there(command: Command, papers: Path) -> None:
    for path in (papers / "none", papers / "mill.txt"):
        ran = command("evaluate", "questions.jsonl", "--documents", path)
        assert ran.code == 2
        assert "there is no folder" in ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("list", "--home", "~nobody-here/x"),
        ("check", "--file", "~nobody-here/x"),
        ("ask", "--questions", "~nobody-here/x"),
    ],
    ids=" ".join,
)
def test_the_folder_of_a_person_who_is_not_known_is_told(command: Command, arguments: tuple[str, ...]) -> None:
    assert "~nobody-here" in command(*arguments).fault


def test_a_model_in_the_folder_of_a_person_who_is_not_known_is_told(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, models=tmp_path, model="~nobody-here/model.gguf")
    with pytest.raises(ModelMissing, match="~nobody-here"):
        answering_model_path(settings)


DIGITS = b'{"question": "Why?", "text": "Why?", "n": ' + b"9" * 5000 + b"}"


@pytest.mark.parametrize(
    "arguments", [("ask", "--questions"), ("check", "--texts"), ("evaluate",)], ids=["ask", "check", "evaluate"]
)
def test_a_number_of_thousands_of_digits_is_told_with_its_line(
    command: Command, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    lines = tmp_path / "lines.jsonl"
    lines.write_bytes(DIGITS)
    fault = command(*arguments, lines).fault
    assert f"{lines}, line 1: a number in it has more digits than can be read" in fault


@pytest.mark.parametrize("arguments", [("check",), ("check", "-")], ids=" ".join)
def test_nothing_to_check_where_standard_input_is_closed(
    command: Command, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.setattr("sys.stdin", None)
    ran = command(*arguments)
    assert ran.code == (2 if arguments == ("check",) else 1)
    assert "Traceback" not in ran.err


def test_questions_to_be_measured_may_come_through_a_pipe(stocked: Command) -> None:
    ours, theirs = os.pipe()
    os.write(theirs, b'{"question": "When did the harbour office open?"}\n')
    os.close(theirs)
    try:
        assert stocked("evaluate", f"/dev/fd/{ours}", "--json").json["questions"] == 1
    finally:
        os.close(ours)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        pytest.param(b"not JSON", "JSON", id="no JSON"),
        pytest.param(b'"a question?"', "object", id="no object"),
        pytest.param(b'{"text": 1}', "question", id="no question"),
        pytest.param(b'{"id": 1}', ", id 1: ", id="no question, with an id"),
        pytest.param(b'{"question": "  "}', "empty", id="empty question"),
        pytest.param(b'{"question": 7}', "question", id="a number"),
        pytest.param(b'{"question": "Why?", "id": []}', '"id" is neither', id="a list for an id"),
        pytest.param(b'{"question": "Why?", "id": true}', '"id" is neither', id="true for an id"),
        pytest.param(b'{"question": "caf\xe9"}', "UTF-8", id="not UTF-8"),
        pytest.param(b"[" * 100_000, "nested", id="nested 100,000 deep"),
        pytest.param(b'{"question": "?!"}', "empty", id="punctuation only"),
        pytest.param(b'{"question": "' + b"long " * 20_000 + b'"}', "characters", id="100,000 characters"),
    ],
)
def test_a_bad_line_of_a_questions_file_is_named_before_anything_is_asked(
    command: Command, tmp_path: Path, line: bytes, told: str
) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_bytes(b'{"question": "Good?"}\n\n' + line + b"\n")
    fault = command("ask", "--questions", questions).fault
    assert f"{questions}, line 3" in fault
    assert told in fault
    assert len(fault) < 400


@pytest.mark.parametrize("content", [None, b"", b"\n\n"], ids=["missing", "empty", "blank"])
def test_a_questions_file_without_questions(command: Command, tmp_path: Path, content: bytes | None) -> None:
    questions = tmp_path / "questions.jsonl"
    if content is not None:
        questions.write_bytes(content)
    assert str(questions) in command("ask", "--questions", questions).fault


def test_a_folder_is_no_questions_file(command: Command, tmp_path: Path) -> None:
    assert str(tmp_path) in command("ask", "--questions", tmp_path).fault


def gguf(*, keys: int = 0, magic: bytes = b"GGUF") -> bytes:
    return magic + struct.pack("<IQQ", 3, 0, keys)


@pytest.mark.parametrize(
    ("write", "told"),
    [
        pytest.param(None, "does not exist", id="missing"),
        pytest.param(b"", "GGUF", id="empty"),
        pytest.param(b"PK\x03\x04 not a model at all", "GGUF", id="something else"),
        pytest.param(gguf(keys=5), "truncated", id="truncated"),
        pytest.param(gguf(), "chat template", id="no chat template"),
    ],
)
def test_a_model_that_cannot_answer_is_named(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], write: bytes | None, told: str
) -> None:
    """Through the real doors; the embedding model is there in full size, though nothing but zeros."""
    from rag.cli import main

    models = tmp_path / "models"
    embedding = next(model for model in catalogue() if model.name == "all-minilm-l6-v2")
    for path, file in zip(embedding.paths(models), embedding.files, strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as empty:
            empty.truncate(file.bytes)
    model = tmp_path / "model.gguf"
    if write is not None:
        model.write_bytes(write)
    environment = {"FOOTNOTE_HOME": str(home), "FOOTNOTE_MODELS": str(models)}
    assert main(["ask", "Why?", "--model", str(model)], Doors(environment=environment)) == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert str(model) in err
    assert told in err


@pytest.mark.parametrize("arguments", [("ask", "Why?"), ("search", "why"), ("add", ".")], ids=" ".join)
def test_models_that_were_never_fetched_are_named_with_the_command(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    from rag.cli import main

    environment = {"FOOTNOTE_HOME": str(home), "FOOTNOTE_MODELS": str(tmp_path / "models")}
    assert main(arguments, Doors(environment=environment)) == 1
    err = capsys.readouterr().err
    assert "footnote models fetch" in err
    assert err.count("\n") == 1


def test_an_unknown_model_is_told_with_those_there_are(command: Command) -> None:
    fault = command("models", "fetch", "nosuch").fault
    assert "nosuch" in fault
    assert "qwen2.5-coder-1.5b-instruct" in fault


def test_a_port_in_use_is_named(command: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        fault = command("serve", "--port", port).fault
    assert port in fault
    assert "--port" in fault


def test_an_address_beyond_this_machine_is_refused(command: Command) -> None:
    assert "0.0.0.0" in command("serve", "--host", "0.0.0.0", "--port", "0").fault


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize("value", ["", "1"], ids=["not asked for", "asked for"])
def test_a_traceback_is_shown_only_when_asked_for(home: Path, capsys: pytest.CaptureFixture[str], value: str) -> None:
    from tests.rag.fake_footnote import run

    assert run(["ask", "A fault?"], {"FOOTNOTE_HOME": str(home), "FOOTNOTE_DEBUG": value}) == 1
    err = capsys.readouterr().err
    assert err.endswith("footnote: the model failed; ask again\n")
    assert ("Traceback" in err) is bool(value)
