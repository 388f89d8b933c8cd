"""Who says a sentence is known where a conversation names the speakers, and only there."""

from __future__ import annotations

import pytest

from rag.cite import sources_of
from rag.speakers import speaker_of
from tests.rag.dossier import hits

CHAT = "Time: 20260814_15:00\nAnnLee: I was tired. I stayed at home! 🎉 \nBob Ray: Rest well. Try ginger tea."


@pytest.mark.parametrize(
    ("words", "name"),
    [("I was tired", "AnnLee"), ("I stayed", "AnnLee"), ("Try ginger", "Bob Ray"), ("AnnLee:", ""), ("Time", "")],
)
def test_each_sentence_is_its_speakers(words: str, name: str) -> None:
    assert speaker_of(CHAT)(CHAT.index(words)) == name


def test_a_blank_line_ends_what_somebody_says() -> None:
    text = "Ann: Good morning. I slept well.\n\nThe meeting began."
    speaker = speaker_of(text)
    assert speaker(text.index("I slept")) == "Ann"
    assert speaker(text.index("The meeting")) == ""


def test_sources_know_their_speakers_and_stay_exact() -> None:
    sources = sources_of(hits(CHAT))
    by_text = {source.text: source for source in sources}
    assert by_text["Try ginger tea."].said == "Bob Ray: Try ginger tea."
    assert by_text["AnnLee: I was tired."].said == "AnnLee: I was tired."
    assert all(CHAT[source.start : source.end] == source.text for source in sources)


@pytest.mark.parametrize(
    "text",
    ["Note: It rained. We left.", "they said: it rained. We left.", "See https://example.org/a: b. We left.", ""],
    ids=["one label", "no name", "an address", "nothing"],
)
def test_without_a_conversation_nobody_speaks(text: str) -> None:
    assert all(source.speaker == "" for source in sources_of(hits(text or "Nothing.")))
