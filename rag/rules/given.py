"""What the rest of what was read gives a sentence beyond its cited words: no invention, if no support either.

The rest of a name, a name that the question and the document have, a day that the document has elsewhere, a year of the
decade asked about. Purely textual; what it is worth is decided in `verify`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from rag.cite import Evidence
from rag.facts import Fact, facts_within, name_value, stands_in
from rag.vocabulary import TOKEN, YEAR, fold, opens, vocabulary

LOOKS_BACK = 1500  # characters, at most, from a sentence back to the name of whom it speaks
PART = 3  # letters of either part of a German compound


def named_in_full(fact: Fact, sentence: str, evidence: Evidence) -> bool:
    """Whether the name belongs to one that is cited and was read elsewhere in full: "James" in "James Watt's".

    Not where the cited words have another with it, "Batu" beside the "Khan" of "Gegeen Khan", nor where it is only a
    title.
    """
    read = {pair for source in evidence.read for text in (source.text, source.above) for pair in _pairs(text)}
    return any(
        fact.value in pair and pair in read and _stands_alone(pair, fact.value, evidence.text)
        for pair in _pairs(sentence)
    )


def named_in_the_question(fact: Fact, sentence: str, question: str, cited: str) -> bool:
    """Whether the name belongs to one that is cited in part and asked about in full: "York" of the "New York Jets",
    "General" of "Yury Baluyevsky".

    Not where the cited words have another with it, the "Jets" of Winnipeg or an "Admiral Baluyevsky".
    """
    titles = vocabulary().titles
    rank = fact.value in titles
    for run in _runs(question):
        if fact.value not in run[:-1] or run not in [said[-len(run) :] for said in _runs(sentence)]:
            continue
        beside = [said[-2:-1] for said in _runs(cited) if said[-1] == run[-1]]
        others = {name for names in beside for name in names if name not in run and (name in titles) is rank}
        if beside and not others:
            return True
    return False


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    """The capitalised words in a row with nothing but blanks between, ranks among them, in the one form of names."""
    run: list[re.Match[str]] = []
    for match in TOKEN.finditer(text):
        named = match.group()[0].isupper() and not opens(match.group())
        if run and not (named and text[run[-1].end() : match.start()].isspace()):
            yield tuple(name_value(one.group()) for one in run)
            run = []
        run += [match] if named else []
    if run:
        yield tuple(name_value(one.group()) for one in run)


def _stands_alone(pair: tuple[str, str], missing: str, cited: str) -> bool:
    """Whether the word of a pair that is not missing stands in the cited words without another in its place."""
    first = pair[0] == missing
    other = pair[1] if first else pair[0]
    if other in vocabulary().titles | vocabulary().impersonal:
        return False
    beside = {(two if first else one) for one, two in _pairs(cited)}
    return other not in beside and other in map(name_value, TOKEN.findall(cited))


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """Each two of the words of `_runs` that follow one another, but for those behind a rank."""
    for run in _runs(text):
        yield from ((one, two) for one, two in pairwise(run) if one not in vocabulary().titles)


def named_in_the_document(fact: Fact, question: str, evidence: Evidence) -> bool:
    """Whether the question has a name that was also read not far before a cited sentence: of the family "Sam" that may
    speak as "the parents"."""
    return (
        fact.kind == "name"
        and stands_in(fact, question)
        and any(
            stands_in(fact, other.text)
            for source in evidence.sources
            for other in evidence.read
            if other.hit.passage.document_id == source.hit.passage.document_id
            and 0 <= source.start - other.end <= LOOKS_BACK
        )
    )


def dated_in_the_document(fact: Fact, sentence: str, evidence: Evidence) -> bool:
    """Whether a weekday, a month or a year that the sentence adds was read elsewhere in a cited document; not where the
    cited words have another, which the sentence leaves out."""
    form = _form(fact)
    instead = [
        other for other in facts_within(evidence.text) if _form(other) == form and not stands_in(other, sentence)
    ]
    cited = {source.hit.passage.document_id for source in evidence.sources}
    return (
        form != ""
        and not instead
        and any(stands_in(fact, source.text) for source in evidence.read if source.hit.passage.document_id in cited)
    )


def _form(fact: Fact) -> str:
    """Which of the parts of a date a fact is; "" of any other."""
    if fact.kind == "number":
        return "year" if YEAR.fullmatch(fact.words) else ""
    if fact.kind != "date":
        return ""
    return "weekday" if fact.value in vocabulary().weekdays else "month"


def in_the_decade(fact: Fact, sentence: str, cited: str) -> bool:
    """Whether a sentence speaks of a decade, "the 1990s", and the cited words of a year of it."""
    decade = re.search(rf"\b{re.escape(fact.words)}['’]?(?:s|er)\b", sentence)
    years = YEAR.findall(cited) if decade and fact.words.endswith("0") else ()
    return any(year[:-1] == fact.words[:-1] for year in years)


def ends_a_compound(fact: Fact, cited: str) -> bool:
    """Whether a German noun is the last part of one in the cited words: "Netz" of "Verkehrsnetz"."""
    noun = fold(fact.words)
    return len(noun) >= PART and any(
        word[0].isupper() and fold(word).endswith(noun) and len(word) >= len(noun) + PART
        for word in TOKEN.findall(cited)
    )
