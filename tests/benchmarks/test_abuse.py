"""A short run of abuse against the served page, and that the benchmark would notice a server that lets things in."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from benchmarks import abuse
from tests.rag.ui.fake_assistant import FakeAssistant
from tests.rag.ui.serving import serving


@contextmanager
def careless(status: int) -> Iterator[str]:
    """A server that answers everything alike."""

    class Careless(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({"question": abuse.QUESTION}).encode()
            length = int(self.headers.get("content-length", 0))
            proper = self.rfile.read(length) == abuse._good() and self.path == abuse.COMPLETIONS
            self.send_response(200 if proper else status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, format: str, *arguments: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Careless)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.slow
def test_forty_malformed_bodies_bring_nothing_down_and_no_door_is_open() -> None:
    with serving(FakeAssistant) as address:
        found = abuse.abused(address, 40, seed=3)
    assert sum(found.statuses.values()) == 40
    assert (found.faults, found.broken, found.let_in) == (0, 0, [])
    assert found.statuses[400] > 25
    assert found.answers_after


@pytest.mark.slow
@pytest.mark.parametrize(("status", "faults"), [(200, 0), (500, 20)])
def test_what_a_careless_server_does_is_noticed(status: int, faults: int) -> None:
    with careless(status) as address:
        found = abuse.abused(address, 20, seed=3)
    assert found.faults >= faults - 2  # a spoiled body can still be a good one
    assert (len(found.let_in) > 30) is (status == 200)


def test_bodies_are_the_same_for_the_same_seed() -> None:
    def made(seed: int) -> list[bytes]:
        return [*abuse.spoiled(30, random.Random(seed)), *abuse.invented(10, seed)]

    assert made(1) == made(1) != made(2)
