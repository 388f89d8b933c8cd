"""A question that compares two things: each is asked about by itself, and their figures tell which it is.

"Which came first: the mill or the bridge?" is asked as "When was the mill?" and "When was the bridge?". A small model
that is to compare says one or the other; a date or a number it finds. Purely textual, in English and German.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from index.dates import days_in
from rag.facts import found_facts, stands_in
from rag.records import Sentence
from rag.rules.units import quantities
from rag.vocabulary import YEAR

# Forms with the two sides behind a comma or a colon; "low" holds the word that asks for the lower figure.
_SIDES = r"\s*[,:]\s*(?P<sides>.+)"
_WHO = r"(?P<who>which|what|who)(?: (?:one|event))?(?: of (?:the two|these|them))? "
_TIME = re.compile(
    rf"{_WHO}(?P<says>(?P<verb>came|comes|happened|occurred|took place|was born|was founded|is|are|was|were"
    r"|opened|began|started|ended|closed) (?:the )?"
    r"(?:(?P<low>first|earlier|earliest|older|oldest|sooner)"
    r"|later|latest|last|newer|newest|younger|youngest|more recent|most recent)"
    rf"(?: (?:in|at|on) [^,:]+)?){_SIDES}",
    re.IGNORECASE,
)
_WANN = re.compile(
    r"(?P<who>was|wer|welche[rs]?)(?: von beiden)? (?P<says>(?:war|ist|kam|geschah|ereignete sich|entstand|begann) "
    rf"(?:(?P<low>zuerst|früher|eher|älter)|später|jünger|zuletzt|neuer)){_SIDES}",
    re.IGNORECASE,
)
_MANY = re.compile(
    rf"{_WHO}(?P<says>(?P<verb>has|had|have) (?:the )?(?:more|most|(?P<low>fewer|fewest|less|least)) "
    rf"(?P<things>[^,:]+?)){_SIDES}",
    re.IGNORECASE,
)
_HOW = re.compile(
    rf"{_WHO}(?P<says>(?P<verb>is|was|are|were) (?:the )?(?:larger|bigger|longer|higher|taller|deeper|wider|heavier"
    rf"|(?P<low>smaller|shorter|lower|shallower|narrower|lighter))){_SIDES}",
    re.IGNORECASE,
)
# And one in which the second thing stands behind the words that compare.
_BEFORE = re.compile(
    r"(?P<clause>(?:did|was|were) .+?) (?:before or after|after or before|earlier or later than) (?P<sides>.+)",
    re.IGNORECASE,
)
_PASSED = re.compile(r"(?P<thing>.+) (?P<was>was|were) (?P<done>\w+)")  # "the act was passed"
_MEASURED = {
    **{"larger": "large", "bigger": "big", "longer": "long", "higher": "high", "taller": "tall", "deeper": "deep"},
    **{"wider": "wide", "heavier": "heavy", "smaller": "large", "shorter": "long", "lower": "high"},
    **{"shallower": "deep", "narrower": "wide", "lighter": "heavy"},
}
_DID = {"opened": "open", "began": "begin", "started": "start", "ended": "end", "closed": "close"}
_OR = re.compile(r",?\s+(?:or|oder)\s+", re.IGNORECASE)
_BEFORE_CHRIST = re.compile(r"\b(?:BCE?|B\. ?C\.|v\. ?Chr)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, or a date as year, month and day as far as it is told, and what it is counted in; `words` is how it was
    spelt."""

    value: tuple[Decimal, ...]
    unit: str
    words: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two things, a question about each, and what follows if the figure of the first is the lower, or the higher.

    Each outcome is told with the figure first that it names: 0 is that of the first thing, 1 of the second. `of_time`
    says whether the figures are dates.
    """

    sides: tuple[str, str]
    questions: tuple[str, str]
    if_lower: tuple[str, int]
    if_higher: tuple[str, int]
    of_time: bool

    def conclusion(self, told: Sequence[Sequence[Sentence]]) -> Sentence | None:
        """What follows from what was `told` about the two; None where a figure is not clear, or they are the same.

        It rests on the sentences that give the figures, and is no surer than they are.
        """
        found = [one for said, side in zip(told, self.sides, strict=False) for one in self._figure(said, side)]
        if len(found) != 2:
            return None
        (one, first), (other, second) = found
        both = min(len(one.value), len(other.value))
        if one.value[:both] == other.value[:both] or one.unit != other.unit:
            return None
        outcome, names = self.if_lower if one.value < other.value else self.if_higher
        figure, against = (other, one) if names else (one, other)
        figures = f"{figure.words} {'<' if figure.value < against.value else '>'} {against.words}"
        partial = "partial" in (first.support, second.support)
        return Sentence(
            text=f"{outcome[0].upper()}{outcome[1:]} ({figures}).",
            support="partial" if partial else "supported",
            score=min(first.score, second.score),
            citations=tuple(dict.fromkeys((*first.citations, *second.citations))),
            reasons=("it follows from a sentence that is supported in part only",) if partial else (),
        )

    def _figure(self, said: Sequence[Sentence], side: str) -> list[tuple[Figure, Sentence]]:
        """The figure of the first sentence that tells of a single one, which is not in the name of the thing; [] if
        there is none."""
        for sentence in said:
            figures = (_dates if self.of_time else _amounts)(sentence.text, side)
            if sentence.support != "unsupported" and len(figures) == 1:
                return [(figures[0], sentence)]
        return []


def comparison(question: str) -> Comparison | None:
    """What `question` compares; None where it compares nothing, or not clearly two things."""
    asked = question.rstrip("?. ")
    order = _BEFORE.fullmatch(asked)
    if order:
        clause, other = order["clause"], order["sides"]
        questions = (f"When {clause[0].lower()}{clause[1:]}?", _when(other))
        return Comparison((clause, other), questions, ("before", 0), ("after", 0), of_time=True)
    for form in (_TIME, _WANN, _MANY, _HOW):
        match = form.fullmatch(asked)
        sides = _OR.split(match["sides"]) if match else []
        if match and len(sides) == 2 and sides[0] != sides[1]:
            first, second = sides
            outcomes = (f"{first} {match['says']}", 0), (f"{second} {match['says']}", 1)
            lower, higher = outcomes if match["low"] else outcomes[::-1]
            questions = (_about(match, first), _about(match, second))
            return Comparison((first, second), questions, lower, higher, of_time=form in (_TIME, _WANN))
    return None


def _when(side: str) -> str:
    """The question when something was, or was done."""
    passed = _PASSED.fullmatch(side)
    return f"When {passed['was']} {passed['thing']} {passed['done']}?" if passed else f"When was {side}?"


def _about(match: re.Match[str], side: str) -> str:
    """The question about one side, in the form of the match."""
    if match.re is _WANN:
        return f"Wann war {side}?"
    verb = match["verb"].lower()
    if match.re is _MANY:
        return f"How many {match['things']} {'did' if verb == 'had' else 'does'} {side} have?"
    if match.re is _HOW:
        return f"How {_MEASURED[match['says'].lower().split()[-1]]} {verb} {side}?"
    if verb in _DID:
        return f"When did {side} {_DID[verb]}?"
    born = verb == "was born" or (match["who"].lower() == "who" and verb in ("is", "was"))
    return f"When was {side}{' born' if born else ''}{' founded' if verb == 'was founded' else ''}?"


def _dates(text: str, side: str) -> list[Figure]:
    """Every date of `text` with its year, as far as it is told."""
    years = [year for year in dict.fromkeys(YEAR.findall(text)) if year not in side]
    days = [day for day in days_in(text) if years == [str(day[0])]]
    if _BEFORE_CHRIST.search(text):
        return []
    if len(days) == 1:
        year, month, day = days[0]
        return [Figure((Decimal(years[0]), Decimal(month), Decimal(day)), "", f"{year}-{month:02}-{day:02}")]
    return [Figure((Decimal(year),), "", year) for year in years]


def _amounts(text: str, side: str) -> list[Figure]:
    """Every number of `text` but years, times of day and versions, with what it is counted in."""
    counted = {quantity.value: quantity.unit for quantity in quantities(text)}
    numbers = [here.fact for here in found_facts(text) if here.fact.kind == "number" and not stands_in(here.fact, side)]
    return [
        Figure((number.amount,), counted.get(number.value, ""), number.words)
        for number in numbers
        if number.amount is not None and (number.value in counted or not YEAR.fullmatch(number.words))
    ]
