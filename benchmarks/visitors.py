"""Ways of asking a served Footnote while others ask: through the page, streamed, whole, or by gradio's named endpoint.

Each is one coroutine that ends with what was answered and can be cancelled at any moment, which hangs up as a closed
browser or a killed program does. Knows the wire protocols; decides nothing about who asks what.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

COMPLETIONS = "/v1/chat/completions"

_WAITING = re.compile(r"Waiting, (\d+) before you")


class Lost(Exception):
    """Who asked got no answer."""


@dataclass(slots=True)
class Heard:
    """What came back: the question that the answer says it answers, its text, and the places told while waiting."""

    question: str = ""
    text: str = ""
    places: list[int] = field(default_factory=list)


Way = Callable[[httpx.AsyncClient, str, Heard], Awaitable[None]]


async def whole(client: httpx.AsyncClient, question: str, heard: Heard) -> None:
    """A program that waits for the whole reply; it is not told its place."""
    reply = await client.post(COMPLETIONS, json=_completion(question))
    if reply.status_code != httpx.codes.OK:
        raise Lost(f"status {reply.status_code}: {reply.text[:200]}")
    form = reply.json()
    heard.question, heard.text = form["footnote"]["question"], form["choices"][0]["message"]["content"]


async def streamed(client: httpx.AsyncClient, question: str, heard: Heard) -> None:
    """A program that reads the reply as it comes."""
    async with client.stream("POST", COMPLETIONS, json=_completion(question) | {"stream": True}) as reply:
        if reply.status_code != httpx.codes.OK:
            raise Lost(f"status {reply.status_code}")
        async for form in _events(reply):
            if "error" in form:
                raise Lost(form["error"]["message"])
            _note(form.get("footnote", {}), heard)
            heard.text += "".join(choice["delta"].get("content") or "" for choice in form["choices"])
    if not heard.question:
        raise Lost("the stream ended before the answer")


async def named(client: httpx.AsyncClient, question: str, heard: Heard) -> None:
    """A program that calls gradio's endpoint `ask` as curl does."""
    begun = await client.post("/gradio_api/call/ask", json={"data": [question]})
    async with client.stream("GET", f"/gradio_api/call/ask/{begun.json()['event_id']}") as reply:
        async for form in _events(reply):
            if isinstance(form, list) and form:
                _note(form[0], heard)
                heard.text = form[0].get("answer", heard.text)
    if not heard.question:
        raise Lost("the endpoint ended before the answer")


async def page(client: httpx.AsyncClient, question: str, heard: Heard) -> None:
    """A person at a page of their own, with the connection that tells the server that the page is still open."""
    configuration = (await client.get("/config")).json()
    values = {part["id"]: _value(part) for part in configuration["components"]}
    box = next(part["id"] for part in configuration["components"] if part["props"].get("elem_id") == "question")
    events = configuration["dependencies"]
    event = next((event for event in events if [box, "submit"] in event["targets"]), None)
    session, shown = secrets.token_hex(6), ""
    async with _present(client, session):
        while event is not None:
            given = [question if part == box else values[part] for part in event["inputs"]]
            call = {"fn_index": event["id"], "session_hash": session, "trigger_id": box, "data": given}
            if event["queue"]:
                await _followed(client, call, heard)
            else:
                shown = json.dumps((await client.post("/gradio_api/run/predict", json=call)).json()["data"][0])
            event = next((later for later in events if later.get("trigger_after") == event["id"]), None)
    if "fn-fault" in shown or 'data-stage=\\"done\\"' not in shown:
        raise Lost(f"the page shows no answer: {shown[:200]}")
    heard.question = question if question in shown else shown
    heard.text = shown


def _completion(question: str) -> dict[str, Any]:
    return {"model": "footnote", "messages": [{"role": "user", "content": question}]}


def _note(footnote: dict[str, Any], heard: Heard) -> None:
    stage = footnote.get("progress", {})
    if stage.get("stage") == "waiting" and stage["before"] not in heard.places[-1:]:
        heard.places.append(stage["before"])
    heard.question = footnote.get("question", heard.question)


async def _events(reply: httpx.Response) -> AsyncIterator[Any]:
    async for line in reply.aiter_lines():
        if line.startswith("data: ") and line != "data: [DONE]":
            yield json.loads(line.removeprefix("data: "))


@contextlib.asynccontextmanager
async def _present(client: httpx.AsyncClient, session: str) -> AsyncIterator[None]:
    async def beat() -> None:
        async with client.stream("GET", f"/gradio_api/heartbeat/{session}") as reply:
            async for _ in reply.aiter_lines():
                pass

    beating = asyncio.create_task(beat())
    try:
        yield
    finally:
        beating.cancel()
        with contextlib.suppress(asyncio.CancelledError, httpx.HTTPError):
            await beating


async def _followed(client: httpx.AsyncClient, call: dict[str, Any], heard: Heard) -> None:
    joined = await client.post("/gradio_api/queue/join", json=call)
    if joined.status_code != httpx.codes.OK:
        raise Lost(f"the page's queue says {joined.status_code}")
    async with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": call["session_hash"]}) as reply:
        async for line in reply.aiter_lines():
            heard.places += [int(before) for before in _WAITING.findall(line) if int(before) not in heard.places[-1:]]
            if '"process_completed"' in line:
                return
    raise Lost("the page's stream ended before the answer")


def _value(part: dict[str, Any]) -> Any:  # noqa: ANN401  (JSON)
    value = part["props"].get("value")
    return "" if value is None and part["type"] == "textbox" else value
