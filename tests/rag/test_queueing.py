"""The queue in front of the model: order, places told, places given up, and nothing lost when something fails."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence

import pytest

from rag import queueing
from rag.errors import Cancelled, QueueFull
from rag.queueing import FRAME_SECONDS, MOST_WAITING, Happening, Place, Queue
from rag.records import Event, Exchange, Reading, Retrieved, Token, Waiting

SOON = 5.0


class Gated:
    """Answers a question with its own words, once the gate is open; watches for being cancelled while it waits."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.begun: list[str] = []
        self.at_once = 0
        self.most = 0

    def __call__(
        self,
        question: str,
        *,
        history: Sequence[Exchange],
        documents: Collection[str] | None,
        cancelled: Callable[[], bool],
    ) -> Iterator[Event]:
        self.begun.append(question)
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            yield Reading(0, 1)
            while not self.gate.wait(0.005):
                if cancelled():
                    raise Cancelled("stopped")
            if question == "fault":
                raise OSError("the disk is gone")
            yield Token(question)
        finally:
            self.at_once -= 1


@pytest.fixture
def answers() -> Gated:
    return Gated()


@pytest.fixture
def queue(answers: Gated) -> Iterator[Queue]:
    queue = Queue(answers)
    yield queue
    queue.close()


def all_of(place: Place) -> list[Happening]:
    return [happening for frame in place.frames() for happening in frame]


def test_passages_do_not_wait_for_the_progress_that_follows_them(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queueing, "FRAME_SECONDS", 3600.0)  # who waits for the end of a frame waits for ever
    place = queue.join("first")
    place.tell(Retrieved(()))
    place.tell(Reading(0, 1))
    assert Retrieved(()) in next(place.frames())


def begun(answers: Gated, count: int) -> None:
    deadline = time.monotonic() + SOON
    while len(answers.begun) < count:
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_questions_are_answered_in_order_one_at_a_time_and_told_their_place(queue: Queue, answers: Gated) -> None:
    places = [queue.join(str(number)) for number in range(4)]
    assert [place.before for place in places] == [0, 1, 2, 3]
    answers.gate.set()
    for number, place in enumerate(places):
        happened = all_of(place)
        told = [happening.before for happening in happened if isinstance(happening, Waiting)]
        assert told == list(range(number, -1, -1))
        assert happened[-1] == Token(str(number))
        assert place.fault is None
    assert answers.begun == ["0", "1", "2", "3"]
    assert answers.most == 1


def test_one_that_waits_and_leaves_never_begins_and_those_behind_move_on(queue: Queue, answers: Gated) -> None:
    first, second, third, fourth = (queue.join(str(number)) for number in range(4))
    begun(answers, 1)
    second.leave()
    assert (third.before, fourth.before) == (1, 2)
    assert second.ended or second.take(0)
    assert isinstance(second.fault, Cancelled)
    answers.gate.set()
    assert [happening.before for happening in all_of(fourth) if isinstance(happening, Waiting)] == [3, 2, 1, 0]
    assert all_of(third)[-1] == Token("2")
    assert all_of(first)[-1] == Token("0")
    assert answers.begun == ["0", "2", "3"]


def test_leaving_stops_the_model_and_frees_it(queue: Queue, answers: Gated) -> None:
    first, second = queue.join("first"), queue.join("second")
    begun(answers, 1)
    first.leave()
    begun(answers, 2)
    assert isinstance(first.fault, Cancelled)
    assert second.before == 0
    second.leave()
    second.leave()
    deadline = time.monotonic() + SOON
    while queue.busy:
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_a_fault_belongs_to_its_question_alone(queue: Queue, answers: Gated) -> None:
    answers.gate.set()
    failing, fine = queue.join("fault"), queue.join("fine")
    assert all_of(fine)[-1] == Token("fine")
    all_of(failing)
    assert isinstance(failing.fault, OSError)


def test_more_than_is_any_use_are_refused_and_room_is_made_by_leaving(queue: Queue) -> None:
    places = [queue.join(str(number)) for number in range(MOST_WAITING + 1)]
    with pytest.raises(QueueFull, match=str(MOST_WAITING)):
        queue.join("one too many")
    places[7].leave()
    assert queue.join("now").before == MOST_WAITING


def test_closing_gives_every_place_up_and_takes_no_more(answers: Gated) -> None:
    queue = Queue(answers)
    places = [queue.join(str(number)) for number in range(3)]
    begun(answers, 1)
    queue.close()
    for place in places:
        all_of(place)
        assert isinstance(place.fault, Cancelled)
    assert answers.begun == ["0"]
    with pytest.raises(QueueFull, match="closed"):
        queue.join("late")


def test_a_reader_that_waits_is_told_at_intervals_that_nothing_has_happened(queue: Queue) -> None:
    queue.join("first")
    frames = queue.join("second").frames(tick_seconds=0.01)
    assert next(frames) == [Waiting(1)]
    assert next(frames) == []


def test_an_asynchronous_reader_sees_the_same(queue: Queue, answers: Gated) -> None:
    async def seen(place: Place) -> list[Happening]:
        return [happening async for batch in place.arriving() for happening in batch]

    async def both() -> list[list[Happening]]:
        places = [queue.join("one"), queue.join("two")]
        reading = [asyncio.create_task(seen(place)) for place in places]
        await asyncio.sleep(2 * FRAME_SECONDS)
        answers.gate.set()
        return list(await asyncio.wait_for(asyncio.gather(*reading), SOON))

    one, two = asyncio.run(both())
    assert one == [Waiting(0), Reading(0, 1), Token("one")]
    assert two == [Waiting(1), Waiting(0), Reading(0, 1), Token("two")]


def test_a_loop_that_has_gone_harms_nobody(queue: Queue, answers: Gated) -> None:
    async def begin_and_go() -> None:
        await anext(place.arriving())

    place = queue.join("one")
    asyncio.run(begin_and_go())
    answers.gate.set()
    assert all_of(queue.join("two"))[-1] == Token("two")


def test_many_come_and_go_at_once_and_none_is_lost_or_mixed_up(queue: Queue, answers: Gated) -> None:
    answers.gate.set()
    wrong: list[str] = []

    def ask(number: int) -> None:
        for turn in range(10):
            question = f"{number}-{turn}"
            place = queue.join(question)
            if (number + turn) % 3 == 0:
                place.leave()
                continue
            happened = all_of(place)
            places = [happening.before for happening in happened if isinstance(happening, Waiting)]
            if happened[-1] != Token(question) or places != sorted(places, reverse=True) or places[-1] != 0:
                wrong.append(question)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SOON * 4)
    assert wrong == []
    assert not queue.busy
    assert answers.most == 1
