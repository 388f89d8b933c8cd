"""What of a passage is read or left out together."""

from __future__ import annotations

from rag.units import units

FILLER = "Nothing of this has to do with what is asked here today."
ANSWER = "The bridge in Riga was opened by a mayor."


def test_what_one_says_stays_with_the_name() -> None:
    text = "Time: 10:00\nAnna: Hi there! Shall we meet at noon? I am free.\nBen Smith: Yes. See you then!"
    assert [text[start:end] for start, end in units(text)] == [
        "Time: 10:00\nAnna: Hi there! Shall we meet at noon? I am free.",
        "Ben Smith: Yes. See you then!",
    ]


def test_a_heading_stays_with_the_sentence_below_it() -> None:
    text = f"{FILLER}\n\nWhy the bridge was opened\n\n{ANSWER} {FILLER}"
    below = f"Why the bridge was opened\n\n{ANSWER}"
    assert [text[start:end] for start, end in units(text)] == [FILLER, below, FILLER]


def test_prose_is_cut_between_sentences_and_a_long_speech_too() -> None:
    assert len(units(f"{FILLER} {ANSWER} {FILLER}")) == 3
    speech = f"Anna: {FILLER * 8} {ANSWER} {FILLER}"
    found = units(speech)
    assert len(found) > 1
    assert "".join(speech[start:end] for start, end in found).replace(" ", "") == speech.replace(" ", "")
