"""The HTTP interface for programs under `/v1`, in OpenAI's form: chat completions, models, its own description.

Puts each question into the queue of the page and gives its place up when the program goes away. Who may call, and how
much may be sent, is decided before by `rag.ui.safety`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from rag.api.description import description
from rag.api.errors import ApiError, api_error_of, loading
from rag.api.replies import Reply, event, model_form, stages
from rag.api.requests import completion_in, require
from rag.errors import FAULTS, QuestionError, QueueFull
from rag.footnotes import written
from rag.opening import Opening
from rag.questions import readable
from rag.queueing import Happening, Place, Queue
from rag.records import Answer, Checked, Done, Sentence, Waiting

_log = logging.getLogger(__name__)


def application(opening: Opening, queue: Queue) -> Starlette:
    """What is mounted under `/v1`."""
    since = int(time.time())

    async def models(_: Request) -> Response:
        return JSONResponse({"object": "list", "data": [model_form(since)]})

    async def model(request: Request) -> Response:
        require(request.path_params["model"])
        return JSONResponse(model_form(since))

    async def described(_: Request) -> Response:
        return JSONResponse(description())

    async def complete(request: Request) -> Response:
        asked = completion_in(await request.body())
        if opening.state in ("opening", "warming"):
            opening.visited()  # a program counts as somebody who has the page: loading begins at once
            raise loading()
        try:
            place = queue.join(readable(asked.question), history=asked.history)
        except (QuestionError, QueueFull) as fault:
            raise api_error_of(fault) from fault
        if not asked.stream:
            async with _held(request, place):
                return JSONResponse(Reply().whole(await _answered(place)))
        pieces = _streamed(request, place, live=asked.footnote.live, with_usage=asked.with_usage)
        return StreamingResponse(
            _after(await anext(pieces), pieces),  # what goes wrong before there is anything to send keeps its status
            media_type="text/event-stream",
            headers={"cache-control": "no-store"},
        )

    return Starlette(
        routes=[
            Route("/chat/completions", complete, methods=["POST"]),
            Route("/models", models),
            Route("/models/{model:path}", model),
            Route("/openapi.json", described),
        ],
        exception_handlers={ApiError: _refused, HTTPException: _not_here, ClientDisconnect: _gone},
    )


async def _streamed(request: Request, place: Place, *, live: bool, with_usage: bool) -> AsyncIterator[bytes]:
    """The pieces of a reply. Raises ApiError before the first of them; a later fault is a piece itself."""
    reply, answer, begun = Reply(), None, False
    checked: list[Sentence] = []
    waited: list[Happening] = []
    said = ""
    async with _held(request, place):
        try:
            async for batch in place.arriving():
                if not begun:
                    batch = waited = [*waited, *batch]
                    if batch == [Waiting(0)]:
                        continue  # what comes next may be a fault, which has a status of its own
                    begun = True
                    yield reply.opening()
                fresh = iter([happening.sentence for happening in batch if isinstance(happening, Checked)])
                for stage in stages(batch):
                    yield reply.progress(stage)
                    if stage["stage"] == "checked" and live:
                        checked.append(next(fresh))
                        yield reply.content(written(checked).removeprefix(said))
                        said = written(checked)
                answer = _answer_in(batch) or answer
            for piece in reply.closing(_finished(place, answer), said, with_usage=with_usage):
                yield piece
        except ApiError as error:
            if not begun:
                raise
            yield event(error.form)  # where clients of OpenAI's form look for it once the status is sent


async def _after(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece


async def _answered(place: Place) -> Answer:
    answer = None
    async for batch in place.arriving():
        answer = _answer_in(batch) or answer
    return _finished(place, answer)


def _answer_in(batch: list[Happening]) -> Answer | None:
    last = batch[-1] if batch else None
    return last.answer if isinstance(last, Done) else None


def _finished(place: Place, answer: Answer | None) -> Answer:
    """The answer, if answering came to its end; else raises ApiError. A defect goes to the log with its trace, too."""
    fault = place.fault
    if fault is not None and not isinstance(fault, FAULTS):
        _log.error("A program's question could not be answered", exc_info=fault)
    if answer is None:
        raise api_error_of(fault)
    return answer


@contextlib.asynccontextmanager
async def _held(request: Request, place: Place) -> AsyncIterator[None]:
    """Keeps the place while the program is there, be it waiting or being answered; then the place is given up."""

    async def leave_with() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        place.leave()

    present = asyncio.create_task(leave_with())
    try:
        yield
    finally:
        present.cancel()
        place.leave()


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return error.reply()


async def _not_here(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    words = {404: "There is nothing here.", 405: "This address does not take that method."}
    message = words.get(error.status_code, error.detail)
    return ApiError(error.status_code, message).reply(dict(error.headers or {}))


async def _gone(_: Request, __: Exception) -> Response:
    return Response(status_code=400)  # nobody reads it
