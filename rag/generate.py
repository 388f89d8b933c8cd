"""The answering model by llama.cpp: reads a prompt in chunks, writes, says how probable "yes" or a text is.

Deterministic whatever was read before: a prompt is cut into chunks in one way only, and of an earlier prompt just the
leading chunks that are equal are kept, so every token is always computed in the same batch at the same place.
Knows nothing of passages, citations or verdicts.
"""

from __future__ import annotations

import codecs
import math
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from collections.abc import Generator as Steps
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.binding import hush, leave_amx_alone, physical_cores
from rag.chat_form import ChatForm
from rag.copying import copying
from rag.drawing import Choice, likeliest
from rag.errors import ModelError, ModelInvalid, ModelMissing
from rag.generator import Piece, never
from rag.hidden import States, Tap, summed
from rag.passes import Chunk, Passes, Purpose
from rag.prompt import Prompt
from rag.records import ModelIdentity, Reading

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Tokens read in one call, which takes nearly all passages and the question of most prompts. Each call goes through all
# weights once: a prompt cut at 128 takes a tenth longer; more are no faster and take memory (benchmarks/LOG.md).
CHUNK_TOKENS = 320

_YES = ("yes", "Yes", " yes", " Yes")
_NO = ("no", "No", " no", " No")
_FULL_STOPS = (b".", b"!", b"?")


class LlamaGenerator:
    """A GGUF model through llama.cpp, loaded at first use.

    `threads` of 0 means the physical cores; `layers` are those whose states are given out; `adapters` are files of
    low-rank matrices (Hu et al., "LoRA", 2021): that for "claims" `state_aside` can read through, that for "answers"
    questions are read and answers written through. Raises ModelMissing and ModelInvalid when loading.
    """

    def __init__(
        self,
        path: Path,
        identity: ModelIdentity,
        context_tokens: int = 2048,
        threads: int = 0,
        layers: Collection[int] = (),
        adapters: Mapping[Purpose, Path] | None = None,
    ) -> None:
        self._path = path
        self._identity = identity
        self._context_tokens = context_tokens
        self._threads = threads or physical_cores()
        # llama.cpp aborts the process when two threads use one context. A plain lock, because a server may take the
        # steps of one answer in several threads.
        self._lock = threading.Lock()
        self._model: Any = None
        self._form: Any = None
        self._layers = layers
        self._adapters = adapters or {}
        self._tap: Tap | None = None
        self._passes: Any = None
        self._kept: list[Chunk] = []  # chunks whose state the model holds, from the beginning
        self._fresh = False  # whether the logits at hand are those of the last token kept

    @property
    def identity(self) -> ModelIdentity:
        return self._identity

    @property
    def context_tokens(self) -> int:
        return self._context_tokens

    def warm(self, beginning: Prompt) -> None:
        with self._lock:
            chunks = self._chunks(beginning)
            if self._kept[:1] != chunks[:1]:
                for _ in self._read_chunks(chunks, never, most_kept=0, end=1):
                    pass

    def count_tokens(self, text: str) -> int:
        with self._lock:
            return len(self._plain_tokens(text))

    def stream(
        self, prompt: Prompt, max_tokens: int, cancelled: Callable[[], bool] = never, *, choose: Choice = likeliest
    ) -> Iterator[Reading | Piece]:
        with self._lock:
            yield from self._read(self._chunks(prompt), cancelled, room=max_tokens)
            if prompt.opening:
                yield Piece(prompt.opening, 0, {})
            decode = codecs.getincrementaldecoder("utf-8")("replace").decode
            pending: list[States] = []
            if choose is likeliest and prompt.source:
                choose = copying(self._plain_tokens(prompt.source), self._is_fixed)
            for token, states in self._write(prompt, max_tokens, cancelled, choose):
                pending.append(states)
                text = decode(self._model.detokenize([token], special=False))
                if text:
                    yield Piece(text, len(pending), summed(pending))
                    pending.clear()

    def judge(
        self, prompt: Prompt, cancelled: Callable[[], bool] = never, *, aside: bool = False
    ) -> Steps[Reading, None, float]:
        with self._lock, self._unchanged() if aside else nullcontext():
            yield from self._read(self._chunks(prompt), cancelled, room=1)
            logits = self._passes.logits()
            yes, no = self._mass(logits, _YES), self._mass(logits, _NO)
            return yes / (yes + no)

    def states(self, prompt: Prompt, cancelled: Callable[[], bool] = never) -> Steps[Reading, None, States]:
        with self._lock:
            yield from self._read(self._chunks(prompt), cancelled, room=1)
            return self._tap.states if self._tap else {}

    def state_aside(
        self, prompt: Prompt, layer: int, cancelled: Callable[[], bool] = never, *, adapted: bool = False
    ) -> Steps[Reading, None, States]:
        with self._lock:
            chunks = self._chunks(prompt)
            if adapted:
                chunks = [replace(chunk, purpose="claims") for chunk in chunks]
            with self._unchanged(), self._tap.up_to(layer) if self._tap else nullcontext():
                self._kept = []  # what was read before shows no state now
                yield from self._read(chunks, cancelled, room=1)
                return {at: state for at, state in self._tap.states.items() if at == layer} if self._tap else {}

    def likelihood(
        self, prompt: Prompt, text: str, cancelled: Callable[[], bool] = never, *, aside: bool = False
    ) -> Steps[Reading, None, float]:
        with self._lock:
            chunks, wanted = self._chunks(prompt), len(self._plain_tokens(text))
            self._require_room(chunks, 1)
            behind = len(self._segments(prompt)[-1])  # the template's own tokens, which come after the text
            every = len(chunks)
            while len(chunks[-1]) <= behind:
                behind -= len(chunks.pop())
            first, tokens = len(chunks), 0
            while first and tokens <= wanted + behind:  # one token more, which predicts the first of them
                first -= 1
                tokens += len(chunks[first])
            if self._kept[:first] != chunks[:first]:  # not aside: the next prompt begins like this, too
                yield from self._read_chunks(chunks, cancelled, most_kept=first, end=first)
            with self._unchanged() if aside else nullcontext():
                yield from self._read_chunks(chunks, cancelled, most_kept=first, end=first)
                found: list[float] = []
                before = None
                for number, chunk in enumerate(chunks[first:], first + 1):
                    later = sum(map(len, chunks[number:]))
                    logits = min(len(chunk), wanted + 1 + behind - later)
                    for _ in self._evaluate(chunk, logits, cancelled):
                        pass
                    self._kept.append(chunk)
                    for position, token in enumerate(chunk.tokens[: len(chunk) + later - behind]):
                        if before is not None:
                            found.append(_log_probability(before, token))
                        before = self._passes.logits(position) if position >= len(chunk) - logits else None
                self._fresh = len(chunks) == every
            return sum(found)

    def _load(self) -> Any:  # noqa: ANN401  (llama_cpp is imported late)
        if self._model is not None:
            return self._model
        if not self._path.is_file():
            raise ModelMissing(f"{self._path}: the answering model is not there; run: footnote models fetch")
        import jinja2
        import llama_cpp
        from llama_cpp.llama_chat_format import Jinja2ChatFormatter

        hush(llama_cpp)
        leave_amx_alone(llama_cpp)
        tap = Tap(llama_cpp, self._layers) if self._layers else None
        try:
            with tap.attached() if tap else nullcontext():
                model = llama_cpp.Llama(
                    str(self._path),
                    n_ctx=self._context_tokens,
                    n_batch=CHUNK_TOKENS,
                    n_ubatch=CHUNK_TOKENS,
                    n_threads=self._threads,
                    n_threads_batch=self._threads,
                    verbose=False,
                )
        except (ValueError, OSError) as error:
            raise ModelInvalid(f"{self._path}: llama.cpp cannot load it ({error}); fetch it again") from error
        except jinja2.TemplateError as error:  # it compiles the chat template while loading
            raise ModelInvalid(f"{self._path}: its chat template is none ({error}); choose another model") from error
        template = model.metadata.get("tokenizer.chat_template")
        if not template:
            raise ModelInvalid(f"{self._path}: the file carries no chat template; choose a chat or instruct model")
        self._form = ChatForm(
            Jinja2ChatFormatter(
                template,
                eos_token=_token_text(model, model.token_eos()),
                bos_token=_token_text(model, model.token_bos()),
            )
        )
        if tap:
            tap.width = model.n_embd()
        passes = Passes(llama_cpp, model, self._path.name, self._adapters)
        self._model, self._tap, self._passes = model, tap, passes
        return model

    def _plain_tokens(self, text: str) -> list[int]:
        # special=False: what looks like a control token inside a document or a question stays plain text
        tokens: list[int] = self._load().tokenize(text.encode(), add_bos=False, special=False)
        return tokens

    def _chunks(self, prompt: Prompt) -> list[Chunk]:
        """The prompt's tokens, cut at the end of each part and every CHUNK_TOKENS within a part.

        The template's end is read with the last part where states are given out: whether passages answer is told by
        them then, and by no other prompt that begins like this one and would have to read that part again.
        """
        segments = self._segments(prompt)
        if self._layers:
            segments[-2:] = [segments[-2] + segments[-1]]
        last = sum(len(turn.parts) for turn in prompt.turns) - 1
        return [
            Chunk(tuple(segment[start : start + CHUNK_TOKENS]), prompt.purpose if number >= last else None)
            for number, segment in enumerate(segments)
            for start in range(0, len(segment), CHUNK_TOKENS)
        ]

    def _segments(self, prompt: Prompt) -> list[list[int]]:
        """The tokens of each part with what the template puts before it; last, those with which it ends the prompt."""
        model = self._load()
        segments = self._form.segments(prompt)
        if segments is None:
            raise ModelInvalid(f"{self._path}: its chat template drops what it is given; choose another model")
        tokens = [
            [*model.tokenize(segment.scaffold.encode(), add_bos=False, special=True), *self._plain_tokens(segment.text)]
            for segment in segments
        ]
        if self._wants_bos(segments[0].scaffold):
            tokens[0].insert(0, model.token_bos())
        return tokens

    def _wants_bos(self, beginning: str) -> bool:
        model = self._model
        wanted = model.metadata.get("tokenizer.ggml.add_bos_token", "false") == "true"
        return wanted and not beginning.startswith(_token_text(model, model.token_bos()))

    def _read(self, chunks: list[Chunk], cancelled: Callable[[], bool], room: int) -> Iterator[Reading]:
        self._require_room(chunks, room)
        # The last chunk is read again where its logits are lost.
        most_kept = len(chunks) if self._fresh and self._kept == chunks else len(chunks) - 1
        yield from self._read_chunks(chunks, cancelled, most_kept, end=len(chunks))
        self._fresh = True

    def _require_room(self, chunks: list[Chunk], room: int) -> None:
        total = sum(map(len, chunks))
        if total + room > self._context_tokens:
            raise ModelError(
                f"the prompt takes {total} tokens and the answer {room}, more than the {self._context_tokens} that "
                "the model was opened with; ask a shorter question"
            )

    def _read_chunks(
        self, chunks: list[Chunk], cancelled: Callable[[], bool], most_kept: int, end: int
    ) -> Iterator[Reading]:
        """Reads `chunks[:end]`, without those at the beginning, `most_kept` at most, that the model has read before."""
        total, same = sum(map(len, chunks)), 0
        while same < min(most_kept, len(self._kept)) and chunks[same] == self._kept[same]:
            same += 1
        self._fresh &= same == len(self._kept)
        del self._kept[same:]
        done = sum(map(len, self._kept))
        self._passes.keep(done)
        yield Reading(done, total, self._passes.rate)
        for chunk in chunks[same:end]:
            for by_now in self._evaluate(chunk, int(chunk is chunks[-1]), cancelled):
                yield Reading(done + by_now, total, self._passes.rate)
            self._kept.append(chunk)
            done += len(chunk)
            yield Reading(done, total, self._passes.rate)

    def _write(
        self, prompt: Prompt, max_tokens: int, cancelled: Callable[[], bool], choose: Choice
    ) -> Iterator[tuple[int, States]]:
        """Token by token, each with the states that it came from."""
        for _ in range(max_tokens):
            token = choose(self._passes.logits())
            if self._passes.ends(token):
                return
            yield token, self._tap.states if self._tap else {}
            for _ in self._evaluate(Chunk((token,), prompt.purpose), cancelled=cancelled):
                pass

    @contextmanager
    def _unchanged(self) -> Iterator[None]:
        """Whatever is read within, afterwards the model holds what it held before: its state is copied and put back."""
        kept, rate, restore = list(self._kept), self._passes.rate, self._passes.save()
        try:
            yield
        finally:
            self._fresh = False
            self._kept = kept if restore() else []  # where it did not fit everything is read again
            self._passes.keep(sum(map(len, self._kept)))
            self._passes.rate = rate

    def _evaluate(self, chunk: Chunk, logits: int = 1, cancelled: Callable[[], bool] = never) -> Iterator[int]:
        self._fresh = False
        try:
            yield from self._passes.read(chunk, logits, cancelled)
        except ModelError:
            self._kept.clear()
            raise

    def _is_fixed(self, token: int) -> bool:
        """Whether a token is a number, or ends a sentence or the text."""
        text = self._model.detokenize([token], special=False).strip()
        return self._passes.ends(token) or text.isdigit() or text in _FULL_STOPS

    def _mass(self, logits: NDArray[np.float32], words: tuple[str, ...]) -> float:
        """The summed weight of the words that are single tokens, relative to the highest logit."""
        import numpy as np

        ids = {tokens[0] for tokens in map(self._plain_tokens, words) if len(tokens) == 1}
        return float(np.exp(logits[sorted(ids)] - logits.max()).sum()) + 1e-12


def _log_probability(logits: NDArray[np.float32], token: int) -> float:
    import numpy as np

    top = logits.max()
    return float(logits[token] - top) - math.log(float(np.exp(logits - top).sum()))


def _token_text(model: Any, token: int) -> str:  # noqa: ANN401
    return "" if token == -1 else str(model._model.token_get_text(token))
