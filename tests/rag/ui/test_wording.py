"""The settings in words: every value has its words, those of Footnote itself among them, and numbers are right."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rag.effect import Effect, Row
from rag.models import catalogue, find
from rag.preferences import MOST_PASSAGES, MOST_TOKENS_READ
from rag.settings import Settings
from rag.ui import wording
from rag.ui.wording import Offer

SETTINGS = Settings(home=Path("/home"), models=Path("/models"))
GIB = 1 << 30


def test_what_footnote_does_by_itself_can_be_chosen_again() -> None:
    assert SETTINGS.threshold in [value for value, _ in wording.SURENESS]
    assert (SETTINGS.passages, SETTINGS.passage_tokens_read) in [value for value, _ in wording.READING]
    assert SETTINGS.creativity in [value for value, _ in wording.CREATIVITY]
    assert SETTINGS.show_unsupported in [value for value, _ in wording.UNSUPPORTED]
    for passages, tokens in (value for value, _ in wording.READING):
        assert passages <= MOST_PASSAGES
        assert tokens <= MOST_TOKENS_READ


@pytest.mark.parametrize("threshold", [0.42, 0.2])
def test_a_value_set_by_hand_is_among_the_choices(threshold: float) -> None:
    choices = wording.sureness_choices(threshold)
    assert [value for _, value in choices].count(threshold) == 1
    assert len(choices) == len(wording.SURENESS) + (threshold == 0.42)
    assert wording.creativity_choices(0.7)[-1] == ("As set by hand: 70%", 0.7)
    values = [value for _, value in wording.reading_choices(3, 500)]
    assert values.count(wording.reading_value(3, 500)) == 1


def test_the_effect_of_a_threshold_names_it() -> None:
    assert "at 30% or more" in wording.sureness_html(0.3)


def test_what_was_measured_of_thresholds_is_a_table_with_that_of_now_marked() -> None:
    rows = tuple(Row(share / 10, 1 - share / 10, share / 20, share / 20, share / 10) for share in range(1, 10))
    told = wording.sureness_html(0.5, Effect("mine.jsonl", "m", 40, 20, rows))
    assert "Measured on your 40 questions in mine.jsonl" in told
    assert told.count("<tr") == 1 + len(wording.SURENESS)
    assert '<tr class="fn-now" aria-current="true"><th scope="row">50%</th><td>50%</td><td>25%</td>' in told
    by_hand = wording.sureness_html(0.9, Effect("", "m", 40, 20, rows))
    assert by_hand.count("<tr") == 2 + len(wording.SURENESS)
    assert "40 questions on the sample dossier" in by_hand
    hostile = wording.sureness_html(0.5, Effect("<b>.jsonl", "m", 40, 20, rows))
    assert "<b>" not in hostile


def test_what_creativity_costs_is_told_before_it_is_chosen_and_after() -> None:
    assert SETTINGS.creativity == 0
    for value, _ in wording.CREATIVITY:
        told = wording.creativity_html(value)
        for words in ("differ when you ask again", "checked all the same", "more of them may be wrong"):
            assert words in told
        assert ("gets the same answer" in told) is (value == 0)


def test_the_cost_of_reading_grows_with_it() -> None:
    assert "up to 14 s" in wording.reading_html(680)
    assert "up to 20 s" in wording.reading_html(1020)


@pytest.mark.parametrize(
    ("name", "gibibytes", "fits"),
    [
        pytest.param("qwen2.5-coder-1.5b-instruct", 7.6, True, id="8 GB as its system sees them"),
        pytest.param("granite-4.1-8b", 7.6, False, id="too small"),
        pytest.param("granite-4.1-8b", 15.4, True, id="16 GB"),
    ],
)
def test_what_fits_this_machine(name: str, gibibytes: float, fits: bool) -> None:
    offer = Offer(find(name), here=False, memory_bytes=int(gibibytes * GIB))
    assert offer.fits is fits
    assert ("too large for this machine" in offer.label) is not fits
    assert ("too little memory" in wording.offer_html(offer, SETTINGS)) is not fits


def test_every_model_is_told_with_size_and_licence() -> None:
    for model in catalogue():
        told = wording.offer_html(Offer(model, here=True, memory_bytes=32 * GIB), replace(SETTINGS, model=model.name))
        assert model.licence in told
        assert wording.size(model.bytes) in told
        assert "answers your questions now" in told


def test_names_of_files_are_only_text() -> None:
    assert "<b>" not in wording.own_model_html("/models/<b>x.gguf")
