"""Answers as others give them, in the form that is scored: chunks, cosine, named sources, refusals told by words."""

from __future__ import annotations

import argparse
import io
import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from benchmarks.baseline import INSTRUCTIONS, Baseline, Chunked, chunks, cited_sentences, measure
from index.library import Library
from index.records import Document
from rag.errors import ModelError
from rag.records import Answer, Done
from rag.settings import Settings
from rag.terminal import Terminal, plain_console
from tests.fakes import HashingEncoder, ScriptedGenerator

PAPERS = {
    "trams.txt": "Lisbon received seven trams in 1901. They were painted yellow by hand.",
    "ferry.txt": "Oslo sold its ferry to a museum. The museum painted it green.",
}
QUESTION = "How many trams did Lisbon receive?"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    documents = tmp_path / "documents"
    documents.mkdir()
    for name, text in PAPERS.items():
        (documents / name).write_text(text, encoding="utf-8")
    return documents


def answered(folder: Path, says: str | ModelError) -> tuple[Answer, ScriptedGenerator]:
    model, encoder = ScriptedGenerator({"": says}), HashingEncoder()
    settings = Settings(home=folder.parent / "home", models=folder)
    with closing(Library(settings.index, encoder)) as library:
        library.add([folder])
        (done,) = Baseline(Chunked(library, encoder, model.count_tokens), encoder, model).ask(QUESTION)
    assert isinstance(done, Done)
    return done.answer, model


@pytest.mark.parametrize("budget", [1, 5, 12, 1000])
def test_chunks_are_whole_sentences_within_the_budget_and_lose_none(budget: int) -> None:
    text = " ".join(PAPERS.values())
    document = Document("d", "d.txt", "d", "txt", text, (), (), None, None, "")
    made = chunks(document, lambda words: len(words.split()), budget)
    assert [text[chunk.start : chunk.end] for chunk in made] == [chunk.text for chunk in made]
    assert " ".join(chunk.text for chunk in made) == text
    assert all(len(chunk.text.split()) <= budget or chunk.text.count(".") == 1 for chunk in made)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        pytest.param("Seven [1]. Yellow [2][3].", [("Seven.", (1,)), ("Yellow.", (2, 3))], id="before the full stop"),
        pytest.param("Seven. [1] Yellow. [2]", [("Seven.", (1,)), ("Yellow.", (2,))], id="after it"),
        pytest.param("It had seven trams.", [("It had seven trams.", ())], id="none"),
        pytest.param("[1]", [], id="nothing but a marker"),
    ],
)
def test_sources_belong_to_the_sentence_they_follow(said: str, found: list[tuple[str, tuple[int, ...]]]) -> None:
    assert cited_sentences(said) == found


def test_an_answer_cites_the_chunks_it_names_and_no_others(folder: Path) -> None:
    answer, model = answered(folder, "Lisbon received seven trams [1]. They were red [9].")
    assert (answer.answered, answer.confidence) == (True, 1.0)
    assert [len(sentence.citations) for sentence in answer.sentences] == [1, 0]
    cited = answer.sentences[0].citations[0]
    assert cited.quote == answer.passages[0].passage.text == PAPERS["trams.txt"]
    assert answer.sentences[0].support == "supported"
    assert answer.sentences[1].support != "supported"
    system, reader = model.prompts[0].turns
    assert system.parts == (INSTRUCTIONS,)
    assert reader.parts[0].startswith("[1] ")
    assert all(text in reader.parts[0] for text in PAPERS.values())


@pytest.mark.parametrize(
    ("said", "declined"),
    [
        ("I don't know.", True),
        ("The sources do not state how many trams Lisbon received.", True),
        ("There is no information about it in the sources.", True),
        ("I’m sorry, but I cannot answer that.", True),
        ("Das ist in den Quellen nicht angegeben.", True),
        ("В источниках это не указано.", True),
        ("", True),
        ("Seven [1].", False),
        ("Lisbon is known for seven trams [1].", False),
        ("The city did not sell its trams [1].", False),
    ],
)
def test_a_refusal_is_told_by_its_words(folder: Path, said: str, declined: bool) -> None:
    assert answered(folder, said)[0].answered is not declined


def test_the_same_scoring_and_the_difference_to_footnotes_own_run(folder: Path, tmp_path: Path) -> None:
    questions: list[dict[str, Any]] = [
        {"id": "trams", "question": QUESTION, "answers": ["seven"], "docs": ["trams.txt"]},
        {"id": "ferry", "question": "What did Oslo sell?", "answers": ["ferry"], "docs": ["ferry.txt"]},
    ]
    file = tmp_path / "q.jsonl"
    file.write_text("".join(json.dumps(question) + "\n" for question in questions), encoding="utf-8")
    printed = {}
    for name, says, against in (("own", "Seven trams [1].", None), ("other", "A ferry [1].", tmp_path / "own.json")):
        out = io.StringIO()
        terminal = Terminal(plain_console(out, width=80), plain_console(io.StringIO(), width=80))
        options = argparse.Namespace(
            questions=file, documents=folder, out=None, against=against, limit=None, seed=0, json=against is None
        )
        home = tmp_path / name
        home.mkdir()
        measure(options, Settings(home=home, models=home), HashingEncoder(), ScriptedGenerator({"": says}), terminal)
        printed[name] = out.getvalue()
        (tmp_path / f"{name}.json").write_text(out.getvalue(), encoding="utf-8")
    values = {one["name"]: one["value"] for one in json.loads(printed["own"])["measures"]}
    assert (values["right"], values["quotes_exact"], values["all_evidence_read"]) == (0.5, 1.0, 1.0)
    assert "2 questions in both" in printed["other"]
    assert "1 newly right: ferry" in printed["other"]
    assert "1 no longer right: trams" in printed["other"]
