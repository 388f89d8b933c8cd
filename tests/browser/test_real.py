"""The real question in the real page: real models, the command that people type, a browser, and a footnote clicked."""

from __future__ import annotations

import json
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.environment import bare

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]

ROOT = Path(__file__).parents[2]
QUESTION = "why did Russia close the mission in 2021?"
READY = "Footnote is ready at "
READY_SECONDS = 120.0  # far more than it takes; a machine under test may be busy
ANSWER_MILLISECONDS = 400_000
STOP_MILLISECONDS = 10_000  # the model reads in pieces of a second or so, and longer on a busy machine


@pytest.fixture(scope="module")
def environment(
    tmp_path_factory: pytest.TempPathFactory, answering_model: Path, embedding_model: Path
) -> dict[str, str]:
    """A home of its own that holds the sample dossier."""
    assert answering_model.exists()
    assert embedding_model.exists()
    environment = bare(FOOTNOTE_HOME=str(tmp_path_factory.mktemp("home")))
    documents = [str(path) for path in sorted((ROOT / "seeds").glob("*.md"))]
    subprocess.run(
        [sys.executable, "-m", "rag", "add", *documents], cwd=ROOT, env=environment, check=True, capture_output=True
    )
    return environment


@pytest.fixture(scope="module")
def address(environment: dict[str, str]) -> Iterator[str]:
    """Where `python app.py` serves; it ends by Ctrl-C, as it would for a person."""
    process = subprocess.Popen(
        [sys.executable, "app.py", "--port", "0"], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
    )
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    assert process.stderr is not None
    stderr = process.stderr

    def read() -> None:
        for line in stderr:
            lines.put(line)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield _ready(process, lines)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
        reader.join()
        stderr.close()


def _ready(process: subprocess.Popen[str], lines: queue.SimpleQueue[str]) -> str:
    deadline = time.monotonic() + READY_SECONDS
    said = ""
    while time.monotonic() < deadline and process.poll() is None:
        try:
            line = lines.get(timeout=1)
        except queue.Empty:
            continue
        said += line
        if line.startswith(READY):
            return line.removeprefix(READY).split()[0]
    raise AssertionError(f"the page did not come up: {said}")


@pytest.fixture(scope="module")
def stored(environment: dict[str, str]) -> list[str]:
    """The texts of the library's documents, as the command line shows them."""

    def footnote(*arguments: str) -> str:
        command = [sys.executable, "-m", "rag", *arguments, "--json"]
        return subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout

    return [json.loads(footnote("show", document["id"]))["text"] for document in json.loads(footnote("list"))]


def test_the_real_question_is_answered_with_footnotes_that_open(
    visit: Callable[..., Visit], address: str, stored: list[str]
) -> None:
    questions = (ROOT / "seeds" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    expected = next(asked for asked in map(json.loads, questions) if asked["question"] == QUESTION)
    here = visit(address)
    here.patience = ANSWER_MILLISECONDS
    here.ask(QUESTION)
    here.page.wait_for_selector(".fn-passage", timeout=READY_SECONDS * 1000)
    here.answered()
    prose = here.page.locator("#current .fn-prose")
    said = prose.inner_text().lower()
    assert any(answer.lower() in said for answer in expected["answers"]), said
    expect(here.page.locator("#current .fn-supported, #current .fn-partial").first).to_be_visible()
    links = here.page.locator("#current .fn-prose a.cite")
    assert links.count() >= 1
    quotes = ""
    for number in range(links.count()):
        quote = here.open(links.nth(number))
        assert any(quote in text for text in stored)
        quotes += quote
        expect(here.page.locator(".fn-source h2")).to_contain_text("Russia closes its mission to NATO")
    assert "from 20 to 10" in quotes


def test_stop_works_while_the_real_model_reads(visit: Callable[..., Visit], address: str) -> None:
    here = visit(address)
    here.ask("Which ministers met in the council's first meeting, and what did each of them say about it?")
    here.page.wait_for_selector(".fn-passage", timeout=READY_SECONDS * 1000)
    here.page.click("#stop-button")
    expect(here.page.locator("#current .fn-turn")).to_contain_text("Stopped", timeout=STOP_MILLISECONDS)
    here.page.wait_for_selector("#ask-button", state="visible", timeout=STOP_MILLISECONDS)
