"""Any text held against the documents, sentence by sentence: found, found in part, contradicted, or not found.

Each sentence looks for passages of its own; then the code that checks Footnote's own answers judges it, and where the
answering model is at hand, it reads the sentence together with what that cites. Knows nothing of where the text comes
from.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from index.encode import Encoder
from index.library import Library
from index.records import Hit, Progress
from index.sentences import is_heading, sentence_spans
from rag import foreign
from rag.cite import Citer, Evidence
from rag.claims import claims
from rag.close_reading import CloseReader
from rag.disputed import cited_of, conflicts
from rag.errors import Cancelled, TextError
from rag.footnotes import Footnotes
from rag.generator import never
from rag.records import CheckedText, IndexIdentity, Standing, Statement
from rag.rerank import reranked
from rag.settings import Settings
from rag.speech import cleaned
from rag.verify import Verdict, verdict

LONGEST_TEXT = 200_000  # characters: some 2,000 sentences, for each of which a dozen passages are encoded

_LOOKS_BACK = re.compile(
    r"(?:he|she|it|they|this|that|these|those|his|her|its|their|er|sie|es|dies\w*|он|она|оно|они|это)\b", re.I
)


@dataclass(frozen=True, slots=True)
class _Found:
    """A sentence of a text at its place, what it claims, and what was found on that."""

    start: int
    end: int
    sentence: str
    claim: str
    evidence: Evidence
    judged: Verdict


class Checker:
    """Checks texts against one library; with a `reader`, by what sentences mean as well, and more slowly."""

    def __init__(
        self, library: Library, encoder: Encoder, settings: Settings, reader: CloseReader | None = None
    ) -> None:
        self.library = library
        self._encoder = encoder
        self._settings = settings
        self._reader = reader

    def check(
        self,
        text: str,
        question: str = "",
        *,
        progress: Callable[[Progress], None] | None = None,
        cancelled: Callable[[], bool] = never,
    ) -> CheckedText:
        """Every sentence of `text` with its standing; what it only repeats from `question` is no support.

        Raises TextError where there is nothing to check or too much, Cancelled, LibraryError, ModelError.
        """
        text = text.encode("utf-8", "replace").decode()  # half a surrogate pair is no text
        if not any(letter.isalnum() for letter in text):
            raise TextError("there is nothing to check: the text holds no words")
        if len(text) > LONGEST_TEXT:
            raise TextError(
                f"the text has {len(text):,} characters and the limit is {LONGEST_TEXT:,}; check it in parts"
            )
        spans = [(start, end) for start, end in sentence_spans(text) if not is_heading(text, start)]
        found: list[_Found] = []
        read: dict[str, Hit] = {}
        before = ""
        sentences = [cleaned(text[start:end]) for start, end in spans]
        for number, ((start, end), sentence, claim) in enumerate(zip(spans, sentences, claims(sentences), strict=True)):
            if progress:
                progress(Progress(number, len(spans), "sentences"))
            if cancelled():
                raise Cancelled("stopped before the text was checked")
            hits, evidence = self.evidence(claim, before, question)
            read |= {hit.passage.id: hit for hit in hits if hit.passage.id not in read}
            judged = verdict(claim, evidence, question)
            if self._reader:
                judged = self._reader.weighed(judged, claim, evidence, question, cancelled)
            found.append(_Found(start, end, sentence, claim, evidence, judged))
            before = claim or sentence  # "Who is Danilov? He heads a department."
        checked = self._checked(text, question, found, tuple(read.values()))
        return foreign.told(checked, self.library.languages()) if found else checked

    def evidence(self, claim: str, before: str = "", question: str = "") -> tuple[tuple[Hit, ...], Evidence]:
        """The passages nearest to what a sentence claims, which stands behind `before`, and what of them it rests on.

        Raises LibraryError.
        """
        hits = self._hits(claim, before)
        return hits, Citer(hits, self._encoder).evidence(claim, given=question)

    def _hits(self, sentence: str, before: str) -> tuple[Hit, ...]:
        """The passages nearest to a sentence; one that looks back is searched for with the sentence before it."""
        if not any(letter.isalnum() for letter in sentence):
            return ()
        query = f"{before} {sentence}".strip() if _LOOKS_BACK.match(sentence) else sentence
        hits = self.library.search(query, self._settings.candidates)
        return reranked(query, hits, self._encoder)[: self._settings.passages]

    def _checked(
        self,
        text: str,
        question: str,
        found: Sequence[_Found],
        hits: Sequence[Hit],
    ) -> CheckedText:
        """Each sentence with its footnotes; beside what supports it, other documents that say otherwise."""
        footnotes = Footnotes(hits)
        statements = []
        for one in found:
            sentence, against = footnotes.annotated(one.sentence, one.evidence, one.judged), one.judged.otherwise
            if sentence.claim and sentence.support != "unsupported" and sentence.citations:
                cited = cited_of(sentence.citations, one.evidence.read)
                others = conflicts(one.claim, question, cited, one.evidence.read)
                sentence = footnotes.disputed(sentence, others)
                against = tuple(other.source for other in others)
            quoted = footnotes.citations(against)
            statements.append(Statement(one.start, one.end, sentence, standing(one.judged), quoted))
        generation, embedding = self.library.generation, self.library.embedding_model
        reader = self._reader
        made_from = (
            text,
            question,
            str(generation),
            embedding,
            repr(self._settings),
            *((reader.generator.identity.sha256, reader.templates.sha256) if reader else ()),
        )
        return CheckedText(
            id=hashlib.sha256("\0".join(made_from).encode()).hexdigest()[:16],
            statements=tuple(statements),
            passages=footnotes.passages(),
            index=IndexIdentity(generation, embedding),
        )


def standing(judged: Verdict) -> Standing:
    """The finer word for a verdict: what is unsupported is contradicted, or simply not found."""
    if not judged.claim:
        return "no claim"
    if judged.support == "unsupported":
        return "contradicted" if judged.otherwise else "not found"
    return "partly supported" if judged.support == "partial" else "supported"
