"""What the page does when somebody asks: the question shown at once, the answer as it grows, the source of a footnote.

Handlers of gradio's events around the turns of `session` and the HTML of `render`; decides nothing about answers. (No
postponed annotations here: gradio recognises `gr.Request` parameters by their evaluated annotations.)
"""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import gradio as gr
from gradio.context import LocalContext

from index.errors import DocumentNotFound
from index.records import DocumentSummary
from rag.errors import FAULTS, ConversationsError, in_words
from rag.opening import Opening
from rag.questions import asks
from rag.turns import Turn
from rag.ui import beside, render
from rag.ui.export import one_markdown
from rag.ui.pictures import Pictures, Sources
from rag.ui.session import Sessions
from rag.ui.suggestions import first_questions

SUGGESTIONS = 4
# What stands in the box while nothing is typed: at first, and once nothing was sent.
ASK = "Ask about your documents"
NOTHING_ASKED = "The question is empty: type a question in words"
_STATE_SECONDS = 20.0
# About what a search with the second look takes on two cores; no longer is the question kept back.
_MOMENT_SECONDS = 0.2


class Talk:
    """Each handler takes and returns values of components; none keeps state of its own."""

    def __init__(self, opening: Opening, sessions: Sessions, pictures: Pictures, sources: Sources) -> None:
        self._opening = opening
        self._sessions = sessions
        self._sources = sources
        self._pictures = pictures

    def greet(self, request: gr.Request) -> Iterator[list[Any]]:
        """While the assistant opens and warms: the header; and until something is asked, what one could ask."""
        self._opening.visited()
        state = self._opening.state
        while True:
            documents = self._documents()
            header = render.header(state, self._opening.message, documents)
            questions = first_questions({document.id for document in documents or ()}, SUGGESTIONS)
            offers = [gr.Button(text, visible=True) for text in questions]
            hidden = [gr.Button(visible=False)] * (SUGGESTIONS - len(questions))
            yield [header, *self._invitation(name_of(request), documents), *offers, *hidden]
            if state in ("ready", "fault"):
                return
            state = self._opening.wait_for_change(state, _STATE_SECONDS)

    def shown(self, request: gr.Request) -> list[Any]:
        """The conversation of this page, drawn as a whole."""
        name = name_of(request)
        turns = self._sessions.turns(name)
        return [
            *self._invitation(name, self._documents()),
            render.conversation(turns[:-1]),
            render.turn_html(turns[-1]) if turns else "",
        ]

    def begin(self, question: str, limit: list[str] | None, request: gr.Request) -> list[Any]:
        """Shows the question at once, with its passages where those are there in a moment: that spares the page a way
        to the server and back. While another of this page is being answered the text stays in the box and nothing else
        happens; where it has no words the empty box says so.

        `limit` holds the ids of the documents to answer from; empty means all.
        """
        if not asks(question):
            return [gr.update(value="", placeholder=NOTHING_ASKED), *[gr.skip()] * 4]
        if not self._sessions.begin(name_of(request), question, limit or ()):
            return [gr.skip()] * 5
        self._sessions.await_passages(name_of(request), _MOMENT_SECONDS)
        return [gr.update(value="", placeholder=ASK), *self.shown(request)]

    def run(self, request: gr.Request) -> Iterator[Any]:
        """The answer as it grows, wherever its conversation is the one that the page shows."""
        # First what stands there: all may have come with `begin`, and a call that yields nothing empties the page.
        turns = self._sessions.turns(name_of(request))
        yield render.turn_html(turns[-1]) if turns else gr.skip()
        for turn in self._sessions.run(name_of(request)):
            shown = self._sessions.turns(name_of(request))
            yield render.turn_html(turn) if shown and shown[-1].key == turn.key else gr.skip()

    def end(self, request: gr.Request) -> list[Any]:
        """The answer once more, in case an older state of it came late; and what is wrong, or that it is mended."""
        turns = self._sessions.turns(name_of(request))
        ended = bool(turns) and turns[-1].finished
        header = render.header(self._opening.state, self._opening.message, self._documents())
        return [render.turn_html(turns[-1]) if ended else gr.skip(), header]

    def stop(self, request: gr.Request) -> Any:  # noqa: ANN401  (a value, or gradio's sign to leave it)
        """What was stopped, unless `run` still follows it and draws its end; this call might come after that."""
        self._sessions.stop(name_of(request))
        turns = self._sessions.turns(name_of(request))
        return render.turn_html(turns[-1]) if turns and turns[-1].finished else gr.skip()

    def leave(self, request: gr.Request) -> None:
        self._sessions.leave(name_of(request))
        forget_caller()

    def source(self, reference: object) -> str:
        """The source panel's content for a link of an answer; anything else is refused."""
        try:
            source = self._sources(reference) if isinstance(reference, str) else None
        except ConversationsError as error:
            return render.source_fault_html(str(error))
        if source is None:
            return render.source_fault_html("This footnote belongs to a conversation that is not kept any more.")
        try:
            document = self._opening.assistant().library.document(source.document_id)
            picture = self._pictures.of(source, document)
            drawn = beside.picture_html(source, str(reference), picture) if picture else ""
            return beside.source_html(source, document, drawn)
        except DocumentNotFound:
            return beside.source_gone_html(source, changed=self._changed(source.path))
        except FAULTS as error:
            return render.source_fault_html(in_words(error))

    def question(self, key: object) -> str:
        """A question word for word, to be asked again or edited."""
        turn = self._kept(key)
        return turn.question if turn else ""

    def copied(self, key: object) -> str:
        """A question and its answer as Markdown with footnotes."""
        turn = self._kept(key)
        return one_markdown(turn) if turn else ""

    def remark(self, remark: object) -> bool:
        """Keeps `{"key", "liked", "note"}`; False for anything else."""
        match remark:
            case {"key": str(key), "liked": bool() | None as liked, "note": str(note)}:
                with contextlib.suppress(ConversationsError):
                    return self._sessions.remark(key, liked, note)
        return False

    def _kept(self, key: object) -> Turn | None:
        try:
            return self._sessions.turn(key)
        except ConversationsError:
            return None

    def _changed(self, path: str) -> bool:
        """Whether the library holds another document at this path now."""
        return any(document.path == path for document in self._documents() or ())

    def _invitation(self, name: str, documents: Sequence[DocumentSummary] | None) -> list[Any]:
        """What stands on the page before anything is asked: a greeting, and room for first questions."""
        if self._sessions.turns(name):
            return ["", gr.Column(visible=False)]
        questions = first_questions({document.id for document in documents or ()}, 1)
        return [render.welcome(documents), gr.Column(visible=bool(questions))]

    def _documents(self) -> list[DocumentSummary] | None:
        assistant = self._opening.opened
        if assistant is None:
            return None
        try:
            return list(assistant.library.documents())
        except FAULTS:
            return None  # a question says what is wrong


def name_of(request: gr.Request) -> str:
    """The name of the open page that a call comes from."""
    return str(request.session_hash)


def forget_caller() -> None:
    """Lets go of what gradio holds of whoever calls: the values of every part of the page, some 150 KB.

    It would keep them for every page and every call of a program that ever was.
    """
    blocks, request = LocalContext.blocks.get(None), LocalContext.request.get(None)
    if blocks is not None and request is not None:
        blocks.state_holder.session_data.pop(str(request.session_hash), None)
        blocks.state_holder.time_last_used.pop(str(request.session_hash), None)
