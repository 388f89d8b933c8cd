"""What a program may send: a chat completion in OpenAI's form, read strictly where it matters.

The last message of the user is the question. What would change the meaning of an answer and cannot be had, such as
tools or several choices, is refused; what only tunes sampling is let pass and has no effect: how tokens are chosen is
a setting of the home.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rag.api.errors import ApiError
from rag.records import Exchange

MODEL = "footnote"
MOST_MESSAGES = 2_000


class Message(BaseModel):
    """One message; its `content` is a text, or parts of which those of type "text" are read."""

    model_config = ConfigDict(strict=True)

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[dict[str, Any]] | None = None


class StreamOptions(BaseModel):
    model_config = ConfigDict(strict=True)

    include_usage: bool | None = None


class Options(BaseModel):
    """What Footnote adds to OpenAI's form: with `live`, sentences are sent before the whole answer is judged."""

    model_config = ConfigDict(strict=True, extra="forbid")

    live: bool = False


class Completion(BaseModel):
    """The body of `POST /v1/chat/completions`. Other fields of OpenAI's form are let pass and have no effect."""

    model_config = ConfigDict(strict=True)

    model: str
    messages: list[Message] = Field(min_length=1, max_length=MOST_MESSAGES)
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: int | None = Field(default=None, ge=1, le=1)
    tools: list[Any] | None = Field(default=None, max_length=0)
    functions: list[Any] | None = Field(default=None, max_length=0)
    footnote: Options = Options()

    @property
    def with_usage(self) -> bool:
        """Whether a streamed reply ends with the count of tokens."""
        return bool(self.stream_options and self.stream_options.include_usage)

    @property
    def question(self) -> str:
        """The text of the user's last message. Raises ApiError where there is none, or it holds more than text."""
        return self._words(self._last)

    @property
    def history(self) -> list[Exchange]:
        """What the user asked before, oldest first, each with the reply that came to it. Raises as `question` does."""
        exchanges: list[Exchange] = []
        for at, message in enumerate(self.messages[: self._last]):
            if message.role == "user":
                exchanges.append(Exchange(self._words(at), ""))
            elif message.role == "assistant" and exchanges:
                exchanges[-1] = Exchange(exchanges[-1].question, self._words(at))
        return [exchange for exchange in exchanges if exchange.question.strip()]

    @property
    def _last(self) -> int:
        """The place of the user's last message."""
        places = [at for at, message in enumerate(self.messages) if message.role == "user"]
        if not places:
            raise ApiError(400, "No message has the role 'user': the last of them is the question.", None, "messages")
        return places[-1]

    def _words(self, at: int) -> str:
        content = self.messages[at].content
        if isinstance(content, str):
            return content
        texts = []
        for part in content or ():
            match part:
                case {"type": "text", "text": str(text)}:
                    texts.append(text)
                case _:
                    param = f"messages.{at}.content"
                    raise ApiError(400, "Only parts of the type 'text' can be read.", "unsupported_content", param)
        return "\n".join(texts)


def completion_in(body: bytes) -> Completion:
    """The request in a body. Raises ApiError, 404 for a model that is not there and 400 for everything else."""
    try:
        asked = Completion.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        param = ".".join(map(str, first["loc"])) or None
        message = first["msg"] if param is None else f"{param}: {first['msg']}"
        raise ApiError(400, message, "invalid_value" if param else "invalid_json", param) from error
    require(asked.model)
    return asked


def require(model: str) -> None:
    if model != MODEL:
        shown = model if len(model) <= 80 else f"{model[:80]}\N{HORIZONTAL ELLIPSIS}"
        raise ApiError(404, f"There is no model '{shown}' here; the only one is '{MODEL}'.", "model_not_found", "model")
