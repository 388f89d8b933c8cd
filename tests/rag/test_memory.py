"""Giving memory back works where the system can, and is nothing elsewhere."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator

import pytest

from rag import memory


@pytest.fixture(autouse=True)
def _looked_up_anew() -> Iterator[None]:
    memory._trim.cache_clear()
    yield
    memory._trim.cache_clear()


def test_what_glibc_keeps_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    class Library:
        malloc_trim: Callable[[int], object] = staticmethod(asked.append)

    monkeypatch.setattr(ctypes, "CDLL", lambda name: Library)
    memory.give_back()
    assert asked == [0]


@pytest.mark.parametrize("fault", [AttributeError, OSError, TypeError])
def test_a_system_that_cannot_is_left_alone(monkeypatch: pytest.MonkeyPatch, fault: type[Exception]) -> None:
    def without(name: object) -> object:
        raise fault

    monkeypatch.setattr(ctypes, "CDLL", without)
    memory.give_back()
