"""What the answering model does for a question: it reads the passages, says how it leans, and writes.

On the way it takes the signs, of those that its calibration weighs, of whether the passages answer and whether what it
wrote is right. Knows nothing of citing, checking or deciding.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Generator as Steps
from dataclasses import dataclass
from typing import TypeVar

from index.records import Hit
from rag import polar, prompt
from rag.confidence import Calibration, Signals, log_odds
from rag.drawing import drawing
from rag.generator import Generator, Piece, result_of
from rag.hidden import mean
from rag.records import Reading
from rag.settings import Settings
from rag.speech import Speech
from rag.stopwatch import Stopwatch
from rag.templates import Templates

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Writer:
    """The model with what it is used by; `seed` is that by which tokens are drawn, where they are.

    Its methods raise Cancelled soon after `cancelled` turns true, and ModelError.
    """

    generator: Generator
    templates: Templates
    calibration: Calibration
    settings: Settings
    seed: int

    def read(
        self, question: str, hits: Sequence[Hit], watch: Stopwatch, cancelled: Callable[[], bool]
    ) -> Steps[Reading, None, tuple[Signals, float | None]]:
        """Reads passages and question; the results are the signs, of those that are weighed, that the passages answer,
        and the log-likelihood of the question after them where that is wanted."""
        generator, templates, calibration = self.generator, self.templates, self.calibration
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

    def write(
        self,
        question: str,
        hits: Sequence[Hit],
        opening: str,
        watch: Stopwatch,
        cancelled: Callable[[], bool],
        *,
        again: bool = False,
    ) -> Steps[Reading | Piece | str, None, None]:
        """What the model writes as it comes, and between them each sentence, as a plain string, once it is complete.

        `again` it reads the question and writes through the adapter for answers.
        """
        speech = Speech()
        tokens, limit = 0, self.settings.answer_tokens
        asked = prompt.answering(question, hits, self.templates, opening, "answers" if again else None)
        choose = drawing(self.settings.creativity, self.seed)
        for event in self.generator.stream(asked, limit, cancelled, choose=choose):
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

    def signs(
        self,
        question: str,
        hits: Sequence[Hit],
        given: float | None,
        pieces: Sequence[Piece],
        cancelled: Callable[[], bool],
    ) -> dict[str, float]:
        """The signs of what was written: log-odds by the states it was written from, 0 where nobody studied them, and
        how much more probable than without the passages the question is after them, where it is `given`."""
        probe, tokens = self.calibration.written, sum(piece.tokens for piece in pieces)
        states = [piece.states for piece in pieces if piece.tokens]
        signs = {"written": probe.log_odds(mean(states, tokens)) if probe and tokens else 0.0}
        if given is not None:
            question = prompt.posed(question, hits)
            alone = self.generator.likelihood(
                prompt.asking(question, (), self.templates), question, cancelled, aside=True
            )
            signs["pmi"] = given - result_of(alone)
        return signs

    def look_again(self, question: str, hits: Sequence[Hit], cancelled: Callable[[], bool]) -> dict[str, float]:
        """The sign that the passages answer, where it is weighed, by the question read once more through the adapter
        for that. What stands before the question is not read again for it."""
        probe = self.calibration.answerable
        if not probe or "answerable" not in self.calibration.weighed:
            return {}
        asked = prompt.answering(question, hits, self.templates, purpose="answerable")
        return {"answerable": probe.log_odds(result_of(self.generator.states(asked, cancelled)))}

    def opening(self, question: str, hits: Sequence[Hit], cancelled: Callable[[], bool]) -> str:
        """How an answer begins that must not be left to the model, which says yes to nearly everything."""
        no_below = self.calibration.no_below
        if no_below is None or not polar.yes_or_no(question, prompt.read(hits)):
            return ""

        def leaning(read: Sequence[Hit]) -> float:
            asked = prompt.answering(question, read, self.templates)
            return log_odds(result_of(self.generator.judge(asked, cancelled, aside=not read)))

        return polar.opening(leaning(hits), leaning(()), no_below)


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
