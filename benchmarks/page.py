"""The page asked as a browser asks it, over HTTP, without a browser.

Knows gradio's wire protocol and the class names by which the page marks an answered turn. Starts nothing.
"""

from __future__ import annotations

import http.client
import json
import secrets
from typing import Any

HOST = "127.0.0.1"

_LONGEST_ANSWER_SECONDS = 900.0


class PageFault(Exception):
    """The page failed, or said that it could not answer."""


def answers(port: int) -> bool:
    """Whether the page comes, now."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def ask(port: int, question: str) -> str:
    """Types a question into the page and presses Enter; returns the HTML of the answered turn.

    Follows the chain of events that the page's own configuration names. Raises PageFault when one fails, or when the
    page says that it could not answer.
    """
    configuration = _get(port, "/config")
    shown_at_first = {part["id"]: _value(part) for part in configuration["components"]}
    box = next(part["id"] for part in configuration["components"] if part["props"].get("elem_id") == "question")
    events = configuration["dependencies"]
    event = next((event for event in events if [box, "submit"] in event["targets"]), None)
    session, shown = secrets.token_hex(6), ""
    while event is not None:
        values = [question if part == box else shown_at_first[part] for part in event["inputs"]]
        call = {"fn_index": event["id"], "session_hash": session, "trigger_id": box, "data": values}
        shown = _queued(port, call) if event["queue"] else _direct(port, call)
        event = next((later for later in events if later.get("trigger_after") == event["id"]), None)
    if "fn-turn" not in shown or "fn-fault" in shown:
        raise PageFault(f"the page could not answer: {shown}")
    return shown


def _value(part: dict[str, Any]) -> Any:  # noqa: ANN401  (JSON)
    """What a browser sends of a part that nobody has touched: of a text box without a value, the empty text."""
    value = part["props"].get("value")
    return "" if value is None and part["type"] == "textbox" else value


def _direct(port: int, call: dict[str, Any]) -> str:
    return json.dumps(_exchange(port, "/gradio_api/run/predict", call)["data"], ensure_ascii=False)


def _queued(port: int, call: dict[str, Any]) -> str:
    """Joins the queue and listens to its stream of server-sent events until the call is done."""
    _exchange(port, "/gradio_api/queue/join", call)
    connection = http.client.HTTPConnection(HOST, port, timeout=_LONGEST_ANSWER_SECONDS)
    try:
        connection.request("GET", f"/gradio_api/queue/data?session_hash={call['session_hash']}")
        for line in connection.getresponse():
            if not line.startswith(b"data:"):
                continue
            message = json.loads(line.removeprefix(b"data:"))
            if message["msg"] == "process_completed":
                if not message["success"]:
                    raise PageFault(f"the page failed to answer: {message['output'].get('error')}")
                return json.dumps(message["output"]["data"], ensure_ascii=False)
    finally:
        connection.close()
    raise PageFault("the page ended its stream before the answer")


def _get(port: int, path: str) -> Any:  # noqa: ANN401  (JSON)
    return _exchange(port, path, None)


def _exchange(port: int, path: str, body: object) -> Any:  # noqa: ANN401  (JSON)
    connection = http.client.HTTPConnection(HOST, port, timeout=60)
    try:
        if body is None:
            connection.request("GET", path)
        else:
            connection.request("POST", path, json.dumps(body), {"content-type": "application/json"})
        reply = connection.getresponse()
        content = reply.read()
        if reply.status != http.HTTPStatus.OK:
            raise PageFault(f"{path} answers {reply.status}: {content[:200].decode(errors='replace')}")
        return json.loads(content)
    finally:
        connection.close()
