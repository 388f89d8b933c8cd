"""The story of a question: retrieve, read, judge, write, cite, verify, decide.

`ask` tells it as one iterator of events, the same for the terminal, the page and programs. Each step lives in a module
of its own; this one calls them in turn. "The documents do not say" is an answer; faults are exceptions.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from collections.abc import Generator as Steps
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, replace
from importlib.metadata import version
from typing import TypeVar

from index.encode import Encoder
from index.library import Library
from index.records import Hit
from rag import polar, prompt
from rag.asked import telling, told_instead
from rag.checking import Checker
from rag.cite import Citer
from rag.confidence import Calibration, Signals, holds, log_odds, unsupported
from rag.disputed import conflicts
from rag.drawing import drawing
from rag.errors import Cancelled
from rag.extent import extent
from rag.footnotes import Footnotes, written
from rag.generate import Generator, Piece, never, result_of
from rag.hidden import mean
from rag.memory import give_back
from rag.recording import Circumstances
from rag.records import (
    Answer,
    Checked,
    Done,
    Event,
    Exchange,
    IndexIdentity,
    Instead,
    Reading,
    Retrieved,
    Sentence,
    Token,
)
from rag.retrieve import readable, retrieve
from rag.settings import Settings
from rag.speech import Speech, claimed
from rag.standalone import standalone
from rag.stopwatch import Stopwatch
from rag.templates import Templates
from rag.undated import without_added_years
from rag.verify import Verdict, verdict

T = TypeVar("T")

SEEDS = 2**32  # so many answers can be drawn; the seeds, from 1 on, fit every reader of JSON


class Assistant:
    """Answers questions from one library with one model. Callers from several threads are served one after another."""

    def __init__(
        self,
        library: Library,
        encoder: Encoder,
        generator: Generator,
        templates: Templates,
        calibration: Calibration,
        settings: Settings,
    ) -> None:
        self.library = library
        self._encoder = encoder
        self._generator = generator
        self._templates = templates
        self._calibration = calibration
        self._settings = settings
        self._seed = 0
        self._next = (settings, generator)
        self._turn = threading.Lock()
        self._ahead = ThreadPoolExecutor(1, "loading")

    @property
    def circumstances(self) -> Circumstances:
        """What an answer given now depends on besides its question and the documents; the seed is that of the one that
        is being given or was last."""
        settings = asdict(self._settings)
        return Circumstances(
            version=version("footnote"),
            model=self._generator.identity.name,
            model_sha256=self._generator.identity.sha256,
            prompts_sha256=self._templates.sha256,
            embedding_model=self.library.embedding_model,
            generation=self.library.generation,
            seed=self._seed,
            settings={name: settings[name] for name in settings if name not in ("home", "models")},
        )

    @property
    def checker(self) -> Checker:
        """Checks texts against the same library, with the same encoder."""
        return Checker(self.library, self._encoder, self._next[0])

    def adopt(self, settings: Settings, generator: Generator | None = None) -> None:
        """From the next question on answers by other settings, and with another model if one is given."""
        self._next = (settings, generator or self._next[1])

    def warm(self) -> None:
        """Loads both models and reads the instructions, so that the first question need not wait for that."""
        with self._turn:
            self._settings, self._generator = self._next
        loading = self._begin()
        self._encoder.encode(["warm"])
        loading.result()

    def _begin(self) -> Future[None]:
        """Loads the answering model and reads the instructions, in a thread of its own."""
        return self._ahead.submit(self._generator.warm, prompt.asking("", (), self._templates))

    def answer(self, question: str, *, cancelled: Callable[[], bool] = never) -> Answer:
        """The finished answer to `question`; raises as `ask` does."""
        *_, last = self.ask(question, cancelled=cancelled)
        assert isinstance(last, Done)  # so every answer ends
        return last.answer

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Exchange] = (),
        documents: Collection[str] | None = None,
        seed: int | None = None,
        cancelled: Callable[[], bool] = never,
    ) -> Iterator[Event]:
        """The events of answering, Done last. Raises QuestionError, Cancelled, ModelError, LibraryError.

        `history` is what was said before, oldest first: a question that leans on it is understood by it. `documents`
        are the ids of those to answer from; None means all. `seed` is that of an answer to be given again; None draws
        another one where the settings are creative.
        """
        asked = readable(question)
        understood = standalone(asked, history)
        with self._turn:
            self._settings, self._generator = self._next
            self._seed = _another_seed(self._settings) if seed is None else seed
            for event in self._ask(understood, documents, cancelled):
                yield event if understood == asked else _as_asked(event, asked, understood)
                if cancelled() and not isinstance(event, Done):
                    raise Cancelled("stopped before the answer was finished")
            give_back()

    def pause(self) -> None:
        """Returns when nothing is being answered: whatever else computes takes the cores from the model."""
        with self._turn:
            return

    def _ask(self, question: str, documents: Collection[str] | None, cancelled: Callable[[], bool]) -> Iterator[Event]:
        watch = Stopwatch()
        self._begin()  # while passages are looked for; a fault shows when the model is asked
        hits = retrieve(
            self.library,
            self._encoder,
            question,
            self._settings,
            self._generator.count_tokens,
            self._templates,
            documents,
        )
        watch.retrieved()
        yield Retrieved(hits)
        if not hits:
            yield Done(self._answer(question, hits, (), 0.0, watch))
            return

        reading, given = yield from self._read(question, hits, watch, cancelled)
        expected = self._calibration.before(reading)
        if expected < self._settings.hopeless:
            yield Done(self._answer(question, hits, (), expected, watch))
            return

        citer, footnotes = Citer(hits, self._encoder), Footnotes(hits)
        checked: list[Sentence] = []
        pieces: list[Piece] = []
        opening = self._opening(question, hits, cancelled)
        for event in self._write(question, hits, opening, watch, cancelled):
            if isinstance(event, str):
                said, added = without_added_years(event, f"{question} {prompt.read(hits)}")
                evidence = citer.evidence(claimed(said), given=question)
                found = verdict(claimed(said), evidence, question)
                found = found.told(() if checked else prompt.unstated_years(question, hits), added)
                shown = self._shown(found)
                checked.append((footnotes if shown else Footnotes(hits)).annotated(said, evidence, found))
                if shown:
                    yield Checked(checked[-1])
            elif isinstance(event, Piece):
                pieces.append(event)
                yield Token(event.text)
            else:
                yield event
        if not checked:
            yield Done(self._answer(question, hits, (), 0.0, watch))
            return

        dated = " ".join([prompt.read(hits), *(hit.date or "" for hit in hits)])
        instead = told_instead(checked, question, dated)
        holding = 0.0 if instead else holds(telling(checked, question))
        checking = {
            "unsupported": unsupported(checked),
            "holds": holding,
            "written": self._written(pieces),
        }
        if given is not None:
            checking["pmi"] = self._gain(prompt.posed(question, hits), given, cancelled)
        confidence = self._calibration.after(reading, checking)
        if not holding:
            confidence = min(confidence, self._settings.hopeless)
        figures = extent(checked, question, citer.sources) if confidence >= self._settings.threshold else None
        if figures:
            checked.append(footnotes.quoted(figures))
            yield Checked(checked[-1])
        checked = [self._disputed(sentence, question, citer, footnotes) for sentence in checked]
        yield Done(self._answer(question, hits, checked, confidence, watch, footnotes, instead))

    def _read(
        self, question: str, hits: Sequence[Hit], watch: Stopwatch, cancelled: Callable[[], bool]
    ) -> Steps[Reading, None, tuple[Signals, float | None]]:
        """Reads passages and question; the results are the signs, of those that are weighed, that the passages answer,
        and the log-likelihood of the question after them where that is wanted."""
        generator, templates, calibration = self._generator, self._templates, self._calibration
        asked = prompt.answering(question, hits, templates)
        signals: dict[str, float] = {}
        given: float | None = None
        if "pmi" in calibration.weighed:
            reading = generator.likelihood(asked, prompt.posed(question, hits), cancelled)
            given = yield from _watched(reading, watch)
        if calibration.probe:
            states = yield from _watched(generator.states(asked, cancelled), watch)
            signals["state"] = calibration.probe.log_odds(states)
        if "says_yes" in calibration.weighed:
            judging = generator.judge(prompt.answerable(question, hits, templates), cancelled)
            signals["says_yes"] = log_odds((yield from _watched(judging, watch)))
        return signals, given

    def _written(self, pieces: Sequence[Piece]) -> float:
        """The log-odds of what was written by the states it was written from; 0 where nobody studied them."""
        probe, tokens = self._calibration.written, sum(piece.tokens for piece in pieces)
        if probe is None or not tokens:
            return 0.0
        return probe.log_odds(mean([piece.states for piece in pieces if piece.tokens], tokens))

    def _gain(self, question: str, given: float, cancelled: Callable[[], bool]) -> float:
        """How much more probable the question is after the passages than without them; read aside, when the answer is
        there."""
        alone = prompt.asking(question, (), self._templates)
        return given - result_of(self._generator.likelihood(alone, question, cancelled, aside=True))

    def _opening(self, question: str, hits: Sequence[Hit], cancelled: Callable[[], bool]) -> str:
        """How an answer begins that must not be left to the model, which says yes to nearly everything."""
        no_below = self._calibration.no_below
        if no_below is None or not polar.yes_or_no(question, prompt.read(hits)):
            return ""

        def leaning(read: Sequence[Hit]) -> float:
            asked = prompt.answering(question, read, self._templates)
            return log_odds(result_of(self._generator.judge(asked, cancelled, aside=not read)))

        return polar.opening(leaning(hits), leaning(()), no_below)

    def _write(
        self,
        question: str,
        hits: Sequence[Hit],
        opening: str,
        watch: Stopwatch,
        cancelled: Callable[[], bool],
    ) -> Iterator[Reading | Piece | str]:
        """What the model writes as it comes, and between them each sentence, as a plain string, once it is complete."""
        speech = Speech()
        tokens, limit = 0, self._settings.answer_tokens
        asked = prompt.answering(question, hits, self._templates, opening)
        choose = drawing(self._settings.creativity, self._seed)
        for event in self._generator.stream(asked, limit, cancelled, choose=choose):
            if isinstance(event, Reading):
                watch.read(event)
                yield event
                continue
            watch.wrote(event.tokens)
            tokens += event.tokens
            yield event
            yield from speech.add(event.text)
            if speech.repeats:
                break
        yield from speech.finish(cut_short=speech.repeats or tokens >= limit)

    def _disputed(self, sentence: Sentence, question: str, citer: Citer, footnotes: Footnotes) -> Sentence:
        """A sentence that something supports, with the other documents that say otherwise."""
        if sentence.support == "unsupported" or not sentence.citations:
            return sentence
        spans = {(citation.document_id, citation.start) for citation in sentence.citations}
        cited = [source for source in citer.sources if (source.hit.passage.document_id, source.start) in spans]
        found = conflicts(claimed(sentence.text), question, cited, citer.sources)
        return footnotes.disputed(sentence, found, lambda identity: self.library.document(identity).date)

    def _answer(
        self,
        question: str,
        hits: Sequence[Hit],
        sentences: Sequence[Sentence],
        confidence: float,
        watch: Stopwatch,
        footnotes: Footnotes | None = None,
        instead: Sequence[Instead] = (),
    ) -> Answer:
        """The finished answer; below the threshold, or with nothing to show, that the documents do not say, and what
        they tell about instead."""
        shown = [sentence for sentence in sentences if self._shown(sentence)]
        answered = bool(shown) and confidence >= self._settings.threshold
        numbering = footnotes if answered and footnotes else Footnotes(hits)
        return Answer(
            id=self._identity(question, hits),
            question=question,
            answer=written(shown) if answered else self._templates.render("declined"),
            answered=answered,
            confidence=round(confidence, 4),
            sentences=tuple(shown) if answered else (),
            passages=numbering.passages(),
            timing=watch.timing(),
            model=self._generator.identity,
            index=IndexIdentity(self.library.generation, self.library.embedding_model),
            left_out=len(sentences) - len(shown) if answered else 0,
            instead=() if answered else numbering.told_instead(instead),
        )

    def _shown(self, judged: Sentence | Verdict) -> bool:
        """Whether a sentence with this standing stands in the answer, or is left out as the reader wishes."""
        return self._settings.show_unsupported or not judged.claim or judged.support != "unsupported"

    def _identity(self, question: str, hits: Sequence[Hit]) -> str:
        """The same question to the same model over the same passages of the same index, with the same settings, is
        the same answer; where tokens are drawn, by the same seed."""
        made_from = (
            question,
            *(hit.passage.id for hit in hits),
            self._generator.identity.sha256,
            str(self.library.generation),
            self.library.embedding_model,
            self._templates.sha256,
            repr(self._settings),
            *([str(self._seed)] if self._seed else []),
        )
        return hashlib.sha256("\0".join(made_from).encode()).hexdigest()[:16]


def _another_seed(settings: Settings) -> int:
    """That of an answer that nobody had before; 0 where nothing is drawn."""
    return 1 + secrets.randbelow(SEEDS) if settings.creativity else 0


def _as_asked(event: Event, asked: str, understood: str) -> Event:
    """An event of answering the question as it was understood, with the question as it was asked."""
    match event:
        case Retrieved():
            return replace(event, standalone=understood)
        case Done(answer=answer):
            return Done(replace(answer, question=asked, standalone=understood))
    return event


def _watched(steps: Steps[Reading, None, T], watch: Stopwatch) -> Steps[Reading, None, T]:
    """The steps of a reading, each noted by the watch; their result is passed on."""
    try:
        while True:
            reading = next(steps)
            watch.read(reading)
            yield reading
    except StopIteration as end:
        result: T = end.value
        return result
