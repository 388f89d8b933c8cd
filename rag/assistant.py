"""The story of a question: retrieve, read, judge, write, cite, verify, decide; part by part where it has several.

`ask` tells it as one iterator of events, the same for the terminal, the page and programs. Each step lives in a module
of its own; this one calls them in turn. "The documents do not say" is an answer; faults are exceptions.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, replace
from importlib.metadata import version

from index.encode import Encoder
from index.library import Library
from index.records import Hit
from rag import prompt
from rag.checking import Checker
from rag.close_reading import CloseReader
from rag.comparing import comparison
from rag.confidence import Calibration, load
from rag.errors import Cancelled, QuestionError
from rag.footnotes import Footnotes, written
from rag.generate import Generator, never
from rag.memory import give_back
from rag.parts import parts
from rag.recording import Circumstances
from rag.records import (
    Answer,
    Checked,
    Done,
    Event,
    Exchange,
    IndexIdentity,
    Retrieved,
    Sentence,
    Token,
)
from rag.retrieve import readable, retrieve, together
from rag.settings import Settings
from rag.speech import unmarked
from rag.standalone import standalone
from rag.stopwatch import Stopwatch
from rag.templates import Templates
from rag.told import Teller, Told, is_shown
from rag.words import sure_language
from rag.writer import Writer

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
        self._next = (settings, generator, calibration)
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
        """Checks texts against the same library, with the same models."""
        settings, generator, calibration = self._next
        reader = CloseReader(generator, self._templates, calibration)
        return Checker(self.library, self._encoder, settings, reader)

    def adopt(self, settings: Settings, generator: Generator | None = None) -> None:
        """From the next question on answers by other settings, and by another model with its weights where given."""
        _, current, calibrated = self._next
        calibration = load(generator.identity.sha256) if generator else calibrated
        self._next = (settings, generator or current, calibration)

    def warm(self) -> None:
        """Loads both models and reads the instructions, so that the first question need not wait for that."""
        with self._turn:
            self._settings, self._generator, self._calibration = self._next
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
        understood = _understood(asked, history)
        with self._turn:
            self._settings, self._generator, self._calibration = self._next
            self._seed = _another_seed(self._settings) if seed is None else seed
            for event in self._ask(understood, documents, cancelled):
                yield event if understood == asked else _as_asked(event, asked, understood)
                if not isinstance(event, Done):
                    _go_on(cancelled)
            give_back()

    def pause(self) -> None:
        """Returns when nothing is being answered: whatever else computes takes the cores from the model."""
        with self._turn:
            return

    def _ask(self, question: str, documents: Collection[str] | None, cancelled: Callable[[], bool]) -> Iterator[Event]:
        watch = Stopwatch()
        self._begin()  # while passages are looked for; a fault shows when the model is asked
        compared = comparison(question)
        asked = compared.questions if compared else parts(question)
        found: dict[str, tuple[Hit, ...]] = {}
        for part in asked:
            _go_on(cancelled)
            found[part] = self._found(part, documents)
        hits = together(found.values())
        watch.retrieved()
        yield Retrieved(hits)

        writer = Writer(self._generator, self._templates, self._calibration, self._settings, self._seed)
        teller, footnotes = Teller(writer, self._encoder), Footnotes(hits)
        told: list[Told] = []
        for part, read in found.items():
            if told:
                watch.next_part()
                yield Token(" ")
            numbered = footnotes.copy()
            told.append((yield from teller.tell(part, read, numbered, watch, cancelled)))
            if self._answers(told[-1]):
                footnotes = numbered
            elif len(found) > 1:
                yield Checked(self._unsaid(told[-1]))
        if compared and all(map(self._answers, told)):
            conclusion = compared.conclusion([one.sentences for one in told])
            if conclusion:
                told.append(Told(question, (conclusion,), min(one.confidence for one in told)))
                yield Checked(conclusion)
        yield Done(self._answer(question, hits, told, footnotes, watch))

    def _found(self, question: str, documents: Collection[str] | None) -> tuple[Hit, ...]:
        count = self._generator.count_tokens
        return retrieve(self.library, self._encoder, question, self._settings, count, self._templates, documents)

    def _answer(
        self, question: str, hits: Sequence[Hit], told: Sequence[Told], footnotes: Footnotes, watch: Stopwatch
    ) -> Answer:
        """The finished answer: what was told of each part, or that the documents do not say it; where that holds of
        all, what they tell about instead."""
        answering = [one for one in told if self._answers(one)]
        sentences = [
            sentence
            for one in told
            for sentence in (one.sentences if one in answering else [self._unsaid(one)])
            if self._shown(sentence)
        ]
        numbering = footnotes if answering else Footnotes(hits)
        return Answer(
            id=self._identity(question, hits),
            question=question,
            answer=written(sentences) if answering else self._templates.said("declined", sure_language(question)),
            answered=bool(answering),
            confidence=round(min(one.confidence for one in answering or told), 4),
            sentences=tuple(sentences) if answering else (),
            passages=numbering.passages(),
            timing=watch.timing(),
            model=self._generator.identity,
            index=IndexIdentity(self.library.generation, self.library.embedding_model),
            left_out=sum(not self._shown(sentence) for one in answering for sentence in one.sentences),
            instead=() if answering else numbering.told_instead([instead for one in told for instead in one.instead]),
        )

    def _answers(self, told: Told) -> bool:
        """Whether it is sure enough, and something of it is shown."""
        return told.confidence >= self._settings.threshold and any(map(self._shown, told.sentences))

    def _unsaid(self, told: Told) -> Sentence:
        """That the documents do not say one of the things that were asked for."""
        said = self._templates.said("declined_part", sure_language(told.question), question=told.question)
        return Sentence(unmarked(said), "supported", 1.0, (), claim=False)

    def _shown(self, sentence: Sentence) -> bool:
        return is_shown(sentence, self._settings)

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


def _understood(asked: str, history: Sequence[Exchange]) -> str:
    """The question after `history`; as it was asked where it would become too long to be read."""
    try:
        return readable(standalone(asked, history))
    except QuestionError:
        return asked


def _go_on(cancelled: Callable[[], bool]) -> None:
    if cancelled():
        raise Cancelled("stopped before the answer was finished")


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
