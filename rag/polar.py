"""Yes-or-no questions, and how an answer to one begins where the passages speak against it.

A small model says yes to nearly every such question. What it makes of the passages shows in the difference: how much
more it leans to yes after reading them than it does by the question alone. Purely textual; the leaning is measured by
the caller. Before that counts what the passages say: where they deny what is asked, say the contrary, or have another
fact in its place, the answer is no, and quotes them. English only, as only English was measured.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.clauses import RELATED
from rag.facts import one_government
from rag.rules.denial import denied_by
from rag.rules.opposites import contraries
from rag.rules.slots import Misplaced, misplaced
from rag.rules.turned import as_claimed, turned
from rag.vocabulary import TOKEN, fold
from rag.words import content_words, language_of

# "Was it", "Was Ivanov", but not "Was bedeutet das?", which is German and asks what.
_WAS = r"was(?=\s+(?-i:[A-Z]|(?:it|he|she|there|the|a|an|any|this|that|these|his|her|its|their|one)\b))"
_AUXILIARY = rf"(?:is|are|{_WAS}|were|do|does|did|has|have|had|can|could|will|would|should|may|might|must)"
# "Did the allies ...", "Under the agreement, did the allies ..."; not "Who did ..." and not "Didn't they ...".
_ASKING = re.compile(rf"(?:^|^[^?]+?, ){_AUXILIARY}\s+(?!not\b)\w", re.IGNORECASE)
_OTHERWISE = re.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how)\b", re.IGNORECASE)
_CHOICE = re.compile(r"\bor\b", re.IGNORECASE)
_YES = re.compile(r"yes\b[,;:.]?\s+(?=\S)", re.IGNORECASE)
NO = "No,"


def yes_or_no(question: str, passages: str) -> bool:
    """Whether an English question on English passages is to be answered yes or no: it asks for nothing by name, and
    offers no choice."""
    asking = _ASKING.match(question.strip())
    if asking is None or _OTHERWISE.search(asking.group()) or _CHOICE.search(question):
        return False
    return language_of(question) == "en" and language_of(passages) == "en"


def opening(read: float, alone: float, no_below: float) -> str:
    """What the answer begins with: "No," where the log-odds of yes after reading are less than `no_below` above those
    without any passages; "" leaves it to the model."""
    return NO if read - alone < no_below else ""


def against(question: str, told: Sequence[str], elsewhere: Sequence[Misplaced]) -> int | None:
    """The number of the first text of `told` that denies what a question asks, says the contrary or turns it round, or
    has another fact in its place, which are those `elsewhere`; None where none does that has half of its words."""
    whole, asked = "\n".join(told), set(content_words(question, "en"))
    found = [
        wrong.source for wrong in elsewhere if _apart(wrong.words, wrong.instead) and _one_part(question, told, wrong)
    ]
    found += [contrary.source for contrary in contraries(question, told, "en")]
    found += [number for number, text in enumerate(told) if denied_by(question, text, whole, "en")]
    found += [other.source for other in turned(as_claimed(question), told, language_of(question))]
    near = [2 * len(asked.intersection(content_words(text, "en"))) >= len(asked) for text in told]
    return next((number for number in sorted(found) if near[number]), None)


def affirms(question: str, sentence: str) -> bool:
    """Whether a sentence answers a yes-or-no question with yes."""
    return _YES.match(sentence) is not None and yes_or_no(question, sentence)


def replied(question: str, sentence: str) -> str:
    """The sentence with the reply that fits the rest of it: "Yes, it closed in 2013" is no to "Did it close in 2011?".

    The contrary is not mended: behind "No," a small model also writes what the passages deny.
    """
    reply = _YES.match(sentence)
    if reply is None or not affirms(question, sentence):
        return sentence
    rest = [sentence[reply.end() :]]
    elsewhere = [wrong for wrong in misplaced(question, rest, "en") if not one_government(wrong.words, wrong.instead)]
    return sentence if against(question, rest, elsewhere) is None else f"{NO} {rest[0]}"


def _one_part(question: str, told: Sequence[str], wrong: Misplaced) -> bool:
    """Whether a name stands behind the same preposition as what stands in its place, or both behind none: nobody who is
    "at the meeting in Florence" is denied by "the meetings of NATO"."""
    if wrong.kind != "name":
        return True
    here, there = question.partition(wrong.words)[0], told[wrong.source][: wrong.start]
    before = [RELATED.search(text) for text in (here, there)]
    first, second = (match[1].lower() if match else "" for match in before)
    return first == second


def _apart(one: str, other: str) -> bool:
    """Whether two names share no word; "Gloria Sam" and "Thomas Sam" may stand in one another's place."""
    return set(map(fold, TOKEN.findall(one))).isdisjoint(map(fold, TOKEN.findall(other)))
