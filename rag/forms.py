"""The JSON forms of records, key for key as scripts, the page and the HTTP interface rely on them.

Plain dicts, lists, strings and numbers only; nothing here prints, wraps or escapes, and no text is altered: a quote
in a form is the document's text at its span. New keys may be added; a key that exists never changes its meaning.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.records import Document, DocumentSummary, FileReason, Hit, Ledger
from rag.records import Answer, CheckedText, Citation, Dispute, NumberedPassage, Sentence

if TYPE_CHECKING:
    from rag.doctor import Examination
    from rag.models import Check, Model

Form = dict[str, Any]


def ledger_form(ledger: Ledger) -> Form:
    """What add, sync or remove did."""
    return {
        "added": ledger.added,
        "updated": ledger.updated,
        "unchanged": ledger.unchanged,
        "removed": ledger.removed,
        "refused": [_file_reason_form(file) for file in ledger.refused],
        "skipped": [_file_reason_form(file) for file in ledger.skipped],
        "documents": ledger.documents,
        "passages": ledger.passages,
        "characters": ledger.characters,
        "indexed_characters": ledger.indexed_characters,
        "seconds": ledger.seconds,
        "notes": [{"path": file.path, "note": file.reason} for file in ledger.notes],
    }


def summary_form(summary: DocumentSummary) -> Form:
    """One line of the list of documents."""
    return {
        "id": summary.id,
        "path": summary.path,
        "title": summary.title,
        "format": summary.format,
        "pages": summary.pages,
        "characters": summary.characters,
        "passages": summary.passages,
        "added_at": summary.added_at,
        "author": summary.author,
        "date": summary.date,
        "paths": list(summary.paths),
        "notes": list(summary.notes),
    }


def document_form(document: Document) -> Form:
    """The whole stored text of one document, with the spans of its pages."""
    return {
        "id": document.id,
        "path": document.path,
        "title": document.title,
        "text": document.text,
        "pages": [{"number": page.number, "start": page.start, "end": page.end} for page in document.pages],
    }


def span_form(document: Document, start: int, end: int) -> Form:
    """A part of a document: `text` is that part, `start` and `end` say which, `pages` are those it touches.

    Spans of pages stay offsets into the whole text.
    """
    form = document_form(document)
    touched = [page for page in form["pages"] if page["start"] < end and page["end"] > start]
    return form | {"text": document.text[start:end], "pages": touched, "start": start, "end": end}


def hit_form(hit: Hit) -> Form:
    """One passage found by a search."""
    return {
        "rank": hit.rank,
        "score": hit.score,
        "document_id": hit.passage.document_id,
        "path": hit.path,
        "title": hit.title,
        "start": hit.passage.start,
        "end": hit.passage.end,
        "page": hit.page,
        "text": hit.passage.text,
    }


def answer_form(answer: Answer) -> Form:
    """One answer, with every citation and every passage that was read for it."""
    timing = answer.timing
    return {
        "id": answer.id,
        "question": answer.question,
        "answer": answer.answer,
        "answered": answer.answered,
        "confidence": answer.confidence,
        "sentences": [sentence_form(sentence) for sentence in answer.sentences],
        "passages": [passage_form(passage) for passage in answer.passages],
        "timing": {
            "retrieve_s": timing.retrieve_s,
            "first_token_s": timing.first_token_s,
            "total_s": timing.total_s,
            "prompt_tokens": timing.prompt_tokens,
            "reused_tokens": timing.reused_tokens,
            "answer_tokens": timing.answer_tokens,
        },
        "model": {"name": answer.model.name, "sha256": answer.model.sha256},
        "index": {"generation": answer.index.generation, "embedding_model": answer.index.embedding_model},
        "standalone": answer.standalone or None,
        "left_out": answer.left_out,
        "instead": [
            {"kind": one.kind, "words": one.words, "instead": one.instead, "citation": citation_form(one.citation)}
            for one in answer.instead
        ],
    }


def batch_form(answer: Answer, question_id: str | int | None) -> Form:
    """One answer of many: `id` is the question's own where it has one, and `answer_id` is always the answer's."""
    form = answer_form(answer)
    return form | {"id": answer.id if question_id is None else question_id, "answer_id": answer.id}


def sentence_form(sentence: Sentence) -> Form:
    """One sentence with its verdict, the reasons for it in words, and the quotes it rests on."""
    return {
        "text": sentence.text,
        "support": sentence.support,
        "score": sentence.score,
        "claim": sentence.claim,
        "reasons": list(sentence.reasons),
        "citations": [citation_form(citation) for citation in sentence.citations],
        "disputed": [dispute_form(dispute) for dispute in sentence.disputed],
    }


def dispute_form(dispute: Dispute) -> Form:
    """The words of another document that contradict a sentence: a citation, with what differs and both dates."""
    return citation_form(dispute.citation) | {
        "words": dispute.words,
        "instead": dispute.instead,
        "date": dispute.date,
        "cited_date": dispute.cited_date,
    }


def checked_form(checked: CheckedText, text_id: str | int | None = None) -> Form:
    """A text that was checked: `id` is the text's own where it has one, and `check_id` is always the check's."""
    return {
        "id": checked.id if text_id is None else text_id,
        "check_id": checked.id,
        "sentences": [
            sentence_form(statement.sentence)
            | {
                "standing": statement.standing,
                "start": statement.start,
                "end": statement.end,
                "against": [citation_form(citation) for citation in statement.against],
            }
            for statement in checked.statements
        ],
        "passages": [passage_form(passage) for passage in checked.passages],
        "index": {"generation": checked.index.generation, "embedding_model": checked.index.embedding_model},
    }


def citation_form(citation: Citation) -> Form:
    """One footnote: the exact words of a source."""
    return {
        "marker": citation.marker,
        "document_id": citation.document_id,
        "path": citation.path,
        "title": citation.title,
        "page": citation.page,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
    }


def passage_form(numbered: NumberedPassage) -> Form:
    """One passage that was read for an answer, under the number that markers use."""
    passage = numbered.passage
    return {
        "marker": numbered.marker,
        "document_id": passage.document_id,
        "path": numbered.hit.path,
        "title": numbered.hit.title,
        "page": numbered.hit.page,
        "start": passage.start,
        "end": passage.end,
        "score": numbered.hit.score,
        "text": passage.text,
    }


def _file_reason_form(file: FileReason) -> Form:
    return {"path": file.path, "reason": file.reason}


def model_form(model: Model, installed: bool, path: Path, chosen: bool) -> Form:
    """One model of the catalogue. `chosen` is whether it is used unless an option says otherwise."""
    return {
        "name": model.name,
        "title": model.title,
        "kind": model.kind,
        "licence": model.licence,
        "bytes": model.bytes,
        "sha256": model.sha256,
        "memory_gb": model.memory_gb,
        "laptop_gb": model.laptop_gb,
        "languages": list(model.languages),
        "tried": model.tried,
        "note": model.note,
        "installed": installed,
        "path": str(path),
        "chosen": chosen,
    }


def check_form(check: Check) -> Form:
    """Whether one model on this machine is what the catalogue names."""
    return {"name": check.model.name, "ok": check.ok, "message": check.message}


def examination_form(examination: Examination) -> Form:
    """What the doctor found."""
    return {
        "ok": examination.sound,
        "home": str(examination.home),
        "models": str(examination.models),
        "versions": examination.versions,
        "findings": [
            {"name": finding.name, "state": finding.state, "detail": finding.detail, "mend": finding.mend}
            for finding in examination.findings
        ],
    }
