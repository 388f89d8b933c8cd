"""Footnote as a process of its own, started and timed from outside, and its page asked as a browser asks it.

Knows the command line, gradio's wire protocol and the clock. Does not import what it measures.
"""

from __future__ import annotations

import http.client
import json
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from benchmarks.gold import documents_in

FOOTNOTE = (sys.executable, "-m", "rag")
HOST = "127.0.0.1"
ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT / "seeds"

_POLL_SECONDS = 0.02
_LONGEST_ANSWER_SECONDS = 900.0


class ProcessFault(Exception):
    """The process ended, or did not do in time what was waited for."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page that answers. `seconds` passed from starting the process `pid` to the first HTTP 200."""

    pid: int
    port: int
    seconds: float


def add_documents(folder: Path, home: Path) -> None:
    """Reads the documents of a folder into `home`. Raises ProcessFault with what the command says."""
    command = [*FOOTNOTE, "add", "--json", "--home", str(home), *map(str, documents_in(folder))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise ProcessFault(f"footnote add: {done.stderr.strip()}")


@contextmanager
def serving(command: Sequence[str], port: int, timeout: float) -> Iterator[Page]:
    """Runs a command that serves the page on `port`, and interrupts it at the end."""
    started = time.perf_counter()
    with (
        tempfile.TemporaryFile("w+") as said,
        subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=said, start_new_session=True) as process,
    ):
        try:
            _await_page(process, port, started + timeout, said)
            yield Page(process.pid, port, time.perf_counter() - started)
        finally:
            _end(process)


def _await_page(process: subprocess.Popen[bytes], port: int, deadline: float, said: IO[str]) -> None:
    while not _answers(port):
        ended = process.poll() is not None
        if ended or time.perf_counter() > deadline:
            said.seek(0)
            last = said.read().strip().rpartition("\n")[2]
            raise ProcessFault(f"no page on port {port}: the process {'ended' if ended else 'is too slow'}: {last}")
        time.sleep(_POLL_SECONDS)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])


def ask_page(port: int, question: str) -> str:
    """Types a question into the page and presses Enter; returns the HTML of the answered turn.

    Follows the chain of events that the page's own configuration names. Raises ProcessFault when one fails.
    """
    configuration = _get(port, "/config")
    box = next(part["id"] for part in configuration["components"] if part["props"].get("elem_id") == "question")
    events = configuration["dependencies"]
    event = next((event for event in events if [box, "submit"] in event["targets"]), None)
    session, values, shown = secrets.token_hex(6), [question], ""
    while event is not None:
        call = {"fn_index": event["id"], "session_hash": session, "trigger_id": box, "data": values}
        shown = _queued(port, call) if event["queue"] else _direct(port, call)
        values = []
        event = next((later for later in events if later.get("trigger_after") == event["id"]), None)
    return shown


def _direct(port: int, call: dict[str, Any]) -> str:
    return json.dumps(_exchange(port, "/gradio_api/run/predict", call)["data"], ensure_ascii=False)


def _queued(port: int, call: dict[str, Any]) -> str:
    """Joins the queue and listens to its stream of server-sent events until the call is done."""
    _exchange(port, "/gradio_api/queue/join", call)
    connection = http.client.HTTPConnection(HOST, port, timeout=_LONGEST_ANSWER_SECONDS)
    try:
        connection.request("GET", f"/gradio_api/queue/data?session_hash={call['session_hash']}")
        for line in connection.getresponse():
            if not line.startswith(b"data:"):
                continue
            message = json.loads(line.removeprefix(b"data:"))
            if message["msg"] == "process_completed":
                if not message["success"]:
                    raise ProcessFault(f"the page failed to answer: {message['output'].get('error')}")
                return json.dumps(message["output"]["data"], ensure_ascii=False)
    finally:
        connection.close()
    raise ProcessFault("the page ended its stream before the answer")


def _get(port: int, path: str) -> Any:  # noqa: ANN401  (JSON)
    return _exchange(port, path, None)


def _exchange(port: int, path: str, body: object) -> Any:  # noqa: ANN401  (JSON)
    connection = http.client.HTTPConnection(HOST, port, timeout=60)
    try:
        if body is None:
            connection.request("GET", path)
        else:
            connection.request("POST", path, json.dumps(body), {"content-type": "application/json"})
        reply = connection.getresponse()
        content = reply.read()
        if reply.status != http.HTTPStatus.OK:
            raise ProcessFault(f"{path} answers {reply.status}: {content[:200].decode(errors='replace')}")
        return json.loads(content)
    finally:
        connection.close()
