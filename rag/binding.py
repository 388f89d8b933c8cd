"""llama-cpp-python made fit for us: silent, kept from code of llama.cpp that crashes, and on as many cores as serve it.

What changes the binding does so for the whole process, once; it comes as an argument: `generate` alone imports it.
"""

from __future__ import annotations

import ctypes
import os
from contextlib import nullcontext
from functools import cache
from importlib import import_module
from typing import Any


@cache
def hush(binding: Any) -> None:  # noqa: ANN401  (llama_cpp has no types)
    """Silences llama.cpp without what its `verbose=False` does while it loads a model: point standard output and error
    of the whole process at nothing, so that what other threads say in those seconds is lost."""
    for name in ("llama", "_internals"):
        module: Any = import_module(f"{binding.__name__}.{name}")
        module.suppress_stdout_stderr = lambda disable=True: nullcontext()
    # An attribute of the module: llama.cpp goes on calling it as long as the process lives.
    binding.footnote_log = binding.llama_log_callback(lambda level, text, data: None)
    binding.llama_log_set(binding.footnote_log, ctypes.c_void_p(0))


@cache
def leave_amx_alone(binding: Any) -> None:  # noqa: ANN401
    """Keeps a llama.cpp that was built with AMX from using it, at the price of its other rearranged weights: it crashes
    the process on machines that say they have AMX and do not let it be used. Set-up builds it without."""
    if b"AMX_INT8 = 1" not in binding.llama_print_system_info():
        return
    defaults = binding.llama_model_default_params

    def plain() -> Any:  # noqa: ANN401
        params = defaults()
        params.use_extra_bufts = False
        return params

    binding.llama_cpp.llama_model_default_params = plain


def physical_cores() -> int:
    """The physical cores that this process may use; hyper-threads only slow llama.cpp down."""
    import psutil

    cores = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else cores
    return min(cores, allowed)
