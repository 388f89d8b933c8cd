"""What kind of thing a question asks for, and whether an answer gives one that the question did not hold already.

An answer that only says the question again, or names nobody where "who" was asked, is fluent and empty. Textual and
deterministic; knows the question words of English, German and Russian, and asks of others only that something be new.
"""

from __future__ import annotations

import re
from typing import Literal

from rag.facts import TOKEN, facts, fold, name_value, same_name, vocabulary
from rag.words import content_words, language_of

Asked = Literal["number", "time", "name", "yes or no", "something"]

_KINDS: tuple[tuple[Asked, re.Pattern[str]], ...] = (
    ("time", re.compile(r"\b(when|(?:what|which) (?:year|date|day|month)s?|wann|когда|в каком году)\b")),
    ("number", re.compile(r"\b(how (?:many|much|often|long|old|tall|far|large|big)|wie ?viele?|wie oft|сколько)\b")),
    ("name", re.compile(r"\b(who|whom|whose|where|wer|wen|wem|wo|wohin|кто|кого|кому|кем|где|куда)\b")),
    (
        "yes or no",
        re.compile(
            r"^(is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might|ist|sind|war|waren|hat|"
            r"haben|hatte|wird|wurde|kann|gibt)\b"
        ),
    ),
)


def kind_asked(question: str) -> Asked:
    """The kind of thing that `question` asks for; "something" where no question word tells."""
    folded = fold(question).strip()
    if _KINDS[-1][1].search(folded):
        return "yes or no"
    return next((kind for kind, pattern in _KINDS if pattern.search(folded)), "something")


def gives_what_was_asked(question: str, answer: str) -> bool:
    """Whether `answer` holds a thing of the kind that `question` asks for and does not itself hold."""
    kind = kind_asked(question)
    held = {fact.key for fact in facts(question)}
    new = [fact for fact in facts(answer) if fact.key not in held]
    if kind == "yes or no":
        return True
    if kind == "number":
        return any(fact.kind == "number" for fact in new)
    if kind == "time":
        return any(fact.kind in ("number", "date") for fact in new)
    if kind == "name":
        return _new_name(question, answer)
    language = language_of(question)
    return bool(set(content_words(answer, language)) - set(content_words(question, language)))


def _new_name(question: str, answer: str) -> bool:
    """Whether a capitalised word of the answer, the first one among them, is no form of a word of the question."""
    asked = [name_value(match.group()) for match in TOKEN.finditer(question)]
    capitalised = (match.group() for match in TOKEN.finditer(answer) if match.group()[0].isupper())
    return any(
        name_value(word) not in vocabulary().openers and not any(same_name(name_value(word), other) for other in asked)
        for word in capitalised
    )
