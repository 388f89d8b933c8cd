"""Prompt templates keep their contract, and each file that travels with Footnote is used."""

from __future__ import annotations

from dataclasses import replace
from importlib import resources

import numpy as np
import pytest

from index.records import Document
from rag import prompt, templates
from rag.cite import Evidence
from rag.close_reading import CloseReader
from rag.confidence import Probe, load
from rag.errors import TemplateError
from rag.evaluation.drafting import drafts, targets
from rag.templates import CONTRACT
from tests.fakes import ScriptedGenerator
from tests.rag.dossier import hits

SHIPPED = templates.load()


def test_every_file_in_prompts_is_declared_and_no_other() -> None:
    files = {entry.name for entry in resources.files("prompts").iterdir() if not entry.name.startswith((".", "_"))}
    assert files == {f"{name}.txt" for name in CONTRACT}


def test_every_template_is_used() -> None:
    """Each is marked, and each mark is found in what a question makes of them; what says that the documents do
    not is the answer's own text."""
    marked = templates.checked({name: f"<{name}> {text}" for name, text in SHIPPED.texts.items()})
    built = prompt.answerable("Q", hits("T"), marked)
    german = prompt.answerable("Wann wurde das Büro geschlossen?", hits("T"), marked)
    model = ScriptedGenerator({"copied exactly": "1911", "": "When was the office opened?"})
    paper = Document("a", "a.md", "A", "md", "The office was opened in 1911.", (), (), None, None, "2026-01-01")
    assert list(drafts(targets([paper], 0), model, marked))
    probe, nothing = Probe(model.LAYER, np.ones(1, np.float32), 0.0), Evidence((), 0, 0, ())
    reader = CloseReader(model, marked, replace(load(), stated=probe, gives=probe))
    reader.stated("It was opened.", nothing)
    reader.gives("When?", "It was opened.", nothing)
    read = " ".join(part for one in (built, german, *model.prompts) for turn in one.turns for part in turn.parts)
    assert {name for name in CONTRACT if f"<{name}>" not in read} == {
        name for name in CONTRACT if name.startswith("declined")
    }


@pytest.mark.parametrize("name", sorted(name for name, declared in CONTRACT.items() if declared))
def test_a_placeholder_that_is_missing_is_named_with_its_file(name: str) -> None:
    placeholder = min(CONTRACT[name])
    broken = {**SHIPPED.texts, name: SHIPPED.texts[name].replace(f"{{{placeholder}}}", "")}
    with pytest.raises(TemplateError, match=rf"{name}\.txt.*\b{placeholder}\b"):
        templates.checked(broken)


@pytest.mark.parametrize("name", sorted(CONTRACT))
def test_an_unknown_placeholder_is_named_with_its_file(name: str) -> None:
    with pytest.raises(TemplateError, match=rf"{name}\.txt.*\bsurprise\b"):
        templates.checked({**SHIPPED.texts, name: SHIPPED.texts[name] + " {surprise}"})


@pytest.mark.parametrize("name", sorted(CONTRACT))
def test_a_file_that_is_missing_is_named(name: str) -> None:
    with pytest.raises(TemplateError, match=rf"{name}\.txt is missing"):
        templates.checked({other: text for other, text in SHIPPED.texts.items() if other != name})


def test_a_file_that_nothing_uses_is_named() -> None:
    with pytest.raises(TemplateError, match=r"leftover\.txt"):
        templates.checked({**SHIPPED.texts, "leftover": "text"})


def test_what_is_put_in_is_not_looked_at_for_placeholders() -> None:
    assert SHIPPED.render("passage", title="{text}", text="{title}").count("{text}") == 1


def test_other_braces_stand_for_themselves() -> None:
    braces = templates.checked({**SHIPPED.texts, "system": "Write {} or {1} or {A B}."})
    assert braces.render("system") == "Write {} or {1} or {A B}."


def test_the_identity_changes_with_any_text() -> None:
    changed = templates.checked({**SHIPPED.texts, "declined": "No."})
    assert changed.sha256 != SHIPPED.sha256
    assert templates.load().sha256 == SHIPPED.sha256


def test_a_refusal_is_in_the_language_of_the_question_where_there_is_one_for_it() -> None:
    assert SHIPPED.said("declined", "de") == SHIPPED.render("declined_de")
    assert SHIPPED.said("declined", "fr") == SHIPPED.render("declined")
    assert "Wann?" in SHIPPED.said("declined_part", "ru", question="Wann?")
