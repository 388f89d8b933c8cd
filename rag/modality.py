"""What a sentence says for certain, of all, or in comparison, where its sources only hope for it, say it of some, or
compare nothing.

English, purely textual.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.clauses import clauses
from rag.vocabulary import fold, vocabulary
from rag.words import content_words

_HOPE = re.compile(
    r"\b(?:hop(?:e|ed|es|ing)|expect(?:s|ed|ing)?|plan(?:s|ned)?|propos(?:e|es|ed)|intend(?:s|ed)?|aim(?:s|ed|ing)?"
    r"|scheduled|meant|wish(?:es|ed)?|might|could)\b",
    re.IGNORECASE,
)
_LEAVES_OPEN = re.compile(
    r"\b(?:will|would|shall|should|may|can|due to|likely|perhaps|probably|first)\b", re.IGNORECASE
)
# "Older than", "more recent than"; not "rather than", nor "no later than".
_COMPARES = re.compile(
    r"(?<!no )(?<!not )\b(?:(?:more|less|fewer|worse)\b(?: \w+){0,3}|(?!(?:oth|rath|ei?th)er\b)\w{2,}er(?: \w+){0,2})"
    r" than\s+(?P<what>\w+)",
    re.IGNORECASE,
)
_ALL = re.compile(
    r"(?<!\bnot )(?<!n't )\b(?:all|every|everyone|everybody|each|entire|entirely|whole|wholly|completely|always)\b",
    re.IGNORECASE,
)
_SOME = re.compile(
    r"\b(?:only|few|some|several|many|most|mostly|mainly|largely|partly|partially|part|half|number|nearly|almost)\b",
    re.IGNORECASE,
)
MUCH = 0.5  # of the words of a sentence, that a source has which tells of the same


def only_hoped(sentence: str, sources: Sequence[str], language: str) -> list[str]:
    """A reason where the clauses that tell most of what the sentence does only hope for it, or think it possible."""
    if language != "en" or _HOPE.search(sentence) or _LEAVES_OPEN.search(sentence):
        return []
    words = set(content_words(sentence, language))
    told = [clause for text in sources for clause in clauses(text)]
    same = [clause for clause in told if len(words.intersection(content_words(clause, language))) >= MUCH * len(words)]
    hopes = [match.group() for match in map(_HOPE.search, same) if match]
    return [f"the cited passage says so with “{hopes[0]}” only"] if hopes and len(hopes) == len(same) else []


def of_all(sentence: str, cited: str) -> list[str]:
    """A reason where the sentence speaks of all, and what is `cited` of some."""
    every, some = _ALL.search(sentence), _SOME.search(cited)
    if not every or not some or _ALL.search(cited) or _SOME.search(sentence):
        return []
    return [f"the sentence says “{every.group()}”, the cited passage “{some.group()}”"]


def compares(text: str) -> bool:
    """Whether a text says that one thing is more or less than another, not than a number."""
    counted = vocabulary().numbers.keys() | vocabulary().amounts
    return any(not what[0].isdigit() and fold(what) not in counted for what in _COMPARES.findall(text))
