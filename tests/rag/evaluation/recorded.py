"""Recorded answers as an evaluation keeps them, with what is known of their questions; all about one short text."""

from __future__ import annotations

from typing import Any

TEXT = "The mission opened in 2002. NATO cut the mission from 20 to 10. Nobody was surprised."
CUT = (28, 63)


def citation(start: int, end: int, marker: int = 1, document_id: str = "d") -> dict[str, Any]:
    place = {"marker": marker, "document_id": document_id, "title": "title"}
    return {**place, "start": start, "end": end, "quote": TEXT[start:end]}


def passage(start: int, end: int, document_id: str = "d") -> dict[str, Any]:
    place = {"marker": 1, "document_id": document_id, "title": "title", "page": None}
    return {**place, "start": start, "end": end, "text": TEXT[start:end]}


def gold(answers: list[str], **other: Any) -> dict[str, Any]:  # noqa: ANN401  (values of JSON)
    plain = {"answerable": bool(answers), "answers_all_required": False, "yes_no": False, "spans": []}
    return {**plain, "answers": answers, "lost": False, **other}


def span(start: int, end: int, document_id: str = "d") -> dict[str, Any]:
    return {"document_id": document_id, "start": start, "end": end, "region": [start, end]}


def record(
    answer: str,
    known: dict[str, Any],
    citations: list[dict[str, Any]] | None = None,
    answered: bool = True,
    support: str = "supported",
    seconds: float = 1.0,
    confidence: float = 0.8,
) -> dict[str, Any]:
    return {
        "id": answer,
        "question": "Why?",
        "confidence": confidence,
        "found": [],
        "answer": answer,
        "answered": answered,
        "sentences": [{"text": answer, "support": support, "citations": citations or []}] if answered else [],
        "passages": [passage(0, len(TEXT))],
        "timing": {"prompt_tokens": 400, "answer_tokens": 20, "first_token_s": seconds, "total_s": 2 * seconds},
        "gold": known,
    }
