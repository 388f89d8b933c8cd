"""How large a change is that an answer speaks of: the sentence that was read and gives its figures.

Asked why, a small model says "because of the reduction" and leaves out the next sentence, in which that goes "from 20
to 10". Whoever quotes the answer wants the figures, so the sentence is quoted behind it, word for word. Purely textual.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from rag.cite import Source
from rag.facts import Fact, found_facts, stands_in
from rag.records import Sentence
from rag.vocabulary import TOKEN, YEAR, fold, vocabulary
from rag.words import content_words, language_of

LEAST = 0.5  # of the words for what changes, in the sentence with the figures, that the answer has as well
# A number behind one of these, and a word like "about" or "some" at most, is how far something changed.
_HOW_FAR = re.compile(r"\b(?:from|by|von|um|с|на)(?: [^\W\d_]+){0,2} $")


def extent(said: Sequence[Sentence], question: str, sources: Sequence[Source]) -> Source | None:
    """The first of the sentences `sources` with the figures of a change that the answer `said` speaks of without them;
    None where there is none, or where `question` speaks of the change and so asks for something else.

    Only of documents that are cited, and where the words for what changes are mostly the answer's as well.
    """
    told = [sentence for sentence in said if sentence.support != "unsupported"]
    text = " ".join(sentence.text for sentence in told)
    asked = set(map(fold, TOKEN.findall(question)))
    changes = {_direction(word) for word in map(fold, TOKEN.findall(text)) if word not in asked} - {None}
    if not changes:
        return None
    documents = {citation.document_id for sentence in told for citation in sentence.citations}
    language = language_of(" ".join(source.text for source in sources))
    words = set(content_words(text, language))
    for source in sources:
        if source.hit.passage.document_id not in documents:
            continue
        for figure, what in _changed(source.text, changes):
            named = set(content_words(what, language))
            if named and len(named & words) >= LEAST * len(named) and not stands_in(figure, text):
                return source
    return None


def _changed(text: str, changes: Collection[int | None]) -> list[tuple[Fact, str]]:
    """How far and what changes in `text`, for each figure that tells of one of the `changes`: the words between the
    two, or all before them where nothing stands between, or the change comes last."""
    places = [match for match in TOKEN.finditer(text) if _direction(fold(match.group())) in changes]
    found = []
    for here in found_facts(text) if places else ():
        far = _HOW_FAR.search(text[: here.start])
        if far and here.fact.kind == "number" and not YEAR.fullmatch(here.fact.words):
            before = [match for match in places if match.end() <= far.start()]
            between = text[before[-1].end() : far.start()] if before else ""
            what = between if between.strip() else text[: before[-1].start() if before else far.start()]
            found.append((here.fact, what))
    return found


def _direction(word: str) -> int | None:
    """The line of `changes` in vocabulary.toml on which a folded word stands."""
    return next((number for number, words in enumerate(vocabulary().changes) if word in words), None)
