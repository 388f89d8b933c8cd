"""Whether the cited words support a sentence of an answer, decided by signals that can be told to the reader.

A number, date or name that does not stand in the cited words, or stands there in another's place, makes a sentence
unsupported whatever its likeness says, and so does a denial on one side only; what was only repeated from the question,
or joined from several sentences, makes it partly supported at most. Knows nothing of how answers are written.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.lexical import parted
from index.sentences import LABEL
from rag.asked import answered_otherwise, asks_by_name, tells_a_time, uncontrasted
from rag.cite import Evidence, Source
from rag.facts import (
    Fact,
    abbreviated,
    facts,
    facts_within,
    in_a_date,
    misspelt,
    name_value,
    one_government,
    same_name,
    stands_in,
)
from rag.records import Support
from rag.referents import names_a_person, quoted, unnamed
from rag.rules.ascribed import said_by_another
from rag.rules.bounds import fits
from rag.rules.causes import another_reason, no_reason
from rag.rules.context import before, means_another
from rag.rules.dating import dated_behind, joined_dates, only_of_a_report, only_of_the_document
from rag.rules.denial import opposition, unsure_denial
from rag.rules.derived import derived
from rag.rules.given import dated_in_the_document, ends_a_compound, in_the_decade, named_in_full, named_in_the_document
from rag.rules.imitation import planted
from rag.rules.joined import apart, borrowed, joined, looks_back, said_of_another, told_by
from rag.rules.modality import compares
from rag.rules.opposites import Contrary, contraries
from rag.rules.overstated import overstated
from rag.rules.retracted import only_asked, taken_back, unproven
from rag.rules.roles import another_office, does_something_else, misquoted, only_reports
from rag.rules.scope import Wider
from rag.rules.sequence import order_turned, unordered
from rag.rules.slots import Misplaced, misplaced
from rag.rules.turned import Turned, turned
from rag.rules.units import unit_faults
from rag.vocabulary import TOKEN, fold, vocabulary
from rag.words import content_words, language_of

# Logistic weights of similarity and coverage, set by hand; benchmarks/LOG.md says what they give and why not fitted.
INTERCEPT = -4.0
SIMILARITY = 3.0
COVERAGE = 5.0
SUPPORTED_FROM = 0.5
PARTIAL_FROM = 0.25
ANNOUNCING = 3  # words of meaning, at most, of a line like "In short:", which only announces others
OPPOSED_AT_MOST = 0.1  # the score of what has an invention in it
LENT = "no sentence says this of “{}”, and one does of somebody else"
LEADS_TO = 300  # characters before somebody's words, in which what they speak of may be named

# "Lavrov said", "Hawaii also won", not "Researchers found", "Closing it was", "Usually it is".
_OPENING = re.compile(
    r"([A-Z][^\W\d_]{2,}(?<!s)(?<!ing)(?<!ly)(?<!ed)) (?:also |then |later |first |never )?"
    r"(?:(?:is|was|has|had|did|does|can|could|will|would|became|began|led|won|made|held|took|gave|wrote|said)\b|\w+ed\b)"
)
# "Warschau hat", not "Eine Stadt hat", "Forschung ist", "Kinderarbeit wurde".
_OPENING_GERMAN = re.compile(
    r"([A-Z][a-zäöüß]{2,10}(?<!ung)(?<!eit)(?<!ion)(?<!en)(?<!er)) (?:hat|ist|war|wurde|hatte|liegt|gewann)\b"
)

_Told = tuple[list[str], list[str]]  # what each sentence read says, and what stands above it


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far the evidence supports a sentence: `score` in [0, 1], and in words what keeps it from full support.

    `near` says whether the evidence is about the same thing, so that a reader should be led to it all the same;
    `otherwise` are the sources that say something else in the sentence's place.
    """

    support: Support
    score: float
    reasons: tuple[str, ...]
    claim: bool = True
    near: bool = True
    otherwise: tuple[Source, ...] = ()

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
        return Verdict("supported", 1.0, (), claim=False)
    if not evidence.sources:
        return Verdict("unsupported", 0.0, ("no passage that was read says this",), near=False)
    language = language_of(evidence.text)
    score = likeness(evidence)
    near = is_near(evidence)
    invented, repeated, otherwise = _faults(sentence, evidence, question, language, near)
    if invented:
        against = tuple(dict.fromkeys(otherwise)) if near else ()
        return Verdict("unsupported", min(score, OPPOSED_AT_MOST), tuple(invented), near=near, otherwise=against)
    if not near:
        return Verdict("unsupported", score, ("the passages that were read do not say this",), near=False)
    told = _told(evidence)
    another = _of_another(sentence, evidence, question, told, language)
    if another:
        return Verdict("unsupported", min(score, OPPOSED_AT_MOST), (another,))
    if score < SUPPORTED_FROM:
        return Verdict("partial", score, ("the cited passage says only part of this", *repeated))
    repeated += _shortcomings(sentence, evidence, question, told, language)
    if repeated:
        return Verdict("partial", min(score, SUPPORTED_FROM), tuple(repeated))
    return Verdict("supported", score, ())


def _faults(
    sentence: str, evidence: Evidence, question: str, language: str, near: bool
) -> tuple[list[str], list[str], list[Source]]:
    """What of a sentence is invented or contradicted, what only the question gives, and the sources that say
    otherwise; what stands in the place of something else is looked for in what is `near` only."""
    elsewhere = displaced(sentence, question, evidence, language) if near else ()
    invented, repeated = _missing(sentence, evidence, question, elsewhere, language)
    otherwise = [evidence.sources[wrong.source] for wrong in elsewhere]
    stranger = None if invented else _stranger(sentence, question, evidence)
    if stranger:
        invented.append(f"the name “{stranger}” does not stand in the cited passage")
    for unit in unit_faults(sentence, question, evidence.text, " ".join(_around(evidence))):
        invented.append(unit.reason)
        otherwise += [source for source in evidence.sources if unit.instead and unit.instead in source.said][:1]
    invented += only_of_the_document(sentence, question, evidence, language)
    invented += only_of_a_report(sentence, question, evidence)
    invented += only_reports(sentence, question, evidence.text, language)
    if language_of(sentence) == language:
        invented += misquoted(sentence, question, _passages(evidence))
    instead: list[Contrary | Turned | Wider] = [
        *contraries(sentence, [source.text for source in evidence.sources], language)
    ]
    instead += turned(sentence, [source.said for source in evidence.sources], language)
    instead += [*another_reason(sentence, question, evidence), *order_turned(sentence, evidence)]
    instead += [*said_by_another(sentence, evidence), *overstated(sentence, question, evidence, language).against]
    for other in instead:
        invented.append(f"where the sentence says “{other.words}”, the cited passage says “{other.instead}”")
        otherwise.append(evidence.sources[other.source])
    back = taken_back(sentence, evidence, language)
    if back is not None:
        invented.append("the cited passage says that this is not so")
        otherwise.append(evidence.sources[back])
    for source in evidence.sources:
        opposed = opposition(uncontrasted(sentence, question), source.said, evidence.text, language, question)
        if opposed:
            invented.append(opposed.reason)
            otherwise += [source] if opposed.contradicted else []
            break
    if near and not invented:
        for asked in answered_otherwise(sentence, question, [source.said for source in evidence.read], language):
            otherwise.append(evidence.read[asked.source])
            invented.append(f"beside the words of the question the passage says “{asked.instead}”, not “{asked.words}”")
    return invented, repeated, otherwise


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
    leading = [_leading_to(source, evidence.read) for source in evidence.sources]
    if said_of_another(question, leading, language):
        return "this is said of something else than was asked about"
    return None


def _shortcomings(sentence: str, evidence: Evidence, question: str, told: _Told, language: str) -> list[str]:
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
    found += planted(evidence)
    found += overstated(sentence, question, evidence, language).in_part
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
    return [_with_whom(source, evidence.read) for source in evidence.read], [source.above for source in evidence.read]


def likeness(evidence: Evidence) -> float:
    """How like its evidence a sentence is, in [0, 1]."""
    return 1 / (1 + math.exp(-(INTERCEPT + SIMILARITY * evidence.similarity + COVERAGE * evidence.coverage)))


def is_near(evidence: Evidence) -> bool:
    """Whether the evidence is about the same thing as its sentence."""
    return likeness(evidence) >= PARTIAL_FROM


def displaced(sentence: str, question: str, evidence: Evidence, language: str) -> tuple[Misplaced, ...]:
    """The facts of a sentence in whose place its evidence has others, which do not mean the same there."""
    found = misplaced(sentence, [_of_the_speaker(source) for source in evidence.sources], language)
    return tuple(wrong for wrong in found if not _means_the_same(wrong, question, evidence))


def _missing(
    sentence: str, evidence: Evidence, question: str, elsewhere: Sequence[Misplaced], language: str
) -> tuple[list[str], list[str]]:
    """Why facts of the sentence do not hold: those invented or elsewhere, and those that only the question gives."""
    instead = {wrong.words: wrong.instead for wrong in elsewhere}
    invented: list[str] = []
    repeated: list[str] = []
    for fact in evidence.missing:
        replaced = next((words for words in instead if fact.words in words), None)
        spelt = _spelt_otherwise(fact, question, evidence)
        if fact.kind == "number" and (
            fits(fact, sentence, evidence.text) or in_the_decade(fact, sentence, evidence.text)
        ):
            instead.pop(replaced or "", None)
        elif reckoned := derived(fact, sentence, [source.said for source in evidence.sources]):
            instead.pop(replaced or "", None)
            repeated.append(reckoned)
        elif spelt:
            instead.pop(replaced or "", None)
            repeated.append(f"the question writes “{fact.words}”, the cited passage “{spelt}”")
        elif replaced:
            says = instead.pop(replaced)
            invented.append(
                f"the {fact.kind} “{replaced}” does not stand in the cited passage, which says “{says}” there"
            )
        elif any(fact.words in wrong.words for wrong in elsewhere):
            continue  # a further word of a name that is told already
        elif _named_around(fact, sentence, evidence) if fact.kind == "name" else _dated_around(fact, evidence):
            continue
        elif (fact.kind != "name" or _perhaps_a_noun(fact, language)) and stands_in(fact, question):
            if fact.kind == "name" and ends_a_compound(fact, evidence.text):
                continue
            repeated.append(f"“{fact.words}” is from the question; the passages that were read do not state it")
        elif named_in_the_document(fact, question, evidence):
            repeated.append(f"“{fact.words}” is from the question; what is cited does not say it")
        elif dated_in_the_document(fact, sentence, evidence):
            repeated.append(f"“{fact.words}” stands elsewhere in the document, not in what is cited")
        else:
            invented.append(f"the {fact.kind} “{fact.words}” does not stand in the cited passage")
    invented += [f"where the sentence says “{said}”, the cited passage says “{says}”" for said, says in instead.items()]
    return invented, repeated


def _of_the_speaker(source: Source) -> str:
    """What a source says, with its speaker where it does not speak to somebody: "your favourite" is not Alice's."""
    if vocabulary().addressing.isdisjoint(map(fold, TOKEN.findall(source.text))):
        return source.said
    label = LABEL.match(source.text)
    return source.text[label.end() :] if label else source.text


def _around(evidence: Evidence) -> list[str]:
    """What a reader of each cited sentence knows: its title, heading and passage, and what "he" in it looks back at."""
    return [
        f"{source.hit.title} {source.hit.passage.heading} {_behind(source, evidence.read)} {source.hit.passage.text}"
        for source in evidence.sources
    ]


def _behind(source: Source, read: Sequence[Source]) -> str:
    """What was read of the same document not far before a sentence that looks back at it."""
    back = looks_back(source.text) or _means_somebody(source)
    return " ".join(other.text for other in before(source, read)) if back else ""


def _leading_to(source: Source, read: Sequence[Source]) -> str:
    """What a source says, behind its title, its heading and what was read shortly before it."""
    leading = [other.text for other in before(source, read) if source.start - other.end <= LEADS_TO]
    return " ".join((source.above, *leading, source.text))


def _passages(evidence: Evidence) -> list[str]:
    """The passages that were read, each once, with their titles."""
    return list(dict.fromkeys(f"{source.above} {source.hit.passage.text}" for source in evidence.read))


def _with_whom(source: Source, read: Sequence[Source]) -> str:
    """What a source says, behind the last sentence read that names whom it means, where it names nobody itself."""
    told = reversed(before(source, read)) if _means_somebody(source) else ()
    whom = next((other.text for other in told if names_a_person(other.text)), "")
    return f"{whom} {source.said}".strip()


def _means_somebody(source: Source) -> bool:
    """Whether a source speaks of somebody as "he", or quotes somebody."""
    passage = source.hit.passage
    return unnamed(source.text) or quoted(passage.text, source.start - passage.start)


def _means_the_same(wrong: Misplaced, question: str, evidence: Evidence) -> bool:
    """Whether what stands in the place of another is what that means there: whom "he" is, the year of "this year", or
    the seat of a government by which the question speaks of it."""
    source = evidence.sources[wrong.source]
    if wrong.kind == "year":
        return wrong.words in (source.hit.date or "")
    named = facts_within(wrong.words) if wrong.kind == "name" else ()
    if named and _means_somebody(source) and all(stands_in(fact, _with_whom(source, evidence.read)) for fact in named):
        return True
    return any(stands_in(fact, question) and one_government(fact.words, wrong.instead) for fact in named)


def _named_around(fact: Fact, sentence: str, evidence: Evidence) -> bool:
    """Whether what stands around a cited sentence gives the name, or the sentence itself does in short."""
    return (
        any(stands_in(fact, text) for text in _around(evidence))
        or abbreviated(fact, sentence, evidence.text)
        or named_in_full(fact, sentence, evidence)
    )


def _dated_around(fact: Fact, evidence: Evidence) -> bool:
    """Whether a day in the title or the heading of a cited passage states this part of it; or its document's date, by
    which one knows when "this year" is."""
    return any(
        in_a_date(fact, f"{source.above} {(tells_a_time(source.text) and source.hit.date) or ''}")
        for source in evidence.sources
    )


def _perhaps_a_noun(fact: Fact, language: str) -> bool:
    """Whether nothing but a capital, which every German noun has, makes a word a name."""
    return language == "de" and fact.words[1:].islower()


def _spelt_otherwise(fact: Fact, question: str, evidence: Evidence) -> str | None:
    """The name as the cited words write it, where the question has nearly the same, "Zeria" for "Zeira", or its seat,
    "Moscow" for "Russia"."""
    if fact.kind != "name" or not stands_in(fact, question):
        return None
    names = (match.group() for match in TOKEN.finditer(evidence.text) if match.group()[0].isupper())
    return next(
        (name for name in names if misspelt(fact.value, name_value(name)) or one_government(fact.words, name)), None
    )


def _stranger(sentence: str, question: str, evidence: Evidence) -> str | None:
    """The word that opens the sentence, where it can only be a name and stands in nothing that was read around it.

    A capital alone does not tell there. One word before a verb, in the singular, without an article, does.
    """
    opening = (_OPENING_GERMAN if language_of(sentence) == "de" else _OPENING).match(sentence)
    if opening is None or fold(opening[1]) in vocabulary().openers | vocabulary().frames:
        return None
    if not content_words(opening[1], language_of(sentence)):
        return None
    value = name_value(opening[1])
    read = TOKEN.findall(parted(f"{' '.join(_around(evidence))} {question}"))
    return None if any(same_name(value, name_value(word)) for word in read) else opening[1]
