"""What a sentence tells as done, where its sources only plan it, think it possible, or say that it failed; and what it
compares, where they compare nothing.

A verb is open where it stands behind "will", "agreed to", "may have" and the like, within its clause. Purely textual;
English and German.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from rag.clauses import clauses
from rag.vocabulary import TOKEN, fold, vocabulary
from rag.words import content_words

_HOPE = re.compile(
    r"\b(?:hop(?:e|ed|es|ing)|expect(?:s|ed|ing)?|plan(?:s|ned)?|propos(?:e|es|ed)|intend(?:s|ed)?|aim(?:s|ed|ing)?"
    r"|scheduled|meant|wish(?:es|ed)?|might|could|considering|look(?:s|ed|ing) (?:at|into))\b",
    re.IGNORECASE,
)
_LEAVES_OPEN = re.compile(
    r"\b(?:will|would|shall|should|may|can|due to|likely|perhaps|probably|first)\b", re.IGNORECASE
)
# "Older than", "more recent than"; not "rather than", nor "no later than".
_COMPARES = re.compile(
    r"(?<!no )(?<!not )\b(?:(?:more|less|fewer|worse)\b(?: \w+){0,3}|(?!(?:oth|rath|ei?th)er\b)\w{2,}er(?: \w+){0,2})"
    r" than\s+(?P<what>\w+)",
    re.IGNORECASE,
)
# What is only thought about: "looking at mandatory guidelines", "plans for a new bridge".
_WEIGHS = re.compile(
    r"\b(?P<weighing>(?:look(?:s|ed|ing)? (?:at|into)|consider(?:s|ing|ed)?|weigh(?:s|ing|ed)?|discuss(?:es|ing|ed)?|debat(?:es?|ing|ed)"
    r"|think(?:s|ing)? (?:of|about)|(?:plan|hope|call|propos|demand|request|wish|push)(?:s|e|ed|es|ing|al|als)?(?: for| of)?))"
    r"(?P<what>\s[^,;.()]+)",
    re.IGNORECASE,
)
# "That failed to happen", "the plan was dropped", in the sentence behind one that tells what was planned.
_CAME_TO_NOTHING = re.compile(
    r"\b(?:that|this|it|which|they|neither|(?:the|these|those|his|her|its|their) (?:\w+ ){0,2}\w+)\s"
    r"(?:failed to (?:happen|materiali[sz]e|take place)|(?:did not|didn['’]t|has not|have not|never) (?:yet )?"
    r"(?:happen|take place|took place|materiali[sz]e|occur|come about|came about)(?:ed|d)?|fell through|came to nothing"
    r"|(?:was|were) (?:\w+ly |later |then |soon |never )?(?:cancell?ed|called off|abandoned|dropped|scrapped|shelved|rejected"
    r"|carried out(?<=never carried out)))\b"
    r"|\b(?:dazu|daraus|das|dies|es|der|die) (?:\w+ )?(?:kam es (?:\w+ )?nicht|wurde nichts|(?:geschah|fand) (?:\w+ )?nicht"
    r"|scheiterten?|(?:wurde|wurden) (?:\w+ )?(?:abgesagt|verworfen|aufgegeben|abgelehnt))\b",
    re.IGNORECASE,
)
_CLAUSES = {
    "en": re.compile(
        r"[,;:()“”\"«»—–]|[.!?](?=\s|$)|\b(?:that|because|when|while|which|who|whose|after|before|although|though|since|but)\b"
    ),
    "de": re.compile(
        r"[,;:()“”\"«»„—–]|[.!?](?=\s|$)|\b(?:und|aber|oder)(?= (?:wird|will|soll|sollte|könnte|wurde|werden|hat|ist)\b)"
    ),
}
_DETERMINED = re.compile(r"\b(?:the|an?|its|their|his|her|these|those|this|that|newly|well|der|die|das|ein|eine)[\s-]$", re.I)
_ENDS_PAST = re.compile(r"\w(?:(?<!e)|(?:agr|guarant|fr|decr)e)ed$")
_INSEPARABLE = re.compile(r"(?:be|ent|er|ver|zer|miss)(?=\w{3})")
MUCH = 0.5  # of the words of a sentence, that a source has which tells of the same
LEAST = 2  # words of meaning, the verb among them, that a clause shares with the sentence of whose doing it tells
ENOUGH = 0.75  # of what the clause that plans shares with the sentence, that one shares which tells of the doing
REACH = 7  # words between what plans and the "to" that leads to the verb
HEDGED = 2  # words behind "reportedly" among which the verb stands

_State = Literal["", "open", "failed"]


@dataclass(frozen=True, slots=True)
class Undone:
    """A verb that is told as done, the word behind which a source has it, and whether it was `failed` to be done."""

    verb: str
    behind: str
    source: int
    failed: bool

    @property
    def reason(self) -> str:
        """What a reader is told."""
        return f"the sentence tells “{self.verb}” as done; the cited passage has that behind “{self.behind}” only"


@dataclass(frozen=True, slots=True)
class _Act:
    """A word of meaning that may be a verb, by its root; `behind` is what leaves it open, or denies it."""

    root: str
    spelt: str
    state: _State
    behind: str
    done: bool
    clause: int


def undone(sentence: str, sources: Sequence[str], after: Sequence[str], language: str) -> tuple[Undone, ...]:
    """What a sentence tells as done, and its sources only as planned, possible or failed; `after` is what stands right
    behind each source.

    Another source that has it as done counts where it tells as much of the same.
    """
    if language not in ("en", "de"):
        return ()
    acts_said = list(_acts(sentence, language))
    about = {act.root for act in acts_said}
    said = [act for act in acts_said if act.done and not act.state]
    given = [list(_acts(text, language)) for text in sources]
    found = []
    for act in said:
        open_in = [
            (len(_shared(acts, other.clause, about)), number, other)
            for number, acts in enumerate(given)
            for other in acts
            if other.root == act.root and other.state and other.spelt != f"{act.spelt}n"  # "starte" may be no past
        ]
        if not open_in:
            continue
        shared, number, other = max(open_in, key=lambda one: one[0])
        done = [
            len(_shared(acts, same.clause, about))
            for acts in given
            for same in acts
            if same.root == act.root and not same.state
        ]
        whole = about & {one.root for one in given[number]}
        if len(whole) < LEAST or any(much >= ENOUGH * shared for much in done):
            continue
        nothing = _CAME_TO_NOTHING.search(f"{sources[number]} {after[number]}")
        behind = nothing.group() if nothing else other.behind
        found.append(Undone(act.spelt, behind, number, nothing is not None or other.state == "failed"))
    return tuple(found)


def content_words_of(text: str, language: str) -> Iterator[str]:
    """The words of meaning of a text as they are spelt."""
    return (match.group() for match in TOKEN.finditer(text) if content_words(match.group(), language))


def _shared(acts: Sequence[_Act], clause: int, about: set[str]) -> set[str]:
    return {act.root for act in acts if act.clause == clause} & about


def _acts(text: str, language: str) -> Iterator[_Act]:
    """The words of meaning of a text, each with what leaves open whether it was done."""
    read = _read_german if language == "de" else _read_english
    supposes = not _known("en").supposing.isdisjoint(fold(match.group()) for match in TOKEN.finditer(text))
    start = number = 0
    planning = ""
    for boundary in (*_CLAUSES[language].finditer(text), None):
        clause = text[start : boundary.start() if boundary else len(text)]
        yield from read(clause, number, supposes, planning)
        if language == "de":  # "plant, das Werk zu schließen"
            plans = [word for word in TOKEN.findall(clause) if fold(word) in _known("de").planning]
            planning = plans[-1] if plans else planning
        start, number = (boundary.end() if boundary else len(text)), number + 1


def _read_english(clause: str, number: int, supposes: bool, _planning: str) -> Iterator[_Act]:
    known = _known("en")
    leads, since = "", 0  # a word that plans, and how many words ago
    state, behind = "", ""  # what the next verb is, and by which word
    left = 0  # words that a hedge still reaches
    joined = False
    helped = False  # whether "be" or "have" stands between
    tokens = list(TOKEN.finditer(clause))
    for place, match in enumerate(tokens):
        word = fold(match.group())
        before = fold(tokens[place - 1].group()) if place else ""
        since += 1
        if word in known.modal and (word != "would" or supposes) and not (word == "may" and match.group()[0] == "M"):
            state, behind, helped, joined = "open", word, False, False
            continue
        if word == "to" and leads and since <= REACH:
            following = fold(tokens[place + 1].group()) if place + 1 < len(tokens) else ""
            if leads not in known.reporting or (before == leads and following in ("have", "be")):
                state, behind, helped, joined = ("failed" if leads in known.failing else "open"), f"{leads} to", False, False
            continue
        if word == "to" and before in ("is", "are"):
            state, behind, helped, joined = "open", f"{before} to", False, False
            continue
        if word in known.hedges:
            left, behind = HEDGED, word
            continue
        content = bool(content_words(match.group(), "en"))
        past = _is_past(word)
        if state and word in known.auxiliaries | {"not"}:
            helped = helped or word in ("be", "been", "have", "being")
            continue
        if state and word.endswith("ly"):
            continue
        if state and joined is False and content:
            fits = word not in known.performed and (not past or helped or _same_past(word))
            yield _Act(_root(word, "en"), match.group(), _as(state if fits else ""), behind, False, number)
            joined = True
            if word in known.planning:
                leads, since = word, 0
            continue
        if state and joined and before in ("and", "or") and content and not word.endswith(("ing", "s", "ed")):
            yield _Act(_root(word, "en"), match.group(), _as(state), behind, False, number)
            continue
        if word in known.planning or word in known.failing:
            leads, since = word, 0
        if not content:
            left = max(0, left - 1)
            if word in vocabulary().being - {"being", "been"} or word in ("had", "has", "did"):
                state = ""
            continue
        led = leads in known.lead_by_of and before in ("of", "for", "on", "at", "a", "the") and 0 < since <= 3
        named = place > 0 and before in known.attributes
        opened = leads if led else before if named else behind if left and not joined else ""
        left = max(0, left - 1)
        determined = _DETERMINED.search(clause[: match.start()]) is not None
        yield _Act(_root(word, "en"), match.group(), "open" if opened else "", opened, past and not determined, number)


def _read_german(clause: str, number: int, _supposes: bool, planning: str) -> Iterator[_Act]:
    known = _known("de")
    tokens = list(TOKEN.finditer(clause))
    folded = [fold(match.group()) for match in tokens]
    modal = next((word for word in folded if word in known.modal), "")
    told = not known.auxiliaries_done.isdisjoint(folded)
    separate = folded[-1] if folded and folded[-1] in known.separable else ""
    hedge = next((word for word in folded if word in known.hedges), "")
    plans = next((word for word in folded if word in known.planning), "") or planning
    for place, match in enumerate(tokens):
        spelt, word = match.group(), folded[place]
        if not content_words(spelt, "de") or word in known.modal:
            continue
        before = folded[place - 1] if place else ""
        small = spelt[0].islower()
        root = _root(word, "de")
        infinitive = small and word.endswith("n") and not _participle(word)
        to_do = infinitive and (before == "zu" or re.search(r"\wzu\w", word) is not None)
        preterite = small and (_irregular(word) or re.search(r"\wten?$", word) is not None) and not _participle(word)
        past = small and (_participle(word) and told or preterite)
        if separate and preterite:
            root = separate + root
        passive = _participle(word) and folded[place + 1 : place + 2] == ["werden"] and modal != "werden"
        opened = ""
        if modal and (infinitive or passive):
            opened = modal
        elif plans and to_do:
            opened = f"{plans} … zu"
        elif before in known.attributes:
            opened = before
        elif hedge and past:
            opened = hedge
        yield _Act(root, spelt, "open" if opened else "", opened, past and not opened, number)


def _is_past(word: str) -> bool:
    """Whether an English word is a past form, or a participle: "opened", "held", not "need"."""
    return _ENDS_PAST.search(word) is not None or word in _known("en").pasts or word in vocabulary().participles


def _as(state: str) -> _State:
    return "failed" if state == "failed" else "open" if state else ""


def _same_past(word: str) -> bool:
    """Whether a past form is the base as well: "set", "put"."""
    return _known("en").pasts.get(word) == word


def _participle(word: str) -> bool:
    """Whether a German word is written as a participle is."""
    known = _known("de")
    if word in known.pasts and word.endswith("n"):
        return True
    return re.search(r"(?:^|[a-zäöü])ge\w{2,}(?:t|en)$", word) is not None or re.search(
        r"^(?:be|er|ent|ver|zer)\w{2,}t$|iert$", word
    ) is not None


def _irregular(word: str) -> bool:
    """Whether a German word is a past form that no ending tells, with or without a prefix: "schloss", "entließ"."""
    return word in _known("de").pasts or _INSEPARABLE.sub("", word, count=1) in _known("de").pasts


def _root(word: str, language: str) -> str:
    """What the forms of a verb share: "held" and "hold", "eingeführt" and "einzuführen"."""
    folded, known = fold(word), _known(language)
    if language == "en":
        base = known.pasts.get(folded, folded)
        return next(iter(content_words(base, "en")), base)
    beginning = next((one for one in known.beginnings if folded.startswith(one) and len(folded) > len(one) + 3), "")
    rest = folded[len(beginning) :]
    if beginning and rest.startswith("zu") and len(rest) > 5:
        rest = rest[2:]
    if folded in known.pasts:
        beginning, rest = "", known.pasts[folded]
    elif rest in known.pasts:
        rest = known.pasts[rest]
    elif not beginning and (closed := _INSEPARABLE.match(rest)) and rest[closed.end() :] in known.pasts:
        rest = closed.group() + known.pasts[rest[closed.end() :]]
    elif re.match(r"ge\w{2,}t$", rest):
        rest = rest[2:]
    rest = re.sub(r"(?<=\w\w)(?:ung|ungen|e?te[nst]?|en|et|st|[tne])$", "", rest)
    return beginning + rest


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of one language from `modality.toml`; `pasts` leads from a form to its base."""

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
    auxiliaries_done: frozenset[str]
    separable: frozenset[str]
    beginnings: tuple[str, ...]
    pasts: Mapping[str, str]


@cache
def _known(language: str) -> _Words:
    stored = tomllib.loads(resources.files("rag").joinpath("modality.toml").read_text("utf-8"))
    words = {key: frozenset(map(fold, line.split())) for key, line in stored[language].items()}
    verbs = [[fold(form) for form in line.split()] for line in re.split(r"[|\n]", stored["irregular"][language].strip())]
    return _Words(
        **words,
        beginnings=tuple(sorted(words["separable"], key=lambda one: (-len(one), one))),
        pasts={form: base for base, *forms in verbs for form in forms},
    )


def only_hoped(sentence: str, sources: Sequence[str], language: str) -> list[str]:
    """A reason where the clauses that tell most of what the sentence does only hope for it, or think it possible."""
    if language != "en" or _HOPE.search(sentence) or _LEAVES_OPEN.search(sentence):
        return []
    words = set(content_words(sentence, language))
    told = [clause for text in sources for clause in clauses(text)]
    same = [clause for clause in told if len(words.intersection(content_words(clause, language))) >= MUCH * len(words)]
    hopes = [match.group() for match in map(_HOPE.search, same) if match]
    return [f"the cited passage says so with “{hopes[0]}” only"] if hopes and len(hopes) == len(same) else []


def only_weighed(sentence: str, sources: Sequence[str], language: str) -> list[str]:
    """A reason where what a sentence says was done to something no source has, and one only plans or weighs that."""
    if language != "en" or _WEIGHS.search(sentence):
        return []
    acts = list(_acts(sentence, language))
    known = {act.root for text in sources for act in _acts(text, language)}
    for act, *things in zip(acts, acts[1:], acts[2:], strict=False):
        if not act.done or act.state or act.root in known or len({act.clause, *(thing.clause for thing in things)}) > 1:
            continue
        for weighs in (match for text in sources for match in _WEIGHS.finditer(text)):
            behind = [_root(word, language) for word in content_words_of(weighs["what"], language)][: len(things)]
            if behind == [thing.root for thing in things]:
                return [f"the sentence tells “{act.spelt}” as done; the cited passage has “{weighs['weighing']}” only"]
    return []


def compares(text: str) -> bool:
    """Whether a text says that one thing is more or less than another, not than a number."""
    counted = vocabulary().numbers.keys() | vocabulary().amounts
    return any(not what[0].isdigit() and fold(what) not in counted for what in _COMPARES.findall(text))
