"""Catching hidden states where llama.cpp was not installed whole."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from rag.errors import ModelError
from rag.hidden import Tap


def test_a_library_that_is_not_there_is_a_fault_in_words(tmp_path: Path) -> None:
    binding = SimpleNamespace(
        __file__=str(tmp_path / "__init__.py"), ggml_backend_sched_eval_callback=lambda shown: shown
    )
    with pytest.raises(ModelError, match="install llama-cpp-python again"):
        Tap(binding, (1,))
