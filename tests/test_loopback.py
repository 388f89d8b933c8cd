"""Nothing leaves the machine over a whole session of server, browser and commands, with the real models."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from rag.settings import Settings
from tests.environment import bare

pytestmark = [pytest.mark.network, pytest.mark.slow, pytest.mark.timeout(600)]


def test_no_packet_leaves_loopback(
    real_settings: Settings, answering_model: Path, embedding_model: Path, alone: list[str]
) -> None:
    assert alone
    assert answering_model.exists()
    assert embedding_model.exists()
    process = subprocess.run(
        [sys.executable, "-m", "benchmarks.loopback", "--json"],
        cwd=Path(__file__).parents[1],
        env=bare(FOOTNOTE_MODELS=str(real_settings.models)),
        capture_output=True,
        text=True,
    )
    assert process.returncode == 0, process.stderr + process.stdout
    counted = {measure["name"]: measure["actual"] for measure in json.loads(process.stdout)["measures"]}
    assert counted["packets"] == counted["requests"] == 0
    assert counted["counted"] > 0, "a packet that leaves would not be noticed"
