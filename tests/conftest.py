"""What every test shares: no network beyond loopback, and the real models for the slow suite.

Fakes are in tests/fakes.py. The refusal covers this process; a test that starts another one starts it offline itself.
"""

from __future__ import annotations

import ipaddress
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest

from rag.errors import ModelMissing
from rag.models import answering_model_path, embedding_model_path
from rag.settings import Settings

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
TINY = "smollm2-135m-instruct"


class NetworkRefused(AssertionError):
    """A test reached beyond loopback. No OSError, so that nothing takes it for a network that is merely down."""


def beyond_loopback(host: object) -> bool:
    """Whether a host, as sockets take it, is another machine; a name that would have to be looked up is."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host is None or host in ("", "localhost"):
        return False
    try:
        return not ipaddress.ip_address(str(host).partition("%")[0]).is_loopback
    except ValueError:
        return True


class _Guard:
    """An audit hook: sees every connection and look-up of the process, whatever library makes it."""

    def __init__(self) -> None:
        self.on = False

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self.on or not event.startswith("socket."):
            return
        host: object = None
        if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
            address = arguments[1]
            host = address[0] if isinstance(address, tuple) else None  # a Unix socket's address is a path
        elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
            host = arguments[0]
        if beyond_loopback(host):
            raise NetworkRefused(f"{event} to {host!r}: tests stay on this machine")


_guard = _Guard()
sys.addaudithook(_guard)


def pytest_configure() -> None:
    """What has to stand before the first import and the first process: libraries that read these variables at import
    fetch nothing and report nothing, and Ctrl-C reaches the processes of tests even where a shell started the suite in
    the background, hence with Ctrl-C ignored."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"


@pytest.fixture(autouse=True)
def _loopback_only() -> Iterator[None]:
    """Sockets beyond loopback are refused."""
    _guard.on = True
    yield
    _guard.on = False


@pytest.fixture(scope="session")
def real_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of this machine with a home of the test run's own."""
    return Settings.from_environment(home=tmp_path_factory.mktemp("home"))


def _missing(error: ModelMissing) -> NoReturn:
    """In CI a model that is not there is a failure: a suite that skips what it is for would be green for nothing."""
    if os.environ.get("CI"):
        pytest.fail(str(error))
    pytest.skip(str(error))


@pytest.fixture(scope="session")
def answering_model(real_settings: Settings) -> Path:
    """The default answering model."""
    try:
        return answering_model_path(real_settings)
    except ModelMissing as error:
        _missing(error)


@pytest.fixture(scope="session")
def embedding_model(real_settings: Settings) -> Path:
    """The default embedding model."""
    try:
        return embedding_model_path(real_settings)
    except ModelMissing as error:
        _missing(error)


@pytest.fixture(scope="session")
def dossier(real_settings: Settings, embedding_model: Path) -> Settings:
    """Settings whose home holds the sample dossier, read by the real embedding model."""
    from rag.wiring import open_library

    with closing(open_library(real_settings)) as library:
        library.add(sorted(SEEDS.glob("*.md")))
    return real_settings


@pytest.fixture(scope="session")
def tiny_model(real_settings: Settings) -> Path:
    """A model of 135M parameters that streams and stops like the real one and invents what it says."""
    try:
        return answering_model_path(replace(real_settings, model=TINY))
    except ModelMissing as error:
        _missing(error)


@pytest.fixture(scope="session")
def alone() -> list[str]:
    """The beginning of a command that runs in a network namespace of its own, without any interface that is up.

    Where none can be made the test is skipped, but in CI, which must be able to.
    """
    command = ["unshare", "--net", "--mount", *(["--map-root-user"] if os.geteuid() else [])]
    missing = not all(map(shutil.which, ("unshare", "ip")))
    if missing or subprocess.run([*command, "true"], capture_output=True).returncode:
        message = "no network namespace can be made here; it takes unshare, ip (iproute2) and the right to use them"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return command
