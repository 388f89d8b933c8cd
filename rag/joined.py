"""Answers that join what no one sentence says: a name from one, and what was asked about from another.

"The ambassador to Belgium is Sergei Lavrov", where one sentence speaks of the ambassador and another of Lavrov, holds
word by word, and nobody said it. Nor did Steinmeier insist on what another sentence has somebody else insist on. Purely
textual.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.facts import facts, stands_in
from rag.vocabulary import TOKEN, fold, vocabulary
from rag.words import content_words

# Of the words of the question that an answer repeats, so much more stands elsewhere than beside what it answers with.
# See benchmarks/LOG.md.
MORE = 0.3
FROM = 2  # words of the question, without which nothing is told apart


def joined(sentence: str, question: str, read: Sequence[str], language: str) -> str | None:
    """The first fact with which `sentence` answers `question`, if what was `read`, sentence by sentence, says of that
    fact far less of what was asked about than it says elsewhere; else None.

    A sentence that begins with "he" or "it" may well be about either.
    """
    new = [fact for fact in facts(sentence) if not stands_in(fact, question)]
    asked = set(content_words(sentence, language)).intersection(content_words(question, language))
    stating: list[float] = []
    others: list[float] = []
    for source in read if new and len(asked) >= FROM else ():
        share = len(asked.intersection(content_words(source, language))) / len(asked)
        if not any(stands_in(fact, source) for fact in new):
            others.append(share)
        elif looks_back(source):
            return None
        else:
            stating.append(share)
    if not stating or not others or max(others) < max(stating) + MORE:
        return None
    return next(fact.words for fact in new if any(stands_in(fact, source) for source in read))


def looks_back(source: str) -> bool:
    """Whether a sentence begins with "he", "it" or "there", and so is about what was said before it."""
    opening = TOKEN.search(source)
    return opening is not None and fold(opening.group()) in vocabulary().backward
