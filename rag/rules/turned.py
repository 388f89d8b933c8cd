"""Who does what, and who is what: sentences that turn it round, or give it to somebody else.

"Russia reduced the mission" of "NATO reduced the Russian mission" has every word and every name, and says the contrary.
Told by the order of names and verbs in one clause, so only where that order leaves no doubt. English, purely textual;
what is told of two sides is the business of `sides`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.lexical import HUMP
from index.sentences import LABEL
from rag.clauses import BOUNDARY, RELATED, Name, clauses, meet, names, one_name, same
from rag.facts import facts
from rag.rules.sides import Turned, sides_turned
from rag.vocabulary import TOKEN, denies, fold, is_participle, vocabulary
from rag.words import content_words

_IS = re.compile(r"\s(?:is|was|are|were|became|becomes|remains|remained)\s(?:an?\s|the\s)?", re.IGNORECASE)
_BEARS = re.compile(r"\W*$|[,(]|\s(?:who|is|was|would|will|had|has|became|becomes)\b")  # behind whoever is something
_AUXILIARY = re.compile(r"\s*(is|are|was|were|did|does|do|will|would|can|could|has|have|had)\s", re.IGNORECASE)
_PART = re.compile(r"[,;]")
_ASIDE = re.compile(r"\s*\((?P<what>(?:an?|the)\s)?[^()]*\)")  # "(Abulcasis)", "(936–1013)", not "(a work by Saarinen)"
_HE = re.compile(r"[,;]\s(?:but|and|so|yet|then|though|although|because|as|when|until|where)\s(?P<he>he|she)\b")
_APPOSED = re.compile(r"\s*(?:an?|the|one of)\s")  # "the library, the largest on campus, a tower designed by"
_BY = re.compile(r"\s(?:\w+ly\s)?by\s")
SHARED = 0.5  # of the other words of a sentence, that a source has which tells of the same


@dataclass(frozen=True, slots=True)
class _Act:
    """A verb, by its stem, and the names that stand for who does it; or to whom it is done, where nobody is named."""

    stem: str
    verb: str
    by: tuple[str, ...]
    to: tuple[str, ...] = ()


def turned(sentence: str, sources: Sequence[str], language: str) -> tuple[Turned, ...]:
    """What `sentence` says of one whom the `sources` have in another part, or of whom they say it of another."""
    if denies(sentence):
        return ()
    english = (_done_by_others, _done_elsewhere, _said_of_others) if language == "en" else ()
    acts = [one for tell in english for one in tell(sentence, sources)]
    return (*acts, *sides_turned(sentence, sources, language))


def as_claimed(question: str) -> str:
    """A yes-or-no question in the order of a sentence, as far as names and verbs tell that: "NATO did cut it" for "Did
    NATO cut it?"; else as it is."""
    asking = _AUXILIARY.match(question)
    if asking is None:
        return question
    auxiliary, rest = asking.group(1).lower(), question[asking.end() :].rstrip(" ?")
    verb = next((m for m in list(TOKEN.finditer(rest))[1:] if is_participle(m.group()) and m.group().islower()), None)
    named = next(names(rest), None)
    if auxiliary in vocabulary().being and verb:
        place = verb.start()
        return f"{rest[:place]}{auxiliary} {rest[place:]}."
    before = rest[: named.start].split() if named else []
    if named and not named.owns and all(fold(word) in vocabulary().titles for word in before):
        return f"{rest[: named.end]} {auxiliary}{rest[named.end :]}."
    return question


def _done_by_others(sentence: str, sources: Sequence[str]) -> Iterator[Turned]:
    """The acts of a sentence that its sources give to others only."""
    acts = [act for act in _acts(sentence) if act.by]
    if not acts:
        return
    words = set(content_words(sentence, "en"))
    dates = {stem for fact in facts(sentence) if fact.kind != "name" for stem in content_words(fact.words, "en")}
    given = [list(_acts(_with_subject(_in_third_person(source)), of_whom=1)) for source in sources]
    for act in acts:
        named = {stem for name in act.by for stem in content_words(name, "en")}
        rest = words - named - dates - {act.stem}
        alike = [(number, other) for number, acts in enumerate(given) for other in acts if other.stem == act.stem]
        same_object = [(number, other) for number, other in alike if other.by and meet(act.to, other.to)]
        if not any(meet(act.by, other.by) for _, other in same_object) and same_object:
            number, other = same_object[0]
            yield Turned(f"{act.verb} by {act.by[0]}", f"{other.verb} by {other.by[0]}", number)
            continue
        if any(meet(act.by, other.by) or not (other.by or other.to) for _, other in alike):
            continue
        for number, other in alike:
            done_to = not other.by and meet(act.by, other.to)
            shared = len(rest.intersection(content_words(sources[number], "en")))
            if shared and shared >= SHARED * len(rest) and (other.by or done_to):
                instead = f"{other.to[0]} was {other.verb}" if done_to else f"{other.by[0]} {other.verb}"
                yield Turned(f"{act.by[0]} {act.verb}", instead, number)
                break


def _in_third_person(source: str) -> str:
    """What somebody says of "I" with the name that stands before it: "AdamSmith: I left" is "Adam Smith left"."""
    label = LABEL.match(source)
    if not label:
        return source
    return re.sub(r"\bI\b(?!')", HUMP.sub(" ", label[1]), source[label.end() :])


def _with_subject(source: str) -> str:
    """What is said of "he" behind whom the sentence begins with, with that name: "Temüjin fled, but Temüjin lost"; as
    it is where another may be meant."""
    first = next(names(source), None)
    if first is None or first.owns or not _first(source, first):
        return source
    for pronoun in _HE.finditer(source, first.end):
        between = [name for name in names(source[: pronoun.start()]) if not name.owns and name.start > first.start]
        if all(RELATED.search(source[: name.start]) for name in between):
            return f"{source[: pronoun.start('he')]}{first.words}{source[pronoun.end('he') :]}"
        break
    return source


def _done_elsewhere(sentence: str, sources: Sequence[str]) -> Iterator[Turned]:
    """Where something is done by a sentence, and elsewhere by its sources: "sealed in Riga" of "sealed in Rome"."""
    for stem, where, place in _places(sentence):
        if any(re.search(rf"\b{where}\s(?:the\s)?{re.escape(place)}\b", source) for source in sources):
            continue
        for number, source in enumerate(sources):
            others = [there for verb, how, there in _places(source) if (verb, how) == (stem, where)]
            if others and place in source and not any(same(place, other) for other in others):
                yield Turned(f"{where} {place}", f"{where} {others[0]}", number)
                break


def _places(text: str) -> Iterator[tuple[str, str, str]]:
    """The stem of each verb behind which a place is named, in its clause, the preposition before that, and the name."""
    for clause in clauses(text):
        for name in names(clause):
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
    plain = _ASIDE.sub(lambda aside: aside.group() if aside["what"] else "", text)
    last: tuple[str, ...] = ()
    for clause in clauses(plain):
        yield from _acts_of(clause, list(TOKEN.finditer(clause)), of_whom)
        yield from _made_by(clause, last)
        named = tuple(name.words for name in names(clause) if not name.owns)[-1:]
        last = named if named or not _APPOSED.match(clause) else last


def _made_by(clause: str, last: tuple[str, ...]) -> Iterator[_Act]:
    """Who did what a clause tells of without "was", to the name before it: "the bank, a work designed by Horta"."""
    for match in TOKEN.finditer(clause):
        done_by = _BY.match(clause, match.end())
        if not done_by or not match.group().islower() or not is_participle(match.group()):
            continue
        before = [name for name in names(clause) if name.end <= match.start()]
        being = not vocabulary().being.isdisjoint(map(fold, TOKEN.findall(clause[: match.start()])))
        by = tuple(name.words for name in names(clause) if name.start >= done_by.end())
        to = (before[-1].words,) if before else last
        if by and to and not being:
            yield _Act(content_words(match.group(), "en")[0], match.group(), by, to)


def _acts_of(clause: str, matches: Sequence[re.Match[str]], of_whom: int) -> Iterator[_Act]:
    known, there = vocabulary(), list(names(clause))
    words = [fold(match.group()) for match in matches]
    starts, ends = [match.start() for match in matches], [name.end for name in there]
    looks_back = next((place for place, word in enumerate(words) if word in known.backward), len(words))
    for place, match in enumerate(matches):
        verb = match.group()
        if place > looks_back:
            break
        if not verb.islower():
            continue
        before = there[: bisect_right(ends, match.start())]
        between = words[bisect_left(starts, before[-1].end if before else 0) : place]
        does = before and not between and re.fullmatch(r"\w+[^s\W]s", verb)  # "Adam plays"
        told = is_participle(verb) or does or not known.modal.isdisjoint(between)
        if not told or not content_words(verb, "en"):
            continue
        stem = content_words(verb, "en")[0]
        while between and (between[-1] in known.auxiliaries or between[-1].endswith("ly")):
            between.pop()
        if between and between[-1] in known.being:
            done_by = re.search(r"\bby\s", clause[match.end() :])
            behind = match.end() + done_by.end() if done_by else len(clause)
            by = tuple(name.words for name in there if name.start >= behind)
            if by or (before and not done_by):
                yield _Act(stem, verb, by, tuple(name.words for name in before))
        elif before and len(between) <= of_whom and not before[-1].owns:
            yield _Act(stem, verb, tuple(name.words for name in before if not name.owns))


def _said_of_others(sentence: str, sources: Sequence[str]) -> Iterator[Turned]:
    """Whom a sentence says something of that a source, which names that one too, says of somebody else: "X was a
    Russian general" of "X, an Italian, and General Y, the Russian"."""
    verb = _IS.search(sentence)
    named = next(names(sentence), None)
    if not verb or not named or named.end != verb.start() or named.owns or not _first(sentence, named):
        return
    stop = BOUNDARY.search(sentence, verb.end())
    said = content_words(sentence[verb.end() : stop.start() if stop else len(sentence)], "en")
    first = TOKEN.search(sentence, verb.end())
    if not said or not first or is_participle(first.group()):
        return
    for number, source in enumerate(sources):
        borne = _borne(source, set(said))
        by = [(name, together) for name, all_said, together in borne if all_said]
        others = [name for name, together in by if not together]
        there = [name for name in names(source) if one_name(named.words, name.words)]
        known = there and not any(RELATED.search(source[: name.start]) for name in there)
        if known and others and not any(one_name(named.words, name) for name, _ in by):
            yield Turned(named.words, others[0], number)


def _first(sentence: str, named: Name) -> bool:
    """Whether nothing but ranks and articles stands before a name."""
    known = vocabulary()
    return all(
        fold(word) in known.titles | known.openers | known.articles for word in TOKEN.findall(sentence[: named.start])
    )


def _borne(source: str, said: set[str]) -> list[tuple[str, bool, bool]]:
    """The names of a source, but those that are part of what is `said`; whether all of that stands around each up to
    the next, and whether nothing but "and" parts a name from the one before it."""
    bearers = [
        name
        for name in names(source)
        if said.isdisjoint(content_words(name.words, "en"))
        and not name.owns
        and _BEARS.match(source[name.end :])
        and not RELATED.search(source[: name.start])
    ]
    found = []
    for place, name in enumerate(bearers):
        last = bearers[place + 1].start if place + 1 < len(bearers) else len(source)
        behind = source[name.end : last].split(";")[0]
        first = bearers[place - 1].end if place else 0
        before = _PART.split(source[first : name.start])[-1]
        together = place > 0 and source[first : name.start].strip() in ("and", "or", ",", "&")
        found.append((name.words, said.issubset(content_words(f"{before} {behind}", "en")), together))
    return found
