"""The commands as people and scripts use them: documented forms on standard output, exit codes, help, start-up."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

from rag.cli import app
from rag.models import catalogue, remember
from rag.settings import Settings
from rag.terminal import safe
from tests.rag.conftest import Command

ROOT = Path(__file__).parents[2]
HEAVY = {"torch", "sentence_transformers", "transformers", "faiss", "llama_cpp", "gradio", "numpy", "huggingface_hub"}
COMMANDS = [
    ("add",),
    ("sync",),
    ("list",),
    ("remove",),
    ("show",),
    ("search",),
    ("ask",),
    ("chat",),
    ("replay",),
    ("check",),
    ("evaluate",),
    ("serve",),
    ("mcp",),
    ("doctor",),
    ("models", "list"),
    ("models", "fetch"),
    ("models", "verify"),
]
WITH_JSON = {"add", "sync", "list", "remove", "show", "search", "ask", "chat", "replay", "check", "evaluate", "doctor"}
QUESTION = "When did the harbour office open?"
FULL_OUTPUT = (
    "footnote: standard output cannot be written (No space left on device): make room there, or send it elsewhere\n"
)
names = " ".join


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Another Python process in the repository, without a terminal."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=50,
    )


def test_documents_go_in_are_listed_found_shown_and_taken_out(command: Command, papers: Path) -> None:
    ledger = command("add", papers, "--json").json
    assert (ledger["added"], ledger["documents"], ledger["refused"]) == (3, 3, [])
    assert ledger["indexed_characters"] >= 0.999 * ledger["characters"]

    listed = command("list", "--json").json
    assert sorted(Path(document["path"]).name for document in listed) == ["bridge.md", "harbour.md", "mill.txt"]

    hits = command("search", "when did the harbour office open", "-k", "2", "--json").json
    assert [hit["rank"] for hit in hits] == [1, 2]
    assert Path(hits[0]["path"]).name == "harbour.md"

    best = hits[0]
    whole = command("show", best["document_id"], "--json").json
    assert whole["text"][best["start"] : best["end"]] == best["text"]
    part = command("show", best["document_id"][:16], "--span", f"{best['start']}:{best['end']}")
    assert part.out == best["text"]

    ledger = command("remove", papers / "mill.txt", "--json").json
    assert (ledger["removed"], ledger["documents"]) == (1, 2)


def test_adding_twice_changes_nothing(command: Command, papers: Path) -> None:
    command("add", papers)
    ledger = command("add", papers, "--json").json
    assert (ledger["added"], ledger["unchanged"], ledger["documents"]) == (0, 3, 3)


def test_for_people_there_is_one_line_about_what_was_done(command: Command, papers: Path) -> None:
    ran = command("add", papers)
    assert ran.code == 0
    assert ran.out.startswith("3 added in ")
    assert "3 documents" in ran.out


def test_the_list_for_people_names_every_document(command: Command, papers: Path) -> None:
    command("add", papers)
    lines = command("list").out.splitlines()
    assert len(lines) == 3
    assert any("The bridge" in line and "bridge.md" in line for line in lines)


def test_an_empty_library_says_what_to_do(command: Command) -> None:
    assert command("list").err == "No documents yet. Add some with: footnote add PATH\n"
    assert command("list", "--json").json == []


def test_refused_files_are_named_and_the_rest_is_done(command: Command, papers: Path) -> None:
    (papers / "broken.pdf").write_bytes(b"%PDF-1.7 and then nothing")
    ran = command("add", papers, "--json")
    assert ran.code == 4
    assert ran.json["added"] == 3
    assert [Path(file["path"]).name for file in ran.json["refused"]] == ["broken.pdf"]
    assert "refused" in ran.err
    assert "broken.pdf" in ran.err


def test_show_with_json_and_a_span_prints_that_part(command: Command, papers: Path) -> None:
    command("add", papers)
    document = command("show", papers / "mill.txt", "--json").json
    part = command("show", papers / "mill.txt", "--span", "4:8", "--json").json
    assert part["text"] == document["text"][4:8] == "mill"
    assert (part["start"], part["end"], part["id"]) == (4, 8, document["id"])


def test_an_answer_as_json_cites_the_stored_text_to_the_character(stocked: Command) -> None:
    ran = stocked("ask", QUESTION, "--json")
    answer = ran.json
    assert ran.code == 0
    assert (answer["question"], answer["answered"]) == (QUESTION, True)
    citations = [citation for sentence in answer["sentences"] for citation in sentence["citations"]]
    assert citations
    for cited in citations:
        assert (
            stocked("show", cited["document_id"], "--json").json["text"][cited["start"] : cited["end"]]
            == (cited["quote"])
        )
        shown = stocked("show", cited["document_id"], "--span", f"{cited['start']}:{cited['end']}")
        assert shown.out == cited["quote"]
        assert f"[{cited['marker']}]" in answer["answer"]


def test_an_answer_in_a_pipe_is_the_cited_one_once(stocked: Command) -> None:
    ran = stocked("ask", QUESTION)
    assert ran.code == 0
    assert ran.out.startswith(
        "The office opened in March 1911. [1] ✓ It employed forty clerks. [1] ✓\n\n[1] The harbour"
    )
    assert "Confidence" in ran.out
    assert ran.err == ""


def test_declining_is_an_answer_and_no_fault(stocked: Command) -> None:
    ran = stocked("ask", "decline this")
    assert ran.code == 0
    assert "The nearest passages:" in ran.out
    assert stocked("ask", "decline this", "--json").json["answered"] is False


def test_asking_an_empty_library_says_what_to_do(command: Command) -> None:
    ran = command("ask", QUESTION)
    assert ran.code == 0
    assert ran.err == "There are no documents yet. Add some with: footnote add PATH\n"
    assert command("ask", QUESTION, "--json").json["answered"] is False


def test_many_questions_are_answered_in_order_one_object_a_line(stocked: Command, tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    lines = [{"id": "b", "question": "First?"}, {"question": "Second, decline?"}, {"id": 3, "question": "Third?"}]
    questions.write_text("\n\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")
    ran = stocked("ask", "--questions", questions)
    answers = [json.loads(line) for line in ran.out.splitlines()]
    assert [answer["question"] for answer in answers] == ["First?", "Second, decline?", "Third?"]
    assert [answer["id"] for answer in answers] == ["b", answers[1]["answer_id"], 3]
    assert [answer["answered"] for answer in answers] == [True, False, True]


def test_a_fault_among_many_questions_keeps_the_answers_before_it(stocked: Command, tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"question": "First?"}\n{"question": "A fault?"}\n', encoding="utf-8")
    ran = stocked("ask", "--questions", questions)
    assert ran.code == 1
    assert len(ran.out.splitlines()) == 1
    assert "the model failed" in ran.err


def test_the_home_comes_from_the_option_before_the_environment(
    command: Command, papers: Path, home: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    command("add", papers, "--home", other)
    assert other.is_dir()
    assert not home.exists()
    assert len(command("list", "--json", "--home", other).json) == 3


def test_the_catalogue_is_listed_with_what_is_here(command: Command) -> None:
    models = command("models", "list", "--json").json
    assert {model["kind"] for model in models if model["chosen"]} == {"answering", "embedding"}
    assert not any(model["installed"] for model in models)
    listing = command("models", "list").out
    assert all(model["name"] in listing and model["licence"] in listing for model in models)
    assert all(len(line) <= 80 for line in listing.splitlines())


def test_models_that_are_missing_make_verify_fail(command: Command) -> None:
    ran = command("models", "verify", "--json")
    assert ran.code == 1
    assert [check["ok"] for check in ran.json] == [False, False]
    assert re.fullmatch(r"footnote: \S+, \S+: not what the catalogue names; the report says .+\n", ran.err)


def test_a_model_that_is_here_is_not_fetched_again_and_verified_by_its_bytes(command: Command, tmp_path: Path) -> None:
    """A file of the right size that was once hashed is taken for what it was; verifying reads it."""
    settings = Settings(home=tmp_path / "home", models=tmp_path / "models")
    model = next(model for model in catalogue() if model.name == settings.embedding)
    for path, file in zip(model.paths(settings.models), model.files, strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as empty:
            empty.truncate(file.bytes)
        remember(path, file.sha256, settings)
    fetched = command("models", "fetch", model.name)
    assert (fetched.code, fetched.out) == (0, f"{model.name} is at {model.path(settings.models)}\n")
    assert [entry["name"] for entry in command("models", "list", "--json").json if entry["installed"]] == [model.name]
    verified = command("models", "verify")
    assert verified.code == 1
    assert f"✗ {model.name}: " in verified.out


def test_the_doctor_names_what_is_missing_with_its_mend(command: Command) -> None:
    ran = command("doctor", "--json")
    broken = {finding["name"]: finding["mend"] for finding in ran.json["findings"] if finding["state"] == "broken"}
    assert ran.code == 1
    assert ran.json["ok"] is False
    assert ran.err == f"footnote: {', '.join(broken)}: needed, and does not work; the report says how to mend it\n"
    assert (
        broken.items()
        >= {
            "answering model": "run: footnote models fetch",
            "embedding model": "run: footnote models fetch",
        }.items()
    )
    assert "→ run: footnote models fetch" in command("doctor").out


@pytest.mark.parametrize("name", COMMANDS, ids=names)
def test_help_explains_each_command_with_examples(command: Command, name: tuple[str, ...]) -> None:
    ran = command(*name, "--help")
    assert ran.code == 0
    assert f"Usage: footnote {names(name)}" in ran.out
    assert f"footnote {names(name)}" in ran.out.partition("Examples:")[2]
    assert "--home" in ran.out
    assert ("--json" in ran.out) is (name[-1] in WITH_JSON or name[-1] in ("list", "verify"))
    assert ("--model " in ran.out) is (name[0] in ("ask", "chat", "evaluate", "serve", "mcp", "doctor"))


def test_every_command_is_in_the_list_above() -> None:
    group = typer.main.get_command(app)
    found = {
        (name, *below)
        for name, command in group.commands.items()  # type: ignore[attr-defined]
        for below in ([(sub,) for sub in command.commands] if hasattr(command, "commands") else [()])
    }
    assert found == set(COMMANDS)


def test_without_a_command_the_help_is_shown(command: Command) -> None:
    ran = command()
    assert ran.code == 2
    assert "Commands:" in ran.out + ran.err


def test_the_module_of_the_commands_can_be_run_like_the_package(home: Path) -> None:
    for arguments in (["--version"], ["show", "nosuch", "--home", str(home)]):
        package, module = (python("-m", name, *arguments) for name in ("rag", "rag.cli"))
        assert (module.returncode, module.stdout, module.stderr) == (
            package.returncode,
            package.stdout,
            package.stderr,
        )
        assert package.stdout + package.stderr


def test_help_comes_at_once_and_loads_nothing_heavy() -> None:
    script = "import sys; from rag.cli import main; main(['--help']); sys.stderr.write(' '.join(sys.modules))"
    before = os.times()
    ran = python("-c", script)
    after = os.times()
    took = after.children_user + after.children_system - before.children_user - before.children_system
    assert ran.stdout.startswith("Usage: footnote")
    assert not HEAVY & set(ran.stderr.split())
    assert took < 5  # seconds of processor time, whatever else the machine does; 0.3 s


@pytest.mark.slow
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes_the_commands(shell: str) -> None:
    words = {"COMP_WORDS": "footnote se", "COMP_CWORD": "1", "_TYPER_COMPLETE_ARGS": "footnote se"}
    action = {"_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    ran = python("-m", "rag", _FOOTNOTE_COMPLETE=f"complete_{shell}", **words, **action)
    assert "search" in ran.stdout
    assert "serve" in ran.stdout
    assert "remove" not in ran.stdout


@pytest.mark.usefixtures("stocked")
def test_a_shell_completes_the_documents(home: Path, papers: Path) -> None:
    ran = python(
        "-m",
        "tests.rag.fake_footnote",
        FOOTNOTE_HOME=str(home),
        _FOOTNOTE_COMPLETE="complete_bash",
        COMP_WORDS=f"footnote show {papers / 'b'}",
        COMP_CWORD="2",
    )
    assert ran.stdout.split() == [str(papers / "bridge.md")]


@pytest.mark.usefixtures("stocked")
def test_a_reader_that_leaves_early_is_no_fault(home: Path, tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"question": "Why?"}\n' * 500, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, "-m", "tests.rag.fake_footnote", "ask", "--questions", str(questions)],
        cwd=ROOT,
        env={**os.environ, "FOOTNOTE_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read().decode()
    assert process.returncode == 141
    assert "Traceback" not in errors
    assert "Broken" not in errors


def on_a_terminal(*arguments: str, home: Path) -> str:
    """All that a command writes when each of its streams is a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.rag.fake_footnote", *arguments],
        cwd=ROOT,
        env={**os.environ, "FOOTNOTE_HOME": str(home), "TERM": "xterm", "COLUMNS": "80", "LINES": "24"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    written = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # Linux says EIO when the other side is closed
            break
        if not piece:
            break
        written += piece
    os.close(ours)
    assert process.wait(timeout=50) == 0
    return written.decode()


@pytest.mark.usefixtures("stocked")
def test_on_a_terminal_the_answer_is_streamed_then_printed_once(home: Path) -> None:
    written = on_a_terminal("ask", QUESTION, home=home)
    wiped = written.rindex("\x1b[2K")
    streamed, final = safe(written[:wiped]), safe(written[wiped:])
    assert streamed.index("Reading: ") < streamed.index("The office opened in March 1911.")
    assert "✓" not in streamed
    assert final.startswith("The office opened in March 1911. [1] ✓ It employed forty clerks. [1] ✓\n")
    assert final.count("The office opened in March 1911.") == 2, "once as the answer, once quoted"


@pytest.mark.slow
@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize(
    ("redirection", "code", "told"),
    [
        pytest.param(">/dev/full", 1, FULL_OUTPUT, id="full disk"),
        pytest.param("--json >/dev/full", 1, FULL_OUTPUT, id="full disk for JSON"),
        pytest.param(">&-", 0, "", id="closed output"),
        pytest.param("2>&- >/dev/null", 0, "", id="closed messages"),
    ],
)
def test_output_that_cannot_be_written(home: Path, redirection: str, code: int, told: str) -> None:
    ran = subprocess.run(
        ["sh", "-c", f'"{sys.executable}" -m tests.rag.fake_footnote list {redirection}'],
        cwd=ROOT,
        env={**os.environ, "FOOTNOTE_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=50,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (code, "", told)
