"""The stream of a page's events stays open for a while, and what is asked meanwhile comes on it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from rag.ui.streams import PATH, Streams

CLOSED = b'data: {"msg":"close_stream","event_id":null}\n\n'


class Gradio:
    """Tells each page what it has for it, then that the stream is closed, as gradio does. `later` comes right then."""

    def __init__(self, events: list[bytes], later: bytes = b"") -> None:
        self.waiting = events
        self.later = later
        self.streams = 0

    def pending(self, page: str) -> bool:
        return page == "mine" and bool(self.waiting)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.streams += 1
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while self.waiting:
            await send({"type": "http.response.body", "body": self.waiting.pop(0), "more_body": True})
        await send({"type": "http.response.body", "body": CLOSED, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
        if self.later:
            self.waiting.append(self.later)


async def _stays() -> Message:
    await asyncio.Event().wait()
    raise AssertionError


async def _is_gone() -> Message:
    return {"type": "http.disconnect"}


def streamed(
    gradio: Gradio, linger_seconds: float, late: bytes = b"", path: str = PATH, receive: Receive = _stays
) -> list[Message]:
    """What one call sends; `late` comes a moment after the first stream has ended."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def run() -> None:
        if late:
            asyncio.get_running_loop().call_later(0.1, gradio.waiting.append, late)
        scope = {"type": "http", "method": "GET", "path": path, "query_string": b"session_hash=mine", "headers": []}
        await Streams(gradio, gradio.pending, linger_seconds)(scope, receive, send)

    asyncio.run(run())
    return sent


def bodies(sent: list[Message]) -> list[bytes]:
    return [message["body"] for message in sent if message["type"] == "http.response.body"]


def test_what_is_asked_when_all_is_told_comes_on_the_same_stream() -> None:
    gradio = Gradio([b"first"])
    sent = streamed(gradio, 0.3, late=b"second")
    assert bodies(sent) == [b"first", b"second", CLOSED, b""]
    assert [message["type"] for message in sent].count("http.response.start") == 1
    assert gradio.streams == 2


def test_without_more_it_is_closed_when_the_time_is_up() -> None:
    started = time.monotonic()
    assert bodies(streamed(Gradio([b"first"]), 0.2)) == [b"first", CLOSED, b""]
    assert 0.2 <= time.monotonic() - started < 2


def test_it_does_not_stay_open_for_a_page_that_is_gone() -> None:
    started = time.monotonic()
    streamed(Gradio([b"first"]), 30, receive=_is_gone)
    assert time.monotonic() - started < 5


def test_what_is_asked_when_the_page_has_gone_is_left_to_a_stream_of_its_own() -> None:
    gradio = Gradio([b"first"], later=b"second")
    assert bodies(streamed(gradio, 30, receive=_is_gone)) == [b"first", CLOSED, b""]
    assert gradio.streams == 1
    assert gradio.waiting == [b"second"]


def test_other_paths_are_let_through() -> None:
    assert bodies(streamed(Gradio([b"first"]), 30, path="/config")) == [b"first", CLOSED, b""]


def test_words_of_a_document_close_nothing() -> None:
    quoted = json.dumps({"data": CLOSED.decode()}).encode()
    assert bodies(streamed(Gradio([quoted, b"after it"]), 0.1)) == [quoted, b"after it", CLOSED, b""]


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=20) as client:
        yield client


def test_gradio_closes_a_stream_in_the_way_that_is_held_back(client: httpx.Client) -> None:
    """Fails where another gradio says it in other words."""
    dependencies = client.get("/config").json()["dependencies"]
    search = next(one["id"] for one in dependencies if one["api_name"] == "search")
    asked = {"fn_index": search, "session_hash": "streams", "data": ["why did Russia close the mission?", 1]}
    told = []
    assert client.post("/gradio_api/queue/join", json=asked).status_code == 200
    with client.stream("GET", PATH, params={"session_hash": "streams"}) as stream:
        for line in stream.iter_lines():
            if not line:
                continue
            told.append(json.loads(line.removeprefix("data: "))["msg"])
            if told.count("process_completed") == 2:
                break
            if told[-1] == "process_completed":
                time.sleep(0.2)  # by now gradio takes the stream for closed
                assert client.post("/gradio_api/queue/join", json=asked).status_code == 200
    assert told.count("process_completed") == 2
    assert "close_stream" not in told
