"""The question that Footnote exists for, asked with the real models: in Python, and without any network at all.

The page is asked in tests/browser/test_real.py.
"""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from rag import forms
from rag.records import Answer
from rag.settings import Settings
from rag.wiring import open_assistant, open_library
from tests.conftest import SEEDS
from tests.environment import bare

with (SEEDS / "questions.jsonl").open(encoding="utf-8") as lines:
    GOLD = json.loads(next(lines))

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def answers(dossier: Settings, answering_model: Path) -> dict[str, Answer]:
    """The question, and one that the dossier does not answer, asked in one process."""
    assistant = open_assistant(dossier)
    with closing(assistant.library):
        return {question: assistant.answer(question) for question in (GOLD["question"], OFF_TOPIC)}


OFF_TOPIC = "How many moons does the planet Saturn have?"


def assert_right(answer: dict[str, Any], settings: Settings) -> None:
    """NATO halved the Russian mission, with a tick, citing the document about the closing; nothing unsupported, every
    quote exact."""
    assert answer["answered"]
    (halved, *_) = [sentence for sentence in answer["sentences"] if "from 20 to 10" in sentence["text"]]
    assert halved["support"] == "supported"
    citations = [citation for sentence in answer["sentences"] for citation in sentence["citations"]]
    assert {Path(citation["path"]).name for citation in citations} >= {GOLD["doc"]}
    assert "unsupported" not in {sentence["support"] for sentence in answer["sentences"]}
    with closing(open_library(settings)) as library:
        texts = {citation["document_id"]: library.document(citation["document_id"]).text for citation in citations}
    for citation in citations:
        assert texts[citation["document_id"]][citation["start"] : citation["end"]] == citation["quote"]


def test_the_question_in_python(answers: dict[str, Answer], dossier: Settings) -> None:
    assert_right(forms.answer_form(answers[GOLD["question"]]), dossier)


def test_what_the_documents_do_not_say_is_declined(answers: dict[str, Answer]) -> None:
    declined = answers[OFF_TOPIC]
    assert not declined.answered
    assert declined.sentences == ()
    assert declined.passages


@pytest.mark.network
def test_the_question_without_any_network(answers: dict[str, Answer], dossier: Settings, alone: list[str]) -> None:
    """By command line, in a network namespace of its own whose only interface is loopback; the same words come back."""
    script = 'ip link set lo up && ip -oneline link show up >&2 && exec "$@"'
    environment = bare(FOOTNOTE_HOME=str(dossier.home), FOOTNOTE_MODELS=str(dossier.models))
    process = subprocess.run(
        [*alone, "sh", "-c", script, "sh", sys.executable, "-m", "rag", "ask", "--json", GOLD["question"]],
        env=environment,
        capture_output=True,
        text=True,
        timeout=500,
    )
    assert process.returncode == 0, process.stderr
    interfaces = [line for line in process.stderr.splitlines() if ": <" in line]
    assert [line.split(": ")[1] for line in interfaces] == ["lo"]
    answer = json.loads(process.stdout)
    assert_right(answer, dossier)
    assert answer["answer"] == answers[GOLD["question"]].answer
