"""A text in a language in which no document is: told in one line and as a reason, and never where that is in doubt."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag import foreign
from rag.words import sure_language
from tests.rag.conftest import Command

GERMAN = "Das Hafenamt wurde im März 1911 eröffnet. Russland hat seine Mission geschlossen."
ENGLISH = "The office opened in March 1911. It was painted green, and it has been so for years."


@pytest.mark.parametrize(
    ("text", "language"),
    [
        pytest.param(GERMAN, "de", id="German"),
        pytest.param(ENGLISH, "en", id="English"),
        pytest.param("Россия закрыла миссию в 2021 году.", "ru", id="Russian"),
        pytest.param("La Russie a fermé sa mission en 2021.", None, id="French"),
        pytest.param(
            "Le maire a annoncé des mesures et des aides pour les villes dans le nord.", None, id="more French"
        ),
        pytest.param("Il governo ha chiuso la missione nel 2021.", None, id="Italian"),
        pytest.param("Angela Merkel, Berlin", None, id="names alone"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_a_language_is_told_where_it_is_beyond_doubt(text: str, language: str | None) -> None:
    assert sure_language(text) == language
    assert foreign.is_foreign(text, ["de"]) == (language in ("en", "ru"))
    assert not foreign.is_foreign(text, [])


def test_a_german_text_against_english_documents_is_told_with_a_reason(stocked: Command) -> None:
    ran = stocked("check", GERMAN)
    assert (ran.code, ran.err) == (0, f"{foreign.NOTE}\n")
    assert foreign.REASON in " ".join(ran.out.split())
    form = stocked("check", GERMAN, "--json").json
    assert [sentence["reasons"][0] for sentence in form["sentences"]] == [foreign.REASON] * 2


def test_a_german_text_among_many_is_named(stocked: Command, tmp_path: Path) -> None:
    texts = tmp_path / "texts.jsonl"
    texts.write_text("".join(json.dumps({"text": text}) + "\n" for text in (ENGLISH, GERMAN)), encoding="utf-8")
    ran = stocked("check", "--texts", texts)
    assert ran.err == f"{texts}, line 2: {foreign.NOTE}\n"
    english, german = map(json.loads, ran.out.splitlines())
    assert not any(foreign.REASON in sentence["reasons"] for sentence in english["sentences"])
    assert all(foreign.REASON in sentence["reasons"] for sentence in german["sentences"])


def test_nothing_is_said_where_a_document_is_in_the_language(stocked: Command, papers: Path) -> None:
    assert stocked("check", ENGLISH).err == ""
    (papers / "amt.txt").write_text("Das Amt war in der Stadt, und es wurde im März eröffnet.", encoding="utf-8")
    stocked("sync")
    assert stocked("check", GERMAN).err == ""
