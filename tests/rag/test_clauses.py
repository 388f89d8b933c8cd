"""Which runs of capitalised words name one."""

from __future__ import annotations

import pytest

from rag.clauses import names, same


@pytest.mark.parametrize(
    ("one", "other", "are"),
    [
        pytest.param("Adam", "Adam Smith", True, id="a part left out"),
        pytest.param("Smyth", "Adam Smith", True, id="a slip"),
        pytest.param("UN", "United Nations", True, id="first letters"),
        pytest.param("Moscow", "Russia", True, id="a government by its seat"),
        pytest.param("Adam", "Eve", False, id="two names"),
        pytest.param("Adam", "", False, id="nobody"),
        pytest.param("Adam", "she", False, id="no name"),
        pytest.param("", "", False, id="nobody twice"),
    ],
)
def test_whether_two_names_name_one(one: str, other: str, are: bool) -> None:
    assert same(one, other) is are
    assert same(other, one) is are


def test_a_number_that_opens_a_text_is_no_name() -> None:
    assert [name.words for name in names("Eight diplomats left Brussels.")] == ["Brussels"]
    assert [name.words for name in names("Seven Network left Brussels.")] == ["Seven Network", "Brussels"]
