"""What the model writes, cut into sentences as they end, without anything that looks like a marker or a thought.

Markers are set by code after checking, so those a model invents are taken out. A model that begins to repeat itself is
stopped. Knows nothing of passages.
"""

from __future__ import annotations

import re

from index.sentences import sentence_spans

# "[3]", "[1, 2]", "[Passage 2]", "(passage 4)", "【1】": all forms in which models write markers of their own.
_MARKER = re.compile(
    r"\s*(?:\[\s*(?:passages?\s*)?[\d,\s–-]+\]|\(\s*(?:passages?|source)\s*[\d,\s–-]+\)|【[^】]*】)", re.I
)
_BRACKETED_NUMBER = re.compile(r"\[\s*([\d,\s–-]+)\]")
_EMPHASIS = re.compile(r"(\*\*|__|`)")
_ITEM = re.compile(r"^(?:[-*•]|\d{1,2}[.)])\s+")
_THOUGHT = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.S)
_OPEN_THOUGHT = re.compile(r"<think(?:ing)?>.*\Z", re.S)


class Speech:
    """Collects pieces of text; `add` returns the sentences that are complete by then, each once, cleaned."""

    def __init__(self) -> None:
        self._text = ""
        self._returned = 0
        self._sentences: list[str] = []
        self.repeats = False

    def add(self, piece: str) -> list[str]:
        """The sentences that `piece` completed: all but the last, which may go on."""
        self._text += piece
        return self._from(self._spans()[:-1])

    def finish(self, cut_short: bool) -> list[str]:
        """What is left; an unfinished last sentence is dropped where the model was cut short after a whole one."""
        spans = self._spans()
        if cut_short and len(spans) > 1 and not self._visible().rstrip().endswith((".", "!", "?", "…", "”", '"')):
            spans = spans[:-1]
        return self._from(spans)

    def _visible(self) -> str:
        return _OPEN_THOUGHT.sub("", _THOUGHT.sub("", self._text))

    def _spans(self) -> list[tuple[int, int]]:
        return sentence_spans(self._visible())

    def _from(self, spans: list[tuple[int, int]]) -> list[str]:
        visible = self._visible()
        found = []
        for start, end in spans[self._returned :]:
            self._returned += 1
            sentence = cleaned(visible[start:end])
            if not sentence:
                continue
            if sentence in self._sentences:
                self.repeats = True
                continue
            self._sentences.append(sentence)
            found.append(sentence)
        return found


def cleaned(sentence: str) -> str:
    """The sentence on one line, without markers of the model's own and without emphasis marks."""
    return " ".join(_EMPHASIS.sub("", _MARKER.sub("", sentence)).split())


def claimed(sentence: str) -> str:
    """The sentence without the dash or number of a list item: what is asserted."""
    return _ITEM.sub("", sentence)


def is_item(sentence: str) -> bool:
    """Whether the sentence is an item of a list, which stands on a line of its own."""
    return _ITEM.match(sentence) is not None


def unmarked(text: str) -> str:
    """Text in which a bracketed number can no longer be taken for a marker: "[12]" becomes "(12)"."""
    return _BRACKETED_NUMBER.sub(r"(\1)", text)
