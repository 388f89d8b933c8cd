"""What a sentence tells as done, where its sources only plan it, think it possible, or say that it failed; and what it
compares, where they compare nothing.

What was done elsewhere, or by somebody else, is no excuse: the clause that has it as done must tell as much of the same
as the one that plans it. Purely textual; English and German.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.clauses import clauses
from rag.facts import facts, stands_in
from rag.rules.acts import Act, acts, root
from rag.vocabulary import TOKEN, YEAR, fold, vocabulary
from rag.words import content_words

_HOPE = re.compile(
    r"\b(?:hop(?:e|ed|es|ing)|expect(?:s|ed|ing)?|plan(?:s|ned)?|propos(?:e|es|ed)|intend(?:s|ed)?|aim(?:s|ed|ing)?"
    r"|scheduled|meant|wish(?:es|ed)?|might|could|(?-i:may)|considering|look(?:s|ed|ing) (?:at|into))\b",
    re.IGNORECASE,
)
# What lies ahead, where a sentence tells it as past.
_AHEAD = re.compile(
    r"\b(?:will|shall|going to|gonna|want(?:s|ed)? to|would (?:like|love)(?: to)?|let['’]s|should|needs? to)\b"
    r"|['’](?:ll\b|d (?:love|like) to\b)",
    re.IGNORECASE,
)
_WANTS = re.compile(r"\b(?:wants? to|wanted to|going to|need(?:s|ed)? to|ready to|looks? forward)\b", re.IGNORECASE)
_LEAVES_OPEN = re.compile(
    r"\b(?:will|would|shall|should|may|can|due to|likely|perhaps|probably|first|allow\w*|permit\w*"
    r"|possibl\w*|potential\w*|able to"
    r"|suggest\w*|recommend\w*|ask(?:s|ed)|wonder\w*|offer\w*|agree\w*)\b",
    re.IGNORECASE,
)
# "Older than", "more recent than"; not "rather than", nor "no later than".
_COMPARES = re.compile(
    r"(?<!no )(?<!not )\b(?:(?:more|less|fewer|worse)\b(?: \w+){0,3}|(?!(?:oth|rath|ei?th)er\b)\w{2,}er(?: \w+){0,2})"
    r" than\s+(?P<what>\w+)",
    re.IGNORECASE,
)
# What is only thought about: "looking at mandatory guidelines", "plans for a new bridge".
_WEIGHS = re.compile(
    r"\b(?P<weighing>look(?:s|ed|ing)? (?:at|into)|think(?:s|ing)? (?:of|about)"
    r"|(?:consider|weigh|discuss|debat|plan|hope|call|propos|demand|request|wish|push)"
    r"(?:s|e|es|ed|ing|al|als|ned|ning)?(?: for| of)?)(?P<what>\s[^,;.()]+)",
    re.IGNORECASE,
)
# "That failed to happen", "the plan was dropped", in the sentence behind one that tells what was planned.
_CAME_TO_NOTHING = re.compile(
    r"\b(?:that|this|it|which|they|neither|(?:the|these|those|his|her|its|their) (?:\w+ ){0,2}\w+)\s"
    r"(?:failed to (?:happen|materiali[sz]e|take place)|fell through|came to nothing"
    r"|(?:did not|didn['’]t|has not|have not|never) (?:yet )?"
    r"(?:happen(?:ed)?|take place|took place|materiali[sz]ed?|come about)"
    r"|(?:was|were) (?:\w+ly |later |then |soon )?"
    r"(?:cancell?ed|called off|scrapped|shelved|rejected|never (?:\w+ed|built)))\b"
    r"|\b(?:dazu|daraus|das|dies|es|der|die) (?:\w+ )?(?:kam es (?:\w+ )?nicht|wurde nichts|scheiterten?"
    r"|(?:geschah|fand) (?:\w+ )?nicht|wurden? (?:\w+ )?(?:abgesagt|verworfen|abgelehnt))\b",
    re.IGNORECASE,
)
MUCH = 0.5  # of the words of a sentence, that a source has which tells of the same
LEAST = 2  # words of meaning, the verb among them, that a clause shares with the sentence of whose doing it tells
ENOUGH = 0.75  # of what the clause that plans shares with the sentence, that one shares which tells of the doing


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


def undone(sentence: str, sources: Sequence[str], after: Sequence[str], language: str) -> tuple[Undone, ...]:
    """What a sentence tells as done, and its sources only as planned, possible or failed; `after` is what stands right
    behind each source.

    Another clause that has it as done counts where it tells nearly as much of the same.
    """
    if language not in ("en", "de"):
        return ()
    said = list(acts(sentence, language))
    about = {act.root for act in said}
    left_open = {act.root for act in said if act.state != "done"}
    given = [list(acts(text, language)) for text in sources]
    found = []
    for act in said:
        same = [(number, other) for number, told in enumerate(given) for other in told if other.root == act.root]
        shared = [(_shared(given[number], other.clause, about), number, other) for number, other in same]
        # "Starte" beside "starten" may be no past
        opens = [one for one in shared if one[2].state != "done" and one[2].spelt != f"{act.spelt}n"]
        if not act.past or not opens or act.root in left_open:
            continue
        most, number, other = max(opens, key=lambda one: one[0])
        elsewhere = {place for place, text in enumerate(sources) if place != number and not _dated(text, sentence)}
        undated = elsewhere if _dated(sources[number], sentence) else set()  # was done, but not when the sentence says
        done = max(
            (much + one.looks_back for much, place, one in shared if one.state == "done" and place not in undated),
            default=0,
        )
        if done >= ENOUGH * most or len(about & {one.root for one in given[number]}) < LEAST:
            continue
        nothing = _CAME_TO_NOTHING.search(f"{sources[number]} {after[number]}")
        failed = nothing is not None or other.state == "failed"
        found.append(Undone(act.spelt, nothing.group() if nothing else other.behind, number, failed))
    return tuple(found)


def _dated(text: str, sentence: str) -> bool:
    """Whether all years and days of a sentence, if it has any, stand in a text."""
    dates = [fact for fact in facts(sentence) if fact.kind == "date" or YEAR.fullmatch(fact.words)]
    return bool(dates) and all(stands_in(fact, text) for fact in dates)


def _content(text: str, language: str) -> Iterator[str]:
    """The words of meaning of a text as they are spelt."""
    return (match.group() for match in TOKEN.finditer(text) if content_words(match.group(), language))


def _shared(told: Sequence[Act], clause: int, about: set[str]) -> int:
    """How many of the words that a sentence is `about` stand in a clause."""
    return len({act.root for act in told if act.clause == clause} & about)


def only_hoped(sentence: str, sources: Sequence[str], language: str) -> list[str]:
    """A reason where the clauses that tell most of what the sentence does only hope for it, or think it possible."""
    if language != "en" or any(kind.search(sentence) for kind in (_HOPE, _LEAVES_OPEN, _WANTS)):
        return []
    words = set(content_words(sentence, language))
    told = [clause for text in sources for clause in clauses(text)]
    same = [clause for clause in told if len(words.intersection(content_words(clause, language))) >= MUCH * len(words)]
    done = any(act.past and not act.behind for act in acts(sentence, language))
    hopes = [match.group() for clause in same if (match := _HOPE.search(clause) or (done and _AHEAD.search(clause)))]
    return [f"the cited passage says so with “{hopes[0]}” only"] if hopes and len(hopes) == len(same) else []


def only_weighed(sentence: str, sources: Sequence[str], language: str) -> list[str]:
    """A reason where what a sentence says was done to something no source has, and one only plans or weighs that."""
    if language != "en" or _WEIGHS.search(sentence):
        return []
    said = list(acts(sentence, language))
    known = {act.root for text in sources for act in acts(text, language)}
    for act, *things in zip(said, said[1:], said[2:], strict=False):
        if not act.past or act.root in known or len({act.clause, *(thing.clause for thing in things)}) > 1:
            continue
        for weighs in (match for text in sources for match in _WEIGHS.finditer(text)):
            behind = [root(word, language) for word in _content(weighs["what"], language)][: len(things)]
            if behind == [thing.root for thing in things]:
                return [f"the sentence tells “{act.spelt}” as done; the cited passage has “{weighs['weighing']}” only"]
    return []


def compares(text: str) -> bool:
    """Whether a text says that one thing is more or less than another, not than a number."""
    counted = vocabulary().numbers.keys() | vocabulary().amounts
    return any(not what[0].isdigit() and fold(what) not in counted for what in _COMPARES.findall(text))
