"""The report of an evaluation on a terminal of 80 columns: measures, thresholds, what failed, what changed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from rich.text import Text

from rag.evaluation.by_type import OfType
from rag.evaluation.comparison import Change, Comparison
from rag.evaluation.estimates import Bin
from rag.evaluation.measures import Unit
from rag.evaluation.report import Report
from rag.evaluation.totals import AtThreshold, Measure
from rag.terminal import Terminal, safe_line

FAILURES = {
    "wrong": "answered wrong",
    "false refusal": "declined, though the documents say",
    "invented": "answered, though the documents do not say",
}
TITLE, VALUE, INTERVAL = 40, 8, 15


def print_report(terminal: Terminal, report: Report) -> None:
    """The whole report; no line is longer than 80 columns but a list of ids in a pipe."""
    first = report.records[0]
    terminal.print(f"{counted(report)}, {safe_line(first['model']['name'])}, threshold {report.threshold:.2f}")
    for section, measures in groupby(report.measures, key=lambda measure: measure.section):
        shown = [measure for measure in measures if measure.estimate.value is not None]
        if shown:
            _print_section(terminal, section, shown)
    _print_types(terminal, report.types)
    _print_reliability(terminal, report.reliability)
    _print_thresholds(terminal, report.thresholds, report.threshold)
    _print_failures(terminal, report)


def counted(report: Report) -> str:
    """How many questions were asked, in words."""
    return "1 question" if len(report.cases) == 1 else f"{len(report.cases)} questions"


def _print_section(terminal: Terminal, section: str, measures: Sequence[Measure]) -> None:
    terminal.print()
    head = Text(f"{section:<{TITLE}}", style="bold")
    head.append(f"{'':>{VALUE}}  {'95% interval':<{INTERVAL}}over", style="dim not bold")
    terminal.print(head)
    for measure in measures:
        value = in_unit(measure.estimate.value, measure.unit)
        line = Text(f"  {measure.title:<{TITLE - 2}}")
        line.append(f"{value:>{VALUE}}", style="bold")
        line.append(f"  {interval(measure):<{INTERVAL}}{measure.over}", style="dim")
        terminal.print(line)


def interval(measure: Measure) -> str:
    """The 95% interval in the measure's unit, or nothing where there is none."""
    low, high = measure.estimate.low, measure.estimate.high
    if low is None or high is None:
        return ""
    return f"{in_unit(low, measure.unit).removesuffix('%').removesuffix(' s')}–{in_unit(high, measure.unit)}"


def in_unit(value: float | None, unit: Unit) -> str:
    """A value as people read it."""
    if value is None:
        return "—"
    match unit:
        case "share":
            return f"{value:.1%}"
        case "tokens":
            return f"{value:.0f}"
        case "seconds":
            return f"{value:.0f} s" if value >= 100 else f"{value:.2f} s"
        case "number":
            return f"{value:.3f}"


def _print_types(terminal: Terminal, types: Sequence[OfType]) -> None:
    if not types:
        return
    terminal.print()
    terminal.print(Text("By type of question", style="bold"))
    heads = ("questions", "right", "declined", "AUROC", "at 5%")
    terminal.print(Text(f"{'':26}" + "".join(f"{head:>10}" for head in heads), style="dim"))
    for one in types:
        figures = (in_unit(one.right, "share"), in_unit(one.declined, "share"), in_unit(one.auroc, "number"))
        cells = (str(one.questions), *figures, in_unit(one.declined_at_5, "share"))
        terminal.print(Text(f"  {safe_line(one.name)[:24]:<24}" + "".join(f"{cell:>10}" for cell in cells)))


def _print_reliability(terminal: Terminal, bins: Sequence[Bin]) -> None:
    terminal.print()
    terminal.print(Text("What the confidence is worth", style="bold"))
    terminal.print(Text(f"{'confidence':>14}{'questions':>12}{'on average':>13}{'right':>9}", style="dim"))
    for one in bins:
        if one.count:
            mean, right = in_unit(one.confidence, "share"), in_unit(one.right, "share")
            terminal.print(Text(f"{f'{one.low:.1f} to {one.high:.1f}':>14}{one.count:>12}{mean:>13}{right:>9}"))


def _print_thresholds(terminal: Terminal, rows: Sequence[AtThreshold], own: float) -> None:
    terminal.print()
    terminal.print(Text("What the threshold does", style="bold"))
    terminal.print(Text(f"{'':13}{'of the answerable questions':<34}of the unanswerable", style="dim"))
    terminal.print(
        Text(f"{'threshold':>11}{'right':>9}{'wrong':>8}{'declined':>11}{'declined':>16}{'answered':>11}", style="dim")
    )
    for row in rows:
        shares = (row.right, row.wrong, row.false_refusals, row.declined, row.invented)
        cells = (in_unit(share, "share") for share in shares)
        line = "".join(f"{cell:>{width}}" for cell, width in zip(cells, (9, 8, 11, 16, 11), strict=True))
        mark = "  ← yours" if row.threshold == own else ""
        terminal.print(Text(f"{row.threshold:>11.2f}{line}{mark}", style="bold" if mark else ""))


def _print_failures(terminal: Terminal, report: Report) -> None:
    for outcome, words in FAILURES.items():
        ids = [safe_line(one.id) for one in report.cases if one.outcome == outcome]
        if ids:
            terminal.print()
            _print_wrapped(terminal, f"{len(ids)} {words}: {', '.join(ids)}")
    if report.lost:
        terminal.print()
        lost = ", ".join(map(safe_line, report.lost))
        _print_wrapped(
            terminal, f"Evidence that is not in the stored text, left out of the measures of evidence: {lost}"
        )


def _print_wrapped(terminal: Terminal, words: str) -> None:
    for line in Text(words).wrap(terminal.out, terminal.width):
        line.rstrip()
        terminal.print(line)


def print_comparison(terminal: Terminal, comparison: Comparison) -> None:
    """What changed since an earlier run, measure by measure, and which questions turned."""
    terminal.print()
    terminal.print(
        Text(f"Compared with {safe_line(comparison.name)}, {comparison.questions} questions in both", style="bold")
    )
    if comparison.made_otherwise:
        _print_wrapped(terminal, f"  made otherwise: {safe_line(', '.join(comparison.made_otherwise))}")
    if comparison.left_out:
        _print_wrapped(terminal, f"  left out: {safe_line(', '.join(comparison.left_out))}")
    terminal.print(Text(f"{'':35}{'before':>8}{'now':>8} {'95% of change':<17}{'p':<5}", style="dim"))
    same = [change for change in comparison.changes if not moved(change)]
    for change in comparison.changes:
        if change in same:
            continue
        line = Text(f"  {change.title:<33}")
        line.append(f"{in_unit(change.before, change.unit):>8}{in_unit(change.now, change.unit):>8}")
        line.append(f" {change_interval(change):<17}{probability(change):<5}", style="dim")
        line.append(verdict(change), style={"better": "green", "worse": "red"}.get(verdict(change), "default"))
        line.rstrip()
        terminal.print(line)
    if same:
        terminal.print(Text(f"  {len(same)} measures are the same in both", style="dim"))
    for change in comparison.changes:
        if change.name == "right":
            for words, ids in (("newly right", change.gained), ("no longer right", change.lost)):
                if ids:
                    _print_wrapped(terminal, f"  {len(ids)} {words}: {', '.join(map(safe_line, ids))}")


def moved(change: Change) -> bool:
    """Whether any question changed this measure."""
    return any((change.difference.value, change.difference.low, change.difference.high))


def change_interval(change: Change) -> str:
    """The 95% interval of the difference, with signs; shares in percentage points."""
    low, high = change.difference.low, change.difference.high
    if low is None or high is None:
        return ""
    factor, digits = {"share": (100, 1), "tokens": (1, 0), "seconds": (1, 2), "number": (1, 3)}[change.unit]
    return f"{low * factor:+.{digits}f} to {high * factor:+.{digits}f}"


def probability(change: Change) -> str:
    """The p-value of McNemar's test where there is one."""
    return "" if change.probability is None else f"{change.probability:.2f}"


def verdict(change: Change) -> str:
    """In a word, where chance alone would seldom do it."""
    grew = (change.difference.value or 0) > 0
    if not change.certain or change.better is None:
        return ""
    return "better" if grew == (change.better == "higher") else "worse"
