"""A question that is several: "who opened it, and which war delayed it?" is answered one after the other.

A small model that is asked for two things answers one of them, or joins what belongs to neither, and the passages for
one leave no room for those of the other. Told by the words alone; a question of which some part says too little to be
asked by itself stays whole. Purely textual, in English, German and Russian.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from rag.records import Exchange
from rag.standalone import leaning, standalone
from rag.vocabulary import TOKEN, fold
from rag.words import content_words, language_of

LEAST_WORDS = 2  # of meaning, that a part has
_PLACING = r"(?:in|at|on|when|before|after|during|for|from|by|under|since|until)\b"
# "Who did at the first meeting?", after "Who chaired the talks in 2000?".
_SHORTENED = re.compile(rf"(who|which)\s+(?:did|does|do|was|were|is|are|had|has|will)\s+(?={_PLACING})", re.IGNORECASE)


def parts(question: str) -> tuple[str, ...]:
    """The questions that `question` consists of, each to be understood by itself; itself alone where it is one."""
    language = language_of(question)
    begins, between = _patterns(language)
    pieces = [piece.strip() for piece in between.split(question.rstrip("?. "))]
    if len(pieces) == 1 or not all(begins.match(piece) for piece in pieces):
        return (question,)
    found: list[str] = []
    for piece in pieces:
        whole = _lengthened(piece, found[-1]) if found else piece
        if whole is None:
            return (question,)
        found.append(f"{whole[0].upper()}{whole[1:]}?")
        if not _stands_alone(found[-1], found[:-1], language):
            return (question,)
    return tuple(found)


@cache
def _patterns(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """How a part begins, and what stands between two."""
    known = leaning(language)
    asking = "|".join(sorted(known.words["asking"] - known.words["relative"]))
    prepositions = "|".join(sorted(known.words["prepositions"]))
    begins = rf"(?:(?:{prepositions})\s+)?(?:{asking})\b"
    # Blanks are read from the first of them on: tried from each, many of them would take the square of the time.
    between = rf"\?\s+(?:(?:{known.joined_by})\s+)?(?=\w)|(?<!\s)(?:\s*[,;])?\s+(?:{known.joined_by})\s+(?={begins})"
    return re.compile(begins, re.IGNORECASE), re.compile(between, re.IGNORECASE)


def _stands_alone(part: str, before: Sequence[str], language: str) -> bool:
    """Whether a part says enough, asks for one thing, and does not lean on those `before` it."""
    known = leaning(language)
    opening = _patterns(language)[0].match(part)
    words = [fold(word) for word in TOKEN.findall(part[opening.end() :] if opening else part)]
    asks = any(known.has("asking", word) and not known.has("conjunctions", word) for word in words)
    points = any(known.has("several", word) or known.has("persons", word) for word in words)
    leans = before and (points or standalone(part, [Exchange(before[-1], "")]) != part)
    return not asks and not leans and len(content_words(" ".join(words), language)) >= LEAST_WORDS


def _lengthened(piece: str, before: str) -> str | None:
    """The piece with what it leaves out because the question `before` it says so: "who did at the first meeting" as
    "who chaired the talks at the first meeting"; None where that cannot be told."""
    short = _SHORTENED.match(piece)
    if short is None:
        return piece
    if fold(before.split()[0]) != fold(short.group(1)):
        return None
    said = before.rstrip("?").split()[1:]
    end = next((at for at, word in enumerate(said) if at > 1 and re.match(_PLACING, word)), len(said))
    return " ".join([short.group(1), *said[:end], piece[short.end() :]])
