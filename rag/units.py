"""The stretches of a passage that are read or left out together: sentences, and what one says. Knows no model."""

from __future__ import annotations

from index.sentences import LABEL, sentence_spans

_LONGEST_SPEECH = 400  # characters that are kept together behind a name
_LONGEST_HEADING = 80  # characters, without a mark at the end


def units(text: str) -> list[tuple[int, int]]:
    """Spans of `text` that are read whole or not at all: its sentences, and what one says in a conversation.

    A heading stays with the sentence below it: it is often the nearest to a question and answers none.
    """
    found: list[tuple[int, int]] = []
    for start, end in sentence_spans(text):
        line = text.rfind("\n", 0, start) + 1
        spoken = LABEL.match(text, line) is not None  # without it nobody knows whose words these are
        first, last = found[-1] if found else (0, 0)
        speech = spoken and last > line and end - first <= _LONGEST_SPEECH
        headed = last - first <= _LONGEST_HEADING and text[last - 1].isalnum()
        if found and (speech or headed):
            found[-1] = (first, end)
        else:
            found.append((start, end))
    return found
