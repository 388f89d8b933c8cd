"""Whether a fact stands in a source in the same place as in a sentence, or whether another fact stands there.

Containment cannot tell "NATO closed the mission" from "Russia closed the mission" where both names are read. The
neighbours of a fact can: of two facts of one kind the source means the one beside which the sentence's words stand.
Purely textual; knows nothing of likeness in meaning or of verdicts.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations, pairwise
from math import fsum

from rag.facts import Fact, Kind, found_facts, name_parts, name_value, same_name
from rag.vocabulary import TOKEN, YEAR, fold, is_courtesy, opens, vocabulary
from rag.words import content_words

REACH = 4  # neighbours on either side that count, the nearest 1, the next 1/2, ...
# A fact stands in another's place when that other shares this much of its neighbours ...
OCCUPIED_FROM = 1.0
# ... and this much more of them than the fact itself does wherever it stands. Measured in benchmarks/LOG.md.
MARGIN = 0.5
# Where the fact itself stands in the same sentence of the source, words put in another order look like this, too.
MARGIN_BESIDE = 1.5
# Two numbers are of one thing when they share this much of their neighbours: one word, the third from them.
OF_ONE_THING = 0.3

_AND = re.compile(r"\s*(?:[,;]|\b(?:and|or|und|oder|и)\b)\s*(?:and|und|и)?\s*(?:by|for|at|von|für)?\s*")
_JOINED = re.compile(r"[\s'’-]*")
# "Time: 12:30", "Demographically, it": a label of a number, an adverb.
_NO_NAME = re.compile(r"\W*(?:\w+:\s*\d|(?!Italy|Sicily)\w{3,}ly, [a-z])")
# What a number counts, in the plural, and what stands before a year rather than a count.
_COUNTED = re.compile(r"\s(?:[a-z]{3,}(?<!s)s|people|men|women|children|leute|menschen|[A-ZÄÖÜ][a-zäöüß]{2,}e[nr]?)\b")


@dataclass(frozen=True, slots=True)
class Slot:
    """A fact in its place: a name with all its words in a row. `left` and `right` weigh the neighbours by nearness.

    `before` is the word just before it, folded, whatever it is: "in", "by", "the".
    """

    kind: Kind | str
    values: tuple[str, ...]
    words: str
    start: int
    end: int
    left: dict[str, float]
    right: dict[str, float]
    before: str = ""

    def same(self, other: Slot) -> bool:
        """Whether both are one fact; of a name a part may be left out."""
        if self.kind != other.kind:
            return False
        return self.values == other.values if self.kind != "name" else _one_name(self.values, other.values)


@lru_cache(maxsize=1 << 14)
def _one_name(values: tuple[str, ...], others: tuple[str, ...]) -> bool:
    shorter, longer = sorted((values, others), key=len)
    if len(shorter) == 1 < len(longer) and same_name(shorter[0], "".join(value[0] for value in longer)):
        return True  # "UN" and "United Nations", "USA" and "United States"
    return all(any(same_name(one, two) for two in longer) for one in shorter)


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A fact of the sentence, as it is spelt there, and what the source says in its place, and where in the source."""

    kind: str
    words: str
    instead: str
    source: int
    start: int
    end: int


def slots(text: str, language: str) -> tuple[Slot, ...]:
    """The facts of `text` in order, each with its neighbours; the word that opens it, too, where it could be a name."""
    items = list(_items(text, language))
    tokens = list(TOKEN.finditer(text))
    ends = [token.end() for token in tokens]
    placed = []
    for position, (_, slot) in enumerate(items):
        if slot is None:
            continue
        left = _weights([name for name, _ in reversed(items[max(0, position - REACH) : position])])
        right = _weights([name for name, _ in items[position + 1 : position + 1 + REACH]])
        before = bisect_right(ends, slot.start)
        placed.append(replace(slot, left=left, right=right, before=fold(tokens[before - 1].group()) if before else ""))
    return tuple(placed)


def _weights(neighbours: Sequence[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for distance, name in enumerate(neighbours, start=1):
        found.setdefault(name, 1 / distance)
    return found


def _items(text: str, language: str) -> Iterator[tuple[str, Slot | None]]:
    """The facts and content words of a text in order, each under the name that its neighbours know it by."""
    merged: list[Slot] = []
    for here in _with_opening(text):
        kind = "year" if here.kind == "number" and _is_year(here, text) else here.kind
        last = merged[-1] if merged else None
        if kind == "name" and last and last.kind == "name" and _JOINED.fullmatch(text[last.end : here.start]):
            merged[-1] = replace(
                last, values=last.values + here.values, words=text[last.start : here.end], end=here.end
            )
        else:
            merged.append(replace(here, kind=kind))
    waiting = iter([*merged, None])
    following = next(waiting)
    for match in TOKEN.finditer(text):
        while following is not None and following.end <= match.start():
            following = next(waiting)
        if following is not None and match.start() >= following.start:
            if match.start() == following.start:
                yield following.values[-1], following
            continue
        for word in content_words(match.group(), language):
            yield word, None


def _is_year(number: Slot, text: str) -> bool:
    """Whether a number is a year and counts nothing: "in 2000", not "two thousand people", nor "had 2000 guests"."""
    if not YEAR.fullmatch(number.words):
        return False
    before = [match.group() for match in TOKEN.finditer(text, 0, number.start)][-1:]
    counts = _COUNTED.match(text, number.end)
    return not counts or not before or fold(before[0]) in vocabulary().before_years or before[0][0].isupper()


def _with_opening(text: str) -> Iterator[Slot]:
    """The facts of a text; before them its first word where it is capitalised and no opener."""
    found = [Slot(f.fact.kind, _values(f.fact), f.fact.words, f.start, f.end, {}, {}) for f in found_facts(text)]
    first = TOKEN.search(text)
    if first and first.group()[0].isupper() and not (found and found[0].start == first.start()):
        value = name_value(first.group())
        known = vocabulary()
        stated = not opens(first.group()) and not is_courtesy(first.group())
        if stated and value not in known.negations and not _NO_NAME.match(text):
            yield Slot("name", name_parts(first.group()), first.group(), first.start(), first.end(), {}, {})
    yield from found


def _values(fact: Fact) -> tuple[str, ...]:
    return name_parts(fact.words) if fact.kind == "name" else (fact.value,)


def nearness(one: Slot, other: Slot) -> float:
    """How much of their neighbours two slots share, on whichever side."""
    mine, theirs = _both(one), _both(other)
    return fsum(min(mine[name], theirs[name]) for name in mine.keys() & theirs.keys())  # the same in any order


def _both(slot: Slot) -> dict[str, float]:
    return {name: max(slot.left.get(name, 0), slot.right.get(name, 0)) for name in slot.left.keys() | slot.right.keys()}


def _sided(one: Slot, other: Slot) -> float:
    """The same, left with left and right with right."""
    return fsum(
        min(mine[name], theirs[name])
        for mine, theirs in ((one.left, other.left), (one.right, other.right))
        for name in mine.keys() & theirs.keys()
    )


def misplaced(sentence: str, sources: Sequence[str], language: str) -> tuple[Misplaced, ...]:
    """The facts of `sentence` in whose place the sources have another fact of the same kind, in order."""
    claimed = slots(sentence, language)
    given = [(number, slot) for number, source in enumerate(sources) for slot in slots(source, language)]
    said = {fold(word) for word in TOKEN.findall(sentence)}
    small = {word for source in sources for word in TOKEN.findall(source) if word.islower()}
    stated = [
        [(nearness(slot, other), -number, -other.start) for number, other in given if slot.same(other)]
        for slot in claimed
    ]
    # Where the sources state each fact with the most of its neighbours.
    taken = {(-number, -start) for there in stated if there for _, number, start in [max(there)]}
    repeated = [_among(other, claimed) or said.issuperset(map(fold, TOKEN.findall(other.words))) for _, other in given]
    found = []
    for slot, there in zip(claimed, stated, strict=True):
        if slot.start == 0 and slot.kind == "name" and fold(slot.words) in small:
            continue  # a capital only because it opens the sentence
        if language == "de" and slot.kind == "name" and not _named_in_german(slot):
            continue
        own = max((near for near, _, _ in there), default=0.0)
        beside = {-number for _, number, _ in there}
        best: tuple[float, int, Slot] | None = None
        genitive = language == "de" and slot.kind == "name" and _is_genitive(slot, sentence)
        for (number, other), again in zip(given, repeated, strict=True):
            if other.kind != slot.kind or other.same(slot) or (number, other.start) in taken:
                continue
            if genitive and other.before != slot.before:
                continue  # whose campaign it was is not which cities these are
            margin = MARGIN_BESIDE if number in beside or again else MARGIN
            shared = _sided(slot, other)
            if shared >= OCCUPIED_FROM and shared > own + margin and (best is None or shared > best[0]):
                best = shared, number, other
        if best:
            found.append(Misplaced(slot.kind, slot.words, best[2].words, best[1], best[2].start, best[2].end))
    return (*found, *_exchanged(claimed, given), *_mispaired(claimed, given, sources), *_misdated(claimed, given))


def _among(slot: Slot, others: Iterable[Slot]) -> bool:
    return any(slot.same(other) for other in others)


def _named_in_german(slot: Slot) -> bool:
    """Whether more than one capital, which every noun has, tells that it is a name: "NATO", "der Hafen New York"."""
    return slot.words[1:2].isupper() or (len(slot.values) > 1 and slot.start > 0)


def _is_genitive(slot: Slot, text: str) -> bool:
    """Whether a German name ends like a genitive right behind a noun, of which it may say whose that is: "Feldzug Batu
    Khans"."""
    before = re.search(r"([^\W\d_]+)\s+$", text[: slot.start])
    noun = before is not None and before[1][0].isupper() and slot.before not in vocabulary().german_articles
    return noun and slot.words.endswith(("s", "ß", "x", "z"))


def _exchanged(claimed: Sequence[Slot], given: Sequence[tuple[int, Slot]]) -> Iterator[Misplaced]:
    """Pairs of facts that have changed places: each stands, side for side, where the other does in one source."""
    stated = [(slot, there) for slot in claimed if (there := _stated(slot, given))]
    for (one, of_one), (two, of_two) in combinations(stated, 2):
        if one.kind != two.kind or one.same(two):
            continue
        for number, ones in of_one.items():
            twos = of_two.get(number)
            if not twos:
                continue
            straight = min(_best(one, ones), _best(two, twos))
            crossed = min(_best(one, twos), _best(two, ones))
            if not any(one.before == slot.before for slot in twos) or not any(
                two.before == slot.before for slot in ones
            ):
                continue  # "the Moscow office of NATO" is the "NATO office in Moscow"
            if crossed >= OCCUPIED_FROM and crossed > max(_best(one, ones), _best(two, twos), straight) + MARGIN:
                first = twos[0]
                yield Misplaced(one.kind, one.words, first.words, number, first.start, first.end)
                return


def _stated(slot: Slot, given: Sequence[tuple[int, Slot]]) -> dict[int, list[Slot]]:
    """Where each source states the fact, by the source's number."""
    found: dict[int, list[Slot]] = {}
    for number, other in given:
        if other.same(slot):
            found.setdefault(number, []).append(other)
    return found


def _mispaired(
    claimed: Sequence[Slot], given: Sequence[tuple[int, Slot]], sources: Sequence[str]
) -> Iterator[Misplaced]:
    """A fact that a source pairs with another: of "by Smith in 1551 and by Jones in 1629" Smith goes with 1551."""
    distinct = {(slot.kind, slot.values): slot for slot in reversed(claimed)}.values()
    kinds = {(one.kind, two.kind) for one in distinct for two in distinct if one.kind != two.kind}
    found = [
        (one.start, two.start, number, b.start, Misplaced(two.kind, two.words, b.words, number, b.start, b.end))
        for number, source in enumerate(sources)
        for kind, other_kind in kinds
        if kind in ("name", "number") and other_kind != "name"
        for here in [[slot for n, slot in given if n == number and slot.kind in (kind, other_kind)]]
        for a, b, c, d in _pairs(here, source, [kind, other_kind] * 2)
        if not _among(b, claimed) and not _among(c, claimed)
        for two in distinct
        if d.same(two)
        for one in distinct
        if a.same(one) and not any(x.same(one) and y.same(two) for x, y in pairwise(here))
    ]
    if found:
        yield min(found, key=lambda first: first[:4])[4]


def _pairs(here: Sequence[Slot], source: str, kinds: Sequence[str]) -> Iterator[tuple[Slot, Slot, Slot, Slot]]:
    """Each two pairs of facts of a source of these kinds that an "and" or a comma joins."""
    for a, b, c, d in zip(here, here[1:], here[2:], here[3:], strict=False):
        paired = [slot.kind for slot in (a, b, c, d)] == kinds and b.before == d.before
        if paired and _AND.fullmatch(source, b.end, c.start):
            yield a, b, c, d


def _misdated(claimed: Sequence[Slot], given: Sequence[tuple[int, Slot]]) -> Iterator[Misplaced]:
    """Numbers that the sources give for another year, where they have another number for the year of the sentence."""
    years = [slot for slot in claimed if slot.kind == "year"]
    if len(years) != 1:
        return
    dated = {number for number, other in given if other.same(years[0])}
    elsewhere = {number for number, other in given if other.kind == "year"} - dated
    rivals = [
        (number, other)
        for number, other in given
        if number in dated and other.kind == "number" and not _among(other, claimed)
    ]
    for slot in claimed:
        own = {number for number, other in given if slot.same(other)}
        if slot.kind != "number" or not own or not own <= elsewhere:
            continue
        others = [
            (_of_one_thing(slot, other, years[0].values), -number, -other.start, other) for number, other in rivals
        ]
        near, number, _, other = max(others, key=lambda found: found[:3], default=(0.0, 0, 0, slot))
        if near >= OF_ONE_THING:
            yield Misplaced(slot.kind, slot.words, other.words, -number, other.start, other.end)


def _of_one_thing(one: Slot, other: Slot, year: Sequence[str]) -> float:
    """How much of their neighbours two numbers share in any form, "Protestant" and "Protestants", but for the year."""
    mine, theirs = _both(one), _both(other)
    return fsum(
        max((min(mine[name], theirs[also]) for also in theirs if same_name(name, also)), default=0.0)
        for name in mine.keys() - set(year)
    )


def _best(slot: Slot, others: Sequence[Slot]) -> float:
    return max(_sided(slot, other) for other in others)
