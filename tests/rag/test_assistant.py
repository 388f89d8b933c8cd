"""The whole story of a question on a real library, with a model whose words are written here.

What must hold of every answer is in `assert_sound`; the rest is when to answer, when to decline and when to fail.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from index.errors import EncoderError
from index.library import Library
from rag import prompt
from rag.assistant import Assistant
from rag.errors import ModelError, QuestionError
from rag.forms import answer_form
from rag.records import Checked, Done, Event, Reading, Retrieved, Token
from tests.fakes import HashingEncoder, ScriptedGenerator
from tests.rag.desk import (
    BY_SCRIPT,
    BY_STATE,
    CUT,
    ECHO,
    INVENTED,
    OPENED,
    QUESTION,
    STEPS,
    TEMPLATES,
    Setting,
    assert_sound,
    follow,
    settings_of,
    untimed,
)


@pytest.mark.parametrize(
    "says",
    [
        pytest.param(CUT, id="copied"),
        pytest.param(f"{CUT} {STEPS} {CUT}", id="repeats itself"),
        pytest.param("NATO cut the mission from 20 to 10 and Lavrov announced three steps.", id="two sources"),
        pytest.param(f"{OPENED} {CUT} {STEPS}", id="two documents"),
        pytest.param(f"{CUT} {INVENTED}", id="one sentence invented"),
        pytest.param("NATO cut [12] the mission [1, 2] from 20 (passage 3) to 10 [[4]5].", id="markers of its own"),
        pytest.param(f"Three things:\n1. {CUT}\n2. {STEPS}\n- And so on.", id="list"),
        pytest.param("20 to 10", id="a phrase"),
        pytest.param("НАТО сократило миссию с 20 до 10 человек.", id="another language"),
        pytest.param(f"<think>{INVENTED}</think>{CUT}", id="thinks first"),
    ],
)
def test_every_answer_is_sound(desk: Setting, says: str) -> None:
    at = desk(says)
    assert_sound(at.assistant.answer(QUESTION), at.library)


def test_a_copied_sentence_is_supported_and_cited_from_its_document(desk: Setting) -> None:
    at = desk(CUT)
    answer = at.assistant.answer(QUESTION)
    (sentence,) = answer.sentences
    assert answer.answered
    assert sentence.support == "supported"
    (citation,) = sentence.citations
    assert Path(citation.path).name == "closing.md"
    assert citation.quote == CUT
    assert answer.answer == f"{CUT} [1]"


def test_a_change_without_its_figures_is_told_with_the_sentence_that_has_them(desk: Setting) -> None:
    at = desk("The ambassador called the cut of the Russian mission regrettable.")
    events = list(at.assistant.ask(QUESTION))
    assert isinstance(events[-1], Done)
    answer = events[-1].answer
    assert_sound(answer, at.library)
    assert [sentence.text for sentence in answer.sentences][1:] == [f"“{CUT}”"]
    assert [event.sentence for event in events if isinstance(event, Checked)] == list(answer.sentences)


def test_the_year_that_only_the_question_gives_makes_a_sentence_partial(desk: Setting) -> None:
    at = desk(CUT.replace("October 6", "October 6, 2021"))
    (sentence,) = at.assistant.answer(QUESTION).sentences
    assert sentence.support == "partial"
    assert any("2021" in reason and "question" in reason for reason in sentence.reasons)


def test_an_invented_sentence_between_others_is_told_apart(desk: Setting) -> None:
    answer = desk(f"{CUT} {INVENTED} {STEPS}").assistant.answer(QUESTION)
    assert [sentence.support for sentence in answer.sentences] == ["supported", "unsupported", "supported"]
    assert any("Merkel" in reason for reason in answer.sentences[1].reasons)


def test_unsupported_sentences_are_left_out_where_that_is_wished(desk: Setting) -> None:
    at = desk(f"{INVENTED} {CUT} {STEPS}")
    shown = at.assistant.answer(QUESTION)
    at.assistant.adopt(replace(settings_of(at.library.home), show_unsupported=False))
    *between, last = at.assistant.ask(QUESTION)
    assert isinstance(last, Done)
    answer = last.answer
    assert [sentence.text for sentence in answer.sentences] == [CUT, STEPS]
    assert tuple(event.sentence for event in between if isinstance(event, Checked)) == answer.sentences
    assert (shown.left_out, answer.left_out) == (0, 1)
    assert answer.confidence == shown.confidence
    assert answer.id != shown.id
    assert_sound(answer, at.library)


def test_nothing_is_left_of_an_answer_that_is_unsupported_throughout(desk: Setting) -> None:
    at = desk(INVENTED)
    at.assistant.adopt(replace(settings_of(at.library.home), show_unsupported=False, threshold=0.0))
    answer = at.assistant.answer(QUESTION)
    assert not answer.answered
    assert_sound(answer, at.library)


def test_a_sentence_that_repeats_the_question_is_less_sure(desk: Setting) -> None:
    says = "NATO announced a cut of the Russian mission because of penguins."
    at = desk(says)
    scores = []
    for question in ("What has to do with penguins?", "Why was a cut of the Russian mission announced by NATO?"):
        events = at.assistant.ask(question)
        scores.append(next(event.sentence.score for event in events if isinstance(event, Checked)))
    assert scores[0] > scores[1]


def test_events_come_in_order_and_tell_what_the_answer_holds(desk: Setting) -> None:
    says = f"{CUT} {STEPS}"
    at = desk(says)
    first, *between, last = at.assistant.ask(QUESTION)
    assert isinstance(first, Retrieved)
    assert isinstance(last, Done)
    assert not any(isinstance(event, Retrieved | Done) for event in between)
    assert "".join(event.text for event in between if isinstance(event, Token)) == says
    assert tuple(event.sentence for event in between if isinstance(event, Checked)) == last.answer.sentences
    assert {numbered.passage.id for numbered in last.answer.passages} == {hit.passage.id for hit in first.hits}
    kinds = [type(event) for event in between]
    assert kinds.index(Reading) < kinds.index(Token) < kinds.index(Checked) < len(kinds) - kinds[::-1].index(Token)
    assert all(0 <= event.done <= event.total for event in between if isinstance(event, Reading))


def test_the_clock(desk: Setting) -> None:
    timing = desk(CUT).assistant.answer(QUESTION).timing
    assert 0 < timing.retrieve_s <= timing.first_token_s <= timing.total_s
    assert timing.prompt_tokens > 0
    assert timing.answer_tokens == -(-len(CUT) // ScriptedGenerator.PIECE)


@pytest.mark.parametrize(
    ("says", "yes", "wrote"),
    [
        pytest.param(CUT, 0.01, False, id="hopeless before writing"),
        pytest.param(f"{OPENED} {CUT}", 0.3, True, id="below the threshold"),
        pytest.param(INVENTED, 0.99, True, id="nothing that holds"),
        pytest.param(ECHO, 0.99, True, id="nothing but the question"),
        pytest.param("", 0.99, True, id="the model says nothing"),
        pytest.param("<think>Let me", 0.99, True, id="nothing but a thought"),
    ],
)
def test_declining_has_no_sentences_and_keeps_the_passages(desk: Setting, says: str, yes: float, wrote: bool) -> None:
    at = desk(says, yes=yes)
    answer = at.assistant.answer(QUESTION)
    assert not answer.answered
    assert_sound(answer, at.library)
    found = [hit.passage for hit in at.library.search(QUESTION)]
    for read in (numbered.passage for numbered in answer.passages):
        assert any(
            read.document_id == hit.document_id and hit.start <= read.start < read.end <= hit.end for hit in found
        )
    assert answer.passages
    assert bool(at.generator.written) is wrote


@pytest.mark.parametrize(
    ("question", "told"),
    [
        pytest.param("What did NATO cut to 10 people on October 9?", [("9", "6")], id="a number"),
        pytest.param("What did NATO cut to 10 people on October 6?", [], id="what stands there"),
        pytest.param("What mission opened in Riga in May 2002?", [], id="a name, of which it is less sure"),
    ],
)
def test_what_the_documents_tell_about_instead_is_told_with_its_passage(
    desk: Setting, question: str, told: list[tuple[str, str]]
) -> None:
    at = desk(OPENED if "opened" in question else CUT, yes=0.99)
    answer = at.assistant.answer(question)
    assert [(one.words, one.instead) for one in answer.instead] == told
    assert not (answer.answered and answer.instead)
    for one in answer.instead:
        (holder,) = [numbered for numbered in answer.passages if numbered.marker == one.citation.marker]
        assert one.citation.quote in holder.passage.text
        assert at.library.document(one.citation.document_id).text[one.citation.start :].startswith(one.citation.quote)


def test_an_empty_library_declines_without_asking_the_model(desk: Setting) -> None:
    at = desk(documents={})
    first, last = at.assistant.ask(QUESTION)
    assert first == Retrieved(())
    assert isinstance(last, Done)
    assert not last.answer.answered
    assert last.answer.passages == ()
    assert at.generator.prompts == []
    assert_sound(last.answer, at.library)


def test_a_fault_of_the_model_is_raised_and_never_a_refusal(desk: Setting) -> None:
    at = desk(ModelError("the model failed; ask again"))
    with pytest.raises(ModelError, match="ask again"):
        at.assistant.answer(QUESTION)


def test_a_fault_of_the_encoder_while_checking_is_raised(desk: Setting) -> None:
    at = desk()

    def fails_while_writing(event: Event) -> None:
        at.encoder.failing = isinstance(event, Token)

    with pytest.raises(EncoderError):
        follow(at.assistant.ask(QUESTION), fails_while_writing)


def test_a_question_without_words_is_refused_before_anything_is_looked_for(desk: Setting) -> None:
    at = desk()
    at.encoder.failing = True
    with pytest.raises(QuestionError):
        at.assistant.answer(" \x00 ")
    assert at.generator.prompts == []


def test_the_same_question_gives_the_same_bytes(desk: Setting, home: Path) -> None:
    at = desk(f"{CUT} {INVENTED} {STEPS}", scripted={"Who": STEPS})
    first = at.assistant.answer(QUESTION)
    at.assistant.answer("Who announced steps?")
    again = at.assistant.answer(f"  {QUESTION}\n")
    assert untimed(again) == untimed(first)
    at.library.close()
    settings = settings_of(home)
    encoder = HashingEncoder()
    reopened = Assistant(Library(settings.index, encoder), encoder, at.generator, TEMPLATES, BY_SCRIPT, settings)
    form, form_again = answer_form(first), answer_form(reopened.answer(QUESTION))
    assert form.pop("timing").keys() == form_again.pop("timing").keys()
    assert form == form_again


def test_nothing_but_what_is_written_is_drawn(desk: Setting) -> None:
    at = desk()
    plain = at.assistant.answer(QUESTION)
    at.assistant.adopt(replace(settings_of(at.library.home), creativity=1.0))
    assert replace(untimed(at.assistant.answer(QUESTION)), id="") == replace(untimed(plain), id="")


def test_a_thought_reaches_neither_the_answer_nor_a_checked_sentence(desk: Setting) -> None:
    at = desk(f"<think>Was it Merkel? Perhaps.</think>\n\n{CUT}")
    *events, last = at.assistant.ask(QUESTION)
    assert isinstance(last, Done)
    assert [event.sentence.text for event in events if isinstance(event, Checked)] == [CUT]
    assert "Merkel" not in repr(last.answer)


def test_a_model_that_goes_round_in_circles_is_stopped(desk: Setting) -> None:
    says = f"{CUT} {STEPS} " * 10
    *events, last = desk(says).assistant.ask(QUESTION)
    assert isinstance(last, Done)
    assert [sentence.text for sentence in last.answer.sentences] == [CUT, STEPS]
    assert sum(len(event.text) for event in events if isinstance(event, Token)) < len(says) / 2


def test_a_sentence_that_was_cut_short_is_left_out(desk: Setting) -> None:
    at = desk(f"{CUT} {STEPS}", answer_tokens=len(CUT) // ScriptedGenerator.PIECE + 5)
    assert [sentence.text for sentence in at.assistant.answer(QUESTION).sentences] == [CUT]


def test_brackets_and_control_tokens_in_documents_do_not_become_markers(desk: Setting) -> None:
    text = "The harbour office [12] opened in 1911 [3]. <|im_end|> It employed 40 clerks {title} 【4】 [1]."
    at = desk("The harbour office [12] opened in 1911 [3]. It employed 40 clerks.", documents={"office.txt": text})
    answer = at.assistant.answer("When did the harbour office open?")
    assert_sound(answer, at.library)
    assert answer.answered
    assert any("[12]" in citation.quote for sentence in answer.sentences for citation in sentence.citations)


def test_a_model_whose_states_were_studied_is_not_asked_whether_the_passages_answer(desk: Setting) -> None:
    at = desk(calibration=BY_STATE)
    answer = at.assistant.answer(QUESTION)
    assert answer.answered
    judged = [asked for asked in at.generator.prompts if TEMPLATES.texts["answerable"] in asked.turns[-1].parts[-1]]
    assert judged == []


@pytest.mark.parametrize("weight", [None, 1.0, -1.0])
def test_how_probable_the_passages_make_the_question_is_read_where_it_counts(
    desk: Setting, weight: float | None
) -> None:
    weighed = {} if weight is None else {"pmi": weight}
    at = desk(calibration=replace(BY_STATE, answer={"intercept": 0.0, **weighed}))
    answer = at.assistant.answer(QUESTION)
    without = prompt.answering(QUESTION, (), TEMPLATES)
    alone = [asked for asked in at.generator.prompts if asked == without]
    assert len(alone) == (weight is not None)
    expected = 0.5 if weight is None else float(weight > 0)
    assert answer.confidence == pytest.approx(expected, abs=0.49)
    assert (answer.confidence == 0.5) is (weight is None)


@pytest.mark.parametrize(("yes", "answered"), [(0.99, True), (0.01, False)])
def test_a_state_that_tells_of_nothing_ends_in_a_refusal_before_anything_is_written(
    desk: Setting, yes: float, answered: bool
) -> None:
    at = desk(yes=yes, calibration=BY_STATE)
    assert at.assistant.answer(QUESTION).answered is answered
    assert bool(at.generator.written) is answered


def test_no_is_said_with_the_words_that_say_otherwise_and_the_model_is_not_asked(desk: Setting) -> None:
    at = desk()
    answer = at.assistant.answer("Did NATO cut the Russian mission from 30 to 10 people?")
    assert at.generator.written == []
    (sentence,) = answer.sentences
    (citation,) = sentence.citations
    assert "from 20 to 10" in citation.quote
    assert answer.answer == f"No: “{citation.quote}” [1]"


def test_a_yes_that_its_own_source_speaks_against_gives_way_to_that(desk: Setting) -> None:
    question = "Did the alliance shrink the delegation of Russia?"
    at = desk("Yes, NATO cut the Russian mission from 30 to 10 people. It was late.")
    *events, _ = at.assistant.ask(question)
    answer = at.assistant.answer(question)
    assert answer.answer.startswith("No: “")
    assert "from 20 to 10" in answer.sentences[0].citations[0].quote
    assert len(answer.sentences) == 1
    assert any(isinstance(event, Token) for event in events)


@pytest.mark.parametrize(
    ("read", "question", "opening"),
    [
        pytest.param(0.999, "Did NATO cut the Russian mission?", "", id="the passages speak for it"),
        pytest.param(0.9, "Did NATO cut the Russian mission?", "No,", id="the passages speak against it"),
        pytest.param(0.9, "Why did NATO cut the Russian mission?", "", id="no yes-or-no question"),
    ],
)
def test_an_answer_begins_with_no_where_the_passages_make_a_yes_less_probable(
    desk: Setting, read: float, question: str, opening: str
) -> None:
    at = desk(yes={"from 20 to 10": read}, calibration=replace(BY_STATE, no_below=0.3))
    answer = at.assistant.answer(question)
    assert [asked.opening for asked in at.generator.written] == [opening]
    assert answer.answer.startswith(opening or "On October 6")
