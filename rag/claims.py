"""What of a sentence is claimed: not the mark of a list, nor how a letter greets, nor where a reader is told to look.

A question claims nothing, nor does the head of a table. What is left is held against the documents; whether it stands
there is decided in `verify`. Purely textual: English and German, and of Russian the words of `vocabulary.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from index.sentences import ITEM, ORDINAL_OF
from rag.vocabulary import vocabulary

_REPLY = re.compile(r"^(?:yes|no|ja|nein|да|нет)\s*[,–—]\s*(?=\S)", re.IGNORECASE)

# Marks that close a quotation or a bracket belong to a question only where they are opened at its beginning.
_MARKS, _QUESTION_MARKS, _CLOSING = "?!？！؟", frozenset("?？؟"), '"”“»«)]'
_QUOTED = re.compile(r"[\"“„][^\"“”„]*[\"”“]|«[^«»]*»|»[^«»]*«|\([^()]*\)|\[[^\[\]]*\]")
_QUESTION_WORDS = r"what|who|whom|whose|which|when|where|why|how|wer|wen|wem|welche\w*|wann|wo|warum|wieso|wie"
_AUXILIARIES = (
    r"is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might|must|"
    r"ist|sind|war|waren|hat|haben|wird|werden|kann|darf|muss"
)
# "It closed, didn't it?" and "It closed, but was that lawful?" say that it closed; "Did it close, and why?" does not.
_SAID_BEFORE = re.compile(
    rf"(?P<said>.+?)\s*[,;–—]\s*(?:right|correct|nicht wahr|oder|не так ли|верно|"
    rf"(?:\w+n['’]t) (?:it|he|she|they|we|you|there|that)|"
    rf"(?:but|and|yet|so|or|aber|und|doch|oder) (?:{_AUXILIARIES}|{_QUESTION_WORDS})\b[^,;]*)[?!]+$",
    re.IGNORECASE,
)
_ASKING = re.compile(rf"(?:^|, )(?:(?:\w{{1,5}} )?(?:{_QUESTION_WORDS})|{_AUXILIARIES})\b", re.IGNORECASE)

# Nothing below can be parted in two ways: a long row of such places would else take exponential time.
# "(see p. 3)", "(pp. 4-6, n. 2)", "(ibid.)", "[^1]": where a reader is told to look.
_PAGE = (
    r"(?:(?:pp?|pages?|S|Seiten?|nn?|fn|notes?|footnotes?|Fußnoten?|с|стр)\.?\s*\d[\d\s,–-]*+(?:ff?\b\.?)?"
    r"|ibid(?:em)?\b\.?|ebd\b\.?|ebenda\b|там же)"
)
_PART = (
    r"(?:(?:fig|figures?|tables?|sections?|sec|ch|chapters?|annex|appendix|Abb|Tabelle|Abschnitt|Kapitel|Anhang)\.?\s*"
    r"[\dA-Z][\d.]*|above|below|oben|unten)"
)
_SEE = r"(?:see|cf\.?|compare|siehe|vgl\.?|см\.?)(?: also| auch)?\s+"
_LOOK = rf"(?:{_PAGE}|{_SEE}(?:{_PAGE}|{_PART}))(?:\s*(?:(?:[,;]|and|und|и)\s*)?(?:{_PAGE}|{_SEE}{_PART}))*\.?"
_REFERENCE = re.compile(rf"\s*(?:\(\s*{_LOOK}\s*\)|\[\s*{_LOOK}\s*\]|\[\^\w+\])", re.IGNORECASE)
_LOOKS_ONLY = re.compile(rf"(?={_SEE}|ibid|ebd){_LOOK}", re.IGNORECASE)

_RULE = re.compile(r"\|?(?:\s*:?-+:?\s*\|)+(?:\s*:?-+:?)?")
# Whom a letter greets, and who signs it: names, or one of the words for anybody.
_NAMED = r"(?-i:[^\W\d_a-zß-ÿа-яё][\w.'’/&-]*)"


def claims(sentences: Sequence[str]) -> list[str]:
    """What each sentence of a text claims, "" of those that claim nothing.

    In a text, unlike in an answer, somebody may be greeted, a table has a head, and the number of a list may stand on a
    line of its own; where it is all there is, it is a number.
    """
    found = []
    sentences = list(map(_on_one_line, sentences))
    for sentence, following in zip(sentences, [*sentences[1:], ""], strict=True):
        said = _greeting().sub("", sentence)
        number = len(sentences) > 1 and ITEM.fullmatch(f"{sentence} ")
        silent = number or _RULE.fullmatch(following) or _closing().fullmatch(said) or _LOOKS_ONLY.fullmatch(said)
        found.append("" if silent else claimed(said))
    return found


def claimed(sentence: str) -> str:
    """What the sentence asserts, "" where that is nothing.

    Without the dash or number of a list item, where a reader is told to look, and without the yes or no that opens a
    reply, or the "I think", which deny nothing of what is said behind them.
    """
    said = _cells(_REFERENCE.sub("", _on_one_line(sentence)))
    item = ITEM.match(said)
    if item and not ORDINAL_OF.match(said, item.end() - 1):  # "3. Mai" is a day
        said = said[item.end() :].strip()
    said = _opinion().sub("", _REPLY.sub("", said))
    return _said_before(said) if _asks(said) else said


def _on_one_line(sentence: str) -> str:
    """With one blank wherever there were several, among which the patterns below would try every way to part them."""
    return " ".join(sentence.split())


def _asks(sentence: str) -> bool:
    """Whether the sentence is a question; one that quotes a question is none."""
    said = sentence.rstrip(_CLOSING)
    asks = not _QUESTION_MARKS.isdisjoint(said[len(said.rstrip(_MARKS)) :])
    return asks and (said == sentence or _QUOTED.fullmatch(sentence) is not None)


def _said_before(question: str) -> str:
    """What a question says before it asks."""
    before = _SAID_BEFORE.match(question)
    return "" if before is None or _ASKING.search(before["said"]) else f"{before['said']}."


def _cells(row: str) -> str:
    """A row of a table as words between commas; anything else as it is."""
    if not (row.startswith("|") or row.endswith("|")):
        return row
    return ", ".join(cell for cell in map(str.strip, row.split("|")) if any(map(str.isalnum, cell)))


@cache
def _greeting() -> re.Pattern[str]:
    """ "Dear all,", "Sehr geehrte Damen und Herren,": before a comma, or with nothing behind."""
    whom = rf"(?:\s+(?>{_NAMED}|(?:{_either(vocabulary().addressees)})\b))*+"
    greets = rf"(?:{_either(vocabulary().greetings)})\b{whom}\s*(?:[,!]\s*|[.:]?$)"
    return re.compile(rf"^(?:{greets})+", re.IGNORECASE)


@cache
def _closing() -> re.Pattern[str]:
    """ "Best regards, Anna"."""
    who = rf"(?:\s+(?>{_NAMED}|(?:{_either(vocabulary().addressees)})\b)[,.]?)*+"
    return re.compile(rf"(?:{_either(vocabulary().closings)})(?!\w)[,.!]?{who}[.!]?", re.IGNORECASE)


@cache
def _opinion() -> re.Pattern[str]:
    """ "I think that", "In my opinion,"; not "I think so", "I believe in"."""
    return re.compile(
        rf"^(?:{_either(vocabulary().opinions)}),?\s+(?:(?:that|dass|daß|что)\s+)?(?!(?:so|not|in|of|about|nicht)\b)(?=\S)",
        re.IGNORECASE,
    )


def _either(phrases: Iterable[str]) -> str:
    """An expression for any of the phrases, the longest first."""
    return "|".join(
        re.escape(phrase).replace("ß", "(?:ß|ss)") for phrase in sorted(phrases, key=lambda one: (-len(one), one))
    )
