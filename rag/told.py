"""What the passages tell about one question: read, judge, write, cite, verify, and say how sure that is.

Whether it is told to the reader, and what becomes of a question in several parts, is decided by `assistant`. Each step
lives in a module of its own; this one calls them in turn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Generator as Steps
from dataclasses import dataclass

from index.encode import Encoder
from index.records import Hit
from rag import polar, prompt
from rag.asked import telling, told_instead
from rag.cite import Citer, Evidence, Source
from rag.claims import claimed
from rag.close_reading import DOUBTED_BELOW, NOT_GIVEN, CloseReader, doubted
from rag.confidence import holds, unsupported
from rag.disputed import cited_of, conflicts
from rag.extent import extent
from rag.footnotes import Footnotes
from rag.generator import Piece
from rag.records import Checked, Event, Instead, Sentence, Token
from rag.rules.missing import displaced
from rag.settings import Settings
from rag.stopwatch import Stopwatch
from rag.undated import without_added_years
from rag.verify import Verdict, is_near, verdict
from rag.writer import Writer

# Log-odds above which an answer counts as given although what it cites has another name in the place of one of the
# question's: "Germans" beside "Red Army", asked what came before the Soviets arrived.
GIVEN_FROM = 0.0
DENIED = "No:"  # before the quotation that answers a yes-or-no question so


@dataclass(frozen=True, slots=True)
class Told:
    """What the passages tell about one question, before it is decided whether that is told to the reader."""

    question: str
    sentences: tuple[Sentence, ...] = ()
    confidence: float = 0.0
    instead: tuple[Instead, ...] = ()

    def answers(self, settings: Settings) -> bool:
        """Whether it is sure enough, and something of it is shown."""
        return self.confidence >= settings.threshold and any(is_shown(one, settings) for one in self.sentences)


@dataclass(frozen=True, slots=True)
class Teller:
    """The writer with what checks it."""

    writer: Writer
    encoder: Encoder

    def tell(
        self,
        question: str,
        hits: Sequence[Hit],
        footnotes: Footnotes,
        watch: Stopwatch,
        cancelled: Callable[[], bool],
    ) -> Steps[Event, None, Told]:
        """What the passages tell about a question that is a single one. Raises Cancelled and ModelError."""
        if not hits:
            return Told(question)
        calibration, settings = self.writer.calibration, self.writer.settings
        reading, given = yield from self.writer.read(question, hits, watch, cancelled)
        expected = calibration.before(reading)
        if expected < settings.hopeless:
            return Told(question, confidence=expected)

        citer = Citer(hits, self.encoder)
        denial = _denial(question, hits, citer)
        pieces: list[Piece] = []
        if denial:
            checked = [footnotes.quoted(denial, reply=DENIED)]
            yield Checked(checked[0])
        else:
            checked, pieces = yield from self._write(question, hits, citer, footnotes, watch, cancelled)
        if not checked:
            return Told(question)

        instead = told_instead(checked, question, prompt.dated(hits))
        answering = telling(checked, question) if all(one.kind == "name" for one in instead) else []
        gives = self._gives(question, answering[0], citer, cancelled) if answering else 0.0
        if gives > GIVEN_FROM:
            instead = ()
        if instead:
            answering, gives = [], 0.0
        holding = holds(answering)
        signs = self.writer.signs(question, hits, given, pieces, cancelled)
        checking = {"unsupported": unsupported(checked), "holds": holding, "gives": gives}
        confidence = calibration.after(reading, checking | signs)
        if not holding:
            confidence = min(confidence, settings.hopeless)
        figures = extent(checked, question, citer.sources) if confidence >= settings.threshold else None
        if figures:
            checked.append(footnotes.quoted(figures))
            yield Checked(checked[-1])
        if gives < DOUBTED_BELOW:
            checked = [doubted(one, NOT_GIVEN) if one is answering[0] else one for one in checked]
        checked = [_disputed(sentence, question, citer, footnotes) for sentence in checked]
        return Told(question, tuple(checked), confidence, tuple(instead))

    def _gives(self, question: str, answer: Sentence, citer: Citer, cancelled: Callable[[], bool]) -> float:
        """Log-odds that what a sentence of the answer cites gives this answer; 0 where nobody studied that."""
        said = claimed(answer.text)
        reader = CloseReader(self.writer.generator, self.writer.templates, self.writer.calibration)
        return reader.gives(question, said, citer.evidence(said, given=question), cancelled) or 0.0

    def _write(
        self,
        question: str,
        hits: Sequence[Hit],
        citer: Citer,
        footnotes: Footnotes,
        watch: Stopwatch,
        cancelled: Callable[[], bool],
    ) -> Steps[Event, None, tuple[list[Sentence], list[Piece]]]:
        """The answer as the model writes it, each sentence cited and checked once it is complete; a yes that what it
        cites speaks against gives way to that."""
        checked: list[Sentence] = []
        pieces: list[Piece] = []
        events = self.writer.write(question, hits, watch, cancelled)
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
