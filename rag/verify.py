"""Whether the cited words support a sentence of an answer, decided by signals that can be told to the reader.

A number, date or name that does not stand in the cited words, or stands there in another's place, makes a sentence
unsupported whatever its likeness says, and so does a denial on one side only; what was only repeated from the question,
or joined from several sentences, makes it partly supported at most. Knows nothing of how answers are written.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.asked import answered_otherwise, uncontrasted
from rag.cite import Evidence, Source
from rag.facts import facts
from rag.kinds import asks_by_name
from rag.records import Support
from rag.rules.ascribed import said_by_another
from rag.rules.causes import another_reason, no_reason
from rag.rules.context import around, leading_to, means_another, passages, with_whom
from rag.rules.dating import dated_behind, joined_dates, only_of_a_report, only_of_the_document
from rag.rules.denial import opposition, unsure_denial
from rag.rules.imitation import planted
from rag.rules.joined import apart, borrowed, joined, said_of_another, told_by
from rag.rules.missing import displaced, missing, perhaps_invented
from rag.rules.modality import compares
from rag.rules.opposites import Contrary, contraries
from rag.rules.overstated import Overstated, overstated
from rag.rules.retracted import only_asked, taken_back, unproven
from rag.rules.roles import another_office, does_something_else, misquoted, only_reports
from rag.rules.scope import Wider
from rag.rules.sequence import order_turned, unordered
from rag.rules.sides import Turned
from rag.rules.turned import turned
from rag.rules.units import unit_faults
from rag.vocabulary import TOKEN
from rag.words import content_words, language_of

# Logistic weights of similarity and coverage, set by hand; benchmarks/LOG.md says what they give and why not fitted.
INTERCEPT = -4.0
SIMILARITY = 3.0
COVERAGE = 5.0
SUPPORTED_FROM = 0.5
PARTIAL_FROM = 0.25
ONLY_PART = "the cited passage says only part of this"
ANNOUNCING = 3  # words of meaning, at most, of a line like "In short:", which only announces others
OPPOSED_AT_MOST = 0.1  # the score of what has an invention in it
LENT = "no sentence says this of “{}”, and one does of somebody else"

_Told = tuple[list[str], list[str]]  # what each sentence read says, and what stands above it


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far the evidence supports a sentence: `score` in [0, 1], and in words what keeps it from full support.

    `near` says whether the evidence is about the same thing, so that a reader should be led to it all the same;
    `otherwise` are the sources that say something else in the sentence's place. It is `refuted` where a rule found
    something wrong in the sentence, which only a reader of both who is sure may take back. A `final` verdict stands
    whatever a reader would make of them: the source gives orders, or there is nothing to read.
    """

    support: Support
    score: float
    reasons: tuple[str, ...]
    claim: bool = True
    near: bool = True
    otherwise: tuple[Source, ...] = ()
    refuted: bool = False
    final: bool = False

    def told(self, asked: Sequence[str], added: Sequence[str], *, reply: bool = False) -> Verdict:
        """The verdict with a word on years that no passage states: those `asked` about, which a yes or no, a `reply`,
        claims as well, and those that the model `added` to a date."""
        notes = (
            *(f"“{year}” is from the question; the passages that were read do not state it" for year in asked),
            *(
                f"the model put “{year}” behind a date; no passage that was read states it, and it was left out"
                for year in added
            ),
        )
        told = replace(self, reasons=tuple(dict.fromkeys((*self.reasons, *notes))))
        if reply and asked and self.support == "supported":
            return replace(told, support="partial", score=min(self.score, SUPPORTED_FROM))
        return told


def verdict(sentence: str, evidence: Evidence, question: str) -> Verdict:
    """The standing of `sentence` on its evidence, in the light of the question that it answers."""
    words = content_words(sentence, language_of(sentence))
    if not words or (len(words) <= ANNOUNCING and sentence.rstrip().endswith(":") and not facts(sentence)):
        return Verdict("supported", 1.0, (), claim=False, final=True)
    if not evidence.sources:
        return Verdict("unsupported", 0.0, ("no passage that was read says this",), near=False, final=True)
    language = language_of(evidence.text)
    score = likeness(evidence)
    near = is_near(evidence)
    orders = planted(evidence)
    wide = overstated(sentence, question, evidence, language)
    invented, repeated, otherwise = _faults(sentence, evidence, question, language, near, wide)
    if invented:
        against = tuple(dict.fromkeys(otherwise)) if near else ()
        refuted = not set(invented) <= set(perhaps_invented(evidence, language))
        score = min(score, OPPOSED_AT_MOST)
        reasons = tuple(invented)
        return Verdict("unsupported", score, reasons, True, near, against, refuted=refuted, final=bool(orders))
    if not near:
        reasons = ("the passages that were read do not say this",)
        return Verdict("unsupported", score, reasons, near=False, final=bool(orders))
    told = _told(evidence)
    another = _of_another(sentence, evidence, question, told, language)
    if another:
        return Verdict("unsupported", min(score, OPPOSED_AT_MOST), (another,), refuted=True, final=bool(orders))
    unlike = [ONLY_PART] if score < SUPPORTED_FROM else []
    short = [*unlike, *repeated, *orders, *_shortcomings(sentence, evidence, question, told, language, wide)]
    if short:
        return Verdict("partial", min(score, SUPPORTED_FROM), tuple(short), final=bool(orders))
    return Verdict("supported", score, ())


def _faults(
    sentence: str, evidence: Evidence, question: str, language: str, near: bool, wide: Overstated
) -> tuple[list[str], list[str], list[Source]]:
    """What of a sentence is invented or contradicted, what only the question gives, and the sources that say
    otherwise. The very words of a source are held only against what stands around them."""
    invented: list[str] = []
    repeated: list[str] = []
    otherwise: list[Source] = []
    if not _quotes(sentence, evidence):
        invented, repeated, otherwise = _faults_in_words(sentence, evidence, question, language, near, wide)
    invented += only_of_the_document(sentence, question, evidence, language)
    invented += only_of_a_report(sentence, question, evidence)
    invented += only_reports(sentence, question, evidence.text, language)
    back = taken_back(sentence, evidence, language)
    if back is not None:
        invented.append("the cited passage says that this is not so")
        otherwise.append(evidence.sources[back])
    if near and not invented:
        for asked in answered_otherwise(sentence, question, [source.said for source in evidence.read], language):
            otherwise.append(evidence.read[asked.source])
            invented.append(f"beside the words of the question the passage says “{asked.instead}”, not “{asked.words}”")
    return invented, repeated, otherwise


def _faults_in_words(
    sentence: str, evidence: Evidence, question: str, language: str, near: bool, wide: Overstated
) -> tuple[list[str], list[str], list[Source]]:
    """The same of a sentence in other words than its sources'; what stands in the place of something else is looked for
    in what is `near` only."""
    elsewhere = displaced(sentence, question, evidence, language) if near else ()
    invented, repeated = missing(sentence, evidence, question, elsewhere, language)
    otherwise = [evidence.sources[wrong.source] for wrong in elsewhere]
    for unit in unit_faults(sentence, question, evidence.text, " ".join(around(evidence))):
        invented.append(unit.reason)
        otherwise += [source for source in evidence.sources if unit.instead and unit.instead in source.said][:1]
    if language_of(sentence) == language:
        invented += misquoted(sentence, question, passages(evidence))
    instead: list[Contrary | Turned | Wider] = [
        *contraries(sentence, [source.text for source in evidence.sources], language)
    ]
    instead += turned(sentence, [source.said for source in evidence.sources], language)
    instead += [*another_reason(sentence, question, evidence), *order_turned(sentence, evidence)]
    instead += [*said_by_another(sentence, evidence), *wide.against]
    for other in instead:
        invented.append(f"where the sentence says “{other.words}”, the cited passage says “{other.instead}”")
        otherwise.append(evidence.sources[other.source])
    for source in evidence.sources:
        opposed = opposition(uncontrasted(sentence, question), source.said, evidence.text, language, question)
        if opposed:
            invented.append(opposed.reason)
            otherwise += [source] if opposed.contradicted else []
            break
    return invented, repeated, otherwise


def _quotes(sentence: str, evidence: Evidence) -> bool:
    """Whether a cited sentence is the same, word for word."""
    words = TOKEN.findall(sentence)
    return any(words == TOKEN.findall(source.text) for source in evidence.sources)


def _of_another(sentence: str, evidence: Evidence, question: str, told: _Told, language: str) -> str | None:
    """A reason where what a sentence says is told of something else than what was asked about."""
    alone = apart(sentence, question, *told, language)
    if alone:
        return f"“{alone}” stands only where other things are told than what was asked"
    lent = borrowed(sentence, *told, language) if question and not asks_by_name(question) else None
    if lent:
        return LENT.format(lent)
    meant = means_another(sentence, evidence.sources, evidence.read) if language == "en" else None
    if meant:
        return f"the cited passage says this of “{meant[1]}”, not of “{meant[0]}”"
    leading = [leading_to(source, evidence.read) for source in evidence.sources]
    if said_of_another(question, leading, language):
        return "this is said of something else than was asked about"
    return None


def _shortcomings(
    sentence: str, evidence: Evidence, question: str, told: _Told, language: str, wide: Overstated
) -> list[str]:
    """Why what no source denies is supported in part only."""
    found: list[str] = []
    together = joined(sentence, question, told[0], language)
    if together:
        found.append(f"“{together}” and what was asked about stand in different sentences; none says both")
    lent = None if together or question else borrowed(sentence, *told, language)
    if lent:
        found.append(LENT.format(lent))
    speaker = told_by(sentence, [source.said for source in evidence.sources])
    if speaker:
        found.append(f"“{speaker}” says this, and not of herself or himself")
    found += wide.in_part
    found += [*unsure_denial(sentence, evidence.text, language), *only_asked(sentence, evidence, language)]
    found += unproven(sentence, evidence, language)
    found += joined_dates(sentence, question, evidence.read)
    found += dated_behind(sentence, question, evidence)
    found += [*no_reason(sentence, question, evidence), *unordered(sentence, question, evidence)]
    found += does_something_else(sentence, question, evidence.text, language)
    office = another_office(sentence, question, [source.said for source in evidence.read])
    if office:
        found.append(f"the passages that were read call whom it names “{office}”, which is not what was asked for")
    if compares(sentence) and not any(compares(source.said) for source in evidence.read):
        found.append("nothing that was read compares the two")
    return found


def _told(evidence: Evidence) -> _Told:
    """What each sentence read says, with whom it means, and the title and heading above each."""
    return [with_whom(source, evidence.read) for source in evidence.read], [source.above for source in evidence.read]


def likeness(evidence: Evidence) -> float:
    """How like its evidence a sentence is, in [0, 1]."""
    return 1 / (1 + math.exp(-(INTERCEPT + SIMILARITY * evidence.similarity + COVERAGE * evidence.coverage)))


def is_near(evidence: Evidence) -> bool:
    """Whether the evidence is about the same thing as its sentence."""
    return likeness(evidence) >= PARTIAL_FROM
