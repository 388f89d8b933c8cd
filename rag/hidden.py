"""The hidden state of one layer at the token that was read last, caught while llama.cpp computes it.

llama.cpp shows every tensor of its graph to a callback before and after computing it, and gives the states of inner
layers out in no other way. The binding comes as an argument: `generate` alone imports it. Knows nothing of prompts.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FLOAT_BYTES = 4


class Tap:
    """Catches the output of one layer of one model, of `width` numbers a token, while it is open."""

    def __init__(self, binding: Any, layer: int) -> None:  # noqa: ANN401  (llama_cpp has no types)
        self._binding = binding
        self._wanted = f"l_out-{layer}".encode()
        self._open = False
        self._caught: NDArray[np.float32] | None = None
        # Held here: llama.cpp goes on calling it as long as the model lives.
        self._callback = binding.ggml_backend_sched_eval_callback(self._shown)
        folder = Path(binding.__file__).parent / "lib"
        self._ggml = ctypes.CDLL(str(next(folder.glob("*ggml-base*"))))
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
        self._width = 0

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
    def opened(self, width: int) -> Iterator[None]:
        """What is read within is caught; `width` is the model's own."""
        self._width, self._open = width, True
        try:
            yield
        finally:
            self._open = False

    def taken(self) -> NDArray[np.float32] | None:
        """The state of the last token read while open, shape (width,), once; None where the layer never came."""
        caught, self._caught = self._caught, None
        return caught

    def _shown(self, tensor: int, asked: bool, _: int) -> bool:
        """Asked: whether the tensor is wanted. Afterwards: whether to go on."""
        if asked:
            return self._open and self._ggml.ggml_get_name(tensor) == self._wanted
        import numpy as np

        state, size = np.empty(self._width, np.float32), self._width * FLOAT_BYTES
        self._ggml.ggml_backend_tensor_get(
            tensor, state.ctypes.data, self._ggml.ggml_nbytes(tensor) - size, size
        )  # tokens lie one after another, the last one last
        self._caught = state
        return True
