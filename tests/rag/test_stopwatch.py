"""The clock of an answer: what came first is noted once, what is counted adds up."""

from __future__ import annotations

import time

from rag.records import Reading
from rag.stopwatch import Stopwatch

SECONDS = 0.02


def test_the_first_word_is_the_first_one() -> None:
    watch = Stopwatch()
    time.sleep(SECONDS)
    watch.retrieved()
    watch.wrote(1)
    time.sleep(SECONDS)
    watch.wrote(3)
    found = watch.timing()
    assert 0.9 * SECONDS <= found.retrieve_s <= found.first_token_s <= found.total_s - 0.9 * SECONDS
    assert found.answer_tokens == 4


def test_where_nothing_was_written_the_refusal_is_the_first_word() -> None:
    watch = Stopwatch()
    time.sleep(SECONDS)
    found = watch.timing()
    assert found.first_token_s == found.total_s >= 0.9 * SECONDS
    assert found.answer_tokens == 0


def test_of_several_prompts_the_first_says_what_was_kept_and_the_longest_what_was_read() -> None:
    watch = Stopwatch()
    for reading in (Reading(60, 400), Reading(400, 400), Reading(380, 390), Reading(390, 450), Reading(450, 450)):
        watch.read(reading)
    found = watch.timing()
    assert (found.reused_tokens, found.prompt_tokens) == (60, 450)


def test_nothing_read_is_nothing_kept() -> None:
    found = Stopwatch().timing()
    assert (found.reused_tokens, found.prompt_tokens) == (0, 0)


def test_what_was_read_for_several_parts_adds_up() -> None:
    watch = Stopwatch()
    watch.read(Reading(60, 400))
    watch.next_part()
    watch.read(Reading(50, 300))
    watch.read(Reading(300, 300))
    found = watch.timing()
    assert (found.reused_tokens, found.prompt_tokens) == (60, 700)
