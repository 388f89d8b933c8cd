"""The records of an answer and the events of asking. Frozen; offsets are code points into the stored text.

Passages are numbered in the order in which the answer first cites them, those not cited after those cited, so the
marker of a citation is the marker of the passage that holds it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from index.records import Hit, Passage

Support = Literal["supported", "partial", "unsupported"]
Standing = Literal["supported", "partly supported", "contradicted", "not found", "no claim"]


@dataclass(frozen=True, slots=True)
class Citation:
    """The exact words of a source that a sentence rests on: `document.text[start:end] == quote`."""

    marker: int
    document_id: str
    path: str
    title: str
    page: int | None
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Dispute:
    """Another document that contradicts a supported sentence: `instead` stands there in the place of `words`.

    `date` and `cited_date` are those of the other document and of the one that the sentence rests on, as the files
    give them; None where they give none.
    """

    words: str
    instead: str
    citation: Citation
    date: str | None
    cited_date: str | None


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer with its verdict. `reasons` says in words what keeps it from being supported.

    `claim` is False for a sentence that asserts nothing checkable; such a sentence needs no citation.
    `score` is the estimated probability in [0, 1] that the cited words support the sentence.
    """

    text: str
    support: Support
    score: float
    citations: tuple[Citation, ...]
    reasons: tuple[str, ...] = ()
    claim: bool = True
    disputed: tuple[Dispute, ...] = ()

    @property
    def markers(self) -> tuple[int, ...]:
        """Distinct markers in order."""
        return tuple(dict.fromkeys(citation.marker for citation in self.citations))


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of a text that was checked: `text[start:end]` of it, and where the documents stand on it.

    `against` quotes what says otherwise, where the documents contradict it, or each other about it.
    """

    start: int
    end: int
    sentence: Sentence
    standing: Standing
    against: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class NumberedPassage:
    """A passage that was read for an answer, with the number that the answer's markers use."""

    marker: int
    hit: Hit

    @property
    def passage(self) -> Passage:
        return self.hit.passage


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds and tokens of one answer. `reused_tokens` were read for an earlier prompt and kept."""

    retrieve_s: float
    first_token_s: float
    total_s: float
    prompt_tokens: int
    reused_tokens: int
    answer_tokens: int


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """The answering model: its catalogue or file name and the SHA-256 of its bytes."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class IndexIdentity:
    """The state of the index an answer was made from."""

    generation: int
    embedding_model: str


@dataclass(frozen=True, slots=True)
class CheckedText:
    """A text held against the documents. `passages` are all that were read for any of its sentences. `id` is the same
    for the same text and question, checked in the same way against the same index."""

    id: str
    statements: tuple[Statement, ...]
    passages: tuple[NumberedPassage, ...]
    index: IndexIdentity


@dataclass(frozen=True, slots=True)
class Instead:
    """What the documents tell about where a question names something else: `instead`, as 1955, for `words`, as 1954.

    `kind` is that of the fact, or "contrary", as large is that of small. The citation's marker is the number of the
    passage among those that were read.
    """

    kind: str
    words: str
    instead: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished answer. `answered` is False when the documents do not say; `sentences` is then empty.

    `standalone` is how a question that leans on earlier ones was understood, and "" where it was taken as it stands.
    `left_out` counts the unsupported sentences that the reader did not wish to see. `instead` is what the
    documents tell about where a question that they do not answer names something else, names left out.
    """

    id: str
    question: str
    answer: str
    answered: bool
    confidence: float
    sentences: tuple[Sentence, ...]
    passages: tuple[NumberedPassage, ...]
    timing: Timing
    model: ModelIdentity
    index: IndexIdentity
    standalone: str = ""
    left_out: int = 0
    instead: tuple[Instead, ...] = ()


@dataclass(frozen=True, slots=True)
class Exchange:
    """An earlier question of a conversation, as it was understood, and the words of its answer, "" if there is none."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """The question waits for `before` others; 0 says that its turn has come. Told by the queue, not by answering."""

    before: int


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The passages to be read are known; nothing is numbered yet. `standalone` is as in the answer."""

    hits: tuple[Hit, ...]
    standalone: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """The model has read `done` of `total` prompt tokens, lately `rate` a second; 0 where that is not known yet.
    `again` is for another answer, where the first is not sure enough."""

    done: int
    total: int
    rate: float = 0.0
    again: bool = False

    @property
    def seconds_left(self) -> float | None:
        return (self.total - self.done) / self.rate if self.rate else None


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the answer as the model writes it, before it is checked."""

    text: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A sentence of the answer is complete and has its verdict."""

    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What an answer depends on besides its question and the documents. `seed` is that of drawing tokens,
    0 where none were drawn.

    `settings` are those that shape an answer, by name, without the folders of this machine. `documents` are the ids
    of those that it was limited to; none means all. `itself_sha256` is Footnote's own fingerprint and `engine` the
    version of llama-cpp-python; both "" where they were not recorded yet.
    """

    version: str
    model: str
    model_sha256: str
    prompts_sha256: str
    embedding_model: str
    generation: int
    seed: int
    settings: Mapping[str, Any]
    documents: Collection[str] = ()
    itself_sha256: str = ""
    engine: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """The whole answer, and what it depends on besides its question; always the last event."""

    answer: Answer
    circumstances: Circumstances


Event = Retrieved | Reading | Token | Checked | Done
