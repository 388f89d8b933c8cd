"""What a question leaves out: "Besides the UN, which organization ...?".

A small model reads past such words and answers with the very thing that is left out. So it is asked for all, and an
answer that names nothing beyond what is left out is none.
"""

from __future__ import annotations

import re

from rag.facts import facts_within, stands_in
from rag.vocabulary import fold, opens

_BESIDES = r"(?:besides|apart from|aside from|other than|in addition to|außer|abgesehen von|neben|кроме|помимо)"
_ASKS = r"(?:\w+\s)?(?:which|what|who|whom|whose|where|when)\b"
_MANY = {"is": "are", "was": "were", "does": "do", "has": "have"}  # what "which plans" takes for "which plan is"
_VERB = r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)"
_EXCLUDING = re.compile(rf"\b{_BESIDES}\s+(?P<those>[^,?]+)", re.IGNORECASE)
_FIRST = re.compile(rf"^{_BESIDES}\s[^?]*?,\s+(?P<rest>{_ASKS}.*)$", re.IGNORECASE)
_LAST = re.compile(rf"^(?P<rest>{_ASKS}(?:\s[^\s,]+){{2,}}?),?\s{_BESIDES}\s(?!.*\b{_VERB}\b)[^,?]+\??$", re.IGNORECASE)
_ONE = re.compile(rf"\b(?P<asks>which|what) (?P<one>[^\W\d_]+[^\W\d_s]) (?P<verb>{_VERB})\b", re.IGNORECASE)


def whole(question: str) -> str:
    """The question for all, where what it leaves out is a clause at its beginning or at its end; else as it is.

    In English, of more than one: "which plans are said to be used".
    """
    found = _FIRST.match(question.strip()) or _LAST.match(question.strip())
    if found is None:
        return question
    rest = _ONE.sub(_of_many, found["rest"].rstrip("?"))
    return f"{rest[0].upper()}{rest[1:]}?"


def _of_many(asked: re.Match[str]) -> str:
    one, verb = asked["one"], asked["verb"]
    if opens(one):  # "what did", without a noun
        return asked.group()
    return f"{asked['asks']} {one[:-1] + 'ies' if one.endswith('y') else one + 's'} {_MANY.get(fold(verb), verb)}"


def left_out(sentence: str, question: str) -> bool:
    """Whether all that a sentence names is in the question, and some of it is what that leaves out: "the UN" to "Which
    organization besides the UN?"."""
    excluding = _EXCLUDING.search(question)
    named = [fact for fact in facts_within(sentence) if fact.kind == "name"]
    if not excluding or not all(stands_in(fact, question) for fact in named):
        return False
    asked = question[: excluding.start()] + question[excluding.end() :]
    return any(stands_in(fact, excluding["those"]) and not stands_in(fact, asked) for fact in named)
