"""The words of a text that may be verbs, each with what leaves open whether it was done: "will", "agreed to", "soll".

A verb is open where such a word stands before it in its clause, in German wherever in it. A verb is told by its root,
which its forms share: "held" and "hold", "eingeführt" and "einzuführen". Nothing is known of what the words mean.
Purely textual; English and German.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Literal

from rag.vocabulary import TOKEN, fold, vocabulary
from rag.words import content_words

REACH = 7  # words between one that plans and the "to" that leads to the verb
LED = 3  # words between "plans" and what they are for: "plans for the bridge"
HEDGED = 2  # words behind "reportedly" among which the verb stands

State = Literal["done", "open", "failed"]

_CLAUSES = {
    "en": re.compile(
        r"[,;:()“”\"«»—–]|[.!?](?=\s|$)"
        r"|\b(?:that|because|when|while|which|who|whose|after|before|although|though|since|but)\b"
    ),
    "de": re.compile(
        r"[,;:()“”\"«»„—–]|[.!?](?=\s|$)"
        r"|\b(?:und|aber|oder)(?= (?:wird|will|soll|sollte|könnte|wurde|werden|hat|ist)\b)"
    ),
}
_DETERMINED = re.compile(
    r"\b(?:the|an?|its|their|his|her|these|those|this|that|newly|well|der|die|das|ein|eine)[\s-]$", re.IGNORECASE
)
_ENDS_PAST = re.compile(r"(?:\w(?<!e)|agre|guarante|fre|decre)ed$")  # not "need"
_INSEPARABLE = re.compile(r"(?:be|ent|er|ver|zer|miss)(?=\w{3})")
_GERMAN_ENDING = re.compile(r"(?<=\w\w)(?:ung|ungen|e?te[nst]?|en|et|st|[tne])$")
_GERMAN_PARTICIPLE = re.compile(r"(?:^|[a-zäöü])ge\w{2,}(?:t|en)$|^(?:be|er|ent|ver|zer)\w{2,}t$|iert$")


@dataclass(frozen=True, slots=True)
class Act:
    """A word of meaning by its root; `behind` is what leaves it open or denies it, `past` whether it is told as done
    by its form, and `clause` the number of its clause, which `looks_back` where a pronoun stands in it."""

    root: str
    spelt: str
    state: State
    behind: str
    past: bool
    clause: int
    looks_back: bool = False


def acts(text: str, language: str) -> Iterator[Act]:
    """The words of meaning of a text, in order."""
    supposes = not _known("en").supposing.isdisjoint(fold(match.group()) for match in TOKEN.finditer(text))
    planning = ""
    for number, clause in enumerate(_clauses(text, language)):
        back = not _known(language).pronouns.isdisjoint(fold(match.group()) for match in TOKEN.finditer(clause))
        read = _English(clause, number, supposes).acts() if language == "en" else _german(clause, number, planning)
        yield from (replace(act, looks_back=back) for act in read)
        if language == "en":
            continue
        plans = [word for word in TOKEN.findall(clause) if fold(word) in _known("de").planning]
        planning = plans[-1] if plans else planning  # "plant, das Werk zu schließen"


def root(word: str, language: str) -> str:
    """What the forms of a verb share."""
    folded, known = fold(word), _known(language)
    if language == "en":
        base = known.pasts.get(folded, folded)
        return next(iter(content_words(base, "en")), base)
    if word[0].isupper() and not folded.endswith(("ung", "ungen")):
        return next(iter(content_words(word.removesuffix("s"), language)), folded)  # a noun, as in "des Theaters"
    beginning = next((one for one in known.beginnings if folded.startswith(one) and len(folded) > len(one) + 3), "")
    rest = folded[len(beginning) :]
    if beginning and rest.startswith("zu") and len(rest) > 5:
        rest = rest[2:]
    closed = _INSEPARABLE.match(rest)
    if folded in known.pasts:
        beginning, rest = "", known.pasts[folded]
    elif {rest, f"ge{rest}"} & known.pasts.keys():  # "übernommen"
        rest = known.pasts.get(rest) or known.pasts[f"ge{rest}"]
    elif not beginning and closed and rest[closed.end() :] in known.pasts:
        rest = closed.group() + known.pasts[rest[closed.end() :]]
    elif re.match(r"ge\w{2,}t$", rest):
        rest = rest[2:]
    return beginning + _GERMAN_ENDING.sub("", rest).rstrip("t")  # "starten", "startete"


def _clauses(text: str, language: str) -> Iterator[str]:
    start = 0
    for boundary in (*_CLAUSES[language].finditer(text), None):
        yield text[start : boundary.start() if boundary else len(text)]
        start = boundary.end() if boundary else len(text)


class _English:
    """Reads one clause word by word. `behind` is what the next verb stands behind, "" where nothing leaves it open."""

    def __init__(self, clause: str, number: int, supposes: bool) -> None:
        self._clause = clause
        self._number = number
        self._supposes = supposes
        self._tokens = list(TOKEN.finditer(clause))
        self._words = [fold(match.group()) for match in self._tokens]
        self._plan, self._since = "", 0  # the last word that plans, and how many words ago it stood
        self._behind, self._state = "", "done"
        self._hedge, self._left = "", 0  # and how many words it still reaches
        self._helped = False  # whether "be" or "have" stands before the verb
        self._met = False  # whether the verb that was led to has come: then "and" may lead to another

    def acts(self) -> Iterator[Act]:
        """The words of meaning of the clause."""
        for place, word in enumerate(self._words):
            self._since += 1
            if self._opens(place) or self._passes(word):
                continue
            if content_words(self._tokens[place].group(), "en"):
                yield self._act(place)
            else:
                self._left = max(0, self._left - 1)
                if word in vocabulary().being - {"being", "been"} or word in ("had", "has", "did"):
                    self._behind = ""
            if word in _known("en").planning | _known("en").failing:
                self._plan, self._since = word, 0

    def _opens(self, place: int) -> bool:
        """Whether the word leaves open the verb behind it."""
        known, word = _known("en"), self._words[place]
        before, after = self._beside(place)
        if word in known.hedges:
            self._hedge, self._left = word, HEDGED
            return True
        supposed = word != "would" or self._supposes or after == "have"
        if word in known.modal and supposed and self._tokens[place].group() != "May":
            self._lead(word, "open")
        elif word == "to" and before in ("is", "are"):
            self._lead(f"{before} to", "open")
        elif word == "to" and self._plan and self._since <= REACH:
            # "Was said to have left"; "he said to them" reports nothing
            if self._plan not in known.reporting or (before == self._plan and after in ("have", "be")):
                self._lead(f"{self._plan} to", "failed" if self._plan in known.failing else "open")
        else:
            return False
        return True

    def _lead(self, behind: str, state: str) -> None:
        self._behind, self._state, self._helped, self._met = behind, state, False, False

    def _passes(self, word: str) -> bool:
        """Whether the word only stands between what opens and the verb: "will soon be"."""
        if not self._behind or self._met or not (word in _known("en").auxiliaries or word.endswith("ly")):
            return False
        self._helped = self._helped or word in ("be", "been", "have", "being")
        return True

    def _act(self, place: int) -> Act:
        known, word, spelt = _known("en"), self._words[place], self._tokens[place].group()
        before, _ = self._beside(place)
        past = _ENDS_PAST.search(word) is not None or word in known.pasts or word in vocabulary().participles
        behind, state = "", "done"
        if self._behind and not self._met:
            self._met = True
            if word not in known.performed and (not past or self._helped or known.pasts.get(word) == word):
                behind, state = self._behind, self._state
        elif self._behind and before in ("and", "or") and not word.endswith(("ing", "s", "ed")):
            behind, state = self._behind, self._state
        else:
            behind = self._named(before)
            state = "open" if behind else "done"
        self._left = max(0, self._left - 1)
        past = past and not behind and _DETERMINED.search(self._clause[: self._tokens[place].start()]) is None
        return Act(root(word, "en"), spelt, _state(state), behind, past, self._number)

    def _named(self, before: str) -> str:
        """What leaves open a word that no "to" leads to: "plans for", "the planned opening", "reportedly fled"."""
        known = _known("en")
        if self._plan in known.lead_by_of and before in ("of", "for", "on", "at", "a", "the") and self._since <= LED:
            return self._plan
        if before in known.attributes:
            return before
        return self._hedge if self._left else ""

    def _beside(self, place: int) -> tuple[str, str]:
        return (self._words[place - 1] if place else ""), " ".join(self._words[place + 1 : place + 2])


def _german(clause: str, number: int, planning: str) -> Iterator[Act]:
    """The words of meaning of a German clause; `planning` is what plans in the clauses before it."""
    known = _known("de")
    tokens = [match.group() for match in TOKEN.finditer(clause)]
    words = list(map(fold, tokens))
    modal = next((word for word in words if word in known.modal), "")
    told = not known.auxiliaries.isdisjoint(words)
    separate = words[-1] if words and words[-1] in known.separable else ""
    hedge = next((word for word in words if word in known.hedges), "")
    plans = next((word for word in words if word in known.planning), planning)
    for place, (spelt, word) in enumerate(zip(tokens, words, strict=True)):
        if not content_words(spelt, "de") or word in known.modal:
            continue
        before, after = (words[place - 1] if place else ""), words[place + 1 : place + 2]
        small, participle = spelt[0].islower(), _participle(word)
        preterite = small and not participle and (_irregular(word) or re.search(r"\wten?$", word) is not None)
        past = preterite or (small and participle and told)
        behind = ""
        if modal and _undone(small, word, participle, after, modal):
            behind = modal
        elif plans and small and _to_do(word, before) and not participle:
            behind = f"{plans} … zu"
        elif before in known.attributes:
            behind = before
        elif hedge and past:
            behind = hedge
        prefix = separate if separate and preterite else ""
        yield Act(
            prefix + root(spelt, "de"), spelt, _state("open" if behind else "done"), behind, past and not behind, number
        )


def _undone(small: bool, word: str, participle: bool, after: list[str], modal: str) -> bool:
    """Whether a German word is what is done behind "soll" or "wird": "schließen", "renoviert werden"."""
    if participle:
        return after == ["werden"] and modal != "werden"
    return small and word.endswith("n")


def _to_do(word: str, before: str) -> bool:
    """Whether a German word is an infinitive with "zu": "zu bauen", "einzuführen"."""
    return word.endswith("n") and (before == "zu" or re.search(r"\wzu\w", word) is not None)


def _participle(word: str) -> bool:
    """Whether a German word is written as a participle is."""
    irregular = word in _known("de").pasts and word.endswith("n")
    return irregular or _GERMAN_PARTICIPLE.search(word) is not None


def _irregular(word: str) -> bool:
    """Whether a German word is a past form that no ending tells, with or without a prefix: "schloss", "entließ"."""
    pasts = _known("de").pasts
    bare = next((word[len(one) :] for one in _known("de").beginnings if word.startswith(one)), word)
    return bool({word, bare, _INSEPARABLE.sub("", word, count=1)} & pasts.keys())


def _state(state: str) -> State:
    return "failed" if state == "failed" else "open" if state == "open" else "done"


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of one language from `acts.toml`; `pasts` leads from a form to its base."""

    modal: frozenset[str]
    supposing: frozenset[str]
    planning: frozenset[str]
    reporting: frozenset[str]
    lead_by_of: frozenset[str]
    attributes: frozenset[str]
    hedges: frozenset[str]
    failing: frozenset[str]
    performed: frozenset[str]
    auxiliaries: frozenset[str]
    separable: frozenset[str]
    pronouns: frozenset[str]
    pasts: Mapping[str, str]

    @property
    def beginnings(self) -> list[str]:
        """What may be parted from a verb, the longest first."""
        return sorted(self.separable, key=lambda one: (-len(one), one))


@cache
def _known(language: str) -> _Words:
    stored = tomllib.loads(resources.files("rag.rules").joinpath("acts.toml").read_text("utf-8"))
    words = {key: frozenset(map(fold, line.split())) for key, line in stored[language].items()}
    verbs = [list(map(fold, line.split())) for line in re.split(r"[|\n]", stored["irregular"][language].strip())]
    pasts = {form: base for base, *forms in verbs for form in forms}
    return _Words(
        **{name: words.get(name, frozenset()) for name in _Words.__annotations__ if name != "pasts"}, pasts=pasts
    )
