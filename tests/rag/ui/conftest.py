"""One page for all tests of this folder that only read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rag.ui.fake_assistant import FakeAssistant
from tests.rag.ui.serving import serving


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Where the page is served, with the scripted assistant behind it."""
    with serving(FakeAssistant) as url:
        yield url
