"""Chat completions with OpenAI's own client against the served page, and what a program is told that asks wrongly."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest

from rag.api.requests import MOST_MESSAGES
from rag.records import Exchange
from tests.rag.ui.fake_assistant import FakeAssistant
from tests.rag.ui.serving import serving

pytestmark = pytest.mark.slow  # a real server answers all of them

QUESTION = "why did Russia close the mission in 2021?"
SOON = 30.0  # far more than it takes; a machine under test may be busy


@pytest.fixture(scope="module")
def assistant() -> FakeAssistant:
    return FakeAssistant(pause=0.005)


@pytest.fixture(scope="module")
def address(assistant: FakeAssistant) -> Iterator[str]:
    with serving(lambda: assistant) as url, httpx.Client(base_url=url) as waiting:
        ready(waiting)
        yield url


@pytest.fixture
def client(address: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{address}/v1", api_key="any", max_retries=0) as client:
        yield client


@pytest.fixture
def plain(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=SOON) as client:
        yield client


def body(question: str, **others: object) -> dict[str, Any]:
    return {"model": "footnote", "messages": [{"role": "user", "content": question}], **others}


def ready(client: httpx.Client) -> None:
    deadline = time.monotonic() + SOON
    while client.post("/v1/chat/completions", json=body("decline")).status_code == 503:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def asked(client: openai.OpenAI, question: str) -> openai.types.chat.ChatCompletion:
    return client.chat.completions.create(model="footnote", messages=[{"role": "user", "content": question}])


def extra_of(reply: Any) -> dict[str, Any]:  # noqa: ANN401  (a completion or a chunk of one)
    return dict((reply.model_extra or {}).get("footnote", {}))


def test_the_one_model_is_listed_and_found(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["footnote"]
    assert client.models.retrieve("footnote").owned_by == "footnote"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-4o")


def test_an_answer_comes_with_its_citations(client: openai.OpenAI, assistant: FakeAssistant) -> None:
    reply = asked(client, QUESTION)
    answer = extra_of(reply)
    assert reply.choices[0].message.content == answer["answer"]
    assert reply.choices[0].finish_reason == "stop"
    assert answer["question"] == QUESTION
    citations = [one for sentence in answer["sentences"] for one in sentence["citations"]]
    assert citations
    for one in citations:
        text = assistant.library.document(one["document_id"]).text
        assert text[one["start"] : one["end"]] == one["quote"]
    assert reply.usage
    assert reply.usage.total_tokens == answer["timing"]["prompt_tokens"] + answer["timing"]["answer_tokens"]


def test_that_the_documents_do_not_say_is_an_answer(client: openai.OpenAI) -> None:
    reply = asked(client, "please decline")
    assert reply.choices[0].finish_reason == "stop"
    assert extra_of(reply)["answered"] is False
    assert reply.choices[0].message.content == extra_of(reply)["answer"]


def test_the_last_message_of_the_user_is_the_question(client: openai.OpenAI, assistant: FakeAssistant) -> None:
    reply = client.chat.completions.create(
        model="footnote",
        temperature=0.3,
        max_tokens=5,
        messages=[
            {"role": "system", "content": "Answer in rhymes."},
            {"role": "user", "content": "an earlier question"},
            {"role": "assistant", "content": "an earlier answer"},
            {
                "role": "user",
                "content": [{"type": "text", "text": "why did"}, {"type": "text", "text": "Russia close?"}],
            },
            {"role": "assistant", "content": "I begin with"},
        ],
    )
    assert extra_of(reply)["question"] == "why did Russia close?"
    assert assistant.histories[-1] == (Exchange("an earlier question", "an earlier answer"),)


@pytest.mark.parametrize("live", [False, True])
def test_streamed_pieces_add_up_to_the_answer(client: openai.OpenAI, live: bool) -> None:
    stream = client.chat.completions.create(
        stream=True,
        stream_options={"include_usage": True},
        extra_body={"footnote": {"live": live}},
        **body(QUESTION),
    )
    *pieces, last, usage = list(stream)
    said = "".join(piece.choices[0].delta.content or "" for piece in pieces)
    answer = extra_of(last)
    assert said == answer["answer"]
    assert last.choices[0].finish_reason == "stop"
    assert (usage.choices, usage.usage.prompt_tokens) == ([], answer["timing"]["prompt_tokens"])
    assert {piece.id for piece in (*pieces, last, usage)} == {last.id}
    stages = [extra_of(piece)["progress"] for piece in pieces if extra_of(piece)]
    names = [stage["stage"] for stage in stages]
    assert list(dict.fromkeys(names))[:3] == ["searching", "found", "reading"]
    assert [stage["sentence"] for stage in stages if stage["stage"] == "checked"] == answer["sentences"]
    first_content = next(at for at, piece in enumerate(pieces) if piece.choices[0].delta.content)
    before_the_end = [stage for piece in pieces[first_content:] if (stage := extra_of(piece))]
    assert bool(before_the_end) is live, "content comes before the end only where the program asked for it"


def test_what_was_sent_live_and_does_not_hold_is_taken_back() -> None:
    class Unsure(FakeAssistant):
        def _answer(self, question, hits, sentences):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
            return super()._answer(question, hits, ())

    with serving(Unsure) as url, httpx.Client(base_url=url, timeout=SOON) as waiting:
        ready(waiting)
        with openai.OpenAI(base_url=f"{url}/v1", api_key="any") as client:
            for live in (True, False):
                extra = {"footnote": {"live": live}}
                *pieces, last = list(client.chat.completions.create(stream=True, extra_body=extra, **body(QUESTION)))
                said = "".join(piece.choices[0].delta.content or "" for piece in pieces)
                declined = extra_of(last)["answer"]
                assert last.choices[0].finish_reason == ("content_filter" if live else "stop")
                assert said.endswith(f"\n\n{declined}") if live else said == declined


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        pytest.param(b"", None, id="nothing"),
        pytest.param(b'{"model": "footnote", ', None, id="cut off"),
        pytest.param(b"\xff\xfe\x00", None, id="no text"),
        pytest.param(b"[" * 100_000, None, id="deep"),
        pytest.param(b'{"model": "footnote", "messages": NaN}', "messages", id="not a number"),
        pytest.param(json.dumps([body(QUESTION)]).encode(), None, id="a list"),
        pytest.param(json.dumps({"messages": []}).encode(), "model", id="no model"),
        pytest.param(json.dumps(body(QUESTION, messages=[])).encode(), "messages", id="no messages"),
        pytest.param(
            json.dumps(body(QUESTION, messages=[{"role": "user"}] * (MOST_MESSAGES + 1))).encode(),
            "messages",
            id="too many messages",
        ),
        pytest.param(
            json.dumps(body(QUESTION, messages=[{"role": "system", "content": "x"}])).encode(),
            "messages",
            id="no question",
        ),
        pytest.param(
            json.dumps(body(QUESTION, messages=[{"role": "judge", "content": "x"}])).encode(),
            "messages.0.role",
            id="a strange role",
        ),
        pytest.param(
            json.dumps(
                body("", messages=[{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}])
            ).encode(),
            "messages.0.content",
            id="a picture",
        ),
        pytest.param(json.dumps(body("  \n ")).encode(), "messages", id="empty question"),
        pytest.param(json.dumps(body("why " * 25_000)).encode(), "messages", id="question too long"),
        pytest.param(json.dumps(body(QUESTION, stream="yes")).encode(), "stream", id="stream is a word"),
        pytest.param(json.dumps(body(QUESTION, n=2)).encode(), "n", id="several choices"),
        pytest.param(json.dumps(body(QUESTION, tools=[{}])).encode(), "tools", id="tools"),
        pytest.param(
            json.dumps(body(QUESTION, footnote={"life": 1})).encode(), "footnote.life", id="a misspelt option"
        ),
    ],
)
def test_a_malformed_request_is_refused_in_openai_s_form(plain: httpx.Client, sent: bytes, param: str | None) -> None:
    reply = plain.post("/v1/chat/completions", content=sent)
    assert reply.status_code == 400
    error = reply.json()["error"]
    assert error["type"] == "invalid_request_error"
    assert error["param"] == param
    assert error["message"]


def test_the_client_raises_its_own_errors(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="empty"):
        asked(client, "  ")
    with pytest.raises(openai.NotFoundError) as caught:
        client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": QUESTION}])
    assert caught.value.code == "model_not_found"


@pytest.mark.parametrize(
    ("question", "status", "words"),
    [
        pytest.param("missing model", 503, "footnote models fetch", id="model removed"),
        pytest.param("damaged store", 500, "is damaged", id="store damaged"),
        pytest.param("crash", 500, "unexpected", id="a defect"),
    ],
)
def test_a_fault_is_an_error_whole_and_streamed(client: openai.OpenAI, question: str, status: int, words: str) -> None:
    with pytest.raises(openai.APIStatusError, match=words) as caught:
        asked(client, question)
    assert caught.value.status_code == status
    assert "Zero" not in str(caught.value)
    with pytest.raises(openai.APIError, match=words):
        list(client.chat.completions.create(stream=True, **body(question)))
    assert asked(client, "please decline"), "the next question is answered"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/chat/completions", 405),
        ("POST", "/v1/models", 405),
        ("GET", "/v1/nothing", 404),
        ("GET", "/v1/", 404),
    ],
)
def test_other_addresses_and_methods(plain: httpx.Client, method: str, path: str, status: int) -> None:
    reply = plain.request(method, path, json={} if method == "POST" else None)
    assert reply.status_code == status
    assert reply.json()["error"]["message"]


def test_more_than_four_megabytes_are_refused_unread(address: str, plain: httpx.Client) -> None:
    with openai.OpenAI(base_url=f"{address}/v1", api_key="any", max_retries=0) as client:
        with pytest.raises(openai.APIStatusError) as caught:
            asked(client, "why " * 1_200_000)
        assert caught.value.status_code == 413
        assert caught.value.code == "too_large"
    chunked = plain.post("/v1/chat/completions", content=iter([b"{}"]))
    assert (chunked.status_code, "error" in chunked.json()) == (411, True)


def test_a_page_elsewhere_may_not_ask(plain: httpx.Client) -> None:
    for headers, status in (({"origin": "http://evil.example"}, 403), ({"host": "evil.example"}, 400)):
        assert plain.post("/v1/chat/completions", json=body(QUESTION), headers=headers).status_code == status
        assert plain.get("/v1/models", headers=headers).status_code == status


def test_the_password_is_the_bearer_token(tmp_path: Path) -> None:
    password = "correct horse"
    with serving(FakeAssistant, tmp_path, password=password) as url:
        for key in ("any", "correct horsE", "x"):
            with openai.OpenAI(base_url=f"{url}/v1", api_key=key) as client:
                with pytest.raises(openai.AuthenticationError) as caught:
                    client.models.list()
                assert caught.value.code == "invalid_api_key"
        with openai.OpenAI(base_url=f"{url}/v1", api_key=password) as client:
            assert [model.id for model in client.models.list()] == ["footnote"]
        with httpx.Client(base_url=url) as plain:
            assert plain.get("/v1/models").status_code == 401
            assert plain.get("/v1/models", headers={b"authorization": b"Bearer \xe9"}).status_code == 401
            assert plain.get("/", headers={"authorization": f"bearer {password}"}).status_code == 200


def test_while_the_models_are_loaded_a_program_is_asked_to_come_back() -> None:
    loaded = threading.Event()

    class Loading(FakeAssistant):
        def warm(self) -> None:
            assert loaded.wait(SOON)

    with serving(Loading) as url, httpx.Client(base_url=url) as client:
        reply = client.post("/v1/chat/completions", json=body(QUESTION))
        assert reply.status_code == 503
        assert reply.json()["error"]["code"] == "loading"
        assert int(reply.headers["retry-after"]) > 0
        assert client.post("/v1/chat/completions", json={"model": 1}).status_code == 400
        assert client.get("/v1/models").status_code == 200
        loaded.set()
        ready(client)


def test_the_place_in_the_queue_is_told_and_who_leaves_frees_it(address: str, assistant: FakeAssistant) -> None:
    assistant.cancelled.clear()
    places: list[list[int]] = [[], []]
    answers: dict[int, str] = {}

    def follow(number: int) -> None:
        with openai.OpenAI(base_url=f"{address}/v1", api_key="any") as client:
            for piece in client.chat.completions.create(stream=True, **body(f"{QUESTION} {number}")):
                extra = extra_of(piece)
                if extra.get("progress", {}).get("stage") == "waiting":
                    places[number].append(extra["progress"]["before"])
                answers[number] = extra.get("question", "")

    with httpx.Client(base_url=address, timeout=SOON) as slow:
        with slow.stream("POST", "/v1/chat/completions", json=body("slow", stream=True)) as reading:
            lines = reading.iter_lines()
            next(line for line in lines if '"reading"' in line)
            threads = []
            for number in range(2):
                threads.append(threading.Thread(target=follow, args=(number,)))
                threads[-1].start()
                deadline = time.monotonic() + SOON
                while not places[number]:
                    assert time.monotonic() < deadline
                    time.sleep(0.02)
        assert assistant.cancelled.wait(SOON), "the model stops when its reader has gone"
        for thread in threads:
            thread.join(SOON)
    assert places == [[1], [2, 1]]
    assert answers == {number: f"{QUESTION} {number}" for number in range(2)}


def test_one_who_waits_for_a_whole_reply_and_goes_away_is_not_answered(
    address: str, assistant: FakeAssistant, plain: httpx.Client
) -> None:
    def places(client: httpx.Client) -> Generator[int, None, None]:
        """Asks a question to be declined, and yields how many were before it whenever that is told."""
        with client.stream("POST", "/v1/chat/completions", json=body("decline", stream=True)) as behind:
            for line in behind.iter_lines():
                if '"waiting"' in line:
                    yield json.loads(line.removeprefix("data: "))["footnote"]["progress"]["before"]

    with (
        httpx.Client(base_url=address, timeout=SOON) as other,
        plain.stream("POST", "/v1/chat/completions", json=body("slow", stream=True)) as reading,
    ):
        lines = reading.iter_lines()  # kept: when it goes, httpx hangs up
        next(line for line in lines if '"reading"' in line)
        with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])), timeout=SOON) as impatient:
            content = json.dumps(body("gone by now")).encode()
            head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: {len(content)}\r\n\r\n"
            impatient.sendall(head.encode() + content)
            deadline = time.monotonic() + SOON
            while True:  # until the impatient one stands before a question that is asked after it
                told = places(other)
                if next(told) == 2:
                    break
                told.close()
                assert time.monotonic() < deadline
                time.sleep(0.1)
        assert next(told) == 1, "who was before has gone"
        told.close()
    ready(plain)
    assert "gone by now" not in assistant.asked


def test_its_description_names_what_there_is(plain: httpx.Client) -> None:
    described = plain.get("/v1/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    for path, methods in described["paths"].items():
        for method in methods:
            reply = plain.request(
                method.upper(), path.replace("{model}", "footnote"), json={} if method == "post" else None
            )
            assert str(reply.status_code) in methods[method]["responses"]
            assert reply.status_code in (200, 400)
