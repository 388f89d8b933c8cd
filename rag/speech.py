"""What the model writes, cut into sentences as they end, without anything that looks like a marker or a thought.

Markers are set by code after checking, so those a model invents are taken out. A model that begins to repeat itself is
stopped. Knows nothing of passages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import takewhile

from index.sentences import sentence_spans

# "[3]", "[1, 2]", "[Passage 2]", "(passage 4)", "【1】": all forms in which models write markers of their own.
# With the blanks before them, which are read from the first of them on only, not from each.
_MARKER = re.compile(
    r"(?<!\s)\s*(?:\[(?:\s*passages?)?[\d,\s–-]+\]|\(\s*(?:passages?|source)[\d,\s–-]+\)|【[^】]{0,200}】)", re.I
)
_BRACKETED_NUMBER = re.compile(r"\[\s*+([\d,\s–-]+)\]")
_EMPHASIS = re.compile(r"(\*\*|__|`)")
_ITEM = re.compile(r"^(?:[-*•]|\d{1,2}[.)])\s+")
_BARE_ITEM = re.compile(r"[-*•]|\d{1,2}[.)]")
# A whole word after a sentence: only then is it sure that a quotation mark or a bracket does not belong to it.
_GOES_ON = re.compile(r"\s*(?:\S+\s|\S{12})")
_THOUGHT = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.S)
_OPEN_THOUGHT = re.compile(r"<think(?:ing)?>.*\Z", re.S)


class Speech:
    """Collects pieces of text; `add` returns the sentences that are complete by then, each once, cleaned.

    What was returned stays as it was cut, though text that comes later may move a boundary: nothing the model writes
    is left out or told twice.
    """

    def __init__(self) -> None:
        self._text = ""
        self._taken = 0  # of the visible text
        self._sentences: list[str] = []
        self.repeats = False

    def add(self, piece: str) -> list[str]:
        """The sentences that `piece` completed: those after which something else has begun."""
        self._text += piece
        visible = self._visible()
        return self._take(visible, takewhile(lambda span: _GOES_ON.match(visible, span[1]), self._spans(visible)))

    def finish(self, cut_short: bool) -> list[str]:
        """What is left; an unfinished last sentence is dropped where the model was cut short after a whole one."""
        visible = self._visible()
        spans = self._spans(visible)
        whole = visible.rstrip().endswith((".", "!", "?", "…", "”", '"'))
        if cut_short and not whole and len(spans) + len(self._sentences) > 1:
            spans = spans[:-1]
        return self._take(visible, spans)

    def _visible(self) -> str:
        return _OPEN_THOUGHT.sub("", _THOUGHT.sub("", self._text))

    def _spans(self, visible: str) -> list[tuple[int, int]]:
        """The sentences not yet taken; the number of a list item belongs to what follows on its line."""
        spans: list[tuple[int, int]] = []
        for start, end in sentence_spans(visible[self._taken :]):
            span = (self._taken + start, self._taken + end)
            if spans and _BARE_ITEM.fullmatch(visible, *spans[-1]) and "\n" not in visible[spans[-1][1] : span[0]]:
                span = (spans.pop()[0], span[1])
            spans.append(span)
        return spans

    def _take(self, visible: str, spans: Iterable[tuple[int, int]]) -> list[str]:
        found = []
        for start, end in spans:
            self._taken = end
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


def is_item(sentence: str) -> bool:
    """Whether the sentence is an item of a list, which stands on a line of its own."""
    return _ITEM.match(sentence) is not None


def unmarked(text: str) -> str:
    """Text in which a bracketed number can no longer be taken for a marker: "[12]" becomes "(12)"."""
    return _BRACKETED_NUMBER.sub(r"(\1)", text)
