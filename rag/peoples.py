"""A people, its country and the adjective of both: Poles, Poland and Polish; Jews and Jewish; Kenia and kenianisch.

Told by root and endings, in the normal form of names; those that share hardly a root, as Dane and Denmark, are among
the aliases of the vocabulary. English and German.
"""

from __future__ import annotations

import re

ROOT = 3  # letters that a people and its country share at least
ALONE = 4  # letters of a root that is a name as it stands: "Turk", not "Dan" of "Danish"
# How such adjectives end, and what may stand before that beside the root: "Scot-t-ish", "Kenia-n-isch".
_ADJECTIVE = re.compile(r"(?:ish|ese[nrs]?|isch(?:e[mnrs]?)?)$")
_JOINS = frozenset(("", "t", "n", "an", "ian", "in", "es", "ies", "er"))
# How the names of countries end and those of whoever lives there.
_COUNTRY = r"l?and|enland|ain|ein|in|mark|ey|ei|ien|istan|stan|ia|a|al|y"
_PEOPLE = r"e?s|ese[nrs]?|e|en|ens|n|ns|ons?|iards?|i?ards?|i?ers?|i?ern|an|ander[ns]?|ings?"
_ENDING = re.compile(rf"(?:{_COUNTRY}|{_PEOPLE})?s?")
# "Poland", "Deutschland", "Uzbekistan": what is left of a country without this is the root of its people.
_LANDS = ("land", "and", "istan", "stan")
_OF_LAND = re.compile(r"(?:e?s|ns|en?|i)?")
_ONE_OF = re.compile(r"(?<=[aei]n)s$|(?<=sh)(?:wo)?m[ae]n$")


def of_one_people(first: str, second: str) -> bool:
    """Whether two names, folded and without accents, are forms of the name of one people."""
    if first[: ROOT - 1] != second[: ROOT - 1]:
        return False
    return any(_adjective_of(one, two) or _lives_in(one, two) for one, two in ((first, second), (second, first)))


def singular(name: str) -> str:
    """A name without what makes it that of several or of one: "Kenyan" of "Kenyans", "English" of "Englishmen"."""
    return _ONE_OF.sub("", name)


def _adjective_of(adjective: str, other: str) -> bool:
    """Whether the first is the adjective of the second: "polish" of "poland" and of "poles"."""
    stem = _ADJECTIVE.sub("", adjective)
    if stem == adjective:
        return False
    other = _ADJECTIVE.sub("", other)
    shared = next((i for i, (a, b) in enumerate(zip(stem, other, strict=False)) if a != b), min(len(stem), len(other)))
    ending = other[shared:]
    return shared >= (ROOT if ending else ALONE) and stem[shared:] in _JOINS and _ENDING.fullmatch(ending) is not None


def _lives_in(country: str, people: str) -> bool:
    """Whether the first is the country of the second: "poland" of "poles", "afghanistan" of "afghan"."""
    roots = [country.removesuffix(land) for land in _LANDS if country.endswith(land)]
    return any(
        len(root) >= ROOT and people.startswith(root) and _OF_LAND.fullmatch(people, len(root)) for root in roots
    )
