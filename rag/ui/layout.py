"""The page's parts and what its events do: gradio components around the HTML of `render` and the turns of `session`.

Imports gradio, which takes seconds; so `page` imports this module only when a page is built. It decides nothing about
answers. (No postponed annotations here: gradio recognises `gr.Request` parameters by their evaluated annotations.)
"""

from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import Any

import gradio as gr

from index.errors import DocumentNotFound
from index.records import DocumentSummary
from rag.ui import render
from rag.ui.opening import FAULTS, Opening, in_words
from rag.ui.session import Sessions
from rag.ui.suggestions import first_questions

SUGGESTIONS = 4
_ASSETS = files("rag.ui") / "assets"
_STATE_SECONDS = 20.0


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
        input_placeholder_color="*neutral_500",
        input_placeholder_color_dark="*neutral_400",
    )


def icon() -> str:
    return str(_ASSETS / "icon.png")


def stylesheet() -> str:
    return (_ASSETS / "page.css").read_text(encoding="utf-8")


def build_blocks(opening: Opening, sessions: Sessions) -> gr.Blocks:
    """The page as gradio Blocks; events share the queue `llm`, one question at a time."""
    page = Page(opening, sessions)

    def source(reference: object) -> str:  # a function of its own: gradio marks it, and a method cannot be marked
        return page.source(reference)

    blocks = gr.Blocks(title="Footnote", analytics_enabled=False, fill_width=True)
    with blocks:
        header = gr.HTML(render.header("opening", "", None), elem_id="header", apply_default_css=False)
        with gr.Row(elem_id="desk", equal_height=False):
            with gr.Column(scale=3, min_width=320, elem_id="talk"):
                welcome = gr.HTML("", elem_id="welcome", apply_default_css=False)
                earlier = gr.HTML("", elem_id="earlier", apply_default_css=False)
                current = gr.HTML("", elem_id="current", apply_default_css=False)
                with gr.Column(visible=False, elem_id="suggestions") as suggestions:
                    offers = [gr.Button("", visible=False, size="md") for _ in range(SUGGESTIONS)]
                with gr.Row(elem_id="ask"):
                    question = gr.Textbox(
                        show_label=False,
                        label="Question",
                        placeholder="Ask about your documents",
                        lines=1,
                        max_lines=6,
                        autofocus=True,
                        container=False,
                        scale=8,
                        elem_id="question",
                    )
                    ask = gr.Button("Ask", variant="primary", scale=1, min_width=96, elem_id="ask-button")
                    stop = gr.Button(
                        "Stop", variant="stop", scale=1, min_width=96, visible=False, elem_id="stop-button"
                    )
            with gr.Column(scale=2, min_width=320, elem_id="beside"):
                gr.HTML(
                    html_template=(_ASSETS / "source.html").read_text(encoding="utf-8"),
                    js_on_load=(_ASSETS / "page.js").read_text(encoding="utf-8"),
                    server_functions=[source],
                    elem_id="source",
                    apply_default_css=False,
                )

        begun = [question, welcome, earlier, current, suggestions, ask, stop]
        ended = [current, ask, stop, header]
        triggers = [(question.submit, question), (ask.click, question), *((offer.click, offer) for offer in offers)]
        for trigger, asked in triggers:
            started = trigger(page.begin, [asked], begun, queue=False, show_progress="hidden", api_visibility="private")
            started.then(
                page.run,
                None,
                [current],
                concurrency_id="llm",
                concurrency_limit=1,
                show_progress="hidden",
                trigger_mode="multiple",
                api_visibility="private",
            ).then(page.end, None, ended, queue=False, show_progress="hidden", api_visibility="private")
        stop.click(page.stop, None, [current], queue=False, show_progress="hidden", api_visibility="private")
        blocks.load(
            page.greet,
            None,
            [header, welcome, suggestions, *offers],
            concurrency_limit=None,
            show_progress="hidden",
            api_visibility="private",
        )
        blocks.unload(page.leave)
    return blocks


class Page:
    """The handlers of the page's events. Each takes and returns values of components; none keeps state of its own."""

    def __init__(self, opening: Opening, sessions: Sessions) -> None:
        self._opening = opening
        self._sessions = sessions

    def greet(self, request: gr.Request) -> Iterator[list[Any]]:
        """While the assistant opens and warms: the header; and until something is asked, what one could ask."""
        self._opening.visited()
        state = self._opening.state
        while True:
            documents = self._documents()
            header = render.header(state, self._opening.message, documents)
            asked = bool(self._sessions.turns(_name(request)))
            yield [header, *([gr.skip()] * (2 + SUGGESTIONS) if asked else _invitation(documents))]
            if state in ("ready", "fault"):
                return
            state = self._opening.wait_for_change(state, _STATE_SECONDS)

    def begin(self, question: str, request: gr.Request) -> list[Any]:
        """Shows the question at once; while another of this page is being answered the text stays in the box."""
        if not self._sessions.begin(_name(request), question):
            return [gr.skip()] * 7
        *earlier, current = self._sessions.turns(_name(request))
        return [
            "",
            "",
            render.conversation(earlier),
            render.turn_html(current),
            gr.Column(visible=False),
            gr.Button(visible=False),
            gr.Button(visible=True),
        ]

    def run(self, request: gr.Request) -> Iterator[str]:
        for turn in self._sessions.run(_name(request)):
            yield render.turn_html(turn)

    def end(self, request: gr.Request) -> list[Any]:
        turns = self._sessions.turns(_name(request))
        if turns and not turns[-1].finished:
            return [gr.skip()] * 4
        header = render.header(self._opening.state, self._opening.message, self._documents())
        shown = render.turn_html(turns[-1]) if turns else ""
        return [shown, gr.Button(visible=True), gr.Button(visible=False), header]

    def stop(self, request: gr.Request) -> str:
        self._sessions.stop(_name(request))
        return render.turn_html(self._sessions.turns(_name(request))[-1])

    def leave(self, request: gr.Request) -> None:
        self._sessions.stop(_name(request))

    def source(self, reference: object) -> str:
        """The source panel's content for a link of an answer that this process has shown; anything else is refused."""
        source = self._sessions.source(reference) if isinstance(reference, str) else None
        if source is None:
            return render.source_fault_html("This footnote belongs to an earlier run of the page. Ask again to see it.")
        try:
            return render.source_html(source, self._opening.assistant().library.document(source.document_id))
        except DocumentNotFound:
            return render.source_gone_html(source)
        except FAULTS as error:
            return render.source_fault_html(in_words(error))

    def _documents(self) -> list[DocumentSummary] | None:
        assistant = self._opening.opened
        if assistant is None:
            return None
        try:
            return list(assistant.library.documents())
        except FAULTS:
            return None  # a question says what is wrong


def _invitation(documents: Sequence[DocumentSummary] | None) -> list[Any]:
    """What stands on the page before anything is asked: a greeting, and first questions where there are some."""
    questions = first_questions({document.id for document in documents or ()}, SUGGESTIONS)
    offers = [gr.Button(text, visible=True) for text in questions]
    hidden = [gr.Button(visible=False)] * (SUGGESTIONS - len(questions))
    return [render.welcome(documents), gr.Column(visible=bool(questions)), *offers, *hidden]


def _name(request: gr.Request) -> str:
    return str(request.session_hash)
