"""The report on a terminal: 80 columns, whatever the figures are."""

from __future__ import annotations

import io

from rag.evaluation.comparison import Change, Comparison
from rag.evaluation.estimates import Estimate
from rag.evaluation.measures import SECTIONS, Unit
from rag.reports.table import print_comparison, print_report
from rag.terminal import Terminal, plain_console
from tests.rag.reports.test_page import report


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


def test_the_report_tells_types_apart_and_what_confidence_is_worth_within_80_columns() -> None:
    """One of the three answers that are sure by 0.8 is right, and so is the one of 0.3."""
    out = io.StringIO()
    console = plain_console(out, width=80)
    print_report(Terminal(console, console), report())
    printed = out.getvalue().splitlines()
    assert [line for line in printed if len(line) > 80] == []
    types = printed[printed.index("By type of question") + 2 :][:2]
    assert [line.split() for line in types] == [
        ["why", "3", "33.3%", "33.3%", "—", "—"],
        ["invented", "1", "—", "0.0%", "0.333", "0.0%"],
    ]
    start = printed.index("What the confidence is worth")
    rows = [line.split() for line in printed[start + 2 : printed.index("What the threshold does") - 1]]
    assert rows == [["0.3", "to", "0.4", "1", "30.0%", "100.0%"], ["0.8", "to", "0.9", "3", "80.0%", "33.3%"]]
