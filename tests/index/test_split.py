"""Passages: exact spans of whole sentences within the budget, cut where a document is best cut."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from index.records import Section
from index.sentences import sentence_spans
from index.split import CHARACTERS_PER_TOKEN, split
from tests.fakes import HashingEncoder
from tests.index.texts import NASTY, nasty_text

count_tokens = HashingEncoder().count_tokens


def markdown_sections(text: str) -> list[Section]:
    headings = list(re.finditer(r"^#+ +(.*)$", text, re.M))
    edges = [*(heading.start() for heading in headings), len(text)]
    return [Section(h[1], start, end) for h, (start, end) in zip(headings, pairwise(edges), strict=True)]


def texts(text: str, budget: int, sections: list[Section] | None = None) -> list[str]:
    return [text[start:end] for start, end, _ in split(text, sections or [], count_tokens, budget)]


def sentence(words: int, first: str = "Word") -> str:
    """A sentence of so many tokens, the full stop included."""
    return " ".join([first, *["word"] * (words - 2)]) + "."


@pytest.mark.parametrize("budget", [1, 7, 40, 112])
@pytest.mark.parametrize("seed", range(30))
def test_every_character_lies_in_exactly_one_passage(seed: int, budget: int) -> None:
    text = nasty_text(seed)
    passages = split(text, markdown_sections(text), count_tokens, budget)
    assert all(text[start:end] == text[start:end].strip() != "" for start, end, _ in passages)
    assert all(before[1] <= after[0] for before, after in pairwise(passages))
    assert "".join("".join(text[start:end].split()) for start, end, _ in passages) == "".join(text.split())


@pytest.mark.parametrize("budget", [12, 40, 112])
@pytest.mark.parametrize("seed", range(30))
def test_no_passage_exceeds_the_budget(seed: int, budget: int) -> None:
    text = nasty_text(seed)
    passages = texts(text, budget)
    assert max(count_tokens(passages), default=0) <= budget
    assert max(map(len, passages), default=0) <= budget * CHARACTERS_PER_TOKEN


@pytest.mark.parametrize("seed", range(20))
def test_sentences_that_fit_stay_whole(seed: int) -> None:
    text, budget = nasty_text(seed), 60
    cuts = {edge for start, end, _ in split(text, [], count_tokens, budget) for edge in (start, end)}
    for start, end in sentence_spans(text):
        if count_tokens([text[start:end]])[0] <= budget and end - start <= budget * CHARACTERS_PER_TOKEN:
            assert not any(start < cut < end for cut in cuts)


def test_the_same_text_is_cut_the_same_way() -> None:
    text = nasty_text(5)
    assert split(text, [], count_tokens, 30) == split(text, [], count_tokens, 30)


def test_a_short_text_is_one_passage() -> None:
    assert texts("One. Two.\n\nThree.", 112) == ["One. Two.\n\nThree."]


@pytest.mark.parametrize("text", ["", " \n\n "], ids=["empty", "blank"])
def test_no_text_no_passage(text: str) -> None:
    assert split(text, [], count_tokens, 112) == []


def test_a_budget_below_one_token_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1 token, not 0"):
        split("text", [], count_tokens, 0)


def test_paragraphs_stay_whole_where_they_fit() -> None:
    paragraphs = [f"{sentence(30)} {sentence(30)} {sentence(30)}" for _ in range(4)]
    assert texts("\n\n".join(paragraphs), 112) == paragraphs


def test_what_somebody_says_stays_whole_where_it_fits() -> None:
    lines = [f"Ann: {sentence(38)} {sentence(28)}", f"Bob Ray: {sentence(20)} {sentence(40)} {sentence(30)}"]
    assert texts("\n".join(lines), 112) == lines


def test_no_tiny_passage_is_left_over() -> None:
    """Greedy filling would give 100, 100 and 20 tokens."""
    sizes = count_tokens(texts(" ".join(sentence(20) for _ in range(11)), 112))
    assert min(sizes) >= 60


def test_a_heading_stands_with_what_follows() -> None:
    text = f"# First\n\n{sentence(50)} {sentence(46)}\n\n# Second\n\n{sentence(50)} {sentence(46)}"
    passages = split(text, markdown_sections(text), count_tokens, 112)
    assert [(text[start:end].split("\n")[0], heading) for start, end, heading in passages] == [
        ("# First", "First"),
        ("# Second", "Second"),
    ]


@pytest.mark.parametrize("seed", range(30))
def test_no_passage_ends_with_a_heading(seed: int) -> None:
    text = nasty_text(seed) + "\n\nThe end."
    for start, end, _ in split(text, markdown_sections(text), count_tokens, 112)[:-1]:
        last_line = text[start:end].rsplit("\n", 1)[-1]
        assert not re.match(r"#+ ", last_line) or start == end - len(last_line)


def test_a_title_line_of_plain_text_stands_with_what_follows() -> None:
    text = f"{sentence(60)} {sentence(40)}\n\nThe second part\n\n{sentence(60)} {sentence(40)}"
    assert [passage.split("\n")[0] for passage in texts(text, 112)][1] == "The second part"


def test_sections_part_passages_that_would_fit_together() -> None:
    text = f"{sentence(50)}\n{sentence(50)}"
    middle = len(sentence(50)) + 1
    sections = [Section("One", 0, middle), Section("Two", middle, len(text))]
    assert len(texts(text, 112)) == 1
    assert [heading for *_, heading in split(text, sections, count_tokens, 112)] == ["One", "Two"]


def test_the_heading_is_that_of_the_innermost_section() -> None:
    text = f"{sentence(10)} {sentence(90)}"
    sections = [Section("Part", 0, len(text)), Section("Chapter", len(sentence(10)) + 1, len(text))]
    assert split(text, sections, count_tokens, 112) == [(0, len(text), "Chapter")]


def test_a_sentence_too_long_is_cut_at_a_clause() -> None:
    clause = " ".join(["word"] * 38) + ","
    passages = texts(" ".join([clause] * 6) + " end.", 50)
    assert [passage[-1] for passage in passages[:-1]] == [","] * (len(passages) - 1)


def test_a_word_too_long_is_cut_hard() -> None:
    passages = texts("x" * 5000, 50)
    assert "".join(passages) == "x" * 5000
    assert max(map(len, passages)) <= 400


@pytest.mark.timeout(30)
@pytest.mark.parametrize("name", NASTY)
def test_takes_time_in_proportion(name: str) -> None:
    passages = texts(NASTY[name], 112)
    assert "".join("".join(passage.split()) for passage in passages) == "".join(NASTY[name].split())
