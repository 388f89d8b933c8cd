"""Text of a document that imitates a conversation with a model: control tokens, and what is written as a model's turn.

It is never obeyed, as control tokens of documents are read as plain text. What stands in such a turn may be quoted, but
is no statement of the document: whoever planted it wants it to be taken for an answer. Purely textual.
"""

from __future__ import annotations

import re

from rag.cite import Evidence

# How the chat templates of common models begin and end a turn of theirs: ChatML, Llama, Mistral, Gemma, Phi, headings.
_USER = r"(?:<\|im_start\|>|<\|start_header_id\|>|<start_of_turn>)\s*user\b|<\|user\|>"
_OPENS = (
    r"<\|im_start\|>|<\|start_header_id\|>|<\|(?:system|assistant)\|>|<start_of_turn>|\[INST\]|<<SYS>>"
    r"|^\s*#{2,}\s*(?:system|assistant|instructions?|response)\s*:"
)
_CLOSES = rf"{_USER}|<\|im_end\|>|<\|eot_id\|>|<\|end\|>|<end_of_turn>|\[/INST\]|<</SYS>>|</s>"
_MARK = re.compile(rf"(?P<closes>{_CLOSES})|(?P<opens>{_OPENS})", re.IGNORECASE | re.MULTILINE)


def imitated(text: str, place: int) -> str:
    """The mark that opens the turn in which a place of `text` stands; "" outside of any, as far as `text` shows."""
    opened = ""
    for mark in _MARK.finditer(text, 0, place):
        opened = mark.group().strip() if mark["opens"] else ""
    return opened


def planted(evidence: Evidence) -> list[str]:
    """A word on the first cited sentence that stands in such a turn."""
    marks = (imitated(source.hit.passage.text, source.end - source.hit.passage.start) for source in evidence.sources)
    return [
        f"the cited words stand behind “{mark}”, in what imitates a conversation with a model" for mark in marks if mark
    ][:1]
