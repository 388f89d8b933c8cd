"""The description of the HTTP interface in the OpenAPI form: for people's tools, and for tests that try to break it."""

from __future__ import annotations

from typing import Any

from rag.api.requests import MODEL, Completion

Form = dict[str, Any]
_ERROR: Form = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["message", "type", "param", "code"],
            "properties": {
                "message": {"type": "string"},
                "type": {"type": "string"},
                "param": {"type": ["string", "null"]},
                "code": {"type": ["string", "null"]},
            },
        }
    },
}
_REPLY: Form = {
    "type": "object",
    "required": ["id", "object", "created", "model", "choices", "usage", "footnote"],
    "properties": {
        "footnote": {
            "type": "object",
            "required": ["id", "question", "answer", "answered", "confidence", "sentences", "passages"],
            "description": "The answer with its citations: the same object as `footnote ask --json` prints.",
        }
    },
}
_MODEL: Form = {"type": "object", "required": ["id", "object", "created", "owned_by"]}
_LIST: Form = {"type": "object", "required": ["object", "data"]}
_PROBLEMS = {
    "400": "The body is no such request, or holds no question.",
    "401": "A password is asked for: send it as a bearer token.",
    "403": "A page of another origin asked.",
    "404": "No such model, or no such address.",
    "411": "The request does not say how long its body is.",
    "413": "The body is too large.",
    "429": "Too many questions wait already.",
    "500": "Footnote could not answer.",
    "503": "The models are being loaded, or cannot be.",
}


def description() -> Form:
    """The whole document; paths are those under the server's address."""
    body = Completion.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas = {**body.pop("$defs"), "Completion": body, "Error": _ERROR}
    reply = _replied(_REPLY, ("400", "401", "403", "404", "411", "413", "429", "500", "503"))
    reply["200"]["content"]["text/event-stream"] = {"schema": {"type": "string"}}
    named = {"name": "model", "in": "path", "required": True, "schema": {"type": "string", "enum": [MODEL]}}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Footnote",
            "version": "1",
            "description": "Cited answers from the documents on this machine.",
        },
        "components": {"schemas": schemas, "securitySchemes": {"password": {"type": "http", "scheme": "bearer"}}},
        "paths": {
            "/v1/chat/completions": {
                "post": {
                    "operationId": "complete",
                    "summary": "Answer the last message of the user.",
                    "requestBody": {
                        "required": True,
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Completion"}}},
                    },
                    "responses": reply,
                }
            },
            "/v1/models": {
                "get": {"operationId": "models", "responses": _replied(_LIST, ("401", "403"))},
            },
            "/v1/models/{model}": {
                "get": {
                    "operationId": "model",
                    "parameters": [named],
                    "responses": _replied(_MODEL, ("401", "403", "404")),
                }
            },
        },
    }


def _replied(form: Form, problems: tuple[str, ...]) -> Form:
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {
        "200": {"description": "Done.", "content": {"application/json": {"schema": form}}},
        **{status: {"description": _PROBLEMS[status], "content": error} for status in problems},
    }
