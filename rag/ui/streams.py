"""Keeps the stream of a page's events open for a while, so that nothing that is asked meanwhile is lost.

gradio tells a page that its stream is closed as soon as nothing of it is pending. What the page asks while those words
are on their way is answered into a stream that nobody reads, and the page waits for ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PATH = "/gradio_api/queue/data"
# Longer than what belongs together is apart, and short, since a browser opens no more than six connections to a server.
LINGER_SECONDS = 3.0
_LOOK_SECONDS = 0.05
_CLOSED = b'"msg":"close_stream"'


class Streams:
    """ASGI middleware: `pending` says whether gradio still has something for the page with this name."""

    def __init__(self, app: ASGIApp, pending: Callable[[str], bool], linger_seconds: float = LINGER_SECONDS) -> None:
        self._app = app
        self._pending = pending
        self._linger_seconds = linger_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].rstrip("/") != PATH:
            await self._app(scope, receive, send)
            return
        page = parse_qs(scope["query_string"].decode("latin-1")).get("session_hash", [""])[0]
        stream = _Stream(send)
        await self._app(scope, receive, stream.send)
        while stream.ending and await self._goes_on(page, Request(scope, receive)):
            stream.ending.clear()
            await self._app(scope, receive, stream.send)
        for message in stream.ending:
            await send(message)

    async def _goes_on(self, page: str, request: Request) -> bool:
        """Whether something more is asked before the time is up."""
        loop = asyncio.get_running_loop()
        end = loop.time() + self._linger_seconds
        while not await request.is_disconnected():  # first of all: what comes next may have a stream of its own
            if self._pending(page):
                return True
            if loop.time() >= end:
                return False
            await asyncio.sleep(_LOOK_SECONDS)
        return False


class _Stream:
    """One response made of several, each but the last without its end. `ending` is what was held back of one."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._started = False
        self.ending: list[Message] = []

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if self._started:
                return
            self._started = True
        if self.ending or _CLOSED in message.get("body", b""):
            self.ending.append(message)
        else:
            await self._send(message)
