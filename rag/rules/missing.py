"""Why a number, date or name of a sentence does not hold: invented, in another's place, or only from the question.

A fact that the cited words lack may still be meant by them, in other words, or be given around them; then it is no
invention. Which facts they lack is `cite`'s to say, and which stand in another's place that of `slots`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.lexical import parted
from index.sentences import LABEL
from rag.cite import Evidence, Source
from rag.facts import (
    Fact,
    abbreviated,
    facts_within,
    in_a_date,
    misspelt,
    name_value,
    one_government,
    same_name,
    stands_in,
)
from rag.kinds import tells_a_time
from rag.rules.bounds import fits
from rag.rules.context import around, means_somebody, with_whom
from rag.rules.derived import derived
from rag.rules.given import (
    dated_in_the_document,
    ends_a_compound,
    in_the_decade,
    named_in_full,
    named_in_the_document,
    named_in_the_question,
)
from rag.rules.slots import Misplaced, misplaced
from rag.vocabulary import TOKEN, fold, vocabulary
from rag.words import content_words, language_of

# "Lavrov said", "Hawaii also won", not "Researchers found", "Closing it was", "Usually it is".
_OPENING = re.compile(
    r"([A-Z][^\W\d_]{2,}(?<!s)(?<!ing)(?<!ly)(?<!ed)) (?:also |then |later |first |never )?"
    r"(?:(?:is|was|has|had|did|does|can|could|will|would|became|began|led|won|made|held|took|gave|wrote|said)\b|\w+ed\b)"
)
# "Warschau hat", not "Eine Stadt hat", "Forschung ist", "Kinderarbeit wurde".
_OPENING_GERMAN = re.compile(
    r"([A-Z][a-zäöüß]{2,10}(?<!ung)(?<!eit)(?<!ion)(?<!en)(?<!er)) (?:hat|ist|war|wurde|hatte|liegt|gewann)\b"
)


def missing(
    sentence: str, evidence: Evidence, question: str, elsewhere: Sequence[Misplaced], language: str
) -> tuple[list[str], list[str]]:
    """Why facts of the sentence do not hold: those invented or `elsewhere`, and those that only the question gives."""
    instead = {wrong.words: wrong.instead for wrong in elsewhere}
    invented: list[str] = []
    repeated: list[str] = []
    for fact in evidence.missing:
        replaced = next((words for words in instead if fact.words in words), None)
        meant = _meant(fact, sentence, question, evidence)
        if meant is not None:
            instead.pop(replaced or "", None)
            repeated.append(meant)
        elif replaced:
            says = instead.pop(replaced)
            invented.append(
                f"the {fact.kind} “{replaced}” does not stand in the cited passage, which says “{says}” there"
            )
        elif any(fact.words in wrong.words for wrong in elsewhere):
            continue  # a further word of a name that is told already
        elif (given := _given(fact, sentence, question, evidence, language)) is not None:
            repeated.append(given)
        else:
            invented.append(_absent(fact))
    invented += [f"where the sentence says “{said}”, the cited passage says “{says}”" for said, says in instead.items()]
    stranger = None if invented else _stranger(sentence, question, evidence)
    if stranger:
        invented.append(f"the name “{stranger}” does not stand in the cited passage")
    return invented, [reason for reason in repeated if reason]


def perhaps_invented(evidence: Evidence, language: str) -> list[str]:
    """The reasons that `missing` gives for names that may be words like any others, as German writes them."""
    return [_absent(fact) for fact in evidence.missing if fact.kind == "name" and _perhaps_a_noun(fact, language)]


def _absent(fact: Fact) -> str:
    return f"the {fact.kind} “{fact.words}” does not stand in the cited passage"


def _meant(fact: Fact, sentence: str, question: str, evidence: Evidence) -> str | None:
    """What there is to say of a fact that the cited words mean, if they write it otherwise: "" for nothing; None where
    they do not mean it."""
    if fact.kind == "number" and (fits(fact, sentence, evidence.text) or in_the_decade(fact, sentence, evidence.text)):
        return ""
    reckoned = derived(fact, sentence, [source.said for source in evidence.sources])
    if reckoned:
        return reckoned
    spelt = _spelt_otherwise(fact, question, evidence)
    return f"the question writes “{fact.words}”, the cited passage “{spelt}”" if spelt else None


def _given(fact: Fact, sentence: str, question: str, evidence: Evidence, language: str) -> str | None:
    """What there is to say of a fact that the question gives, or what stands around the cited words: "" for nothing;
    None where nothing gives it."""
    named = fact.kind == "name"
    if _named_around(fact, sentence, evidence) if named else _dated_around(fact, evidence):
        return ""
    if (not named or _perhaps_a_noun(fact, language)) and stands_in(fact, question):
        if named and ends_a_compound(fact, evidence.text):
            return ""
        return f"“{fact.words}” is from the question; the passages that were read do not state it"
    if named_in_the_document(fact, question, evidence) or (
        named and named_in_the_question(fact, sentence, question, evidence.text)
    ):
        return f"“{fact.words}” is from the question; what is cited does not say it"
    if dated_in_the_document(fact, sentence, evidence):
        return f"“{fact.words}” stands elsewhere in the document, not in what is cited"
    return None


def displaced(sentence: str, question: str, evidence: Evidence, language: str) -> tuple[Misplaced, ...]:
    """The facts of a sentence in whose place its evidence has others, which do not mean the same there."""
    found = misplaced(sentence, [_of_the_speaker(source) for source in evidence.sources], language)
    return tuple(wrong for wrong in found if not _means_the_same(wrong, question, evidence))


def _of_the_speaker(source: Source) -> str:
    """What a source says, with its speaker where it does not speak to somebody: "your favourite" is not Alice's."""
    if vocabulary().addressing.isdisjoint(map(fold, TOKEN.findall(source.text))):
        return source.said
    label = LABEL.match(source.text)
    return source.text[label.end() :] if label else source.text


def _means_the_same(wrong: Misplaced, question: str, evidence: Evidence) -> bool:
    """Whether what stands in the place of another is what that means there: whom "he" is, the year of "this year",
    somebody of whom a rank is told, or the seat of a government by which the question speaks of it."""
    source = evidence.sources[wrong.source]
    if wrong.kind == "year":
        return wrong.words in (source.hit.date or "")
    named = facts_within(wrong.words) if wrong.kind == "name" else ()
    if named and means_somebody(source) and all(stands_in(fact, with_whom(source, evidence.read)) for fact in named):
        return True
    titles = vocabulary().titles
    bare = [fact for fact in named if fact.value not in titles]
    ranked = bool(bare) and len(bare) < len(named) and titles.isdisjoint(map(fold, TOKEN.findall(wrong.instead)))
    if ranked and all(stands_in(fact, wrong.instead) for fact in bare):
        return True
    return any(stands_in(fact, question) and one_government(fact.words, wrong.instead) for fact in named)


def _named_around(fact: Fact, sentence: str, evidence: Evidence) -> bool:
    """Whether what stands around a cited sentence gives the name, or the sentence itself does in short."""
    return (
        any(stands_in(fact, text) for text in around(evidence))
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
    read = TOKEN.findall(parted(f"{' '.join(around(evidence))} {question}"))
    return None if any(same_name(value, name_value(word)) for word in read) else opening[1]
