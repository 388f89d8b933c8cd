"""What a program is told, in OpenAI's forms, with what Footnote adds under the one key `footnote`.

In a whole reply, and in the last piece of a streamed one, `footnote` is the answer object of `rag.forms`. In earlier
pieces it is `{"progress": ...}`. Whether the documents answer is known only at the end, so the answer's text is sent as
`content` then; a program that asked for it live has each sentence as soon as it is checked, and may see it taken back.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rag import forms
from rag.api.requests import MODEL
from rag.queueing import Happening
from rag.records import Answer, Checked, Done, Reading, Retrieved, Token, Waiting

Form = dict[str, Any]
LAST = b"data: [DONE]\n\n"


def model_form(since: int) -> Form:
    """The one model there is; `since` is when this server began."""
    return {"id": MODEL, "object": "model", "created": since, "owned_by": MODEL}


def usage_form(answer: Answer) -> Form:
    read, wrote = answer.timing.prompt_tokens, answer.timing.answer_tokens
    return {
        "prompt_tokens": read,
        "completion_tokens": wrote,
        "total_tokens": read + wrote,
        "prompt_tokens_details": {"cached_tokens": answer.timing.reused_tokens},
    }


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply, whole or piece by piece, under one id."""

    id: str = field(default_factory=lambda: f"chatcmpl-{secrets.token_hex(12)}")
    created: int = field(default_factory=lambda: int(time.time()))

    def whole(self, answer: Answer) -> Form:
        message = {"role": "assistant", "content": answer.answer, "refusal": None}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return self._form("chat.completion", [choice]) | {
            "usage": usage_form(answer),
            "footnote": forms.answer_form(answer),
        }

    def opening(self) -> bytes:
        return self._piece({"role": "assistant", "content": ""})

    def progress(self, stage: Form) -> bytes:
        return self._piece({}, footnote={"progress": stage})

    def content(self, text: str) -> bytes:
        return self._piece({"content": text})

    def closing(self, answer: Answer, said: str, *, with_usage: bool) -> list[bytes]:
        """The end of a reply of which `said` was sent already: what is missing, or that it does not hold."""
        holds = answer.answer.startswith(said)
        rest = answer.answer.removeprefix(said) if holds else f"\n\n{answer.answer}"
        pieces = [self.content(rest)] if rest else []
        pieces.append(self._piece({}, "stop" if holds else "content_filter", footnote=forms.answer_form(answer)))
        if with_usage:
            pieces.append(event(self._form("chat.completion.chunk", []) | {"usage": usage_form(answer)}))
        return [*pieces, LAST]

    def _piece(self, delta: Form, finish_reason: str | None = None, **added: Form) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        return event(self._form("chat.completion.chunk", [choice]) | added)

    def _form(self, kind: str, choices: list[Form]) -> Form:
        return {"id": self.id, "object": kind, "created": self.created, "model": MODEL, "choices": choices}


def event(form: Form) -> bytes:
    """One server-sent event."""
    return f"data: {json.dumps(form, ensure_ascii=False)}\n\n".encode()


def stages(happenings: Sequence[Happening]) -> list[Form]:
    """What has happened as a program is told it: of waiting and reading the last state, words joined."""
    told: list[Form] = []
    for happening in happenings:
        stage = stage_of(happening)
        if stage is None:
            continue
        if told and told[-1]["stage"] == stage["stage"] == "writing":
            told[-1] = stage | {"text": told[-1]["text"] + stage["text"]}
        elif told and told[-1]["stage"] == stage["stage"] != "checked":
            told[-1] = stage
        else:
            told.append(stage)
    return told


def stage_of(happening: Happening) -> Form | None:
    match happening:
        case Waiting(before=before):
            return {"stage": "waiting", "before": before} if before else {"stage": "searching"}
        case Retrieved(hits=hits):
            return {"stage": "found", "passages": [forms.hit_form(hit) for hit in hits]}
        case Reading(done=done, total=total):
            return {"stage": "reading", "done": done, "total": total}
        case Token(text=text):
            return {"stage": "writing", "text": text}
        case Checked(sentence=sentence):
            return {"stage": "checked", "sentence": forms.sentence_form(sentence)}
        case Done():
            return None
