"""A page served in a thread on a free port, with the scripted assistant behind it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from rag.ui.opening import Answering
from rag.ui.page import build
from tests.rag.ui.fake_assistant import FakeAssistant


@contextmanager
def serving(opener: Callable[[], Answering]) -> Iterator[str]:
    """The address of a page that is up; it is down again afterwards."""
    import uvicorn

    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(build(opener), log_level="critical", lifespan="on", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        deadline = time.monotonic() + 30
        while not server.started:
            assert thread.is_alive(), "the server ended before it was up"
            assert time.monotonic() < deadline, "the server is not up after 30 s"
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=20)
        listener.close()


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """One page for all tests that only read."""
    with serving(FakeAssistant) as url:
        yield url
