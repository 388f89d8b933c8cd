"""What a source tells only to say that it is not so, or only asks: no support for a sentence that states it.

"It is a common misconception that bats are blind" has every word of "Bats are blind", and so has an interviewer's
question. Purely textual; English and German.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.sentences import LABEL
from rag.cite import Evidence, Source
from rag.rules.context import behind
from rag.vocabulary import TOKEN, denies, fold, vocabulary
from rag.words import content_words, language_of

MOST = 0.75  # of the words of a sentence, in what a source takes back
ONLY_ASKED = 0.3  # of the words of a sentence, that stand nowhere but in a question
REPLIES = 3  # words of an answer, at most, among which is its yes

_MYTH = r"(?:myth|misconception|fallacy|hoax)"
_FALSE = (
    rf"(?:not (?:actually |really |quite )?(?:true|the case|correct|so)|never (?:true|the case)|untrue|false|incorrect"
    rf"|wrong|mistaken|an? (?:\w+ )?(?:{_MYTH}|falsehood|legend|error)|disproved|disproven|debunked|refuted"
    r"|nicht (?:wahr|richtig|der fall|korrekt)|falsch|unwahr|widerlegt"
    r"|eine? (?:\w+ )?(?:mythos|irrtum|irrglaube|legende))"
)
_IS = r"(?:is|was|are|were|has been|have been|ist|sind|war|waren|wurde)"
_STOPS = r"(?=[.;]|, (?:but|in fact|while|whereas|sondern|tatsächlich)|$)"
# "A misconception that bats are blind", "It is not true that bats are blind".
_AHEAD = re.compile(
    rf"(?:\b(?:{_MYTH}|mythos|irrtum|irrglaube|fehlannahme)\w*|\b{_IS} {_FALSE}),? (?:(?:is|was|ist|war) )?,?\s?"
    rf"(?:that|dass)\s(?P<what>[^.;]+?){_STOPS}",
    re.IGNORECASE,
)
# "Bats are blind, which is not true", "that bats are blind is a myth", "bats are said to be blind, but this is false".
_BEHIND = re.compile(
    rf"[,—–(-]\s*(?:which|(?:but )?(?:this|that|it)|was|(?:aber |doch )?das)\s{_IS} {_FALSE}\b"
    rf"|\s{_IS} (?:just |only |simply )?an? (?:\w+ )?{_MYTH}\b|,?\s(?:was|das) (?:aber )?{_FALSE} (?:ist|war)\b",
    re.IGNORECASE,
)
# "Dass Fledermäuse blind sind, ist ein Irrtum", "That bats are blind is false".
_THAT = re.compile(rf"\b(?:dass|that)\s(?P<what>[^;]+?),?\s{_IS} {_FALSE}\b", re.IGNORECASE)
# "This is a myth.", about what stands before it.
_NEXT = re.compile(
    rf"^\W*(?:(?:but|yet|however|in fact|doch|aber),? )?(?:this|that|it|das|dies|(?:the|this|that|der|die|diese[rs]?)"
    rf" (?:\w+ )?(?:claim|story|belief|idea|notion|rumou?r|assertion|behauptung|geschichte|annahme|glaube))\s"
    rf"(?:{_IS}|turned out to be|proved to be) {_FALSE}\b",
    re.IGNORECASE,
)
# "There is no evidence that it helps", "Es gibt keine Belege dafür, dass es hilft".
_UNPROVEN = re.compile(
    r"\b(?:(?:no|little|without|not (?:enough|sufficient)) (?:\w+ )?(?:evidence|proof|indication|confirmation)"
    r" (?:that|of|for)|(?:kein\w*|ohne) (?:\w+ )?(?:belege?|beweise?|hinweise?|nachweise?)(?: dafür)?,? (?:dass|für))"
    rf"\s(?P<what>[^.;]+?){_STOPS}",
    re.IGNORECASE,
)
_SAYS_SO = re.compile(
    rf"\b{_FALSE}\b|\b(?:claim|allege|believe|said to|supposed|rumou?r|interpreted|behaupte|angeblich|geglaubt|gelte"
    r"|gilt)\w*",
    re.IGNORECASE,
)


def taken_back(sentence: str, evidence: Evidence, language: str) -> int | None:
    """The number of the first cited source that tells what the sentence does, only to say that it is not so."""
    words = set(content_words(sentence, language))
    if not words or denies(sentence) or _SAYS_SO.search(sentence) or language_of(sentence) != language:
        return None
    for number, source in enumerate(evidence.sources):
        for what in _retractions(source, evidence):
            if len(words.intersection(content_words(what, language))) >= MOST * len(words):
                return number
    return None


def _retractions(source: Source, evidence: Evidence) -> Iterator[str]:
    """What a source tells and takes back, in itself or in the sentence behind it."""
    for pattern in (_AHEAD, _THAT):
        yield from (match["what"] for match in pattern.finditer(source.text))
    # What is taken back is what stands before: looked for from there, as a pattern for both would try every beginning.
    yield from (source.text[: match.start()].split(";")[-1] for match in _BEHIND.finditer(source.text))
    following = behind(source, evidence.read)
    if following and _NEXT.match(following.text):
        yield source.text


def unproven(sentence: str, evidence: Evidence, language: str) -> list[str]:
    """A reason against full support where a cited source says that there is no evidence of what the sentence states."""
    words = set(content_words(sentence, language))
    if not words or denies(sentence) or _SAYS_SO.search(sentence):
        return []
    doubted = [match["what"] for source in evidence.sources for match in _UNPROVEN.finditer(source.text)]
    if any(len(words.intersection(content_words(what, language))) >= MOST * len(words) for what in doubted):
        return ["the cited passage says that there is no evidence of this"]
    return []


def only_asked(sentence: str, evidence: Evidence, language: str) -> list[str]:
    """A reason against full support where much of a sentence stands in a cited question only, to which nobody says
    yes."""
    if sentence.rstrip().endswith("?"):
        return []
    words = set(content_words(sentence, language))
    asked = [source for source in evidence.sources if _asks(source) and not _affirmed(source, evidence)]
    told = {word for source in evidence.sources if source not in asked for word in content_words(source.said, language)}
    only = {word for source in asked for word in content_words(source.text, language)} & words - told
    return ["part of this is only asked in the cited passage, not said"] if len(only) > ONLY_ASKED * len(words) else []


def _asks(source: Source) -> bool:
    """Whether a source is a question; not one of a conversation, where "How about Monday?" settles it."""
    if source.speaker or LABEL.match(source.text):
        return False
    return source.text.rstrip(" \"'”“»«)*_").endswith("?")


def _affirmed(source: Source, evidence: Evidence) -> bool:
    """Whether what is said behind a question begins with yes."""
    following = behind(source, evidence.read)
    first = [fold(word) for word in TOKEN.findall(following.text)[:REPLIES]] if following else []
    return not vocabulary().assents.isdisjoint(first)
