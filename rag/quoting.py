"""What was read, in its own words, where the model's are not sure enough: which sentences may answer by themselves.

A small model reads German better than it writes it: it cites the right sentence and puts the wrong name, or half of
what that says. A sentence that an answer cites, and one that is near to its question, is a candidate; how sure it is as
an answer is judged as that of any other. Not in English, where quotations won little and answered what the documents
do not say (benchmarks/LOG.md). Purely textual.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rag.cite import Citer, Source
from rag.kinds import asks_by_name
from rag.records import Sentence
from rag.vocabulary import fold
from rag.words import language_of

BELOW = 0.8  # of answers less sure than this the source's own words are looked at, too
# Further words with which something is asked for: "wofür", "worauf", "каким", "чьей", "сколькими", "в котором".
_ASKING = re.compile(r"\b(?:wo\w+|как\w+|че(?:го|му|м)|чь\w+|скольк\w+|котор\w+|насколько)\b")
MOST = 3  # that are judged, each of which the model reads with the question
LONGEST = 400  # characters of a sentence that is still an answer


def quoted_below(question: str) -> float:
    """The confidence below which an answer to this question may give way to a quotation; 0 where it is in English, or
    asks for yes or no."""
    asks = asks_by_name(question) or _ASKING.search(fold(question))
    return BELOW if asks and language_of(question) != "en" else 0.0


def quotable(written: Sequence[Sentence], question: str, citer: Citer) -> tuple[Source, ...]:
    """The sources that what was `written` cites, in its order, then those nearest to the question; each once."""
    places = [(one.document_id, one.start) for sentence in written for one in sentence.citations]
    known = {_place(source): source for source in citer.sources}
    cited = [known[place] for place in places if place in known]
    return tuple(_short(dict.fromkeys([*cited, *citer.evidence(question).sources])))[:MOST]


def _place(source: Source) -> tuple[str, int]:
    return source.hit.passage.document_id, source.start


def _short(sources: Iterable[Source]) -> list[Source]:
    return [source for source in sources if len(source.text) <= LONGEST]
