"""The benchmark of checking: right answers stay right, spoiled ones are wrong in one way, and both are told apart."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.rewording import chosen, wordings
from benchmarks.spoiled import main
from benchmarks.spoiling import KINDS, Kind, Surroundings, names_in, spoiled
from rag.evaluation.scoring import contains
from tests.fakes import HashingEncoder

SOURCE = "In October 2021, NATO cut the Russian mission from 20 members to 10, which Sergei Lavrov called hostile."
NEXT = "The mission was not closed at once."
READ = f"{SOURCE} {NEXT} Jens Stoltenberg spoke of 8 envoys on 6 March 2018."
AROUND = Surroundings(READ, ["Jens Stoltenberg", "NATO", "Sergei Lavrov", "Willy Brandt"], ["Penguins swim in ice."])


def forms(question: str, answer: str, *sentences: str, title: str = "Missions") -> dict[str, str]:
    return {made.form: made.text for made in wordings(question, answer, sentences, 0, title)}


def test_every_wording_holds_the_answer() -> None:
    made = wordings("How many members did the mission have after the cut?", "10", [SOURCE, NEXT], 0, "Missions")
    assert {wording.form for wording in made} >= {"copied", "shortened", "joined", "declared", "announced"}
    for wording in made:
        assert contains(wording.text, ["10"]), wording


@pytest.mark.parametrize(
    ("question", "answer", "source", "statement"),
    [
        pytest.param("Who wrote the Iliad?", "Homer", "It is Homer's.", "Homer wrote the Iliad.", id="who, subject"),
        pytest.param(
            "When was the mission closed?", "2021", "It was in 2021.", "The mission was closed in 2021.", id="passive"
        ),
        pytest.param(
            "When did Russia suspend its mission?",
            "1 November",
            "Russia suspended it on 1 November.",
            "Russia suspended its mission on 1 November.",
            id="did",
        ),
        pytest.param(
            "How many envoys did Russia have?", "20", "There were 20.", "Russia had 20 envoys.", id="how many"
        ),
        pytest.param(
            "Who was the envoy of Russia?", "Rogozin", "Rogozin.", "Rogozin was the envoy of Russia.", id="is"
        ),
    ],
)
def test_plain_questions_become_statements(question: str, answer: str, source: str, statement: str) -> None:
    assert forms(question, answer, source)["declared"] == statement


def test_what_was_dropped_held_no_answer() -> None:
    assert forms("?", "Sergei Lavrov", SOURCE).get("shortened", SOURCE).count("Lavrov") == 1
    assert forms("?", "20", SOURCE)["shortened"].count("Lavrov") == 0


def test_a_pronoun_is_named_and_small_numbers_are_spelt() -> None:
    assert forms("?", "1918", "It was founded in 1918.", title="The Union")["named"] == "The Union was founded in 1918."
    assert forms("?", "envoys", "It lost 8 of its envoys then.")["spelt"] == "It lost eight of its envoys then."


def test_one_form_is_drawn_and_the_same_draw_gives_the_same() -> None:
    made = wordings("?", "20", [SOURCE, NEXT], 0, "Missions")
    drawn = {chosen(made, random.Random(seed)).form for seed in range(60)}
    assert drawn == {wording.form for wording in made}
    assert chosen(made, random.Random(3)) == chosen(made, random.Random(3))


@pytest.mark.parametrize(
    ("kind", "varieties"),
    [
        pytest.param("number", {"elsewhere", "also read"}, id="number"),
        pytest.param("date", {"elsewhere", "also read"}, id="date"),
        pytest.param("name", {"elsewhere", "also read", "exchanged"}, id="name"),
        pytest.param("negation", {"added"}, id="negation"),
        pytest.param("memory", {"added"}, id="memory"),
    ],
)
def test_an_answer_is_spoiled_in_every_variety_of_its_kind(kind: Kind, varieties: set[str]) -> None:
    made = [spoiled(SOURCE + " It was small.", kind, AROUND, random.Random(seed)) for seed in range(60)]
    assert {wrong.variety for wrong in made if wrong} == varieties
    for wrong in made:
        assert wrong is not None
        assert wrong.kind == kind
        assert wrong.text != SOURCE + " It was small."


DRAW = """
import random
from benchmarks.spoiling import Surroundings, spoiled
names = ["Anna Bern", "Cara Dohn", "Emil Fust", "Gerd Hahn", "Ines Jung", "Willy Brandt"]
print([spoiled("Willy Brandt spoke.", "name", Surroundings("", names, []), random.Random(n)).text for n in range(9)])
"""


def test_a_seed_fixes_the_draw_in_every_process() -> None:
    def drawn(hashing: str) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": hashing}
        return subprocess.run(
            [sys.executable, "-c", DRAW], env=environment, check=True, capture_output=True, text=True
        ).stdout

    assert len({drawn(str(hashing)) for hashing in range(1, 4)}) == 1


def test_a_denial_is_taken_out_where_there_is_one() -> None:
    wrong = spoiled(NEXT, "negation", AROUND, random.Random(0))
    assert wrong is not None
    assert (wrong.variety, wrong.text) == ("removed", "The mission was closed at once.")


def test_what_is_said_to_stand_elsewhere_was_not_read() -> None:
    for kind in ("number", "date", "name"):
        for seed in range(40):
            wrong = spoiled(SOURCE, kind, AROUND, random.Random(seed))
            assert wrong is not None
            new = wrong.change.split(" -> ")[-1]
            if wrong.variety != "exchanged":
                assert (new in READ) == (wrong.variety == "also read"), wrong


@pytest.mark.parametrize("kind", KINDS)
def test_where_there_is_nothing_of_a_kind_nothing_is_spoiled(kind: Kind) -> None:
    nothing = Surroundings("They left early.", [], [])
    assert spoiled("They left early again", kind, nothing, random.Random(0)) is None


def test_names_are_capitalised_words_that_are_never_written_small() -> None:
    text = "Then Sergei Lavrov met Rutte. The Mission was closed, a mission of peace. In Russia it rained in May."
    assert names_in([text], single=True) == ["Russia", "Rutte", "Sergei Lavrov"]
    assert names_in([text], single=False) == ["Sergei Lavrov"]


def test_the_command_measures_both_against_what_was_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    documents = tmp_path / "documents"
    documents.mkdir()
    years = range(1961, 1973)
    for year in years:
        text = f"The bridge of {year} spans {year - 1940} metres and was never painted by Otto Lind {year}.\n"
        (documents / f"{year}.txt").write_text(f"Bridge {year}\n\n{text}")
    questions = tmp_path / "questions.jsonl"
    lines = [
        {"id": f"q{year}", "question": f"How long is the bridge of {year}?", "answers": [str(year - 1940)]}
        | {"docs": [f"{year}.txt"]}
        for year in years
    ]
    questions.write_text("".join(json.dumps(line) + "\n" for line in lines))
    out = tmp_path / "rows.jsonl"
    arguments = [str(questions), "--documents", str(documents), "--limit", "10", "--json", "--out", str(out)]
    main(arguments, opener=lambda _: HashingEncoder())
    first = json.loads(capsys.readouterr().out)
    main(arguments, opener=lambda _: HashingEncoder())
    assert json.loads(capsys.readouterr().out)["measures"] == first["measures"]
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert len(rows) == first["cases"] == 8  # no name could be changed: all documents hold the same one
    assert {row["kind"] for row in rows} == {"number", "date", "negation", "memory"}
    for row in rows:
        assert row["right"] != row["wrong"]
        assert len(row["wrong_verdicts"]) == len(row["right_verdicts"]) + (row["kind"] == "memory")
    actual = {measure["name"]: measure["actual"] for measure in first["measures"]}
    assert actual["memory"] == 1
    assert actual["flagged_copied"] == 0


def test_a_question_without_its_evidence_is_a_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text("Nothing of that stands here.\n")
    questions = tmp_path / "questions.jsonl"
    questions.write_text(json.dumps({"question": "How long?", "answers": ["40"], "docs": ["a.txt"]}) + "\n")
    assert main([str(questions), "--documents", str(tmp_path)], opener=lambda _: HashingEncoder()) == 1
    assert "no question whose answer" in capsys.readouterr().err
