"""What sentences mean: read by the model together with what they cite."""

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
from rag.cite import Evidence, Source
from rag.close_reading import NOT_STATED, CloseReader
from rag.confidence import Probe, load, log_odds
from rag.errors import Cancelled
from rag.facts import facts
from rag.settings import Settings
from rag.verify import Verdict
from tests.fakes import HashingEncoder, ScriptedGenerator

SAID = "NATO welcomed the closing of the mission in Moscow."
TOLD = "NATO welcomed the closing of the mission in Moscow, he joked."
PROBE = Probe(ScriptedGenerator.LAYER, np.ones(1, np.float32), 0.0)
BOTH = replace(load(), stated=PROBE, gives=PROBE)
NOTHING = Evidence((), 0, 0, ())


@pytest.fixture
def library(tmp_path: Path) -> Library:
    (tmp_path / "mission.md").write_text(f"# The mission\n\n{TOLD} Forty people worked there.\n")
    library = Library(Settings(home=tmp_path / "home", models=tmp_path).index, HashingEncoder())
    library.add([tmp_path / "mission.md"])
    return library


def reader(yes: float) -> tuple[CloseReader, ScriptedGenerator]:
    """One that finds what it reads stated with this probability."""
    generator = ScriptedGenerator({}, {"": yes})
    return CloseReader(generator, templates.load(), BOTH), generator


def checker(library: Library, tmp_path: Path, yes: float) -> tuple[Checker, ScriptedGenerator]:
    one, generator = reader(yes)
    return Checker(library, HashingEncoder(), Settings(home=tmp_path / "home", models=tmp_path), one), generator


def test_what_the_model_finds_stated_stays_supported(library: Library, tmp_path: Path) -> None:
    one, generator = checker(library, tmp_path, 0.9)
    (statement,) = one.check(SAID).statements
    assert (statement.standing, statement.sentence.reasons) == ("supported", ())
    (prompt,) = generator.prompts
    assert TOLD in prompt.turns[-1].parts[-1]
    assert SAID in prompt.turns[-1].parts[-1]


def test_what_it_does_not_find_stated_is_supported_in_part(library: Library, tmp_path: Path) -> None:
    (statement,) = checker(library, tmp_path, 0.4)[0].check(SAID).statements
    assert (statement.standing, statement.sentence.reasons) == ("partly supported", (NOT_STATED,))
    assert statement.sentence.score <= 0.5
    assert statement.sentence.citations, "whoever doubts may read for themselves"


def test_an_answer_to_a_question_is_doubted_where_the_model_hardly_finds_it_given(
    library: Library, tmp_path: Path
) -> None:
    for yes, standing in ((0.3, "supported"), (0.01, "partly supported")):
        one, generator = checker(library, tmp_path, yes)
        assert one.check(SAID, "What did NATO welcome?").statements[0].standing == standing
        assert "What did NATO welcome?" in generator.prompts[-1].turns[-1].parts[-1]


def test_where_nothing_is_claimed_the_model_reads_nothing(library: Library, tmp_path: Path) -> None:
    one, generator = checker(library, tmp_path, 0.9)
    assert one.check("Who left?").statements[0].standing == "no claim"
    assert generator.prompts == []


@pytest.mark.parametrize("yes", [0.7, 0.99])
def test_a_fact_in_the_place_of_another_is_refuted_however_sure_the_model_is(
    library: Library, tmp_path: Path, yes: float
) -> None:
    (statement,) = checker(library, tmp_path, yes)[0].check("Fifty people worked there.").statements
    assert statement.standing == "contradicted"


@pytest.mark.parametrize(
    ("judged", "yes", "support"),
    [
        (Verdict("partial", 0.4, ("only part",)), 0.6, "supported"),
        (Verdict("partial", 0.4, ("only part",)), 0.4, "partial"),
        (Verdict("partial", 0.4, ("it gives orders",), final=True), 0.9, "partial"),
        (Verdict("unsupported", 0.2, ("far",), near=False), 0.9, "supported"),
        (Verdict("unsupported", 0.2, ("far",), near=False), 0.4, "unsupported"),
        (Verdict("unsupported", 0.1, ("another verb",), refuted=True), 0.7, "unsupported"),
        (Verdict("unsupported", 0.1, ("another verb",), refuted=True), 0.9, "supported"),
    ],
)
def test_what_the_rules_only_miss_is_decided_by_the_model(judged: Verdict, yes: float, support: str) -> None:
    weighed = reader(yes)[0].weighed(judged, "The office shut.", NOTHING)
    assert weighed.support == support
    assert weighed == judged or (weighed.reasons == () and weighed.near)
    assert standing_of(weighed) == {"partial": "partly supported", "unsupported": "not found"}.get(support, support)


def test_a_fact_that_the_source_lacks_is_told_however_sure_the_model_is() -> None:
    lacking = replace(NOTHING, missing=tuple(facts("42 people")))
    refuted = Verdict("unsupported", 0.1, ("no 42",), refuted=True)
    weighed = reader(0.9)[0].weighed(refuted, "The office shut.", lacking)
    assert (weighed.support, weighed.reasons) == ("partial", refuted.reasons)
    assert reader(0.7)[0].weighed(refuted, "The office shut.", lacking) is refuted


def test_a_claim_is_read_through_the_adapter_and_an_answer_is_not() -> None:
    one, generator = reader(0.9)
    one.stated("The office shut.", NOTHING)
    one.gives("What shut?", "The office shut.", NOTHING)
    assert generator.adapted == [True, False]


def test_an_answer_gains_nothing_by_being_read() -> None:
    one, generator = reader(0.9)
    partly = Verdict("partial", 0.4, ("only part",))
    assert one.weighed(partly, "The office shut.", NOTHING, "What shut?") is partly
    assert generator.prompts == []


def test_a_model_without_probes_changes_nothing(library: Library) -> None:
    generator = ScriptedGenerator({})
    one = CloseReader(generator, templates.load(), replace(BOTH, stated=None, gives=None))
    judged = Verdict("supported", 0.9, ())
    assert one.weighed(judged, SAID, NOTHING) is judged
    assert one.weighed(judged, SAID, NOTHING, "What?") is judged
    assert generator.prompts == []


def test_a_name_that_may_be_a_german_noun_is_left_to_the_model(tmp_path: Path) -> None:
    told = "Mit Ausnahme des Holzdaches, das 1901 zerstört wurde, befindet sich der Markt im Originalzustand."
    (tmp_path / "markt.md").write_text(f"# Markt\n\n{told}\n")
    library = Library(Settings(home=tmp_path / "home", models=tmp_path).index, HashingEncoder())
    library.add([tmp_path / "markt.md"])
    said = "Der Markt befindet sich mit Ausnahme von Dach und Tor im Originalzustand."
    by_rules = Checker(library, HashingEncoder(), Settings(home=tmp_path / "home", models=tmp_path))
    assert by_rules.check(said).statements[0].standing == "not found"
    assert checker(library, tmp_path, 0.9)[0].check(said).statements[0].standing == "supported"


def test_a_stop_takes_effect_while_the_model_reads(library: Library, tmp_path: Path) -> None:
    one, generator = checker(library, tmp_path, 0.9)
    with pytest.raises(Cancelled):
        one.check(SAID, cancelled=lambda: bool(generator.prompts))


def test_no_text_is_too_long_for_the_model(library: Library, tmp_path: Path) -> None:
    one, generator = reader(0.9)
    long = "and so on " * 4000
    source = Source(library.search(SAID, 1)[0], 0, len(long), long)
    one.stated(long, Evidence((source,), 1, 1, ()))
    one.gives(long, long, Evidence((source,), 1, 1, ()))
    asked = [sum(generator.count_tokens(part) for part in prompt.turns[-1].parts) for prompt in generator.prompts]
    assert len(asked) == 2
    assert all(tokens < generator.context_tokens for tokens in asked)


def test_an_answer_is_read_with_its_question_and_what_it_cites(library: Library) -> None:
    one, generator = reader(0.9)
    source = Source(library.search(SAID, 1)[0], 0, len(TOLD), TOLD, speaker="The envoy")
    assert one.gives("Who welcomed it?", SAID, Evidence((source,), 1, 1, ())) == pytest.approx(log_odds(0.9))
    (prompt,) = generator.prompts
    for said in ("Who welcomed it?", SAID, f"The envoy: {TOLD}"):
        assert said in prompt.turns[-1].parts[-1]


def test_another_model_is_not_read_by_the_probe_of_the_one_before(library: Library, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", models=tmp_path)
    parts = (library, HashingEncoder(), ScriptedGenerator({}, {SAID: 0.1}), templates.load(), BOTH, settings)
    assistant = Assistant(*parts)
    assert assistant.checker.check(SAID).statements[0].standing == "partly supported"
    another = ScriptedGenerator({"": "nothing is known of its states"}, {SAID: 0.1})
    assistant.adopt(settings, another)
    assert assistant.checker.check(SAID).statements[0].standing == "supported"
    assert another.prompts == []
