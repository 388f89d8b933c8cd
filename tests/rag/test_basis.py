"""What an answer was made by is fixed before it begins; from that follow its id and that it can be given again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from rag.records import Done
from tests.fakes import ScriptedGenerator
from tests.rag.desk import CUT, QUESTION, STEPS, Setting, asked, settings_of, untimed


def test_the_identity_of_an_answer_changes_with_question_and_index(desk: Setting) -> None:
    at = desk()
    first = at.assistant.answer(QUESTION)
    other = at.assistant.answer("What did Lavrov announce?")
    at.library.remove([first.sentences[0].citations[0].document_id])
    changed = at.assistant.answer(QUESTION)
    assert len({first.id, other.id, changed.id}) == 3
    assert first.index.generation < changed.index.generation
    assert first.index.embedding_model == at.encoder.name
    assert first.model == at.generator.identity


def test_what_is_added_while_an_answer_is_written_is_not_what_it_was_made_from(desk: Setting, tmp_path: Path) -> None:
    at = desk()
    before = asked(at.assistant)
    more = tmp_path / "more.txt"
    more.write_text("The pilots of Hamburg had forty boats.\n", encoding="utf-8")
    events = at.assistant.ask(QUESTION)
    next(events)
    at.library.add([more])
    *_, done = events
    assert isinstance(done, Done)
    assert at.library.generation > before.answer.index.generation
    assert untimed(done.answer) == untimed(before.answer)
    assert done.circumstances == before.circumstances


def test_other_settings_and_another_model_count_from_the_next_question_on(desk: Setting) -> None:
    at = desk(CUT)
    other = ScriptedGenerator({"": STEPS})
    events = at.assistant.ask(QUESTION)
    next(events)
    at.assistant.adopt(replace(settings_of(at.library.home), threshold=0.3), other)
    at.assistant.adopt(replace(settings_of(at.library.home), threshold=0.4))
    *_, last = events
    assert isinstance(last, Done)
    assert last.answer.answer == f"{CUT} [1]"
    assert last.circumstances.settings["threshold"] == 0.5
    done = asked(at.assistant)
    assert done.answer.answer == f"{STEPS} [1]"
    assert done.circumstances.settings["threshold"] == 0.4
    assert done.circumstances.model_sha256 == other.identity.sha256


def test_a_creative_answer_is_another_each_time_and_by_its_seed_the_same(desk: Setting) -> None:
    at = desk((CUT, STEPS, f"{CUT} {STEPS}"))
    plain = asked(at.assistant)
    assert (plain.answer.answer, plain.circumstances.seed) == (f"{CUT} [1]", 0)
    at.assistant.adopt(replace(settings_of(at.library.home), creativity=1.0))
    given = [asked(at.assistant) for _ in range(8)]
    assert len({done.answer.id for done in given}) == len({done.circumstances.seed for done in given}) == 8
    for done in given:
        again = asked(at.assistant, seed=done.circumstances.seed)
        assert untimed(again.answer) == untimed(done.answer)
        assert again.circumstances == done.circumstances
        assert done.circumstances.seed > 0
    assert len({asked(at.assistant, seed=seed).answer.answer for seed in range(1, 30)}) == 3
