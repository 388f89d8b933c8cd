"""Names in a verdict: titles state nothing, and what an ampersand joins is one."""

from __future__ import annotations

import pytest

from rag.cite import Citer
from rag.records import Support
from rag.verify import verdict
from tests.fakes import HashingEncoder
from tests.rag.dossier import hits, standing_of


def support(sentence: str, source: str) -> Support:
    """The standing of a sentence on a single source."""
    return verdict(sentence, Citer(hits(source), HashingEncoder()).evidence(sentence), "").support


@pytest.mark.parametrize(
    ("said", "read"),
    [
        pytest.param("Mr. Danilov partly agrees.", "Danilov partly agrees.", id="title"),
        pytest.param("Prof. Dr. Danilov partly agrees.", "Danilov partly agrees.", id="titles"),
        pytest.param("Danilov partly agrees.", "Mr. Danilov partly agrees.", id="title in the source"),
        pytest.param("The V&A showed eight dresses.", "The V&A showed eight dresses in the hall.", id="ampersand"),
        pytest.param("The V&A showed eight dresses.", "The V & A showed eight dresses in the hall.", id="blanks"),
    ],
)
def test_titles_and_ampersands_are_no_inventions(said: str, read: str) -> None:
    assert support(said, read) == "supported"
    for name, other in (("Danilov", "Lavrov"), ("V&A", "H&M")):
        if name in said:
            assert support(said.replace(name, other), read) == "unsupported"


def test_a_name_that_opens_a_german_sentence_stands_somewhere() -> None:
    assert standing_of("Rostock hat zwei große Werften.", "Die Region hat zwei große Werften.")[0] == "not found"
    assert standing_of("Rostock hat zwei große Werften.", "In Rostock gibt es zwei große Werften.")[0] == "supported"
    assert standing_of("Wasser ist ein Molekül.", "Das Wasser ist ein Molekül.")[0] == "supported"
