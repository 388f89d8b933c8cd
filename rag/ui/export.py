"""A kept conversation as a file: Markdown with footnotes, HTML that stands alone, JSON.

Pure: records in, text out. Footnotes are numbered through the whole file; each holds every quote that the sentences
of one answer take from one passage. Text of documents and models is escaped in both, so that it stays text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from string import Template
from urllib.parse import quote

from rag import forms
from rag.conversations import Conversation, KeptTurn
from rag.doubts import instead_in_words, unsure_in_words
from rag.escaped import plain, undirected
from rag.records import Citation
from rag.speech import is_item
from rag.turns import Turn

STANDINGS = {"supported": "", "partial": "partly supported", "unsupported": "not supported"}
_MARKDOWN = re.compile(r"[\\`*_{}\[\]<>#|~$&!^]|(?m:^)[-+=](?=\s|[-=])|(?m:(?<=^\d)|(?<=^\d\d))[.)](?=\s)")


@dataclass(frozen=True, slots=True)
class Note:
    """One footnote of the file: `number` in the file, and what the sentences of one answer quote under one marker."""

    number: int
    title: str
    path: str
    page: int | None
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of file: its media type and how it is written."""

    media_type: str
    written: Callable[[Conversation, Sequence[KeptTurn]], str]


def notes_of(turn: Turn, first: int) -> dict[int, Note]:
    """The footnotes of a turn by the markers of its answer, numbered from `first` on."""
    cited: dict[int, list[Citation]] = {}
    for sentence in turn.sentences:
        for citation in sentence.citations:
            cited.setdefault(citation.marker, []).append(citation)
    notes = {}
    for number, marker in enumerate(sorted(cited), start=first):
        found = cited[marker]
        quotes = tuple(dict.fromkeys(one.quote for one in sorted(found, key=lambda one: one.start)))
        notes[marker] = Note(number, found[0].title, found[0].path, found[0].page, quotes)
    return notes


def one_markdown(turn: Turn) -> str:
    """One question with its answer, for the clipboard."""
    lines, notes = _section(turn, 1)
    return "\n".join([*lines, "", *map(_definition, notes)]).rstrip() + "\n"


def markdown(conversation: Conversation, turns: Sequence[KeptTurn]) -> str:
    """Headings are the questions; footnotes in the `[^1]` form that most renderers know."""
    lines = [f"# {_plain(conversation.title)}", ""]
    every: list[Note] = []
    for kept in turns:
        section, notes = _section(kept.turn, len(every) + 1)
        every += notes
        lines += [*section, "", f"*{_asked(kept)}*", ""]
    lines += map(_definition, every)
    return "\n".join(lines).rstrip() + "\n"


def _section(turn: Turn, first: int) -> tuple[list[str], list[Note]]:
    """The lines of one question and its answer, and its footnotes, numbered from `first` on."""
    notes = notes_of(turn, first)
    paragraph = ""
    for sentence in turn.sentences:
        markers = "".join(f"[^{notes[marker].number}]" for marker in sentence.markers)
        standing = STANDINGS[sentence.support] if sentence.claim else ""
        reasons = f" *({_plain(': '.join([standing, *sentence.reasons]))})*" if standing else ""
        before = "\n- " if is_item(sentence.text) else " "
        paragraph += before + _plain(_unlisted(sentence.text)) + markers + reasons
    heading = f"## {_plain(' '.join(turn.question.split()))}"
    understood = f"*{_plain(' '.join(_understood(turn).split()))}*\n" if turn.standalone else ""
    parts = (understood, paragraph.strip(), _plain(_outcome(turn)))
    return [heading, "", *(line for line in parts if line)], list(notes.values())


def _definition(note: Note) -> str:
    quotes = "\n".join(f"    > {_plain(' '.join(words.split()))}\n" for words in note.quotes)
    return f"[^{note.number}]: {_plain(_place(note))}\n\n{quotes}"


def html(conversation: Conversation, turns: Sequence[KeptTurn]) -> str:
    """One file with its style in it, without script; a footnote leads to its quotes and back."""
    parts: list[str] = []
    every: list[Note] = []
    for kept in turns:
        turn = kept.turn
        notes = notes_of(turn, len(every) + 1)
        back: set[int] = set()
        parts.append(f'<section><h2 dir="auto">{plain(turn.question)}</h2>')
        if turn.standalone:
            parts.append(f'<p dir="auto"><small>{plain(_understood(turn))}</small></p>')
        parts.append("<p>")
        for sentence in turn.sentences:
            links = ""
            for marker in sentence.markers:
                number = notes[marker].number
                anchor = "" if number in back else f' id="from-{number}"'
                back.add(number)
                links += f'<a{anchor} href="#note-{number}">[{number}]</a>'
            standing = STANDINGS[sentence.support] if sentence.claim else ""
            why = f" <em>({plain(': '.join([standing, *sentence.reasons]))})</em>" if standing else ""
            shown = "block" if is_item(sentence.text) else "inline"
            parts.append(f'<span class="{shown}" dir="auto">{plain(sentence.text)}</span>{links}{why} ')
        parts.append(f"</p><p>{plain(_outcome(turn))}</p><p><small>{plain(_asked(kept))}</small></p></section>")
        every += notes.values()
    for note in every:
        quotes = "".join(f'<blockquote dir="auto">{plain(words)}</blockquote>' for words in note.quotes)
        parts.append(
            f'<section class="note" id="note-{note.number}"><p><a href="#from-{note.number}">[{note.number}]</a> '
            f'<cite dir="auto">{plain(_place(note))}</cite></p>{quotes}</section>'
        )
    frame = Template((files("rag.ui") / "assets" / "export.html").read_text(encoding="utf-8"))
    return frame.substitute(title=plain(conversation.title), conversation="".join(parts))


def as_json(conversation: Conversation, turns: Sequence[KeptTurn]) -> str:
    """`answer` is the form of `footnote ask --json`, or null where there is none; `sentences` are always there."""
    form = {
        "id": conversation.id,
        "title": conversation.title,
        "begun_at": conversation.begun_at,
        "turns": [
            {
                "question": kept.turn.question,
                "standalone": kept.turn.standalone or None,
                "asked_at": kept.asked_at,
                "stage": kept.turn.stage,
                "message": kept.turn.message,
                "sentences": [forms.sentence_form(sentence) for sentence in kept.turn.sentences],
                "answer": forms.answer_form(kept.turn.answer) if kept.turn.answer else None,
                "liked": kept.turn.liked,
                "note": kept.turn.note,
            }
            for kept in turns
        ],
    }
    return json.dumps(form, ensure_ascii=False, indent=2) + "\n"


FORMS = {
    "md": Form("text/markdown; charset=utf-8", markdown),
    "html": Form("text/html; charset=utf-8", html),
    "json": Form("application/json", as_json),
}


def file_name(conversation: Conversation, form: str) -> str:
    """A file name after the conversation's, percent-encoded for a header."""
    words = re.sub(r"[^\w-]+", " ", conversation.title).strip() or "conversation"
    return quote(f"{words}.{form}")


def _understood(turn: Turn) -> str:
    """How a question that leans on earlier ones was understood, in the words of the page."""
    return f"Understood as: {turn.standalone}"


def _outcome(turn: Turn) -> str:
    """What is to be said where there is no whole answer, or none to be sure of."""
    if turn.answer is not None and turn.answer.answered:
        return unsure_in_words(turn.answer)
    if turn.answer is not None:
        return " ".join([turn.answer.answer, *map(instead_in_words, turn.answer.instead)])
    words = {"stopped": "Stopped: not a whole answer.", "fault": f"Could not answer. {turn.message}"}
    return words.get(turn.stage, "")


def _asked(kept: KeptTurn) -> str:
    answer = kept.turn.answer
    confidence = f", confidence {round(100 * answer.confidence)}%" if answer and answer.answered else ""
    model = f", {answer.model.name}" if answer else ""
    return f"Asked {kept.asked_at[:16].replace('T', ' ')} UTC{model}{confidence}"


def _place(note: Note) -> str:
    page = "" if note.page is None else f", page {note.page}"
    return f"{note.title}{page} ({note.path})"


def _unlisted(text: str) -> str:
    return re.sub(r"^\s*(?:[-*\N{BULLET}]|\d+[.)])\s+", "", text)


def _plain(text: str) -> str:
    """Text that Markdown shows as it is: what could be read as markup is escaped."""
    return _MARKDOWN.sub(r"\\\g<0>", undirected(text))
