"""The page's parts and what is called when something is done to them: gradio components, and wires between them.

Imports gradio, which takes seconds; so `page` imports this module only when a page is built. What the calls do stands
in `talk` and `shelf`; the views beside them build their own parts. What a button is there for at the moment, such as
Stop while an answer is written, is decided by the style sheet from what is shown, so that no late call can undo it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import gradio as gr
from anyio import CapacityLimiter
from gradio.events import api

from rag.queueing import MOST_WAITING
from rag.ui import lists, render
from rag.ui.choices import Choices
from rag.ui.documents import Documents
from rag.ui.endpoints import Endpoints
from rag.ui.inspection import Inspection
from rag.ui.session import SESSIONS_KEPT
from rag.ui.shelf import Shelf
from rag.ui.talk import ASK, SUGGESTIONS, Talk

OTHER_THREADS = 40
_ASSETS = files("rag.ui") / "assets"
# How quick calls are made: past the queue, without the component's own sign of waiting, and not as an API.
_AT_ONCE: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
_SHOWN = "document.querySelector('.fn-kept')?.dataset.conversation ?? ''"  # the id of the conversation on the page


def theme() -> gr.themes.Base:
    """gradio's plain theme with the system's own fonts: nothing is fetched for them."""
    return gr.themes.Base(
        primary_hue=gr.themes.colors.teal,
        neutral_hue=gr.themes.colors.slate,
        font=("system-ui", "Segoe UI", "Roboto", "Helvetica Neue", "sans-serif"),
        font_mono=("ui-monospace", "SF Mono", "Menlo", "Consolas", "monospace"),
    ).set(  # gradio's own choices are too pale to read
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_700",
        button_primary_background_fill_hover_dark="*primary_800",
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_300",
        input_placeholder_color="*neutral_500",
        input_placeholder_color_dark="*neutral_400",
    )


def icon() -> str:
    return str(_ASSETS / "icon.png")


def stylesheet() -> str:
    return (_ASSETS / "page.css").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class ShelfParts:
    """The list of conversations with the bell at which it is drawn, and what can be done with the one that is shown."""

    bell: gr.Textbox
    new: gr.Button
    search: gr.Textbox
    listed: gr.Radio
    note: gr.HTML
    fault: gr.HTML
    here: gr.Column
    title: gr.Textbox
    save: gr.HTML
    delete: gr.Button
    sure: gr.Button
    keep: gr.Button

    @property
    def drawn(self) -> list[Any]:
        """What `Shelf.shown` draws."""
        return [self.bell, self.fault, self.here, self.title, self.save]


@dataclass(frozen=True, slots=True)
class TalkParts:
    """The conversation shown, and the box to ask in."""

    welcome: gr.HTML
    earlier: gr.HTML
    current: gr.HTML
    suggestions: gr.Column
    offers: list[gr.Button]
    limit: gr.Dropdown
    question: gr.Textbox
    ask: gr.Button
    stop: gr.Button

    @property
    def drawn(self) -> list[Any]:
        """What `Talk.shown` draws."""
        return [self.welcome, self.suggestions, self.earlier, self.current]


def build_blocks(
    talk: Talk, shelf: Shelf, documents: Documents, inspection: Inspection, choices: Choices, endpoints: Endpoints
) -> gr.Blocks:
    """The page as gradio Blocks."""

    def source(reference: object) -> str:  # functions of their own: gradio marks them, and a method cannot be marked
        return talk.source(reference)

    def question(key: object) -> str:
        return talk.question(key)

    def copied(key: object) -> str:
        return talk.copied(key)

    def remark(given: object) -> bool:
        return talk.remark(given)

    blocks = gr.Blocks(title="Footnote", analytics_enabled=False, fill_width=True)
    with blocks:
        with gr.Row(elem_id="top"):
            header = gr.HTML(render.header("opening", "", None), elem_id="header", apply_default_css=False)
            held = lists.bell()  # rings when other documents are held
            told = lists.bell()  # and this one for what following the disk tells: a bell for each that rings it
            drawer = gr.Button("Conversations", size="sm", scale=0, min_width=120, elem_id="drawer")
        with gr.Row(elem_id="desk", equal_height=False):
            with gr.Column(scale=5, min_width=320, elem_id="rooms"), gr.Tabs(elem_id="views"):
                with gr.Tab("Ask", elem_id="asking"), gr.Row(elem_id="asking-desk", equal_height=False):
                    with gr.Column(scale=0, min_width=230, elem_id="shelf"):
                        shelved = _shelf_parts()
                    with gr.Column(scale=3, min_width=320, elem_id="talk"):
                        said = _talk_parts()
                with gr.Tab("Check", elem_id="checking"):
                    inspection.build()
                with gr.Tab("Documents", elem_id="documents") as tab:
                    documents.build(tab, said.limit, held, told, header)
                with gr.Tab("Settings", elem_id="settings"):
                    choices.build(header)
            with gr.Column(scale=3, min_width=320, elem_id="beside"):  # of asking and of checking
                gr.HTML(
                    html_template=(_ASSETS / "source.html").read_text(encoding="utf-8"),
                    js_on_load=(_ASSETS / "page.js").read_text(encoding="utf-8"),
                    server_functions=[source, question, copied, remark],
                    elem_id="source",
                    apply_default_css=False,
                )
        drawer.click(None, None, None, js="() => document.querySelector('#shelf').classList.toggle('fn-open')")
        _wire_asking(talk, shelf, said, shelved, header)
        _wire_shelf(shelf, said, shelved)
        arrived = blocks.load(shelf.arrive, None, [*said.drawn, *shelved.drawn], **_AT_ONCE)
        documents.arrive(arrived)
        choices.arrive(arrived)
        arrived.then(
            talk.greet,
            None,
            [header, said.welcome, said.suggestions, *said.offers],
            concurrency_limit=None,
            show_progress="hidden",
            api_visibility="private",
        )
        blocks.unload(inspection.leave)
        blocks.unload(talk.leave)  # last: gradio lets go of the page's state with it
        api(endpoints.search, api_name="search")
        api(endpoints.ask, api_name="ask", concurrency_limit=None)
    blocks.state_session_capacity = 2 * SESSIONS_KEPT  # of those that nobody said had gone; see `talk.forget_caller`
    # A question that waits holds a thread, and the stop button needs one.
    blocks.limiter = CapacityLimiter(OTHER_THREADS + MOST_WAITING)  # type: ignore[assignment]  # gradio sets it late
    return blocks


def pending_of(blocks: gr.Blocks) -> Callable[[str], bool]:
    """Says of a page, by its name, whether gradio still works for it or has something to tell it."""
    pending = blocks._queue.pending_event_ids_session  # gradio tells it nowhere else
    return lambda page: bool(pending.get(page))


def _shelf_parts() -> ShelfParts:
    new = gr.Button("New conversation", size="md", elem_id="new")
    search = gr.Textbox(
        show_label=False,
        label="Search conversations",
        placeholder="Search conversations",
        max_lines=1,
        container=False,
        elem_id="search",
    )
    listed = gr.Radio(choices=[], label="Conversations", show_label=False, container=False, elem_id="listed")
    note = gr.HTML("", elem_id="shelf-note", apply_default_css=False)
    fault = gr.HTML("", elem_id="shelf-fault", apply_default_css=False)
    with gr.Column(visible=False, elem_id="here") as here:
        title = gr.Textbox(label="Name of this conversation", max_lines=1, container=False, elem_id="title")
        save = gr.HTML("", elem_id="save", apply_default_css=False)
        delete = gr.Button("Delete this conversation", size="sm", elem_id="delete")
        with gr.Row():
            sure = gr.Button("Delete for good", variant="stop", size="sm", min_width=80, elem_id="sure")
            keep = gr.Button("Keep it", size="sm", min_width=60, elem_id="keep")
    return ShelfParts(
        bell=lists.bell(),
        new=new,
        search=search,
        listed=listed,
        note=note,
        fault=fault,
        here=here,
        title=title,
        save=save,
        delete=delete,
        sure=sure,
        keep=keep,
    )


def _talk_parts() -> TalkParts:
    welcome = gr.HTML("", elem_id="welcome", apply_default_css=False)
    earlier = gr.HTML("", elem_id="earlier", apply_default_css=False)
    current = gr.HTML("", elem_id="current", apply_default_css=False)
    with gr.Column(visible=False, elem_id="suggestions") as suggestions:
        offers = [gr.Button("", visible=False, size="md") for _ in range(SUGGESTIONS)]
    with gr.Column(elem_id="ask"):
        with gr.Row(elem_id="ask-row"):
            question = gr.Textbox(
                show_label=False,
                label="Question",
                placeholder=ASK,
                lines=1,
                max_lines=6,
                autofocus=True,
                container=False,
                scale=8,
                elem_id="question",
            )
            ask = gr.Button("Ask", variant="primary", scale=1, min_width=96, elem_id="ask-button")
            stop = gr.Button("Stop", variant="stop", scale=1, min_width=96, elem_id="stop-button")
        with gr.Accordion("Limit to some documents", open=False, elem_id="limiting"):
            limit = gr.Dropdown(
                choices=[], value=[], multiselect=True, label="Only from these documents", elem_id="limit"
            )
    return TalkParts(
        welcome=welcome,
        earlier=earlier,
        current=current,
        suggestions=suggestions,
        offers=offers,
        limit=limit,
        question=question,
        ask=ask,
        stop=stop,
    )


def _wire_asking(talk: Talk, shelf: Shelf, said: TalkParts, shelved: ShelfParts, header: gr.HTML) -> None:
    triggers = [
        (said.question.submit, said.question),
        (said.ask.click, said.question),
        *((offer.click, offer) for offer in said.offers),
    ]
    for trigger, asked in triggers:
        trigger(shelf.begin, [asked, said.limit], [said.question, *said.drawn, *shelved.drawn], **_AT_ONCE).then(
            talk.run,
            None,
            [said.current],
            concurrency_limit=None,  # all of them wait in the queue of `rag.queueing` and are told their place
            show_progress="hidden",
            trigger_mode="multiple",
            api_visibility="private",
        ).then(talk.end, None, [said.current, header], **_AT_ONCE)
    said.stop.click(talk.stop, None, [said.current], **_AT_ONCE)


def _wire_shelf(shelf: Shelf, said: TalkParts, shelved: ShelfParts) -> None:
    drawn = [*said.drawn, *shelved.drawn]
    shelved.new.click(shelf.renew, None, drawn, **_AT_ONCE)
    shelved.listed.input(shelf.open, [shelved.listed], drawn, **lists.AS_SENT)
    # Which conversation is meant is read off the page at the very moment: by the time the call comes, another may be
    # shown. Whether it is to be deleted for good is asked by `page.js`.
    shelved.sure.click(shelf.delete, [shelved.save], drawn, js=f"() => [{_SHOWN}]", **_AT_ONCE)
    for renamed in (shelved.title.submit, shelved.title.blur):
        renamed(
            shelf.rename,
            [shelved.title, shelved.save],
            [shelved.bell, shelved.fault, shelved.title],
            js=f"(title) => [title, {_SHOWN}]",
            **_AT_ONCE,
        )
    lists.draw(
        [shelved.search.change, shelved.bell.change], shelf.found, [shelved.search], [shelved.listed, shelved.note]
    )
