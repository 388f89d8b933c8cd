"""The clock of one answer: when its passages were found, when its first word came, what was read and kept."""

from __future__ import annotations

from time import perf_counter

from rag.records import Reading, Timing


class Stopwatch:
    """Started when made; seconds count from then."""

    def __init__(self) -> None:
        self._started = perf_counter()
        self._retrieve_s = 0.0
        self._first_token_s: float | None = None
        self._reused: int | None = None
        self._prompts = 0  # of the parts before
        self._prompt = 0
        self._answer = 0

    def retrieved(self) -> None:
        """The passages are found."""
        self._retrieve_s = self._elapsed()

    def next_part(self) -> None:
        """Another part of the question is read from here on."""
        self._prompts += self._prompt
        self._prompt = 0

    def read(self, reading: Reading) -> None:
        """Of several prompts for one part the longest says how much was read, and the very first what was kept."""
        if self._reused is None:
            self._reused = reading.done
        self._prompt = max(self._prompt, reading.total)

    def wrote(self, tokens: int) -> None:
        """So many more tokens of the answer are written, the first of them at this moment."""
        if self._first_token_s is None:
            self._first_token_s = self._elapsed()
        self._answer += tokens

    def timing(self) -> Timing:
        """The times until this moment. Where nothing was written, the first word is that of the refusal: now."""
        now = self._elapsed()
        return Timing(
            retrieve_s=round(self._retrieve_s, 4),
            first_token_s=round(now if self._first_token_s is None else self._first_token_s, 4),
            total_s=round(now, 4),
            prompt_tokens=self._prompts + self._prompt,
            reused_tokens=self._reused or 0,
            answer_tokens=self._answer,
        )

    def _elapsed(self) -> float:
        return perf_counter() - self._started
