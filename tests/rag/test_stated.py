"""What the rules let pass, read once more by the model together with what it cites."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.library import Library
from rag import templates
from rag.assistant import Assistant
from rag.checking import Checker
from rag.checking import standing as standing_of
from rag.cite import Evidence
from rag.confidence import Probe, load
from rag.errors import Cancelled
from rag.settings import Settings
from rag.stated import DOUBTED, LONGEST, Stated
from rag.verify import ONLY_PART, Verdict
from tests.fakes import HashingEncoder, ScriptedGenerator

SAID = "NATO welcomed the closing of the mission in Moscow."
TOLD = "NATO welcomed the closing of the mission in Moscow, he joked."
PROBE = Probe(ScriptedGenerator.LAYER, np.ones(1, np.float32), 0.0)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    (tmp_path / "mission.md").write_text(f"# The mission\n\n{TOLD} Forty people worked there.\n")
    library = Library(Settings(home=tmp_path / "home", models=tmp_path).index, HashingEncoder())
    library.add([tmp_path / "mission.md"])
    return library


def checker(library: Library, tmp_path: Path, yes: float | None) -> tuple[Checker, ScriptedGenerator]:
    generator = ScriptedGenerator({}, {} if yes is None else {SAID: yes})
    stated = Stated(generator, templates.load(), PROBE)
    return Checker(library, HashingEncoder(), Settings(home=tmp_path / "home", models=tmp_path), stated), generator


def test_what_the_model_finds_stated_stays_supported(library: Library, tmp_path: Path) -> None:
    one, generator = checker(library, tmp_path, 0.9)
    (statement,) = one.check(SAID).statements
    assert (statement.standing, statement.sentence.reasons) == ("supported", ())
    (prompt,) = generator.prompts
    assert TOLD in prompt.turns[-1].parts[-1]
    assert SAID in prompt.turns[-1].parts[-1]


@pytest.mark.parametrize("yes", [0.45, 0.4])
def test_what_it_is_not_sure_about_stays_as_the_rules_left_it(library: Library, tmp_path: Path, yes: float) -> None:
    assert checker(library, tmp_path, yes)[0].check(SAID).statements[0].standing == "supported"
    stated = Stated(ScriptedGenerator({}, {"The office shut": yes}), templates.load(), PROBE)
    unlike = Verdict("partial", 0.4, (ONLY_PART,))
    assert stated.weighed(unlike, "The office shut.", Evidence((), 0, 0, ())) is unlike


def test_what_it_does_not_find_stated_is_supported_in_part(library: Library, tmp_path: Path) -> None:
    (statement,) = checker(library, tmp_path, 0.1)[0].check(SAID).statements
    assert (statement.standing, statement.sentence.reasons) == ("partly supported", (DOUBTED,))
    assert statement.sentence.score <= 0.5
    assert statement.sentence.citations, "whoever doubts may read for themselves"


@pytest.mark.parametrize("text", ["NATO welcomed nobody.", "Fifty people worked there.", "Who left?"])
def test_what_the_rules_refuse_or_nobody_claims_is_not_read_again(library: Library, tmp_path: Path, text: str) -> None:
    one, generator = checker(library, tmp_path, None)
    assert one.check(text).statements[0].standing != "supported"
    assert generator.prompts == []


def test_a_stop_takes_effect_while_the_model_reads(library: Library, tmp_path: Path) -> None:
    one, generator = checker(library, tmp_path, 0.9)
    with pytest.raises(Cancelled):
        one.check(SAID, cancelled=lambda: bool(generator.prompts))


def test_no_text_is_too_long_for_the_model(library: Library, tmp_path: Path) -> None:
    one, generator = checker(library, tmp_path, 0.9)
    one.check(f"{SAID[:-1]}, {'and so on ' * 400}.")
    asked = [part for prompt in generator.prompts for part in prompt.turns[-1].parts]
    assert all(len(part) < 2 * LONGEST + 200 for part in asked)


@pytest.mark.parametrize(("yes", "standing"), [(0.9, "supported"), (0.1, "partly supported")])
def test_what_is_only_unlike_its_source_is_decided_by_the_model(yes: float, standing: str) -> None:
    stated = Stated(ScriptedGenerator({}, {"The office shut": yes}), templates.load(), PROBE)
    unlike = Verdict("partial", 0.4, (ONLY_PART,))
    judged = stated.weighed(unlike, "The office shut.", Evidence((), 0, 0, ()))
    assert (judged.support, judged.reasons) == (("supported", ()) if yes > 0.5 else ("partial", (ONLY_PART,)))
    assert standing_of(judged) == standing


def test_what_a_rule_holds_for_a_part_stays_so() -> None:
    generator = ScriptedGenerator({}, {"The office shut": 0.9})
    joined = Verdict("partial", 0.4, ("two sentences say this, and none says both",))
    assert (
        Stated(generator, templates.load(), PROBE).weighed(joined, "The office shut.", Evidence((), 0, 0, ())) is joined
    )
    assert generator.prompts == []


def test_another_model_is_not_read_by_the_probe_of_the_one_before(library: Library, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", models=tmp_path)
    calibration = replace(load(), stated=PROBE)
    parts = (library, HashingEncoder(), ScriptedGenerator({}, {SAID: 0.1}), templates.load(), calibration, settings)
    assistant = Assistant(*parts)
    assert assistant.checker.check(SAID).statements[0].standing == "partly supported"
    another = ScriptedGenerator({"": "nothing is known of its states"}, {SAID: 0.1})
    assistant.adopt(settings, another)
    assert assistant.checker.check(SAID).statements[0].standing == "supported"
    assert another.prompts == []
