"""How probable it is that an answer is right and supported: signals of reading and checking, combined.

The combination is a logistic model whose weights lie in `calibration.json` with their recorded origin, one set for
models whose hidden states were studied and one for all others. Two stages use it: before writing, to spare the reader
an answer that the passages cannot carry; after checking, for `confidence`.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.errors import FootnoteError
from rag.hidden import States
from rag.passes import Purpose
from rag.records import Sentence

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Signals = Mapping[str, float]

# What is known once the passages were read, before anything is written.
READING = {
    "state": "log-odds that the passages answer, by a probe of the model's hidden state where it is about to write",
    "says_yes": "log-odds of the model's own yes to whether the passages state the answer",
}
# What is known once the answer was written and checked.
CHECKING = {
    "unsupported": "the share of sentences that are unsupported",
    "holds": "1 where a sentence that answers the question is supported, a half where only in part, else 0",
    "written": "log-odds that the answer is right, by a probe of the mean of the hidden states it was written from",
    "answerable": "log-odds that the passages answer, by a probe of the hidden state behind the question, read through "
    "the adapter for that",
    "gives": "log-odds that what the answer cites gives this answer to the question, by a probe of the hidden state "
    "behind all three; see `rag.close_reading`",
    # That the likelihood of a question tells what answers it: Ponte and Croft, "A Language Modeling Approach to
    # Information Retrieval", SIGIR 1998.
    "pmi": "how much more probable the question is after the passages than without them, in nats",
}


@dataclass(frozen=True, slots=True)
class Probe:
    """A linear reading of one layer's hidden state (Alain and Bengio, "Understanding intermediate layers using linear
    classifier probes", 2016). `weights` has the shape (width,) of the model's states."""

    layer: int
    weights: NDArray[np.float32]
    intercept: float

    def log_odds(self, states: States) -> float:
        """What the probe tells from its layer. Raises FootnoteError where there is none, or one of another width."""
        state = states.get(self.layer)
        if state is None or state.shape != self.weights.shape:
            raise FootnoteError(
                f"{'no state' if state is None else f'a state of {state.size} numbers'} of layer {self.layer} for a "
                f"probe of {self.weights.size}: rag/calibration.json is not for this model; reinstall Footnote"
            )
        return float(state @ self.weights) + self.intercept


@dataclass(frozen=True, slots=True)
class Calibration:
    """Logistic weights by signal, with an intercept, for each stage; `probe`, `answerable` and `written` are there
    where "state", "answerable" and "written" are weighed; `stated` and `gives` are those of `rag.close_reading`.

    `adapters` are the files through which the model reads claims for `stated`, and questions for `answerable` and to
    answer them, where such were fitted. `no_below` is that of `rag.polar.opening`, for models whose leaning to yes was
    measured.
    """

    reading: Mapping[str, float]
    answer: Mapping[str, float]
    probe: Probe | None = None
    answerable: Probe | None = None
    written: Probe | None = None
    stated: Probe | None = None
    gives: Probe | None = None
    adapters: Mapping[Purpose, Path] = field(default_factory=dict)
    no_below: float | None = None

    @property
    def layers(self) -> frozenset[int]:
        """The layers of the model whose hidden states are wanted."""
        probes = (self.probe, self.answerable, self.written, self.stated, self.gives)
        return frozenset(probe.layer for probe in probes if probe)

    @property
    def weighed(self) -> frozenset[str]:
        """The signals that are weighed; what costs the model a reading of its own is asked for no others."""
        return frozenset(READING | CHECKING) & (self.reading.keys() | self.answer.keys())

    def before(self, reading: Signals) -> float:
        """The probability, in [0, 1], that the passages answer the question."""
        return _logistic(self.reading, reading)

    def after(self, reading: Signals, checking: Signals) -> float:
        """The probability, in [0, 1], that the answer is right and supported."""
        return _logistic(self.answer, {**reading, **checking})


def log_odds(probability: float) -> float:
    """Bounded at one in a million, so that a saturated model stays comparable."""
    bounded = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(bounded / (1 - bounded))


def unsupported(sentences: Sequence[Sentence]) -> float:
    """The share of an answer's sentences that are unsupported; it has at least one."""
    return sum(sentence.support == "unsupported" for sentence in sentences) / len(sentences)


def holds(telling: Sequence[Sentence]) -> float:
    """How far the sentences that answer a question hold: the best of them."""
    return max((1.0 if sentence.support == "supported" else 0.5 for sentence in telling), default=0.0)


def load(model_sha256: str = "") -> Calibration:
    """The calibration that came with this installation, for the model of that hash or for any other."""
    stored: Mapping[str, Any] = json.loads(resources.files("rag").joinpath("calibration.json").read_text("utf-8"))
    chosen = stored["models"].get(model_sha256, stored["others"])
    names = ("probe", "answerable", "written", "stated", "gives")
    probes = {name: probe_of(chosen[name]) for name in names if name in chosen}
    files = {purpose: adapter["file"] for purpose, adapter in chosen.get("adapters", {}).items()}
    adapters = {purpose: Path(str(resources.files("rag").joinpath(file))) for purpose, file in files.items()}
    return Calibration(
        chosen["reading"], chosen["answer"], **probes, adapters=adapters, no_below=chosen.get("no_below")
    )


def probe_of(stored: Mapping[str, Any]) -> Probe:
    """A probe as it is stored: its weights are little-endian floats of 32 bits, in base 64."""
    import numpy as np

    weights = np.frombuffer(base64.b64decode(stored["weights"]), "<f4").astype(np.float32)
    return Probe(stored["layer"], weights, stored["intercept"])


def _logistic(weights: Mapping[str, float], signals: Signals) -> float:
    unknown = sorted(weights.keys() - signals.keys() - {"intercept"})
    if unknown:
        raise FootnoteError(f"rag/calibration.json weighs an unknown signal, {unknown[0]}; reinstall Footnote")
    total = sum(weight * (1.0 if name == "intercept" else signals[name]) for name, weight in weights.items())
    return 1 / (1 + math.exp(-total))
