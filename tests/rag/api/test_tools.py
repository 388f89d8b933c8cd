"""`footnote mcp`, driven by the official client over standard input and output, with a scripted model behind it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import ClientSession, StdioServerParameters, stdio_client

from rag.recording import Records
from tests.rag.conftest import Command

ROOT = Path(__file__).parents[3]
QUESTION = "When did the harbour office open?"


@pytest.fixture
def parameters(stocked: Command, home: Path, tmp_path: Path) -> StdioServerParameters:
    environment = {"FOOTNOTE_HOME": str(home), "FOOTNOTE_MODELS": str(tmp_path / "models"), "PYTHONPATH": str(ROOT)}
    command = ["-m", "tests.rag.fake_footnote", "mcp"]
    return StdioServerParameters(command=sys.executable, args=command, env=environment, cwd=ROOT)


@asynccontextmanager
async def talking(parameters: StdioServerParameters) -> AsyncIterator[ClientSession]:
    async with stdio_client(parameters) as (read, write), ClientSession(read, write) as session:
        await session.initialize()
        yield session


def talk(parameters: StdioServerParameters, what: Callable[[ClientSession], Awaitable[None]]) -> None:
    async def run() -> None:
        with anyio.fail_after(50):
            async with talking(parameters) as session:
                await what(session)

    anyio.run(run)


async def called(session: ClientSession, tool: str, **arguments: object) -> dict[str, Any]:
    result = await session.call_tool(tool, arguments)
    assert not result.is_error, result
    found = result.structured_content
    assert isinstance(found, dict)
    assert json.loads(result.content[0].text) == found  # type: ignore[union-attr]  # clients read the one or the other
    return found


async def refused(session: ClientSession, tool: str, **arguments: object) -> str:
    result = await session.call_tool(tool, arguments)
    assert result.is_error
    return str(result.content[0].text)  # type: ignore[union-attr]


def test_what_is_found_asked_and_shown_is_the_same_text(parameters: StdioServerParameters, home: Path) -> None:
    async def what(session: ClientSession) -> None:
        tools = (await session.list_tools()).tools
        assert [tool.name for tool in tools] == ["search", "ask", "show"]
        assert all(tool.description and tool.annotations and tool.annotations.read_only_hint for tool in tools)
        found = (await called(session, "search", query="harbour office", k=2))["passages"]
        assert [hit["rank"] for hit in found] == [1, 2]
        answer = await called(session, "ask", question=QUESTION)
        assert answer["question"] == QUESTION
        assert Records(home).find(answer["id"]).form["answer"] == answer["answer"], "it can be replayed"
        citations = [one for sentence in answer["sentences"] for one in sentence["citations"]]
        assert citations
        for one in citations:
            span = {"document": one["document_id"], "start": one["start"], "end": one["end"]}
            assert (await called(session, "show", **span))["text"] == one["quote"]
        whole = await called(session, "show", document=found[0]["path"])
        assert whole["characters"] == len(whole["text"])
        assert whole["text"][found[0]["start"] : found[0]["end"]] == found[0]["text"]

    talk(parameters, what)


def test_that_the_documents_do_not_say_is_an_answer_and_a_fault_is_an_error(parameters: StdioServerParameters) -> None:
    async def what(session: ClientSession) -> None:
        declined = await called(session, "ask", question="decline: who built the tower?")
        assert declined["answered"] is False
        assert declined["sentences"] == []
        assert "the model failed" in await refused(session, "ask", question="fault")
        assert "empty" in await refused(session, "ask", question=" ")
        assert "no document" in (await refused(session, "show", document="/etc/passwd")).lower()
        assert "100" in await refused(session, "search", query="x", k=1000)
        assert (await called(session, "ask", question=QUESTION))["answered"], "it goes on after all that"

    talk(parameters, what)


def test_questions_asked_at_once_are_told_their_place_and_not_mixed_up(parameters: StdioServerParameters) -> None:
    async def what(session: ClientSession) -> None:
        answers: dict[str, str] = {}
        told: list[str] = []

        async def heard(progress: float, total: float | None, message: str | None) -> None:
            told.append(message or "")

        async def ask(question: str) -> None:
            result = await session.call_tool("ask", {"question": question}, progress_callback=heard)
            answers[question] = (result.structured_content or {})["question"]

        async with anyio.create_task_group() as group:
            for number in range(5):
                group.start_soon(ask, f"{QUESTION} {number}")
        assert len(answers) == 5
        assert all(asked == answered for asked, answered in answers.items())
        assert "reading" in told

    talk(parameters, what)


@pytest.mark.slow
def test_nothing_but_the_protocol_is_written_to_standard_output(parameters: StdioServerParameters) -> None:
    hello = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}},
    }
    ask = {"jsonrpc": "2.0", "id": 2, "method": "tools/call"}
    ask |= {"params": {"name": "ask", "arguments": {"question": QUESTION}}}
    lines = [hello, {"jsonrpc": "2.0", "method": "notifications/initialized"}, ask]
    process = subprocess.Popen(
        [parameters.command, *parameters.args],
        env=parameters.env,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    assert process.stderr
    said: list[dict[str, Any]] = []
    process.stdin.write("not the protocol\n" + "".join(f"{json.dumps(line)}\n" for line in lines))
    process.stdin.flush()
    while not said or said[-1].get("id") != 2:
        said.append(json.loads(process.stdout.readline()))
    process.stdin.close()
    rest = process.stdout.read()
    assert process.wait(30) == 0, "it ends when its input does"
    assert rest == ""
    assert all(message["jsonrpc"] == "2.0" for message in said)
    assert said[-1]["result"]["structuredContent"]["answered"]
    process.stdout.close()
    process.stderr.close()
