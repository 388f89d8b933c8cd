"""What the model makes of a sentence and the words that it cites, when it reads the two together.

The rules of `verify` know words and their places; what "welcomed" means where the source has "warned of" they do not.
The model is asked whether the source states a claim, or gives an answer to its question, which may be true and yet
answer something else. Its own yes or no tells little; a linear reading of its hidden state there tells more, fitted to
examples that were judged before, and of a claim it reads through an adapter that was fitted to them, too. It decides
what is fully supported where no rule found something wrong, and where it is sure against a rule.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from rag.cite import Evidence
from rag.confidence import Calibration, Probe
from rag.generator import Generator, never, result_of
from rag.prompt import Prompt, Turn
from rag.records import Sentence
from rag.templates import Templates
from rag.verify import SUPPORTED_FROM, Verdict

Judged = TypeVar("Judged", Sentence, Verdict)

# Log-odds from which a claim is stated, from which that is sure, and below which an answer with a tick is doubted; see
# benchmarks/LOG.md.
STATED_FROM = 0.0
SURE_FROM = 1.5
DOUBTED_BELOW = -2.0
NOT_STATED = "the model, reading both, is not sure that the cited passage says this"
NOT_GIVEN = "the model, reading both, doubts that the cited passage answers the question so"


@dataclass(frozen=True, slots=True)
class CloseReader:
    """The model with the probes of its calibration; where it has none, verdicts stay as they are.

    Its methods raise Cancelled soon after `cancelled` turns true, and ModelError. They read aside: what the model read
    before is kept for its next prompt.
    """

    generator: Generator
    templates: Templates
    calibration: Calibration

    def weighed(
        self,
        judged: Verdict,
        said: str,
        evidence: Evidence,
        question: str = "",
        cancelled: Callable[[], bool] = never,
    ) -> Verdict:
        """The verdict on a claim, or on an answer to `question`, where the rules do not have the last word.

        A claim is fully supported where the model finds it stated, and else in part at most. What a rule refutes has to
        be surely stated; where a fact of it does not stand in the words cited, it is supported in part even so, and
        not at all where they have another in its place. An answer, which is more than a claim, loses its full support
        where the model hardly finds it given.
        """
        if judged.final:
            return judged
        if question:
            gives = self.gives(question, said, evidence, cancelled) if judged.support == "supported" else None
            return judged if gives is None or gives >= DOUBTED_BELOW else doubted(judged, NOT_GIVEN)
        stated = self.stated(said, evidence, cancelled)
        if stated is None or (judged.refuted and (stated < SURE_FROM or (evidence.missing and judged.otherwise))):
            return judged
        if judged.refuted and evidence.missing:
            return replace(judged, support="partial", score=SUPPORTED_FROM, near=True)
        if stated < STATED_FROM:
            return doubted(judged, NOT_STATED)
        if judged.support == "supported":
            return judged
        return replace(judged, support="supported", score=SUPPORTED_FROM, reasons=(), near=True, otherwise=())

    def stated(self, claim: str, evidence: Evidence, cancelled: Callable[[], bool] = never) -> float | None:
        """Log-odds that the words cited state a claim."""
        return self._read("stated", self.calibration.stated, evidence, cancelled, statement=claim)

    def gives(
        self, question: str, answer: str, evidence: Evidence, cancelled: Callable[[], bool] = never
    ) -> float | None:
        """Log-odds that the words cited give this answer to the question."""
        return self._read("gives", self.calibration.gives, evidence, cancelled, question=question, answer=answer)

    def _read(
        self, template: str, probe: Probe | None, evidence: Evidence, cancelled: Callable[[], bool], **said: str
    ) -> float | None:
        """Of what is cited and of what is `said` only as much is read as there is room for in any script."""
        if probe is None:
            return None
        share = self.generator.context_tokens // 4
        text = self._within(2 * share, " ".join(source.said for source in evidence.sources))
        values = {name: self._within(share // len(said), words) for name, words in said.items()}
        asked = self.templates.render(template, text=text, **values)
        prompt = Prompt((Turn("system", (self.templates.render("checking"),)), Turn("user", (asked,))))
        adapted = template == "stated"
        return probe.log_odds(result_of(self.generator.state_aside(prompt, probe.layer, cancelled, adapted=adapted)))

    def _within(self, tokens: int, text: str) -> str:
        """The beginning of a text, of so many tokens at most."""
        while (counted := self.generator.count_tokens(text)) > tokens:
            text = text[: len(text) * tokens // counted]
        return text


def doubted(judged: Judged, why: str) -> Judged:
    """The same with full support no more."""
    if judged.support != "supported":
        return judged
    return replace(judged, support="partial", score=min(judged.score, SUPPORTED_FROM), reasons=(*judged.reasons, why))
