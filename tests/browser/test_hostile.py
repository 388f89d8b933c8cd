"""Hostile text in title, heading, path, text, question and answer, in the page itself: it is never more than text.

What the texts try is in `tests.rag.ui.hostile`. Each stands in a document of its own and is what the answer says, so
that one look at the page tries many of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import pytest
from playwright.sync_api import Page, expect

from index.records import Document, Hit, Passage
from rag.records import Checked, Citation, Event, Exchange, Retrieved, Sentence, Token
from tests.browser.conftest import Visit
from tests.rag import samples
from tests.rag.ui.fake_assistant import FakeAssistant, FakeLibrary, document_of
from tests.rag.ui.hostile import GROUPS, undirected
from tests.rag.ui.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

AT_ONCE = 7  # texts in one answer
BETWEEN = " \N{MIDDLE DOT} "  # them in the question
PARTS = ":is(#welcome, #earlier, #current, #source, #shelf, #papers, #limiting)"  # where text of others can stand
FOREIGN = "script, iframe, object, embed, form, video, math, base, meta, link, style, template, marquee, x-y, sup, b"

ENDED = """words => {
  const said = document.querySelectorAll("#current .fn-turn[data-stage=done] .fn-words");
  return said.length > 0 && said[said.length - 1].textContent === words;
}"""


@dataclass(frozen=True, slots=True)
class Planted:
    """A document of which every part is a hostile text, and what is said from it."""

    text: str
    document: Document

    @property
    def quote(self) -> str:
        return f"It is said: {self.text}"


def planted(text: str) -> Planted:
    content = f"# {text}\n\nBefore that. It is said: {text}\n\nAfter that. {text}\n"
    return Planted(text, document_of(f"/papers/{text}.md", content.encode()))


class Repeater(FakeAssistant):
    """Says each text that the question holds, with a footnote to its document."""

    def __init__(self, planted: Sequence[Planted]) -> None:
        super().__init__(FakeLibrary([one.document for one in planted]))
        self._planted = {one.text: one for one in planted}

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Exchange] = (),
        documents: Collection[str] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Iterator[Event]:
        meant = [self._planted[text] for text in question.split(BETWEEN)]
        hits = tuple(_hit(rank, one) for rank, one in enumerate(meant, start=1))
        yield Retrieved(hits, standalone=question)
        sentences = tuple(_said(marker, one) for marker, one in enumerate(meant, start=1))
        for sentence in sentences:
            yield Token(f" {sentence.text}")
            yield Checked(sentence)
        yield samples.done(self._answer(question, hits, sentences), documents)


def _hit(rank: int, one: Planted) -> Hit:
    start = one.document.text.index("Before")
    passage = Passage(one.document.id, start, len(one.document.text), one.document.text[start:], one.text)
    return Hit(rank, 1.0 / rank, 0.5, 1.0, passage, one.document.path, one.document.title)


def _said(marker: int, one: Planted) -> Sentence:
    document, start = one.document, one.document.text.index(one.quote)
    citation = Citation(
        marker, document.id, document.path, document.title, None, start, start + len(one.quote), one.quote
    )
    return Sentence(one.text, "partial", 0.6, (citation,), (one.text,))


@pytest.mark.parametrize("group", GROUPS)
def test_hostile_text_is_shown_as_it_is_and_does_nothing(visit: Callable[..., Visit], group: str) -> None:
    everything = [planted(text) for text in GROUPS[group].values()]
    with serving(lambda: Repeater(everything)) as address, visit(address) as here:
        asked = 0
        for some in _by_the_handful(everything):
            here.ask(BETWEEN.join(one.text for one in some))
            expect(here.page.locator("#earlier .fn-turn")).to_have_count(asked)
            here.page.wait_for_function(
                ENDED, arg=undirected(some[-1].text)
            )  # this one: the one before may still be in its place
            here.answered()
            asked += 1
            _all_is_text(here.page, some)
            _footnotes_open(here.page, some)
        expect(here.page.locator("#earlier .fn-turn")).to_have_count(asked - 1)
        _documents_are_text(here.page, everything)
        _nothing_came_of_it(here)


def _by_the_handful(everything: Sequence[Planted]) -> Iterator[list[Planted]]:
    left = iter(everything)
    while some := list(islice(left, AT_ONCE)):
        yield some


def _all_is_text(page: Page, some: Sequence[Planted]) -> None:
    """Each sentence word for word, its reason, and one footnote each, that leads where it should and nowhere else."""
    turn = page.locator("#current .fn-turn")
    question = BETWEEN.join(one.text for one in some)
    assert (
        turn.locator(".fn-answer > .fn-note").first.evaluate("one => one.textContent")
        == f"Understood as: {undirected(question)}"
    )
    assert turn.locator(".fn-question").evaluate("one => one.textContent") == undirected(" ".join(question.split()))
    key = str(turn.get_attribute("id")).removeprefix("turn-")
    words = [undirected(one.text) for one in some]
    assert turn.locator(".fn-words").evaluate_all("all => all.map((one) => one.textContent)") == words
    reasons = turn.locator(".fn-standing").evaluate_all("all => all.map((one) => one.dataset.why)")
    assert reasons == [f"Partly supported: {text}" for text in words]
    links = turn.locator("a").evaluate_all("all => all.map((one) => one.getAttribute('href'))")
    sentences = [f"#cite-{key}-s{number}m{number + 1}" for number in range(len(some))]
    passages = [f"#cite-{key}-p{number}" for number in range(len(some))]
    assert links == [*sentences, *passages]
    assert turn.locator(".fn-prose a").all_text_contents() == [f"[{number + 1}]" for number in range(len(some))]
    titles = turn.locator(".fn-notes .fn-title").evaluate_all("all => all.map((one) => one.textContent)")
    assert titles == words


def _footnotes_open(page: Page, some: Sequence[Planted]) -> None:
    """Each footnote marks the very words; path and title of the document stand above them as text."""
    for number, one in enumerate(some):
        page.locator("#current .fn-prose a.cite").nth(number).click()
        page.wait_for_function(
            "quote => document.querySelector('#source .fn-text mark')?.textContent === quote", arg=one.quote
        )
        shown = page.evaluate(
            """() => {
                const panel = document.querySelector("#source .fn-body");
                const path = panel.querySelector(".fn-path");
                return [panel.querySelector("h2").textContent, path.title, panel.querySelector(".fn-text").textContent];
            }"""
        )
        document = one.document
        assert shown == [undirected(document.title), undirected(document.path), document.text]
        assert page.locator("#source mark").count() == 1


def _documents_are_text(page: Page, everything: Sequence[Planted]) -> None:
    """The list of documents names every one; a look at one shows its text."""
    page.get_by_role("tab", name="Documents").click()
    listed = page.locator("#papers-listed label")
    expect(listed).to_have_count(len(everything))
    labels = listed.all_text_contents()
    for one in everything:
        assert any(undirected(one.text) in undirected(label) for label in labels), one.text
    listed.last.click()
    expect(page.locator("#preview")).to_contain_text("Before that. It is said:")


def _nothing_came_of_it(here: Visit) -> None:
    assert here.page.evaluate("window.ran") is None
    assert here.page.title() == "Footnote"
    assert [url for url in here.requests if "forged" in url.partition("?")[0]] == []
    assert here.page.locator(f"{PARTS} :is({FOREIGN})").count() == 0
    assert here.page.locator(f"{PARTS} :is([onerror], [onload], [onfocus], [onmouseover], [srcdoc])").count() == 0
    assert here.page.locator(f"{PARTS} a:not([href^='#cite-']):not([href^='/export/'])").count() == 0
    expect(here.page.locator("#current .fn-turn")).to_have_count(1)
