"""Prompts as turns of parts, built from the templates.

A part is text that is read as one piece: two prompts that begin with the same parts share what was read of them. So
the question is a part by itself, behind the passages: another one on the same passages, or the same one read through an
adapter, costs no more than itself. Whatever differs between two readings of a question comes last.
Knows nothing of any model's chat format; `generate` turns a prompt into tokens.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from index.records import Hit
from rag.excluding import whole
from rag.passes import Purpose
from rag.referents import with_names
from rag.templates import Templates
from rag.vocabulary import YEAR
from rag.words import language_of

_LANGUAGES = {"de": "German", "ru": "Russian"}  # those that questions are told apart in, but English

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a conversation; its text is its parts, joined."""

    role: Role
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prompt:
    """The turns that a model reads before it writes, the words with which it is made to begin, if any, and those to
    which it is to keep where it can. The last part, and what is written behind it, goes through the adapter for its
    `purpose`, if there is one."""

    turns: tuple[Turn, ...]
    opening: str = ""
    source: str = ""
    purpose: Purpose | None = None


def passage_text(hit: Hit, templates: Templates) -> str:
    """A passage as the model sees it: under its title, without a number (numbers belong to the checker)."""
    return templates.render("passage", title=_one_line(hit.title), text=_one_line(hit.passage.text))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def part(hit: Hit, templates: Templates, *, titled: bool) -> str:
    """A passage as a part of a prompt; of those of one document only the first stands under its title."""
    return f"{passage_text(hit, templates) if titled else _one_line(hit.passage.text)}\n\n"


def _reading(hits: Sequence[Hit], templates: Templates) -> str:
    """The passages, those of one document together in its own order under its title."""
    documents: dict[str, list[Hit]] = {}
    for hit in with_names(hits):
        documents.setdefault(hit.passage.document_id, []).append(hit)
    parts = []
    for found in documents.values():
        first, *others = sorted(found, key=lambda hit: hit.passage.start)
        parts.append(part(first, templates, titled=True))
        parts += [part(hit, templates, titled=False) for hit in others]
    return "".join(parts)


def question_text(question: str, templates: Templates) -> str:
    """The question as the last part ends with it. A small model answers in English unless it is told beside it."""
    question = _one_line(question)
    language = _LANGUAGES.get(language_of(question))
    if language:
        return templates.render("question_in", language=language, question=question)
    return templates.render("question", question=question)


def read(hits: Sequence[Hit]) -> str:
    """All words of the passages, with those of their titles and headings."""
    return " ".join(f"{hit.title} {hit.passage.heading} {hit.passage.text}" for hit in hits)


def dated(hits: Sequence[Hit]) -> str:
    """All these words, with the dates of the documents they are from."""
    return " ".join((read(hits), *(hit.date or "" for hit in hits)))


def unstated_years(question: str, hits: Sequence[Hit]) -> tuple[str, ...]:
    """The years of the question that stand nowhere in what is read, and are those of no document read."""
    words = dated(hits)
    return tuple(year for year in dict.fromkeys(YEAR.findall(question)) if year not in words)


def posed(question: str, hits: Sequence[Hit]) -> str:
    """The question as it is put to the model: for all where it leaves something out, and without the years that only it
    states, and that the model would repeat as if a passage gave them."""
    for year in unstated_years(question, hits):
        question = re.sub(rf"\s*(?:\b(?:in|of|for|since|im|von)\s+)?\b{year}\b", "", question)
    return whole(question)


def asking(question: str, hits: Sequence[Hit], templates: Templates) -> Prompt:
    """The passages and the question as they stand, which is the last part."""
    return _asking(question, _reading(hits, templates), templates)


def _asking(question: str, read: str, templates: Templates) -> Prompt:
    asked = question_text(question, templates)
    return Prompt((Turn("system", (templates.render("system"),)), Turn("user", (read, asked) if read else (asked,))))


def answering(
    question: str, hits: Sequence[Hit], templates: Templates, opening: str = "", purpose: Purpose | None = None
) -> Prompt:
    """The prompt to answer `question` from `hits`, in an answer that begins with `opening`; question and answer go
    through the adapter for a `purpose`."""
    source = _reading(hits, templates)
    asked = _asking(posed(question, hits), source, templates)
    return replace(asked, opening=opening, source=source, purpose=purpose)


def answerable(question: str, hits: Sequence[Hit], templates: Templates) -> Prompt:
    """The same reading, then the question whether the passages say it: to be answered yes or no."""
    system, user = asking(question, hits, templates).turns
    return Prompt((system, Turn("user", (*user.parts, f"\n\n{templates.render('answerable')}"))))
