"""The passages to read for a question: found by the library, cut to the token budget. No model that writes is asked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection

from index.encode import Encoder
from index.library import Library
from index.records import Hit
from rag.errors import QuestionError
from rag.prompt import fit
from rag.rerank import reranked
from rag.settings import Settings
from rag.templates import Templates

# A question longer than this cannot be read beside the passages; real ones are under 500 characters.
LONGEST_QUESTION = 2000

_INVISIBLE = re.compile(r"[^\S\n]+|[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def readable(question: str) -> str:
    """The question as one line without control characters, invisible ones and halves of characters.

    Raises QuestionError where nothing is left, or too much.
    """
    visible = "".join(" " if unicodedata.category(letter) in ("Cc", "Cs") else letter for letter in question)
    line = " ".join(_INVISIBLE.sub(" ", visible).split())
    if not any(letter.isalnum() for letter in line):
        raise QuestionError("the question is empty; type a question in words")
    if len(line) > LONGEST_QUESTION:
        raise QuestionError(
            f"the question has {len(line):,} characters and the limit is {LONGEST_QUESTION:,}; ask a shorter one"
        )
    return line


def retrieve(
    library: Library,
    encoder: Encoder,
    question: str,
    settings: Settings,
    count: Callable[[str], int],
    templates: Templates,
    documents: Collection[str] | None = None,
) -> tuple[Hit, ...]:
    """The best passages for `question`, best first, as many as `settings` allows to be read; () in an empty library.

    `documents` are the ids of those to look into; None means all.
    """
    found = library.search(question, settings.candidates, documents)
    return fit(reranked(question, found, encoder)[: settings.passages], count, settings.passage_tokens_read, templates)
