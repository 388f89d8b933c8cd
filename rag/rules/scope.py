"""What a sentence says of all, of the whole, of nothing else or at all times, where its sources say it of fewer.

A quantity belongs to the noun behind it: "almost half of all Australian children" is said of children, whatever else
"all" stands before. Where a source leaves the quantity open, nothing is said. Purely textual; English and German.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from rag.clauses import clauses
from rag.vocabulary import TOKEN, YEAR, fold, is_negation, vocabulary
from rag.words import content_words

RUN = 5  # words of meaning behind "all" that say of what: "all Australian primary school children"
BETWEEN = 3  # words of meaning that may stand between a quantity and its noun
EXCEPTED = 5  # words behind "except" that say of what
_FEW = frozenset(("few", "minority", "wenige", "wenigen", "minderheit"))
HALF = 50  # percent
SHARED = 2  # words of a sentence, beside the noun, that a clause has which tells the same of a part
_BREAK = re.compile(r"[,;:.!?()“”\"„—–]")
_ADVERBS = re.compile(
    r"\b(?:only|few|some|several|many|most|mostly|mainly|largely|partly|partially|part|half|number|nearly|almost"
    r"|meist|meistens|teilweise|größtenteils|einige|viele|wenige|überwiegend)\b",
    re.IGNORECASE,
)
_PERCENT = re.compile(r"(?:\d|\bper ?cent|\bprozent)[^.;]{0,12}$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wider:
    """What a sentence says too widely, what a source has there, and whether that source `denies` the wider by it."""

    words: str
    instead: str
    source: int
    denies: bool

    @property
    def reason(self) -> str:
        """What a reader is told."""
        return f"the sentence says “{self.words}”, the cited passage “{self.instead}”"


@dataclass(frozen=True, slots=True)
class _Token:
    """A word in its place; `apart` where a mark parts it from the word before, `tells` where it is no noun's: a past
    form, or behind a German noun one without a capital."""

    spelt: str
    folded: str
    stem: str
    start: int
    end: int
    apart: bool
    tells: bool


@dataclass(frozen=True, slots=True)
class _Mention:
    """A noun of a source with the words that say how many: none where that is left open."""

    quantity: tuple[str, ...]
    words: str
    matched: int
    source: int


def wider(sentence: str, sources: Sequence[str], language: str) -> tuple[Wider, ...]:
    """What a sentence says of more than its sources do."""
    if language not in ("en", "de"):
        return ()
    said = _tokens(sentence, language)
    given = [_tokens(text, language) for text in sources]
    found = [*_all(said, given), *_several(said, given), *_of_a_part(said, sources, language)]
    return tuple(dict.fromkeys(found))


def alone(sentence: str, cited: str, language: str) -> list[str]:
    """A reason where a sentence sets something apart from all else, takes the whole of it, or says it of all times, and
    nothing `cited` does so in any words."""
    known, given = _known(), set(map(fold, TOKEN.findall(cited)))
    denied = any(map(is_negation, given))
    words = list(map(fold, TOKEN.findall(sentence)))
    for before, word, after in zip(["", *words], words, [*words[1:], ""], strict=False):
        silent = f"the sentence says “{word}”, which no cited passage does"
        if word in known.only and given.isdisjoint(known.like_only) and not denied:
            counted = not after or after in known.counting | known.counted or after[0].isdigit()
            if not counted and not is_negation(before) and before != "if":
                return [silent]
        if word in known.total and given.isdisjoint(known.all | known.like_total):
            return [silent]
        if word in known.always and given.isdisjoint(known.ever):
            often = sorted(given & known.times)
            return [f"the sentence says “{word}”, the cited passage “{often[0]}”" if often else silent]
        if word in known.never and given.isdisjoint(known.like_never) and denied:
            years = [year for year in YEAR.findall(cited) if year not in sentence]
            return [f"the sentence says “{word}”, the cited passage denies it of {years[0]}"] if years else []
    return []


def of_all(sentence: str, cited: str) -> list[str]:
    """A reason where the sentence speaks of all, and what is `cited` of some, wherever they stand in it."""
    every = next((word for word in TOKEN.findall(sentence) if fold(word) in _known().all), "")
    some = _ADVERBS.search(cited)
    if not every or not some or _ADVERBS.search(sentence) or _says_all(cited, fold(every) in _known().each):
        return []
    return [f"the sentence says “{every}”, the cited passage “{some.group()}”"]


def _says_all(cited: str, each: bool) -> bool:
    """Whether "all" stands in the text, and not in "nearly all" or "half of all"; of `each`, not of a whole only."""
    words = [fold(word) for word in TOKEN.findall(cited)]
    return any(
        word in (_known().each if each else _known().all) and _known().less.isdisjoint(words[max(0, place - 2) : place])
        for place, word in enumerate(words)
    )


def _all(said: Sequence[_Token], given: Sequence[Sequence[_Token]]) -> Iterator[Wider]:
    """What is said of all, and by the sources of fewer, or with exceptions that the sentence does not make."""
    known = _known()
    if not known.less.isdisjoint(token.folded for token in said):
        return
    for place, token in enumerate(said):
        if token.folded not in known.all or _counted(said, place):
            continue
        if place and is_negation(said[place - 1].folded):
            continue
        of = _behind(said, place)
        mentions = _best(of, given)
        everywhere = [one for one in mentions if _is_all(one)]
        if not everywhere:
            less = known.less | (known.one if token.folded in known.both else frozenset())
            few = next((one for one in mentions if less.intersection(one.quantity)), None)
            few = few or next((one for one in mentions if known.some.intersection(one.quantity)), None)
            if few:
                yield Wider(token.spelt, few.words, few.source, not less.isdisjoint(few.quantity))
            continue
        for one in everywhere:
            excepted = _excepts(given[one.source])
            if excepted and not _excepts(said):
                named = not {word.stem for word in excepted if word.stem}.isdisjoint(word.stem for word in said)
                yield Wider(token.spelt, " ".join(word.spelt for word in excepted), one.source, named)


def _several(said: Sequence[_Token], given: Sequence[Sequence[_Token]]) -> Iterator[Wider]:
    """What is said of several, and by a source of none, or the other way round; or of most, and of some only."""
    known = _known()
    yield from _none(said, given)
    if any(is_negation(token.folded) for token in said):
        return
    for place, token in enumerate(said):
        of = _behind(said, place)
        mentions = _best(of, given) if token.folded in known.several | known.most | known.minority else []
        if not mentions or mentions[0].matched < min(2, len(of)):
            continue
        nothing = [one for one in mentions if known.none.intersection(one.quantity)]
        if nothing and len(nothing) == len(mentions):
            yield Wider(token.spelt, nothing[0].words, nothing[0].source, True)
        if token.folded in _FEW:
            if token.folded == "few" and place and said[place - 1].folded == "a":
                continue
            many = [one for one in mentions if _is_majority(one)]
            if many and len(many) == len([one for one in mentions if one.quantity]):
                yield Wider(token.spelt, many[0].words, many[0].source, True)
            continue
        some = [one for one in mentions if known.some.intersection(one.quantity)]
        mostly = any(word.folded in known.most for tokens in given for word in tokens)
        fewer = [one for one in mentions if _is_minority(one)]
        counted = [one for one in mentions if one.quantity]
        if token.folded in known.most and not mostly and fewer and len(fewer) == len(counted):
            yield Wider(token.spelt, fewer[0].words, fewer[0].source, True)
            continue
        if token.folded in known.most and not mostly and some and len(some) == len(mentions):
            yield Wider(token.spelt, some[0].words, some[0].source, False)


def _is_minority(mention: _Mention) -> bool:
    """Whether a source has less than half of something: "a third of", "7 to 10 percent of"."""
    known = _known()
    if "%" in mention.words or not known.percent.isdisjoint(mention.quantity):
        shares = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", mention.words)]
        return bool(shares) and max(shares) < HALF
    return not known.minority.isdisjoint(mention.quantity)


def _is_majority(mention: _Mention) -> bool:
    """Whether a source has more than half of something, or all of it."""
    if "%" in mention.words or not _known().percent.isdisjoint(mention.quantity):
        shares = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", mention.words)]
        return bool(shares) and min(shares) > HALF
    return _is_all(mention) or not {"most", "majority", "meisten", "mehrheit"}.isdisjoint(mention.quantity)


def _none(said: Sequence[_Token], given: Sequence[Sequence[_Token]]) -> Iterator[Wider]:
    """What is said of none, and by every source that says how many of some."""
    known = _known()
    for place, token in enumerate(said):
        mentions = _best(_behind(said, place), given) if token.folded in known.none else []
        some = [one for one in mentions if not (known.some | known.less | known.several).isdisjoint(one.quantity)]
        if some and len(some) == len(mentions) and all(known.none.isdisjoint(one.quantity) for one in some):
            yield Wider(token.spelt, some[0].words, some[0].source, denies=True)


def _of_a_part(said: Sequence[_Token], sources: Sequence[str], language: str) -> Iterator[Wider]:
    """What is said of something, and by the clause that tells most of the same of a part of it only."""
    known = _known()
    stems = {token.stem for token in said if token.stem}
    if not (known.parts | known.some | known.less).isdisjoint(token.folded for token in said):
        return
    told = [(number, _tokens(clause, language)) for number, text in enumerate(sources) for clause in clauses(text)]
    shared = [len(stems & {token.stem for token in tokens}) for _, tokens in told]
    for much, (number, tokens) in zip(shared, told, strict=True):
        for place in range(len(tokens)):
            whole = next(iter(_behind(tokens, place)), "") if _is_part(tokens, place) else ""
            others = [
                more for more, (_, other) in zip(shared, told, strict=True) if whole in {one.stem for one in other}
            ]
            if whole in stems and much > SHARED and max(others) == much:
                last = next(at for at in range(place, len(tokens)) if tokens[at].stem == whole)
                part = " ".join(one.spelt for one in tokens[place : last + 1])
                yield Wider(next(one.spelt for one in said if one.stem == whole), part, number, denies=False)


def _is_part(tokens: Sequence[_Token], place: int) -> bool:
    """Whether a word says that of what follows only a part is meant: "a third of", not "the third"."""
    following = tokens[place + 1].folded if place + 1 < len(tokens) else ""
    return tokens[place].folded in _known().parts and following in _known().of


def _behind(tokens: Sequence[_Token], place: int) -> tuple[str, ...]:
    """The stems behind a quantity that say of what it is one, up to a mark or a word without meaning."""
    found: list[str] = []
    for token in tokens[place + 1 :]:
        if token.apart or (not token.stem and (found or token.folded not in _known().links)) or (found and token.tells):
            break
        if token.stem and token.folded not in _known().quantities:
            found.append(token.stem)
        if len(found) == RUN:
            break
    return tuple(found)


def _best(of: Sequence[str], given: Sequence[Sequence[_Token]]) -> list[_Mention]:
    """Where the sources name what a quantity is of, with most of its words; each with the quantity there."""
    found = []
    for number, tokens in enumerate(given):
        for place, token in enumerate(tokens):
            if token.stem in of:
                window = {one.stem for one in tokens[max(0, place - BETWEEN) : place + 1]}
                found.append(_mention(tokens, place, len(window.intersection(of)), number))
    most = max((one.matched for one in found), default=0)
    return [one for one in found if one.matched == most]


def _mention(tokens: Sequence[_Token], place: int, matched: int, source: int) -> _Mention:
    """The noun at a place with the words before it that say how many."""
    known, first, between = _known(), place, 0
    quantity: list[str] = []
    for at in range(place - 1, -1, -1):
        token = tokens[at]
        if tokens[at + 1].apart:
            break
        about = token.folded in known.some and quantity and quantity[-1][0].isdigit()  # "some 70 houses"
        counts = (
            not about and token.folded in known.quantities and (token.folded not in known.parts or _is_part(tokens, at))
        )
        if (counts and not about) or token.folded[0].isdigit():
            if token.folded in known.all and quantity and quantity[-1] in known.parts:
                quantity.pop()  # "all parts of the town"
            quantity.append(token.folded)
            first = at
        elif token.stem and not quantity and between < BETWEEN:
            between += 1
        elif token.folded not in _known().links:
            break
    words = " ".join(one.spelt for one in tokens[first : place + 1])
    return _Mention(tuple(quantity), words, matched, source)


def _is_all(mention: _Mention) -> bool:
    known = _known()
    return not known.all.isdisjoint(mention.quantity) and (known.less | known.some).isdisjoint(mention.quantity)


def _counted(said: Sequence[_Token], place: int) -> bool:
    """Whether a number follows: "all three" counts what is meant; or a word of time: "every year" is "annually"."""
    following = said[place + 1].folded if place + 1 < len(said) else ""
    return following[:1].isdigit() or following in _known().counted


def _excepts(tokens: Sequence[_Token]) -> Sequence[_Token]:
    """The words that make an exception, with those behind them that say of what; none without one."""
    for place in range(len(tokens)):
        for words in _known().exceptions:
            if [token.folded for token in tokens[place : place + len(words)]] == list(words):
                behind = range(place + len(words), min(len(tokens), place + len(words) + EXCEPTED))
                last = next((at for at in behind if tokens[at].apart or tokens[at].tells), behind.stop)
                return tokens[place:last]
    return ()


def _tokens(text: str, language: str) -> list[_Token]:
    found: list[_Token] = []
    for match in TOKEN.finditer(text):
        apart = bool(found) and _BREAK.search(text, found[-1].end, match.start()) is not None
        stem = next(iter(content_words(match.group(), language)), "")
        spelt = match.group() + "%" * (text[match.end() : match.end() + 1] == "%")
        noun_before = language == "de" and bool(found) and found[-1].spelt[0].isupper()
        tells = spelt.endswith("ed") if language == "en" else noun_before and stem != "" and spelt[0].islower()
        found.append(_Token(spelt, fold(spelt), stem, match.start(), match.end(), apart, tells))
    return found


@dataclass(frozen=True, slots=True)
class _Words:
    """Words of `scope.toml`, folded."""

    all: frozenset[str]
    total: frozenset[str]
    like_total: frozenset[str]
    some: frozenset[str]
    less: frozenset[str]
    minority: frozenset[str]
    percent: frozenset[str]
    each: frozenset[str]
    both: frozenset[str]
    one: frozenset[str]
    most: frozenset[str]
    none: frozenset[str]
    several: frozenset[str]
    parts: frozenset[str]
    times: frozenset[str]
    ever: frozenset[str]
    always: frozenset[str]
    never: frozenset[str]
    like_never: frozenset[str]
    only: frozenset[str]
    like_only: frozenset[str]
    counting: frozenset[str]
    links: frozenset[str]
    of: frozenset[str]
    counted: frozenset[str]
    exceptions: tuple[tuple[str, ...], ...]

    @property
    def quantities(self) -> frozenset[str]:
        """All words that say how many."""
        return self.all | self.some | self.less | self.none | self.several | self.parts | self.one | {"only", "nur"}


@cache
def _known() -> _Words:

    stored = tomllib.loads(resources.files("rag.rules").joinpath("scope.toml").read_text("utf-8"))
    names = [name for name in _Words.__annotations__ if name not in ("counted", "exceptions")]
    words = {name: frozenset(map(fold, stored[name].split())) for name in names}
    counted = frozenset(vocabulary().numbers) | frozenset(map(fold, stored["counted"].split()))
    return _Words(**words, counted=counted, exceptions=tuple(tuple(fold(one).split()) for one in stored["exceptions"]))
