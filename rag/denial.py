"""Whether a sentence denies what its source says, or the source what the sentence says, and by which word.

A negation is read together with the first word of meaning after it: "did not close" denies closing. A source may deny
by its verbs ("refused to attend"), which an answer may tell with "not". Purely textual; English, German and Russian.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from rag.asked import asks_by_name
from rag.opposites import turned_round
from rag.vocabulary import TOKEN, denies, denies_otherwise, fold, is_negation, vocabulary
from rag.words import content_words

# "No, it did not open" denies opening and not the word that follows the reply.
_REPLY = re.compile(r"\W*(?:no|nein|нет)\s*[,.;:]", re.IGNORECASE)
_CLAUSE = re.compile(r"[,;:.!?()—–]")
REACH = 4  # words after a negation, or after a verb that denies, among which is what it denies


@dataclass(frozen=True, slots=True)
class Reading:
    """The stems of a text: `denied` by a negation (the nearest of each), `refused` by a verb or left open, `plain` the
    others, and those of them that follow a negation within its clause, `behind` it."""

    denied: frozenset[str]
    refused: frozenset[str]
    plain: frozenset[str]
    behind: frozenset[str]


def read(text: str, language: str) -> Reading:
    """What `text` says and what it denies."""
    reply = _REPLY.match(text)
    matches = list(TOKEN.finditer(text, reply.end() if reply else 0))
    words = [match.group() for match in matches]
    stems = [content_words(word, language) for word in words]
    denied: set[int] = set()
    refused: set[int] = set()
    after: set[int] = set()
    for index, word in enumerate(words):
        if index - 1 in after and not _CLAUSE.search(text, matches[index - 1].end(), matches[index].start()):
            after.add(index)
        ahead = [place for place in range(index + 1, min(index + 1 + REACH, len(words))) if stems[place]]
        if is_negation(word):
            after.add(index)
            following = fold(words[index + 1]) if index + 1 < len(words) else ""
            if following in vocabulary().ceasing and len(ahead) > 1:
                ahead = [place for place in ahead if place > index + 1]
            if _left_open(words, index):
                refused.update(ahead[:1])
            elif following not in vocabulary().additions:
                behind = [place for place in range(index - 1, max(-1, index - 1 - REACH), -1) if stems[place]]
                denied.update((ahead or behind)[:1])
        elif _refuses(word) or _asks(words, index):
            refused.update(ahead)

    def of(places: set[int]) -> frozenset[str]:
        return frozenset(stem for place in places for stem in stems[place])

    plain = set(range(len(words))) - denied - refused
    return Reading(of(denied), of(refused - denied), of(plain), of(plain & after))


def _left_open(words: Sequence[str], negation: int) -> bool:
    """Whether the words around a negation say when the contrary holds: "if not", "must not ... unless"."""
    known = vocabulary()
    condition = negation > 0 and fold(words[negation - 1]) in known.conditions
    return condition or not known.exceptions.isdisjoint(map(fold, words[negation + 1 :]))


def _asks(words: Sequence[str], index: int) -> bool:
    """Whether what follows a word is asked and not said: behind "whether", and behind "any" in "if there are any"."""
    known, word = vocabulary(), fold(words[index])
    asking = known.whether | known.conditions
    return word in known.whether or (word in known.indefinite and not asking.isdisjoint(map(fold, words[:index])))


def _refuses(word: str) -> bool:
    return any(fold(word).startswith(root) for root in vocabulary().denials)


def opposition(sentence: str, source: str, cited: str, language: str, question: str) -> str | None:
    """A reason where `source` or the sentence denies what the other says; `cited` is all that is cited with it.

    What `question` denies itself, the sentence may repeat: "the scenario in which we don't change anything"; to "Are
    there subjects that one must not joke about?" also where the passage speaks of a joke. And "not easy" denies nothing
    where the passage says "difficult".
    """
    said, given, whole = read(sentence, language), read(source, language), read(cited, language)
    asked = read(question, language).denied
    against = sorted((said.denied & given.plain) - given.behind - whole.denied - whole.refused - said.plain)
    if not asks_by_name(question):
        against = [stem for stem in against if stem not in asked]
    if against:
        return f"the sentence denies what the cited passage says (“{_word(against[0], sentence, language)}”)"
    shared = said.denied & (whole.denied | whole.refused)
    claimed = said.denied - asked
    told = shared or denies(cited) or denies_otherwise(cited) or turned_round(sentence, cited, language)
    if claimed and not told:
        return "the sentence denies something that the cited passage does not deny"
    word = _denied(said, given, whole, source, language)
    return f"the cited passage denies what the sentence says (“{word}”)" if word else None


def denied_by(sentence: str, source: str, cited: str, language: str) -> str | None:
    """The first word of what the sentence says that `source` denies, and nothing of all that is `cited` says."""
    return _denied(read(sentence, language), read(source, language), read(cited, language), source, language)


def _denied(said: Reading, given: Reading, whole: Reading, source: str, language: str) -> str | None:
    against = sorted((given.denied & said.plain) - said.denied - said.refused - whole.plain - _saying(language))
    return _word(against[0], source, language) if against else None


@cache
def _saying(language: str) -> frozenset[str]:
    """The stems of words with which somebody is quoted: "nothing was said of it" denies nothing that he said."""
    return frozenset(stem for word in vocabulary().sayings for stem in content_words(word, language))


def _word(stem: str, text: str, language: str) -> str:
    """The word of `text` that has the stem."""
    return next(match.group() for match in TOKEN.finditer(text) if stem in content_words(match.group(), language))
