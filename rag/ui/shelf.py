"""What the page does with kept conversations: the list beside the talk, opening, naming, deleting, and saving as files.

Handlers of gradio's events around `rag.conversations`. (No postponed annotations here: gradio recognises `gr.Request`
parameters by their evaluated annotations.)
"""

from typing import Any

import gradio as gr
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from rag.conversations import Conversation, Conversations
from rag.errors import ConversationsError
from rag.ui import export, kept, lists
from rag.ui.session import Sessions
from rag.ui.talk import Talk, name_of

LISTED = 60
PARAMETER = "conversation"  # of the page's address


class Shelf:
    """Each handler takes and returns values of components; none keeps state of its own.

    `found` alone draws the list, whenever its bell has rung (`lists`): what changes the list rings it. Where another
    conversation is shown than before, the talk is drawn with what is beside it: `[*Talk.shown, *Shelf.shown]`.
    """

    def __init__(self, conversations: Conversations, sessions: Sessions, talk: Talk) -> None:
        self._conversations = conversations
        self._sessions = sessions
        self._talk = talk

    def arrive(self, request: gr.Request) -> list[Any]:
        """A page is opened: with the conversation that its address names, if there is one."""
        return self.open(request.query_params.get(PARAMETER), request)

    def open(self, conversation: str | None, request: gr.Request) -> list[Any]:
        """Shows another conversation; one that is not there any more leaves the page as it is, and says so."""
        fault = ""
        wanted = conversation if isinstance(conversation, str) else ""  # it comes as the page sends it
        if wanted and wanted != self._sessions.conversation(name_of(request)):
            try:
                self._sessions.open(name_of(request), wanted)
            except ConversationsError as error:
                fault = str(error)
        return self._drawn(request, fault)

    def renew(self, request: gr.Request) -> list[Any]:
        self._sessions.renew(name_of(request))
        return self._drawn(request)

    def delete(self, conversation: str, request: gr.Request) -> list[Any]:
        """Deletes the conversation that the page showed when the reader asked for that."""
        fault = ""
        try:
            self._sessions.delete(conversation)
        except ConversationsError as error:
            fault = str(error)
        return self._drawn(request, fault)

    def begin(self, question: str, limit: list[str] | None, request: gr.Request) -> list[Any]:
        """A question is asked: the talk, and what is beside it."""
        return [*self._talk.begin(question, limit, request), *self.shown(request)]

    def rename(self, title: str, conversation: str, request: gr.Request) -> list[Any]:
        """Gives the conversation in whose box it was typed another name; an emptied box gets the old one back.

        The box is left alone otherwise: the reader may be typing in it again, or look at another conversation by now.
        """
        fault = ""
        try:
            if title.strip():
                self._conversations.rename(conversation, title)
        except ConversationsError as error:
            fault = str(error)
        here = self._here(request)
        emptied = here is not None and here.id == conversation and not title.strip()
        return [lists.rung(), self._fault(fault), here.title if here and emptied else gr.skip()]

    def shown(self, request: gr.Request, fault: str = "") -> list[Any]:
        """What can be done with the conversation that the page shows, and a ring for the list."""
        here = self._here(request)
        title = "" if here is None else here.title
        return [lists.rung(), self._fault(fault), gr.Column(visible=here is not None), title, kept.saving(here)]

    def found(self, search: str, request: gr.Request) -> list[Any]:
        """The list of those that a search finds, the one that the page shows marked, and what is to be said below."""
        try:
            listed = self._conversations.listed(search, LISTED)
        except ConversationsError as error:
            return [gr.Radio(choices=[], value=None), kept.fault(str(error))]
        shown = self._sessions.conversation(name_of(request))
        marked = shown if any(one.id == shown for one in listed) else None
        return [gr.Radio(choices=[(one.title, one.id) for one in listed], value=marked), kept.note(len(listed), search)]

    async def download(self, request: Request) -> Response:
        """One conversation as a file: `/export/ID.md`, `.html` or `.json`."""
        form = export.FORMS.get(request.path_params["form"])
        try:
            conversation = self._conversations.conversation(request.path_params["conversation"])
            turns = self._conversations.turns(conversation.id)
        except ConversationsError as error:
            return PlainTextResponse(str(error), 404)
        if form is None:
            return PlainTextResponse("Conversations are saved as .md, .html or .json.", 404)
        name = export.file_name(conversation, request.path_params["form"])
        headers = {"content-disposition": f"attachment; filename*=utf-8''{name}", "cache-control": "no-store"}
        return Response(form.written(conversation, turns), media_type=form.media_type, headers=headers)

    def _drawn(self, request: gr.Request, fault: str = "") -> list[Any]:
        return [*self._talk.shown(request), *self.shown(request, fault)]

    def _fault(self, fault: str) -> str:
        return kept.fault(fault or self._sessions.trouble)

    def _here(self, request: gr.Request) -> Conversation | None:
        try:
            return self._conversations.conversation(self._sessions.conversation(name_of(request)))
        except ConversationsError:
            return None
