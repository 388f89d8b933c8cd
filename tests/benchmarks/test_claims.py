"""The benchmark of claims, on claims of its own and an encoder that hashes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import claims
from benchmarks.report import EXIT_FAULT, EXIT_HELD
from index.library import Library
from rag.checking import Checker
from rag.settings import Settings
from tests.fakes import HashingEncoder

CLAIMS = [
    {"text": "The harbour office opened in 1911.", "expected": "supported"},
    {"text": "The harbour office opened in 1912.", "expected": "contradicted"},
    {"text": "The harbour office opened in 1911.", "expected": "contradicted"},
]


def opened(settings: Settings, quick: bool) -> Checker:
    encoder = HashingEncoder()
    return Checker(Library(settings.index, encoder), encoder, settings)


def test_what_is_found_stands_beside_what_is_expected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "harbour.md").write_text("# The harbour\n\nThe harbour office opened in 1911.\n")
    filed = tmp_path / "claims.jsonl"
    filed.write_text("".join(f"{json.dumps(claim)}\n" for claim in CLAIMS))
    code = claims.main([str(filed), "--documents", str(tmp_path / "papers"), "--show", "--json"], opened)
    shown, said = capsys.readouterr()
    found = {measure["name"]: measure["over"] for measure in json.loads(shown)["measures"]}
    assert code == EXIT_HELD
    assert (found["supported:_supported"], found["contradicted:_contradicted"]) == ("1 of 1", "1 of 2")
    assert found["contradicted:_supported"] == "1 of 2"
    assert said.splitlines() == ["contradicted -> supported: The harbour office opened in 1911."]


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    assert claims.main([str(tmp_path / "none.jsonl"), "--documents", str(tmp_path)], opened) == EXIT_FAULT
