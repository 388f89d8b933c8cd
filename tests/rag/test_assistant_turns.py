"""One answer at a time, cancelled or followed from several threads; one after another, understood by what was said."""

from __future__ import annotations

import threading

import pytest

from rag import assistant
from rag.errors import Cancelled
from rag.records import Answer, Checked, Done, Event, Exchange, Retrieved
from tests.rag.desk import CUT, QUESTION, STEPS, Setting, assert_sound, follow, untimed


def test_cancelling_after_any_event_raises_and_leaves_the_assistant_ready(desk: Setting) -> None:
    at = desk(f"{CUT} {STEPS}")
    whole = list(at.assistant.ask(QUESTION))
    for last in range(len(whole) - 1):
        seen: list[Event] = []
        with pytest.raises(Cancelled):
            follow(at.assistant.ask(QUESTION, cancelled=lambda: len(seen) > last), seen.append)  # noqa: B023
        assert len(seen) == last + 1
    assert isinstance(whole[-1], Done)
    assert untimed(at.assistant.answer(QUESTION)) == untimed(whole[-1].answer)


def test_stopping_after_the_end_changes_nothing(desk: Setting) -> None:
    ended = False
    events = desk().assistant.ask(QUESTION, cancelled=lambda: ended)
    for event in events:
        ended = isinstance(event, Done)
    assert ended


def test_a_reader_who_walks_away_leaves_the_assistant_ready(desk: Setting) -> None:
    at = desk()
    events = at.assistant.ask(QUESTION)
    next(events)
    next(events)
    del events
    assert at.assistant.answer(QUESTION).answered


def test_two_readers_at_once_are_served_one_after_another(desk: Setting) -> None:
    at = desk(scripted={"Who": STEPS})
    first = at.assistant.ask(QUESTION)
    events = [next(first)]
    answers: list[Answer] = []
    second = threading.Thread(target=lambda: answers.append(at.assistant.answer("Who announced steps?")))
    second.start()
    second.join(timeout=0.1)
    assert not answers  # while the first is being read
    events.extend(first)
    second.join(timeout=20)
    assert isinstance(events[-1], Done)
    assert [sentence.text for sentence in events[-1].answer.sentences] == [CUT]
    assert [sentence.text for answer in answers for sentence in answer.sentences] == [STEPS]


def test_an_answer_may_be_followed_from_several_threads(desk: Setting) -> None:
    """As a web server does that takes each step in the next free thread of its pool."""
    at = desk()
    events = at.assistant.ask(QUESTION)
    seen: list[object] = []

    def step() -> None:
        seen.append(next(events, None))

    while not seen or seen[-1] is not None:
        thread = threading.Thread(target=step)
        thread.start()
        thread.join(timeout=20)
    assert isinstance(seen[-2], Done)
    assert at.assistant.answer(QUESTION).answered


def test_warming_loads_both_models(desk: Setting) -> None:
    at = desk()
    encoded = at.encoder.encoded
    at.assistant.warm()
    assert at.generator.warmed
    assert at.encoder.encoded > encoded


def test_other_work_waits_until_nothing_is_being_answered(desk: Setting) -> None:
    at = desk()
    events = at.assistant.ask(QUESTION)
    next(events)
    paused = threading.Thread(target=at.assistant.pause)
    paused.start()
    paused.join(timeout=0.1)
    assert paused.is_alive()
    list(events)
    paused.join(timeout=5)
    assert not paused.is_alive()


def test_a_question_can_be_limited_to_some_documents(desk: Setting) -> None:
    at = desk(f"{CUT} {STEPS}")
    (opening,) = (document.id for document in at.library.documents() if "opening" in document.path)
    answers = []
    for event in at.assistant.ask(QUESTION, documents=[opening]):
        if isinstance(event, Done):
            answers.append(event.answer)
    assert {numbered.passage.document_id for numbered in answers[0].passages} == {opening}
    assert answers[0].id != at.assistant.answer(QUESTION).id


def test_a_question_that_leans_is_looked_for_and_read_as_it_was_understood(desk: Setting) -> None:
    at = desk()
    before = Exchange("When did the liaison mission open in Moscow?", "It opened in May 2002.")
    events = list(at.assistant.ask("Where did its chief come from?", history=[before]))
    understood = "Where did the liaison mission's chief come from?"
    retrieved, done = events[0], events[-1]
    assert isinstance(retrieved, Retrieved)
    assert isinstance(done, Done)
    assert retrieved.standalone == done.answer.standalone == understood
    assert done.answer.question == "Where did its chief come from?"
    assert retrieved.hits == next(iter(at.assistant.ask(understood))).hits  # type: ignore[union-attr]
    assert any(understood in part for part in at.generator.written[-1].turns[-1].parts)


def test_a_question_that_stands_alone_is_not_changed_by_what_was_said(desk: Setting) -> None:
    at = desk()
    before = Exchange("When did the liaison mission open in Moscow?", "It opened in May 2002.")
    (*_, last) = at.assistant.ask(QUESTION, history=[before])
    assert isinstance(last, Done)
    assert untimed(last.answer) == untimed(at.assistant.answer(QUESTION))


def test_documents_that_disagree_about_a_sentence_are_both_shown_with_their_dates(desk: Setting) -> None:
    said = "The harbour office of Trieste opened in March 1911."
    first = f"---\ndate: 1950-01-02\n---\n# A note\n\n{said}\n"
    other = "# Another\n\nThe harbour office of Trieste was opened in April 1912. A storm closed it.\n"
    at = desk(said, documents={"a.md": first, "b.md": other})
    answer = at.assistant.answer("When did the harbour office open?")
    assert_sound(answer, at.library)
    (sentence,) = answer.sentences
    (dispute,) = sentence.disputed
    assert sentence.support == "supported"
    assert (dispute.words, dispute.instead) == ("March 1911", "April 1912")
    assert dispute.citation.quote == "The harbour office of Trieste was opened in April 1912."
    assert (dispute.cited_date, dispute.date) == (at.library.document(sentence.citations[0].document_id).date, None)
    assert dispute.citation.marker in {passage.marker for passage in answer.passages}
    assert f"[{dispute.citation.marker}]" not in answer.answer


def test_documents_that_disagree_are_told_when_they_have_just_been_removed(desk: Setting) -> None:
    said = "The harbour office of Trieste opened in March 1911."
    other = "# Another\n\nThe harbour office of Trieste was opened in April 1912. A storm closed it.\n"
    at = desk(said, documents={"1950-01-02-a.md": f"# A note\n\n{said}\n", "b.md": other})

    def remove_all(event: Event) -> Event:
        if isinstance(event, Checked):
            at.library.remove([document.id for document in at.library.documents()])
        return event

    *_, last = (remove_all(event) for event in at.assistant.ask("When did the harbour office open?"))
    assert isinstance(last, Done)
    (dispute,) = last.answer.sentences[0].disputed
    assert (dispute.cited_date, dispute.date, dispute.instead) == ("1950-01-02", None, "April 1912")


def test_documents_that_agree_are_no_dispute(desk: Setting) -> None:
    sentences = desk(f"{CUT} {STEPS}").assistant.answer(QUESTION).sentences
    assert [(sentence.text, sentence.disputed) for sentence in sentences] == [(CUT, ()), (STEPS, ())]


def test_memory_is_given_back_behind_every_whole_answer(desk: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[str] = []
    monkeypatch.setattr(assistant, "give_back", lambda: given.append("back"))
    at = desk(f"{CUT} {STEPS}").assistant
    for event in at.ask(QUESTION):
        assert given == [], event  # nobody waits for it
    assert given == ["back"]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Wann wurde das Rathaus von Bonn gebaut?", "Die Dokumente sagen dazu nichts."),
        ("Когда построили ратушу в Бонне?", "В документах об этом ничего не сказано."),
        ("When was the town hall of Bonn built?", "The documents do not say."),
    ],
)
def test_a_refusal_is_in_the_language_of_the_question(desk: Setting, question: str, answer: str) -> None:
    assert desk(yes=0.01).assistant.answer(question).answer == answer


def test_a_question_too_long_to_be_read_is_no_history_to_lean_on(desk: Setting) -> None:
    at = desk()
    before = Exchange("When did the liaison mission open in Moscow?", "It opened in May 2002.")
    unread = Exchange(f"When did the {' ' * 30_000} harbour office close?", "")
    *_, last = at.assistant.ask("Why?", history=[before, unread])
    assert isinstance(last, Done)
    assert last.answer.standalone == "Why did the liaison mission open in Moscow?"


def test_a_question_that_would_be_understood_as_one_too_long_is_read_as_it_was_asked(desk: Setting) -> None:
    long = f"Which {'harbour ' * 247}office closed?"
    *_, last = desk().assistant.ask("And for good?", history=[Exchange(long, "")])
    assert isinstance(last, Done)
    assert last.answer.standalone == ""


def test_a_question_stopped_while_it_waited_searches_for_nothing(desk: Setting) -> None:
    at = desk()
    encoded = at.encoder.encoded
    with pytest.raises(Cancelled):
        next(iter(at.assistant.ask(QUESTION, cancelled=lambda: True)))
    assert at.encoder.encoded == encoded
