"""A command of Footnote leaves the model hub alone by itself, whatever the environment says."""

from __future__ import annotations

import subprocess
import sys

from tests.environment import bare

SHOWN = """
from rag.__main__ import main
assert main(["--version"]) == 0
from huggingface_hub import constants  # as gradio does, long before a model is loaded
print(constants.is_offline_mode(), constants.HF_HUB_DISABLE_TELEMETRY)
"""


def test_the_hub_is_off_before_anything_can_ask_it() -> None:
    run = subprocess.run([sys.executable, "-c", SHOWN], env=bare(), capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "True True"
