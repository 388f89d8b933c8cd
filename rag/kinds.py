"""What kind of thing a question asks for, and whether an answer tells one: an amount, a time, how long, a name.

Each is asked for in words that hardly leave a choice, and each rule was held against the expected answers of some 3,700
questions before; see benchmarks/LOG.md. Purely textual; English and German, names in English only.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from rag.facts import facts, facts_within, name_value, one_government, same_name
from rag.vocabulary import TOKEN, YEAR, fold, vocabulary
from rag.words import language_of

_HOW_MANY = re.compile(r"\b(?:how many|wie ?viele?|сколько)\b")
# Not "how much" and "how large", which "vast areas" answers, and not "What decides how long he stays?".
_HOW_FAR = re.compile(
    r"(?:^|, )(?:\w+ )?how (?:deep|far|fast|heavy|high|long|often|old|tall|thick|wide)\b"
    r"|^(?:\w+ )?wie (?:alt|breit|dick|hoch|lange?|oft|schnell|schwer|tief|weit)\b"
)
# Not "When the council met, who was there?".
_WHEN = re.compile(
    r"^(?:in |on |at |im |am |в )?(?:when (?:is|are|was|were|do|does|did|has|have|had|will|would|can|could)\b"
    r"|(?:what|which) (?:year|date|day|month|century|decade)\b|wann\b|welche[mns] (?:jahr|tag|monat|datum)"
    r"|когда|каком году)"
)
_HOW_LONG = re.compile(r"\b(?:for )?how long (?:did|was|were|had|has|have|does|do|is|are|will|would)\b|^wie lange\b")
# What is so long, in time or space, with any ending, and what says from when or until when.
_LENGTH = re.compile(
    r"\b(?:seconds?|minute|hour|day|night|week|fortnight|month|year|decade|centur|season|generation|feet|foot|inch|mile"
    r"|(?:kilo|centi|milli|zenti)?met(?:er|re)|[ck]?m\b|sekunde|minute|stunde|tage?n?\b|nacht|nächte|woche|monat|jahr"
    r"|since|until|till|forever|always|morning|afternoon|evening|spring|summer|autumn|winter|amtszeit|seit\b|bis\b)"
)
_WHAT_NAME = re.compile(
    r"^(?:what|which) (?:is|was|are|were) the (?:\w+ ){0,2}names? of\b|^what names?\b|^name the\b"
    r"|\b(?:which|what) (?:country|countries|nations?|city|cities|towns?|village|continent|county|river|islands?|street"
    r"|company|companies|firms?|university|universities|newspaper|airport|airline|bank|club|president|minister"
    r"|politician|scientist|author)\b"
)
# Before a number of four digits these say that it is a year.
_DATES = re.compile(r"\b(?:in|since|until|from|by|of|during|after|before|early|late|mid|year|\w+day|\w+ \d+,?)[ -]+$")


def tells_what_is_asked(sentences: Sequence[str], question: str) -> bool:
    """Whether one of the sentences of an answer has the kind of thing that a question asks for, if it asks for one."""
    asked, known = fold(question), vocabulary()
    for asks, tells in (
        (_HOW_MANY, _tells_an_amount),
        (_HOW_FAR, lambda text: _tells(text, known.amounts | known.times)),
        (_HOW_LONG, lambda text: _tells_how_long(text, asked)),
        (_WHEN, tells_a_time),
        (_WHAT_NAME, lambda text: _offers(asked) or _names(text, question)),
    ):
        if asks.search(asked) and not any(map(tells, sentences)):
            return False
    return True


def asks_by_name(question: str) -> bool:
    """Whether a question asks for something by name, so not for a yes or no, and offers no choice."""
    known, words = vocabulary(), {fold(word) for word in TOKEN.findall(question)}
    if language_of(question) != "de":
        words.discard("was")  # what in German, and a verb in English
    return not words.isdisjoint(known.interrogatives) and words.isdisjoint(known.choices)


def asks_when(question: str) -> bool:
    """Whether a question asks for a time."""
    return _WHEN.search(fold(question)) is not None


def tells_a_time(sentence: str) -> bool:
    """Whether a sentence has a number or a date, or a word that stands for a time."""
    return _tells(sentence, vocabulary().times)


def _tells(sentence: str, words: frozenset[str]) -> bool:
    """Whether a sentence has a number or a date, or one of the words that stand for such."""
    said = {fold(word) for word in TOKEN.findall(sentence)}
    return not said.isdisjoint(words) or any(fact.kind != "name" for fact in facts(sentence))


def _tells_an_amount(sentence: str) -> bool:
    """Whether a sentence has an amount, and not only a year."""
    for year in reversed(list(YEAR.finditer(sentence))):
        before = sentence[: year.start()]
        if _DATES.search(fold(before)) or fold(before.split()[-1] if before.split() else "") in vocabulary().months:
            sentence = before + sentence[year.end() :]
    said = {fold(word) for word in TOKEN.findall(sentence)}
    return not said.isdisjoint(vocabulary().amounts) or any(fact.kind == "number" for fact in facts(sentence))


def _tells_how_long(sentence: str, asked: str) -> bool:
    """Whether a sentence has a length that is not the question's, or the years from and until when."""
    said, repeated = (Counter(_LENGTH.findall(fold(text))) for text in (sentence, asked))
    return bool(said - repeated) or len(set(YEAR.findall(sentence))) > 1


def _offers(asked: str) -> bool:
    """Whether a question names what may be chosen: "Which country was first, Norway or Chile?"."""
    return not vocabulary().choices.isdisjoint(TOKEN.findall(asked))


def _names(sentence: str, question: str) -> bool:
    """Whether a sentence has a name that is not the question's, nor the government of one that is."""
    asked = [fact.words for fact in facts_within(question) if fact.kind == "name"]
    return any(
        fact.kind == "name"
        and not any(same_name(fact.value, name_value(one)) or one_government(fact.words, one) for one in asked)
        for fact in facts_within(sentence)
    )
