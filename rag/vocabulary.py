"""The words that checking knows: of numbers and dates, negations, pronouns and what opens a sentence.

Data of `vocabulary.toml`, folded. English, German and Russian.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

TOKEN = re.compile(
    r"(?:[^\W\d_]\.(?: (?=[^\W\d_]\.))?){2,}"  # U.S., J. R. R.
    r"|\d+(?:[.,:]\d+|[\u00a0\u2009\u202f'’]\d{3}(?!\d))*"  # 1,250.75, 1'250 and, with a no-break space, 1 250
    r"|[Pp]h\. ?[Dd]\b\.?"
    r"|[^\W\d_]+(?:['’&][^\W\d_]+)*"  # Russia's, V&A
)

_PARTICIPLE = re.compile(r"\w{2,}(?:ed|en|wn|ght|ung)")  # the endings of most; `participles` has others
YEAR = re.compile(r"\b(?:1\d{3}|20\d\d)\b")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of `vocabulary.toml`, folded; `units` may follow a ten, `scales` multiply what stands before them."""

    numbers: Mapping[str, int]
    units: Mapping[str, int]
    scales: Mapping[str, int]
    articles: frozenset[str]
    months: Mapping[str, int]
    ambiguous_months: frozenset[str]
    before_months: frozenset[str]
    before_years: frozenset[str]
    weekdays: frozenset[str]
    negations: frozenset[str]
    denials: tuple[str, ...]
    openers: frozenset[str]
    addressing: frozenset[str]
    first_person: frozenset[str]
    backward: frozenset[str]
    pointing: frozenset[str]
    persons: frozenset[str]
    titles: frozenset[str]
    offices: frozenset[str]
    courtesies: frozenset[str]
    impersonal: frozenset[str]
    additions: frozenset[str]
    limits: frozenset[str]
    quantities: frozenset[str]
    limitable: frozenset[str]
    partial: frozenset[str]
    none: frozenset[str]
    ceasing: frozenset[str]
    light: frozenset[str]
    conditions: frozenset[str]
    exceptions: frozenset[str]
    whether: frozenset[str]
    indefinite: frozenset[str]
    sayings: frozenset[str]
    frames: frozenset[str]
    aliases: tuple[frozenset[str], ...]
    apart: tuple[frozenset[str], ...]
    irregular: Mapping[str, str]
    participles: frozenset[str]
    joining: frozenset[str]
    being: frozenset[str]
    auxiliaries: frozenset[str]
    modal: frozenset[str]
    seats: tuple[frozenset[str], ...]
    greetings: tuple[str, ...]
    closings: tuple[str, ...]
    addressees: frozenset[str]
    opinions: tuple[str, ...]
    changes: tuple[frozenset[str], ...]
    interrogatives: frozenset[str]
    choices: frozenset[str]
    replies: frozenset[str]
    assents: frozenset[str]
    amounts: frozenset[str]
    times: frozenset[str]
    endings: frozenset[str]
    german: frozenset[str]
    german_articles: frozenset[str]
    german_prepositions: frozenset[str]


@cache
def vocabulary() -> Vocabulary:
    """Read once, at the first sentence."""
    stored = tomllib.loads(resources.files("rag").joinpath("vocabulary.toml").read_text("utf-8"))

    def words(key: str) -> frozenset[str]:
        return frozenset(map(fold, stored[key].split()))

    def groups(key: str) -> tuple[frozenset[str], ...]:
        return tuple(frozenset(map(fold, line.split())) for line in stored[key])

    numbers = {fold(word): int(value) for value, line in stored["numbers"].items() for word in line.split()}
    units = dict.fromkeys(words("ones"), 1) | {word: value for word, value in numbers.items() if value < 10}
    tens = {word: value for word, value in numbers.items() if value >= 20}
    return Vocabulary(
        numbers=numbers | {f"{unit}und{ten}": units[unit] + tens[ten] for unit in units for ten in tens},
        units=units,
        scales={fold(word): int(value) for value, line in stored["scales"].items() for word in line.split()},
        articles=words("articles"),
        months={fold(word): number for number, line in enumerate(stored["months"], 1) for word in line.split()},
        ambiguous_months=words("ambiguous_months"),
        before_months=words("before_months"),
        before_years=words("before_years"),
        weekdays=words("weekdays"),
        negations=words("negations"),
        denials=tuple(sorted(words("denials"))),
        openers=words("openers"),
        addressing=words("addressing"),
        first_person=words("first_person"),
        backward=words("backward"),
        pointing=words("pointing"),
        persons=words("persons"),
        titles=words("titles"),
        offices=words("offices"),
        courtesies=words("courtesies"),
        impersonal=words("impersonal"),
        additions=words("additions"),
        limits=words("limits"),
        quantities=words("quantities"),
        limitable=words("limitable"),
        partial=words("partial"),
        none=words("none"),
        ceasing=words("ceasing"),
        light=words("light"),
        conditions=words("conditions"),
        exceptions=words("exceptions"),
        whether=words("whether"),
        indefinite=words("indefinite"),
        sayings=words("sayings"),
        frames=words("frames"),
        aliases=groups("aliases"),
        apart=groups("apart"),
        irregular={form: line.split()[0] for line in stored["irregular"] for form in line.split()[1:]},
        participles=words("participles"),
        joining=words("joining"),
        being=words("being"),
        auxiliaries=words("auxiliaries") | words("modal"),
        modal=words("modal"),
        seats=groups("seats"),
        greetings=tuple(stored["greetings"]),
        closings=tuple(stored["closings"]),
        addressees=words("addressees"),
        opinions=tuple(stored["opinions"]),
        changes=groups("changes"),
        interrogatives=words("interrogatives"),
        choices=words("choices"),
        replies=words("replies"),
        assents=words("assents"),
        amounts=words("amounts"),
        times=words("times"),
        endings=words("endings"),
        german=words("german"),
        german_articles=words("german_articles"),
        german_prepositions=words("german_prepositions"),
    )


def fold(text: str) -> str:
    """Case and compatibility forms removed; ё is е."""
    return unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")


def opens(word: str) -> bool:
    """Whether a capital says nothing of the word: "The", "They", "I'll"."""
    return re.split("['’]", fold(word))[0] in vocabulary().openers


def is_courtesy(word: str) -> bool:
    """Whether the word is a title that states nothing of its bearer: "Mr", "Frau", "Ph.D.", but not "MS"."""
    return not word.isupper() and re.sub("[. ]", "", fold(word)) in vocabulary().courtesies


def is_negation(word: str) -> bool:
    """Whether the word is one of "not", "never", "didn't"."""
    folded = fold(word)
    return folded in vocabulary().negations or folded.endswith(("n't", "n’t"))


def is_participle(word: str) -> bool:
    """Whether a word is written as English participles are, and most past tenses."""
    return fold(word) in vocabulary().participles or _PARTICIPLE.fullmatch(fold(word)) is not None


def denies(text: str) -> bool:
    """Whether a negation stands in the text."""
    return any(is_negation(match.group()) for match in TOKEN.finditer(text))


def denies_otherwise(text: str) -> bool:
    """Whether a text denies something by its verbs ("refused", "closed", "failed") rather than by a negation."""
    folded = fold(text)
    return any(re.search(rf"\b{root}", folded) for root in vocabulary().denials)


def unframed(text: str) -> str:
    """The text without titles and without the words with which an answer speaks of itself: "The answer is ..."."""
    frames = vocabulary().frames

    def kept(match: re.Match[str]) -> str:
        return " " if fold(match.group()) in frames or is_courtesy(match.group()) else match.group()

    return TOKEN.sub(kept, text)
