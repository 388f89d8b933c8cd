"""Languages that the embedding model was not made for: how they are told, and that words count for more there."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.encode import SentenceTransformerEncoder, spells_out
from tests.fakes import HashingEncoder, SpellingEncoder
from tests.index.conftest import OpenLibrary, write

PAPERS = {
    "near.txt": "The lantern and the lantern keeper, and the lantern.",
    "worded.txt": "A rare thing, the zeugma, is named once among a great many other and quite ordinary words here.",
}


@pytest.mark.parametrize("text", ["", "?!", "Why did Russia close the mission?"])
def test_what_is_known_by_its_words_is_not_spelt_out(text: str) -> None:
    assert not spells_out(HashingEncoder(), text)


def test_what_is_known_by_its_letters_is() -> None:
    assert spells_out(SpellingEncoder(), "Why?")
    assert not spells_out(SpellingEncoder(), "")


def test_words_weigh_more_in_such_a_language(open_library: OpenLibrary, tmp_path: Path) -> None:
    """The same passages with the same signals, put together in another way."""
    folder = write(tmp_path / "papers", PAPERS)
    query = "the lantern zeugma"
    known, spelt = (open_library(encoder, passage_tokens=200) for encoder in (HashingEncoder(), SpellingEncoder()))
    known.add([folder])
    of_known, of_spelt = ({Path(hit.path).name: hit for hit in library.search(query)} for library in (known, spelt))
    for name, hit in of_known.items():
        assert (of_spelt[name].cosine, of_spelt[name].bm25) == (hit.cosine, hit.bm25)
    best = max(hit.bm25 for hit in of_known.values())
    for name, hit in of_known.items():
        assert hit.score == pytest.approx(0.3 * hit.bm25 / best + 0.7 * max(hit.cosine, 0))
        assert of_spelt[name].score == pytest.approx(0.6 * hit.bm25 / best + 0.4 * max(hit.cosine, 0))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Why did Russia close the mission in 2021?", False),
        ("Warum schloss Russland die Vertretung im Jahr 2021?", False),
        ("Pourquoi la Russie a-t-elle fermé la mission en 2021 ?", False),
        ("Почему Россия закрыла представительство в 2021 году?", True),
        ("Γιατί έκλεισε η Ρωσία την αποστολή το 2021;", True),
        ("为什么俄罗斯在2021年关闭代表团？", True),
    ],
)
def test_the_default_model_spells_out_what_is_not_in_latin_letters(
    text: str, expected: bool, embedding_model: Path
) -> None:
    assert spells_out(SentenceTransformerEncoder(embedding_model), text) is expected
