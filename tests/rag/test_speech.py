"""Sentences come out of the model's pieces whole, once, in order, and without markers or thoughts of its own."""

from __future__ import annotations

import random
import re

import pytest

from rag.speech import Speech, cleaned, is_item, unmarked

WORDS = """
The mission closed Moscow. Yes! No? 3.5 U.S. Dr. Smith NATO 20. 1. 2) - # | said: "quoted." (in brackets.) it's e.g. a
"""


def spoken(text: str, size: int = 4, cut_short: bool = False) -> list[str]:
    """The sentences of a text that comes in pieces."""
    speech = Speech()
    found = [sentence for start in range(0, len(text), size) for sentence in speech.add(text[start : start + size])]
    return [*found, *speech.finish(cut_short)]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000], ids=lambda size: f"pieces of {size}")
@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        pytest.param("It closed. It opened.", ["It closed.", "It opened."], id="two"),
        pytest.param("It closed", ["It closed"], id="without a full stop"),
        pytest.param(
            "The U.S. left at 3.5 percent. Dr. Smith stayed.",
            ["The U.S. left at 3.5 percent.", "Dr. Smith stayed."],
            id="full stops inside",
        ),
        pytest.param('He said "Yes." Then he left.', ['He said "Yes."', "Then he left."], id="quotation marks"),
        pytest.param("Two:\n- One thing\n- Another thing", ["Two:", "- One thing", "- Another thing"], id="list"),
        pytest.param("1. It closed.\n2. It opened.", ["1. It closed.", "2. It opened."], id="numbered list"),
        pytest.param("20.", ["20."], id="a number alone"),
        pytest.param("**Moscow** closed\nit.", ["Moscow closed it."], id="emphasis and a wrapped line"),
        pytest.param("It closed [1]. It opened [2].", ["It closed.", "It opened."], id="markers of its own"),
        pytest.param("It closed. [1] It opened. [1, 2]", ["It closed.", "It opened."], id="markers behind"),
        pytest.param("<think>Let me see. It closed.</think>It opened.", ["It opened."], id="a thought"),
        pytest.param("<think>Let me see. It may", [], id="a thought without end"),
        pytest.param(
            "It closed. <thinking>Is that so?</thinking> It opened.",
            ["It closed.", "It opened."],
            id="a thought between",
        ),
        pytest.param("", [], id="nothing"),
        pytest.param(" \n\n [1] ", [], id="nothing but a marker"),
    ],
)
def test_sentences_come_out_whatever_the_pieces(text: str, sentences: list[str], size: int) -> None:
    assert spoken(text, size) == sentences


@pytest.mark.parametrize("seed", range(5))
def test_no_letter_is_lost_or_told_twice_however_pieces_and_lines_fall(seed: int) -> None:
    chance = random.Random(seed)
    compared = 0
    for _ in range(25):
        text = "".join(chance.choice(WORDS.split()) + chance.choice("      \n") for _ in range(chance.randint(1, 30)))
        speech, found, at = Speech(), [], 0
        while at < len(text):
            size = chance.randint(1, 6)
            found += speech.add(text[at : at + size])
            at += size
        found += speech.finish(cut_short=False)
        if not speech.repeats:  # what is repeated is left out on purpose
            compared += 1
            assert "".join(found).replace(" ", "") == "".join(text.split())
    assert compared > 10


def test_a_sentence_is_told_as_soon_as_the_next_has_begun() -> None:
    speech = Speech()
    assert speech.add("It closed in 2021. ") == []
    assert speech.add("Moscow said ") == ["It closed in 2021."]
    assert speech.finish(cut_short=False) == ["Moscow said"]


def test_a_model_that_repeats_itself_is_noticed_and_the_sentence_told_once() -> None:
    speech = Speech()
    found = speech.add("It closed. It opened. It closed. It opened. It ")
    assert speech.repeats
    assert [*found, *speech.finish(cut_short=True)] == ["It closed.", "It opened."]


def test_different_sentences_are_no_repetition() -> None:
    speech = Speech()
    speech.add("It closed in 2021. It closed in 2022. And ")
    assert not speech.repeats


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        pytest.param("It closed. It ope", ["It closed."], id="unfinished after a whole one"),
        pytest.param("It closed. It opened.", ["It closed.", "It opened."], id="finished just in time"),
        pytest.param("It closed because of the", ["It closed because of the"], id="nothing else to tell"),
        pytest.param(
            'It closed. He said "It opened."', ["It closed.", 'He said "It opened."'], id="ends in a quotation"
        ),
    ],
)
@pytest.mark.parametrize("size", [3, 1000], ids=["streamed", "at once"])
def test_an_unfinished_last_sentence_is_dropped_when_the_model_was_cut_short(
    text: str, sentences: list[str], size: int
) -> None:
    assert spoken(text, size, cut_short=True) == sentences


@pytest.mark.parametrize(
    "marker",
    [
        "[1]",
        "[ 12 ]",
        "[1, 2]",
        "[1-3]",
        "[1–3]",
        "[Passage 2]",
        "[passages 1, 2]",
        "(passage 4)",
        "(Source 2)",
        "【1】",
        "[1][2]",
    ],
)
def test_markers_in_all_their_forms_are_taken_out(marker: str) -> None:
    assert cleaned(f"It closed {marker}.") == "It closed."


@pytest.mark.parametrize(
    "text", ["It closed (in 2021).", "A [very] old office.", "The budget [in euros] rose.", "Article 5(2) holds."]
)
def test_other_brackets_stay(text: str) -> None:
    assert cleaned(text) == text


@pytest.mark.parametrize("hostile", ["[12]", "[[1]2]", "[1[2]3]", "[**1**]", "[`1`]", "[[[7]]]", "[ 1 ,\n2 ]"])
def test_nothing_that_looks_like_a_marker_is_left(hostile: str) -> None:
    """However it is nested: taking one out must not make another."""
    assert not re.search(r"\[[\d,\s–-]+\]", unmarked(cleaned(f"It closed {hostile}.")))


def test_bracketed_numbers_stay_readable_where_they_are_no_markers() -> None:
    assert unmarked("See [12] and [3, 4].") == "See (12) and (3, 4)."


@pytest.mark.parametrize(
    ("sentence", "item"),
    [
        pytest.param("- It closed.", True, id="dash"),
        pytest.param("12. It closed.", True, id="number"),
        pytest.param("3) It closed.", True, id="number in a bracket"),
        pytest.param("2021 saw it closed.", False, id="a year"),
        pytest.param("3.5 percent left.", False, id="a decimal"),
        pytest.param("-5 degrees.", False, id="a minus"),
        pytest.param("No, it closed.", False, id="a reply"),
    ],
)
def test_an_item_of_a_list_is_told_by_its_mark(sentence: str, item: bool) -> None:
    assert is_item(sentence) is item


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "text",
    ["a" + " " * 60_000 + "b", "[" + " " * 60_000 + "b", "(passage" + " " * 60_000 + "b", "【" * 60_000],
    ids=["blanks", "bracket", "passage", "wide bracket"],
)
def test_what_opens_no_marker_is_soon_told(text: str) -> None:
    assert cleaned(text) == " ".join(text.split())
    assert unmarked(text) == text
