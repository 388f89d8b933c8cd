"""The numbers of footnotes: passages are numbered in the order in which the answer first cites them.

Turns evidence into citations with exact quotes, and at the end numbers what was read and not cited after what was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from index.records import Hit, Passage
from rag.cite import Evidence, Source
from rag.disputed import Conflict
from rag.records import Citation, Dispute, Instead, NumberedPassage, Sentence
from rag.retrieve import together
from rag.speech import is_item, unmarked
from rag.verify import Verdict

_QUOTES = '“„"«'


class Footnotes:
    """The numbering of one answer."""

    def __init__(self, hits: Sequence[Hit]) -> None:
        self._hits = tuple(hits)
        self._markers: dict[str, int] = {}

    def copy(self) -> Footnotes:
        """The same numbering, to be gone on with and perhaps dropped."""
        return self._over(self._hits)

    def reading(self, hits: Sequence[Hit], *, instead: Sequence[Hit]) -> Footnotes:
        """The same numbering with other hits `instead` of some, of which those that are cited are kept."""
        given_up = {hit.passage.id for hit in instead} - self._markers.keys()
        return self._over(together([[hit for hit in self._hits if hit.passage.id not in given_up], hits]))

    def _over(self, hits: Sequence[Hit]) -> Footnotes:
        other = Footnotes(hits)
        other._markers.update(self._markers)
        return other

    def annotated(self, sentence: str, evidence: Evidence, found: Verdict) -> Sentence:
        """The sentence of an answer with its standing, and with footnotes where the evidence is worth looking at."""
        return Sentence(
            text=unmarked(sentence),
            support=found.support,
            score=round(found.score, 4),
            citations=self.citations(evidence.sources) if found.claim and found.near else (),
            reasons=found.reasons,
            claim=found.claim,
        )

    def quoted(self, source: Source, reply: str = "") -> Sentence:
        """A sentence of an answer that is nothing but the words of a source, in quotation marks, behind the `reply`."""
        text = unmarked(" ".join(source.text.split()))
        text = text if text[0] in _QUOTES else f"“{text}”"
        return Sentence(f"{reply} {text}".strip(), "supported", 1.0, self.citations([source]))

    def citations(self, sources: Sequence[Source]) -> tuple[Citation, ...]:
        """The sources as citations, each with the number of the passage that holds it."""
        return tuple(
            Citation(
                marker=self._marker(source.hit.passage),
                document_id=source.hit.passage.document_id,
                path=source.hit.path,
                title=source.hit.title,
                page=source.hit.page_at(source.start),
                start=source.start,
                end=source.end,
                quote=source.text,
            )
            for source in sources
        )

    def disputed(self, sentence: Sentence, found: Sequence[Conflict]) -> Sentence:
        """The sentence with the documents that contradict it, and the dates of both as they were when it was read."""
        dates = {hit.passage.document_id: hit.date for hit in self._hits}
        return replace(
            sentence,
            disputed=tuple(
                Dispute(
                    words=conflict.words,
                    instead=conflict.instead,
                    citation=self.citations([conflict.source])[0],
                    date=conflict.source.hit.date,
                    cited_date=dates[sentence.citations[0].document_id],
                )
                for conflict in found
            ),
        )

    def told_instead(self, found: Sequence[Instead]) -> tuple[Instead, ...]:
        """With the markers of this numbering; without names, of which it is less sure what stands in their place."""
        marked = []
        for one in found:
            cited = one.citation
            holder = next(
                passage
                for passage in (hit.passage for hit in self._hits)
                if passage.document_id == cited.document_id and passage.start <= cited.start < passage.end
            )
            if one.kind != "name":
                marked.append(replace(one, citation=replace(cited, marker=self._marker(holder))))
        return tuple(marked)

    def passages(self) -> tuple[NumberedPassage, ...]:
        """Every passage that was read, by number."""
        numbered = [NumberedPassage(self._marker(hit.passage), hit) for hit in self._hits]
        return tuple(sorted(numbered, key=lambda one: one.marker))

    def _marker(self, passage: Passage) -> int:
        return self._markers.setdefault(passage.id, len(self._markers) + 1)


def written(sentences: Sequence[Sentence]) -> str:
    """The answer's text: the sentences with their markers behind them, items of a list on lines of their own."""
    text = ""
    for sentence in sentences:
        marks = "".join(f" [{marker}]" for marker in sentence.markers)
        text += f"\n{sentence.text}{marks}" if is_item(sentence.text) else f" {sentence.text}{marks}"
    return text.strip()
