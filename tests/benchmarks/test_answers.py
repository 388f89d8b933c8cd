"""Asking many questions: what was answered is not asked again, and a fault is a fault, never a score."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks import answers
from benchmarks.report import EXIT_FAULT, EXIT_HELD, EXIT_MISSED
from index.library import Library
from rag.errors import ModelError
from rag.generator import never
from rag.records import Answer, Citation, Event, IndexIdentity, ModelIdentity, NumberedPassage, Sentence, Timing
from rag.settings import Settings
from tests.fakes import HashingEncoder
from tests.rag import samples


class Echo:
    """Answers every question with the best passage, word for word; fails at the questions in `failing`."""

    def __init__(self, settings: Settings, model: str, failing: set[str]) -> None:
        self.library = Library(settings.index, HashingEncoder())
        self.asked: list[str] = []
        self._model = model
        self._failing = failing

    def warm(self) -> None: ...

    def ask(self, question: str, *, cancelled: Callable[[], bool] = never) -> Iterator[Event]:
        yield samples.done(self._answer(question))

    def _answer(self, question: str) -> Answer:
        self.asked.append(question)
        if question in self._failing:
            raise ModelError("the model failed")
        hit = self.library.search(question, 1)[0]
        passage = hit.passage
        citation = Citation(
            1, passage.document_id, hit.path, hit.title, hit.page, passage.start, passage.end, passage.text
        )
        return Answer(
            id="a",
            question=question,
            answer=f"{passage.text} [1]",
            answered=True,
            confidence=0.9,
            sentences=(Sentence(passage.text, "supported", 0.9, (citation,)),),
            passages=(NumberedPassage(1, hit),),
            timing=Timing(0.1, 1.0, 2.0, 400, 0, 20),
            model=ModelIdentity(self._model, "0" * 64),
            index=IndexIdentity(self.library.generation, self.library.embedding_model),
        )


class Bench:
    """A folder with two documents and two questions, and the command run over it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out = folder / "answers" / "out.jsonl"
        self.out.parent.mkdir()
        documents = folder / "documents"
        documents.mkdir()
        (documents / "a.txt").write_text("Lisbon received seven trams.", encoding="utf-8")
        (documents / "b.txt").write_text("Oslo sold its ferry.", encoding="utf-8")
        questions = [
            {"id": "trams", "question": "How many trams did Lisbon receive?", "answers": ["seven"], "docs": ["a.txt"]},
            {"id": "ferry", "question": "What did Oslo sell?", "answers": ["ferry"], "docs": ["b.txt"]},
        ]
        lines = "".join(json.dumps(question) + "\n" for question in questions)
        (documents / "questions.jsonl").write_text(lines, encoding="utf-8")

    def run(self, model: str = "echo", failing: set[str] | None = None) -> tuple[int, list[str]]:
        """The exit code and what was asked."""
        made: list[Echo] = []

        def opener(settings: Settings) -> Echo:
            made.append(Echo(settings, model, failing or set()))
            return made[0]

        documents = self.folder / "documents"
        arguments = [str(documents / "questions.jsonl"), "--documents", str(documents), "--out", str(self.out)]
        return answers.main([*arguments, "--json"], opener), made[0].asked


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def shares(capsys: pytest.CaptureFixture[str]) -> Callable[[str], float | None]:
    printed = {measure["name"]: measure["actual"] for measure in json.loads(capsys.readouterr().out)["measures"]}
    return printed.__getitem__


def test_answers_are_scored_against_the_stored_documents(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    code, asked = bench.run()
    share = shares(capsys)
    assert (code, len(asked)) == (EXIT_HELD, 2)
    assert share("right") == share("quotes_exact") == share("all_evidence_read") == share("right_answer_cited") == 1
    assert share("unanswerable_declined") is None
    lines = [json.loads(line) for line in bench.out.read_text(encoding="utf-8").splitlines()]
    assert [line["id"] for line in lines] == ["trams", "ferry"]


def test_what_was_answered_is_not_asked_again(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.run()
    first = shares(capsys)
    code, asked = bench.run()
    assert (code, asked) == (EXIT_HELD, [])
    assert shares(capsys)("right") == first("right") == 1


def test_with_a_fault_nothing_is_scored(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    code, asked = bench.run(failing={"What did Oslo sell?"})
    printed = capsys.readouterr()
    assert (code, len(asked)) == (EXIT_FAULT, 2)
    assert printed.out == ""
    assert "ferry: the model failed" in printed.err
    assert bench.run() == (EXIT_HELD, ["What did Oslo sell?"])


def test_quotes_are_compared_with_the_documents_and_not_with_the_file(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.run()
    capsys.readouterr()
    forged = bench.out.read_text(encoding="utf-8").replace('"quote": "Oslo sold', '"quote": "Oslo lent')
    bench.out.write_text(forged, encoding="utf-8")
    code, _ = bench.run()
    share = shares(capsys)
    assert code == EXIT_MISSED
    assert (share("quotes_exact"), share("passages_exact")) == (0.5, 1.0)
