"""Whether what a sentence cites says what the sentence does, as the model reads both: a probe of its hidden state.

The rules of `verify` know words and their places; what "welcomed" means where the source has "warned of" they do not.
The model reads a sentence with the words it cites, and a linear reading of the state behind them, fitted to claims that
people from outside judged, tells what its yes or no does not. Where no rule found a fault, it decides between full
support and support in part; what a rule refuses, or holds for a part, stays so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from rag.cite import Evidence
from rag.confidence import Probe
from rag.generate import Generator, never, result_of
from rag.prompt import Prompt, Turn
from rag.templates import Templates
from rag.verify import ONLY_PART, SUPPORTED_FROM, Verdict

# Log-odds: below the one a tick is doubted, from the other on likeness is not missed. See benchmarks/LOG.md.
DOUBTED_BELOW, FOUND_FROM = -0.5, 0.0
LONGEST = 1500  # characters, of the words cited and of a sentence, that are read
DOUBTED = "the model, reading both, is not sure that the cited passage says this"


class Stated:
    """Reads sentences with what they cite, one at a time."""

    def __init__(self, generator: Generator, templates: Templates, probe: Probe) -> None:
        self._generator = generator
        self._templates = templates
        self._probe = probe

    def weighed(
        self, judged: Verdict, claim: str, evidence: Evidence, cancelled: Callable[[], bool] = never
    ) -> Verdict:
        """The verdict on a claim: in part where the model does not find it stated, and of full support where it does
        and nothing but likeness to what it cites was missing.

        Raises Cancelled soon after `cancelled` turns true, and ModelError.
        """
        unlike = judged.support == "partial" and judged.reasons == (ONLY_PART,)
        if not judged.claim or not (judged.support == "supported" or unlike):
            return judged
        stated = self.log_odds(claim, evidence, cancelled)
        if unlike and stated >= FOUND_FROM:
            return replace(judged, support="supported", score=SUPPORTED_FROM, reasons=())
        if not unlike and stated < DOUBTED_BELOW:
            return replace(judged, support="partial", score=min(judged.score, SUPPORTED_FROM), reasons=(DOUBTED,))
        return judged

    def log_odds(self, claim: str, evidence: Evidence, cancelled: Callable[[], bool] = never) -> float:
        """Above 0 where the words cited more likely state the claim than not. Raises as `weighed` does."""
        asked = self.asking(claim, evidence, self._templates)
        return self._probe.log_odds(result_of(self._generator.states(asked, cancelled)))

    @staticmethod
    def asking(claim: str, evidence: Evidence, templates: Templates) -> Prompt:
        """The words cited, the claim, and whether they state it."""
        text = " ".join(source.said for source in evidence.sources)[:LONGEST]
        asked = templates.render("stated", text=text, statement=claim[:LONGEST])
        return Prompt((Turn("system", (templates.render("checking"),)), Turn("user", (asked,))))
