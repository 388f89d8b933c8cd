"""The page of an evaluation: nothing in it runs or is fetched, whatever documents say, and every failure is there."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from html.parser import HTMLParser

import pytest

from index.records import Document
from rag.evaluation.comparison import compare
from rag.evaluation.report import Report, report_form, report_of
from rag.reports.page import page
from tests.rag.evaluation.recorded import CUT, TEXT, citation, gold, passage, record, span

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'>&lt; \u202egnp"
ELEMENTS = {"script", "link", "iframe", "object", "embed", "form", "base", "img", "video", "audio", "input", "button"}


class Page(HTMLParser):
    """The elements and attributes of a page, and its text."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data


@cache
def report(words: str = "") -> Report:
    """A wrong answer, a refusal that had been written, an invention, a right one, all with `words` in them."""
    rights = [
        record(f"Sold {words} [1].", gold([f"cut {words}"], spans=[span(*CUT)]), [citation(*CUT)]),
        record(f"Cut {words} [1].", gold(["cut"], spans=[span(0, 27)]), [citation(*CUT)], confidence=0.3),
        record(f"Nobody {words} [1].", gold([]), [citation(64, 85)], support="unsupported"),
        record("Cut [1].", gold(["cut"]), [citation(*CUT)]),
    ]
    held = rights[1]
    held["draft"] = {"answer": held["answer"], "sentences": held["sentences"]}
    held |= {"answered": False, "answer": "They do not say.", "sentences": []}
    common = {
        "made_by": {"prompts": "p" * 64, "documents": "d" * 64},
        "model": {"name": f"model {words}", "sha256": "0" * 64},
        "index": {"generation": 1, "embedding_model": f"embedder {words}"},
    }
    for number, one in enumerate(rights):
        one |= common | {"id": f"q{number}{words}", "question": f"Why {number} {words}?"}
        one["type"] = f"invented {words}" if number == 2 else "why"
        one["passages"] = [passage(0, len(TEXT)) | {"title": f"title {words}", "page": None, "text": TEXT + words}]
        for sentence in one.get("draft", one)["sentences"]:
            sentence["reasons"] = [f"reason {words}"]
            for cited in sentence["citations"]:
                cited |= {"title": f"title {words}"}
    document = Document("d", f"{words}.md", f"title {words}", "md", TEXT + words, (), (), None, None, "")
    return report_of(rights, {"d": document}, 0.5)


def test_nothing_that_a_document_a_question_or_a_model_says_becomes_markup() -> None:
    hostile = report(words=HOSTILE)
    calm = report()
    shown = Page(page(hostile, compare(HOSTILE, report_form(hostile), hostile)))
    plain = Page(page(calm, compare("x", report_form(calm), calm)))
    assert [tag for tag, _ in shown.elements] == [tag for tag, _ in plain.elements]
    assert "<script>alert(1)</script>" in shown.text, "it is shown as words"
    assert "\u202e" not in page(hostile)


def test_the_page_runs_nothing_and_asks_for_nothing() -> None:
    shown = Page(page(report(words=HOSTILE)))
    assert ELEMENTS.isdisjoint(tag for tag, _ in shown.elements)
    for _, attributes in shown.elements:
        assert not [name for name in attributes if name.startswith("on") or name in ("src", "style", "srcset")]
        assert attributes.get("href", "#").startswith("#")


def test_the_policy_forbids_all_but_the_style_sheet_by_its_hash() -> None:
    content = page(report())
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', content)
    (style,) = re.findall(r"<style>(.*?)</style>", content, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert "url(" not in style
    assert "@import" not in style


@pytest.mark.parametrize(
    ("question", "told"),
    [
        pytest.param("q0", "Said: confidence 0.80", id="wrong"),
        pytest.param("q1", "Written, and held back: confidence 0.30", id="held back"),
        pytest.param("q2", "That the documents do not say.", id="invented"),
    ],
)
def test_every_failure_can_be_opened_with_what_was_said_and_read(question: str, told: str) -> None:
    (case,) = re.findall(
        rf'<details class="case" id="question-{question}">.*?</ol></details></details>', page(report())
    )
    assert told in case
    assert "Passages that were read: 1" in case


def test_gold_evidence_is_marked_in_the_document_and_in_what_was_read() -> None:
    marked = re.findall(r"<mark>(.*?)</mark>", page(report()))
    assert marked == [TEXT[slice(*CUT)]] * 2 + [TEXT[0:27]] * 2


def test_what_went_well_is_no_failure() -> None:
    assert 'id="question-q3"' not in page(report())


def test_a_question_that_was_lost_leads_to_its_failure() -> None:
    now = report()
    earlier = report_form(now)
    earlier["cases"][0]["values"]["right"] = [1.0, 1.0]
    shown = Page(page(now, compare("before", earlier, now)))
    targets = {attributes["href"] for tag, attributes in shown.elements if tag == "a"}
    assert "#question-q0" in targets
    ids = {f"#{attributes['id']}" for _, attributes in shown.elements if "id" in attributes}
    assert targets <= ids


def test_what_confidence_is_worth_stands_there_in_figures() -> None:
    assert "0.3 to 0.4130.0%100.0%" in Page(page(report())).text


def test_types_of_questions_are_told_apart() -> None:
    text = Page(page(report())).text
    assert "why333.3%33.3%——" in text, "one of three held back, and one of the others right"
    assert "invented 1—0.0%0.3330.0%" in text


def test_plots_have_words_for_those_who_cannot_see_them() -> None:
    plots = [attributes for tag, attributes in Page(page(report())).elements if attributes.get("class") == "plot"]
    assert len(plots) == 3
    assert all(attributes["role"] == "img" and attributes["aria-label"] for attributes in plots)
