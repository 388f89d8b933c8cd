"""The tools of the Model Context Protocol: search, ask and show, for programs that let a model use them.

Knows the official library of the protocol and nothing of how models are loaded. Questions of one process wait in one
queue; a call that is cancelled gives its place up. A fault is an error of the tool, told in one line.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, TypeVar

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import Field

from index.records import Document
from rag import forms
from rag.api.replies import stages
from rag.errors import FAULTS, in_words
from rag.opening import Answering, Opening
from rag.questions import readable
from rag.queueing import Happening, Queue
from rag.recorder import Recorder
from rag.recording import Records
from rag.records import Done

MOST_CHARACTERS = 20_000  # of a document at once: more than a model reads with profit
_READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
_INSTRUCTIONS = (
    "Answers from the documents that the user has added to Footnote on this machine. `ask` gives an answer of which"
    " every sentence cites exact words; `search` finds passages; `show` gives the text around a citation. Where"
    " `answered` is false, the documents do not say."
)
_log = logging.getLogger(__name__)
_Result = TypeVar("_Result")


def server(opening: Opening, queue: Queue) -> MCPServer[Any]:
    """The server, to be run on any transport."""
    tools: MCPServer[Any] = MCPServer(
        "footnote", title="Footnote", version=version("footnote"), instructions=_INSTRUCTIONS, log_level="ERROR"
    )

    @tools.tool(annotations=_READS)
    async def search(
        query: Annotated[str, Field(description="Words or a question.")],
        k: Annotated[int, Field(ge=1, le=100, description="How many passages at most.")] = 5,
    ) -> dict[str, Any]:
        """Find the passages of the user's documents that fit best, by words and by meaning, best first."""
        hits = await _aside(lambda: opening.assistant().library.search(query, k))
        return {"passages": [forms.hit_form(hit) for hit in hits]}

    @tools.tool(annotations=_READS)
    async def ask(
        question: Annotated[str, Field(description="A question in words that stands by itself.")], context: Context
    ) -> dict[str, Any]:
        """Answer a question from the user's documents, every sentence with citations of exact words.

        Takes seconds to a minute. "answered" is false where the documents do not say.
        """
        try:
            place = queue.join(readable(question))
        except FAULTS as fault:
            raise ToolError(in_words(fault)) from fault
        try:
            async for batch in place.arriving():
                await _report(context, batch)
                if isinstance(batch[-1], Done):
                    return forms.answer_form(batch[-1].answer)
        finally:
            place.leave()
        raise _told(place.fault)

    @tools.tool(annotations=_READS)
    async def show(
        document: Annotated[str, Field(description="The id of a document, the beginning of one, or its path.")],
        start: Annotated[int, Field(ge=0, description="The first character to show.")] = 0,
        end: Annotated[int | None, Field(ge=0, description="The character to show up to.")] = None,
    ) -> dict[str, Any]:
        """Show the stored text of a document, or a span of it, as citations and passages name one.

        At most 20,000 characters at once; "characters" says how many there are.
        """
        found: Document = await _aside(lambda: opening.assistant().library.document(document))
        whole = len(found.text)
        last = min(whole, start + MOST_CHARACTERS, whole if end is None else max(start, end))
        return forms.span_form(found, min(start, whole), last) | {"characters": whole}

    return tools


def serve(opener: Callable[[], Answering], home: Path) -> None:
    """Serves one program through standard input and output until it closes them. What is opened is opened when used,
    and answers are kept for `footnote replay`."""
    opening = Opening(opener)
    queue = Queue(Recorder(opening, Records(home), _log.error).ask)
    try:
        server(opening, queue).run("stdio")
    finally:
        queue.close()
        opening.close()


async def _aside(work: Callable[[], _Result]) -> _Result:
    """Work that would hold up the protocol, in a thread."""
    try:
        return await asyncio.to_thread(work)
    except FAULTS as fault:
        raise ToolError(in_words(fault)) from fault


async def _report(context: Context, batch: list[Happening]) -> None:
    """How far the question has come, for clients that show it."""
    for stage in stages(batch):
        match stage:
            case {"stage": "waiting", "before": before}:
                await context.report_progress(0, message=f"waiting, {before} before you")
            case {"stage": "reading", "done": done, "total": total}:
                await context.report_progress(done, total, "reading")


def _told(fault: BaseException | None) -> Exception:
    if isinstance(fault, FAULTS):
        return ToolError(in_words(fault))
    _log.error("A question could not be answered", exc_info=fault)
    return ToolError("something unexpected went wrong; the log of the server shows what")
