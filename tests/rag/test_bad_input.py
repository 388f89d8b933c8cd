"""What people and machines get wrong: one clear line, a non-zero exit, and nothing that was indexed is lost."""

from __future__ import annotations

import json
import os
import shutil
import socket
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from rag.commands.session import Doors
from rag.models import catalogue
from rag.settings import Settings
from tests.rag.conftest import Command
from tests.rag.fake_footnote import ENCODING_SECONDS, INTERRUPT_AFTER

ROOT = Path(__file__).parents[2]
NAMESPACE = ("unshare", "--map-root-user", "--mount", "sh", "-c")


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
    assert shared in command("remove", shared).fault
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


@pytest.mark.parametrize(
    ("line", "told"),
    [
        pytest.param(b"not JSON", "JSON", id="no JSON"),
        pytest.param(b'"a question?"', "object", id="no object"),
        pytest.param(b'{"id": 1}', "question", id="no question"),
        pytest.param(b'{"question": "  "}', "empty", id="empty question"),
        pytest.param(b'{"question": 7}', "question", id="a number"),
        pytest.param(b'{"question": "Why?", "id": []}', "id", id="a list for an id"),
        pytest.param(b'{"question": "caf\xe9"}', "UTF-8", id="not UTF-8"),
        pytest.param(b"[" * 100_000, "nested", id="nested 100,000 deep"),
        pytest.param(b'{"question": "' + b"long " * 20_000 + b'"}', "characters", id="100,000 characters"),
    ],
)
def test_a_bad_line_of_a_questions_file_is_named_before_anything_is_asked(
    command: Command, tmp_path: Path, line: bytes, told: str
) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_bytes(b'{"question": "Good?"}\n\n' + line + b"\n")
    fault = command("ask", "--questions", questions).fault
    assert f"{questions}, line 3: " in fault
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


@pytest.mark.parametrize(
    "arguments", [("list",), ("search", "words"), ("add", "PAPERS"), ("remove", "x")], ids=" ".join
)
@pytest.mark.parametrize("damage", ["garbage", "half", "other"])
def test_a_damaged_store_is_named_and_left_as_it_is(
    command: Command, papers: Path, home: Path, arguments: tuple[str, ...], damage: str
) -> None:
    command("add", papers)
    store = home / "library.sqlite3"
    for journal in home.glob("library.sqlite3-*"):
        journal.unlink()
    whole = store.read_bytes()
    store.write_bytes({"garbage": b"no store " * 9999, "half": whole[: len(whole) // 2], "other": b"x"}[damage])
    damaged = store.read_bytes()
    ran = command(*(str(papers) if argument == "PAPERS" else argument for argument in arguments))
    assert str(store) in ran.fault
    assert store.read_bytes() == damaged


def test_the_doctor_sees_a_damaged_store(command: Command, papers: Path, home: Path) -> None:
    command("add", papers)
    (home / "library.sqlite3").write_bytes(b"no store " * 9999)
    findings = {finding["name"]: finding for finding in command("doctor", "--json").json["findings"]}
    assert findings["documents"]["state"] == "broken"
    assert findings["documents"]["mend"]


@pytest.mark.parametrize("arguments", [("list",), ("add", "PAPERS")], ids=" ".join)
def test_a_home_that_is_a_file_is_named(command: Command, papers: Path, home: Path, arguments: tuple[str, ...]) -> None:
    home.write_text("a file", encoding="utf-8")
    ran = command(*(str(papers) if argument == "PAPERS" else argument for argument in arguments))
    assert str(home) in ran.fault
    assert home.read_text(encoding="utf-8") == "a file"


def in_namespace(script: str, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command of the fake command line after `script` has mounted something at $HOME_FOLDER, unseen by others."""
    return subprocess.run(
        [*NAMESPACE, f'{script} && exec "$@"', "sh", sys.executable, "-m", "tests.rag.fake_footnote", *arguments],
        cwd=ROOT,
        env={**os.environ, "FOOTNOTE_HOME": str(home), "HOME_FOLDER": str(home)},
        capture_output=True,
        text=True,
        timeout=50,
    )


needs_namespaces = pytest.mark.skipif(
    shutil.which("unshare") is None or subprocess.run([*NAMESPACE, "true"], capture_output=True).returncode != 0,
    reason="this machine lets nobody make a mount namespace",
)


@needs_namespaces
def test_a_read_only_home_can_be_read_and_says_so_when_written(command: Command, papers: Path, home: Path) -> None:
    command("add", papers / "mill.txt")
    read_only = 'mount --bind "$HOME_FOLDER" "$HOME_FOLDER" && mount -o remount,bind,ro "$HOME_FOLDER"'
    listed = in_namespace(read_only, home, "list", "--json")
    assert len(json.loads(listed.stdout)) == 1
    assert in_namespace(read_only, home, "search", "mill", "--json").returncode == 0
    added = in_namespace(read_only, home, "add", str(papers))
    assert_one_fault(added, str(home))
    assert len(command("list", "--json").json) == 1


@needs_namespaces
def test_a_full_home_says_so_and_loses_nothing(papers: Path, tmp_path: Path, home: Path) -> None:
    """On a file system of 320 kB: what was added before it was full is still there afterwards."""
    home.mkdir()
    (tmp_path / "long.txt").write_text(
        "\n\n".join(f"Paragraph {number} says {number * 7919} things." for number in range(20_000)), encoding="utf-8"
    )
    small = 'mount -t tmpfs -o size=320k none "$HOME_FOLDER"'
    fake = f'"{sys.executable}" -m tests.rag.fake_footnote'
    script = (
        f'{small} && {fake} add "{papers}" >/dev/null && {{ {fake} add "{tmp_path}/long.txt" >/dev/null; '
        f"test $? = 1; }} && {fake} list --json"
    )
    ran = subprocess.run(
        [*NAMESPACE, script],
        cwd=ROOT,
        env={**os.environ, "FOOTNOTE_HOME": str(home), "HOME_FOLDER": str(home)},
        capture_output=True,
        text=True,
        timeout=55,
    )
    assert ran.returncode == 0, ran.stderr
    assert len(json.loads(ran.stdout)) == 3
    faults = [line for line in ran.stderr.splitlines() if line.startswith("footnote: ")]
    assert len(faults) == 1, ran.stderr
    assert str(home) in faults[0]
    assert "Traceback" not in ran.stderr


def fake(*arguments: str | Path, home: Path, **environment: str) -> subprocess.Popen[str]:
    """The fake command line as another process."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.rag.fake_footnote", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "FOOTNOTE_HOME": str(home), **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def assert_one_fault(ran: subprocess.CompletedProcess[str], told: str) -> None:
    """Exit code 1 and exactly one line of a fault, besides lines about progress."""
    faults = [line for line in ran.stderr.splitlines() if line.startswith("footnote: ")]
    assert ran.returncode == 1, ran
    assert len(faults) == 1, ran.stderr
    assert told in faults[0]
    assert "Traceback" not in ran.stderr


def assert_stopped(process: subprocess.Popen[str]) -> None:
    """Exit code 130 and one line, whatever was interrupted."""
    out, err = process.communicate(timeout=50)
    told = [line for line in err.splitlines() if line.startswith("footnote: ")]
    assert process.returncode == 130, err
    assert [line.partition(";")[0] for line in told] == ["footnote: stopped"], err
    assert "Traceback" not in out + err
    assert "Exception ignored" not in err


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize("question", ["slow reading", "slow writing"])
@pytest.mark.parametrize("seconds", ["0.02", "0.1", "0.5"])
def test_ctrl_c_while_answering(home: Path, question: str, seconds: str) -> None:
    assert_stopped(fake("ask", question, home=home, **{INTERRUPT_AFTER: seconds}))


@pytest.mark.parametrize("seconds", ["0.02", "0.2", "0.8"])
def test_ctrl_c_while_adding_loses_nothing(command: Command, home: Path, papers: Path, seconds: str) -> None:
    command("add", papers / "mill.txt")
    assert_stopped(fake("add", papers, home=home, **{INTERRUPT_AFTER: seconds, ENCODING_SECONDS: "2"}))
    assert "mill.txt" in {Path(document["path"]).name for document in command("list", "--json").json}
    assert command("add", papers, "--json").json["documents"] == 3
    assert len(command("search", "bridge of iron", "--json").json) > 0


@pytest.mark.parametrize("seconds", [0.01, 0.05, 0.1, 0.2, 0.4])
def test_ctrl_c_while_python_is_still_importing(home: Path, seconds: float) -> None:
    """From the first line of `rag.__main__` on, whatever is half imported by then."""
    script = (
        "import os, signal, sys, threading, rag.__main__ as entry\n"
        f"timer = threading.Timer({seconds}, os.kill, (os.getpid(), signal.SIGINT)); timer.daemon = True\n"
        "sys.argv = ['footnote', 'serve', '--port', '0']\n"
        "timer.start(); sys.exit(entry.main())"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, "FOOTNOTE_HOME": str(home), "FOOTNOTE_MODELS": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert_stopped(process)


def test_two_processes_on_one_home_both_succeed(command: Command, home: Path, papers: Path) -> None:
    first = fake("add", papers / "mill.txt", papers / "bridge.md", home=home, **{ENCODING_SECONDS: "0.3"})
    second = fake("add", papers / "harbour.md", papers / "bridge.md", home=home, **{ENCODING_SECONDS: "0.3"})
    for process in (first, second):
        _, err = process.communicate(timeout=50)
        assert process.returncode == 0, err
    assert len(command("list", "--json").json) == 3
    assert command("search", "iron", "--json").code == 0


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
