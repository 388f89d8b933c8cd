"""One page for all tests of this folder that only read, and sessions of their own for those that ask."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.conversations import Conversations
from rag.opening import Opening
from rag.queueing import Queue
from rag.turns import Turn
from rag.ui.session import Sessions
from tests.rag.ui.fake_assistant import FakeAssistant
from tests.rag.ui.serving import serving


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Where the page is served, with the scripted assistant behind it."""
    with serving(FakeAssistant) as url:
        yield url


@pytest.fixture
def assistant() -> FakeAssistant:
    return FakeAssistant(pause=0.01)


@pytest.fixture
def conversations(tmp_path: Path) -> Conversations:
    return Conversations(tmp_path / "conversations.sqlite3")


@pytest.fixture
def queue(assistant: FakeAssistant) -> Iterator[Queue]:
    queue = Queue(Opening(lambda: assistant).ask)
    yield queue
    queue.close()


@pytest.fixture
def sessions(queue: Queue, conversations: Conversations) -> Sessions:
    return Sessions(queue, conversations)


def ask(sessions: Sessions, name: str, question: str) -> list[Turn]:
    assert sessions.begin(name, question)
    return list(sessions.run(name))
