"""The report on a terminal: 80 columns, whatever the figures are."""

from __future__ import annotations

import io

from rag.evaluation.comparison import Change, Comparison
from rag.evaluation.estimates import Estimate
from rag.evaluation.measures import SECTIONS, Unit
from rag.reports.table import print_comparison
from rag.terminal import Terminal, plain_console


def test_no_line_of_a_comparison_is_longer_than_80_columns() -> None:
    """Every measure, changed for certain, by values of the widest form."""
    widest: dict[Unit, float] = {"share": 1.0, "number": 0.999, "tokens": 2048, "seconds": 120.0}
    changes = tuple(
        Change(
            one.name,
            section,
            one.title,
            one.unit,
            one.better,
            widest[one.unit],
            widest[one.unit],
            Estimate(-widest[one.unit] / 2, -widest[one.unit], -widest[one.unit] / 10),
            0.01,
            ("q1",) * 40,
            ("q2",) * 40,
        )
        for section, within in SECTIONS.items()
        for one in within
    )
    out = io.StringIO()
    console = plain_console(out, width=80)
    print_comparison(
        Terminal(console, console), Comparison("before.json", 60, ("q3",) * 60, ("prompts",) * 20, changes)
    )
    printed = out.getvalue().splitlines()
    assert len(printed) > len(changes)
    assert [line for line in printed if len(line) > 80] == []
    assert any(line.endswith("worse") for line in printed)
    assert any(line.endswith("better") for line in printed)
