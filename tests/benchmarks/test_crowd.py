"""A small crowd for a few seconds, and that the benchmark would notice what must not happen."""

from __future__ import annotations

import asyncio
import os
import random
from pathlib import Path

import httpx
import pytest

from benchmarks import crowd
from benchmarks.visitors import Heard, Lost, Way
from tests.rag.ui.fake_page import Repeating
from tests.rag.ui.serving import serving


@pytest.mark.slow
def test_nobody_is_lost_or_mixed_up_in_a_small_crowd(tmp_path: Path) -> None:
    with serving(lambda: Repeating(pause=0.001), tmp_path) as address:
        course = asyncio.run(crowd.crowded(address, os.getpid(), people=8, seconds=5, seed=1))
    assert course.answered >= 8
    assert course.left > 0
    assert (course.lost, course.mixed_up, course.rose) == ([], [], 0)
    assert course.freed_seconds is not None


def one_person(way: Way) -> crowd.Course:
    course = crowd.Course()

    async def ask() -> None:
        async with httpx.AsyncClient() as client:
            end = asyncio.get_running_loop().time() + 0.05
            await crowd._person(client, 1, random.Random(0), end, course)

    ways, crowd.WAYS = crowd.WAYS, (way,)
    try:
        asyncio.run(ask())
    finally:
        crowd.WAYS = ways
    return course


async def astray(_: httpx.AsyncClient, question: str, heard: Heard) -> None:
    await asyncio.sleep(0.01)
    heard.question, heard.text, heard.places = question, "why did Russia close case 2-7?: it did [1]", [1, 2]


async def nothing(_: httpx.AsyncClient, __: str, ___: Heard) -> None:
    await asyncio.sleep(0.01)
    raise Lost("the stream ended")


def test_another_s_answer_and_a_place_that_rises_are_noticed() -> None:
    course = one_person(astray)
    assert course.answered > 0
    assert len(course.mixed_up) == course.rose == course.answered
    assert "case 2-7" in course.mixed_up[0]


def test_no_answer_is_noticed() -> None:
    course = one_person(nothing)
    assert course.lost
    assert course.answered == 0


def test_memory_that_grows_is_noticed() -> None:
    assert crowd.grown_mb([10**8 + second * 10**6 for second in range(100)]) == pytest.approx(60, abs=1)
    assert crowd.grown_mb([10**8] * 100) == 0
    assert crowd.grown_mb([1, 2]) is None
