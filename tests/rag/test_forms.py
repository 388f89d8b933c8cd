"""The JSON forms: key for key those that are documented, and texts unaltered."""

from __future__ import annotations

import json

import pytest

from rag import forms
from rag.records import Answer
from tests.rag import samples

ANSWER_KEYS = [
    "id",
    "question",
    "answer",
    "answered",
    "confidence",
    "sentences",
    "passages",
    "timing",
    "model",
    "index",
    "standalone",
    "left_out",
    "instead",
]
CITATION_KEYS = ["marker", "document_id", "path", "title", "page", "start", "end", "quote"]
PASSAGE_KEYS = ["marker", "document_id", "path", "title", "page", "start", "end", "score", "text"]
TIMING_KEYS = ["retrieve_s", "first_token_s", "total_s", "prompt_tokens", "reused_tokens", "answer_tokens"]


@pytest.mark.parametrize(
    ("form", "keys"),
    [
        pytest.param(
            forms.ledger_form(samples.LEDGER),
            ["added", "updated", "unchanged", "removed", "refused", "skipped", "documents", "passages", "characters",
             "indexed_characters", "seconds", "notes"],
            id="ledger",
        ),
        pytest.param(forms.ledger_form(samples.LEDGER)["refused"][0], ["path", "reason"], id="refused file"),
        pytest.param(
            forms.summary_form(samples.SUMMARY),
            ["id", "path", "title", "format", "pages", "characters", "passages", "added_at", "author", "date",
             "paths", "notes"],
            id="list",
        ),
        pytest.param(forms.document_form(samples.DOCUMENT), ["id", "path", "title", "text", "pages"], id="show"),
        pytest.param(
            forms.hit_form(samples.HITS[0]),
            ["rank", "score", "document_id", "path", "title", "start", "end", "page", "text"],
            id="search",
        ),
        pytest.param(forms.answer_form(samples.ANSWER), ANSWER_KEYS, id="answer"),
        pytest.param(forms.answer_form(samples.ANSWER)["timing"], TIMING_KEYS, id="timing"),
        pytest.param(forms.citation_form(samples.SUPPORTED.citations[0]), CITATION_KEYS, id="citation"),
        pytest.param(forms.passage_form(samples.ANSWER.passages[0]), PASSAGE_KEYS, id="passage"),
        pytest.param(forms.sentence_form(samples.SUPPORTED), ["text", "support", "score", "claim", "reasons",
                                                             "citations", "disputed"], id="sentence"),
    ],
)  # fmt: skip
def test_keys_are_those_documented(form: forms.Form, keys: list[str]) -> None:
    assert list(form) == keys


@pytest.mark.parametrize(
    "answer", [samples.ANSWER, samples.DECLINED, samples.ANOTHER_YEAR], ids=["answered", "declined", "another year"]
)
def test_an_answer_survives_json(answer: Answer) -> None:
    form = forms.answer_form(answer)
    assert json.loads(json.dumps(form, allow_nan=False)) == form


def test_quotes_and_passages_are_the_stored_text_at_their_spans() -> None:
    form = forms.answer_form(samples.ANSWER)
    citations = [citation for sentence in form["sentences"] for citation in sentence["citations"]]
    assert citations
    for citation in citations:
        assert samples.TEXT[citation["start"] : citation["end"]] == citation["quote"]
    for passage in form["passages"]:
        assert samples.TEXT[passage["start"] : passage["end"]] == passage["text"]


def test_a_declined_answer_keeps_its_nearest_passages() -> None:
    form = forms.answer_form(samples.DECLINED)
    assert form["answered"] is False
    assert form["sentences"] == []
    assert len(form["passages"]) == 2


def test_what_the_documents_tell_about_instead_is_quoted() -> None:
    (told,) = forms.answer_form(samples.ANOTHER_YEAR)["instead"]
    assert (told["words"], told["instead"]) == ("1910", "1911")
    assert told["citation"] == forms.citation_form(samples.ANOTHER_YEAR.instead[0].citation)


def test_a_span_has_its_own_text_and_the_pages_it_touches() -> None:
    form = forms.span_form(samples.DOCUMENT, 41, 60)
    assert form["text"] == samples.TEXT[41:60]
    assert (form["start"], form["end"]) == (41, 60)
    assert form["pages"] == [{"number": 2, "start": 41, "end": len(samples.TEXT)}]


@pytest.mark.parametrize(
    ("given", "identity"),
    [("q7", "q7"), (7, 7), (None, "answer-1")],
    ids=["text", "number", "none given"],
)
def test_an_answer_of_a_batch_carries_the_question_s_id(given: str | int | None, identity: str | int) -> None:
    form = forms.batch_form(samples.ANSWER, given)
    assert form["id"] == identity
    assert form["answer_id"] == "answer-1"
    assert {**form, "id": "answer-1"} == forms.answer_form(samples.ANSWER) | {"answer_id": "answer-1"}
