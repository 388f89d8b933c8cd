"""Who does what, who is what, and which is more: sentences that turn it round, or give it to somebody else.

"Russia reduced the mission" of "NATO reduced the Russian mission" has every word and every name, and says the contrary.
Told by the order of names, verbs and "than" in one clause, so only where that order leaves no doubt. English, purely
textual.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.facts import facts, misspelt, name_value, one_government, same_name
from rag.roles import is_participle
from rag.vocabulary import TOKEN, denies, fold, opens, vocabulary
from rag.words import content_words

_CLAUSE = re.compile(
    r"[,;:()“”\"«»—–]|\.(?=\s)|\b(?:that|because|when|while|which|who|whose|as|after|before|if|although|though|since|until"
    r"|but|than|where)\b"
)
_IS = re.compile(r"\s(?:is|was|are|were|became|becomes|remains|remained)\s(?:an?\s|the\s)?", re.IGNORECASE)
_COMPARED = re.compile(r"\b(?P<how>(?:more|less|fewer)\b(?:\s\w+)?|\w{2,}er)(?P<between>(?:\s[\w-]+){0,3}?)\sthan\b")
_BEARS = re.compile(r"\W*$|[,(]|\s(?:who|is|was|would|will|had|has|became|becomes)\b")  # behind whoever is something
_AUXILIARY = re.compile(r"\s*(is|are|was|were|did|does|do|will|would|can|could|has|have|had)\s", re.IGNORECASE)
_OWNS = re.compile(r"['’]s?$")
_RELATED = re.compile(r"\b(?:of|in|to|for|on|at|with|from|by|between|against|about)\s(?:the\s)?$")  # before a name
_PART = re.compile(r"[,;]")
SHARED = 0.5  # of the other words of a sentence, that a source has which tells of the same


@dataclass(frozen=True, slots=True)
class Turned:
    """What a sentence says, what source `source` says instead."""

    words: str
    instead: str
    source: int


@dataclass(frozen=True, slots=True)
class _Name:
    """A run of capitalised words, in a text; `owns` where it ends in "'s"."""

    words: str
    start: int
    end: int
    owns: bool


@dataclass(frozen=True, slots=True)
class _Act:
    """A verb, by its stem, and the names that stand for who does it; or to whom it is done, where nobody is named."""

    stem: str
    verb: str
    by: tuple[str, ...]
    to: tuple[str, ...] = ()


def turned(sentence: str, sources: Sequence[str]) -> tuple[Turned, ...]:
    """What `sentence` says of one whom the `sources` have in another part, or of whom they say it of another."""
    if denies(sentence):
        return ()
    found = (_done_by_others, _done_elsewhere, _said_of_others, _compared)
    return tuple(one for tell in found for one in tell(sentence, sources))


def as_claimed(question: str) -> str:
    """A yes-or-no question in the order of a sentence, as far as names and verbs tell that: "NATO did cut it" for "Did
    NATO cut it?"; else as it is."""
    asking = _AUXILIARY.match(question)
    if asking is None:
        return question
    auxiliary, rest = asking.group(1).lower(), question[asking.end() :].rstrip(" ?")
    verb = next((m for m in list(TOKEN.finditer(rest))[1:] if is_participle(m.group()) and m.group().islower()), None)
    named = next(_names(rest), None)
    if auxiliary in vocabulary().being and verb:
        place = verb.start()
        return f"{rest[:place]}{auxiliary} {rest[place:]}."
    before = rest[: named.start].split() if named else []
    if named and not named.owns and all(fold(word) in vocabulary().titles for word in before):
        return f"{rest[: named.end]} {auxiliary}{rest[named.end :]}."
    return question


def _done_by_others(sentence: str, sources: Sequence[str]) -> Iterator[Turned]:
    """The acts of a sentence that its sources give to others only."""
    words = set(content_words(sentence, "en"))
    dates = {stem for fact in facts(sentence) if fact.kind != "name" for stem in content_words(fact.words, "en")}
    given = [list(_acts(source, of_whom=1)) for source in sources]
    for act in _acts(sentence):
        named = {stem for name in act.by for stem in content_words(name, "en")}
        rest = words - named - dates - {act.stem}
        same = [(number, other) for number, acts in enumerate(given) for other in acts if other.stem == act.stem]
        if not act.by or any(_meet(act.by, other.by) or not (other.by or other.to) for _, other in same):
            continue
        for number, other in same:
            done_to = not other.by and _meet(act.by, other.to)
            shared = len(rest.intersection(content_words(sources[number], "en")))
            if shared and shared >= SHARED * len(rest) and (other.by or done_to):
                instead = f"{other.to[0]} was {other.verb}" if done_to else f"{other.by[0]} {other.verb}"
                yield Turned(f"{act.by[0]} {act.verb}", instead, number)
                break


def _done_elsewhere(sentence: str, sources: Sequence[str]) -> Iterator[Turned]:
    """Where something is done by a sentence, and elsewhere by its sources: "sealed in Riga" of "sealed in Rome"."""
    for stem, where, place in _places(sentence):
        if any(re.search(rf"\b{where}\s(?:the\s)?{re.escape(place)}\b", source) for source in sources):
            continue
        for number, source in enumerate(sources):
            others = [there for verb, how, there in _places(source) if (verb, how) == (stem, where)]
            if others and place in source and not any(_same(place, other) for other in others):
                yield Turned(f"{where} {place}", f"{where} {others[0]}", number)
                break


def _places(text: str) -> Iterator[tuple[str, str, str]]:
    """The stem of each verb behind which a place is named, in its clause, the preposition before that, and the name."""
    start = 0
    for boundary in (*_CLAUSE.finditer(text), None):
        clause = text[start : boundary.start() if boundary else len(text)]
        start = boundary.end() if boundary else len(text)
        for name in _names(clause):
            where = re.search(r"\b(in|at|near|from|to)\s(?:the\s)?$", clause[: name.start])
            if where is None or fold(name.words) in vocabulary().months:
                continue
            verbs = [match.group() for match in TOKEN.finditer(clause[: where.start()])]
            verb = next((verb for verb in reversed(verbs) if verb.islower() and _verb(verb)), None)
            if verb:
                yield content_words(verb, "en")[0], where[1], name.words


def _verb(word: str) -> bool:
    return (is_participle(word) or word.endswith("ing")) and bool(content_words(word, "en"))


def _acts(text: str, of_whom: int = 0) -> Iterator[_Act]:
    """What is done in each clause of a text that names somebody before the verb, or behind "by"; `of_whom` words may
    stand between a name and its verb: "a Spanish force attacked"."""
    start = 0
    for boundary in (*_CLAUSE.finditer(text), None):
        clause = text[start : boundary.start() if boundary else len(text)]
        yield from _acts_of(clause, list(TOKEN.finditer(clause)), of_whom)
        start = boundary.end() if boundary else len(text)


def _acts_of(clause: str, matches: Sequence[re.Match[str]], of_whom: int) -> Iterator[_Act]:
    known, names = vocabulary(), list(_names(clause))
    for match in matches:
        verb = match.group()
        before = [name for name in names if name.end <= match.start()]
        since = before[-1].end if before else 0
        between = [fold(other.group()) for other in matches if since <= other.start() < match.start()]
        told = is_participle(verb) or not known.modal.isdisjoint(between)
        if not verb.islower() or not told or not content_words(verb, "en"):
            continue
        if any(fold(other.group()) in known.backward for other in matches if other.start() < match.start()):
            continue
        stem = content_words(verb, "en")[0]
        while between and (between[-1] in known.auxiliaries or between[-1].endswith("ly")):
            between.pop()
        if between and between[-1] in known.being:
            done_by = re.search(r"\bby\s", clause[match.end() :])
            behind = match.end() + done_by.end() if done_by else len(clause)
            by = tuple(name.words for name in names if name.start >= behind)
            if by or (before and not done_by):
                yield _Act(stem, verb, by, tuple(name.words for name in before))
        elif before and len(between) <= of_whom and not before[-1].owns:
            yield _Act(stem, verb, tuple(name.words for name in before if not name.owns))


def _names(text: str) -> Iterator[_Name]:
    """The runs of capitalised words of a text, without what only opens it and without ranks."""
    run: list[re.Match[str]] = []

    def ended() -> Iterator[_Name]:
        while run and (opens(run[0].group()) or fold(run[0].group()) in vocabulary().titles or _adverb(run)):
            run.pop(0)
        if run:
            words = text[run[0].start() : run[-1].end()].replace(" & ", "&")
            bare = _OWNS.sub("", words)
            yield _Name(bare, run[0].start(), run[-1].end(), bare != words)
        run.clear()

    for match in TOKEN.finditer(text):
        gap = text[run[-1].end() : match.start()] if run else ""
        if not match.group()[0].isupper():
            yield from ended()
            continue
        if run and (gap not in (" ", "-", " & ") or _OWNS.search(run[-1].group())):
            yield from ended()
        run.append(match)
    yield from ended()


def _adverb(run: Sequence[re.Match[str]]) -> bool:
    """Whether a run is one word that only opens a text: "Demographically"."""
    return len(run) == 1 and run[0].start() == 0 and run[0].group().endswith("ly")


def _meet(some: Sequence[str], others: Sequence[str]) -> bool:
    """Whether a name of one stands among the others, in whatever form."""
    return any(_same(one, other) for one in some for other in others)


def _same(one: str, other: str) -> bool:
    return _one_name(one, other) or one_government(one, other) or _short(one, other) or _short(other, one)


def _one_name(one: str, other: str) -> bool:
    first, second = ([name_value(word) for word in TOKEN.findall(text) if word[0].isupper()] for text in (one, other))
    few, many = sorted((first, second), key=len)
    return all(any(same_name(word, other) or misspelt(word, other) for other in many) for word in few)


def _short(one: str, other: str) -> bool:
    """Whether one name is the first letters of the other."""
    letters = "".join(word[0] for word in TOKEN.findall(other) if word[0].isupper())
    return len(letters) > 1 and name_value(one) == letters.casefold()


def _said_of_others(sentence: str, sources: Sequence[str]) -> Iterator[Turned]:
    """Whom a sentence says something of that a source, which names that one too, says of somebody else: "X was a
    Russian general" of "X, an Italian, and General Y, the Russian"."""
    verb = _IS.search(sentence)
    named = next(_names(sentence), None)
    if not verb or not named or named.end != verb.start() or named.owns or not _first(sentence, named):
        return
    stop = _CLAUSE.search(sentence, verb.end())
    said = content_words(sentence[verb.end() : stop.start() if stop else len(sentence)], "en")
    first = TOKEN.search(sentence, verb.end())
    if not said or not first or is_participle(first.group()):
        return
    for number, source in enumerate(sources):
        borne = _borne(source, set(said))
        by = [(name, together) for name, all_said, together in borne if all_said]
        others = [name for name, together in by if not together]
        there = [name for name in _names(source) if _one_name(named.words, name.words)]
        known = there and not any(_RELATED.search(source[: name.start]) for name in there)
        if known and others and not any(_one_name(named.words, name) for name, _ in by):
            yield Turned(named.words, others[0], number)


def _first(sentence: str, named: _Name) -> bool:
    """Whether nothing but ranks and articles stands before a name."""
    known = vocabulary()
    return all(
        fold(word) in known.titles | known.openers | known.articles for word in TOKEN.findall(sentence[: named.start])
    )


def _borne(source: str, said: set[str]) -> list[tuple[str, bool, bool]]:
    """The names of a source, but those that are part of what is `said`; whether all of that stands around each up to
    the next, and whether nothing but "and" parts a name from the one before it."""
    names = [
        name
        for name in _names(source)
        if said.isdisjoint(content_words(name.words, "en"))
        and not name.owns
        and _BEARS.match(source[name.end :])
        and not _RELATED.search(source[: name.start])
    ]
    found = []
    for place, name in enumerate(names):
        last = names[place + 1].start if place + 1 < len(names) else len(source)
        behind = source[name.end : last].split(";")[0]
        first = names[place - 1].end if place else 0
        before = _PART.split(source[first : name.start])[-1]
        together = place > 0 and source[first : name.start].strip() in ("and", "or", ",", "&")
        found.append((name.words, said.issubset(content_words(f"{before} {behind}", "en")), together))
    return found


def _compared(sentence: str, sources: Sequence[str]) -> Iterator[Turned]:
    """What a sentence says is more than another, where a source says that other is."""
    claim = _COMPARED.search(sentence)
    if not claim:
        return
    more, less = _sides(sentence, claim)
    for number, source in enumerate(sources):
        for match in _COMPARED.finditer(source):
            there_more, there_less = _sides(source, match)
            if fold(match["how"]) == fold(claim["how"]) and more & there_less and less & there_more:
                yield Turned(f"{claim['how']} than", f"{match['how']} than, the other way round", number)
                return


def _sides(text: str, compared: re.Match[str]) -> tuple[set[str], set[str]]:
    """The words that stand on one side of a comparison only."""
    more = set(re.findall(r"[\w-]+", fold(text[: compared.start()] + compared["between"])))
    less = set(re.findall(r"[\w-]+", fold(text[compared.end() :])))
    return more - less, less - more
