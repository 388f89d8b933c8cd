"""A year that a model adds to a date is left out where nobody gave it, and nothing else is."""

from __future__ import annotations

import pytest

from rag.undated import without_added_years

GIVEN = "In 2018 it was small. On October 6 NATO announced a cut. Am 6. Oktober. 6 октября."


@pytest.mark.parametrize(
    ("said", "left", "added"),
    [
        ("It was cut on October 6, 2019.", "It was cut on October 6.", ("2019",)),
        ("It was cut on 6 October 2019, they say.", "It was cut on 6 October, they say.", ("2019",)),
        ("It was cut on October 6th, 2019 by NATO.", "It was cut on October 6th by NATO.", ("2019",)),
        ("Am 6. Oktober 2019 wurde gekürzt.", "Am 6. Oktober wurde gekürzt.", ("2019",)),
        ("Это случилось 6 октября 2019 года.", "Это случилось 6 октября.", ("2019",)),
        ("On October 6, 2019 and May 2, 1999.", "On October 6 and May 2.", ("2019", "1999")),
        pytest.param("On October 14, 1066.", "On October 14.", ("1066",), id="of the Middle Ages"),
        pytest.param("On October 6, 2018.", "On October 6, 2018.", (), id="given"),
        pytest.param("It was cut in 2019.", "It was cut in 2019.", (), id="alone"),
        pytest.param("It was cut in October 2019.", "It was cut in October 2019.", (), id="a month alone"),
        pytest.param("Nothing here.", "Nothing here.", (), id="no date"),
    ],
)
def test_only_a_year_of_a_full_date_that_nobody_gave_is_left_out(said: str, left: str, added: tuple[str, ...]) -> None:
    assert without_added_years(said, GIVEN) == (left, added)
