"""Any text held against the documents: every sentence has a standing, and every quote is exact."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from index.records import Progress
from rag.checking import LONGEST_TEXT, Checker
from rag.errors import Cancelled, TextError
from rag.records import CheckedText
from rag.settings import Settings
from tests.rag.desk import CUT, INVENTED, OPENED, STEPS, Desk, set_up
from tests.rag.fake_footnote import run

MEMO = f"# A memo\n\n{CUT} {OPENED.replace('2002', '1998')} {INVENTED}\n\n- {STEPS}\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return set_up(tmp_path / "home")


@pytest.fixture
def checker(desk: Desk, tmp_path: Path) -> Checker:
    return Checker(desk.library, desk.encoder, Settings(home=tmp_path, models=tmp_path))


def standings(checked: CheckedText) -> list[str]:
    return [statement.standing for statement in checked.statements]


def test_each_sentence_of_a_text_has_its_standing(checker: Checker) -> None:
    checked = checker.check(MEMO)
    assert standings(checked) == ["supported", "contradicted", "not found", "supported"]
    first, *_, last = [MEMO[s.start : s.end] for s in checked.statements]
    assert (first, last.lstrip("- ")) == (CUT, STEPS)


def test_a_check_in_another_way_is_another_check(desk: Desk, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, models=tmp_path)
    quick = Checker(desk.library, desk.encoder, settings)
    by_more = Checker(desk.library, desk.encoder, replace(settings, passages=settings.passages + 1))
    ids = [checker.check(CUT).id for checker in (quick, quick, by_more, desk.assistant.checker)]
    assert (ids[0] == ids[1], len(set(ids))) == (True, 3)


def test_quotes_are_exact_and_markers_are_those_of_the_passages(checker: Checker) -> None:
    checked = checker.check(MEMO)
    passages = {numbered.marker: numbered.passage for numbered in checked.passages}
    citations = [c for s in checked.statements for c in (*s.sentence.citations, *s.against)]
    assert citations
    for citation in citations:
        text = checker.library.document(citation.document_id).text
        assert text[citation.start : citation.end] == citation.quote
        passage = passages[citation.marker]
        assert passage.start <= citation.start < citation.end <= passage.end


def test_documents_that_disagree_about_a_sentence_are_both_shown(tmp_path: Path) -> None:
    told = "The dam of Brod cost {} million crowns."
    for year, millions in ((2019, 40), (2022, 52)):
        (tmp_path / f"{year}-05-01-dam.txt").write_text(told.format(millions))
    desk = set_up(tmp_path / "home")
    desk.library.add([tmp_path / "2019-05-01-dam.txt", tmp_path / "2022-05-01-dam.txt"])
    checker = Checker(desk.library, desk.encoder, Settings(home=tmp_path, models=tmp_path))
    (statement,) = checker.check(told.format(40)).statements
    assert (statement.standing, [citation.quote for citation in statement.against]) == ("supported", [told.format(52)])
    (dispute,) = statement.sentence.disputed
    assert (dispute.cited_date, dispute.date, dispute.instead) == ("2019-05-01", "2022-05-01", "52 million")

    def remove_the_other(progress: Progress) -> None:
        if progress.done == 1:
            desk.library.remove([str(tmp_path / "2022-05-01-dam.txt")])

    meanwhile, _ = checker.check(f"{told.format(40)} It is tall.", progress=remove_the_other).statements
    assert meanwhile.sentence.disputed == statement.sentence.disputed


def test_what_says_otherwise_is_quoted(checker: Checker) -> None:
    (statement,) = checker.check(OPENED.replace("2002", "1998")).statements
    assert [citation.quote for citation in statement.against] == [OPENED]
    assert "2002" in statement.sentence.reasons[0]
    assert checker.check(OPENED).statements[0].against == ()


def test_a_sentence_that_looks_back_is_searched_for_with_the_one_before(checker: Checker) -> None:
    assert standings(checker.check(f"{OPENED} Its chief came from Hungary.")) == ["supported", "supported"]


def test_what_claims_nothing_is_not_looked_for(checker: Checker) -> None:
    letter = f"Dear all,\n\n- 3. {CUT}\n- 4.\n\nIs that lawful?\n\n| Who | What |\n|---|---|\n\nBest regards, Anna"
    checked = checker.check(letter)
    nothing = "no claim"
    assert standings(checked) == [nothing, "supported", nothing, nothing, nothing, nothing, nothing]
    silent = [statement.sentence for statement in checked.statements if statement.standing == nothing]
    assert not any(sentence.claim or sentence.citations for sentence in silent)
    assert checked.passages == checker.check(f"- 3. {CUT}").passages


def test_who_a_question_asks_about_is_he_in_the_next_sentence(checker: Checker) -> None:
    assert standings(checker.check("What opened in Moscow in May 2002? Its chief came from Hungary.")) == [
        "no claim",
        "supported",
    ]


@pytest.mark.parametrize(
    "said",
    [
        f"I believe that {CUT[0].lower()}{CUT[1:]}",
        f"Dear all, {CUT[0].lower()}{CUT[1:]}",
        f"{CUT.rstrip('.')} (see p. 3).",
        f"{CUT.rstrip('.')}, right?",
        "| October 6 | NATO announced a cut of the Russian mission from 20 to 10 people |",
    ],
    ids=["opinion", "greeting", "reference", "tag", "row"],
)
def test_what_is_said_behind_and_before_what_is_not_claimed_is_judged(checker: Checker, said: str) -> None:
    assert standings(checker.check(said)) == ["supported"]
    assert standings(checker.check(said.replace("20", "30"))) == ["contradicted"]


def test_markers_of_another_s_answer_do_not_count(checker: Checker) -> None:
    (statement,) = checker.check(f"{CUT.rstrip('.')} [3].").statements
    assert statement.standing == "supported"
    assert "[3]" not in statement.sentence.text


def test_a_year_that_only_the_question_gives_is_no_support(checker: Checker) -> None:
    said = CUT.replace("October 6", "October 6, 2021")
    assert standings(checker.check(said, "What did NATO announce in 2021?")) == ["partly supported"]


def test_the_same_text_over_the_same_documents_is_the_same_check(checker: Checker) -> None:
    assert checker.check(MEMO) == checker.check(MEMO)
    assert checker.check(MEMO).id != checker.check(MEMO, "Why?").id


@pytest.mark.parametrize("text", ["", " \n", "—?!", "x" * (LONGEST_TEXT + 1)], ids=["empty", "blank", "marks", "long"])
def test_nothing_to_check_or_too_much_is_refused(checker: Checker, text: str) -> None:
    with pytest.raises(TextError):
        checker.check(text)


def test_checking_can_be_stopped(checker: Checker) -> None:
    with pytest.raises(Cancelled):
        checker.check(MEMO, cancelled=lambda: True)


@pytest.fixture
def home(desk: Desk, tmp_path: Path) -> str:
    return str(tmp_path / "home")


def test_the_command_prints_marks_reasons_and_footnotes(home: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--home", home, MEMO]) == 0
    out = capsys.readouterr().out
    for words in (
        f"✓ {CUT} [1]",
        "✗ The liaison",
        "contradicted: ",
        f"says otherwise: “{OPENED}” — ",
        f"? {INVENTED}",
        "not found: ",
        f"“{OPENED}”",
    ):
        assert words in out.replace("\n  ", " "), words
    assert "4 sentences: 2 supported, 1 contradicted, 1 not found" in out


def test_json_of_a_text_of_a_file_and_of_standard_input(
    home: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    memo = tmp_path / "memo.md"
    memo.write_text(MEMO, encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(MEMO.encode())))
    forms = []
    for source in ([MEMO], ["--file", str(memo)], ["-"]):
        assert run(["check", "--home", home, "--json", *source]) == 0
        forms.append(json.loads(capsys.readouterr().out))
    assert forms[0] == forms[2]
    assert forms[0]["sentences"] == forms[1]["sentences"]
    sentence = forms[0]["sentences"][1]
    assert (sentence["support"], sentence["standing"]) == ("unsupported", "contradicted")
    assert sentence["against"][0]["quote"] == OPENED
    assert {"id", "sentences", "passages"} <= forms[0].keys()


def test_many_texts_give_a_line_each_in_order(home: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = tmp_path / "texts.jsonl"
    texts.write_text(
        f"{json.dumps({'id': 'a', 'text': CUT})}\n\n{json.dumps({'text': INVENTED, 'question': 'Who?'})}\n"
    )
    assert run(["check", "--home", home, "--texts", str(texts)]) == 0
    first, second = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert first["id"] == "a"
    assert first["sentences"][0]["standing"] == "supported"
    assert second["id"] == second["check_id"]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        pytest.param("{", "not valid JSON", id="no JSON"),
        pytest.param("[]", "not a JSON object", id="no object"),
        pytest.param('{"text": " "}', '"text" is missing', id="empty"),
        pytest.param('{"text": "It is.", "id": 1.5}', '"id" is neither', id="id"),
        pytest.param('{"text": "It is.", "id": true}', '"id" is neither', id="true for an id"),
        pytest.param("[" * 100_000, "nested", id="nested 100,000 deep"),
        pytest.param('{"text": "It is.", "question": 1}', '"question" is no text', id="question"),
        pytest.param("", "holds no texts", id="nothing"),
    ],
)
def test_a_bad_line_is_named_before_anything_is_checked(
    home: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, complaint: str
) -> None:
    texts = tmp_path / "texts.jsonl"
    texts.write_text(line)
    assert run(["check", "--home", home, "--texts", str(texts)]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert complaint in captured.err
    assert "texts.jsonl" in captured.err


def test_faults_and_wrong_usage(home: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--home", home, "  "]) == 1
    assert "nothing to check" in capsys.readouterr().err
    assert run(["check", "--home", home, "--file", str(tmp_path / "none.md")]) == 1
    assert "none.md" in capsys.readouterr().err
    assert run(["check", "--home", home, "It is.", "--file", "memo.md"]) == 2


def test_without_documents_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--home", str(tmp_path / "new"), CUT]) == 0
    captured = capsys.readouterr()
    assert "There are no documents yet" in captured.err
    assert "not found" in captured.out
