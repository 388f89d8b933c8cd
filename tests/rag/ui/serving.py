"""Serves the page in a thread of this process, with any assistant behind it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from rag.opening import Answering
from rag.ui.means import Means
from rag.ui.page import build


@contextmanager
def serving(
    opener: Callable[[], Answering],
    home: Path | None = None,
    password: str = "",
    means: Means | None = None,
    watch: bool = False,
) -> Iterator[str]:
    """The address of a page that is up; it is down again afterwards. `home` keeps its conversations."""
    if home is None:
        with TemporaryDirectory() as folder, serving(opener, Path(folder), password, means, watch) as address:
            yield address
        return
    import uvicorn

    with ThreadPoolExecutor() as apart:  # the caller may have a loop running, as Playwright has, and `build` runs one
        app = apart.submit(build, opener, home, watch=watch, password=password, means=means).result()
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="on", timeout_graceful_shutdown=1))
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
