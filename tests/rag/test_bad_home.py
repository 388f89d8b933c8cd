"""A home that cannot be read or written, Ctrl-C at any moment, two processes at once: one clear line, nothing lost."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.rag.conftest import Command
from tests.rag.fake_footnote import ENCODING_SECONDS, INTERRUPT_AFTER

ROOT = Path(__file__).parents[2]
NAMESPACE = ("unshare", "--map-root-user", "--mount", "sh", "-c")


@pytest.mark.parametrize(
    "arguments",
    [("list",), ("search", "words"), ("ask", "Why?"), ("add", "PAPERS"), ("sync",), ("remove", "x")],
    ids=" ".join,
)
@pytest.mark.parametrize("damage", ["garbage", "half", "other", "nothing"])
def test_a_damaged_store_is_named_and_left_as_it_is(
    command: Command, papers: Path, home: Path, arguments: tuple[str, ...], damage: str
) -> None:
    command("add", papers)
    store = home / "library.sqlite3"
    for journal in home.glob("library.sqlite3-*"):
        journal.unlink()
    whole = store.read_bytes()
    left = {"garbage": b"no store " * 9999, "half": whole[: len(whole) // 2], "other": b"x", "nothing": b""}
    store.write_bytes(left[damage])
    sidecar = (home / "passages.faiss").read_bytes()
    damaged = store.read_bytes()
    ran = command(*(str(papers) if argument == "PAPERS" else argument for argument in arguments))
    assert str(store) in ran.fault
    assert "add your documents again" in ran.fault
    assert store.read_bytes() == damaged
    assert (home / "passages.faiss").read_bytes() == sidecar


def test_what_the_fault_of_a_store_without_a_byte_advises_mends_it(command: Command, papers: Path, home: Path) -> None:
    command("add", papers)
    (home / "library.sqlite3").rename(home / "aside")
    for journal in home.glob("library.sqlite3-*"):
        journal.unlink()
    assert command("list", "--json").json == []
    assert command("add", papers, "--json").json["documents"] == 3
    assert command("search", "bridge of iron", "--json").json


@pytest.mark.parametrize("left", [b"no store " * 9999, b""], ids=["garbage", "nothing"])
def test_the_doctor_sees_a_damaged_store(command: Command, papers: Path, home: Path, left: bytes) -> None:
    command("add", papers)
    (home / "library.sqlite3").write_bytes(left)
    findings = {finding["name"]: finding for finding in command("doctor", "--json").json["findings"]}
    assert findings["documents"]["state"] == "broken"
    assert findings["documents"]["mend"]


@pytest.mark.parametrize("below", ["", "below"])
@pytest.mark.parametrize("arguments", [("list",), ("add", "PAPERS"), ("ask", "Why?"), ("doctor",)], ids=" ".join)
def test_a_home_that_is_a_file_is_named(
    command: Command, papers: Path, home: Path, arguments: tuple[str, ...], below: str
) -> None:
    home.write_text("a file", encoding="utf-8")
    named = [str(papers) if argument == "PAPERS" else argument for argument in arguments]
    fault = command(*named, "--home", home / below).fault
    assert fault.startswith(f"{home} is a file, and the home has to be a folder")
    assert "--home FOLDER" in fault
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


@pytest.mark.slow
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


@pytest.mark.slow
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
    try:
        out, err = process.communicate(timeout=50)
    finally:
        process.kill()
        process.wait()
    told = [line for line in err.splitlines() if line.startswith("footnote: ")]
    assert process.returncode == 130, err
    assert [line.partition(";")[0] for line in told] == ["footnote: stopped"], err
    assert "Traceback" not in out + err
    assert "Exception ignored" not in err


@pytest.mark.slow
@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize("question", ["slow reading", "slow writing"])
@pytest.mark.parametrize("seconds", ["0.02", "0.1", "0.5"])
def test_ctrl_c_while_answering(home: Path, question: str, seconds: str) -> None:
    assert_stopped(fake("ask", question, home=home, **{INTERRUPT_AFTER: seconds}))


@pytest.mark.slow
@pytest.mark.parametrize("seconds", ["0.02", "0.2", "0.8"])
def test_ctrl_c_while_adding_loses_nothing(command: Command, home: Path, papers: Path, seconds: str) -> None:
    command("add", papers / "mill.txt")
    assert_stopped(fake("add", papers, home=home, **{INTERRUPT_AFTER: seconds, ENCODING_SECONDS: "2"}))
    assert "mill.txt" in {Path(document["path"]).name for document in command("list", "--json").json}
    assert command("add", papers, "--json").json["documents"] == 3
    assert len(command("search", "bridge of iron", "--json").json) > 0


@pytest.mark.slow
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


@pytest.mark.slow
def test_two_processes_on_one_home_both_succeed(command: Command, home: Path, papers: Path) -> None:
    first = fake("add", papers / "mill.txt", papers / "bridge.md", home=home, **{ENCODING_SECONDS: "0.3"})
    second = fake("add", papers / "harbour.md", papers / "bridge.md", home=home, **{ENCODING_SECONDS: "0.3"})
    for process in (first, second):
        _, err = process.communicate(timeout=50)
        assert process.returncode == 0, err
    assert len(command("list", "--json").json) == 3
    assert command("search", "iron", "--json").code == 0


@pytest.mark.slow
@pytest.mark.usefixtures("answering_model", "embedding_model")
@pytest.mark.parametrize("seconds", [1, 4, 6])  # a quick machine has answered after 9
def test_ctrl_c_while_the_real_models_are_loaded_and_read(home: Path, papers: Path, seconds: int) -> None:
    """While torch is imported, llama.cpp loads or the prompt is read: soon after, whatever that was."""
    entry = [sys.executable, "-m", "rag"]
    environment = {**os.environ, "FOOTNOTE_HOME": str(home)}
    subprocess.run([*entry, "add", str(papers)], cwd=ROOT, env=environment, check=True, capture_output=True)
    process = subprocess.Popen(
        [*entry, "ask", "Who worked in the harbour office, and since when? " * 38],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(seconds)
    pressed = time.monotonic()
    process.send_signal(signal.SIGINT)
    assert_stopped(process)
    assert time.monotonic() - pressed < 5  # 2 s where nothing else is running
