"""Whom "it" and "he" mean, by what was read right before."""

from __future__ import annotations

import pytest

from index.records import Hit, Passage
from rag.cite import Evidence, Source, sources_of
from rag.rules.context import LEADS_TO, around, leading_to, leant_on, means_another, passages, with_whom

TOLD = (
    "Hilltop University has its origins in a college. Newgate University is known for medicine. It is old. "
    "It won the prize in 2000. Ann Lee founded Hilltop. She died in 1950."
)


def read(text: str = TOLD, title: str = "Towns") -> tuple[Source, ...]:
    return sources_of([Hit(1, 1.0, 0, 0, Passage("d" * 64, 0, len(text), text), "/u.txt", title, ())])


def source(sources: tuple[Source, ...], words: str) -> Source:
    return next(one for one in sources if words in one.text)


def test_what_is_leant_on_goes_back_to_a_sentence_that_stands_alone() -> None:
    sources = read()
    assert leant_on(source(sources, "won"), sources) == "Newgate University is known for medicine. It is old."
    assert leant_on(source(sources, "known"), sources) == ""
    assert leant_on(source(sources, "won"), sources[3:]) == "", "what it leans on was not read"


@pytest.mark.parametrize(
    ("sentence", "words", "title", "meant"),
    [
        ("Hilltop University won the prize in 2000.", "won", "Towns", ("Hilltop University", "Newgate University")),
        ("Newgate University won the prize in 2000.", "won", "Towns", None),
        ("Newgate won the prize in 2000.", "won", "Towns", None),
        ("Hilltop University won the prize in 2000.", "won", "Hilltop University", None),
        ("Newgate University won against Hilltop in 2000.", "won", "Towns", None),
        ("The prize of 2000 was won.", "won", "Towns", None),
        ("Tom Roe died in 1950.", "died", "Towns", ("Tom Roe", "Ann Lee")),
        ("Ann Lee died in 1950.", "died", "Towns", None),
    ],
)  # fmt: skip
def test_what_is_said_of_it_is_not_said_of_another(
    sentence: str, words: str, title: str, meant: tuple[str, str] | None
) -> None:
    sources = read(title=title)
    assert means_another(sentence, [source(sources, words)], sources) == meant


def test_what_a_speaker_calls_it_is_anybody_s_guess() -> None:
    sources = read("Bob: Newgate University is old.\nAmy: It won the prize in 2000.")
    assert means_another("Hilltop won the prize in 2000.", [source(sources, "won")], sources) is None


def test_she_is_whom_the_last_sentence_before_names() -> None:
    sources = read()
    assert with_whom(source(sources, "died"), sources) == "Ann Lee founded Hilltop. She died in 1950."
    assert with_whom(source(sources, "founded"), sources) == "Ann Lee founded Hilltop."
    assert with_whom(source(sources, "died"), sources[-1:]) == "She died in 1950.", "whom she is was not read"


def test_what_leads_to_a_sentence_stands_shortly_before_it() -> None:
    sources = read(f"Far off. {'So it was. ' * (LEADS_TO // 10)}It is near. It won.")
    leading = leading_to(sources[-1], sources)
    assert leading.startswith("Towns")
    assert leading.endswith("It is near. It won.")
    assert "Far off." not in leading


def test_around_a_sentence_is_its_passage_and_each_passage_is_told_once() -> None:
    sources = read()
    evidence = Evidence(sources[:2], 1.0, 1.0, (), sources)
    assert all(TOLD in text and text.startswith("Towns") for text in around(evidence))
    assert passages(evidence) == [f"Towns  {TOLD}"]
