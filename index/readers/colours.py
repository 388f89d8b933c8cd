"""Colours as CSS writes them, as far as they can be told without the page: names, hex digits, rgb() and hsl()."""

from __future__ import annotations

import re

Colour = tuple[int, int, int] | tuple[()]  # red, green and blue to 255; () is wholly transparent

_NUMBER = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(%?)")
_CHANNELS = re.compile(r"rgba?\(([^()]*)\)")
_INDISTINCT = 8  # of 255, in each channel
# In the shorthand `background` a word that is none of these is a colour.
_WORD = re.compile(r"(?:rgb|hsl)a?\([^()]*\)|#[0-9a-f]+|(?<![\w.%-])[a-z][a-z-]+")
_NO_COLOURS = frozenset(
    "auto border-box bottom center contain content-box cover fixed left local no-repeat none padding-box repeat"
    " repeat-x repeat-y right round scroll space text top".split()
)


def colour(value: str | None) -> Colour | None:
    """The colour that a value in lower case names; None where it names none that can be told."""
    if value is None:
        return None
    if value == "transparent":
        return ()
    if match := _CHANNELS.fullmatch(value):
        numbers = [_NUMBER.fullmatch(word) for word in re.split(r"[\s,/]+", match[1].strip())]
        known = [number for number in numbers if number is not None]
        if len(known) != len(numbers) or len(known) not in (3, 4):
            return None
        channels = [round(float(number[1]) * (2.55 if number[2] else 1)) for number in known[:3]]
        clear = len(known) == 4 and float(known[3][1]) == 0
    else:
        from PIL import ImageColor

        try:
            channels = [*ImageColor.getrgb(value)]
        except ValueError:
            return None
        clear = len(channels) == 4 and channels[3] == 0
    return () if clear else (channels[0], channels[1], channels[2])


def of_background(value: str) -> str:
    """The colour in a `background` without a picture; "transparent" where it states none."""
    words = [word for word in _WORD.findall(value) if word not in _NO_COLOURS]
    return words[-1] if words else "transparent"


def alike(one: Colour, other: Colour) -> bool:
    """Whether nobody can tell text of one colour from a background of the other."""
    return all(abs(a - b) <= _INDISTINCT for a, b in zip(one, other, strict=True))
