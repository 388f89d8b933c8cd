"""The hidden states of some layers at the token that was read last, caught while llama.cpp computes them.

llama.cpp shows every tensor of its graph to a callback before and after computing it, and gives the states of inner
layers out in no other way. The binding comes as an argument: `generate` alone imports it. Knows nothing of prompts.
"""

from __future__ import annotations

import ctypes
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import reduce
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FLOAT_BYTES = 4

States = Mapping[int, "NDArray[np.float32]"]  # by layer, each of the shape (width,)


class Tap:
    """Catches the output of some layers of one model, of `width` numbers a token. Raises ModelError where llama.cpp
    was not installed whole."""

    def __init__(self, binding: Any, layers: Collection[int]) -> None:  # noqa: ANN401  (llama_cpp has no types)
        self._binding = binding
        self._wanted = {f"l_out-{layer}".encode(): layer for layer in layers}
        self._caught: dict[int, NDArray[np.float32]] = {}
        self._highest: int | None = None
        self.width = 0  # the model's own; to be set before anything is read
        # Held here: llama.cpp goes on calling it as long as the model lives.
        self._callback = binding.ggml_backend_sched_eval_callback(self._shown)
        folder = Path(binding.__file__).parent / "lib"
        library = next(folder.glob("*ggml-base*"), None)
        if library is None:
            raise ModelError(f"{folder} does not hold llama.cpp's ggml-base: install llama-cpp-python again")
        self._ggml = ctypes.CDLL(str(library))
        self._ggml.ggml_get_name.restype = ctypes.c_char_p
        self._ggml.ggml_get_name.argtypes = [ctypes.c_void_p]
        self._ggml.ggml_nbytes.restype = ctypes.c_size_t
        self._ggml.ggml_nbytes.argtypes = [ctypes.c_void_p]
        self._ggml.ggml_backend_tensor_get.argtypes = [
            ctypes.c_void_p,
            ctypes.c_void_p,
            ctypes.c_size_t,
            ctypes.c_size_t,
        ]

    @property
    def states(self) -> States:
        """Of the last token read; a layer that the model does not have never comes."""
        return dict(self._caught)

    @contextmanager
    def attached(self) -> Iterator[None]:
        """A model loaded within shows its tensors here; llama-cpp-python's `Llama` has no argument for that."""
        module = self._binding.llama_cpp
        defaults = module.llama_context_default_params

        def with_callback() -> Any:  # noqa: ANN401
            params = defaults()
            params.cb_eval = self._callback
            return params

        module.llama_context_default_params = with_callback
        try:
            yield
        finally:
            module.llama_context_default_params = defaults

    @contextmanager
    def up_to(self, layer: int) -> Iterator[None]:
        """Of what is read within nothing above this layer is computed, logits neither. What was read so can serve
        nothing but its state."""
        self._highest = layer
        try:
            yield
        finally:
            self._highest = None

    def _shown(self, tensor: int, asked: bool, _: int) -> bool:
        """Asked: whether the tensor is wanted. Afterwards: whether to go on."""
        layer = self._wanted.get(self._ggml.ggml_get_name(tensor))
        if asked:
            return layer is not None
        import numpy as np

        assert layer is not None  # nothing else was asked for
        state, size = np.empty(self.width, np.float32), self.width * FLOAT_BYTES
        self._ggml.ggml_backend_tensor_get(
            tensor, state.ctypes.data, self._ggml.ggml_nbytes(tensor) - size, size
        )  # tokens lie one after another, the last one last
        self._caught[layer] = state
        return layer != self._highest


def summed(states: Sequence[States]) -> States:
    """Layer by layer; none of none."""
    return {layer: reduce(add, (one[layer] for one in states)) for layer in (states[0] if states else ())}


def mean(sums: Sequence[States], tokens: int) -> States:
    """Of all tokens whose states are summed in `sums`."""
    return {layer: (total / tokens).astype(total.dtype) for layer, total in summed(sums).items()}
