"""What a benchmark prints: each measure beside the floor it must hold, as a plain table or as JSON.

Floors are data, in `floors.toml`. Knows nothing of how a measure comes about.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

FLOORS = Path(__file__).with_name("floors.toml")

EXIT_HELD = 0
EXIT_FAULT = 1  # the measurement itself failed; 2 is argparse's
EXIT_MISSED = 3  # it was carried out, and a floor was not held

Unit = Literal["%", "s", "ms", "times", "tokens", "MB", "files", ""]
Bound = Literal["at_least", "at_most", "under"]


@dataclass(frozen=True, slots=True)
class Floor:
    """What a measure has to be."""

    bound: Bound
    value: float

    def held_by(self, actual: float) -> bool:
        if self.bound == "at_least":
            return actual >= self.value
        return actual <= self.value if self.bound == "at_most" else actual < self.value


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of the table. `actual` is None where there was nothing to measure; shares are in [0, 1].

    `of` says what it was taken over, like "54 of 60" or "median of 5".
    """

    name: str
    title: str
    actual: float | None
    unit: Unit
    of: str = ""


def floors(command: str, path: Path = FLOORS) -> dict[str, Floor]:
    """The floors of one command by the name of the measure. Raises ValueError for a bound that does not exist."""
    with path.open("rb") as file:
        table: Mapping[str, Mapping[str, float]] = tomllib.load(file)[command]
    found: dict[str, Floor] = {}
    for name, entry in table.items():
        match list(entry.items()):
            case [("at_least" | "at_most" | "under" as bound, value)]:
                found[name] = Floor(bound, value)
            case _:
                raise ValueError(f"{path.name}: {command}.{name} needs exactly one of at_least, at_most, under")
    return found


def report(
    command: str,
    measures: Sequence[Measure],
    as_json: bool,
    notes: Mapping[str, Any] | None = None,
    *,
    partial: bool = False,
) -> int:
    """Prints the measures beside the floors of `command`; returns the exit code.

    Raises ValueError for a floor that no measure meets: it would hold for ever unseen. `partial` is for a command that
    was asked for some of its measures only.
    """
    demanded = floors(command)
    if partial:
        asked = {measure.name for measure in measures}
        demanded = {name: floor for name, floor in demanded.items() if name in asked}
    unknown = demanded.keys() - {measure.name for measure in measures}
    if unknown:
        raise ValueError(f"floors.toml names what {command} does not measure: {', '.join(sorted(unknown))}")
    held = {measure.name: _held(measure, demanded.get(measure.name)) for measure in measures}
    if as_json:
        print(json.dumps(_form(command, measures, demanded, held, notes or {}), ensure_ascii=False, indent=1))
    else:
        print("\n".join(table(measures, demanded, held)))
    return EXIT_MISSED if False in held.values() else EXIT_HELD


def _held(measure: Measure, floor: Floor | None) -> bool | None:
    return None if floor is None or measure.actual is None else floor.held_by(measure.actual)


def table(measures: Sequence[Measure], demanded: Mapping[str, Floor], held: Mapping[str, bool | None]) -> list[str]:
    """Lines with the columns measure, expected, actual, over what, and whether the floor is held."""
    words = {"at_least": "at least", "at_most": "at most", "under": "under"}
    rows = [("measure", "expected", "actual", "over", "")]
    for measure in measures:
        floor = demanded.get(measure.name)
        expected = f"{words[floor.bound]} {shown(floor.value, measure.unit)}" if floor else ""
        actual = "not measured" if measure.actual is None else shown(measure.actual, measure.unit)
        verdict = {True: "held", False: "MISSED", None: ""}[held[measure.name]]
        rows.append((measure.title, expected, actual, measure.of, verdict))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return [lines[0], "  ".join("-" * width for width in widths if width), *lines[1:]]


def shown(value: float, unit: Unit) -> str:
    """A value with its unit, as people read it."""
    match unit:
        case "%":
            return f"{value:.1%}"
        case "tokens":
            return f"{value:.0f} tokens"
        case "MB" | "files":
            return f"{value:,.0f} {unit}"
        case _:
            return f"{value:.2f} {unit}".rstrip()


def _form(
    command: str,
    measures: Sequence[Measure],
    demanded: Mapping[str, Floor],
    held: Mapping[str, bool | None],
    notes: Mapping[str, Any],
) -> dict[str, Any]:
    return {
        "benchmark": command,
        "measures": [
            {
                "name": measure.name,
                "title": measure.title,
                "actual": measure.actual,
                "unit": "share" if measure.unit == "%" else measure.unit,
                "over": measure.of,
                "floor": {demanded[measure.name].bound: demanded[measure.name].value}
                if measure.name in demanded
                else None,
                "held": held[measure.name],
            }
            for measure in measures
        ],
        "machine": machine(),
        **notes,
    }


def machine() -> dict[str, Any]:
    """What a figure depends on besides the code; `load` tells whether something else was running."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "llama-cpp-python": _installed("llama-cpp-python"),
        "commit": _commit(),
        "load": load,
    }


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    if described.is_file():
        for line in described.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _installed(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None


def _commit() -> str | None:
    try:
        described = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=10"],
            cwd=FLOORS.parent,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return described.stdout.strip()


def warn_if_busy() -> None:
    """Says on standard error when something else computes here: a figure of speed taken now means nothing."""
    load = machine()["load"]
    if load is not None and load > 0.5:
        print(
            f"benchmark: the machine is busy (load {load:.1f}); figures of speed are not to be trusted", file=sys.stderr
        )


def fault(message: object) -> int:
    """Says on standard error, in one line, why there is no measurement; returns the exit code."""
    print(f"benchmark: {message}", file=sys.stderr)
    return EXIT_FAULT
