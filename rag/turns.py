"""What there is to show of one question: its events folded into one record, and what each of its links points at.

Pure: no threads, no clock, no HTML. A turn never looks into a document; a link resolves only to spans that an event
of this very turn has named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from index.records import Hit, Passage
from rag.records import Answer, Checked, Citation, Done, Event, Exchange, Reading, Retrieved, Sentence, Token, Waiting

Stage = Literal["waiting", "searching", "reading", "writing", "done", "stopped", "fault"]

_REFERENCE = re.compile(
    r"cite-(?P<key>[a-z0-9]{1,40})-(?:s(?P<sentence>[0-9]{1,4})m(?P<marker>[0-9]{1,4})|p(?P<passage>[0-9]{1,4}))"
)
# A sentence is found again in the draft by its words; between two stand at most so many characters, and a number only
# where it is that of a marker. Behind it belong its marks and one marker.
_WORD, _BETWEEN = re.compile(r"[^\W_]+"), 16
_BEHIND = re.compile(r"[^\w\s]*(?:\s*\[[\d,\s]*\][^\w\s]*)?")
NOTE_CHARACTERS = 2_000
_NOT_BEGUN = Reading(done=0, total=0)


@dataclass(frozen=True, slots=True)
class Source:
    """Spans of one document that a link of a turn opens; `quotes` are the words that stood there when cited.

    `excerpt` is the text around them as it was read for the answer, from `excerpt_start` on in the document.
    """

    document_id: str
    path: str
    title: str
    page: int | None
    spans: tuple[tuple[int, int], ...]
    quotes: tuple[str, ...]
    excerpt: str
    excerpt_start: int


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and what has come of it so far. `key` cannot be guessed: who knows it has seen the answer.

    While it waits, `before` others come first. `draft` is what the model has written since the last checked sentence.
    `answer` is None until the end; `message` says what went wrong in a fault and is "" otherwise. `documents` are the
    ids of those it was limited to, if any. `liked` and `note` are what the reader thinks of the answer; None where
    nothing was said.
    `standalone` is how the question was understood where it leans on earlier ones, and "" elsewhere.
    """

    key: str
    question: str
    stage: Stage = "waiting"
    before: int = 0
    hits: tuple[Hit, ...] = ()
    reading: Reading = _NOT_BEGUN
    sentences: tuple[Sentence, ...] = ()
    draft: str = ""
    answer: Answer | None = None
    message: str = ""
    documents: tuple[str, ...] = ()
    liked: bool | None = None
    note: str = ""
    standalone: str = ""

    @property
    def exchange(self) -> Exchange:
        """What a later question may lean on."""
        answered = self.answer is not None and self.answer.answered
        return Exchange(self.standalone or self.question, " ".join(s.text for s in self.sentences if answered))

    @property
    def finished(self) -> bool:
        return self.stage in ("done", "stopped", "fault")

    def after(self, event: Waiting | Event) -> Turn:
        """The turn when `event` has happened."""
        match event:
            case Waiting(before=before):
                return replace(self, stage="waiting" if before else "searching", before=before)
            case Retrieved(hits=hits, standalone=understood):
                return replace(self, stage="reading", hits=hits, standalone=understood)
            case Reading():
                return replace(self, stage="reading", reading=event)
            case Token(text=text):
                return replace(self, stage="writing", draft=self.draft + text)
            case Checked(sentence=sentence):
                draft = _after_sentence(self.draft, sentence.text)
                return replace(self, stage="writing", sentences=(*self.sentences, sentence), draft=draft)
            case Done(answer=answer):
                return replace(self, stage="done", sentences=answer.sentences, draft="", answer=answer)

    def stopped(self) -> Turn:
        """What is there stays, the unchecked draft included."""
        return replace(self, stage="stopped")

    def failed(self, message: str) -> Turn:
        return replace(self, stage="fault", message=message)

    def remarked(self, liked: bool | None, note: str) -> Turn:
        return replace(self, liked=liked, note=note.strip()[:NOTE_CHARACTERS])

    def citation_reference(self, sentence: int, marker: int) -> str:
        return f"cite-{self.key}-s{sentence}m{marker}"

    def passage_reference(self, passage: int) -> str:
        return f"cite-{self.key}-p{passage}"

    def source(self, reference: str) -> Source | None:
        """What a reference of this turn points at, or None when it points at nothing that the turn has shown."""
        match = _REFERENCE.fullmatch(reference)
        if match is None or match["key"] != self.key:
            return None
        if match["passage"] is not None:
            hits = self.shown_hits
            number = int(match["passage"])
            return _source_of_hit(hits[number]) if number < len(hits) else None
        number, marker = int(match["sentence"]), int(match["marker"])
        if number >= len(self.sentences):
            return None
        sentence = self.sentences[number]
        linked = [*sentence.citations, *(dispute.citation for dispute in sentence.disputed)]
        return self._cited([citation for citation in linked if citation.marker == marker])

    def _cited(self, citations: list[Citation]) -> Source | None:
        if not citations:
            return None
        first = citations[0]
        same = sorted({(c.start, c.end, c.quote) for c in citations if c.document_id == first.document_id})
        around = next((hit.passage for hit in self.hits if _holds(hit.passage, first)), None)
        return Source(
            document_id=first.document_id,
            path=first.path,
            title=first.title,
            page=first.page,
            spans=tuple((start, end) for start, end, _ in same),
            quotes=tuple(quote for _, _, quote in same),
            excerpt=around.text if around else first.quote,
            excerpt_start=around.start if around else first.start,
        )

    @property
    def shown_hits(self) -> tuple[Hit, ...]:
        """The passages in the order in which the page lists them: by number once there is an answer, else by rank."""
        if self.answer is None:
            return self.hits
        return tuple(numbered.hit for numbered in self.answer.passages)


def history(turns: Iterable[Turn]) -> list[Exchange]:
    """What a question after these turns may lean on, oldest first: not on one that came to nothing but a fault, which
    may be that nobody could read it."""
    return [turn.exchange for turn in turns if turn.stage != "fault"]


def key_of(reference: str) -> str | None:
    """The turn's key in a reference, or None when it is no reference."""
    match = _REFERENCE.fullmatch(reference)
    return None if match is None else match["key"]


def _after_sentence(draft: str, sentence: str) -> str:
    """What of the draft comes after a sentence that was checked: its words, with markers and emphasis in between."""
    words, drafted = _WORD.findall(sentence), list(_WORD.finditer(draft))
    walked = (_walked(drafted[first:], words) for first, word in enumerate(drafted) if word.group() == words[0])
    end = next((end for end in walked if end is not None), None) if words else 0
    behind = None if end is None else _BEHIND.match(draft, end)
    return "" if behind is None else draft[behind.end() :]


def _walked(drafted: Sequence[re.Match[str]], words: Sequence[str]) -> int | None:
    """Where the last of the words ends in a draft that begins with the first; None where others stand between them."""
    waiting = iter(words)
    word, end = next(waiting), drafted[0].start()
    for there in drafted:
        if there.start() - end > _BETWEEN:
            return None
        if there.group() == word:
            end, word = there.end(), next(waiting, "")
            if not word:
                return end
        elif not there.group().isdecimal():  # no number of a marker
            return None
    return None


def _holds(passage: Passage, citation: Citation) -> bool:
    inside = passage.start <= citation.start and citation.end <= passage.end
    return inside and passage.document_id == citation.document_id


def _source_of_hit(hit: Hit) -> Source:
    passage = hit.passage
    return Source(
        document_id=passage.document_id,
        path=hit.path,
        title=hit.title,
        page=hit.page,
        spans=((passage.start, passage.end),),
        quotes=(passage.text,),
        excerpt=passage.text,
        excerpt_start=passage.start,
    )
