"""A model fetched from the page: followed with rate and time left, stopped, one at a time, faults in words."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.records import Progress
from rag.errors import UNEXPECTED, Cancelled, FetchError
from rag.models import Model, find
from rag.settings import Settings
from rag.ui.fetching import Fetches, Fetching
from rag.ui.wording import fetching_html

MODEL = find("smollm2-135m-instruct")


class FakeFetch:
    """Brings a model in as many steps as a test opens its gate for; `fault` ends it."""

    def __init__(self) -> None:
        self.gate = threading.Semaphore(0)
        self.fetched: list[str] = []
        self.fault: Exception | None = None

    def __call__(
        self,
        model: Model,
        settings: Settings,
        progress: Callable[[Progress], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Path:
        assert progress is not None
        assert cancelled is not None
        for step in range(1, 5):
            while not self.gate.acquire(timeout=0.02):
                if cancelled():
                    raise Cancelled("stopped; what has arrived is kept")
            if self.fault:
                raise self.fault
            progress(Progress(model.bytes * step // 4, model.bytes, "bytes", "checking" if step == 4 else ""))
        self.fetched.append(model.name)
        return model.path(settings.models)


@pytest.fixture
def fetch() -> FakeFetch:
    return FakeFetch()


@pytest.fixture
def fetches(fetch: FakeFetch) -> Iterator[Fetches]:
    fetches = Fetches(fetch)
    yield fetches
    fetches.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, models=tmp_path)


def test_before_anything_there_is_nothing_to_follow(fetches: Fetches) -> None:
    assert list(fetches.states()) == []
    assert fetching_html(None) == ""


def test_it_is_followed_until_it_is_here(fetches: Fetches, fetch: FakeFetch, settings: Settings) -> None:
    fetches.start(MODEL, settings)
    states = fetches.states()
    first = next(states)
    assert first.stage == "fetching"
    fetch.gate.release(4)
    *_, last = states
    assert last.stage == "done"
    assert fetch.fetched == [MODEL.name]
    assert "is here" in fetching_html(last)


def test_one_at_a_time(fetches: Fetches, settings: Settings) -> None:
    fetches.start(MODEL, settings)
    fetches.start(find("granite-4.1-3b"), settings)
    assert fetches.fetching is not None
    assert fetches.fetching.model == MODEL


@pytest.mark.slow
def test_a_stop_keeps_what_has_arrived_and_it_can_begin_again(
    fetches: Fetches, fetch: FakeFetch, settings: Settings
) -> None:
    fetches.start(MODEL, settings)
    fetch.gate.release(1)
    fetches.stop()
    *_, last = fetches.states()
    assert last.stage == "stopped"
    assert "is kept" in fetching_html(last)
    fetches.start(MODEL, settings)
    fetch.gate.release(4)
    *_, last = fetches.states()
    assert last.stage == "done"


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        pytest.param(FetchError("no source has it; run the command again"), "no source has it", id="a fault"),
        pytest.param(OSError(28, "No space left on device"), "No space left", id="a full disk"),
    ],
)
def test_a_fault_is_told(fetches: Fetches, fetch: FakeFetch, settings: Settings, fault: Exception, words: str) -> None:
    fetch.fault = fault
    fetches.start(MODEL, settings)
    fetch.gate.release(1)
    *_, last = fetches.states()
    assert last.stage == "fault"
    assert words in fetching_html(last)
    assert 'role="alert"' in fetching_html(last)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_defect_is_told_too(fetches: Fetches, fetch: FakeFetch, settings: Settings) -> None:
    fetch.fault = ZeroDivisionError("a defect of the fake, on purpose")
    fetches.start(MODEL, settings)
    fetch.gate.release(1)
    *_, last = fetches.states()
    assert last.message == UNEXPECTED


def test_rate_and_time_left_count_what_this_fetch_has_brought() -> None:
    half = Progress(60_000_000, 100_000_000, "bytes")
    going = Fetching(MODEL, progress=half, before=40_000_000, seconds=10.0)
    assert going.rate == 2_000_000
    assert going.seconds_left == 20
    assert "2.0 MB a second, about 20 s left" in fetching_html(going)
    assert Fetching(MODEL).seconds_left is None
    waiting = Fetching(MODEL, progress=Progress(0, 100, "bytes", "another process is fetching it"), before=0, seconds=9)
    assert waiting.seconds_left is None
    assert "another process is fetching it" in fetching_html(waiting)


def test_closing_ends_the_fetch(fetch: FakeFetch, settings: Settings) -> None:
    fetches = Fetches(fetch)
    fetches.start(MODEL, settings)
    fetches.close()
    assert fetches.fetching is not None
    assert fetches.fetching.stage == "stopped"
