"""Plots as inline SVG: lines and points over two shares, each with axes, labels and words for those who cannot see it.

Colours and line patterns are the classes of `page.css`. Knows nothing of what is plotted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.escaped import plain

WIDTH, HEIGHT = 380, 270
LEFT, RIGHT, TOP, BOTTOM = 58, 18, 12, 42
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
SMALLEST, LARGEST = 3.0, 11.0  # radii of points


@dataclass(frozen=True, slots=True)
class Line:
    """A named line through points (x, y), shares in [0, 1]; `kind` is its class."""

    name: str
    kind: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Point:
    """A point with its words, its area by `weight` in [0, 1]."""

    x: float
    y: float
    weight: float
    words: str


def plot(
    title: str,
    x_label: str,
    y_label: str,
    lines: Sequence[Line] = (),
    points: Sequence[Point] = (),
    diagonal: bool = False,
    mark: float | None = None,
) -> str:
    """One plot; `diagonal` draws where y is x, `mark` a vertical line with the word "yours"."""
    parts = [_axes(x_label, y_label)]
    if diagonal:
        parts.append(_path("diagonal", [(0, 0), (1, 1)]))
    if mark is not None:
        parts.append(_path("mark", [(mark, 0), (mark, 1)]))
        parts.append(_words(_x(mark) + 4, TOP + 10, "yours", "small"))
    parts += [_path(f"line {line.kind}", line.points) for line in lines]
    for point in points:
        radius = SMALLEST + (LARGEST - SMALLEST) * point.weight**0.5
        parts.append(
            f'<circle class="point" cx="{_x(point.x):.1f}" cy="{_y(point.y):.1f}" r="{radius:.1f}">'
            f"<title>{plain(point.words)}</title></circle>"
        )
    legend = "".join(
        f'<li><svg class="key" viewBox="0 0 24 8" aria-hidden="true"><path class="line {line.kind}" d="M0 4H24"/></svg>'
        f"{plain(line.name)}</li>"
        for line in lines
        if line.name
    )
    return (
        f'<figure><svg class="plot" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{plain(title)}">'
        f"{''.join(parts)}</svg><figcaption>{plain(title)}</figcaption>"
        + (f'<ul class="legend">{legend}</ul>' if legend else "")
        + "</figure>"
    )


def span(low: float, high: float, value: float) -> str:
    """An interval within [0, 1] as a bar with a tick at the value."""
    return (
        '<svg class="span" viewBox="0 0 100 10" aria-hidden="true"><path class="rail" d="M0 5H100"/>'
        f'<path class="reach" d="M{100 * low:.1f} 5H{100 * max(high, low + 0.005):.1f}"/>'
        f'<path class="at" d="M{100 * value:.1f} 1V9"/></svg>'
    )


def _x(share: float) -> float:
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _y(share: float) -> float:
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def _path(kind: str, points: Sequence[tuple[float, float]]) -> str:
    places = " L".join(f"{_x(x):.1f} {_y(y):.1f}" for x, y in points)
    return f'<path class="{kind}" d="M{places}"/>' if places else ""


def _words(x: float, y: float, words: str, kind: str, more: str = "") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}"{more}>{plain(words)}</text>'


def _axes(x_label: str, y_label: str) -> str:
    parts = []
    for share in TICKS:
        parts.append(_path("grid", [(share, 0), (share, 1)]) + _path("grid", [(0, share), (1, share)]))
        parts.append(_words(_x(share), HEIGHT - BOTTOM + 15, f"{share:.0%}", "tick", ' text-anchor="middle"'))
        parts.append(_words(LEFT - 6, _y(share) + 4, f"{share:.0%}", "tick", ' text-anchor="end"'))
    parts.append(_words(_x(0.5), HEIGHT - 6, x_label, "axis", ' text-anchor="middle"'))
    middle = f"{_y(0.5):.1f}"
    parts.append(_words(11, _y(0.5), y_label, "axis", f' text-anchor="middle" transform="rotate(-90 11 {middle})"'))
    return "".join(parts)
