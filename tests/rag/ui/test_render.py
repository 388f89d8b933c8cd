"""Rendering: signs for every standing, a link for every footnote, and no text that becomes markup."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from index.records import Hit, Page, Passage
from rag.records import Citation, Done, NumberedPassage, Reading, Retrieved, Sentence, Support
from rag.turns import Turn
from rag.ui import render
from tests.rag import samples
from tests.rag.ui.fake_assistant import FakeAssistant, FakeLibrary
from tests.rag.ui.hostile import HOSTILE, undirected

QUESTION = "why did Russia close the mission in 2021?"
TAGS = {
    "a", "article", "button", "code", "details", "div", "h1", "h2", "input", "label", "li", "mark", "meter",
    "ol", "p", "pre", "progress", "section", "span", "strong", "summary",
}  # fmt: skip
ATTRIBUTES = {
    "aria-hidden", "aria-label", "aria-level", "aria-pressed", "class", "data-act", "data-stage", "data-why", "dir",
    "hidden", "high", "href", "id", "low", "max", "maxlength", "min", "optimum", "role", "tabindex", "title", "type",
    "value",
}  # fmt: skip


class Markup(HTMLParser):
    """Reads HTML as a browser would: its tags, attributes, links, text, and the text of its marks."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.text = ""
        self.marks: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == [], "every tag is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]
        if tag not in ("input", "br"):  # which are never closed
            self._open.append(tag)
        if tag == "mark":
            self.marks.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, "tags are nested"

    def handle_data(self, data: str) -> None:
        self.text += data
        if "mark" in self._open:
            self.marks[-1] += data


def done(question: str = QUESTION, assistant: FakeAssistant | None = None) -> Turn:
    turn = Turn(key="k", question=question)
    for event in (assistant or FakeAssistant()).ask(question):
        turn = turn.after(event)
    return turn


def hostile_turns(text: str) -> list[Turn]:
    """Turns in every stage with `text` wherever text of others can stand."""
    passage = Passage("d" * 64, 0, len(text), text, heading=text)
    hit = Hit(1, 1.0, 1.0, 1.0, passage, path=text, title=text, pages=(Page(3, 0, len(text)),))
    citation = Citation(1, passage.document_id, text, text, 3, 0, len(text), text)
    sentence = Sentence(text, "partial", 0.5, (citation,), reasons=(text,))
    answer = replace(
        [event for event in FakeAssistant().ask(QUESTION) if isinstance(event, Done)][-1].answer,
        answer=text,
        sentences=(sentence,),
        passages=(NumberedPassage(1, hit), NumberedPassage(2, hit)),
    )
    turn = Turn(key="k", question=text, hits=(hit,), sentences=(sentence,), draft=text)
    return [
        replace(turn, stage="waiting"),
        replace(turn, stage="writing"),
        replace(turn, stage="done", answer=answer),
        replace(turn, stage="done", answer=replace(answer, answered=False, sentences=()), sentences=()),
        turn.stopped(),
        turn.failed(text),
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_markup(text: str) -> None:
    for turn in hostile_turns(text):
        markup = Markup(render.turn_html(turn))
        assert markup.tags <= TAGS
        assert markup.attributes <= ATTRIBUTES
        assert all(link.startswith("#cite-k-") for link in markup.links)
        assert " ".join(undirected(text).split()) in " ".join(markup.text.split())


def test_direction_overrides_do_not_leave_their_place() -> None:
    assert "\u202e" not in render.turn_html(Turn(key="k", question="a\u202eb"))


@pytest.mark.parametrize("support", ["supported", "partial", "unsupported"])
def test_a_standing_is_told_by_sign_and_words_besides_colour(support: Support) -> None:
    sentence = Sentence("It closed.", support, 0.5, (), reasons=("the figure 25 does not stand there",))
    markup = render.turn_html(Turn(key="k", question="?", stage="writing", sentences=(sentence,)))
    words = {"supported": "Supported", "partial": "Partly supported", "unsupported": "Not supported"}[support]
    assert f'aria-label="{words}: the figure 25 does not stand there"' in markup
    every: tuple[Support, ...] = ("supported", "partial", "unsupported")
    shown = {
        other: Markup(render.turn_html(Turn("k", "?", "writing", sentences=(replace(sentence, support=other),)))).text
        for other in every
    }
    assert len(set(shown.values())) == 3, "each has a sign of its own"


def test_the_documents_that_an_answer_rests_on_are_told_at_a_glance() -> None:
    turn = done()
    html = render.turn_html(turn)
    assert turn.answer is not None
    titles = {citation.title for sentence in turn.sentences for citation in sentence.citations}
    line = Markup(html.partition('<p class="fn-rests')[2].partition(">")[2].partition("</p>")[0]).text
    assert line.startswith("Rests on ")
    assert all(title in line for title in titles)
    assert line.count("sentence") == len({c.document_id for s in turn.sentences for c in s.citations})


@pytest.mark.parametrize(("confidence", "cautious"), [(0.2, True), (0.9, False)])
def test_an_answer_more_likely_wrong_than_right_says_so(confidence: float, cautious: bool) -> None:
    turn = done()
    assert turn.answer is not None
    turn = replace(turn, answer=replace(turn.answer, confidence=confidence))
    assert ("Not sure: fewer than half" in Markup(render.turn_html(turn)).text) is cautious


def test_every_passage_tells_how_well_it_fits() -> None:
    turn = done()
    text = Markup(render.turn_html(turn)).text
    assert all(f"fit {hit.score:.2f}" in text for hit in turn.shown_hits)


def test_a_judgement_that_was_kept_is_shown() -> None:
    html = render.turn_html(done().remarked(False, 'the "year" <b>'))
    assert 'data-act="dislike" aria-pressed="true"' in html
    assert 'data-act="like" aria-pressed="false"' in html
    assert 'value="the &quot;year&quot; &lt;b&gt;"' in html


def test_a_sentence_without_a_claim_carries_no_verdict() -> None:
    sentence = Sentence("Here is what the documents say.", "supported", 1.0, (), claim=False)
    assert "fn-standing" not in render.turn_html(Turn("k", "?", "writing", sentences=(sentence,)))


def test_one_link_for_each_marker_of_a_sentence() -> None:
    turn = done()
    expected = sum(len(sentence.markers) for sentence in turn.sentences)
    links = Markup(render.turn_html(turn)).links
    assert len([link for link in links if "-s" in link]) == expected > 0


def test_every_link_of_a_turn_opens_something() -> None:
    turn = done()
    for link in Markup(render.turn_html(turn)).links:
        assert turn.source(link.removeprefix("#")) is not None


def test_the_year_that_the_documents_tell_about_instead_is_shown_with_its_passage() -> None:
    (told,) = samples.ANOTHER_YEAR.instead
    hostile = replace(told, instead="<b>1911</b>", citation=replace(told.citation, title="<script>"))
    turn = (
        Turn("k", "?")
        .after(Retrieved(samples.HITS))
        .after(samples.done(replace(samples.ANOTHER_YEAR, instead=(hostile,))))
    )
    shown = Markup(render.turn_html(turn))
    assert f"They say “<b>1911</b>”, not “1910”: “{told.citation.quote}” (<script>)" in shown.text
    assert shown.tags <= TAGS
    source = turn.source(shown.links[0].removeprefix("#"))
    assert source is not None
    assert source.document_id == told.citation.document_id
    assert any(start <= told.citation.start < told.citation.end <= end for start, end in source.spans)


def test_reading_shows_how_far_it_is_and_the_time_left_once_that_is_known() -> None:
    turn = Turn("k", "?").after(Retrieved(samples.HITS))
    for reading, words in ((Reading(0, 400), "Reading 2 passages"), (Reading(200, 400, 50.0), "about 4 s left")):
        shown = render.turn_html(turn.after(reading))
        assert words in shown
        assert f'<progress max="400" value="{reading.done}"' in shown
        assert (" about " in shown) is bool(reading.rate)


def test_a_second_answer_is_waited_for_in_other_words_than_the_first() -> None:
    for done, reads in ((300, True), (400, False)):  # then it writes
        reading = Reading(done, 400, 50.0, again=True)
        shown = render.turn_html(Turn("k", "?").after(Retrieved(samples.HITS)).after(reading))
        assert "Not sure yet: looking once more" in shown
        assert ("<progress" in shown) is ("about 2 s left" in shown) is reads


def test_a_declined_answer_and_a_fault_look_different() -> None:
    declined = render.turn_html(done("please decline"))
    fault = render.turn_html(Turn("k", "?").failed("the model file is gone"))
    assert "fn-declined" in declined
    assert "fn-fault" not in declined
    assert 'role="alert"' in fault
    assert "fn-declined" not in fault


def test_a_very_long_question_is_shown_clipped() -> None:
    html = render.turn_html(Turn("k", "word " * 20_000))
    assert len(html) < 2_000


def test_the_header_says_in_words_what_is_going_on() -> None:
    texts = {
        state: Markup(render.header(state, "the disk is full" if state == "fault" else "", [])).text
        for state in ("opening", "warming", "ready", "fault")
    }
    assert len(set(texts.values())) == 4
    assert "the disk is full" in texts["fault"]


def test_an_empty_library_says_how_to_add_documents() -> None:
    assert "footnote add" in render.welcome([])
    assert "footnote add" not in render.welcome(FakeLibrary.of_seeds().documents())


def test_how_a_question_was_understood_stands_above_its_answer() -> None:
    turn = Turn(key="0a", question="Why?", stage="reading", standalone="Why <b>now</b>?")
    html = render.turn_html(turn)
    assert html.index("Understood as: Why &lt;b&gt;now&lt;/b&gt;?") < html.index("Reading")
    assert "Understood as" not in render.turn_html(replace(turn, standalone=""))


def test_documents_that_disagree_are_named_with_a_link_that_opens_the_other() -> None:
    turn = Turn(key="0a", question="When?").after(samples.done(samples.answer(samples.DISPUTED)))
    markup = Markup(render.turn_html(turn))
    assert "but “1954” in The harbour office (1960-01-31)" in markup.text
    reference = turn.citation_reference(0, 2)
    assert f"#{reference}" in markup.links
    assert turn.source(reference) is not None
    assert markup.attributes <= ATTRIBUTES
