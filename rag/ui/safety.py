"""What the page's server lets in and what it lets the page do: hosts, origins, paths, and a content policy.

Everything not named here is refused, so that an endpoint that a newer gradio brings along is closed until someone
opens it. Knows nothing of questions or answers.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import re
import secrets
from typing import NoReturn
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.api.errors import ApiError

LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")

# gradio compiles its HTML templates with `Function`, hence 'unsafe-eval'. Scripts within a reply need a nonce, and only
# those of the page at "/" get one: it is made before there are words of documents, which come by calls, so markup that
# slipped into them would still not run, nor any in a saved conversation. Styles are inline throughout gradio.
_PAGE = "/"
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-eval'{nonce}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; media-src 'none'; worker-src 'self' blob:; "
    "frame-src 'none'; object-src 'none'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
# The interface for programs, and the parts of gradio that the page uses: its files, its configuration, and the calls of
# its events.
_OPEN_PATHS = re.compile(
    r"/(?:config/?|theme\.css|favicon\.ico|robots\.txt|(?:assets|static|svelte)/[^?]*)?"
    r"|/v1/[^?]*"
    r"|/export/[0-9a-f]{24}\.(?:md|html|json)"
    r"|/page/cite-[a-z0-9-]{1,80}/[0-9]{1,6}\.png"
    r"|/gradio_api/(?:info|app_id|startup-events|theme\.css|queue/(?:join|data)|run/[\w-]+|cancel|reset|component_server"
    r"|heartbeat/[\w-]+|upload|upload_progress|call/(?:search|ask)(?:/[0-9a-f]{1,64})?)/?"
)
UPLOAD = "/gradio_api/upload"
MOST_BYTES = {UPLOAD: 2 << 30}  # a folder of documents; each file in it has a limit of its own
_MOST_BYTES = 4 << 20  # any other call: a question and what stands on the page
_LONGEST_LENGTH = 20  # digits
_READ_AWAY_SECONDS = 2.0
_CODES = {401: "invalid_api_key", 413: "too_large"}  # as OpenAI's clients know them
# gradio's cards for social networks, with addresses elsewhere, and the manifest of an app to be installed.
_ADVERTISEMENT = re.compile(rb'<meta\s+(?:property|name)="(?:og|twitter):[^>]*>|<link rel="manifest"[^>]*>')


def fetch_nothing() -> None:
    """gradio fetches what a call passes off as a file by naming an address; from now on that is refused instead."""
    import safehttpx

    async def refused(url: str, *_: object, **__: object) -> NoReturn:
        raise ValueError(f"nothing is fetched here: {url}")

    for name in ("get", "async_validate_url"):  # all that gradio fetches by; the second looks up names
        setattr(safehttpx, name, refused)


class Gate:
    """ASGI middleware: refuses other paths and other origins, adds the policy, and gives the page's scripts a nonce."""

    def __init__(self, app: ASGIApp, password: str = "") -> None:
        """With a `password` every request must carry it: with any name as browsers send it, or as a bearer token."""
        self._app = app
        self._password = password.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        nonce = secrets.token_urlsafe(16) if scope["path"] == _PAGE else ""
        reply = _Reply(send, nonce, scope["path"].startswith("/gradio_api/"))
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await _refuse(refusal, scope, receive, reply.send)
        else:
            await self._app(_uncompressed(scope), receive, reply.send)

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        """Why a request is not let through; None if it is."""
        if not self._lets_in(headers):
            asked = {"www-authenticate": 'Basic realm="Footnote", charset="UTF-8"'}
            return _refused(scope, 401, "Footnote asks for its password.", asked)
        if not _OPEN_PATHS.fullmatch(scope["path"]):
            return _refused(scope, 404, "There is nothing here.")
        if not _same_origin(headers):
            return _refused(scope, 403, "Only this page may call its server.")
        return _why_too_large(scope, headers)

    def _lets_in(self, headers: Headers) -> bool:
        if not self._password:
            return True
        scheme, _, credentials = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":  # as programs send it
            return secrets.compare_digest(credentials.strip().encode("latin-1"), self._password)
        try:
            given = base64.b64decode(credentials, validate=True).partition(b":")[2]
        except ValueError:
            return False
        return scheme.lower() == "basic" and secrets.compare_digest(given, self._password)


class _Reply:
    """Adds headers to a response; the page is held back until it is whole, to give its scripts the `nonce`, if any.

    gradio says 500 to any call that it can make nothing of. What goes wrong in a handler of ours is told on the page,
    so from gradio's calls (`of_gradio`) 500 becomes 400; a defect still shows in the terminal.
    """

    def __init__(self, send: Send, nonce: str, of_gradio: bool) -> None:
        self._send = send
        self._nonce = nonce
        self._of_gradio = of_gradio
        self._start: Message | None = None
        self._body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if self._of_gradio and message["status"] == 500:
                message["status"] = 400
            for name, value in _HEADERS.items():
                headers[name] = value
            headers["content-security-policy"] = _POLICY.format(nonce=self._nonce and f" 'nonce-{self._nonce}'")
            if self._nonce and headers.get("content-type", "").startswith("text/html"):
                self._start = message
                return
        elif message["type"] == "http.response.body" and self._start is not None:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._send_page(self._start)
            return
        await self._send(message)

    async def _send_page(self, start: Message) -> None:
        page = _ADVERTISEMENT.sub(b"", self._body)
        page = re.sub(rb"<script(?=[\s>])", b'<script nonce="%s"' % self._nonce.encode(), page)
        MutableHeaders(scope=start)["content-length"] = str(len(page))
        await self._send(start)
        await self._send({"type": "http.response.body", "body": page})


def _uncompressed(scope: Scope) -> Scope:
    """Compressing costs more than it saves within one machine, and hides the page from the nonce."""
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]}


async def _refuse(refusal: Response, scope: Scope, receive: Receive, send: Send) -> None:
    """The refusal first; then what is still being sent is read away for a moment.

    Whoever writes into a connection that was closed sees that instead of the refusal.
    """

    async def begin(message: Message) -> None:
        await send({**message, "more_body": True} if message["type"] == "http.response.body" else message)

    await refusal(scope, receive, begin)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_READ_AWAY_SECONDS):
            while (await receive()).get("more_body", False):
                pass
    await send({"type": "http.response.body", "body": b""})


def _refused(scope: Scope, status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    """The refusal as a person reads it, or as a program expects it."""
    if scope["path"].startswith("/v1/"):
        return ApiError(status, message, _CODES.get(status)).reply(headers)
    return PlainTextResponse(message, status, headers)


def _why_too_large(scope: Scope, headers: Headers) -> Response | None:
    """The refusal of a body that is too large, or that does not say how large it is; None for any other."""
    if scope["method"] in ("GET", "HEAD", "OPTIONS"):
        return None
    length = headers.get("content-length", "")
    if not length.isdecimal() or "transfer-encoding" in headers:  # which counts, and says nothing of the length
        return _refused(scope, 411, "Say how long the body is.")
    most = MOST_BYTES.get(scope["path"].rstrip("/"), _MOST_BYTES)
    if len(length) > _LONGEST_LENGTH or int(length) > most:
        return _refused(scope, 413, f"Too large: at most {most >> 20:,} MB at once.")
    return None


def _same_origin(headers: Headers) -> bool:
    """True without an Origin (not a browser's cross-site call) and for the page's own."""
    origin = headers.get("origin")
    try:
        return origin is None or urlsplit(origin).netloc == headers.get("host")
    except ValueError:  # "http://[", which is none
        return False
