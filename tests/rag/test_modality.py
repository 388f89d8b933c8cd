"""What is only hoped for, and what is said of some."""

from __future__ import annotations

import pytest

from rag.modality import of_all, only_hoped

HOPED = "The office was first hoped for in June 2000, then in the autumn."


@pytest.mark.parametrize(
    ("sentence", "sources", "hoped"),
    [
        ("The office opened in June 2000.", [HOPED], True),
        ("The office was hoped for in June 2000.", [HOPED], False),
        ("The office should open in June 2000.", [HOPED], False),
        ("The office opened in June 2000.", [HOPED, "The office opened in June 2000."], False),
        ("The office opened in June 2000.", ["It was hoped that it rains, but the office opened in June 2000."], False),
        ("The office opened in June 2000.", ["It rained."], False),
        ("The office opened in June 2000.", [], False),
    ],
)
def test_what_is_only_hoped_for_is_told(sentence: str, sources: list[str], hoped: bool) -> None:
    assert bool(only_hoped(sentence, sources, "en")) is hoped
    assert only_hoped(sentence, sources, "de") == []


@pytest.mark.parametrize(
    ("sentence", "cited", "told"),
    [
        ("All churches were rebuilt.", "Only a small number of churches were rebuilt.", True),
        ("Every outfit is older.", "The outfits are mostly older.", True),
        ("All churches were rebuilt.", "The churches were rebuilt.", False),
        ("All churches were rebuilt.", "Most of all churches were rebuilt.", False),
        ("Nearly all churches were rebuilt.", "Most churches were rebuilt.", False),
        ("Churches were rebuilt.", "Only some churches were rebuilt.", False),
    ],
)
def test_what_is_said_of_some_is_not_said_of_all(sentence: str, cited: str, told: bool) -> None:
    assert bool(of_all(sentence, cited)) is told
