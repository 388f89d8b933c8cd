"""Texts that somebody made long on purpose: checking them takes time in proportion, and short ones are judged as ever.

Each text here took the code that went before many seconds, or minutes; the limits are generous.
"""

from __future__ import annotations

import random
from itertools import combinations
from pathlib import Path

import pytest

from rag.checking import Checker
from rag.facts import _CAPITALISED, Fact, abbreviated, name_value, same_name
from rag.records import Exchange
from rag.rules.slots import Slot, misplaced, slots
from rag.settings import Settings
from rag.standalone import standalone
from rag.vocabulary import TOKEN, fold
from tests.rag.desk import set_up

NAMES = " ".join(f"{chr(65 + i % 26)}{chr(97 + i // 26 % 26)}{chr(97 + i // 676)}xyz" for i in range(1300))
LONG = {
    "names": NAMES,
    "one name": "Russia, " * 3000,
    "brackets": "[1" * 8000,
    "days": "6 May 2002 " * 2000,
    "pronouns": "he " * 4000,
}


ROWS = {
    "numbers": "".join(f"Total {i}: {i * 7919 % 9999}; " for i in range(200)),
    "names": "".join(f"{NAMES[i * 7 : i * 7 + 6]} {NAMES[i * 70 : i * 70 + 6]}, " for i in range(120)),
}


@pytest.mark.parametrize("name", ROWS)
def test_a_table_in_one_sentence_is_compared_in_proportion(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0
    same = Slot.same

    def counted(slot: Slot, other: Slot) -> bool:
        nonlocal compared
        compared += 1
        return same(slot, other)

    monkeypatch.setattr(Slot, "same", counted)
    sources = [ROWS[name][start : start + 600] for start in (1000, 1100)]
    counts = []
    for length in (500, 1000):
        misplaced(ROWS[name][:length], sources, "en")
        counts.append(compared)
        compared = 0
    assert counts[1] < 2.5 * counts[0]


@pytest.mark.timeout(20)
@pytest.mark.parametrize("name", LONG)
def test_a_long_text_without_a_stop_is_soon_checked(name: str, tmp_path: Path) -> None:
    desk = set_up(tmp_path / "home")
    checked = Checker(desk.library, desk.encoder, Settings(home=tmp_path, models=tmp_path)).check(LONG[name])
    assert checked.statements[-1].end == len(LONG[name].rstrip())


@pytest.mark.timeout(10)
@pytest.mark.parametrize("word", ["it's ", "he ", "that ", "it, "])
def test_a_long_question_that_leans_is_soon_understood(word: str) -> None:
    assert standalone(word * 2000, [Exchange("Who is Danilov?", "A general.")])


def abbreviated_by_every_part(fact: Fact, sentence: str, text: str) -> bool:
    """The rule as one would first write it: every row of capitalised words, every part of it."""
    short = [name_value(word).replace("&", "") for word in TOKEN.findall(text) if word.isupper()]
    runs = [[word for word in TOKEN.findall(run) if word[0].isupper()] for run in _CAPITALISED.findall(sentence)]
    return any(
        fact.words in words[first:last]
        and any(same_name("".join(word[0] for word in words[first:last]).casefold(), one) for one in short)
        for words in runs
        for first, last in combinations(range(len(words) + 1), 2)
        if last - first > 1
    )


WORDS = (
    "United",
    "States",
    "Nations",
    "of",
    "the",
    "Bank",
    "England",
    "and",
    "Europe",
    "North",
    "Korea",
    "said",
    ",",
    "-",
)
SHORT = ("US", "U.S.", "UN", "BoE", "BE", "NK", "USA", "DPRK", "EU", "NATO", "UNSE", "the", "said")


@pytest.mark.parametrize("seed", range(40))
def test_names_in_short_are_those_of_any_part_of_a_row(seed: int) -> None:
    source = random.Random(seed)
    sentence = " ".join(source.choices(WORDS, k=source.randint(2, 14)))
    text = " ".join(source.choices(SHORT, k=4))
    for word in sorted(set(filter(str.istitle, WORDS))):
        fact = Fact("name", name_value(word), word)
        assert abbreviated(fact, sentence, text) == abbreviated_by_every_part(fact, sentence, text), (
            word,
            sentence,
            text,
        )


@pytest.mark.parametrize("seed", range(20))
def test_the_word_before_a_fact_is_the_last_one_that_ends_before_it(seed: int) -> None:
    source = random.Random(seed)
    text = " ".join(source.choices((*WORDS, "in", "1,250", "May", "6", "J. R.", "Ph.D.", "Russia's"), k=14))
    for slot in slots(text, "en"):
        assert slot.before == fold("".join([match.group() for match in TOKEN.finditer(text, 0, slot.start)][-1:]))
