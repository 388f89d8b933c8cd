"""The environment of a process under test."""

from __future__ import annotations

import os

OF_TESTS = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "GRADIO_ANALYTICS_ENABLED")


def bare(**others: str) -> dict[str, str]:
    """This one without what keeps the libraries of the tests themselves quiet: Footnote has to see to that alone."""
    return {name: value for name, value in os.environ.items() if name not in OF_TESTS} | others
