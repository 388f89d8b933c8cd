"""How doubts are told, and contradictions of documents and of a question, in the terminal and on the page: no markup.

Light on purpose: the edges import it, and with it nothing that searches or computes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rag.records import Answer, Dispute, Instead, Sentence

UNSURE = 0.45  # below this confidence fewer than half of the answers are right, ticks or not; see benchmarks/RESULTS.md


def disputes(sentences: Iterable[Sentence]) -> Iterator[str]:
    """Every contradiction about sentences in words, with the number and the words of the other footnote."""
    for sentence in sentences:
        for dispute in sentence.disputed:
            yield f"{in_words(sentence, dispute)} [{dispute.citation.marker}] — “{dispute.citation.quote}”"


def in_words(sentence: Sentence, dispute: Dispute) -> str:
    """Both facts, each with its document and that document's date."""
    mine, other = sentence.citations[0], dispute.citation
    said = f"“{dispute.words}” in {mine.title} ({dispute.cited_date or 'undated'})"
    return f"{said}, but “{dispute.instead}” in {other.title} ({dispute.date or 'undated'})"


def instead_in_words(told: Instead) -> str:
    """What the documents tell about where the question names something else."""
    return f"They say “{told.instead}”, not “{told.words}”: “{told.citation.quote}” ({told.citation.title})"


def unsure_in_words(answer: Answer) -> str:
    """A caution where an answer is more likely wrong than right, else ""."""
    if not answer.answered or answer.confidence >= UNSURE:
        return ""
    return "Not sure: fewer than half of the answers at this confidence are right. Read the footnotes first."
