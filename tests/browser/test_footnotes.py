"""The benchmark that clicks every footnote: on the scripted page, where all hold, and where quotes are wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from benchmarks import footnotes
from benchmarks.chromium import visited
from benchmarks.dossiers import FORMATS, write_as
from benchmarks.process import SEEDS
from index.readers import read_document
from index.records import Hit
from rag.records import Sentence
from tests.rag.ui.fake_assistant import FakeAssistant, FakeLibrary, document_of_pdf
from tests.rag.ui.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

QUESTION = "why did Russia close the mission in 2021?"


class Misquoting(FakeAssistant):
    """Cites other words than those that stand at the place it names."""

    def _sentence(self, question: str, marker: int, hit: Hit) -> Sentence:
        sentence = super()._sentence(question, marker, hit)
        return replace(sentence, citations=tuple(replace(one, quote=one.quote[1:]) for one in sentence.citations))


class CitingHeadings(FakeAssistant):
    """Cites from the middle of a heading into its section, and from the end of a section into the next heading."""

    def _sentence(self, question: str, marker: int, hit: Hit) -> Sentence:
        sentence = super()._sentence(question, marker, hit)
        document = self.library.document(hit.passage.document_id)
        heading = document.sections[-1].start
        start, end = (heading + 5, heading + 90) if marker == 1 else (heading - 40, heading + 7)
        words = document.text[start:end]
        return replace(sentence, citations=(replace(sentence.citations[0], start=start, end=end, quote=words),))


def test_every_footnote_of_the_page_is_tried(browser: Browser) -> None:
    with serving(FakeAssistant) as address:
        tally = footnotes.asked(address, "md", ["please decline", QUESTION, f"partly: {QUESTION}"], 2, browser)
    assert (tally.answered, tally.declined, tally.clicked, tally.wrong) == (2, 1, 4, [])


def test_words_that_begin_or_end_within_a_heading_are_marked_and_the_heading_stands_out(browser: Browser) -> None:
    with serving(CitingHeadings) as address:
        tally = footnotes.asked(address, "md", [QUESTION], 1, browser)
        assert (tally.answered, tally.clicked, tally.wrong) == (1, 2, [])
        with visited(browser, address, (1280, 800), "light") as page:
            page.wait_for_selector(".fn-good")
            page.fill("#question textarea", QUESTION)
            page.press("#question textarea", "Enter")
            cited = page.locator("#current .fn-prose a.cite")
            expect(cited).to_have_count(2)  # the answer is written sentence by sentence
            cited.last.click()
            expect(page.locator(".fn-text mark .fn-heading .fn-hashes")).to_have_text("## ")
            weight = "heading => getComputedStyle(heading).fontWeight"
            assert page.locator(".fn-text mark .fn-heading").evaluate(weight) == "700"
            whole = page.locator(".fn-text").get_by_role("heading", level=3).first
            expect(whole).to_be_visible()
            copied = page.locator(".fn-text").evaluate(
                "text => { getSelection().selectAllChildren(text); return getSelection().toString(); }"
            )
            assert copied.strip() == (page.locator(".fn-text").text_content() or "").strip()


def test_a_box_on_the_page_of_a_pdf_is_looked_for(browser: Browser, tmp_path: Path) -> None:
    papers = [document_of_pdf(write_as("pdf", path, tmp_path, browser)) for path in sorted(SEEDS.glob("*.md"))]
    with serving(lambda: FakeAssistant(FakeLibrary(papers))) as address:
        tally = footnotes.asked(address, "pdf", [QUESTION], 1, browser)
    assert (tally.answered, tally.clicked, tally.wrong) == (1, 2, [])


def test_other_words_than_the_quote_are_noticed(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(footnotes, "_OPEN_MILLISECONDS", 500)  # they will not come
    with serving(Misquoting) as address:
        tally = footnotes.asked(address, "md", [QUESTION], 1, browser)
    assert tally.clicked == len(tally.wrong) == 2


@pytest.mark.parametrize("form", FORMATS)
def test_a_document_says_the_same_in_every_format(browser: Browser, tmp_path: Path, form: str) -> None:
    source = SEEDS / "missions-closed.md"
    said = " ".join(source.read_text(encoding="utf-8").replace("# ", "").split())
    extract = read_document(write_as(form, source, tmp_path, browser))
    text = " ".join(extract.text.replace("# ", "").split())
    assert said[-200:] in text
    assert text.count("from 20 to 10") == said.count("from 20 to 10") > 0
