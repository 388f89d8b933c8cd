"""Text made safe to stand in HTML: the one way in which words of documents, questions and models get into it.

On the page, in saved conversations and in reports alike. Knows nothing of what the words are.
"""

from __future__ import annotations

import html
import re

_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """Without markup, and without the characters that reverse the direction of what stands around them."""
    return exact(undirected(text))


def exact(text: str) -> str:
    """Without markup and otherwise as it is, for the slices of a document that must equal what is stored."""
    return html.escape(text, quote=True)


def undirected(text: str) -> str:
    """Text without the characters that turn the direction of what follows."""
    return _DIRECTION.sub("", text)
