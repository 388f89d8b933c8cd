"""Forward passes of one model through llama.cpp: read in a thread of their own, watched, stopped at once, undone.

Knows nothing of prompts or of what the tokens mean. The binding comes as an argument: `generate` alone imports it.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal

from rag.errors import Cancelled, ModelError, ModelInvalid

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LOOK_S = 0.2  # how often a pass is looked at while it goes on
_STOP, _GO_ON = b"x", b"\0"

Purpose = Literal["claims", "answers", "answerable"]  # what an adapter is for


@dataclass(frozen=True, slots=True)
class Chunk:
    """Tokens that are read in one pass, through the adapter for what they are read for, if there is one."""

    tokens: tuple[int, ...]
    purpose: Purpose | None = None

    def __len__(self) -> int:
        return len(self.tokens)


class Passes:
    """What a loaded model has read, token by token, and how it reads on. `name` stands in its faults; `adapters` are
    files of low-rank matrices by what they are for.

    Raises ModelInvalid where one of them is none for this model.
    """

    def __init__(
        self,
        binding: Any,  # noqa: ANN401  (llama_cpp has no types)
        model: Any,  # noqa: ANN401
        name: str,
        adapters: Mapping[Purpose, Path],
    ) -> None:
        self._binding = binding
        self._model = model
        self._name = name
        self._worker = ThreadPoolExecutor(1, "reading")
        self.rate = 0.0  # tokens a second in the last pass of more than one; 0 before
        # llama.cpp asks before each of some thousand operations whether to stop. What answers is strlen of this text,
        # which is not empty once we want it to: Python itself would have to wait for other threads every time.
        self._wish = ctypes.create_string_buffer(2)
        strlen = (ctypes.cdll.msvcrt if os.name == "nt" else ctypes.CDLL(None)).strlen
        self._asked = ctypes.cast(strlen, binding.ggml_abort_callback)
        binding.llama_set_abort_callback(model.ctx, self._asked, ctypes.cast(self._wish, ctypes.c_void_p))
        self._adapters = {}
        for purpose, adapter in adapters.items():
            self._adapters[purpose] = binding.llama_adapter_lora_init(model.model, str(adapter).encode())
            if not self._adapters[purpose]:
                raise ModelInvalid(f"{adapter}: it is no adapter for {name}; reinstall Footnote")
        self._used: Any = None  # the one of them that llama.cpp reads through

    def keep(self, tokens: int) -> None:
        """Forgets all but so many tokens from the beginning."""
        self._model.n_tokens = tokens

    def read(self, chunk: Chunk, logits: int, cancelled: Callable[[], bool]) -> Iterator[int]:
        """Reads at most as many tokens as the model was opened for at once; yields now and then how many of them are
        read by now, as far as the rate of an earlier pass tells. The logits of the last `logits` can be had afterwards.

        Raises Cancelled soon after `cancelled` turns true, when only these tokens are lost, and ModelError where
        llama.cpp fails, when everything read before is lost, too.
        """
        if cancelled():
            raise Cancelled("stopped before reading on")
        self._through(chunk.purpose)
        tokens = chunk.tokens
        started, told = monotonic(), 0
        passing = self._worker.submit(self._pass, tokens, logits)
        try:
            while wait((passing,), LOOK_S).not_done:
                if cancelled():
                    raise Cancelled("stopped while reading")
                by_now = min(int((monotonic() - started) * self.rate), len(tokens) - 1)
                if by_now > told:
                    told = by_now
                    yield told
        finally:
            if not passing.done():
                self._wish.raw = _STOP + _GO_ON
                wait((passing,))
                self._wish.raw = _GO_ON * 2
        try:
            passing.result()
        except RuntimeError as error:
            self._model.reset()
            raise ModelError(f"{self._name}: the model failed while reading ({error}); ask again") from error
        if len(tokens) > 1:
            self.rate = len(tokens) / max(monotonic() - started, 1e-6)

    def _through(self, purpose: Purpose | None) -> None:
        """What is read from now on goes through the adapter for that, or through none where there is none."""
        binding, adapter = self._binding, self._adapters.get(purpose) if purpose else None
        if adapter is self._used:
            return
        adapters = (binding.llama_adapter_lora_p_ctypes * 1)(adapter) if adapter else None
        if binding.llama_set_adapters_lora(self._model.ctx, adapters, int(bool(adapter)), (ctypes.c_float * 1)(1.0)):
            raise ModelError(f"{self._name}: the adapter for {purpose} cannot be used; reinstall Footnote")
        self._used = adapter

    def _pass(self, tokens: tuple[int, ...], logits: int) -> None:
        model = self._model
        model._ctx.kv_cache_seq_rm(-1, model.n_tokens, -1)
        model._batch.set_batch(tokens, n_past=model.n_tokens, logits_all=False)
        for index in range(len(tokens)):
            model._batch.batch.logits[index] = index >= len(tokens) - logits
        model._ctx.decode(model._batch)
        model.n_tokens += len(tokens)

    def logits(self, position: int = -1) -> NDArray[np.float32]:
        """The logits of one token of those read last, shape (vocabulary,)."""
        import numpy as np

        pointer = self._binding.llama_get_logits_ith(self._model.ctx, position)
        return np.ctypeslib.as_array(pointer, shape=(self._model.n_vocab(),)).copy()

    def ends(self, token: int) -> bool:
        """Whether a token ends what the model writes."""
        vocabulary = self._binding.llama_model_get_vocab(self._model.model)
        return bool(self._binding.llama_vocab_is_eog(vocabulary, token))

    def save(self) -> Callable[[], bool]:
        """A copy of the model's state; calling it puts the state back, and tells whether it could."""
        binding, context = self._binding, self._model.ctx
        state = (ctypes.c_uint8 * binding.llama_state_seq_get_size(context, 0))()
        binding.llama_state_seq_get_data(context, state, len(state), 0)

        return lambda: bool(binding.llama_state_seq_set_data(context, state, len(state), 0))
