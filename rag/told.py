"""What the passages tell about one question: read, judge, write, cite, verify, and say how sure that is.

Whether it is told to the reader, and what becomes of a question in several parts, is decided by `assistant`. Each step
lives in a module of its own; this one calls them in turn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Generator as Steps
from dataclasses import dataclass, replace
from functools import cache

from index.encode import Encoder
from index.records import Hit
from rag import polar, prompt
from rag.asked import telling, told_instead
from rag.cite import Citer, Evidence, Source
from rag.claims import claimed
from rag.close_reading import DOUBTED_BELOW, NOT_GIVEN, CloseReader, doubted
from rag.confidence import Signals, holds, unsupported
from rag.disputed import cited_of, conflicts
from rag.extent import extent
from rag.footnotes import Footnotes
from rag.generator import Piece
from rag.quoting import quotable, quoted_below
from rag.records import Checked, Event, Instead, Reading, Sentence, Token
from rag.retrieve import Found
from rag.rules.missing import displaced
from rag.settings import Settings
from rag.stopwatch import Stopwatch
from rag.undated import without_added_years
from rag.verify import Verdict, is_near, verdict
from rag.writer import Writer

# Log-odds above which an answer counts as given although what it cites has another name in the place of one of the
# question's: "Germans" beside "Red Army", asked what came before the Soviets arrived.
GIVEN_FROM = 0.0
# An answer less sure than this is not the last word, and another one is taken where it is surer by so much, and as sure
# as this at least. Where that is hardly sure, either, and what was read answers with less than this probability, more
# is read. Measured in benchmarks/LOG.md, 2026-11-28.
AGAIN_BELOW = 0.5
SURER_BY = 0.1
AGAIN_FROM = 0.2
READ_ON_BELOW = 0.3
UNANSWERED_BELOW = 0.5
QUOTED_BY = 0.05  # surer than what was written, for a source to speak for itself
READ_AT_MOST = 2  # sentences of an answer that are read with the question, of which one has to give the answer
DENIED = "No:"  # before the quotation that answers a yes-or-no question so


@dataclass(frozen=True, slots=True)
class Told:
    """What the passages tell about one question, before it is decided whether that is told to the reader; `footnotes`
    are the numbers it cites by."""

    question: str
    footnotes: Footnotes
    sentences: tuple[Sentence, ...] = ()
    confidence: float = 0.0
    instead: tuple[Instead, ...] = ()

    def answers(self, settings: Settings) -> bool:
        """Whether it is sure enough, and something of it is shown."""
        return self.confidence >= settings.threshold and any(is_shown(one, settings) for one in self.sentences)

    def or_surer(self, other: Told, settings: Settings, by: float = SURER_BY) -> Told:
        """The other where it is surer by that much and answers, else this one."""
        surer = other.confidence >= max(AGAIN_FROM, self.confidence + by)
        return other if surer and other.answers(settings) else self


@dataclass(frozen=True, slots=True)
class _Read:
    """A question with what was read for it, and the signs of whether that answers it; `look_again` takes another one,
    once something was written, and no second time; `denial` is what answers it with no before anything is written."""

    question: str
    hits: Sequence[Hit]
    citer: Citer
    signals: Signals
    expected: float
    given: float | None
    look_again: Callable[[], dict[str, float]]
    denial: Source | None
    opening: str
    watch: Stopwatch
    cancelled: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Teller:
    """The writer with what checks it."""

    writer: Writer
    encoder: Encoder

    def tell(
        self,
        question: str,
        found: Found,
        footnotes: Footnotes,
        watch: Stopwatch,
        cancelled: Callable[[], bool],
    ) -> Steps[Event, None, Told]:
        """What the passages tell about a question that is a single one. Raises Cancelled and ModelError.

        Where that is not sure, the model writes a second time, a source speaks for itself, or the model reads on.
        """
        if not found.hits:
            return Told(question, footnotes)
        read = yield from self._read(question, found.hits, watch, cancelled)
        told = yield from self._attempt(read, footnotes.copy())
        if told.confidence >= max(AGAIN_BELOW, quoted_below(question)) or not told.sentences:
            return told
        return (yield from _unseen(self._otherwise(told, read, found, footnotes)))

    def _otherwise(self, told: Told, read: _Read, found: Found, footnotes: Footnotes) -> Steps[Event, None, Told]:
        """The surest of what is told and what is told then: through the adapter for answers, if there is one, in the
        words of what was read, and where all that is not sure and that seems not to answer, from more passages."""
        settings = self.writer.settings
        written = told.sentences
        if told.confidence < AGAIN_BELOW and "answers" in self.writer.calibration.adapters and not read.denial:
            again = yield from self._attempt(read, footnotes.copy(), again=True)
            written += again.sentences
            told = told.or_surer(again, settings)
        if told.confidence < quoted_below(read.question) and self.writer.calibration.gives and not read.denial:
            told = told.or_surer((yield from self._quoted(read, written, footnotes)), settings, QUOTED_BY)
        if told.confidence >= READ_ON_BELOW or read.expected >= UNANSWERED_BELOW:
            return told
        further = found.further()
        if further == read.hits:
            return told
        footnotes = footnotes.reading(further, instead=read.hits)
        read = yield from self._read(read.question, further, read.watch, read.cancelled)
        return told.or_surer((yield from self._attempt(read, footnotes)), settings)

    def _quoted(self, read: _Read, written: Sequence[Sentence], footnotes: Footnotes) -> Steps[Event, None, Told]:
        """The sentence of what was read that answers most surely by itself, as the model reads it with the question;
        nothing where none may."""
        best = Told(read.question, footnotes)
        for source in quotable(written, read.question, read.citer):
            notes = footnotes.copy()
            quoted = yield from self._judged(read, [notes.quoted(source)], [], notes)
            best = max(best, quoted, key=lambda one: one.confidence)
        return best

    def _read(
        self, question: str, hits: Sequence[Hit], watch: Stopwatch, cancelled: Callable[[], bool]
    ) -> Steps[Event, None, _Read]:
        """Passages and question as the model has read them; it goes on to how it would answer where there is hope."""
        signals, given = yield from self.writer.read(question, hits, watch, cancelled)
        expected, citer = self.writer.calibration.before(signals), Citer(hits, self.encoder)
        denial, opening = None, ""
        if expected >= self.writer.settings.hopeless:
            denial = _denial(question, hits, citer)
            opening = "" if denial else self.writer.opening(question, hits, cancelled)
        look_again = cache(lambda: self.writer.look_again(question, hits, cancelled))
        return _Read(question, hits, citer, signals, expected, given, look_again, denial, opening, watch, cancelled)

    def _attempt(self, read: _Read, footnotes: Footnotes, *, again: bool = False) -> Steps[Event, None, Told]:
        """An answer as it is written, and how sure it is; nothing where there is no hope of one."""
        if read.expected < self.writer.settings.hopeless:
            return Told(read.question, footnotes, confidence=read.expected)
        if read.denial:
            checked = [footnotes.quoted(read.denial, reply=DENIED)]
            yield Checked(checked[0])
            return (yield from self._judged(read, checked, [], footnotes))
        checked, pieces = yield from self._write(read, footnotes, again=again)
        if not checked:
            return Told(read.question, footnotes)
        return (yield from self._judged(read, checked, pieces, footnotes))

    def _judged(
        self, read: _Read, checked: list[Sentence], pieces: Sequence[Piece], footnotes: Footnotes
    ) -> Steps[Event, None, Told]:
        """What was written, by how it is borne out and by what the model shows of it."""
        question, hits, citer, cancelled = read.question, read.hits, read.citer, read.cancelled
        calibration, settings = self.writer.calibration, self.writer.settings
        instead = told_instead(checked, question, prompt.dated(hits))
        answering = telling(checked, question) if all(one.kind == "name" for one in instead) else []
        gives = max((self._gives(question, one, citer, cancelled) for one in answering[:READ_AT_MOST]), default=0.0)
        if gives > GIVEN_FROM:
            instead = ()
        if instead:
            answering, gives = [], 0.0
        holding = holds(answering)
        signs = self.writer.signs(question, hits, read.given, pieces, cancelled)
        checking = {"unsupported": unsupported(checked), "holds": holding, "gives": gives}
        confidence = calibration.after(read.signals, checking | signs | read.look_again())
        if not holding:
            confidence = min(confidence, settings.hopeless)
        figures = extent(checked, question, citer.sources) if confidence >= settings.threshold else None
        if figures:
            checked.append(footnotes.quoted(figures))
            yield Checked(checked[-1])
        if gives < DOUBTED_BELOW:
            checked = [doubted(one, NOT_GIVEN) if one in answering[:READ_AT_MOST] else one for one in checked]
        checked = [_disputed(sentence, question, citer, footnotes) for sentence in checked]
        return Told(question, footnotes, tuple(checked), confidence, tuple(instead))

    def _gives(self, question: str, answer: Sentence, citer: Citer, cancelled: Callable[[], bool]) -> float:
        """Log-odds that what a sentence of the answer cites gives this answer; 0 where nobody studied that."""
        said = claimed(answer.text)
        reader = CloseReader(self.writer.generator, self.writer.templates, self.writer.calibration)
        return reader.gives(question, said, citer.evidence(said, given=question), cancelled) or 0.0

    def _write(
        self, read: _Read, footnotes: Footnotes, *, again: bool
    ) -> Steps[Event, None, tuple[list[Sentence], list[Piece]]]:
        """The answer as the model writes it, each sentence cited and checked once it is complete; a yes that what it
        cites speaks against gives way to that."""
        question, hits, citer = read.question, read.hits, read.citer
        checked: list[Sentence] = []
        pieces: list[Piece] = []
        events = self.writer.write(question, hits, read.opening, read.watch, read.cancelled, again=again)
        for event in events:
            if isinstance(event, str):
                said, added = without_added_years(event, f"{question} {prompt.dated(hits)}")
                said = said if checked else polar.replied(question, said)
                evidence = citer.evidence(claimed(said), given=question)
                found = verdict(claimed(said), evidence, question)
                years = () if checked else prompt.unstated_years(question, hits)
                yes = not checked and polar.affirms(question, said)
                found = found.told(years, added, reply=yes)
                denial = _against(claimed(said), question, evidence) if yes and found.support == "unsupported" else None
                if denial:
                    events.close()
                    checked.append(footnotes.quoted(denial, reply=DENIED))
                    yield Checked(checked[-1])
                    return checked, []
                shown = is_shown(found, self.writer.settings)
                checked.append((footnotes if shown else footnotes.copy()).annotated(said, evidence, found))
                if shown:
                    yield Checked(checked[-1])
            elif isinstance(event, Piece):
                pieces.append(event)
                yield Token(event.text)
            else:
                yield event
        return checked, pieces


def _unseen(attempt: Steps[Event, None, Told]) -> Steps[Event, None, Told]:
    """An attempt of which the reader sees no more than that something is read, until it is taken."""
    while True:
        try:
            event = next(attempt)
        except StopIteration as end:
            told: Told = end.value
            return told
        if isinstance(event, Reading):
            yield replace(event, again=True)


def is_shown(judged: Sentence | Verdict, settings: Settings) -> bool:
    """Whether a sentence with this standing stands in the answer, or is left out as the reader wishes."""
    return settings.show_unsupported or not judged.claim or judged.support != "unsupported"


def _denial(question: str, hits: Sequence[Hit], citer: Citer) -> Source | None:
    """What was read that answers a yes-or-no question with no, which need not be left to the model."""
    if not polar.yes_or_no(question, prompt.read(hits)):
        return None
    return _against(question, question, citer.evidence(question))


def _against(claim: str, question: str, evidence: Evidence) -> Source | None:
    """The first of the sources of a claim about the same thing that speaks against it, by which it is answered no."""
    if not is_near(evidence):
        return None
    told = [source.said for source in evidence.sources]
    place = polar.against(claim, told, displaced(claim, question, evidence, "en"))
    return None if place is None else evidence.sources[place]


def _disputed(sentence: Sentence, question: str, citer: Citer, footnotes: Footnotes) -> Sentence:
    """A sentence that something supports, with the other documents that say otherwise."""
    if sentence.support == "unsupported" or not sentence.citations:
        return sentence
    cited = cited_of(sentence.citations, citer.sources)
    found = conflicts(claimed(sentence.text), question, cited, citer.sources)
    return footnotes.disputed(sentence, found)
