"""Whether what was read gives the reason that a sentence gives: "because", "due to", "wegen", "weil".

A true effect with an invented reason holds word by word. So the reason is looked for where the effect stands, and in
the sentences right before and behind it. A sentence that gives a reason of its own, of which the claimed one has no
word, says otherwise. Purely textual; English and German.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from rag.cite import Evidence, Source
from rag.kinds import asks_by_name
from rag.rules.context import before, behind
from rag.rules.sides import Turned
from rag.vocabulary import fold, is_negation, vocabulary
from rag.words import content_words, language_of, share

HALF = 0.5  # of the words of a reason, or of an effect, in which it is told again
SOME = 0.3  # of the words of an effect, in a sentence that speaks of a reason
LONGEST_GAP = 200  # characters between two sentences that were read, at most, for one to stand right behind the other
MOST, REACH = 8, 400  # reasons in a text, and characters on either side: no sentence that is one has more
WORDS_SHOWN = 12  # of the reason that the source gives instead

# "Since" and "da" are of time and place, too, unless a comma parts them from what they explain.
# Nor is "due to open" a reason.
_NO_VERB = (
    r"(?! (?:be|open|close|start|begin|end|finish|meet|visit|take|leave|arrive|return|come|go|play|face|speak|launch"
    r"|expire|retire|run|hold|make|give|receive|appear|join|sign|vote|resume|release|become|have)\b)"
)
_GIVES = re.compile(
    rf"\b(?:because(?: of)?|due to{_NO_VERB}|owing to|as a (?:result|consequence) of"
    r"|on account of|on the grounds (?:that|of)|(?:put down|attributed) to|wegen|weil|aufgrund(?: von)?|auf ?grund"
    r"|infolge(?: von)?)\b"
    r"|(?<=, )(?:since(?! (?:\d|then\b|January|February|March|April|May|June|July|August|September|October|November"
    r"|December))|da(?= (?:der|die|das|es|er|sie|ein|eine|man|sich|ihm|ihr|ihnen)\b))\b"
    r"|^Da (?=(?:der|die|das|es|er|sie|ein|eine|man|sich)\b)",
    re.IGNORECASE,
)
# With these a source gives a reason, too: "rejected as too expensive"; before these stands the reason itself.
_ALSO = re.compile(
    r"\bas (?=too\b)|\bals zu (?=\w)|\bat (?:the )?(?:request|urging|insistence|suggestion|invitation|behest|wish) of\b"
    r"|\b(?:at|on) (?=[A-Z][\w. -]*['’]s? (?:request|urging|insistence|suggestion|invitation|behest))"
    r"|\b(?:out of|for fear of|for lack of|for want of|thanks to|in response to|in protest (?:at|against))\b"
    r"|\bauf (?=(?:\w+ )?(?:Wunsch|Bitten|Bitte|Anordnung|Vorschlag|Einladung|Drängen|Befehl)\b)"
    r"|\b(?:aus (?=(?:\w+ )?(?:Gründen|Angst|Mangel|Furcht|Protest|Sorge)\b)|mangels|dank)\b"
)
# Reasons that are one in other words: "too expensive", "it cost too much".
_ALIKE = (
    re.compile(r"\b(?:expens|cost|dear\b|pric|afford|teuer|teur|kost|preis|unbezahlbar)", re.IGNORECASE),
    re.compile(r"\b(?:danger|unsafe|risk|hazard|peril|gefähr|gefahr|unsicher|riskant|risik)", re.IGNORECASE),
    re.compile(r"\b(?:late|delay|slow|time|spät|verspät|verzöger|langsam|zeit)", re.IGNORECASE),
    re.compile(r"\b(?:ill|illness|sick|sickness|disease|unwell|krank|krankheit|erkrank\w*)\b", re.IGNORECASE),
)
_BROUGHT_ABOUT = re.compile(
    r"(?<!is )(?<!was )(?<!are )(?<!were )(?<!been )(?<!be )\b(?:(?:led|caused|forced|prompted)\b(?! by)|resulted in"
    r"|(?:is|was) (?:why|the reason)\b|führten? (?:dazu|zu)\b)"
)
_OF = re.compile(r"wegen|auf ?grund(?: von)?|infolge(?: von)?", re.IGNORECASE)  # in German, of a noun
# Behind a German noun in the middle of a sentence, what belongs to it goes on with these.
_JOINS = frozenset(("von", "zwischen", "und", "oder", "der", "des", "dieser", "seiner", "ihrer", "einer", "eines"))
# A reason that opens the sentence ends with the first comma; one behind the effect goes on to what is joined to both.
_COMMA = re.compile(r"[,;:]")
_ENDS = re.compile(
    r"[;:]|\.(?=\s)|,? (?:but|although|though|while|whereas|aber|sondern|obwohl|während)\b"
    r"|, (?:and|as|according|said|says|und|wie|laut|so)\b"
)
# With these a sentence next to the effect is tied to it as its reason.
_TIES = re.compile(
    r"\b(?:because|due|therefore|thus|hence|consequently|result\w*|reason\w*|caus\w*|led|lead\w*|contribut\w*|also"
    r"|another|further|moreover|deshalb|daher|darum|grund|gründe|ursache\w*|weil|wegen|auch|außerdem)\b",
    re.IGNORECASE,
)


_CAUSES = re.compile(
    r"\b(?:caus\w+|leads? to|led to|results? in|resulted in|brings? about|brought about|responsible for|verursach\w*"
    r"|führ(?:t|te|ten|en) zu|bewirk\w*|löst\w*|ausgelöst)\b",
    re.IGNORECASE,
)
# What goes together need not follow from each other.
_LINKED = re.compile(
    r"\b(?:(?:associated|linked|correlat\w+|connected) (?:with|to)|hängt mit|korrelier\w* mit|verbunden mit)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Given:
    """A reason as it is written, and the text of what it explains."""

    reason: str
    effect: str


def another_reason(sentence: str, question: str, evidence: Evidence) -> list[Turned]:
    """The reason of a sentence, and the wholly different one that a cited sentence gives for the same."""
    language = language_of(evidence.text)
    claim = _claimed(sentence, language)
    if claim is None or _asks_with(claim, question, language):
        return []
    words = _own(claim, language)
    effect = _words(claim.effect or question, language)
    for number, source in enumerate(evidence.sources):
        given = list(_reasons(source.text))
        told = [one for one in given if effect and share(effect, _words(one.effect, language)) >= HALF]
        if not told or any(share(words, _words(one.reason, language)) for one in given):
            continue
        if any(_in_other_words(claim.reason, one.reason) for one in given):
            continue
        if _told_elsewhere(words, effect, source, evidence, language):
            continue
        return [Turned(_shown(claim.reason), _shown(told[0].reason), number)]
    return []


def _told_elsewhere(words: set[str], effect: set[str], source: Source, evidence: Evidence, language: str) -> bool:
    """Whether another sentence gives the reason, too: one right beside the source, or one that speaks of the effect."""
    beside = _beside(source, evidence)
    for other in evidence.read:
        told = _words(other.said, language)
        if other == source or share(words, told) < HALF:
            continue
        much = share(effect, told)
        if much >= HALF or (_TIES.search(other.text) and (other in beside or much >= SOME)):
            return True
    return False


def no_reason(sentence: str, question: str, evidence: Evidence) -> list[str]:
    """A reason against full support where nothing that was read gives the reason of the sentence: neither what tells of
    the effect nor what stands right beside that; or where what it says to be a cause is only found together with it."""
    language = language_of(evidence.text)
    linked = None if _CAUSES.search(evidence.text) or not _CAUSES.search(sentence) else _LINKED.search(evidence.text)
    if linked and not _LINKED.search(sentence):
        return [f"the sentence speaks of a cause, the cited passage of what is “{linked.group()}” it only"]
    claim = _claimed(sentence, language)
    if claim is None or _asks_with(claim, question, language):
        return []
    words = _own(claim, language)
    effect = _words(claim.effect or question, language)
    for given in (one.reason for source in evidence.sources for one in _reasons(source.text)):
        if share(words, _words(given, language)) or _in_other_words(claim.reason, given):
            return []
    asked = share(effect, _words(question, language)) >= HALF  # then the question may be all that says the effect
    for source in evidence.sources if asked else _telling(effect, evidence, language):
        around = [source, *_beside(source, evidence)]
        if _covers(words, " ".join(other.said for other in around), language):
            return []
    return ["no passage that was read gives this reason for it"]


def _claimed(sentence: str, language: str) -> _Given | None:
    """The reason that a sentence gives, where it says more in it than "because of that"."""
    if language not in ("en", "de") or language_of(sentence) != language:
        return None
    given = next(_explained(sentence, _GIVES), None)
    return given if given and _own(given, language) else None


def _in_other_words(reason: str, given: str) -> bool:
    """Whether two reasons are one, though no word of them is the same."""
    return any(kind.search(reason) and kind.search(given) for kind in _ALIKE)


def _asks_with(claim: _Given, question: str, language: str) -> bool:
    """Whether a question that asks for something by name gives the reason: "How much of it is due to traffic?"."""
    return asks_by_name(question) and share(_own(claim, language), _words(question, language)) >= HALF


def _own(given: _Given, language: str) -> set[str]:
    """The stems of a reason that are not those of what it explains as well."""
    return _words(given.reason, language) - _words(given.effect, language)


def _reasons(text: str) -> Iterator[_Given]:
    """The reasons that a source gives, however it does."""
    yield from _explained(text, _GIVES)
    yield from _explained(text, _ALSO)
    for match in islice(_BROUGHT_ABOUT.finditer(text), MOST):
        before, behind = text[max(0, match.start() - REACH) : match.start()], text[match.end() : match.end() + REACH]
        yield _Given(before.strip(), behind.strip())


def _explained(text: str, gives: re.Pattern[str]) -> Iterator[_Given]:
    """Each reason behind a word that gives one, but "not because"."""
    for match in islice(gives.finditer(text), MOST):
        before, behind = text[max(0, match.start() - REACH) : match.start()], text[match.end() : match.end() + REACH]
        last = before.split()[-1:] or [""]
        if is_negation(last[0]) or fold(last[0]) in ("only", "partly", "nur", "teils"):
            continue
        opening = len(before.split()) <= 1
        noun = _OF.fullmatch(match.group())
        end = _phrase(behind, opening) if noun else (_COMMA if opening else _ENDS).search(behind)
        reason = behind[: end.start()] if end else behind
        rest = behind[end.end() :] if end else ""
        effect = rest if opening else f"{before.strip(' ,')} {rest}" if noun else before.strip(" ,")
        yield _Given(reason.strip(" ."), effect.strip())


def _phrase(text: str, opening: bool) -> re.Match[str] | None:
    """Where the noun ends with which a German text begins, and with it the reason: in "eines Streiks fiel das Konzert
    aus" before "fiel". What a preposition leads to belongs to it where it is `opening` the sentence: "wurde wegen eines
    Streiks aus dem Plan gestrichen"."""
    known, noun = vocabulary(), False
    for word in re.finditer(r"[^\W\d_]+", text):
        goes_on = fold(word.group()) in (known.german_articles | known.german_prepositions if opening else _JOINS)
        if noun and word.group().islower() and not goes_on:
            return re.compile(r"\s*").match(text, word.start())
        noun = word.group()[0].isupper()
    return _COMMA.search(text)


def _telling(effect: set[str], evidence: Evidence, language: str) -> list[Source]:
    """What is cited and tells of the effect, or does so most, and what else was read that does so as much."""
    cited = [(share(effect, _words(source.said, language)), source) for source in evidence.sources]
    most = max((much for much, _ in cited), default=0.0)
    told = [source for much, source in cited if much >= min(SOME, most)]
    others = (source for source in evidence.read if source not in evidence.sources)
    return told + [other for other in others if share(effect, _words(other.said, language)) >= max(most, HALF)]


def _beside(source: Source, evidence: Evidence) -> list[Source]:
    """The sentences that were read right before and right behind a source."""
    nearest = [*before(source, evidence.read)[-1:], behind(source, evidence.read)]
    return [
        other for other in nearest if other and max(source.start - other.end, other.start - source.end) <= LONGEST_GAP
    ]


def _covers(words: set[str], text: str, language: str) -> bool:
    return share(words, _words(text, language)) >= HALF


def _words(text: str, language: str) -> set[str]:
    return set(content_words(text, language))


def _shown(reason: str) -> str:
    words = reason.split()
    return " ".join(words[:WORDS_SHOWN]) + (" …" if len(words) > WORDS_SHOWN else "")
