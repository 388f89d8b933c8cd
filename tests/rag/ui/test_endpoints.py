"""Searching and asking through gradio's own Python client, and by curl's two requests."""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Iterator

import httpx
import pytest
from gradio.state_holder import StateHolder
from gradio_client import Client
from gradio_client.exceptions import AppError

from tests.rag.ui.fake_assistant import FakeAssistant
from tests.rag.ui.serving import serving

QUESTION = "why did Russia close the mission in 2021?"
SOON = 10.0


@pytest.fixture(scope="module")
def assistant() -> FakeAssistant:
    return FakeAssistant(pause=0.003)


@pytest.fixture(scope="module")
def address(assistant: FakeAssistant) -> Iterator[str]:
    with serving(lambda: assistant) as url:
        yield url


@pytest.fixture(scope="module")
def client(address: str) -> Client:
    return Client(address, verbose=False, analytics_enabled=False)


@pytest.fixture
def plain(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=SOON) as client:
        yield client


def test_these_two_are_named_and_nothing_else_is(plain: httpx.Client) -> None:
    named = plain.get("/gradio_api/info").json()["named_endpoints"]
    assert sorted(named) == ["/ask", "/search"]
    assert all(endpoint["description"] for endpoint in named.values())


def test_what_is_found_is_the_text_of_the_documents(client: Client, assistant: FakeAssistant) -> None:
    found = client.predict(QUESTION, 2, api_name="/search")
    assert [hit["rank"] for hit in found] == [1, 2]
    for hit in found:
        text = assistant.library.document(hit["document_id"]).text
        assert text[hit["start"] : hit["end"]] == hit["text"]
        assert hit["document_path"].endswith(".md")


def test_an_answer_comes_last_and_what_led_to_it_before(client: Client) -> None:
    job = client.submit(QUESTION, api_name="/ask")
    assert job.result(SOON)["question"] == QUESTION
    *before, last = job.outputs()
    assert last == job.result()
    assert last["sentences"][0]["citations"]
    stages = [one["progress"]["stage"] for one in before]
    assert stages[0] == "searching"
    assert {"reading", "writing", "checked"} <= set(stages)


@pytest.mark.parametrize(
    ("endpoint", "given", "words"),
    [
        pytest.param("/ask", ["  "], "question is empty", id="empty question"),
        pytest.param("/ask", [7], "must be a text", id="no text"),
        pytest.param("/ask", ["missing model"], "footnote models fetch", id="model removed"),
        pytest.param("/search", ["x", 0], "between 1 and", id="nothing wanted"),
        pytest.param("/search", ["x", "many"], "whole number", id="no number"),
        pytest.param("/search", [["x"]], "must be a text", id="a list"),
    ],
)
def test_what_is_wrong_is_one_line(client: Client, endpoint: str, given: list[object], words: str) -> None:
    with pytest.raises(AppError, match=words) as caught:
        client.predict(*given, api_name=endpoint)
    assert "\n" not in str(caught.value)


def test_two_requests_of_curl_do(plain: httpx.Client) -> None:
    begun = plain.post("/gradio_api/call/ask", json={"data": [QUESTION]}).json()["event_id"]
    *_, last = plain.get(f"/gradio_api/call/ask/{begun}").text.strip().split("\n\n")
    event, data = last.split("\n")
    assert event == "event: complete"
    assert json.loads(data.removeprefix("data: "))[0]["question"] == QUESTION


def test_who_hangs_up_while_the_model_reads_frees_it(plain: httpx.Client, assistant: FakeAssistant) -> None:
    assistant.cancelled.clear()
    begun = plain.post("/gradio_api/call/ask", json={"data": ["slow"]}).json()["event_id"]
    with plain.stream("GET", f"/gradio_api/call/ask/{begun}") as listening:
        lines = listening.iter_lines()
        next(line for line in lines if "reading" in line)
    assert assistant.cancelled.wait(SOON)
    time.sleep(0.05)
    begun = plain.post("/gradio_api/call/ask", json={"data": ["please decline"]}).json()["event_id"]
    assert "event: complete" in plain.get(f"/gradio_api/call/ask/{begun}").text


def test_gradio_holds_nothing_of_a_call_that_has_ended(plain: httpx.Client) -> None:
    """It would keep the values of every part of the page for each of them."""

    def held() -> int:
        return sum(len(one.session_data) for one in gc.get_objects() if type(one) is StateHolder)

    before = held()
    for endpoint, given in (("search", ["x", 2]), ("ask", ["please decline"])):
        begun = plain.post(f"/gradio_api/call/{endpoint}", json={"data": given}).json()["event_id"]
        assert "event: complete" in plain.get(f"/gradio_api/call/{endpoint}/{begun}").text
    assert held() == before


@pytest.mark.parametrize("path", ["call/run", "call/begin", "call/v2/ask", "call/", "call/ask/../../file", "api/ask"])
def test_no_other_call_is_open(plain: httpx.Client, path: str) -> None:
    assert plain.post(f"/gradio_api/{path}", json={"data": ["x"]}).status_code == 404
