"""What is said to a program that asks wrongly, or when answering fails: status and error object in OpenAI's form.

A wrong request is the program's fault and never a status of 500 or above; what Footnote itself cannot do is.
"""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse

from rag.errors import FAULTS, UNEXPECTED, Cancelled, ModelError, QuestionError, QueueFull, in_words

LOADING_SECONDS = 5  # what is left of loading the models, at a guess: the client tries again then


class ApiError(Exception):
    """One refusal. `param` names the part of the request that is meant, `retry_after` the seconds to wait."""

    def __init__(
        self, status: int, message: str, code: str | None = None, param: str | None = None, retry_after: int = 0
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.param = param
        self.retry_after = retry_after

    @property
    def form(self) -> dict[str, Any]:
        kind = "invalid_request_error" if self.status < 500 else "server_error"
        return {"error": {"message": str(self), "type": kind, "param": self.param, "code": self.code}}

    def reply(self, headers: dict[str, str] | None = None) -> JSONResponse:
        waiting = {"retry-after": str(self.retry_after)} if self.retry_after else {}
        return JSONResponse(self.form, self.status, {**waiting, **(headers or {})})


def loading() -> ApiError:
    return ApiError(503, "The models are being loaded; ask again in a few seconds.", "loading", None, LOADING_SECONDS)


def api_error_of(fault: BaseException | None) -> ApiError:
    """What kept a question from being answered, as it is told to the program that asked."""
    match fault:
        case QuestionError():
            return ApiError(400, str(fault), "invalid_question", "messages")
        case QueueFull():
            return ApiError(429, str(fault), "queue_full", None, LOADING_SECONDS)
        case Cancelled():
            return ApiError(503, "The answer was stopped: Footnote is being closed.", "stopped")
        case ModelError():
            return ApiError(503, str(fault), "model_unavailable")
    if isinstance(fault, FAULTS):
        return ApiError(500, in_words(fault), "fault")
    return ApiError(500, UNEXPECTED, "unexpected")
