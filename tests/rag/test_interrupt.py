"""Ctrl-C takes effect wherever it comes, also where Python itself would drop it."""

from __future__ import annotations

import signal
import sys
import time
import weakref

import pytest

from rag.interrupt import Interrupt


class Held:
    """Something that can be referred to weakly."""


def press(*_: object) -> None:
    signal.raise_signal(signal.SIGINT)


def test_one_that_comes_in_a_finalizer_is_raised_behind_it(capsys: pytest.CaptureFixture[str]) -> None:
    interrupt = Interrupt()
    with interrupt.listening():
        held = Held()
        reference = weakref.ref(held, press)
        with pytest.raises(KeyboardInterrupt):  # noqa: PT012 - it may come at any of these lines
            del held
            assert reference() is None
            time.sleep(5)
        assert interrupt()
    assert capsys.readouterr().err == ""


def test_other_failures_of_finalizers_are_told_as_before() -> None:
    told: list[BaseException | None] = []
    before, sys.unraisablehook = sys.unraisablehook, lambda unraisable: told.append(unraisable.exc_value)

    def fail(_: object) -> None:
        raise ValueError

    try:
        with Interrupt().listening():
            held = Held()
            reference = weakref.ref(held, fail)
            del held
            assert reference() is None
        assert [type(one) for one in told] == [ValueError]
    finally:
        sys.unraisablehook = before


def test_the_first_one_can_be_noted_and_the_second_raises() -> None:
    interrupt = Interrupt()
    with interrupt.listening():
        with interrupt.noting():
            press()
            assert interrupt()
            with pytest.raises(KeyboardInterrupt):
                press()
        interrupt.forget()
        assert not interrupt()
        with pytest.raises(KeyboardInterrupt):
            press()
