"""What the server lets in and what brings it down: `python -m benchmarks.abuse --bodies 1000`.

Serves the page with the scripted assistant of the tests as a process of its own. Sends it malformed requests, half of
them made by schemathesis from the interface's own description and half by spoiling the bytes of a good one; knocks at
doors that must be shut, under forged hosts and origins; and asks a proper question in the end.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from benchmarks.page import HOST
from benchmarks.process import ProcessFault, free_port, serving
from benchmarks.report import Measure, fault, report
from rag.api.description import description

BODIES = 1_000
PAGE_SECONDS = 60.0
COMPLETIONS = "/v1/chat/completions"
QUESTION = "Why did Russia close its mission to NATO in 2021?"
FAKE_PAGE = (sys.executable, "-m", "tests.rag.ui.fake_page")
ROOM = 16  # bodies of this many kilobytes at most; larger ones are refused by their length

_PATHS = (
    "/file=/etc/passwd",
    "/gradio_api/file=/etc/passwd",
    "/gradio_api/file=https://evil.example/x",
    "/gradio_api/file/etc/passwd",
    "/gradio_api/proxy=https://evil.example/",
    "/gradio_api/stream/a/b/1/playlist.m3u8",
    "/gradio_api/deep_link",
    "/gradio_api/vibe-code",
    "/assets/../../../../etc/passwd",
    "/static/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/page/..%2f..%2f..%2fetc%2fpasswd/1.png",
    "/page/cite-000000000000000000000000-p0/1.png",
    "/export/..%2f..%2fconversations.sqlite3",
    "/export/000000000000000000000000.json",
    "/v1/../../etc/passwd",
    "/v1/files/etc/passwd",
    "/docs",
    "/openapi.json",
)
_FORGED = (
    {"host": "evil.example"},
    {"host": "127.0.0.1.evil.example"},
    {"host": "evil.example:80"},
    {"origin": "http://evil.example"},
    {"origin": "null"},
    {"origin": "http://127.0.0.1:1"},
    {"origin": "https://localhost"},
)


@dataclass(slots=True)
class Found:
    """What came of it. `broken` are requests that got no reply at all."""

    statuses: Counter[int] = field(default_factory=Counter)
    broken: int = 0
    doors: int = 0
    let_in: list[str] = field(default_factory=list)
    worst: bytes = b""
    answers_after: bool = False

    @property
    def faults(self) -> int:
        return sum(count for status, count in self.statuses.items() if status >= 500)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.abuse", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bodies", type=int, default=BODIES, metavar="N", help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of the bodies")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    options = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="footnote-benchmark-") as home:
            port = free_port()
            with serving([*FAKE_PAGE, str(port), home], port, PAGE_SECONDS):
                found = abused(f"http://{HOST}:{port}", options.bodies, options.seed)
    except (ProcessFault, httpx.HTTPError, OSError) as error:
        return fault(error)
    if found.worst:
        print(f"a body that was not refused as it should be: {found.worst[:300]!r}", file=sys.stderr)
    for door in found.let_in:
        print(f"let in: {door}", file=sys.stderr)
    return report("abuse", measures(found), options.json, {"seed": options.seed, "statuses": dict(found.statuses)})


def measures(found: Found) -> list[Measure]:
    """The lines of the table."""
    bodies = f"{sum(found.statuses.values()) + found.broken} bodies"
    refused = sum(count for status, count in found.statuses.items() if 400 <= status < 500)
    return [
        Measure("faults", "statuses of 500 and above", found.faults, "times", bodies),
        Measure("broken", "requests without a reply", found.broken, "times", bodies),
        Measure("refused", "refused with a status of 400 to 499", refused, "times", bodies),
        Measure("let_in", "shut doors and forgeries let in", len(found.let_in), "times", f"{found.doors} requests"),
        Measure("answers_after", "a proper question answered afterwards", float(found.answers_after), "times", "1"),
    ]


def abused(address: str, bodies: int, seed: int) -> Found:
    """Sends everything and notes what comes of it."""
    found = Found()
    with httpx.Client(base_url=address, timeout=30) as client:
        _await_models(client)
        for body in spoiled(bodies - bodies // 2, random.Random(seed)):
            _send(client, body, found)
        for body in invented(bodies // 2, seed):
            _send(client, body, found)
        for path in _PATHS:
            _knock(client, "GET", path, {}, found)
        for headers in _FORGED:
            for method, path in (("POST", COMPLETIONS), ("GET", "/v1/models"), ("POST", "/gradio_api/queue/join")):
                _knock(client, method, path, headers, found)
        found.answers_after = QUESTION in client.post(COMPLETIONS, content=_good()).text
    return found


def invented(count: int, seed: int) -> Iterator[bytes]:
    """Bodies that the description rules out, made by schemathesis."""
    import hypothesis
    import schemathesis
    from schemathesis import GenerationMode

    operation = schemathesis.openapi.from_dict(description())[COMPLETIONS]["POST"]
    made: list[bytes] = []

    def make(case: schemathesis.Case[Any]) -> None:
        made.append(_encoded(case.body))

    limits = hypothesis.settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    malformed = hypothesis.given(case=operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    hypothesis.seed(seed)(limits(malformed(make)))()
    yield from made[:count]


def spoiled(count: int, chance: random.Random) -> Iterator[bytes]:
    """A good request of which some bytes are missing, doubled, changed, or of a kind that parsers trip over."""
    tricks = [
        b"\xff\xfe", b"\x00", b"[" * 5_000, b'{"a":' * 3_000, b"1e999999", b"-" + b"9" * 5_000, b'"\\ud800"', b"NaN",
        b'"\\u0000"', b"null", b"true", b'"footnote"', b"\xed\xa0\x80", b"}" * 9, b'"' + b"x" * (ROOM << 9) + b'"',
    ]  # fmt: skip
    for _ in range(count):
        body = bytearray(_good())
        for _ in range(chance.randint(1, 4)):
            at, length = chance.randrange(len(body) + 1), chance.randint(0, 24)
            match chance.choice(("cut", "drop", "double", "change", "trick", "trick")):
                case "cut":
                    del body[at:]
                case "drop":
                    del body[at : at + length]
                case "double":
                    body[at:at] = body[at : at + length]
                case "change":
                    body[at : at + 1] = bytes([chance.randrange(256)])
                case _:
                    body[at : at + length] = chance.choice(tricks)
        yield bytes(body)


def _good() -> bytes:
    message = {"role": "user", "content": QUESTION}
    return json.dumps({"model": "footnote", "stream": False, "n": 1, "messages": [message]}).encode()


def _encoded(body: object) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body, default=str).encode("utf-8", "replace")


def _send(client: httpx.Client, body: bytes, found: Found) -> None:
    try:
        status = client.post(COMPLETIONS, content=body, headers={"content-type": "application/json"}).status_code
    except httpx.HTTPError:
        found.broken += 1
        found.worst = found.worst or body
        return
    found.statuses[status] += 1
    if status >= 500:
        found.worst = found.worst or body


def _knock(client: httpx.Client, method: str, path: str, headers: dict[str, str], found: Found) -> None:
    found.doors += 1
    content = _good() if method == "POST" else None
    reply = client.request(method, path, headers=headers, content=content)
    if reply.status_code < 400 or "root:" in reply.text:
        found.let_in.append(f"{method} {path} {headers}: {reply.status_code}")


def _await_models(client: httpx.Client) -> None:
    deadline = time.monotonic() + PAGE_SECONDS
    while time.monotonic() < deadline:
        if client.post(COMPLETIONS, content=_good()).status_code == httpx.codes.OK:
            return
        time.sleep(0.1)
    raise ProcessFault("the scripted assistant is not ready")


if __name__ == "__main__":
    sys.exit(main())
