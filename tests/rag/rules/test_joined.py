"""Answers that no one sentence gives, and everything that only looks so."""

from __future__ import annotations

import pytest

from rag.rules.joined import apart, borrowed, joined, looks_back, said_of_another, told_by
from tests.rag.dossier import standing_of

ASKED = "Who is the ambassador to Belgium?"
AMBASSADOR = "From now on messages pass through the ambassador to Belgium."
MINISTER = "The minister Sergei Lavrov announced this on Monday."
ANSWER = "The ambassador to Belgium is Sergei Lavrov."


def test_a_name_from_one_sentence_for_what_another_speaks_of_is_told() -> None:
    assert joined(ANSWER, ASKED, [AMBASSADOR, MINISTER], "en") == "Sergei"


@pytest.mark.parametrize(
    ("sources", "why"),
    [
        ([MINISTER], "one source joins nothing"),
        ([AMBASSADOR, f"Sergei Lavrov is the ambassador to Belgium. {MINISTER}"], "it says both"),
        ([AMBASSADOR, MINISTER, "To Belgium he sends an ambassador, says Lavrov."], "another states it beside both"),
        ([AMBASSADOR, "He is Sergei Lavrov."], "it looks back"),
        (["Messages go to Brussels.", MINISTER], "no other source is nearer"),
        ([AMBASSADOR, "From Monday on."], "none states the fact"),
    ],
)
def test_what_one_sentence_says_is_left_alone(sources: list[str], why: str) -> None:
    assert joined(ANSWER, ASKED, sources, "en") is None, why


def test_what_points_at_something_told_before_is_about_nobody_else() -> None:
    assert joined(ANSWER, ASKED, [AMBASSADOR, "This was announced by Sergei Lavrov."], "en") == "Sergei"


def test_one_word_of_the_question_tells_nothing_apart() -> None:
    said = "Lavrov announced it."
    assert joined(said, "Who announced it?", ["It was announced.", MINISTER.replace("announced", "said")], "en") is None


def test_an_answer_without_a_fact_of_its_own_joins_nothing() -> None:
    assert joined("The ambassador to Belgium is away.", ASKED, [AMBASSADOR, MINISTER], "en") is None


@pytest.mark.parametrize(
    ("source", "back"),
    [
        ("He left.", True),
        ("There it was.", True),
        ("It's on Thursday.", True),
        ("Alice: It’s on Thursday.", True),
        ("Ivan left.", False),
        ("Alice: Ivan left.", False),
        ("…", False),
        ("Alice: ", False),
    ],
)
def test_what_looks_back(source: str, back: bool) -> None:
    assert looks_back(source) is back


WON = "Polonia Warsaw won the championship in 2000."
KHAN = "Kublai was a khan of the Mongols."
CUP = "Who won the championship in 2000?"


@pytest.mark.parametrize("answer", ["The answer is Kublai.", "Kublai won the championship in 2000.", "Kublai."])
def test_an_answer_beside_which_nothing_of_the_question_stands_is_told(answer: str) -> None:
    assert apart(answer, CUP, [WON, KHAN], ["Football", "Mongols"], "en") == "Kublai"
    assert apart(answer, CUP, [WON, KHAN], ["Football", "Who won the championship in 2000"], "en") is None


def test_an_answer_beside_which_far_less_of_the_question_stands_than_elsewhere_is_told() -> None:
    answer = "Kublai won the championship in 2000."
    assert apart(answer, CUP, [WON, "Kublai won a battle."], ["", ""], "en") == "Kublai"
    assert apart(answer, CUP, [WON, KHAN], ["", "The championship"], "en") == "Kublai"


@pytest.mark.parametrize(
    ("answer", "sources", "why"),
    [
        ("The answer is Polonia.", [WON, KHAN], "it says both"),
        ("Kublai won the championship in 2000.", ["Polonia won the championship.", "Kublai won."], "some stands there"),
        ("Kublai won the cup of Asia in 2000.", [WON, "In 2000 Kublai won."], "all that it says of it stands there"),
        ("Kublai won the championship in 2000.", [KHAN, "Nobody knows who won in the end."], "too little elsewhere"),
        ("Kublai won the championship in 2000.", [KHAN, "His championship of 2000 was won."], "that may be about him"),
        ("Kublai won the championship in 2000.", [WON, "He was Kublai."], "it looks back"),
        ("Clerks won it, and Kublai ruled mountains, rivers and seas.", [WON, KHAN], "it says much else"),
        ("The championship was won.", [WON, KHAN], "no fact of its own"),
    ],
)
def test_an_answer_is_not_apart_where_anything_speaks_for_it(answer: str, sources: list[str], why: str) -> None:
    assert apart(answer, CUP, sources, [""] * len(sources), "en") is None, why


OFFICE = "The office in Moscow was closed."


@pytest.mark.parametrize(
    ("question", "told", "another"),
    [
        ("What did Ivanov say about the closing of the office?", ["There are problems, Ivanov said."], True),
        ("What did Ivanov say about the closing of the office?", [f"{OFFICE} There are problems, Ivanov said."], False),
        ("What did Ivanov say about the closing of the office?", ["There are problems.", OFFICE], False),
        ("What does Ivanov think of Ivanov?", ["There are problems, Ivanov said."], False),
        ("What did Ivanov say?", ["There are problems, Ivanov said."], False),
        ("Was sagte Ivanov über die Schließung des Büros?", ["Es gibt Probleme, sagte Ivanov."], True),
        ("Was sagte Ivanov über die Probleme?", ["Es gibt Probleme, sagte Ivanov."], False),
        ("Why did Ivanov speak of the office?", ["There are problems, Ivanov said."], False),
    ],
)
def test_what_somebody_said_of_something_else(question: str, told: list[str], another: bool) -> None:
    assert said_of_another(question, told, "de" if question.startswith("Was") else "en") is another


EDITOR = "Fyodor Lukyanov, the editor of the magazine Politics, spoke of the reduction."
DEPARTMENT = "Dmitry Danilov of the institute partly agrees."


@pytest.mark.parametrize(
    ("claim", "read", "name"),
    [
        ("Danilov is the editor of the magazine Politics.", [EDITOR, DEPARTMENT], "Danilov"),
        ("Lukyanov is the editor of the magazine Politics.", [EDITOR, DEPARTMENT], None),
        ("Danilov is the editor of the magazine Politics.", [EDITOR], None),
        ("Danilov is the editor of the magazine Politics.", [EDITOR, "He, Danilov, agrees."], None),
        ("Danilov is the editor of the magazine Politics.", ["He is the editor of the magazine Politics."], None),
        ("Danilov edits.", [EDITOR, DEPARTMENT], None),
        ("Danilov is the editor of the paper Politics in Rome.", [EDITOR, DEPARTMENT], None),
    ],
)
def test_what_is_said_of_somebody_else_is_told(claim: str, read: list[str], name: str | None) -> None:
    assert borrowed(claim, read, [""] * len(read), "en") == name
    assert borrowed(claim, read, ["Danilov"] * len(read), "en") is None


CHAE = "YurikoYamamoto: Her name's Chae, she's a neurosurgeon."


@pytest.mark.parametrize(
    ("sentence", "cited", "speaker"),
    [
        ("Yuriko is a neurosurgeon.", [CHAE], "Yuriko"),
        ("Yuriko Yamamoto is a neurosurgeon.", ["It rained.", CHAE], "Yuriko Yamamoto"),
        ("Chae is a neurosurgeon.", [CHAE], None),
        ("Yuriko said that Chae is a neurosurgeon.", [CHAE], None),
        ("Yuriko is a neurosurgeon.", ["YurikoYamamoto: I'm a neurosurgeon."], None),
        ("Yuriko has been to Oslo.", ["YurikoYamamoto: Just touched down in Oslo!"], None),
        ("Yuriko is a neurosurgeon.", [CHAE, "Chae: Yuriko is one, too."], None),
        ("Yuriko is a neurosurgeon.", ["Her name is Yuriko, she is a neurosurgeon."], None),
    ],
)
def test_what_a_speaker_says_of_somebody_else(sentence: str, cited: list[str], speaker: str | None) -> None:
    assert told_by(sentence, cited) == speaker


def test_to_whom_a_speaker_says_something_need_not_be_named() -> None:
    read = ["AnnLee: Remember to water the tomato plants in the greenhouse.", "BenRoy: I will."]
    assert borrowed("Ann reminded Ben to water the tomato plants.", read, ["", ""], "en") is None
    assert borrowed("Ann saw Ben water the tomato plants.", read, ["", ""], "en") == "Ben"


def test_what_a_german_sentence_says_of_another() -> None:
    source = "Die Nationals sind in den Bergen im Süden am stärksten. Die Grünen gewannen drei Sitze."
    assert standing_of("Die Nationals sind in den Bergen im Süden am stärksten.", source)[0] == "supported"
    standing, reasons = standing_of("Die Grünen sind in den Bergen im Süden am stärksten.", source)
    assert standing != "supported"
    assert reasons == ("no sentence says this of “Grünen”, and one does of somebody else",)
