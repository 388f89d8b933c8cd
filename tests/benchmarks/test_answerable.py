"""Questions and the passages they are asked of, for the adapter that tells whether these answer."""

from __future__ import annotations

import random
from typing import Any

import pytest

from benchmarks.answerable import Asked, _Found, _together, packed
from index.records import Hit
from rag import templates
from rag.evaluation.gold import Question
from tests.benchmarks.test_adapter import Words, seen
from tests.rag.dossier import hits, part

pytestmark = pytest.mark.slow  # imports torch

TEXT = "The bridge in Riga was opened in May. Its chief came from Hungary. Nobody knows why the river is called so."
(WHOLE,) = hits(TEXT)
OPENED, CHIEF, RIVER = part(WHOLE, 0, 37), part(WHOLE, 38, 66), part(WHOLE, 67, len(TEXT))


def found(asked: str, *read: Hit, answers: tuple[str, ...] = (), evidence: Hit | None = None) -> _Found:
    spans: list[dict[str, Any]] = []
    if evidence:
        passage = evidence.passage
        spans = [{"document_id": passage.document_id, "start": passage.start, "end": passage.end}]
    return _Found(Question(asked, asked, bool(answers), answers, False, False, ()), asked, read, {"spans": spans})


PROMPTS = templates.load()
WHEN = found("When?", OPENED, CHIEF, answers=("May",), evidence=OPENED)
WHENCE = found("Whence?", CHIEF, OPENED, answers=("Hungary",), evidence=CHIEF)
CALLED = found("Why?", RIVER)


@pytest.mark.parametrize(
    ("one", "read", "answered"),
    [
        pytest.param(WHEN, (OPENED,), True, id="the evidence is read"),
        pytest.param(WHEN, (CHIEF,), False, id="it is not"),
        pytest.param(
            found("Where?", answers=("Riga",), evidence=CHIEF), (OPENED,), None, id="an answer stands there by chance"
        ),
        pytest.param(CALLED, (RIVER,), False, id="nothing answers it"),
    ],
)
def test_a_question_is_answered_where_its_evidence_is_read(
    one: _Found, read: tuple[Hit, ...], answered: bool | None
) -> None:
    assert one.answered_by(read) is answered


def test_questions_that_read_the_same_are_asked_of_the_same() -> None:
    random.seed(0)
    both, alone = sorted(_together([WHEN, WHENCE, CALLED], PROMPTS), key=lambda one: -len(one.questions))
    assert sorted(both.questions) == [("When?", True), ("Whence?", True)]
    assert "opened in May" in both.text
    assert "from Hungary" in both.text
    assert alone.questions == [("Why?", False)]


def test_each_question_sees_the_passages_and_itself() -> None:
    words = Words()
    pack = packed(
        Asked("The bridge opened.\n\n", [("Question: When?", True), ("Question: Why?", False)]), words, PROMPTS
    )
    assert [about["answered"] for _, about in pack.ends] == [True, False]
    for (end, _), asked, other in zip(pack.ends, ("When?", "Why?"), ("Why?", "When?"), strict=True):
        spelt = [word for token in seen(pack, end) for word, number in words.known.items() if number == token]
        assert "bridge" in spelt
        assert any(asked in word for word in spelt)
        assert not any(other in word for word in spelt)
        assert pack.places[end] == len(spelt) - 1
