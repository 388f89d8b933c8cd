"""Which of two events was first, where a sentence says so: "before", "after", "a day after", "bevor", "nachdem".

"A closed after B opened" has every word of "B opened after A closed" and says the contrary. The order is held against
the words of the source that order the same two, and against the dates of both; an order that nothing read gives is
supported in part at most. Purely textual; English and German.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from index.dates import days_in
from rag.cite import Evidence, Source
from rag.clauses import meet, names
from rag.facts import facts_within, found_facts
from rag.rules.sides import Turned
from rag.vocabulary import TOKEN, YEAR, fold, vocabulary
from rag.words import content_words, language_of, share

Order = Literal["before", "after"]

MATCHED = 0.8  # of the words of both events together, in the two that a source orders
DATED = 0.75  # of the words of an event, in a sentence that has its date
ORDERED = 0.3  # of the words of each of two events, in a sentence that orders something
LEAST = 2  # words of meaning of an event
MOST, REACH = 8, 400  # pairs of events in a text, and characters on either side: no sentence that is one has more
FAR = 60  # characters before "after" in which a distance may stand
SHOWN = 9  # words of an event that the reader is shown

_UNITS = {"day": 1, "week": 7, "month": 30, "year": 365, "decade": 3650, "century": 36500}
_UNITS |= {"tag": 1, "woche": 7, "monat": 30, "jahr": 365, "jahrzehnt": 3650, "jahrhundert": 36500}
_UNIT = r"(?P<unit>day|week|month|year|decade|centur(?:y|ies)|tage?n?|wochen?|monate?n?|jahre?n?|jahrzehnte?n?)s?"
_DISTANCE = re.compile(rf"(?P<count>[\w.,-]+(?: hundred)?) {_UNIT} $", re.IGNORECASE)
_ORDERING = re.compile(
    r"\b(?:before|after|afterwards|prior|earlier|later|then|once|since|until|till|when|while|following|followed"
    r"|subsequent\w*|previous\w*|eventually|finally|first|initially|originally|next|already|by|upon|soon|bevor|ehe|nachdem"
    r"|vor|nach|danach|später|früher|zuvor|vorher|dann|als|sobald|seit|bis|zunächst|zuerst|schließlich|bereits"
    r"|had|having|made|led|caus\w+|result\w*|because|due|so|thus|therefore|hatten?|weil|deshalb|daher)\b",
    re.IGNORECASE,
)
_ENDS = re.compile(r"[,;:]|\.(?=\s)|\b(?:but|although|while|whereas|aber|obwohl|während)\b")
_PARTS = re.compile(r"[,;:]|\b(?:and|but|which|who|while|before|after|und|aber|bevor|nachdem)\b")
# Before these one stands, and comes before nothing.
_PLACES = (
    r"(?! (?:the |a |an |its |his |her )?(?:[\w-]+ )?(?:courts?|committee|parliament|senate|council|judges?|jury"
    r"|audience|assembly|commission|tribunal|crowd|congress|magistrates?|camera|cameras)\b)"
)
_ORDERS = re.compile(
    rf"\b(?P<before>before{_PLACES}|prior to|earlier than|bevor|ehe|früher als)\b"
    r"|(?<!named )(?<!called )(?<!look )(?<!looked )(?<!looks )(?<!looking )(?<!ever )(?<!sought )(?<!ran )"
    r"\b(?P<after>after|as soon as|once(?= (?:it|he|she|they|the|its|his|her|their)\b)|later than|nachdem"
    r"|später als)\b"
    r"(?! all\b| that\b| which\b| this\b| day\b| year\b| month\b)"
    r"|(?:(?<=tage )|(?<=tag )|(?<=wochen )|(?<=woche )|(?<=monate )|(?<=monat )|(?<=jahre )|(?<=jahr ))"
    r"(?:(?P<vor>vor)|(?P<nach>nach))\b",
    re.IGNORECASE,
)
_MOVED = re.compile(
    r"\b(?:transferred|moved|relocated|shifted|taken|brought|went|travell?ed|sailed|flew|sent|handed|passed|sold|shipped"
    r"|evacuated|renamed|changed|verlegt|umbenannt|überführt|gebracht|zog|verschifft|reiste|wechselte)"
    r"(?: (?:on|back|over|it|them|him|her|its name))?(?: (?:to|into|in|nach|zum?|zur))?\b"
    r"(?: (?:the|die|das|der|dem|den))?"
)
NEXT = 12  # characters behind "moved to", within which the place is named
_DURATION = frozenset(("end", "beginning", "start", "middle", "ende", "anfang", "mitte"))

_When = tuple[int, int, int]  # a year, month and day; 0 where it is not told


@dataclass(frozen=True, slots=True)
class _Ordered:
    """An event that comes before or after another one, each as it is written; `days` is how far, 0 where not told."""

    event: str
    order: Order
    other: str
    days: int
    words: str


@dataclass(frozen=True, slots=True)
class _Dated:
    """A date, the source that gives it, and the words in which it does."""

    when: _When
    source: Source
    words: str


def order_turned(sentence: str, evidence: Evidence) -> list[Turned]:
    """The order of a sentence, and what a cited one says instead: the other order, another distance, or dates."""
    language = language_of(evidence.text)
    claim = _claimed(sentence, language)
    if claim is None:
        return []
    for number, source in enumerate(evidence.sources):
        for given in _orders(source.text):
            if _against(claim, given, language):
                return [Turned(_shown(claim), _shown(given), number)]
    return _by_moves(claim, evidence) or _by_dates(claim, evidence, language)


def _by_moves(claim: _Ordered, evidence: Evidence) -> list[Turned]:
    """The order of two places, or of two names of one thing, and a source that has it move from the later one to the
    earlier: "moved to Bonn after it had been in Kiel" of "founded in Bonn, was transferred to Kiel"."""
    sides = [[name.words for name in names(event) if not name.owns] for event in (claim.event, claim.other)]
    early, late = sides if claim.order == "before" else reversed(sides)
    for number, source in enumerate(evidence.sources):
        for moved in islice(_MOVED.finditer(source.text), MOST):
            there = next(names(source.text[moved.end() : moved.end() + FAR]), None)
            if there is None or there.start > NEXT or not meet([there.words], early[-1:]):
                continue
            left = [name.words for name in names(source.text[max(0, moved.start() - REACH) : moved.start()])]
            if meet(late[-1:], left) and not meet(early[-1:], left):
                return [Turned(_shown(claim), f"{moved.group()} {there.words}", number)]
    return []


def unordered(sentence: str, question: str, evidence: Evidence) -> list[str]:
    """A reason against full support where nothing that was read orders the two events of a sentence."""
    language = language_of(evidence.text)
    claim = _claimed(sentence, language)
    if claim is None or _claimed(question, language_of(question)) is not None:
        return []
    one, other = _sides(claim, language)
    if not one or len(other) < LEAST or _dated(claim, evidence, language):
        return []
    read = list(evidence.read)
    for place, source in enumerate(read):
        follows = place and read[place - 1].hit.passage.document_id == source.hit.passage.document_id
        text = f"{read[place - 1].said} {source.said}" if follows else source.said
        words = set(content_words(text, language))
        if _ORDERING.search(source.text) and min(share(one, words), share(other, words)) >= ORDERED:
            return []
    return ["nothing that was read says which of the two was first"]


def _claimed(sentence: str, language: str) -> _Ordered | None:
    """The order of two events that a sentence states; None where what it names behind "before" is a time."""
    if language not in ("en", "de") or language_of(sentence) != language:
        return None
    for given in _orders(sentence):
        words = [word for word in TOKEN.findall(given.other) if content_words(word, language)]
        if words and not _is_time(words[0]) and content_words(given.event, language):
            return given
    return None


def _is_time(word: str) -> bool:
    known = vocabulary()
    folded = fold(word)
    return word[0].isdigit() or folded in known.months or folded in known.weekdays or folded in _DURATION


def _orders(text: str) -> Iterator[_Ordered]:
    """The pairs of events that a text orders, the first as it stands before the word that does."""
    for match in islice(_ORDERS.finditer(text), MOST):
        before, behind = text[max(0, match.start() - REACH) : match.start()], text[match.end() : match.end() + REACH]
        order: Order = "before" if match["before"] or match["vor"] else "after"
        far = _DISTANCE.search(before, max(0, len(before) - FAR))
        days = _days(far["count"], far["unit"]) if far else 0
        words = (far.group() if far and days else "") + match.group()
        event = before[: far.start()] if far and days else before
        end = _ENDS.search(behind)
        if end and _is_empty(event):  # "After the war, ..."
            yield _Ordered(behind[end.end() :].strip(" ."), order, behind[: end.start()].strip(), days, words)
        else:
            yield _Ordered(
                event.strip(" ,"), order, (behind[: end.start()] if end else behind).strip(" ."), days, words
            )


def _is_empty(event: str) -> bool:
    """Whether what stands before "after" is no event: nothing, "Shortly", "In 1990,"."""
    words = TOKEN.findall(event)
    return len(words) <= 1 or all(_is_time(word) or not content_words(word, language_of(event)) for word in words)


def _days(count: str, unit: str) -> int:
    """How many days a distance is, about; 0 where its number is not known."""
    known = vocabulary()
    first = next((found.fact for found in found_facts(count) if found.fact.kind == "number"), None)
    number = (
        1.0 if fold(count) in known.articles | {"ein", "einen", "einem"} or known.units.get(fold(count)) == 1 else 0.0
    )
    if first:
        try:
            number = float(first.value)
        except ValueError:
            return 0
    name = next((name for name in _UNITS if fold(unit).startswith(name[:5])), "")
    return round(number * _UNITS.get(name, 0))


def _sides(one: _Ordered, language: str) -> tuple[set[str], set[str]]:
    """The stems of either event that are not those of the other as well."""
    event, other = set(content_words(one.event, language)), set(content_words(one.other, language))
    return event - other, other - event


def _against(claim: _Ordered, given: _Ordered, language: str) -> bool:
    """Whether a source has the two events the other way round, or farther from each other."""
    event, other = _sides(claim, language)
    there, there_other = _sides(given, language)
    straight = share(event, there), share(other, there_other)
    crossed = share(event, there_other), share(other, there)
    if min(straight) > 0 and sum(straight) >= MATCHED > sum(crossed):
        far = claim.days and given.days and claim.days != given.days
        return claim.order != given.order or bool(far)
    if min(crossed) > 0 and sum(crossed) >= MATCHED and min(straight) == 0:
        far = claim.days and given.days and claim.days != given.days
        return claim.order == given.order or bool(far)
    return False


def _by_dates(claim: _Ordered, evidence: Evidence, language: str) -> list[Turned]:
    """The order of a sentence, and the dates of its two events where they stand in another order, or farther apart."""
    dated = _dated(claim, evidence, language)
    if dated is None:
        return []
    one, two = dated
    cited = next((place for place, other in enumerate(evidence.sources) if other in (one.source, two.source)), None)
    early, late = (one, two) if claim.order == "before" else (two, one)
    if cited is None or not (_earlier(late.when, early.when) or _farther(one.when, two.when, claim.days)):
        return []
    instead = f"{_written(one.when)}” of the one and of the other “{_written(two.when)}"
    return [Turned(_shown(claim), instead, cited)]


def _dated(claim: _Ordered, evidence: Evidence, language: str) -> tuple[_Dated, _Dated] | None:
    """The dates of the two events of a sentence, where each has its own and both are not told by the same words."""
    one, two = (_date(event, evidence, language) for event in (claim.event, claim.other))
    return (one, two) if one and two and one.words != two.words and one.when != two.when else None


def _date(event: str, evidence: Evidence, language: str) -> _Dated | None:
    """When an event was, by its own date or the only one of what was read that says it."""
    times = {fact.words for fact in facts_within(event) if fact.kind != "name"}
    words = set(content_words(event, language)) - {stem for time in times for stem in content_words(time, language)}
    if len(words) < LEAST:
        return None
    found: dict[_When, _Dated] = {}
    for source in (*evidence.sources, *evidence.read):
        for told in (source.said, *_PARTS.split(source.text)):
            when = _when(told)
            if when and share(words, set(content_words(told, language))) >= DATED:
                found.setdefault(when, _Dated(when, source, told))
    own = _when(event)
    if own:
        return _Dated(own, next((one.source for one in found.values()), evidence.sources[0]), event)
    return next(iter(found.values())) if len(found) == 1 else None


def _when(text: str) -> _When | None:
    """The one date of a text; None where it has none or several."""
    days = {(year, month, day) for year, month, day in days_in(text) if year}
    years = {int(year) for year in YEAR.findall(text)}
    if len(years) != 1:
        return None
    months = {number for number in _months(text)}
    if len(days) == 1:
        year, month, day = next(iter(days))
        return (year or 0, month, day)
    if days or len(months) > 1:
        return None
    return (years.pop(), months.pop() if months else 0, 0)


def _months(text: str) -> Iterator[int]:
    for found in found_facts(text):
        if found.fact.kind == "date" and found.fact.value.startswith("month "):
            yield int(found.fact.value.removeprefix("month "))


def _earlier(one: _When, other: _When) -> bool:
    """Whether a date is before another one for certain."""
    for here, there in zip(one, other, strict=True):
        if not here or not there:
            return False
        if here != there:
            return here < there
    return False


def _farther(one: _When, other: _When, days: int) -> bool:
    """Whether two dates lie clearly more or less apart than so many days."""
    if days >= 365:
        return abs(abs(one[0] - other[0]) - days / 365) > 1
    if not days or 0 in one or 0 in other:
        return False
    apart = abs(sum((a - b) * unit for a, b, unit in zip(one, other, (365, 30.4, 1), strict=True)))
    return abs(apart - days) > max(2, days / 4)


def _written(when: _When) -> str:
    return "-".join(f"{part:02}" for part in when if part)


def _shown(one: _Ordered) -> str:
    words = f"{one.words} {one.other}".split()
    return " ".join(words[:SHOWN]) + (" …" if len(words) > SHOWN else "")
