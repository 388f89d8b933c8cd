"""When what a sentence tells is said to have been, where the words read give that day or year to something else.

A document's own day, the day of a report that it names, and a year that another sentence has are no times of what a
cited sentence tells. Purely textual.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.dates import days_in
from rag.cite import Evidence, Source
from rag.facts import facts, facts_within, found_facts, stands_in
from rag.vocabulary import TOKEN, YEAR, fold
from rag.words import content_words

# Whose report something is and of which day, as newspapers put it behind a sentence: "(Reuters, AFP, December 16)".
_REPORTS = re.compile(r"\s*\((?P<whose>[^()]*)\)(?=[.!?]?\W*$)")
_LEADING = frozenset(("see", "the", "and"))  # small words that may stand there


def joined_dates(sentence: str, question: str, read: Sequence[Source]) -> list[str]:
    """What is told of days of the sentence with a year, not the question's, that no source of that day states, nor its
    title, heading or date."""
    found = []
    for year, month, day in days_in(sentence):
        around = [
            f"{source.above} {source.hit.date or ''} {source.text}"
            for source in read
            if any((month, day) == named[1:] for named in days_in(source.text))
        ]
        if year and around and not any(str(year) in words for words in (question, *around)):
            found.append(f"the day and the year “{year}” stand in different sentences; none says both")
    return found


def only_of_the_document(sentence: str, question: str, evidence: Evidence, language: str) -> list[str]:
    """What is told of a date that is only the document's own, where nothing cited says what the sentence says of it:
    "founded in 2007" by "The Onion, Sunday, November 25, 2007"."""
    cited = set(content_words(evidence.text, language))
    unsaid = any(
        word.islower() and not cited.issuperset(content_words(word, language)) for word in TOKEN.findall(sentence)
    )
    return [
        f"“{fact.words}” is only the date of the document"
        for fact in facts(sentence)
        if unsaid and fact.kind != "name" and not stands_in(fact, question)
        if (stating := [source for source in evidence.sources if stands_in(fact, source.said)])
        if all(map(_only_dates, stating))
    ][:1]


def _only_dates(source: Source) -> bool:
    """Whether a line says nothing but its document's title and a day."""
    rest, end = "", 0
    for here in found_facts(source.text):
        if here.fact.kind != "name":
            rest, end = rest + source.text[end : here.start], here.end
    titled = set(map(fold, TOKEN.findall(source.above)))
    return end > 0 and titled.issuperset(map(fold, TOKEN.findall(rest + source.text[end:])))


def only_of_a_report(sentence: str, question: str, evidence: Evidence) -> list[str]:
    """What is told of a day that is only that of a report from which the cited words are, and that the sentence does
    not speak of."""
    found = []
    for fact in facts(sentence):
        if fact.kind == "name" or stands_in(fact, question):
            continue
        stating = [source.text for source in evidence.sources if stands_in(fact, source.said)]
        reports = [_report(text) for text in stating]
        told = any(
            not report or stands_in(fact, text.replace(report, ""))
            for text, report in zip(stating, reports, strict=True)
        )
        named = [other for other in facts_within(sentence) if other.kind == "name"]
        spoken_of = any(stands_in(other, " ".join(reports)) for other in named)
        if stating and not told and not spoken_of:
            found.append(f"“{fact.words}” is only the day of a report that the cited passage names")
    return found[:1]


def _report(text: str) -> str:
    """What stands in brackets at the end of a sentence, where that is names and a day without a year; else ""."""
    reports = _REPORTS.search(text)
    if not reports or YEAR.search(reports["whose"]):
        return ""
    words = TOKEN.findall(reports["whose"])
    named = all(word[0].isupper() or word[0].isdigit() or word in _LEADING for word in words)
    kinds = {here.fact.kind for here in found_facts(f"at {reports['whose']}")}
    return reports.group() if named and {"name", "date"} <= kinds else ""


def dated_behind(sentence: str, question: str, evidence: Evidence) -> list[str]:
    """What is told of the question's year by a sentence that has none, where that year stands only further on in its
    document: "eight left", of 2015, before "a year like 2015"."""
    new = [fact for fact in facts_within(sentence) if not stands_in(fact, question)]
    years = set(YEAR.findall(question)).intersection(YEAR.findall(sentence))
    stating = [source for source in evidence.sources if any(stands_in(fact, source.said) for fact in new)]
    if not stating or not years:
        return []
    first = next(fact for fact in new if stands_in(fact, stating[0].said))
    return [
        f"the year “{year}” stands only behind “{first.words}”; no sentence says both"
        for year in sorted(years)
        if all(_only_behind(year, source, evidence.read) for source in stating)
    ]


def _only_behind(year: str, source: Source, read: Sequence[Source]) -> bool:
    """Whether the document of a source has the year, as far as it was read, but only behind it."""
    document = source.hit.passage.document_id
    places = [other.start for other in read if other.hit.passage.document_id == document and year in other.text]
    return bool(places) and min(places) > source.start and year not in f"{source.above} {source.hit.date or ''}"
