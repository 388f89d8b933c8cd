"""What a sentence says more widely, or for surer, than its evidence does: against it, or supported by it in part only.

Puts together what is told of ranks, quantities and bounds, and of what was only planned. Where sentence and evidence
are of two languages only numbers can be compared.
"""

from __future__ import annotations

from dataclasses import dataclass

from rag.cite import Evidence, Source
from rag.rules.bounds import misbounded, mismeasured
from rag.rules.context import behind
from rag.rules.modality import only_hoped, only_weighed, undone
from rag.rules.rank import outranked, unranked
from rag.rules.scope import Wider, alone, of_all, wider
from rag.words import language_of

NEXT = 3  # characters, at most, between two sentences of which one follows the other


@dataclass(frozen=True, slots=True)
class Overstated:
    """What of a sentence a source says otherwise, and the reasons why others of its words hold in part only."""

    against: tuple[Wider, ...]
    in_part: tuple[str, ...]


def overstated(sentence: str, question: str, evidence: Evidence, language: str) -> Overstated:
    """What `sentence` overstates of its evidence, which is in `language`."""
    said = [source.said for source in evidence.sources]
    above = [source.above for source in evidence.sources]
    found = [*misbounded(sentence, said), *mismeasured(sentence, said)]
    reasons: list[str] = []
    if language_of(sentence) == language:
        found += [*wider(sentence, said, language), *outranked(sentence, question, said, above, language)]
        reasons += [] if found else of_all(sentence, evidence.text)
        reasons += alone(sentence, evidence.text, language)
        reasons += unranked(sentence, question, said, above, language)
    reasons += only_hoped(sentence, said, language)
    reasons += only_weighed(sentence, said, language)
    for act in undone(sentence, said, [_following(source, evidence) for source in evidence.sources], language):
        if act.failed:
            found.append(Wider(act.verb, act.behind, act.source, denies=True))
        else:
            reasons.append(act.reason)
    against = tuple(one for one in found if one.denies)
    in_part = dict.fromkeys((*(one.reason for one in found if not one.denies), *reasons))
    return Overstated(against, tuple(in_part))


def _following(source: Source, evidence: Evidence) -> str:
    """The sentence right behind a source, where it was read."""
    following = behind(source, evidence.read)
    return following.text if following and following.start - source.end <= NEXT else ""
