"""Answers that join what no one sentence says: a name from one, and what was asked about from another.

"The ambassador to Belgium is Sergei Lavrov", where one sentence speaks of the ambassador and another of Lavrov, holds
word by word, and nobody said it. Purely textual.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.facts import TOKEN, facts, fold, stands_in, vocabulary
from rag.words import content_words

# Shares of the words of the question that an answer repeats, beside its facts and elsewhere. See benchmarks/LOG.md.
LITTLE = 1 / 3  # below it, the sentence that has the facts is not about the question
MORE = 1 / 2  # by so much another one must be nearer to it


def joined(sentence: str, question: str, sources: Sequence[str], language: str) -> str | None:
    """The first fact with which `sentence` answers `question`, if the sources that state it hold few of the words that
    both share, and another source far more of them; else None.

    A source that begins with "he" or "it" may well be about them.
    """
    new = [fact for fact in facts(sentence) if not stands_in(fact, question)]
    asked = set(content_words(sentence, language)).intersection(content_words(question, language))
    stating: list[float] = []
    others: list[float] = []
    for source in sources:
        share = len(asked.intersection(content_words(source, language))) / max(len(asked), 1)
        if not any(stands_in(fact, source) for fact in new):
            others.append(share)
        elif looks_back(source):
            return None
        else:
            stating.append(share)
    apart = bool(stating and others) and max(stating) < LITTLE and max(others) >= max(stating) + MORE
    return next(fact.words for fact in new if any(stands_in(fact, source) for source in sources)) if apart else None


def looks_back(source: str) -> bool:
    """Whether a sentence begins with "he", "it" or "there", and so is about what was said before it."""
    opening = TOKEN.search(source)
    return opening is not None and fold(opening.group()) in vocabulary().backward
