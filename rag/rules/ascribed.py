"""Who says something in a conversation, where a sentence gives it to another speaker.

"Adam thanked Li Hua for being such a great landlord" has every word of what Li Hua said to Adam, and turns it round:
the words are told, and whose they are stands in the label before them. What the one to whom a sentence gives them said
in nearly the same words, or said yes to, is theirs as well. Purely textual; English and German.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.lexical import HUMP
from index.sentences import LABEL
from rag.cite import Evidence, Source
from rag.clauses import Name, names, same
from rag.rules.sides import Turned
from rag.vocabulary import TOKEN, fold, vocabulary
from rag.words import content_words, language_of, share

# "Agreed", "accepted" and "confirmed" are left out: there somebody else says first what it is about.
_VERB = (
    r"(?:said|says|told|tells|asked|asks|wondered|inquired|thanked|thanks|reminded|reminds|suggested|suggests|proposed"
    r"|proposes|offered|offers|invited|invites|promised|promises|recommended|recommends|mentioned|mentions|announced"
    r"|announces|wrote|admitted|apologi[sz]ed|complained|congratulated|wished|warned|advised|praised|complimented|begged"
    r"|requested|explained|reported|remarked|noted|encouraged|urged|joked|sagte|sagt|fragte|fragt|erzählte|dankte"
    r"|bedankte|erinnerte|schlug|bot|versprach|empfahl|erwähnte|schrieb|bat|lud|wünschte|gratulierte|warnte|riet|lobte"
    r"|meinte|erklärte|berichtete|beschwerte|entschuldigte|kündigte)"
)
_TELLS = re.compile(rf"\s(?:\w+ly\s|also\s|then\s|once\s|who\s|first\s)?(?P<verb>{_VERB})\b")
_PASSIVE = re.compile(rf"\b(?:was|were|is|been|got)\s(?:\w+ly\s)?(?P<verb>{_VERB})\sby\s$")
_PARTS = re.compile(r"[,;]|\b(?:and|but|because|und|aber|weil)\b")
_OF_ONESELF = re.compile(r"\b(?:I|I['’]\w+|my|mine|myself|ich|mein\w*|mich|mir)\b")
_ASKS = frozenset(("asked", "asks", "wondered", "inquired", "fragte"))
_AND = re.compile(r"(?:\b(?:and|und)|,|&)\s$")
LEAST = 2  # words of meaning in what is told, without which nothing tells whose it is
SAID = 0.7  # of them, in what somebody else says
MUCH = 0.6  # of what that one says of them, that is as good as the same
BEFORE = 60  # characters before a name, more than "was kindly reminded by" has
ANSWERS = 400  # characters behind somebody's words, in which another may say yes to them
REPLY = 3  # words with which a yes begins


@dataclass(frozen=True, slots=True)
class _Told:
    """Whom a sentence has say something, in which word, and what; the word is "" where it only tells something of
    whom it begins with."""

    who: str
    verb: str
    what: str


def said_by_another(sentence: str, evidence: Evidence) -> list[Turned]:
    """Whom a sentence has say something that a cited speaker says, and that one nowhere."""
    language = language_of(evidence.text)
    speakers = {speaker for source in evidence.read if (speaker := speaker_of(source))}
    told = _told(sentence) if len(speakers) > 1 else None
    if told is None:
        return []
    named = {stem for speaker in (*speakers, told.who) for stem in content_words(speaker, language)}
    own = [source for source in evidence.read if same(told.who, speaker_of(source))]
    if told.verb in _ASKS:
        own = [source for source in own if "?" in source.text]
    for part in (told.what, *_PARTS.split(told.what)):
        words = set(content_words(part, language)) - named
        if len(words) < LEAST:
            continue
        for number, source in enumerate(evidence.sources):
            speaker = speaker_of(source)
            if not speaker or same(told.who, speaker) or _names(source, told.who):
                continue
            if not told.verb and not _of_oneself(source):
                continue
            much = share(words, content_words(_words(source), language))
            mine = max((share(words, content_words(_words(one), language)) for one in own), default=0.0)
            if much >= SAID and mine < MUCH * much and not _says_yes(source, own):
                said = told.verb or "said"
                return [Turned(f"{told.who} {told.verb}".strip(), f"{speaker} {said}", number)]
    return []


def speaker_of(source: Source) -> str:
    """Who says a source, as a name is written; "" where nobody is named."""
    label = LABEL.match(source.text)
    return HUMP.sub(" ", source.speaker or (label[1] if label else "")).strip()


def _told(sentence: str) -> _Told | None:
    """What a sentence has somebody say, or tells of whom it begins with; None of two together."""
    first: Name | None = None
    for name in names(sentence):
        before = sentence[max(0, name.start - BEFORE) : name.start]
        tells, passive = _TELLS.match(sentence, name.end), _PASSIVE.search(before)
        if not name.owns and (tells or passive):
            if first and _AND.search(before):
                return None
            verb = tells or passive
            what = sentence[tells.end() if tells else name.end :]
            return _Told(HUMP.sub(" ", name.words), verb["verb"] if verb else "", what)
        first = first or name
    if first is None or first.owns or TOKEN.search(sentence, 0, first.start):
        return None
    return _Told(HUMP.sub(" ", first.words), "", sentence[first.end :])


def _words(source: Source) -> str:
    label = LABEL.match(source.text)
    return source.text[label.end() :] if label else source.text


def _names(source: Source, who: str) -> bool:
    return any(same(who, name.words) for name in names(_words(source)))


def _of_oneself(source: Source) -> bool:
    """Whether a speaker says something of none but herself or himself."""
    words = _words(source)
    return _OF_ONESELF.search(words) is not None and vocabulary().addressing.isdisjoint(map(fold, TOKEN.findall(words)))


def _says_yes(source: Source, own: Sequence[Source]) -> bool:
    """Whether soon behind a source the one who says `own` begins to speak, with yes."""
    return any(
        not one.speaker and not vocabulary().assents.isdisjoint(map(fold, TOKEN.findall(_words(one))[:REPLY]))
        for one in _soon_behind(source, own)
    )


def _soon_behind(source: Source, own: Sequence[Source]) -> Iterator[Source]:
    document = source.hit.passage.document_id
    return (one for one in own if one.hit.passage.document_id == document and 0 <= one.start - source.end <= ANSWERS)
