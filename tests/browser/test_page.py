"""The page in a browser, with the scripted assistant: asking, footnotes, keyboard, stop, faults, hostile text."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, WIDE, Visit
from tests.rag.ui.fake_assistant import FakeAssistant, FakeLibrary, document_of
from tests.rag.ui.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

QUESTION = "why did Russia close the mission in 2021?"
STOP_SECONDS = 20.0  # of the 100 s that "slow" reads; a machine under test may be busy
Open = Callable[..., Visit]


@pytest.fixture(scope="module")
def assistant() -> FakeAssistant:
    return FakeAssistant(pause=0.01)


@pytest.fixture(scope="module")
def address(assistant: FakeAssistant) -> Iterator[str]:
    with serving(lambda: assistant) as url:
        yield url


@pytest.mark.parametrize("size", [pytest.param(WIDE, id="wide"), pytest.param(NARROW, id="narrow")])
def test_every_footnote_and_passage_opens_the_exact_words_in_view(
    visit: Open, address: str, assistant: FakeAssistant, size: tuple[int, int]
) -> None:
    here = visit(address, size)
    here.ask(QUESTION)
    here.answered()
    here.page.locator("details summary").click()
    links = here.page.locator("#current a.cite")
    stored = [document.text for document in assistant.library.held.values()]
    count = links.count()
    assert count >= 4
    for number in range(count):
        link = links.nth(number)
        link.scroll_into_view_if_needed()
        link.click()
        expect(link).to_have_attribute("aria-current", "true")
        quote = here.mark()
        assert any(quote in text for text in stored)
        if not number:
            assert quote == here.page.locator(".fn-words").first.inner_text()  # the scripted answer copies its source
        if size == NARROW:
            here.page.keyboard.press("Escape")


@pytest.mark.parametrize("width", [900, 1000, 1001, 1100])
def test_an_answer_never_lies_over_the_list_of_conversations(visit: Open, address: str, width: int) -> None:
    here = visit(address, (width, 760))
    for _ in range(2):  # long enough to scroll
        here.ask(QUESTION)
        here.answered()
    here.page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    answer, listed = (here.page.locator(name).bounding_box() for name in ("#current", "#shelf"))
    assert answer is not None
    assert answer["width"] > 300
    assert (listed is not None) is (width > 1000)  # below that it is drawn when asked for
    if listed is not None:
        assert answer["x"] >= listed["x"] + listed["width"]


def test_the_source_and_the_question_box_stay_in_view_in_a_long_conversation(visit: Open, address: str) -> None:
    here = visit(address)
    for question in ("please decline", f"partly: {QUESTION}", QUESTION):
        here.ask(question)
        here.answered()
    assert here.page.evaluate("document.documentElement.scrollHeight - innerHeight") > 200
    for turn in ("#current", "#earlier"):
        link = here.page.locator(f"{turn} .fn-prose a.cite").first
        link.scroll_into_view_if_needed()
        before = here.page.evaluate("scrollY")
        link.click()
        expect(link).to_have_attribute("aria-current", "true")
        assert here.mark()
        assert here.page.evaluate("scrollY") == before, "opening a source does not move the answer"
        expect(here.page.locator("#question textarea")).to_be_in_viewport()


def test_what_happens_is_shown_in_order(visit: Open, address: str) -> None:
    here = visit(address)
    here.ask(f"slow: {QUESTION}")
    expect(here.page.locator(".fn-question")).to_have_text(f"slow: {QUESTION}")
    expect(here.page.locator(".fn-stage")).to_contain_text("Reading 4 passages from")
    expect(here.page.locator(".fn-stage progress")).to_be_visible()
    here.page.locator(".fn-passage").nth(1).click()  # while the model reads
    assert here.mark()
    expect(here.page.locator("#question textarea")).to_have_value("")
    here.page.click("#stop-button")
    here.answered()


def test_the_keyboard_alone(visit: Open, address: str) -> None:
    here = visit(address)
    here.ask(QUESTION)
    here.answered()
    first, second = (here.page.locator("#current .fn-prose a.cite").nth(number) for number in (0, 1))
    first.focus()
    here.page.keyboard.press("Enter")
    words = here.mark()
    expect(here.page.locator(".fn-text mark")).to_be_focused()
    expect(here.page.locator(".fn-place")).to_have_text("1 of 2")
    here.page.get_by_role("button", name="Next footnote").focus()
    here.page.keyboard.press("Enter")
    expect(second).to_have_attribute("aria-current", "true")
    expect(here.page.locator(".fn-place")).to_have_text("2 of 2")
    assert here.mark() != words
    expect(here.page.get_by_role("button", name="Next footnote")).to_be_disabled()
    here.page.keyboard.press("Escape")
    expect(here.page.locator(".fn-text")).to_have_count(0)
    expect(second).to_be_focused()


def test_stop_takes_effect_while_the_model_reads_and_keeps_what_is_there(visit: Open, address: str) -> None:
    here = visit(address)
    here.ask(f"slow: {QUESTION}")
    here.page.wait_for_selector(".fn-passage")
    pressed = time.monotonic()
    here.page.click("#stop-button")
    here.page.wait_for_selector("#ask-button", state="visible")
    assert time.monotonic() - pressed < STOP_SECONDS
    expect(here.page.locator("#current .fn-turn")).to_contain_text("Stopped")
    expect(here.page.locator("#current .fn-passage")).to_have_count(4)
    here.ask(QUESTION)
    here.answered()
    expect(here.page.locator("#current .fn-supported")).to_have_count(2)
    expect(here.page.locator("#earlier .fn-turn")).to_have_count(1)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        pytest.param("missing model", "the model file is gone", id="model removed"),
        pytest.param("damaged store", "is damaged", id="store damaged"),
        pytest.param("why " * 25_000, "too long", id="100,000 characters"),
    ],
)
def test_a_fault_is_one_clear_line_and_the_page_goes_on(visit: Open, address: str, question: str, words: str) -> None:
    here = visit(address)
    here.ask(question)
    expect(here.page.get_by_role("alert")).to_contain_text(words)
    here.answered()
    here.ask(QUESTION)
    here.answered()
    expect(here.page.locator("#current .fn-supported")).to_have_count(2)


@pytest.mark.parametrize("typed", ["  ", "?!"])
def test_enter_in_an_empty_box_says_what_is_missing(visit: Open, address: str, typed: str) -> None:
    here = visit(address)
    box = here.page.locator("#question textarea")
    box.fill(typed)
    with here.page.expect_response(lambda response: f'"{typed}"' in (response.request.post_data or "")) as empty:
        box.press("Enter")
    empty.value.finished()  # gradio drops an Enter that comes while the one before is on its way
    expect(box).to_have_attribute("placeholder", "The question is empty: type a question in words")
    expect(box).to_have_value("")
    here.ask(QUESTION)
    here.answered()
    expect(box).to_have_attribute("placeholder", "Ask about your documents")
    expect(here.page.locator("#current .fn-supported")).to_have_count(2)
    expect(here.page.locator("#earlier .fn-turn")).to_have_count(0)


def test_what_the_documents_do_not_say_is_no_fault(visit: Open, address: str) -> None:
    here = visit(address)
    here.ask("please decline")
    here.answered()
    expect(here.page.locator("#current .fn-declined")).to_be_visible()
    expect(here.page.get_by_role("alert")).to_have_count(0)
    here.page.locator("#current .fn-passage").first.click()
    assert here.mark()


@pytest.mark.parametrize("support", ["partly", "unsupported"])
def test_the_reason_of_a_verdict_is_shown_on_focus(visit: Open, address: str, support: str) -> None:
    here = visit(address)
    here.ask(f"{support}: {QUESTION}")
    here.answered()
    standing = here.page.locator("#current .fn-standing").last
    standing.focus()
    shown = standing.evaluate("element => getComputedStyle(element, '::after').content")
    assert shown.strip('"') == standing.get_attribute("aria-label")
    assert ": the " in shown


def test_a_first_question_is_asked_by_a_click(visit: Open, address: str) -> None:
    here = visit(address)
    offer = here.page.locator("#suggestions button").first
    question = offer.inner_text()
    offer.click()
    expect(here.page.locator("#current .fn-question")).to_have_text(question)
    expect(offer).to_be_hidden()
    here.answered()


def test_pages_take_turns_and_do_not_mix(visit: Open, address: str) -> None:
    one, two = visit(address), visit(address)
    one.ask(f"slow: {QUESTION}")
    one.page.wait_for_selector(".fn-passage")
    two.ask("please decline")
    expect(two.page.locator("#current .fn-stage")).to_contain_text("Waiting, 1 before you")
    one.page.click("#stop-button")
    two.answered()
    expect(two.page.locator("#current .fn-declined")).to_be_visible()
    expect(one.page.locator("#current .fn-question")).to_have_text(f"slow: {QUESTION}")


def test_a_page_that_is_closed_frees_the_model(visit: Open, address: str, assistant: FakeAssistant) -> None:
    leaving, staying = visit(address), visit(address)
    leaving.ask(f"slow: {QUESTION}")
    leaving.page.wait_for_selector(".fn-passage")
    leaving.page.close()
    staying.ask(QUESTION)
    staying.answered()
    expect(staying.page.locator("#current .fn-supported")).to_have_count(2)


def test_a_list_that_was_unfolded_stays_so_while_the_next_answer_comes(visit: Open, address: str) -> None:
    here = visit(address)
    here.ask(QUESTION)
    here.answered()
    here.page.locator("#current details summary").click()
    here.ask("please decline")
    here.answered()
    expect(here.page.locator("#earlier details")).to_have_attribute("open", "")


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_text_stands_out_from_its_ground(visit: Open, address: str, colours: str) -> None:
    here = visit(address, colours=colours)
    here.ask(f"partly: {QUESTION}")
    here.answered()
    here.page.locator("#current a.cite").first.click()
    here.mark()
    for selector in (".fn-words", ".fn-start", ".fn-closing", ".fn-text", "mark", ".fn-path", ".fn-standing", "a.cite"):
        ratio = here.page.locator(selector).last.evaluate(CONTRAST)
        assert ratio >= 4.5, selector


def test_a_library_without_documents_says_how_to_add_some(visit: Open) -> None:
    with serving(lambda: FakeAssistant(FakeLibrary([]))) as address, visit(address) as here:
        expect(here.page.locator("#welcome")).to_contain_text("footnote add")
        expect(here.page.locator("#suggestions button")).to_have_count(0)


HOSTILE = (
    "<script>window.ran = 1</script> <img src=http://evil.example/x.png onerror='window.ran = 2'> "
    "${window.ran = 3} {{window.ran}} <iframe src=http://evil.example></iframe> <svg onload='window.ran = 4'> "
    "<form action=http://evil.example><button>press</button></form> <style>*{display:none}</style> "
    "<a class=cite href='#cite-0-p0'>[9]</a> ![x](http://evil.example/x.png) </span></mark></div> \u202egnp.exe"
)


def test_hostile_documents_are_only_text(visit: Open) -> None:
    text = f"# {HOSTILE}\n\n{HOSTILE} and the mission was closed then, as everybody knows. {HOSTILE}"
    library = FakeLibrary([document_of(f"{HOSTILE}.md", text.encode())])
    with serving(lambda: FakeAssistant(library)) as address, visit(address) as here:
        here.ask(f"mission {HOSTILE}")
        here.answered()
        links = here.page.locator("#current a.cite")
        for number in range(links.count()):
            if links.nth(number).is_visible():
                assert here.open(links.nth(number)) in text
        assert here.page.evaluate("window.ran") is None
        foreign = "#talk, #source"
        assert here.page.locator(f":is({foreign}) :is(script, img, iframe, svg, form, style)").count() == 0
        assert here.page.locator("a[href$='#cite-0-p0']").count() == 0


CONTRAST = """element => {
    // WCAG 2.2 contrast of an element's text against the nearest opaque ground.
    const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const light = (colour) => {
        const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        const [r, g, b] = channels(colour).map((c) => linear(c / 255));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    let ground = element;
    const opaque = (e) => (channels(getComputedStyle(e).backgroundColor)[3] ?? 1) === 1;
    while (ground.parentElement && !opaque(ground)) ground = ground.parentElement;
    const [a, b] = [light(getComputedStyle(element).color), light(getComputedStyle(ground).backgroundColor)];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}"""
