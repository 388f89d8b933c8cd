"""Drafts of questions: exact spans whatever the model writes, nothing that gives itself away, the same every time."""

from __future__ import annotations

import pytest

from index.records import Document, DocumentSummary
from rag.evaluation.drafting import Draft, draft_form, drafts, drawn, targets
from rag.templates import load
from tests.fakes import ScriptedGenerator

TEXT = """# The harbour office

After a long quarrel with the city the harbour office opened in March
1911 under Anna Berg. It had forty clerks, two of them divers. Short.
It closed for good after the storm of 1932.
"""
QUESTION = "When was the harbour office opened?"


def document(name: str = "a", text: str = TEXT) -> Document:
    return Document(name * 64, f"/papers/{name}.md", "The harbour", "md", text, (), (), None, None, "2026-01-01")


def drafted(question: str, answer: str, text: str = TEXT) -> list[Draft]:
    """What comes of a model that asks and answers every sentence so."""
    model = ScriptedGenerator({"copied exactly": answer, "": question})
    return list(drafts(targets([document(text=text)], 0), model, load()))


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        pytest.param("March 1911", "March\n1911", id="over a line break"),
        pytest.param('"march 1911."', "March\n1911", id="with quotes, a full stop and another case"),
        pytest.param("Anna Berg\nbecause she did", "Anna Berg", id="the first line only"),
    ],
)
def test_the_answer_is_a_span_of_the_document(answer: str, found: str) -> None:
    (draft,) = drafted(QUESTION, answer)
    form = draft_form(draft, "a.md")
    assert form["answers"] == [found]
    assert TEXT[form["answer_start"] :].startswith(found)
    assert TEXT[form["start"] : form["end"]] == form["sentence"]
    assert form["start"] <= form["answer_start"] < form["end"]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        pytest.param("The office opened in March.", "1911", id="no question"),
        pytest.param("When?", "1911", id="hardly a question"),
        pytest.param("", "1911", id="nothing"),
        pytest.param("Was the office opened in March 1911?", "March 1911", id="the answer given away"),
        pytest.param(QUESTION, "April 1912", id="words that are not there"),
        pytest.param(QUESTION, "191", id="half a word"),
        pytest.param(QUESTION, "", id="no answer"),
        pytest.param("Why " * 100 + "?", "1911", id="a question without end"),
    ],
)
def test_what_is_no_use_is_dropped(question: str, answer: str) -> None:
    assert drafted(question, answer) == []


def test_headings_and_scraps_are_not_asked_about() -> None:
    sentences = {" ".join(target.sentence.split()) for target in targets([document()], 0)}
    assert len(sentences) == 3
    assert not sentences & {"# The harbour office", "Short."}


def test_the_same_question_is_not_asked_twice() -> None:
    assert (
        len(drafted(QUESTION, "1911", "The doors opened in March 1911 at last. The doors closed in June 1911 again."))
        == 1
    )


def test_documents_take_turns_in_an_order_that_only_the_seed_decides() -> None:
    papers = [document(name) for name in "abc"]
    order = [target.id for target in targets(papers, 1)]
    assert [target.id for target in targets(papers[::-1], 1)] == order
    assert len({name.split("-")[1] for name in order[:3]}) == 3
    assert len(set(order)) == len(order) == 9
    assert any([target.id for target in targets(papers, seed)] != order for seed in range(2, 6))


def test_of_a_large_library_a_part_is_read() -> None:
    library = [DocumentSummary(f"{n:064}", f"{n}.md", "t", "md", 0, 9, 1, "2026-01-01") for n in range(500)]
    chosen = drawn(library, 20, seed=3)
    assert len(chosen) == len(set(chosen)) == 40
    assert chosen == drawn(library[::-1], 20, seed=3)
    assert len(drawn(library[:7], 20, seed=3)) == 7
