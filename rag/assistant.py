"""The story of a question: retrieve, read, judge, write, cite, verify, decide; part by part where it has several.

`ask` tells it as one iterator of events, the same for the terminal, the page and programs. Each step lives in a module
of its own; this one calls them in turn. "The documents do not say" is an answer; faults are exceptions.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

from index.encode import Encoder
from index.library import Library
from index.records import Hit
from rag import prompt
from rag.basis import Basis
from rag.checking import Checker
from rag.close_reading import CloseReader
from rag.comparing import comparison
from rag.confidence import Calibration, load
from rag.errors import Cancelled, QuestionError
from rag.footnotes import Footnotes, written
from rag.generator import Generator, never
from rag.memory import give_back
from rag.parts import parts
from rag.questions import readable
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
from rag.retrieve import Found, retrieve, together
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
        self._writer = Writer(generator, templates, calibration, settings, seed=0)  # of the next question
        self._turn = threading.Lock()
        self._ahead = ThreadPoolExecutor(1, "loading")

    @property
    def checker(self) -> Checker:
        """Checks texts against the same library, with the same models."""
        writer = self._writer
        reader = CloseReader(writer.generator, writer.templates, writer.calibration)
        return Checker(self.library, self._encoder, writer.settings, reader)

    def adopt(self, settings: Settings, generator: Generator | None = None) -> None:
        """From the next question on answers by other settings, and by another model with its weights where given."""
        writer = replace(self._writer, settings=settings)
        if generator:
            writer = replace(writer, generator=generator, calibration=load(generator.identity.sha256))
        self._writer = writer

    def warm(self) -> None:
        """Loads both models and reads the instructions, so that the first question need not wait for that."""
        with self._turn:
            loading = self._begin(self._writer)
        self._encoder.encode(["warm"])
        loading.result()

    def _begin(self, writer: Writer) -> Future[None]:
        """Loads the answering model and reads the instructions, in a thread of its own."""
        return self._ahead.submit(writer.generator.warm, prompt.asking("", (), writer.templates))

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
            writer = self._writer
            writer = replace(writer, seed=_another_seed(writer.settings) if seed is None else seed)
            for event in self._ask(understood, documents, writer, cancelled):
                yield event if understood == asked else _as_asked(event, asked, understood)
                if not isinstance(event, Done):
                    _go_on(cancelled)
            give_back()

    def pause(self) -> None:
        """Returns when nothing is being answered: whatever else computes takes the cores from the model."""
        with self._turn:
            return

    def _ask(
        self, question: str, documents: Collection[str] | None, writer: Writer, cancelled: Callable[[], bool]
    ) -> Iterator[Event]:
        watch = Stopwatch()
        self._begin(writer)  # while passages are looked for; a fault shows when the model is asked
        basis = Basis(writer, IndexIdentity(self.library.generation, self.library.embedding_model))
        compared = comparison(question)
        asked = compared.questions if compared else parts(question)
        found: dict[str, Found] = {}
        for part in asked:
            _go_on(cancelled)
            found[part] = self._found(part, documents, writer)
        hits = together(one.hits for one in found.values())
        watch.retrieved()
        yield Retrieved(hits)

        teller, footnotes = Teller(writer, self._encoder), Footnotes(hits)
        told: list[Told] = []
        for part, passages in found.items():
            if told:
                watch.next_part()
                yield Token(" ")
            told.append((yield from teller.tell(part, passages, footnotes, watch, cancelled)))
            if told[-1].answers(writer.settings):
                footnotes = told[-1].footnotes
            elif len(found) > 1:
                yield Checked(_unsaid(told[-1], writer.templates))
        if compared and all(one.answers(writer.settings) for one in told):
            conclusion = compared.conclusion([one.sentences for one in told])
            if conclusion:
                told.append(Told(question, footnotes, (conclusion,), min(one.confidence for one in told)))
                yield Checked(conclusion)
        yield Done(_answer(question, hits, told, footnotes, watch, basis), basis.circumstances(documents))

    def _found(self, question: str, documents: Collection[str] | None, writer: Writer) -> Found:
        count = writer.generator.count_tokens
        return retrieve(self.library, self._encoder, question, writer.settings, count, writer.templates, documents)


def _answer(
    question: str, hits: Sequence[Hit], told: Sequence[Told], footnotes: Footnotes, watch: Stopwatch, basis: Basis
) -> Answer:
    """The finished answer: what was told of each part, or that the documents do not say it; where that holds of all,
    what they tell about instead."""
    settings, templates = basis.writer.settings, basis.writer.templates
    answering = [one for one in told if one.answers(settings)]
    sentences = [
        sentence
        for one in told
        for sentence in (one.sentences if one in answering else [_unsaid(one, templates)])
        if is_shown(sentence, settings)
    ]
    numbering = footnotes if answering else Footnotes(hits)
    return Answer(
        id=basis.answer_id(question, hits),
        question=question,
        answer=written(sentences) if answering else templates.said("declined", sure_language(question)),
        answered=bool(answering),
        confidence=round(min(one.confidence for one in answering or told), 4),
        sentences=tuple(sentences) if answering else (),
        passages=numbering.passages(),
        timing=watch.timing(),
        model=basis.writer.generator.identity,
        index=basis.index,
        left_out=sum(not is_shown(sentence, settings) for one in answering for sentence in one.sentences),
        instead=() if answering else numbering.told_instead([instead for one in told for instead in one.instead]),
    )


def _unsaid(told: Told, templates: Templates) -> Sentence:
    """That the documents do not say one of the things that were asked for."""
    said = templates.said("declined_part", sure_language(told.question), question=told.question)
    return Sentence(unmarked(said), "supported", 1.0, (), claim=False)


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
            return replace(event, answer=replace(answer, question=asked, standalone=understood))
    return event
