"""The report of an evaluation as one HTML file: figures, plots, and every failure with what was said and what stands.

The file needs nothing else and asks for nothing: no script, no network, and a policy that forbids both. Every word of
a document, a question or a model is escaped. Failures open by clicking on them.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from importlib import resources
from itertools import groupby

from rag.escaped import plain
from rag.evaluation.by_type import OfType
from rag.evaluation.comparison import Change, Comparison
from rag.evaluation.estimates import Bin
from rag.evaluation.report import Report
from rag.evaluation.totals import Measure
from rag.reports import failures
from rag.reports.plots import Line, Point, plot, span
from rag.reports.table import change_interval, counted, in_unit, interval, moved, probability, verdict


def page(report: Report, comparison: Comparison | None = None) -> str:
    """The whole file."""
    style = resources.files("rag.reports").joinpath("page.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    body = "".join(
        (
            _header(report),
            _plots(report),
            _measures(report.measures),
            _types(report.types),
            _reliability(report.reliability),
            _thresholds(report),
            _compared(comparison) if comparison else "",
            failures.section(report),
        )
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>Footnote: {counted(report)} measured</title><style>{style}</style></head>"
        f"<body><main>{body}</main></body></html>\n"
    )


def _header(report: Report) -> str:
    first = report.records[0]
    facts = {
        "questions": str(len(report.cases)),
        "model": first["model"]["name"],
        "embedding model": first["index"]["embedding_model"],
        "threshold": f"{report.threshold:.2f}",
        "prompts": first["made_by"]["prompts"][:12],
        "documents": first["made_by"]["documents"][:12],
    }
    rows = "".join(f"<div><dt>{plain(name)}</dt><dd>{plain(value)}</dd></div>" for name, value in facts.items())
    lost = ""
    if report.lost:
        lost = (
            f"<p>Left out of the measures of evidence, which does not stand in the stored text: "
            f"{plain(', '.join(report.lost))}</p>"
        )
    return f'<h1>How far the answers can be trusted</h1><dl class="facts">{rows}</dl>{lost}'


def _plots(report: Report) -> str:
    most = max((one.count for one in report.reliability), default=0) or 1
    points = [
        Point(one.confidence, one.right, one.count / most, f"{one.count} at {one.low:.1f} to {one.high:.1f}")
        for one in report.reliability
        if one.confidence is not None and one.right is not None
    ]
    rows = report.thresholds
    shares = {
        ("answered right", "good"): [(row.threshold, row.right) for row in rows],
        ("answered wrong", "bad"): [(row.threshold, row.wrong) for row in rows],
        ("declined, though the documents say", "warn"): [(row.threshold, row.false_refusals) for row in rows],
        ("answered, though they do not say", "odd"): [(row.threshold, row.invented) for row in rows],
    }
    lines = [Line(name, kind, [(x, y) for x, y in values if y is not None]) for (name, kind), values in shares.items()]
    risk = Line("", "bad", [(point.coverage, point.risk) for point in report.risk])
    drawn = (
        plot(
            "Confidence against the share right, larger where more questions",
            "confidence",
            "right",
            points=points,
            diagonal=True,
        ),
        plot("Wrong answers, the surest questions answered first", "questions answered", "of these wrong", [risk]),
        plot("What each threshold does", "threshold", "of its questions", lines, mark=report.threshold),
    )
    return f'<section class="plots">{"".join(drawn)}</section>'


def _measures(measures: Sequence[Measure]) -> str:
    groups = []
    for section, within in groupby(measures, key=lambda measure: measure.section):
        rows = "".join(_measure(measure) for measure in within if measure.estimate.value is not None)
        if rows:
            groups.append(f'<tbody><tr><th colspan="5" scope="rowgroup">{plain(section)}</th></tr>{rows}</tbody>')
    head = '<thead><tr><th>measure</th><th class="n">value</th><th></th><th>95% interval</th><th>over</th></tr></thead>'
    return f'<h2>Measures</h2><div class="wide"><table>{head}{"".join(groups)}</table></div>'


def _measure(measure: Measure) -> str:
    value, low, high = measure.estimate.value, measure.estimate.low, measure.estimate.high
    drawn = ""
    if value is not None and low is not None and high is not None and measure.unit in ("share", "number") and high <= 1:
        drawn = span(max(low, 0.0), high, value)
    return (
        f'<tr><td>{plain(measure.title)}</td><td class="n">{in_unit(value, measure.unit)}</td><td>{drawn}</td>'
        f"<td>{interval(measure)}</td><td>{plain(measure.over)}</td></tr>"
    )


def _types(types: Sequence[OfType]) -> str:
    if not types:
        return ""
    rows = []
    for one in types:
        figures = (in_unit(one.right, "share"), in_unit(one.declined, "share"), in_unit(one.auroc, "number"))
        cells = (str(one.questions), *figures, in_unit(one.declined_at_5, "share"))
        rows.append(
            f"<tr><td>{plain(one.name)}</td>" + "".join(f'<td class="n">{cell}</td>' for cell in cells) + "</tr>"
        )
    heads = "".join(f'<th class="n">{head}</th>' for head in ("questions", "right", "declined", "AUROC", "at 5%"))
    return (
        "<h2>By type of question</h2><p>AUROC: how well confidence tells the unanswerable ones of a type from all "
        "answerable questions; at 5%: the share of them declined where 5% of those are.</p>"
        f'<div class="wide"><table><thead><tr><th>type</th>{heads}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _reliability(bins: Sequence[Bin]) -> str:
    rows = "".join(
        f'<tr><td class="n">{one.low:.1f} to {one.high:.1f}</td><td class="n">{one.count}</td>'
        f'<td class="n">{in_unit(one.confidence, "share")}</td><td class="n">{in_unit(one.right, "share")}</td></tr>'
        for one in bins
        if one.count
    )
    return (
        "<h2>What the confidence is worth</h2><p>Of the questions answered with one confidence as many should be right "
        'as it says.</p><div class="wide"><table><thead><tr><th class="n">confidence</th><th class="n">questions</th>'
        f'<th class="n">on average</th><th class="n">right</th></tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _thresholds(report: Report) -> str:
    rows = []
    for row in report.thresholds:
        kind, word = (' class="own"', " (yours)") if row.threshold == report.threshold else ("", "")
        cells = (row.right, row.wrong, row.false_refusals, row.declined, row.invented)
        shares = "".join(f'<td class="n">{in_unit(cell, "share")}</td>' for cell in cells)
        rows.append(f'<tr{kind}><td class="n">{row.threshold:.2f}{word}</td>{shares}</tr>')
    return (
        "<h2>What the threshold does</h2>"
        "<p>An answer whose confidence is below the threshold is held back. Everything was answered for this report, "
        "so every threshold can be looked at.</p>"
        '<div class="wide"><table><thead><tr><th rowspan="2" class="n">threshold</th>'
        '<th colspan="3" class="n">of the answerable questions</th>'
        '<th colspan="2" class="n">of the unanswerable</th></tr>'
        '<tr><th class="n">right</th><th class="n">wrong</th><th class="n">declined</th><th class="n">declined</th>'
        '<th class="n">answered</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _compared(comparison: Comparison) -> str:
    rows = []
    for change in filter(moved, comparison.changes):
        rows.append(
            f'<tr><td>{plain(change.title)}</td><td class="n">{in_unit(change.before, change.unit)}</td>'
            f'<td class="n">{in_unit(change.now, change.unit)}</td><td>{change_interval(change)}</td>'
            f'<td class="n">{probability(change)}</td><td>{verdict(change)}</td><td>{_turned(change)}</td></tr>'
        )
    notes = [f"{comparison.questions} questions in both."]
    if comparison.made_otherwise:
        notes.append(f"Made otherwise: {', '.join(comparison.made_otherwise)}.")
    if comparison.left_out:
        notes.append(f"Left out: {', '.join(comparison.left_out)}.")
    return (
        f"<h2>Compared with {plain(comparison.name)}</h2><p>{plain(' '.join(notes))}</p>"
        '<div class="wide"><table><thead><tr><th>measure</th><th class="n">before</th><th class="n">now</th>'
        '<th>95% of change</th><th class="n">p</th><th></th><th>questions</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _turned(change: Change) -> str:
    """The questions that were gained and lost; those that were lost are failures now, and lead there."""
    if not change.gained and not change.lost:
        return ""
    gained = ", ".join(map(plain, change.gained)) or "none"
    lost = ", ".join(f'<a href="#{failures.anchor(name)}">{plain(name)}</a>' for name in change.lost) or "none"
    return (
        f"<details><summary>{len(change.gained)} gained, {len(change.lost)} lost</summary>"
        f"<p>gained: {gained}</p><p>lost: {lost}</p></details>"
    )
