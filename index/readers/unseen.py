"""What a person does not see of an element whose style is known: removed, transparent, of no size, off the screen.

Knows the ways of hiding text that a style can state by itself, and which of them an element inside can undo. Decides
nothing that needs a layout; whatever is merely closed (details, until-found) counts as seen, since it can be opened.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from index.readers.colours import Colour, alike, colour
from index.readers.css import Style

_FAINT = 0.02  # opacity up to this shows nothing
_TINY = 1.0  # pixels; letters up to this size are specks
_OFF_SCREEN = -999.0  # pixels
_NORMAL = 16.0  # pixels, the size of letters where nothing states one
_NUMBER = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))([a-z%]*)")
_PIXELS = {
    "": 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "in": 96.0, "cm": 37.8, "mm": 3.78, "q": 0.945,
    "em": _NORMAL, "rem": _NORMAL, "ex": 8.0, "ch": 8.0, "%": 10.0, "vw": 10.0, "vh": 10.0,
}  # fmt: skip
_OF_THE_PARENT = {"em": 1.0, "%": 0.01, "ex": 0.5, "ch": 0.5}
_KEPT = frozenset({"inherit", "unset", "revert", "revert-layer"})


@dataclass(frozen=True, slots=True)
class Sight:
    """How an element is hidden. `removed` and `concealed` hold for all that it contains; the rest can be undone there.

    `size` is that of its letters in pixels. `covered` is the colour in which its text cannot be told from what is
    behind it; of see-through text, which has no colour, it is ().
    """

    removed: bool = False
    concealed: bool = False
    invisible: bool = False
    indented: bool = False
    size: float = _NORMAL
    covered: Colour | None = None

    @property
    def unseen(self) -> bool:
        """Whether text that stands here is not seen."""
        hidden = self.removed or self.concealed or self.invisible or self.indented
        return hidden or self.size <= _TINY or self.covered is not None

    def inside(self, style: Style) -> Sight:
        """The sight of an element with this style within one of this sight."""
        if not style or self.removed:
            return self
        return replace(
            self,
            removed=style.get("display") == "none",
            concealed=self.concealed or _conceals(style),
            invisible=_changed(self.invisible, style.get("visibility"), ("hidden", "collapse")),
            indented=self._indents(style.get("text-indent")),
            size=self._size(style.get("font-size")),
            covered=self._covers(style),
        )

    def _indents(self, value: str | None) -> bool:
        return self.indented if value is None or value in _KEPT else _pixels(value, 0) <= _OFF_SCREEN

    def _size(self, value: str | None) -> float:
        if value is None or value in _KEPT:
            return self.size
        if value in ("smaller", "larger"):
            return self.size
        number = _NUMBER.fullmatch(value)
        if number is None:
            return _NORMAL
        share = _OF_THE_PARENT.get(number[2])
        return _pixels(value, _NORMAL) if share is None else float(number[1]) * share * self.size

    def _covers(self, style: Style) -> Colour | None:
        """Compares a colour with the background that the same element states, or that text around it vanishes in."""
        if _states_image(style) or "text" in _clipped(style):
            return None
        ink = colour(style.get("color"))
        behind = style.get("background-color")
        if behind == "currentcolor":
            return ink or (0, 0, 0)  # whatever the colour is
        paper = colour(behind)
        if ink == ():
            return None if style.get("text-shadow", "none") != "none" else ()
        if ink is None and "color" in style and style["color"] not in _KEPT:
            return None  # a colour that cannot be told
        if self.covered is not None:
            if ink is None and self.covered == ():
                return ()
            ink = ink or self.covered
            paper = paper or self.covered
        return paper if ink and paper and alike(ink, paper) else None


def _changed(before: bool, value: str | None, hiding: tuple[str, ...]) -> bool:
    return before if value is None or value in _KEPT else value in hiding


def _conceals(style: Style) -> bool:
    opacity = _NUMBER.fullmatch(style.get("opacity", ""))
    if opacity and float(opacity[1]) * (0.01 if opacity[2] == "%" else 1) <= _FAINT:
        return True
    if style.get("content-visibility") == "hidden":
        return True
    position = style.get("position")
    if position in ("absolute", "fixed", "relative"):
        if min(_pixels(style.get("left", ""), 0), _pixels(style.get("top", ""), 0)) <= _OFF_SCREEN:
            return True
        if position != "relative" and _is_empty_clip(style.get("clip", "")):
            return True
    return _is_empty_path(style.get("clip-path", "")) or _is_shut(style)


def _is_shut(style: Style) -> bool:
    """Whether an element has no height or no width, and cuts off what does not fit."""
    if not style.get("overflow", "").startswith(("hidden", "clip")) or any(
        name.startswith("padding") for name in style
    ):
        return False
    return any(
        _pixels(style.get(name, ""), _NORMAL) <= _TINY for name in ("height", "width", "max-height", "max-width")
    )


def _is_empty_clip(value: str) -> bool:
    edges = [_pixels(edge, -1) for edge in re.split(r"[\s,]+", value.removeprefix("rect(").removesuffix(")").strip())]
    if not value.startswith("rect(") or len(edges) != 4 or min(edges) < 0:
        return False
    top, right, bottom, left = edges
    return bottom <= top or right <= left or (bottom - top <= _TINY and right - left <= _TINY)


def _is_empty_path(value: str) -> bool:
    name, _, rest = value.partition("(")
    words = rest.removesuffix(")").partition("round")[0].replace(",", " ").split()
    if name == "inset" and words:
        insets = [float(word[:-1]) if re.fullmatch(r"\d+\.?\d*%", word) else 0.0 for word in words[:4]]
        while len(insets) < 4:
            insets.append(insets[max(0, len(insets) - 2)])  # left is as right, bottom as top, right as top
        top, right, bottom, left = insets
        return top + bottom >= 100 or left + right >= 100
    if name in ("circle", "ellipse") and words:
        return _pixels(words[0], 1) == 0
    numbers = [_pixels(word, 1) for word in words]
    return name == "polygon" and bool(numbers) and not any(numbers)


def _pixels(value: str, otherwise: float) -> float:
    """A length in pixels in a window 1,000 pixels wide and high; `otherwise` where it is none, or cannot be told."""
    number = _NUMBER.fullmatch(value)
    return float(number[1]) * _PIXELS[number[2]] if number and number[2] in _PIXELS else otherwise


def _states_image(style: Style) -> bool:
    return style.get("background-image", "none") not in ("none", "initial", *_KEPT)


def _clipped(style: Style) -> tuple[str, ...]:
    return style.get("background-clip", ""), style.get("-webkit-background-clip", "")
