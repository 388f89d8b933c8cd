"""Slips for measuring how well they are overlooked."""

from __future__ import annotations

import pytest

from benchmarks.retrieval import slipped
from index.spelling import one_slip


@pytest.mark.parametrize("question", ["Who is Stoltenberg?", "Wo liegt die Beringstraße?", "Где открылась миссия?"])
def test_a_slip_changes_the_longest_word_by_two_letters_and_always_the_same(question: str) -> None:
    asked = slipped(question)
    (before,), (now,) = (
        {word for word in one.split() if word not in other.split()}
        for one, other in ((question, asked), (asked, question))
    )
    assert one_slip(before, now)
    assert sorted(before) == sorted(now)
    assert before[:2] == now[:2]
    assert slipped(question) == asked


def test_nothing_to_exchange_is_left() -> None:
    assert slipped("12?") == "12?"
