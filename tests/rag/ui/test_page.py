"""The page's server: who may call, what is open, what leaves, and ports that cannot be had."""

from __future__ import annotations

import contextlib
import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from rag.errors import SettingsError
from rag.ui.page import serve
from tests.rag.ui.fake_assistant import FakeAssistant
from tests.rag.ui.serving import serving

ROOT = Path(__file__).parents[3]
NOWHERE = ROOT / "nowhere"


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=20) as client:
        yield client


def policy(response: httpx.Response) -> dict[str, list[str]]:
    directives = (directive.split() for directive in response.headers["content-security-policy"].split(";"))
    return {name: values for name, *values in directives}


def test_the_page_is_there(client: httpx.Client) -> None:
    response = client.get("/")
    assert response.status_code == 200
    assert '"title":"Footnote"' in response.text.replace('": "', '":"')


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", ""])
def test_another_host_name_is_refused(client: httpx.Client, host: str) -> None:
    """A page elsewhere whose name was made to point at this machine (DNS rebinding) gets nothing."""
    assert client.get("/", headers={"host": host}).status_code == 400


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "localhost:7860", "[::1]:7860"])
def test_loopback_names_are_served(client: httpx.Client, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:1", "https://localhost", "http://["]
)
def test_another_origin_is_refused(client: httpx.Client, origin: str) -> None:
    response = client.post("/gradio_api/queue/join", headers={"origin": origin}, json={})
    assert response.status_code == 403
    assert "access-control-allow-origin" not in response.headers


def test_its_own_origin_is_served(client: httpx.Client, address: str) -> None:
    assert client.get("/config", headers={"origin": address}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/v1",
        "/v2/models",
        "/v1/../etc/passwd",
        "/v1/models/../../etc/passwd",
        "/gradio_api/call/",
        "/gradio_api/call/v2/ask/x",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file=http://127.0.0.1:1/",
        "/gradio_api/file=https://evil.example/",
        "/gradio_api/file/etc/passwd",
        "/gradio_api/proxy=http://127.0.0.1:1/",
        "/gradio_api/stream/a/b/1/playlist.m3u8",
        "/gradio_api/deep_link",
        "/gradio_api/runs",
        "/gradio_api/vibe-code",
        "/gradio_api/dev/reload",
        "/gradio_api/openapi.json",
        "/file=/etc/passwd",
        "/monitoring",
        "/manifest.json",
        "/docs",
        "/openapi.json",
        "/assets/../../../../../../etc/passwd",
        "/static/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    ],
)
def test_files_proxies_and_other_doors_are_shut(client: httpx.Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code in (403, 404)
    assert "root:" not in response.text


def test_what_is_uploaded_is_not_served(client: httpx.Client) -> None:
    (path,) = client.post("/gradio_api/upload", files={"files": ("../../secret.txt", b"words")}).json()
    assert ".." not in path
    assert client.get(f"/gradio_api/file={path}").status_code == 404


@pytest.mark.parametrize(
    ("path", "said", "status"),
    [
        pytest.param("/gradio_api/upload", f"content-length: {3 << 30}", 413, id="an upload of gigabytes"),
        pytest.param("/gradio_api/queue/join", f"content-length: {5 << 20}", 413, id="a question of megabytes"),
        pytest.param("/gradio_api/queue/join", "transfer-encoding: chunked", 411, id="of unknown length"),
        pytest.param(
            "/v1/chat/completions",
            "content-length: 2\r\ntransfer-encoding: chunked",
            411,
            id="of another length than it says",
        ),
    ],
)
def test_a_body_that_is_too_large_is_refused_before_it_is_read(address: str, path: str, said: str, status: int) -> None:
    port = int(address.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{said}\r\n\r\n".encode())
        assert connection.recv(100).split()[1] == str(status).encode()


@pytest.mark.parametrize("path", ["/", "/config", "/theme.css", "/nowhere"])
def test_the_policy_lets_nothing_out(client: httpx.Client, path: str) -> None:
    response = client.get(path)
    found = policy(response)
    outside = {name: [v for v in values if "://" in v or v == "*"] for name, values in found.items()}
    assert not any(outside.values())
    assert found["default-src"] == ["'self'"]
    assert found["connect-src"] == ["'self'"]
    for shut in ("frame-src", "object-src", "form-action", "frame-ancestors"):
        assert found[shut] == ["'none'"]
    assert "'unsafe-inline'" not in found["script-src"]
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "no-referrer"


def test_scripts_of_the_page_carry_a_nonce_that_changes(client: httpx.Client) -> None:
    nonces = set()
    for _ in range(2):
        response = client.get("/")
        scripts = re.findall(r"<script[^>]*>", response.text)
        (nonce,) = [value[7:-1] for value in policy(response)["script-src"] if value.startswith("'nonce-")]
        assert scripts
        assert all(f'nonce="{nonce}"' in script for script in scripts)
        nonces.add(nonce)
    assert len(nonces) == 2


def test_no_other_reply_has_a_nonce(client: httpx.Client) -> None:
    for path in ("/config", "/theme.css", f"/export/{'0' * 24}.html", "/nowhere"):
        assert "nonce" not in client.get(path).headers["content-security-policy"]


def test_the_page_names_no_other_machine(client: httpx.Client, address: str) -> None:
    html = client.get("/").text
    loaded = re.findall(r'<(?:script|link|img|iframe|meta)\b[^>]*(?:src|href|content)="([^"]*)"', html)
    assert loaded
    assert [url for url in loaded if "://" in url and not url.startswith(address)] == []


def test_the_theme_loads_no_font(client: httpx.Client) -> None:
    css = client.get("/theme.css").text
    assert "@font-face" not in css
    assert re.findall(r"url\(\W*(?!data:)\w+", css) == []


def component_of(client: httpx.Client, name: str) -> int:
    found = [c["id"] for c in client.get("/config").json()["components"] if c["props"].get("elem_id") == name]
    assert len(found) == 1
    return int(found[0])


@pytest.mark.parametrize("reference", ["cite-000000000000000000000000-p0", "../../etc/passwd", "", 7, None, ["x"]])
def test_only_links_of_answers_open_a_source(client: httpx.Client, reference: object) -> None:
    body = {"session_hash": "s", "component_id": component_of(client, "source"), "fn_name": "source", "data": reference}
    response = client.post("/gradio_api/component_server", json=body)
    assert response.status_code == 200
    assert "fn-fault" in response.text


def test_other_functions_of_components_cannot_be_called(client: httpx.Client) -> None:
    body = {"session_hash": "s", "component_id": component_of(client, "source"), "fn_name": "__init__", "data": "x"}
    assert client.post("/gradio_api/component_server", json=body).status_code == 404


def event_of(client: httpx.Client, name: str, act: str) -> int:
    """The number of what is called when something is done to a component."""
    configuration = client.get("/config").json()
    component = next(c["id"] for c in configuration["components"] if c["props"].get("elem_id") == name)
    return int(next(d["id"] for d in configuration["dependencies"] if [component, act] in d["targets"]))


def called(client: httpx.Client, session: str, event: int, *given: object) -> httpx.Response:
    body = {"fn_index": event, "session_hash": session, "data": given}
    return client.post("/gradio_api/run/predict", json=body)


@pytest.mark.parametrize("event", [("upload", "upload"), ("folder", "upload"), ("listed", "input")])
@pytest.mark.parametrize("forged", ["secret.md", "file://secret.md", "http://127.0.0.1:{port}/x.md"])
def test_what_was_not_uploaded_cannot_be_passed_off_as_a_file(
    client: httpx.Client, tmp_path: Path, event: tuple[str, str], forged: str
) -> None:
    """Nothing is copied from elsewhere on the machine, and nothing is fetched."""
    (tmp_path / "secret.md").write_text("# A secret\n\nThe words of a secret.\n", encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:
        elsewhere.settimeout(0.2)
        path = forged.format(port=elsewhere.getsockname()[1]).replace("secret.md", str(tmp_path / "secret.md"))
        payload = {"path": path, "url": path, "orig_name": "x.md", "meta": {"_type": "gradio.FileData"}}
        response = called(client, "forger", event_of(client, *event), [payload], "")
        assert response.status_code == 400
        with pytest.raises(TimeoutError):
            elsewhere.accept()
    arrived = [path for folder in Path(tempfile.gettempdir()).glob("footnote-uploads-*") for path in folder.rglob("*")]
    assert not any(path.is_file() and "words of a secret" in path.read_text(errors="replace") for path in arrived)


def test_other_people_s_questions_are_not_shown_stopped_or_followed(client: httpx.Client) -> None:
    """Whoever does not know the name of an open page cannot see or touch what it does."""
    ask, stop = event_of(client, "question", "submit"), event_of(client, "stop-button", "click")
    mine = called(client, "mine", ask, "slow: a secret question", []).text
    try:
        assert "turn-" in mine
        key = re.findall(r"turn-([0-9a-f]+)", mine)[0]
        shown = called(client, "theirs", ask, "please decline", []).json()["data"][4]
        assert "please decline" in shown
        assert "secret" not in shown
        assert key not in shown
        assert called(client, "theirs", stop).status_code == 200
        busy = called(client, "mine", ask, "another", []).text
        assert "another" not in busy, "mine goes on"
        for session in ("nobody", "mine' OR 1", "../mine"):
            with (
                contextlib.suppress(httpx.RemoteProtocolError),  # gradio hangs up on those it does not know
                client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as stream,
            ):
                assert not any("secret" in line for line in stream.iter_lines())
    finally:
        assert called(client, "mine", stop).status_code == 200


MALFORMED = [
    b"",
    b"{",
    b"null",
    b"[" * 100_000,
    b"\xff\xfe",
    b"{}",
    b'{"data": []}',
    b'{"data": {"a": 1}}',
    b'{"data": ["\\ud800"]}',
    b'{"data": [], "fn_index": 99999}',
    b'{"data": [], "fn_index": -1, "session_hash": "s"}',
    b'{"data": [1, 2, 3, 4], "fn_index": 3, "session_hash": "../s"}',
    b'{"session_hash": "s", "component_id": 99999, "fn_name": "source", "data": 1}',
    b'{"event_id": "x", "session_hash": "../x", "fn_index": 0}',
]


@pytest.mark.parametrize(
    "path",
    ["run/predict", "run/ask", "run/x", "queue/join", "component_server", "cancel", "reset", "call/ask", "upload"],
)
def test_calls_that_make_no_sense_are_told_so(client: httpx.Client, path: str) -> None:
    headers = {"content-type": "application/json", "connection": "close"}  # after a defect uvicorn closes it itself
    for sent in MALFORMED:
        response = client.post(f"/gradio_api/{path}", content=sent, headers=headers)
        assert response.status_code < 500, sent[:80]
    assert client.get("/config").status_code == 200


def test_a_refusal_arrives_although_the_rest_is_still_being_sent(client: httpx.Client) -> None:
    response = client.post("/gradio_api/queue/join", content=b"x" * (24 << 20))
    assert response.status_code == 413


def test_a_port_in_use_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(SettingsError, match=rf"^Port {port} on 127\.0\.0\.1 is in use.*--port") as caught:
            serve(FakeAssistant, NOWHERE, "127.0.0.1", port)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.2", "::", "evil.example", ""])
@pytest.mark.parametrize("password", ["", "short"])
def test_other_machines_are_served_with_a_password_only(host: str, password: str) -> None:
    with pytest.raises(SettingsError, match="FOOTNOTE_PASSWORD"):
        serve(FakeAssistant, NOWHERE, host, 0, password=password)


@pytest.mark.slow
def test_with_a_password_whoever_has_it_is_let_in_and_nobody_else(tmp_path: Path) -> None:
    with (
        serving(FakeAssistant, tmp_path, password="correct horse") as address,
        httpx.Client(base_url=address) as client,
    ):
        paths = ["/", "/config", "/gradio_api/queue/data", f"/export/{'0' * 24}.json", "/page/cite-0-p0/1.png"]
        for path in paths:
            for credentials in (None, ("", ""), ("", "wrong"), ("correct horse", ""), ("x", "correct horsE")):
                response = client.get(path, auth=credentials)
                assert response.status_code == 401
                assert response.headers["www-authenticate"].startswith("Basic")
            broken = client.get(path, headers={b"authorization": b"Basic \xe9"})
            assert broken.status_code == 401
        assert client.get("/", auth=("anybody", "correct horse")).status_code == 200
        assert client.get("/", auth=("", "correct horse"), headers={"host": "desk.example"}).status_code == 200
        origin = {"origin": "http://evil.example"}
        assert client.post("/gradio_api/queue/join", auth=("", "correct horse"), headers=origin).status_code == 403


@pytest.mark.parametrize("port", [-1, 70_000])
def test_a_number_that_is_no_port(port: int) -> None:
    with pytest.raises(SettingsError, match="not a port"):
        serve(FakeAssistant, NOWHERE, "127.0.0.1", port)


def test_the_command_says_in_one_line_that_the_port_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        command = [sys.executable, "app.py", "--port", str(other.getsockname()[1]), "--home", str(tmp_path)]
        process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=50)
    assert process.returncode == 1
    assert process.stdout == ""
    assert process.stderr.count("\n") == 1
    assert "is in use" in process.stderr
