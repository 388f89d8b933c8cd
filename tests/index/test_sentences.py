"""Sentence spans: exact, complete, and where a reader of the text would end a sentence."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from index import sentences as splitting
from index.sentences import paragraph_spans, sentence_spans
from tests.index.texts import NASTY, nasty_text


def sentences(text: str, language: str = "en") -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text, language)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("It rained. We left.", ["It rained.", "We left."], id="two"),
        pytest.param("An EU-U.S. plan. It failed.", ["An EU-U.S. plan.", "It failed."], id="initials-behind-a-hyphen"),
        pytest.param(
            "He told Gazeta.Ru that. It ended.Then.", ["He told Gazeta.Ru that.", "It ended.", "Then."], id="address"
        ),
        pytest.param("Sie kam im 2. Jahrhundert. Er auch.", ["Sie kam im 2. Jahrhundert.", "Er auch."], id="ordinal"),
        pytest.param("Vom 19. und 20. Mai an. Ende.", ["Vom 19. und 20. Mai an.", "Ende."], id="ordinals"),
        pytest.param("Er kam als Kind im 2.", ["Er kam als Kind im 2."], id="ordinal-at-the-end"),
        pytest.param("It is MPEG-2. It plays.", ["It is MPEG-2.", "It plays."], id="number-of-a-name"),
        pytest.param("I am 12. You are 13. Go.", ["I am 12.", "You are 13.", "Go."], id="numbers"),
        pytest.param("Come on May 16. Bring all.", ["Come on May 16.", "Bring all."], id="day"),
        pytest.param("Dr. Smith paid 3.5 million.", ["Dr. Smith paid 3.5 million."], id="abbreviation-and-decimal"),
        pytest.param('He said "Go. Now." Then left.', ['He said "Go. Now."', "Then left."], id="quotation"),
        pytest.param("Größe 😀 zählt. Ja.", ["Größe 😀 zählt.", "Ja."], id="offsets-beyond-ascii"),
        pytest.param("One line\nwrapped here. Two.", ["One line\nwrapped here.", "Two."], id="wrapped-line"),
        pytest.param("One.\n\n\ufeffTwo.", ["One.", "Two."], id="mark-of-a-file-within"),
        pytest.param("no stop\n\nnext", ["no stop", "next"], id="blank-line-ends"),
        pytest.param("no stop\n \t\nnext", ["no stop", "next"], id="blank-line-with-blanks-ends"),
        pytest.param("# Heading\nText.", ["# Heading", "Text."], id="heading"),
        pytest.param("Text goes\n## Heading", ["Text goes", "## Heading"], id="heading-after-text"),
        pytest.param("Buy:\n- milk\n- eggs and\n  bread", ["Buy:", "- milk", "- eggs and\n  bread"], id="list"),
        pytest.param("1. One\n2. Two", ["1. One", "2. Two"], id="numbered-list"),
        pytest.param("- 3. One. Two.\n- 4. Three.", ["- 3. One.", "Two.", "- 4. Three."], id="numbers-behind-dashes"),
        pytest.param("a) One.\n(b) Two.\n* [x] Ten.", ["a) One.", "(b) Two.", "* [x] Ten."], id="lettered-list"),
        pytest.param("| a | b |\n| c | d |", ["| a | b |", "| c | d |"], id="table"),
        pytest.param(
            "Ann: the tap drips again\nBob: I will come and have a good look at it",
            ["Ann: the tap drips again", "Bob: I will come and have a good look at it"],
            id="break-made-on-purpose",
        ),
        pytest.param(
            "Ann: We will all meet at the old mill on Sunday morning! 🎉 \nBob Ray: Fine.",
            ["Ann: We will all meet at the old mill on Sunday morning!", "🎉", "Bob Ray: Fine."],
            id="the-next-speaker",
        ),
        pytest.param(
            "The committee met in Reykjavik on the first of May and was\nBritish to the core.",
            ["The committee met in Reykjavik on the first of May and was\nBritish to the core."],
            id="break-where-the-next-word-did-not-fit",
        ),
        pytest.param(" \n\t ", [], id="blank"),
        pytest.param("", [], id="empty"),
    ],
)
def test_ends_where_a_reader_would_end(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_tells_the_language_by_the_words() -> None:
    text = "Das ist aus dem 4. Jahrtausend v. Chr. und es ist noch heute so."
    assert sentence_spans(text) == sentence_spans(text, "de") != sentence_spans(text, "en")


def test_knows_the_abbreviations_of_other_languages() -> None:
    assert sentences("Am 3. Oktober 1990 kam er. Das war z. B. so.", "de") == [
        "Am 3. Oktober 1990 kam er.",
        "Das war z. B. so.",
    ]


@pytest.mark.parametrize("seed", range(60))
def test_spans_are_trimmed_ordered_and_lose_nothing(seed: int) -> None:
    text = nasty_text(seed)
    spans = sentence_spans(text)
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())


@pytest.mark.parametrize("seed", range(20))
def test_no_sentence_crosses_a_blank_line(seed: int) -> None:
    text = nasty_text(seed)
    paragraphs = list(paragraph_spans(text))
    for start, end in sentence_spans(text):
        assert any(first <= start and end <= last for first, last in paragraphs)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("name", NASTY)
def test_takes_time_in_proportion(name: str) -> None:
    text = NASTY[name]
    assert sum(end - start for start, end in sentence_spans(text)) >= len("".join(text.split()))


ROOT = Path(__file__).parents[2]
DOSSIER = [path.read_text("utf-8") for path in sorted(ROOT.glob("seeds/*.md"))]
PROSE = {
    **{name: (ROOT / name).read_text("utf-8") for name in ("CONTRIBUTING.md", "benchmarks/LOG.md")},
    "the-dossier": "\n\n".join(DOSSIER),
    "the-dossier-in-one-line": " ".join(" ".join(DOSSIER).replace("#", "").split()) * 20,
    "quotations": 'He said "Go. Now." and left (to St. Paul. Or so). „Nun. Gut.“ It cost $3.5 in the U.S. then. ' * 400,
}


@pytest.mark.parametrize("window", [3000, splitting.WINDOW])
@pytest.mark.parametrize("name", PROSE)
def test_ends_where_it_would_if_a_text_were_seen_whole(name: str, window: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splitting, "WINDOW", 1 << 40)
    whole = sentence_spans(PROSE[name])
    monkeypatch.setattr(splitting, "WINDOW", window)
    assert sentence_spans(PROSE[name]) == whole


@pytest.mark.parametrize("text", ["word " * 5000, "x" * 30_000, "U.S." * 8000, "He said “go. " + "No. “a" * 4000])
def test_what_has_no_end_in_sight_is_cut_and_loses_nothing(text: str) -> None:
    spans = sentence_spans(text)
    assert max(end - start for start, end in spans) <= 2 * splitting.WINDOW
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())
    assert not text.startswith("word") or all(text[start:end].split()[0] == "word" for start, end in spans)
