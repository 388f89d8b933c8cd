"""The chat page as an application and as a server: `build` for tests and for embedding, `serve` for people.

The page is served first; models are loaded in the background meanwhile. Knows sockets and middleware; the page's parts
are in `layout`, what may come in and go out in `safety`.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
import shutil
import socket
import sys
import tempfile
import webbrowser
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from index.readers.child import LARGEST_FILE
from rag.conversations import FILE, Conversations
from rag.errors import SettingsError
from rag.opening import Answering, Opening
from rag.queueing import Queue
from rag.recorder import Recorder
from rag.recording import Records
from rag.settings import Settings
from rag.turns import Source
from rag.ui.intake import Intake
from rag.ui.means import Means
from rag.ui.safety import LOOPBACK_HOSTS, Gate, fetch_nothing
from rag.ui.session import Sessions
from rag.ui.streams import Streams

if TYPE_CHECKING:
    from fastapi import FastAPI

SHORTEST_PASSWORD = 10
_SHUTDOWN_SECONDS = 1
_QUIET_GRADIO = {
    "GRADIO_ANALYTICS_ENABLED": "False",  # read wherever something would be reported
    # Otherwise statistics of all calls are computed with pandas after every call, and nobody looks at them.
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": str(10**12),
    "GRADIO_ANALYTICS_MAX_EVENTS": "1",
}


def build(
    opener: Callable[[], Answering],
    home: Path,
    *,
    watch: bool = False,
    password: str = "",
    means: Means | None = None,
) -> FastAPI:
    """The page over one home, as an ASGI application. The assistant is opened when it starts, not before.

    `watch` keeps its library in step with the disk meanwhile, whatever was chosen for the home. With a `password`
    whoever has it is let in, under any name of this machine; without one only this machine's own names are served.
    `means` are those of the settings view, by default the settings of the home, and this machine.
    """
    # Without a running loop gradio makes one for every lock that it needs, and closes none of them.
    return asyncio.run(_assembled(opener, home, watch, password, means))


async def _assembled(
    opener: Callable[[], Answering], home: Path, watch: bool, password: str, means: Means | None
) -> FastAPI:
    arriving = tempfile.mkdtemp(prefix="footnote-uploads-")  # for its owner alone, and gone with the page
    os.environ |= _QUIET_GRADIO | {"GRADIO_TEMP_DIR": arriving}
    from fastapi import FastAPI
    from gradio import mount_gradio_app
    from starlette.middleware.cors import CORSMiddleware
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    from rag.api.server import application as api_application
    from rag.ui import layout
    from rag.ui.checks import Checks
    from rag.ui.choices import Choices
    from rag.ui.documents import Documents
    from rag.ui.endpoints import Endpoints
    from rag.ui.following import Following
    from rag.ui.inspection import Inspection
    from rag.ui.pictures import Pictures
    from rag.ui.shelf import Shelf
    from rag.ui.talk import Talk

    opening = Opening(opener)
    conversations = Conversations(home / FILE)
    recorder = Recorder(opening, Records(home))
    queue = Queue(recorder.ask)
    sessions = Sessions(queue, conversations, lambda: recorder.trouble)
    intake = Intake(opening, Path(arriving), home)
    following = Following(opening, lambda: queue.busy, home)
    checks = Checks(opening)
    choices = Choices(opening, means or Means(lambda: Settings.from_environment(home=home)))

    def source(reference: str) -> Source | None:
        return checks.source(reference) or sessions.source(reference)

    pictures = Pictures(opening, source)
    talk = Talk(opening, sessions, pictures, source)
    shelf = Shelf(conversations, sessions, talk)

    documents = Documents(opening, intake, following)
    blocks = layout.build_blocks(talk, shelf, documents, Inspection(checks), choices, Endpoints(opening, queue))

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        opening.start()
        following.begin(watch)
        yield
        following.close()
        choices.close()
        checks.close()
        queue.close()
        intake.close()
        opening.close()
        shutil.rmtree(arriving, ignore_errors=True)

    app = FastAPI(title="Footnote", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    app.add_middleware(Streams, pending=layout.pending_of(blocks))  # what is added later is asked earlier
    app.add_middleware(Gate, password=password)
    app.add_middleware(CORSMiddleware, allow_origins=())  # also keeps gradio from adding its own, laxer one
    hosts = ["*"] if password else [*LOOPBACK_HOSTS, "[::1]"]  # a name made to point here brings no password along
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False)
    app.mount("/v1", api_application(opening, queue))
    app.add_route("/export/{conversation}.{form}", shelf.download)
    app.add_route("/page/{reference}/{number:int}.png", pictures.serve)
    blocks.has_launched = True  # without this gradio takes any file of the machine for one that was uploaded
    fetch_nothing()
    mount_gradio_app(
        app,
        blocks,
        path="/",
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        show_error=False,
        max_file_size=LARGEST_FILE,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
        theme=layout.theme(),
        css=layout.stylesheet(),
        favicon_path=layout.icon(),
    )
    return app


def serve(
    opener: Callable[[], Answering],
    home: Path,
    host: str,
    port: int,
    *,
    open_browser: bool = False,
    watch: bool = False,
    password: str = "",
    means: Means | None = None,
) -> None:
    """Serves the page until Ctrl-C. `opener` is called in the background; port 0 takes any free one.

    `watch` and `means` are those of `build`.

    Raises SettingsError when the page may not or cannot listen there.
    """
    listener = _listen(host, port, password)
    import uvicorn

    address = f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                sys.stderr.write(f"Footnote is ready at {address} (Ctrl-C ends it)\n")
                sys.stderr.flush()
                if open_browser:
                    webbrowser.open(address)

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            # Open pages hold a connection for ever; that they are cut when the time is up is no error to report.
            logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
            await super().shutdown(sockets)

    configuration = uvicorn.Config(
        build(opener, home, watch=watch, password=password, means=means),
        log_level="warning",
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
    )
    with listener, contextlib.suppress(KeyboardInterrupt):
        Server(configuration).run(sockets=[listener])


def _listen(host: str, port: int, password: str) -> socket.socket:
    if host not in LOOPBACK_HOSTS and len(password) < SHORTEST_PASSWORD:
        raise SettingsError(
            f"{host} can be reached by other machines: set FOOTNOTE_PASSWORD to a password of at least"
            f" {SHORTEST_PASSWORD} characters first, or serve this machine only with --host 127.0.0.1."
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    if sys.platform != "win32":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port just left may be taken again at once
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise SettingsError(
                f"Port {port} on {host} is in use, perhaps by another Footnote. Choose another with --port."
            ) from error
        raise SettingsError(f"Cannot listen on {host}, port {port}: {error.strerror}.") from error
    except OverflowError as error:
        listener.close()
        raise SettingsError(f"{port} is not a port: it must be between 0 and 65535.") from error
    return listener
