"""A rank that a sentence gives and its sources give to others too, to a lower place, or among fewer: "first", "largest".

"One of the earliest settlements" is no "earliest settlement", "the first in the UK" none in the world, and "the first
president to visit while in office" not the first to visit. What stands in the question, or above the source, need not
be said again. Purely textual; English and German.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from rag.clauses import same
from rag.scope import Wider
from rag.vocabulary import TOKEN, fold
from rag.words import content_words

BEFORE = 4  # words before a rank that may give it to others, too: "one of the very first"
NARROWER = 2  # words of meaning more that a source has behind its rank than the sentence: it ranks among fewer
NOUN = 4  # words of meaning behind a rank that say what is ranked

_BREAK = re.compile(r"[,;:!?()“”\"„—–]|\.(?=\s|$)")
_RELATIVE = re.compile(r"^,\s(?:der|die|das|den|dem)$")
_GERMAN_LOWER = re.compile(r"^(?:zweit|dritt|viert|fünft|sechst|siebt|acht|neunt|zehnt)(?=\w+st)")
_ARTICLE = re.compile(
    r"(?:\b(?:the|its|their|his|her|whose|my|our|der|die|das|den|dem|des|im|am|zum|zur|als)|['’]s|s['’])\s$", re.I
)


@dataclass(frozen=True, slots=True)
class _Rank:
    """A rank in a text at its place: its `key`, which it has in common with those that mean the same, as it is spelt, whether an
    article makes it one, the stem `by` which "most" ranks, what shares or lowers it, and the words of meaning behind it, up to where something else is told."""

    start: int
    key: str
    spelt: str
    definite: bool
    by: str
    limit: str
    lower: bool
    noun: tuple[str, ...]
    spelt_nouns: frozenset[str]
    behind: tuple[str, ...]
    places: tuple[str, ...]
    world: bool


def outranked(
    sentence: str, question: str, sources: Sequence[str], above: Sequence[str], language: str
) -> tuple[Wider, ...]:
    """The ranks of a sentence that its sources limit; `above` is the title and the heading of each."""
    if language not in ("en", "de"):
        return ()
    given = [(number, rank) for number, text in enumerate(sources) for rank in _ranks(text, language)]
    said = set(content_words(f"{sentence} {question}", language))
    found = []
    for rank in _ranks(sentence, language):
        if rank.limit or _of_several(rank, question):
            continue
        like = [one for one in given if _alike(rank, one[1]) and _of_the_same(rank, one[1], said)]
        limits = [
            (number, _limit(rank, other, said, sources[number], above[number], question, language))
            for number, other in like
        ]
        if limits and all(limit for _, limit in limits):
            number, limit = next((one for one in limits if one[1] and one[1][1]), limits[0])
            if limit:
                found.append(Wider(rank.spelt, limit[0], number, limit[1]))
    return tuple(dict.fromkeys(found))


def unranked(sentence: str, question: str, sources: Sequence[str], above: Sequence[str], language: str) -> list[str]:
    """A reason where a sentence gives a rank, and no source gives it in any words."""
    if language not in ("en", "de"):
        return []
    told = " ".join((question, *sources, *above))
    words = set(map(fold, TOKEN.findall(told)))
    given = [other for text in sources for other in _ranks(text, language)]
    for rank in _ranks(sentence, language):
        meant = {word for word, key in _known().ranks.items() if key == rank.key} | _known().like.get(
            rank.key, frozenset()
        )
        if (
            not rank.limit
            and rank.definite
            and not any(_alike(rank, other) for other in given)
            and meant.isdisjoint(words)
        ):
            return [f"the sentence says “{rank.spelt}”, which no cited passage does"]
    return []


def _alike(rank: _Rank, other: _Rank) -> bool:
    """Whether two ranks mean the same: "the most populous city" is "the largest by population"."""
    return rank.key == other.key or rank.by in other.behind or other.by in rank.behind


def _of_several(rank: _Rank, question: str) -> bool:
    """Whether the question asks for one of several: "a main advantage"."""
    asked = re.findall(r"\b(?:an?|one|eine?[nrms]?)\s(\w+)", fold(question))
    return any(_known().ranks.get(word) == rank.key for word in asked)


def _of_the_same(rank: _Rank, other: _Rank, said: set[str]) -> bool:
    """Whether two ranks may be of the same things: one leaves these open, or they share a word."""
    return not rank.noun or not other.noun or not said.isdisjoint(other.noun)


def _limit(
    rank: _Rank, other: _Rank, said: set[str], source: str, above: str, question: str, language: str
) -> tuple[str, bool] | None:
    """What a source has that limits the rank, and whether it denies it so; None where nothing does."""
    if other.limit:
        return f"{other.limit} {other.spelt}", other.lower
    names = [name for name in rank.places if fold(name) not in _known().anywhere]
    if any(f"{one}s" in other.spelt_nouns for one in rank.spelt_nouns):  # "the largest lakes" are several
        return (
            f"{other.spelt} {next(f'{one}s' for one in sorted(rank.spelt_nouns) if f'{one}s' in other.spelt_nouns)}",
            False,
        )
    theirs = [name for name in other.places if fold(name) not in _known().anywhere]
    told = f"{source[: other.start]} {above} {question}"
    wide = [name for name in names if not any(same(name, one) for one in theirs) and name not in told]
    if theirs and (wide or (rank.world and not other.world)):
        return f"{other.spelt} … {theirs[0]}", False
    if (
        rank.world
        and not other.world
        and _known().world.isdisjoint(map(fold, TOKEN.findall(f"{source} {above} {question}")))
    ):
        return f"{other.spelt}” without “world", False
    known = said | set(content_words(above, language)) if not names else said
    more = [stem for stem in other.behind if stem not in known]
    instead = [stem for stem in rank.behind if stem not in set(content_words(source, language))]
    if len(set(more)) - len(set(instead)) >= NARROWER:
        words = [word for word in TOKEN.findall(source) if set(content_words(word, language)) & set(more)]
        return f"{other.spelt} … {' '.join(words[:3])}", False
    return None


def _ranks(text: str, language: str) -> Iterator[_Rank]:
    known = _known()
    tokens = list(TOKEN.finditer(text))
    for place, match in enumerate(tokens):
        key, shown = _key(text, tokens, place, language)
        if not key:
            continue
        start = tokens[shown].start()
        end = match.end() if shown == place else tokens[place].end()
        before = [fold(token.group()) for token in tokens[max(0, shown - BEFORE) : shown]]
        if _BREAK.search(text[tokens[max(0, shown - BEFORE)].start() : start]):
            last = list(_BREAK.finditer(text, 0, start))[-1].end()
            before = [fold(token.group()) for token in tokens[:shown] if token.start() >= last][-BEFORE:]
        limit = next((word for word in before[-1:] if word in known.lower), "")
        german = _GERMAN_LOWER.match(fold(match.group())) if language == "de" else None
        lower = bool(limit or german)
        limit = limit or (german.group() if german else "") or _shared_with(before)
        noun, nouns, behind, places = _phrase(text, tokens, place, language)
        owner = _owner(text[:start])
        world = not known.world.isdisjoint([*(fold(word) for word in places), fold(owner)]) or any(
            stem in known.world
            for stem in map(fold, TOKEN.findall(text[start : start + 80]))
            if stem in ("weltweit", "worldwide", "globally")
        )
        by = key.removeprefix("most ") if key.startswith("most ") else ""
        yield _Rank(
            start,
            key,
            text[start:end],
            _ARTICLE.search(text[:start]) is not None,
            by,
            limit,
            lower,
            noun,
            nouns,
            behind,
            tuple(filter(None, (owner, *places))),
            world,
        )


def _shared_with(before: Sequence[str]) -> str:
    """ "One of the", "among the", "zu den"; "" where nothing before a rank gives it to others, too."""
    joined = f" {' '.join(before)}"
    shared = re.search(
        r" (?:(one|some|two|three|many|several|einer|eine|eines|einem|zwei|drei) (?:of|der|von)|(among|amongst)|(zu) (?:den|seinen|ihren)"
        r"|(perhaps|possibly|arguably|probably|vielleicht|wohl|wahrscheinlich))\b",
        joined,
    )
    return next((found for found in shared.groups() if found), "") if shared else ""


def _owner(before: str) -> str:
    """The name that owns a rank: "Newcastle's first", "the world's largest"."""
    found = re.search(r"([^\W\d_]\w*)(?:['’]s|(?<=s)['’])\s(?:\w+\s)?$", before)
    return found[1] if found else ""


def _key(text: str, tokens: Sequence[re.Match[str]], place: int, language: str) -> tuple[str, int]:
    """What rank a word gives, "" where none, and the place at which it begins to be told."""
    known = _known()
    word, spelt = fold(tokens[place].group()), tokens[place].group()
    before = text[: tokens[place].start()]
    if spelt[0].isupper() and place:  # "First Coast", "West"
        return "", place
    if language == "de":
        found = re.fullmatch(
            r"(\w{2,}?st)(?:e|en|er|es|em)|(einzig|alleinig|führend|letzt)(?:e|en|er|es|em)",
            _GERMAN_LOWER.sub("", word),
        )
        if not found or word in known.no_ranks or not _ARTICLE.search(before[-8:]) and not word.startswith("erst"):
            return "", place
        stem = found[1] or found[2]
        if re.fullmatch(r"zwanzigst|dreißigst|\w+zigst|hundertst", stem):
            return "", place
        return known.ranks.get(stem, stem), place
    if word in known.ranks:
        if word in (
            "last",
            "final",
            "only",
            "sole",
            "chief",
            "principal",
            "primary",
            "leading",
            "main",
            "lone",
        ) and not _ARTICLE.search(before[-8:]):
            return "", place
        if (
            word in ("first", "last")
            and re.search(r"\b(?:at|in|for the)\s$", before[-9:], re.I)
            and not re.search(r"the\s$", before[-5:])
        ):
            return "", place
        return known.ranks[word], place
    if (
        place
        and fold(tokens[place - 1].group()) == "most"
        and content_words(word, language)
        and _ARTICLE.search(text[: tokens[place - 1].start()][-8:])
    ):
        return f"most {next(iter(content_words(word, language)), word)}", place - 1
    if re.fullmatch(r"\w{3,}est", word) and word not in known.no_ranks and re.search(r"(?:\w[\s-])$", before):
        return word, place
    return "", place


def _phrase(
    text: str, tokens: Sequence[re.Match[str]], place: int, language: str
) -> tuple[tuple[str, ...], frozenset[str], tuple[str, ...], tuple[str, ...]]:
    """Behind a rank: what is ranked, as stems and as spelt, all words of meaning that narrow it, and the places or groups in which it holds."""
    known = _known()
    noun: list[str] = []
    nouns: set[str] = set()
    behind: list[str] = []
    places: list[str] = []
    running, placed, relative = True, False, False
    for at in range(place + 1, len(tokens)):
        match = tokens[at]
        gap, word = text[tokens[at - 1].end() : match.start()], fold(match.group())
        opens = _RELATIVE.match(f"{gap.strip()} {word}") is not None and language == "de"
        relative = relative or opens or word in ("that", "who", "which", "to")
        if (
            (_BREAK.search(gap) and not opens)
            or (word in known.ends and not relative)
            or word in ("and", "und", "but", "because")
        ):
            break
        stems = content_words(match.group(), language)
        if word in ("in", "of", "im", "on", "within", "from", "der", "des", "von", "auf"):
            placed, running = True, False
        elif stems and not match.group()[0].isdigit():
            if running and len(noun) < NOUN and not relative:
                noun += stems[:1]
                nouns.add(match.group())
            following = text[match.end() :]
            if re.match(r"\s(?:state|city|province|county|region|Staat|Land)\s(?:of|von)\b", following):
                continue  # "the U.S. state of Florida" is Florida
            if word not in known.anywhere or fold(tokens[at - 1].group()) == "by":
                behind += stems[:1]
            if placed and (
                match.group()[0].isupper() and (language == "en" or _is_name(match.group())) or word in known.world
            ):
                places.append(match.group())
            elif placed and not match.group()[0].isupper():
                placed = word in ("north", "south", "east", "west", "contiguous", "whole", "entire")
        elif not stems and word not in ("the", "a", "an", "der", "die", "das", "dem", "den"):
            running, placed = False, False
    return tuple(noun), frozenset(nouns), tuple(behind), tuple(places)


def _is_name(word: str) -> bool:
    """Whether a German word with a capital may be a place; every noun has one."""
    return fold(word) in _known().world or word.endswith(("land", "ien", "ika", "opa", "burg", "stadt", "USA", "UK"))


@dataclass(frozen=True, slots=True)
class _Words:
    ranks: dict[str, str]
    no_ranks: frozenset[str]
    lower: frozenset[str]
    anywhere: frozenset[str]
    world: frozenset[str]
    ends: frozenset[str]
    like: dict[str, frozenset[str]]


@cache
def _known() -> _Words:
    stored = tomllib.loads(resources.files("rag").joinpath("scope.toml").read_text("utf-8"))
    names = ("no_ranks", "lower", "anywhere", "world", "ends")
    ranks = {fold(word): fold(line.split()[0]) for line in stored["ranks"] for word in line.split()}
    like = {fold(key): frozenset(map(fold, line.split())) for key, line in stored["like"].items()}
    return _Words(ranks=ranks, like=like, **{name: frozenset(map(fold, stored[name].split())) for name in names})
