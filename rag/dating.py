"""When what a sentence tells is said to have been, where the words read give that day or year to something else.

A document's own day, the day of a report that it names, and a year that another sentence has are no times of what a
cited sentence tells. Purely textual.
"""

from __future__ import annotations

from collections.abc import Sequence

from index.dates import days_in
from rag.cite import Evidence, Source
from rag.facts import facts, found_facts, stands_in
from rag.vocabulary import TOKEN, fold
from rag.words import content_words


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
