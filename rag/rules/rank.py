"""A rank that a sentence gives, and its sources give to others too, lower, or among fewer: "first", "largest".

"One of the earliest settlements" is no "earliest settlement", "the first in the UK" none in the world, and "the first
president to visit while in office" not the first to visit. What stands in the question, or above the source, need not
be said again. Purely textual; English and German.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from rag.clauses import same
from rag.rules.scope import Wider
from rag.vocabulary import TOKEN, fold
from rag.words import content_words

BEFORE = 4  # words before a rank that may give it to others, too: "one of the very first"
NARROWER = 2  # words of meaning that a source has behind its rank and the sentence not: it ranks among fewer
NOUN = 4  # words of meaning behind a rank that say what is ranked
NEAR = 12  # characters, at most, of what makes a word a rank: "the ", "whose "

_BREAK = re.compile(r"[,;:!?()“”\"„—–]|\.(?=\s|$)")
_RELATIVE = re.compile(r",\s(?:der|die|das|den|dem)")
_LOWER = re.compile(r"^(?:zweit|dritt|viert|fünft|sechst|siebt|acht|neunt|zehnt)(?=\w+st)")  # "drittgrößte"
_ARTICLE = re.compile(
    r"(?:\b(?:the|its|their|his|her|whose|my|our|der|die|das|den|dem|des|im|am|zum|zur|als)|['’]s|s['’])\s$",
    re.IGNORECASE,
)
_GERMAN = re.compile(r"(\w{2,}?st|einzig|alleinig|führend|letzt)(?:e|en|er|es|em)")
_COUNTS = re.compile(r"\w+zigst|hundertst")  # "am zwanzigsten"
_SHARED = re.compile(
    r"\b(?:(?:one|some|two|three|many|several|einer|eine|eines|einem|zwei|drei) (?:of|der|von)|among|amongst"
    r"|zu (?:den|seinen|ihren)|perhaps|possibly|arguably|probably|nearly|almost"
    r"|fast|beinahe|nahezu|vielleicht|wohl|wahrscheinlich)\b"
)
_ALL_OTHERS = re.compile(r"\b(?:all|any|every|no|alle|allen|jede[rsn]?|kein\w*) (?:other|anderen?\w?)\b", re.IGNORECASE)
_GERMAN_ORIGIN = re.compile(r"(?:\w+isch|deutsch)e[rnsm]?|\w+erin|deutsche[rn]?")  # "französische", "Italienerin"
_OWNER = re.compile(
    r"([^\W\d_]\w*)(?:['’]s|(?<=s)['’])\s(?:\w+\s)?$"
)  # "Newcastle's first", "the world's second largest"


@dataclass(frozen=True, slots=True)
class _Rank:
    """A rank in a text at its place.

    Its `key` it has in common with those that mean the same; `by` is the stem that "most" ranks by; `definite` it is
    behind an article, `several` where it is that of more than one. What shares or lowers it is its `limit`.
    """

    start: int
    key: str
    spelt: str
    by: str
    definite: bool
    several: bool
    limit: str
    lower: bool
    phrase: _Phrase
    world: bool

    @property
    def places(self) -> list[str]:
        """Where it holds, by name; "in the country" is in whichever country is spoken of."""
        return [name for name in self.phrase.places if fold(name) not in _known().anywhere]


@dataclass(frozen=True, slots=True)
class _Phrase:
    """What stands behind a rank: the stems of what is ranked, as it is spelt, all stems that narrow it, and the names
    of where it holds."""

    noun: tuple[str, ...]
    spelt: tuple[str, ...]
    behind: tuple[str, ...]
    places: tuple[str, ...]


def outranked(
    sentence: str, question: str, sources: Sequence[str], above: Sequence[str], language: str
) -> tuple[Wider, ...]:
    """The ranks of a sentence that each of its sources that gives them limits; `above` is what stands above each."""
    if language not in ("en", "de"):
        return ()
    given = [(number, rank) for number, text in enumerate(sources) for rank in _ranks(text, language)]
    said = set(content_words(f"{sentence} {question}", language))
    found = []
    for rank in _ranks(sentence, language):
        if rank.limit or _of_several(rank, question):
            continue
        like = [(number, other) for number, other in given if _alike(rank, other) and _of_the_same(rank, other, said)]
        limits = []
        for number, other in like:
            known = f"{above[number]} {question}"
            limit = other.limit or _among_fewer(rank, other, said, sources[number], known, language)
            limits.append((other, number, limit))
        if limits and all(limit for *_, limit in limits):
            other, number, limit = max(limits, key=lambda one: one[0].lower)
            far = next((word for word in TOKEN.findall(sentence[rank.start :]) if fold(word) in _known().world), "")
            words = f"{rank.spelt} … {far}" if limit == other.spelt else rank.spelt
            found.append(Wider(words, limit, number, denies=other.lower))
    return tuple(dict.fromkeys(found))


def unranked(sentence: str, question: str, sources: Sequence[str], above: Sequence[str], language: str) -> list[str]:
    """A reason where a sentence gives a rank, and no source gives it in any words.

    Of ranks for which other words are known the question's word is enough: a source may tell "the main idea" and "the
    lone team" without these. What is "the lowest" or "most accurate" must stand there.
    """
    if language not in ("en", "de"):
        return []
    told = " ".join((question, *sources, *above))
    words = set(map(fold, TOKEN.findall(told)))
    if _ALL_OTHERS.search(told):
        return []
    given = [other for text in sources for other in _ranks(text, language)]
    for rank in _ranks(sentence, language):
        meant = {word for word, key in _known().ranks.items() if key == rank.key} | _known().like.get(rank.key, set())
        listed = re.match(
            r"\s(?:of|von)\b", sentence[rank.start + len(rank.spelt) :]
        )  # "the first of her three titles"
        if (
            rank.definite
            and not rank.limit
            and not listed
            and meant.isdisjoint(words)
            and not any(_alike(rank, one) for one in given)
        ):
            return [f"the sentence says “{rank.spelt}”, which no cited passage does"]
    return []


def _alike(rank: _Rank, other: _Rank) -> bool:
    """Whether two ranks mean the same: "the most populous city" is "the largest by population"."""
    return rank.key == other.key or rank.by in other.phrase.behind or other.by in rank.phrase.behind


def _of_several(rank: _Rank, question: str) -> bool:
    """Whether the question asks for one of several: "a main advantage"."""
    asked = re.findall(r"\b(?:an?|one|eine?[nrms]?)\s(\w+)", fold(question))
    return any(_known().ranks.get(word) == rank.key for word in asked)


def _of_the_same(rank: _Rank, other: _Rank, said: set[str]) -> bool:
    """Whether two ranks may be of the same things: one leaves these open, or they share a word."""
    anybody = not _known().anybody.isdisjoint(map(fold, rank.phrase.spelt))  # "the first person to win"
    return anybody or not rank.phrase.noun or not other.phrase.noun or not said.isdisjoint(other.phrase.noun)


def _among_fewer(rank: _Rank, other: _Rank, said: set[str], source: str, around: str, language: str) -> str:
    """By which words a source ranks among fewer than the sentence, "" where it does not; `around` is what a reader
    knows besides."""
    many = next((f"{one}s" for one in rank.phrase.spelt if f"{one}s" in other.phrase.spelt), "")
    if many or (other.several and not rank.several):  # "the largest lakes" are several
        return f"{other.spelt} {many}".strip()
    before = f"{source[: other.start]} {around}"
    elsewhere = [name for name in rank.places if name not in before]
    apart = elsewhere and not any(same(name, one) for name in elsewhere for one in other.places)
    if other.places and (apart or (rank.world and not other.world)):
        return f"{other.spelt} … {other.places[0]}"
    if rank.world and not other.world and _known().world.isdisjoint(map(fold, TOKEN.findall(f"{source} {around}"))):
        return other.spelt
    narrow = _narrower(rank, other, said | set(content_words(around, language)), language)
    if narrow:
        return f"{other.spelt} {narrow}"
    known = said if rank.places else said | set(content_words(around, language))
    more = {stem for stem in other.phrase.behind if stem not in known}
    instead = set(rank.phrase.behind) - set(content_words(source, language))
    named = 0 if rank.places else sum(not more.isdisjoint(content_words(name, language)) for name in other.places)
    if len(more) + named - len(instead) < NARROWER:
        return ""
    words = [
        word for word in TOKEN.findall(source[other.start :]) if not more.isdisjoint(content_words(word, language))
    ]
    return f"{other.spelt} … {' '.join(words[:3])}"


def _narrower(rank: _Rank, other: _Rank, known: set[str], language: str) -> str:
    """The word that makes what a source ranks one of fewer, and of which nothing is `known`: in "the first American to
    win", "the first female president"; "" where the sentence ranks something else, or the source no fewer."""
    if not rank.phrase.noun and not set(rank.phrase.behind) & set(other.phrase.behind):
        return ""
    generic = {stem for word in _known().anybody for stem in content_words(word, language)}
    if set(rank.phrase.noun) - set(other.phrase.noun) - generic:  # "the first US president" narrows it, too
        return ""
    for word in other.phrase.spelt:
        narrows = word[0].isupper() if language == "en" else _GERMAN_ORIGIN.fullmatch(fold(word))
        if (narrows or fold(word) in _known().narrowing) and known.isdisjoint(content_words(word, language)):
            return word
    return ""


def _ranks(text: str, language: str) -> Iterator[_Rank]:
    """The ranks that a text gives, in order."""
    tokens = list(TOKEN.finditer(text))
    for place, match in enumerate(tokens):
        key, first = _key(text, tokens, place, language)
        if not key:
            continue
        start = tokens[first].start()
        spelt = text[start : match.end()]
        before = _words_before(text, tokens, first)
        lower = next((word for word in before[-1:] if word in _known().lower), "")
        if language == "de" and _LOWER.match(fold(match.group())):
            lower = match.group()
        owner = _OWNER.search(text[:start])
        phrase = _phrase(text, tokens, place, language)
        around = [
            *phrase.places,
            owner[1] if owner else "",
            *_known().spreads.intersection(map(fold, TOKEN.findall(text[start:]))),
        ]
        if owner:
            phrase = _Phrase(phrase.noun, phrase.spelt, phrase.behind, (owner[1], *phrase.places))
        yield _Rank(
            start=start,
            key=key,
            spelt=spelt,
            by=key.removeprefix("most ") if key.startswith("most ") else "",
            definite=_ARTICLE.search(text[:start]) is not None,
            several=language == "de" and before[-1:] == ["die"] and match.group().endswith("en"),
            limit=lower if lower == spelt else f"{lower} {spelt}" if lower else _shared_with(before, spelt),
            lower=bool(lower),
            phrase=phrase,
            world=not _known().world.isdisjoint(map(fold, around)),
        )


def _words_before(text: str, tokens: Sequence[re.Match[str]], first: int) -> list[str]:
    """The few words before a rank, behind the last mark."""
    marks = [mark.end() for mark in _BREAK.finditer(text, 0, tokens[first].start())]
    last = marks[-1] if marks else 0
    return [fold(token.group()) for token in tokens[max(0, first - BEFORE) : first] if token.start() >= last]


def _shared_with(before: Sequence[str], spelt: str) -> str:
    """The words that give a rank to others, too: "one of the first", "among the first", "zu den ersten"."""
    words = " ".join(before)
    shared = _SHARED.search(words)
    return f"{words[shared.start() :]} {spelt}" if shared else ""


def _key(text: str, tokens: Sequence[re.Match[str]], place: int, language: str) -> tuple[str, int]:
    """The rank that a word gives, "" where none, and the place of the word with which it begins: "most populous"."""
    known, spelt = _known(), tokens[place].group()
    word, before = fold(spelt), text[max(0, tokens[place].start() - NEAR) : tokens[place].start()]
    if (spelt[0].isupper() and place) or word in known.no_ranks:  # "First Coast"
        return "", place
    if language == "de":
        return _german_key(_LOWER.sub("", word), before), place
    if word in known.ranks:
        opens = word in known.need_article and not _ARTICLE.search(before)
        adverb = re.search(r"\b(?:at|in|for the)\s$", before, re.IGNORECASE) and not before.endswith("in the ")
        return "" if opens or adverb else known.ranks[word], place
    most = place > 0 and fold(tokens[place - 1].group()) == "most" and content_words(word, language)
    if most and _ARTICLE.search(text[: tokens[place - 1].start()][-NEAR:]):
        return f"most {most[0]}", place - 1
    return (word if re.fullmatch(r"\w{3,}est", word) and before else ""), place


def _german_key(word: str, before: str) -> str:
    found = _GERMAN.fullmatch(word)
    if not found or _COUNTS.fullmatch(found[1]) or not (_ARTICLE.search(before) or found[1] == "erst"):
        return ""
    return _known().ranks.get(found[1], found[1])


def _phrase(text: str, tokens: Sequence[re.Match[str]], place: int, language: str) -> _Phrase:
    """What stands behind a rank, up to where something else is told."""
    known = _known()
    noun: list[tuple[str, str]] = []
    behind: list[str] = []
    places: list[str] = []
    running, placed, relative = True, False, False
    for before, match in zip(tokens[place:], tokens[place + 1 :], strict=False):
        gap, word = text[before.end() : match.start()], fold(match.group())
        clause = language == "de" and _RELATIVE.fullmatch(f"{gap}{word}") is not None
        relative = relative or clause or word in known.relates
        if (_BREAK.search(gap) and not clause) or word in known.stops or (word in known.ends and not relative):
            break
        stems = content_words(match.group(), language)
        if word in known.within:
            running, placed = False, True
        elif not stems:
            running, placed = running and word in known.articles, placed and word in known.articles
        elif not match.group()[0].isdigit() and not _belongs(text[match.end() :]):
            if running and len(noun) < NOUN and not relative:
                noun.append((stems[0], match.group()))
            if word not in known.anywhere or fold(before.group()) == "by":
                behind.append(stems[0])
            if placed and _names_a_place(match.group(), fold(before.group()), language):
                places.append(match.group())
            placed = placed and (match.group()[0].isupper() or word in known.sides)
    return _Phrase(tuple(stem for stem, _ in noun), tuple(spelt for _, spelt in noun), tuple(behind), tuple(places))


def _belongs(following: str) -> bool:
    """Whether a name only says whose part a place is: "the U.S. state of Florida"."""
    return re.match(r"\s(?:state|city|province|county|region|Staat|Land)\s(?:of|von)\b", following) is not None


def _names_a_place(word: str, before: str, language: str) -> bool:
    """Whether a word behind "in" may name a place; every German noun has a capital, and a name seldom an article."""
    if fold(word) in _known().world:
        return True
    endings = tuple(_known().german_places)
    return word[0].isupper() and (language == "en" or before in ("in", "von") or fold(word).endswith(endings))


@dataclass(frozen=True, slots=True)
class _Words:
    """Words of `scope.toml`, folded; `ranks` leads from a rank to the first that means the same, and `like` from that
    to what else says so."""

    ranks: Mapping[str, str]
    like: Mapping[str, frozenset[str]]
    no_ranks: frozenset[str]
    need_article: frozenset[str]
    lower: frozenset[str]
    anywhere: frozenset[str]
    world: frozenset[str]
    ends: frozenset[str]
    articles: frozenset[str]
    sides: frozenset[str]
    within: frozenset[str]
    relates: frozenset[str]
    stops: frozenset[str]
    spreads: frozenset[str]
    anybody: frozenset[str]
    narrowing: frozenset[str]
    german_places: frozenset[str]


@cache
def _known() -> _Words:
    stored = tomllib.loads(resources.files("rag.rules").joinpath("scope.toml").read_text("utf-8"))
    names = [name for name in _Words.__annotations__ if name not in ("ranks", "like")]
    ranks = {fold(word): fold(line.split()[0]) for line in stored["ranks"] for word in line.split()}
    like = {fold(key): frozenset(map(fold, line.split())) for key, line in stored["like"].items()}
    return _Words(ranks=ranks, like=like, **{name: frozenset(map(fold, stored[name].split())) for name in names})
