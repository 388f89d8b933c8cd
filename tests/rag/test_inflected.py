"""Forms of one name are told by their endings, and names that only begin alike are two."""

from __future__ import annotations

import pytest

from rag.facts import name_value, same_name

ONE = """
Russia Russian, Ukraine Ukrainian, Ukraine Ukrainern, Moskau Moskaus, Moskau Moskauer, Italien Italiener, Italy Italians
Canada Canadian, Mexico Mexican, Brazil Brazilian, China Chinese, Iraq Iraqis, Germany German, Germany Germans
Slovakia Slovak, Arabia Arabic, Saudi Saudis, Africans African, Spanien Spanier, Bulgarien Bulgare, Amerika Amerikaner
Kanzler Kanzlerin, Deutsche Deutschen, Buddhist Buddhism, Islam Islamic, Democrat Democracy, Industry Industrial
Minister Ministry, Lavrov Lavrow, Zelensky Zelenskyy, Turkey Turks, Texas Texan, Jahr Jahre, Khan Khanate, Sergei Sergey
Medicine Medical, Labor Labour, Bacterium Bacteria, Alumnus Alumni, Centre Center
Россия России, Россия Россией, Россию Российский, Москва Москве, Москвой Москву, Путин Путиным, Украина Украинский
"""
TWO = """
Madrid Madras, Norway Norwich, Hanoi Hanover, Niger Nigeria, Albania Albany, India Indiana, Indian Indiana
Romania Roman, Martin Martha, Harvard Harvey, Paul Paula, Albert Alberta, Johnson Johnston, George Georgia, Mario Marion
Austin Austen, Slovakia Slovenia, Henry Henri, Brand Brandt
Stalin Stalingrad, Julia Julian, Иванов Иваницкий, Маркс Марков
"""


def pairs(text: str) -> list[tuple[str, str]]:
    return [(one, two) for pair in text.replace("\n", ",").split(",") if pair for one, two in [pair.split()]]


@pytest.mark.parametrize(("one", "two"), pairs(ONE))
def test_forms_of_one_name_are_the_same(one: str, two: str) -> None:
    assert same_name(name_value(one), name_value(two))
    assert same_name(name_value(two), name_value(one))


@pytest.mark.parametrize(("one", "two"), pairs(TWO))
def test_names_that_begin_alike_are_not(one: str, two: str) -> None:
    assert not same_name(name_value(one), name_value(two))
    assert not same_name(name_value(two), name_value(one))
