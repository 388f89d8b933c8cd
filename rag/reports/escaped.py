"""Text made safe to stand in HTML: the one way in which words of documents, questions and models get onto the page."""

from __future__ import annotations

import html
import re

_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def escaped(text: str) -> str:
    """Without markup, and without the characters that turn the direction of what follows."""
    return html.escape(_DIRECTION.sub("", text))
