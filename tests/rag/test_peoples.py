"""Peoples, their countries and their adjectives: one name in several forms, and other names that only begin alike."""

from __future__ import annotations

import pytest

from rag.facts import name_value, same_name


def same(pair: str) -> bool:
    first, second = map(name_value, pair.split())
    assert same_name(first, second) == same_name(second, first)
    return same_name(first, second)


@pytest.mark.parametrize(
    "pair",
    [
        *("Jewish Jews", "Jewish Jew", "Polish Poland", "Polish Poles", "Pole Poland", "Turkish Turks", "Turks Turkey"),
        *("Spanish Spaniards", "Spaniards Spain", "Swedes Sweden", "Danish Denmark", "Danes Danish", "Finns Finland"),
        *("Scots Scotland", "Scottish Scots", "British Britons", "Englishmen England"),
        *("French France", "Swiss Switzerland", "Welsh Wales"),
        *("Mongolians Mongols", "Kenyans Kenya", "Ukrainians Ukraine", "Egyptians Egypt", "Brazilians Brazil"),
        *("Uzbeks Uzbekistan", "Afghan Afghanistan", "Kurdish Kurds", "Chinese China", "Peruvian Peru"),
    ],
)  # fmt: skip
def test_english_forms_of_one_people(pair: str) -> None:
    assert same(pair)


@pytest.mark.parametrize(
    "pair",
    [
        *("polnisch Polen", "polnischen Polens", "Pole polnischer", "kenianische Kenia", "Kenianer kenianisch"),
        *("englisch England", "Engländer englischen", "russischen Russland", "Russen russisch", "jüdischen Juden"),
        *("Deutschland deutschen", "griechisch Griechenland", "Griechen griechische", "französische Franzosen"),
        *("französisch Frankreich", "Spanier spanischen", "türkischer Türkei", "Türken türkisch", "Dänen dänisch"),
        *("mongolische Mongolei", "Mongolen mongolisch", "schweizerisch Schweiz", "chinesischen Chinesen"),
    ],
)  # fmt: skip
def test_german_forms_of_one_people(pair: str) -> None:
    assert same(pair)


@pytest.mark.parametrize(
    "pair",
    [
        *("Danish Dan", "Polish Pol", "Poland Polk", "Polish Polly", "Jewish Jewett", "Irish Iran", "Ireland Iraq"),
        *("Scotland Scott", "Swedish Sweeney", "Turkish Turing", "Holland Holmes", "Roland Roman", "Kenia Keller"),
        *("English Engels", "Spanish Sparta", "Marshland Mars", "Russland Rust", "Polen Polke", "Chinese Chinook"),
        *("Österreich Osten", "Deutschland Deutz", "Genoese Genesis", "Austria Australia", "Garland Gard"),
    ],
)  # fmt: skip
def test_other_names_only_begin_alike(pair: str) -> None:
    assert not same(pair)


@pytest.mark.parametrize(
    ("pair", "one"),
    [("Sams Sam", True), ("Lees Lee", True), ("Khans Khan", True), ("Als Al", False), ("Sams Sal", False)],
)  # fmt: skip
def test_a_family_bears_the_name_of_each(pair: str, one: bool) -> None:
    assert same(pair) is one
