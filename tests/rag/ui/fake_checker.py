"""A scripted checker over real documents: real sentences, exact spans, every standing, no model."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from index.records import Document, Hit, Passage, Progress
from index.sentences import sentence_spans
from rag.errors import Cancelled, TextError
from rag.records import CheckedText, Citation, IndexIdentity, NumberedPassage, Sentence, Standing, Statement, Support


class FakeChecker:
    """A sentence that stands in a document is supported by it.

    So is one with "partly" or "against" in it, in part or not at all, by the first sentence of the first document;
    "nothing" claims nothing, and everything else is not found. "slow" takes a second.
    """

    def __init__(self, documents: Mapping[str, Document], pause: float = 0.0) -> None:
        self._documents = documents
        self._pause = pause

    def check(
        self, text: str, question: str = "", *, progress: Callable[[Progress], None], cancelled: Callable[[], bool]
    ) -> CheckedText:
        if not text.strip():
            raise TextError("there is nothing to check: the text holds no words")
        spans = sentence_spans(text)
        statements = []
        hits: dict[str, Hit] = {}
        for number, (start, end) in enumerate(spans):
            progress(Progress(number, len(spans), "sentences"))
            if cancelled():
                raise Cancelled("stopped before the text was checked")
            time.sleep(1.0 if "slow" in text[start:end] else self._pause)
            statements.append(self._statement(text[start:end], start, end, hits))
        numbered = tuple(NumberedPassage(number, hit) for number, hit in enumerate(hits.values(), start=1))
        return CheckedText("check", tuple(statements), numbered, IndexIdentity(1, "fake"))

    def _statement(self, words: str, start: int, end: int, hits: dict[str, Hit]) -> Statement:
        found = next(((one, one.text.find(words)) for one in self._documents.values() if words in one.text), None)
        document, at = found or (next(iter(self._documents.values())), 0)
        until = at + len(words) if found else document.text.find("\n")
        if "nothing" in words:
            return Statement(start, end, Sentence(words, "supported", 1.0, (), claim=False), "no claim", ())
        if not found and "partly" not in words and "against" not in words:
            reasons = ("no passage says anything of this",)
            return Statement(start, end, Sentence(words, "unsupported", 0.1, (), reasons), "not found", ())
        passage = Passage(document.id, at, until, document.text[at:until], "")
        place = (passage, document.path, document.title)
        hit = hits.setdefault(passage.id, Hit(len(hits) + 1, 0.9, 0.5, 1.0, *place))
        marker = list(hits.values()).index(hit) + 1
        cited = Citation(marker, document.id, document.path, document.title, None, at, until, passage.text)
        if "against" in words:
            sentence = Sentence(words, "unsupported", 0.05, (), ("the figure 25 stands where it says 20",))
            return Statement(start, end, sentence, "contradicted", (cited,))
        support: Support = "partial" if "partly" in words else "supported"
        standing: Standing = "partly supported" if "partly" in words else "supported"
        why = ("the year 2021 is not in it",) if support == "partial" else ()
        return Statement(start, end, Sentence(words, support, 0.9, (cited,), why), standing, ())
