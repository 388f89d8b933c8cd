"""Turns: events fold into what is shown, and links point only at what an event named."""

from __future__ import annotations

import pytest

from rag.records import Checked, Done, Exchange, Reading, Retrieved, Sentence, Token
from rag.turns import Turn, history, key_of
from tests.rag import samples
from tests.rag.ui.fake_assistant import FakeAssistant

KEY = "0123abcd"
QUESTION = "why did Russia close the mission in 2021?"


def turn_after(question: str = QUESTION) -> list[Turn]:
    """Every state of a turn, from the question to its end."""
    states = [Turn(key=KEY, question=question)]
    for event in FakeAssistant().ask(question):
        states.append(states[-1].after(event))
    return states


def test_stages_come_in_order_and_end_in_done() -> None:
    stages = list(dict.fromkeys(state.stage for state in turn_after()))
    assert stages == ["waiting", "reading", "writing", "done"]


def test_the_next_part_of_a_question_is_read_behind_what_was_told_of_the_first() -> None:
    sentence = Sentence("It closed.", "supported", 0.9, ())
    turn = Turn(key=KEY, question=QUESTION).after(Checked(sentence)).after(Reading(64, 400))
    assert (turn.stage, turn.sentences) == ("reading", (sentence,))


def test_nothing_that_was_written_is_lost_or_doubled_while_sentences_are_checked() -> None:
    written = ""
    turn = Turn(key=KEY, question=QUESTION)
    for event in FakeAssistant().ask(QUESTION):
        turn = turn.after(event)
        if isinstance(event, Token):
            written += event.text
        if isinstance(event, Token | Checked):
            shown = " ".join([*(sentence.text for sentence in turn.sentences), turn.draft])
            assert shown.split() == written.split()


@pytest.mark.parametrize(
    ("draft", "sentence", "rest"),
    [
        pytest.param("It closed. Then", "It closed.", " Then", id="plain"),
        pytest.param("It  closed.\n\nThen", "It closed.", "\n\nThen", id="white space"),
        pytest.param("It **closed** [1]. Then", "It closed.", " Then", id="emphasis and marker taken out"),
        pytest.param("It [2] closed in 12 [1]. Then", "It closed in 12.", " Then", id="markers between and behind"),
        pytest.param("(It) It closed. Then", "It closed.", " Then", id="its first word stands before it, too"),
        pytest.param("[1] 1 May 2 it was. Then", "1 May 2 it was.", " Then", id="a marker like its first word"),
        pytest.param("It closed", "…", "It closed", id="a sentence without words"),
        pytest.param("It soon closed.", "It closed.", "", id="another word between"),
        pytest.param("Something else", "It closed.", "", id="not found: nothing is shown twice"),
    ],
)
def test_the_draft_keeps_what_comes_after_the_checked_sentence(draft: str, sentence: str, rest: str) -> None:
    checked = Checked(Sentence(sentence, "supported", 0.9, ()))
    assert Turn(key=KEY, question=QUESTION, draft=draft).after(checked).draft == rest


@pytest.mark.timeout(20)
@pytest.mark.parametrize("word", ["1", "a", "11 1", "1 a"])
def test_digits_that_do_not_match_are_soon_given_up(word: str) -> None:
    checked = Checked(Sentence(f"{word} " * 600 + "end.", "supported", 0.9, ()))
    assert Turn(key=KEY, question=QUESTION, draft=f"{word} " * 600 + "other.").after(checked).draft == ""


def test_every_citation_link_points_at_the_words_it_quotes() -> None:
    turn = turn_after()[-1]
    library = FakeAssistant().library
    for number, sentence in enumerate(turn.sentences):
        for citation in sentence.citations:
            source = turn.source(turn.citation_reference(number, citation.marker))
            assert source is not None
            assert (citation.start, citation.end) in source.spans
            text = library.document(source.document_id).text
            assert tuple(text[start:end] for start, end in source.spans) == source.quotes


@pytest.mark.parametrize("stage", ["before the answer", "after the answer"])
def test_every_passage_shown_can_be_opened(stage: str) -> None:
    states = turn_after()
    turn = states[-1] if stage == "after the answer" else next(state for state in states if state.hits)
    assert turn.shown_hits
    for place, hit in enumerate(turn.shown_hits):
        source = turn.source(turn.passage_reference(place))
        assert source is not None
        assert source.quotes == (hit.passage.text,)


@pytest.mark.parametrize(
    "reference",
    [
        pytest.param(f"cite-{KEY}-p4", id="a passage too many"),
        pytest.param(f"cite-{KEY}-s9m1", id="a sentence too many"),
        pytest.param(f"cite-{KEY}-s0m9", id="a marker that the sentence has not"),
        pytest.param("cite-ffff-p0", id="another turn"),
        pytest.param("cite-../../etc/passwd-p0", id="a path"),
        pytest.param("", id="nothing"),
    ],
)
def test_a_link_that_was_not_shown_points_at_nothing(reference: str) -> None:
    assert turn_after()[-1].source(reference) is None


def test_the_key_is_read_from_a_reference_and_from_nothing_else() -> None:
    assert key_of(Turn(key=KEY, question="").passage_reference(3)) == KEY
    assert key_of("#cite-0-p0") is None


def test_a_declined_answer_keeps_its_passages() -> None:
    turn = turn_after("please decline")[-1]
    assert turn.stage == "done"
    assert turn.sentences == ()
    assert turn.shown_hits


def test_stopping_keeps_what_is_there() -> None:
    states = [state for state in turn_after() if state.draft and state.sentences]
    stopped = states[0].stopped()
    assert (stopped.sentences, stopped.draft, stopped.finished) == (states[0].sentences, states[0].draft, True)


def test_done_is_the_answer_itself() -> None:
    done = [event for event in FakeAssistant().ask(QUESTION) if isinstance(event, Done)][-1]
    assert turn_after()[-1].answer == done.answer


def test_hits_before_the_answer_are_in_order_of_rank() -> None:
    retrieved = next(event for event in FakeAssistant().ask(QUESTION) if isinstance(event, Retrieved))
    assert Turn(key=KEY, question=QUESTION).after(retrieved).shown_hits == retrieved.hits


def test_how_a_question_was_understood_is_kept_and_what_comes_next_leans_on_that() -> None:
    understood = "Why did Russia close the mission?"
    turn = Turn(key=KEY, question="Why?").after(Retrieved((), standalone=understood))
    assert turn.standalone == understood
    assert turn.exchange == Exchange(understood, "")
    done = turn_after()[-1]
    assert done.exchange.question == QUESTION
    assert done.exchange.answer == " ".join(sentence.text for sentence in done.sentences) != ""


def test_a_link_to_what_another_document_says_opens_it() -> None:
    turn = Turn(key=KEY, question=QUESTION).after(Checked(samples.DISPUTED))
    source = turn.source(turn.citation_reference(0, 2))
    assert source is not None
    assert source.quotes == (samples.DISPUTED.disputed[0].citation.quote,)
    assert turn.source(turn.citation_reference(0, 3)) is None


def test_what_ended_in_a_fault_is_no_history() -> None:
    asked, failed = Turn(key="a", question=QUESTION), Turn(key="b", question="long " * 1000).failed("too long")
    assert history([asked, failed, asked.stopped()]) == [Exchange(QUESTION, ""), Exchange(QUESTION, "")]
