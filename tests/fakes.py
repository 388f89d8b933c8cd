"""Stand-ins that implement the protocols of the model seams honestly, without any model."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Generator as Steps
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from index.encode import TokenVectors
from rag.confidence import log_odds
from rag.drawing import Choice, likeliest
from rag.errors import Cancelled, FootnoteError
from rag.generator import Piece, never
from rag.hidden import States
from rag.prompt import Prompt
from rag.records import ModelIdentity, Reading

Scripted = TypeVar("Scripted")


class HashingEncoder:
    """A bag of hashed words: texts that share words are near, and the same text always has the same vector."""

    def __init__(self, name: str = "hashing", dimension: int = 64, max_tokens: int = 254) -> None:
        self.name = name
        self.dimension = dimension
        self.max_tokens = max_tokens
        self.encoded = 0  # texts so far

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (len(texts), dimension), rows of length 1."""
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for word in re.findall(r"\w+", text.casefold()) or [text]:
                digest = hashlib.sha256(word.encode()).digest()
                row[int.from_bytes(digest[:4]) % self.dimension] += 1 if digest[4] % 2 else -1
            row[0] += 1e-3  # words that cancel out still leave a direction
        self.encoded += len(texts)
        unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit

    def encode_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """The single words of each text, at least one row."""
        found = []
        for text in texts:
            words = [(match.group(), match.start()) for match in re.finditer(r"\w+", text)] or [(text, 0)]
            vectors = self.encode([word for word, _ in words])
            found.append(TokenVectors(vectors, np.array([start for _, start in words])))
        return found

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Words and marks, as a word-piece model without a vocabulary of pieces would count them."""
        return [len(re.findall(r"\w+|[^\w\s]", text)) for text in texts]


class SpellingEncoder(HashingEncoder):
    """One that was made for another language: it takes every text apart into its letters."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [sum(not letter.isspace() for letter in text) for text in texts]


class ScriptedGenerator:
    """A model that says what it was told to, in pieces of a few characters, each one token.

    `answers` gives what it writes, several texts that are equally probable, or the fault it ends with, by a substring
    of the question; `again` the same through an adapter, where it has one; `yes` how probable its yes is, where not
    `SURE`. What it was asked is kept in `prompts`, what of it to write an answer to in `written`.
    """

    SURE = 0.99
    PIECE = 4
    CHUNK = 16
    AGAIN = "looking again"  # stands in `yes` for all that is read through the adapter that tells what is answerable
    LAYER = 1

    def __init__(
        self,
        answers: Mapping[str, str | tuple[str, ...] | FootnoteError],
        yes: Mapping[str, float] | None = None,
        again: Mapping[str, str] | None = None,
    ) -> None:
        self._answers = answers
        self._again = again or answers
        self._yes = yes or {}
        self.prompts: list[Prompt] = []
        self.written: list[Prompt] = []
        self.identity = ModelIdentity("scripted", hashlib.sha256(repr(answers).encode()).hexdigest())
        self.context_tokens = 2048
        self.adapted: list[bool] = []  # of each reading aside
        self.warmed = False

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def stream(
        self, prompt: Prompt, max_tokens: int, cancelled: Callable[[], bool] = never, *, choose: Choice = likeliest
    ) -> Iterator[Reading | Piece]:
        self.written.append(prompt)
        yield from self._read(prompt, cancelled)
        if prompt.opening:
            yield Piece(prompt.opening, 0, {})
        answer = _scripted(self._again if prompt.purpose == "answers" else self._answers, prompt)
        if answer is None:
            raise AssertionError(f"no answer is scripted for {prompt.turns[-1].parts[-1]!r}")
        if isinstance(answer, FootnoteError):
            raise answer
        if isinstance(answer, tuple):
            answer = answer[choose(np.zeros(len(answer), np.float32))]
        for start in range(0, min(len(answer), max_tokens * self.PIECE), self.PIECE):
            if cancelled():
                raise Cancelled("stopped while writing the answer")
            yield Piece(answer[start : start + self.PIECE], 1, {self.LAYER: self._state(prompt)})

    def judge(
        self, prompt: Prompt, cancelled: Callable[[], bool] = never, *, aside: bool = False
    ) -> Steps[Reading, None, float]:
        yield from self._read(prompt, cancelled)
        probability = _scripted(self._yes, prompt)
        return self.SURE if probability is None else probability

    def states(self, prompt: Prompt, cancelled: Callable[[], bool] = never) -> Steps[Reading, None, States]:
        yield from self._read(prompt, cancelled)
        return {self.LAYER: self._state(prompt)}

    def state_aside(
        self, prompt: Prompt, layer: int, cancelled: Callable[[], bool] = never, *, adapted: bool = False
    ) -> Steps[Reading, None, States]:
        self.adapted.append(adapted)
        yield from self._read(prompt, cancelled)
        return {layer: self._state(prompt)}

    def _state(self, prompt: Prompt) -> NDArray[np.float32]:
        """One number: the log-odds of the scripted yes."""
        again = self._yes.get(self.AGAIN) if prompt.purpose == "answerable" else None
        probability = _scripted(self._yes, prompt) if again is None else again
        return np.array([log_odds(self.SURE if probability is None else probability)], np.float32)

    def likelihood(
        self, prompt: Prompt, text: str, cancelled: Callable[[], bool] = never, *, aside: bool = False
    ) -> Steps[Reading, None, float]:
        """A word that stands in the passages is twice as probable."""
        yield from self._read(prompt, cancelled)
        passages = "".join(prompt.turns[-1].parts).removesuffix(text)
        return sum(math.log(0.2 if word in passages else 0.1) for word in text.split())

    def warm(self, beginning: Prompt) -> None:
        self.warmed = True

    def _read(self, prompt: Prompt, cancelled: Callable[[], bool]) -> Iterator[Reading]:
        self.prompts.append(prompt)
        total = sum(self.count_tokens(part) for turn in prompt.turns for part in turn.parts)
        yield Reading(0, total)
        for start in range(0, total, self.CHUNK):
            if cancelled():
                raise Cancelled("stopped while reading the passages")
            yield Reading(min(start + self.CHUNK, total), total)


def _scripted(script: Mapping[str, Scripted], prompt: Prompt) -> Scripted | None:
    """What the script has for the question, which stands in the last part of the reader's turn that it knows."""
    parts = [part for turn in prompt.turns if turn.role == "user" for part in turn.parts]
    return next((script[key] for part in reversed(parts) for key in script if key in part), None)
