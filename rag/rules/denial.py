"""Whether a sentence denies what its source says, or the source what the sentence says, and by which word.

A negation is read together with the first word of meaning after it: "did not close" denies closing; "no new mission"
the mission, "not all of them" only that it is all. A source may deny by its verbs ("refused to attend"), which an
answer may tell with "not"; what it only hopes for, or asks, it does not affirm. Purely textual; English, German and
Russian.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from rag.clauses import clauses
from rag.kinds import asks_by_name
from rag.rules.opposites import turned_round
from rag.vocabulary import TOKEN, denies, denies_otherwise, fold, is_negation, is_participle, unframed, vocabulary
from rag.words import content_words

# "No, it did not open" denies opening and not the word that follows the reply.
_REPLY = re.compile(r"\W*(?:no|nein|нет)\s*[,.;:]", re.IGNORECASE)
_CLAUSE = re.compile(r"[,;:.!?()—–]")
REACH = 4  # words after a negation, or after a verb that denies, among which is what it denies
CLAUSE = 16  # words after a negation, at most, that are still of its clause
NEXT = 2  # words after a negation, the second behind an article or a form of "be", one of which it may limit itself to
ALL_BUT = 0.75  # of the words of a sentence beside what it denies, in a source that tells of the same
SAME = 0.5  # of the words of the shorter of two clauses, one of which says "all" and the other "not all"
_NOUN = re.compile(r"\w{3,}(?:ions?|ments?|ung(?:en)?)")  # of what is done
# With these a clause hopes for something, or thinks it possible, and does not say that it is so.
_HEDGED = re.compile(
    r"\b(?:hop(?:e|ed|es|ing)|expect\w*|plan(?:s|ned)?|propos\w+|intend\w*|aim(?:s|ed|ing)?|scheduled|might|could|would"
    r"|may|should|(?:prepared|ready|about) to|agreement|promis\w+|demand\w*|offer\w*|want(?:s|ed)?|wish\w*"
    r"|hoff\w*|erwart\w*|plan(?:t|te|ten)|geplant|könnte\w*|sollte\w*)\b",
    re.IGNORECASE,
)
_PERCENT = re.compile(r"\d\s?(?:%|per ?cent|prozent)", re.IGNORECASE)
_NONE_AT_ALL = re.compile(
    r"\b(?:none|nobody|no one|nothing|neither|no(?=\s+\w)|keine?[rs]?|niemand|nichts)\b", re.IGNORECASE
)
_ONLY = re.compile(r"\b(?:only|solely|exclusively|alone|nur|ausschließlich|allein)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reading:
    """The stems of a text: `denied` by a negation (the nearest of each), `refused` by a verb or left open, `plain` the
    others, and those of them that follow a negation within its clause, `behind` it; and the words, folded, to which a
    negation is `limited`: the "all" of "not all"."""

    denied: frozenset[str]
    refused: frozenset[str]
    plain: frozenset[str]
    behind: frozenset[str]
    limited: frozenset[str]


def read(text: str, language: str) -> Reading:
    """What `text` says and what it denies."""
    reply = _REPLY.match(text)
    matches = list(TOKEN.finditer(text, reply.end() if reply else 0))
    words = [match.group() for match in matches]
    stems = [_stems(word, language) for word in words]
    denied: set[int] = set()
    refused: set[int] = set()
    after: set[int] = set()
    limited: set[str] = set()
    for index, word in enumerate(words):
        if index - 1 in after and not _CLAUSE.search(text, matches[index - 1].end(), matches[index].start()):
            after.add(index)
        ahead = [place for place in range(index + 1, min(index + 1 + REACH, len(words))) if stems[place]]
        if is_negation(word):
            after.add(index)
            following = fold(words[index + 1]) if index + 1 < len(words) else ""
            if following in vocabulary().ceasing | vocabulary().light and len(ahead) > 1:
                ahead = [place for place in ahead if place > index + 1]
            limit = _limit(text, matches, index)
            if limit:
                limited.add(limit)
            if limit or _left_open(words, index):
                refused.update(ahead[:1])
            elif fold(word) in vocabulary().none and following not in vocabulary().ceasing and index + 1 in ahead:
                named = _noun(text, matches, stems, index + 1)
                denied.add(named)
                refused.update(range(index + 1, named))
            elif following not in vocabulary().additions:
                behind = [place for place in range(index - 1, max(-1, index - 1 - REACH), -1) if stems[place]]
                denied.update((ahead or behind)[:1])
        elif _refuses(word) or _asks(words, index):
            refused.update(ahead)
            if language == "de":  # where the verb may end the clause
                refused.update(place for place in range(max(0, index - REACH), index) if stems[place])
        elif index in after and fold(word) in vocabulary().indefinite:  # "did not sign any document": nor affirms one
            refused.update(ahead[:1])

    def of(places: set[int]) -> frozenset[str]:
        return frozenset(stem for place in places for stem in stems[place])

    plain = set(range(len(words))) - denied - refused
    return Reading(of(denied), of(refused - denied), of(plain), of(plain & after), frozenset(limited))


def _limit(text: str, matches: Sequence[re.Match[str]], negation: int) -> str:
    """The word to which a negation is limited: "all" in "not all of them" and "did not close all", "main" in "not the
    main reason"; "" where it denies its clause."""
    known = vocabulary()
    words = [fold(match.group()) for match in matches[negation + 1 : negation + 1 + CLAUSE]]
    near = words[:NEXT] if words and words[0] in known.limitable else words[:1]
    for place, word in enumerate(near):
        if word in known.limits and not (place == 0 and word in known.additions):
            return word
    for place, word in enumerate(words):
        here = negation + 1 + place
        if _CLAUSE.search(text, matches[here - 1].end(), matches[here].start()):
            break
        if word in known.quantities and words[place - 1] not in ("at", "after") and matches[negation].group() != "no":
            return word
    return ""


def _noun(text: str, matches: Sequence[re.Match[str]], stems: Sequence[Sequence[str]], first: int) -> int:
    """Where the noun stands that begins at `first`, behind "no": the last of the words of meaning in a row, but for the
    participle of a verb; in German the first with a capital."""
    last = first
    while last + 1 < len(matches) and last - first < REACH and stems[last + 1]:
        if _CLAUSE.search(text, matches[last].end(), matches[last + 1].start()):
            break
        if matches[last].group()[0].isupper() and fold(matches[first - 1].group()) != "no":
            break
        last += 1
    while last > first and matches[last].group().islower() and is_participle(matches[last].group()):
        last -= 1
    return last


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


@dataclass(frozen=True, slots=True)
class Opposition:
    """Why a denial on one side keeps a sentence from support; `contradicted` where the source itself says otherwise."""

    reason: str
    contradicted: bool = True


def opposition(sentence: str, source: str, cited: str, language: str, question: str) -> Opposition | None:
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
    affirmed = [stem for stem in against if _affirms(source, stem, sentence, language)]
    if affirmed:
        return Opposition(
            f"the sentence denies what the cited passage says (“{_word(affirmed[0], sentence, language)}”)"
        )
    if _limits(said.limited - whole.limited, sentence, source, language):
        return Opposition(f"the sentence denies what the cited passage says (“{min(said.limited)}”)")
    shared = said.denied & (whole.denied | whole.refused)
    claimed = said.denied - asked
    told = shared or denies(cited) or denies_otherwise(cited) or turned_round(sentence, cited, language)
    if claimed and not told and not _left_unsaid(claimed, sentence, cited, language):
        others = set(_stems(unframed(sentence), language)) - said.denied
        same = len(others.intersection(_stems(source, language))) >= ALL_BUT * len(others)
        return Opposition("the sentence denies something that the cited passage does not deny", same)
    if _NONE_AT_ALL.match(sentence):  # denies all of its clause: "no document was signed", "none of them was found"
        said = replace(said, denied=said.denied | said.behind, plain=said.plain - said.behind)
    word = _denied(said, given, whole, source, language)
    limit = next(
        (one for one in sorted(given.limited - said.limited) if _limits({one}, source, sentence, language)), ""
    )
    if word or limit:
        return Opposition(f"the cited passage denies what the sentence says (“{word or limit}”)")
    return None


def unsure_denial(sentence: str, cited: str, language: str) -> list[str]:
    """A reason against full support where the cited words neither affirm nor deny what the sentence denies."""
    said = read(sentence, language)
    if denies(cited) or denies_otherwise(cited):
        return []
    unsaid = _left_unsaid(said.denied, sentence, cited, language) if said.denied else ""
    if unsaid:
        return [unsaid]
    few = vocabulary().partial.isdisjoint(map(fold, TOKEN.findall(cited))) and not _PERCENT.search(cited)
    return [f"the cited passage does not say “not {limit}”" for limit in sorted(said.limited) if few][:1]


def _affirms(source: str, stem: str, sentence: str, language: str) -> bool:
    """Whether a clause of a source says for certain what the clause of the sentence with that stem denies: one that is
    no question, no hope, and shares a further word with that."""
    if _asked(source) and not _asked(sentence):
        return False
    mine = [clause for clause in clauses(unframed(sentence)) if stem in _stems(clause, language)]
    words = set(_stems(unframed(sentence), language)) - {stem}
    hedged = any(map(_HEDGED.search, mine))
    told = [clause for clause in clauses(source) if stem in _stems(clause, language)]
    for clause in told:
        there = set(_stems(clause, language))
        if (_HEDGED.search(clause) and not hedged) or _only_of_others(clause, sentence, words, language):
            continue
        around = there - {stem}
        if _only_named(clause, stem, sentence, language):
            its = {word for other in mine for word in _stems(other, language)} - {stem}
            if len(its & around) < SAME * len(its):
                continue
        if not words or not around or not words.isdisjoint(around):
            return True
    return not told  # the word itself parts two clauses


def _only_named(clause: str, stem: str, sentence: str, language: str) -> bool:
    """Whether a clause has as a noun only what the sentence has as a verb: a selection of something, "not selected"."""
    here, there = (
        {fold(word) for word in TOKEN.findall(text) if stem in _stems(word, language)} for text in (clause, sentence)
    )
    return here.isdisjoint(there) and all(map(_NOUN.fullmatch, here)) and not any(map(_NOUN.fullmatch, there))


def _asked(text: str) -> bool:
    return text.rstrip("\"'”») ").endswith("?")


def _left_unsaid(denied: Collection[str], sentence: str, cited: str, language: str) -> str:
    """Why what is cited neither affirms nor denies what a sentence denies: it only hopes for it, or says it of others
    only. "" where it does say so."""
    told = [clause for clause in clauses(cited) if not set(_stems(clause, language)).isdisjoint(denied)]
    if told and all(map(_HEDGED.search, told)) and not _HEDGED.search(sentence.split(",")[0]):
        return "the cited passage says only that this was hoped for, or possible"
    others = set(_stems(sentence, language)) - set(denied)
    if told and all(_only_of_others(clause, sentence, others, language) for clause in told):
        return "the cited passage says this only of something else"
    return ""


def _only_of_others(clause: str, sentence: str, others: Collection[str], language: str) -> bool:
    """Whether a clause says "only", of something that is not all that a sentence without it speaks of."""
    only = _ONLY.search(clause) is not None and _ONLY.search(sentence) is None
    return only and not set(others).issubset(_stems(clause, language))


def _limits(limits: Collection[str], denying: str, affirming: str, language: str) -> bool:
    """Whether one text says of the same that it is "all", or "every", of which the other says that it is "not all"."""
    known = vocabulary().quantities
    limits = set(limits) if known.isdisjoint(limits) else known.union(limits)
    for clause in clauses(affirming):
        words = set(_stems(clause, language)) - limits
        folded = [fold(match.group()) for match in TOKEN.finditer(clause)]
        if limits.isdisjoint(folded) or any(map(is_negation, folded)):
            continue
        for other in clauses(denying):
            denied = set(_stems(other, language)) - limits
            has = not limits.isdisjoint(fold(match.group()) for match in TOKEN.finditer(other))
            if has and denied and words and len(denied & words) >= SAME * min(len(denied), len(words)):
                return True
    return False


def denied_by(sentence: str, source: str, cited: str, language: str) -> str | None:
    """The first word of what the sentence says that `source` denies, and nothing of all that is `cited` says."""
    return _denied(read(sentence, language), read(source, language), read(cited, language), source, language)


def _denied(said: Reading, given: Reading, whole: Reading, source: str, language: str) -> str | None:
    against = sorted((given.denied & said.plain) - said.denied - said.refused - whole.plain - _saying(language))
    return _word(against[0], source, language) if against else None


@cache
def _saying(language: str) -> frozenset[str]:
    """The stems of words with which somebody is quoted: "nothing was said of it" denies nothing that he said."""
    return frozenset(stem for word in vocabulary().sayings for stem in _stems(word, language))


def _word(stem: str, text: str, language: str) -> str:
    """The word of `text` that has the stem."""
    return next(match.group() for match in TOKEN.finditer(text) if stem in _stems(match.group(), language))


def _stems(text: str, language: str) -> list[str]:
    """The stems of a text in order; an irregular past is that of its verb, as "did not win" denies "won"."""
    irregular = _irregular()
    return [irregular.get(stem, stem) if language == "en" else stem for stem in content_words(text, language)]


@cache
def _irregular() -> Mapping[str, str]:
    """The stems of irregular pasts, each with that of its verb."""
    pairs = vocabulary().irregular.items()
    stems = [(content_words(form, "en"), content_words(verb, "en")) for form, verb in pairs]
    return {form[0]: verb[0] for form, verb in stems if form and verb}
