"""Texts checked for the page: followed to the end, stopped at any moment, apart from each other, links that resolve."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from index.errors import StoreDamaged
from index.records import Progress
from rag.errors import UNEXPECTED
from rag.opening import Opening
from rag.records import CheckedText, Dispute
from rag.ui.checks import PAGES_KEPT, Check, Checks
from rag.ui.findings import check_html, summary
from tests.rag.ui.fake_assistant import FakeAssistant
from tests.rag.ui.fake_checker import FakeChecker

TEXT = "This is partly so. This is against it. Zebras have stripes. It says nothing here."


class Wayward(FakeAssistant):
    """Its checker ends with the fault that a test names."""

    fault: Exception = StoreDamaged("library.sqlite3 is damaged")

    @property
    def checker(self) -> FakeChecker:
        raise self.fault


@pytest.fixture
def assistant() -> FakeAssistant:
    return FakeAssistant(pause=0.01)


@pytest.fixture
def checks(assistant: FakeAssistant) -> Iterator[Checks]:
    checks = Checks(Opening(lambda: assistant))
    yield checks
    checks.close()


def ended(checks: Checks, name: str, text: str) -> Check:
    checks.begin(name, text)
    *_, last = checks.states(name)
    return last


def test_a_text_is_followed_to_the_end(checks: Checks, assistant: FakeAssistant) -> None:
    checks.begin("one", f"{'Zebras have stripes. ' * 40}{TEXT}")
    states = list(checks.states("one"))
    assert states[-1].stage == "done"
    assert [state.finished for state in states].count(True) == 1
    done = [state.progress.done for state in states[:-1]]
    assert done == sorted(done)
    assert assistant.paused >= 44, "it stands back for answers at every sentence"


def test_every_link_resolves_to_the_words_in_the_document(checks: Checks, assistant: FakeAssistant) -> None:
    check = ended(checks, "one", TEXT)
    turn = check.turn
    assert check.checked is not None
    statements = check.checked.statements
    assert [one.standing for one in statements] == ["partly supported", "contradicted", "not found", "no claim"]
    html = check_html(check)
    for number, statement in enumerate(statements):
        for citation in (*statement.sentence.citations, *statement.against):
            reference = turn.citation_reference(number, citation.marker)
            assert f'href="#{reference}"' in html
            source = checks.source(reference)
            assert source is not None
            ((start, end),) = source.spans
            assert assistant.library.document(source.document_id).text[start:end] == citation.quote
    assert checks.source(turn.passage_reference(0)) is not None
    assert checks.source(turn.citation_reference(2, 1)) is None
    assert checks.source("cite-0-s0m1") is None
    assert summary(check.checked) == "4 sentences: 1 partly supported, 1 contradicted, 1 not found, 1 no claim."


@pytest.mark.slow
def test_a_stop_is_shown_at_once_and_frees_the_checker(checks: Checks) -> None:
    checks.begin("one", "This is slow. " * 50)
    states = checks.states("one")
    next(states)
    began = time.monotonic()
    stopped = checks.stop("one")
    assert stopped is not None
    assert stopped.stage == "stopped"
    assert [state.stage for state in states][-1:] == ["stopped"]
    assert ended(checks, "two", "Zebras have stripes.").stage == "done"
    assert time.monotonic() - began < 20  # of the 50 s that the text would take


@pytest.mark.slow
def test_another_text_takes_the_place_of_the_first(checks: Checks) -> None:
    checks.begin("one", "This is slow. " * 50)
    first = checks.states("one")
    next(first)
    second = ended(checks, "one", "Zebras have stripes.")
    assert second.text == "Zebras have stripes."
    assert all(state.key != second.key for state in first)


def test_pages_do_not_see_each_other(checks: Checks) -> None:
    one, two = ended(checks, "one", TEXT), ended(checks, "two", "Zebras have stripes.")
    assert checks.check("one") == one
    assert checks.check("two") == two
    checks.leave("one")
    assert checks.check("one") is None
    assert list(checks.states("one")) == []
    assert checks.source(one.turn.citation_reference(0, 1)) is None


def test_old_pages_are_forgotten(checks: Checks) -> None:
    for number in range(PAGES_KEPT + 1):
        checks.begin(str(number), "Zebras have stripes.")
    assert checks.check("0") is None
    assert checks.check("1") is not None


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        pytest.param(StoreDamaged("library.sqlite3 is damaged"), "is damaged", id="a fault"),
        pytest.param(ZeroDivisionError("a defect of the fake, on purpose"), UNEXPECTED, id="a defect"),
    ],
)
def test_what_goes_wrong_is_shown(fault: Exception, words: str) -> None:
    assistant = Wayward()
    assistant.fault = fault
    checks = Checks(Opening(lambda: assistant))
    assert words in ended(checks, "one", TEXT).message
    assert words in check_html(checks.check("one"))
    checks.close()


def test_nothing_to_check_is_said(checks: Checks) -> None:
    assert "holds no words" in ended(checks, "one", "  \n").message


@pytest.mark.slow
def test_closing_ends_what_is_being_checked() -> None:
    began = threading.Event()

    class Endless(FakeChecker):
        def check(
            self, text: str, question: str = "", *, progress: Callable[[Progress], None], cancelled: Callable[[], bool]
        ) -> CheckedText:
            began.set()
            return super().check("This is slow. " * 60, progress=progress, cancelled=cancelled)

    class Checking(FakeAssistant):
        @property
        def checker(self) -> FakeChecker:
            return Endless(self.library.held)

    checks = Checks(Opening(Checking))
    checks.begin("one", TEXT)
    assert began.wait(20)
    before = time.monotonic()
    checks.close()
    assert time.monotonic() - before < 20  # of the 60 s that it would take


def test_hostile_text_is_only_text(checks: Checks) -> None:
    html = check_html(ended(checks, "one", "<script>alert(1)</script> is against <img src=x onerror=y> all. \u202etxt"))
    assert "<script" not in html
    assert "<img" not in html
    assert "\u202e" not in html


def test_documents_that_disagree_are_named_below_the_sentence(checks: Checks) -> None:
    check = ended(checks, "one", TEXT)
    assert check.checked is not None
    first, *others = check.checked.statements
    cited = first.sentence.citations[0]
    disputed = (Dispute("forty", "fifty", cited, "2022-05-01", None),)
    statement = replace(first, sentence=replace(first.sentence, disputed=disputed))
    html = check_html(replace(check, checked=replace(check.checked, statements=(statement, *others))))
    assert f"Documents disagree: “forty” in {cited.title} (undated), but “fifty” in {cited.title} (2022-05-01)" in html
