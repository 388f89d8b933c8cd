"""Records to HTML strings. Pure: text in, text out; no gradio, no session, no clock.

Every word of a document, a question or a model passes through `plain` before it stands in HTML, so that it can never
become markup. The class names are those of `assets/page.css`; links are those that `assets/page.js` opens.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.records import DocumentSummary, Hit
from rag.doubts import in_words, instead_in_words, unsure_in_words
from rag.escaped import plain
from rag.opening import State
from rag.records import Answer, Dispute, Sentence, Support
from rag.speech import is_item
from rag.turns import NOTE_CHARACTERS, Turn

QUESTION_SHOWN = 600  # characters of a question that the conversation repeats
PASSAGE_SHOWN = 180  # characters of a passage in a list

_STANDINGS: dict[Support, tuple[str, str]] = {  # the sign beside a sentence and its word; form as well as colour
    "supported": ("\N{CHECK MARK}", "Supported"),
    "partial": ("\N{CIRCLE WITH LEFT HALF BLACK}", "Partly supported"),
    "unsupported": ("\N{MULTIPLICATION X}", "Not supported"),
}
_STATES: dict[State, tuple[str, str]] = {
    "opening": ("working", "Opening the library"),
    "warming": ("working", "Loading the models; you can ask already"),
    "ready": ("good", "Ready, and offline"),
    "fault": ("bad", ""),
}


def header(state: State, message: str, documents: Sequence[DocumentSummary] | None) -> str:
    """The line at the top: what is loaded, how many documents there are, what is wrong."""
    mood, words = _STATES[state]
    count = "" if documents is None else f"{counted(len(documents), 'document')} \N{MIDDLE DOT} "
    return (
        '<div class="fn-header"><h1>Footnote</h1>'
        f'<p class="fn-state fn-{mood}" role="status"><span class="fn-dot" aria-hidden="true"></span>'
        f"{count}{plain(message or words)}</p></div>"
    )


def welcome(documents: Sequence[DocumentSummary] | None) -> str:
    """What stands where the conversation will be: an invitation, or how to add documents when there are none."""
    if documents is None:
        return ""
    if not documents:
        return (
            '<div class="fn-welcome"><h2>No documents yet</h2>'
            "<p>Footnote answers from your own documents. Add some under <strong>Documents</strong> above, or in a "
            "terminal:</p><pre><code>footnote add PATH/TO/FOLDER</code></pre></div>"
        )
    return (
        '<div class="fn-welcome"><h2>Ask your documents</h2>'
        "<p>Every sentence of an answer carries a footnote. Click it to see the exact words in the source.</p></div>"
    )


def conversation(turns: Sequence[Turn]) -> str:
    """Finished turns, oldest first."""
    return "".join(turn_html(turn) for turn in turns)


def turn_html(turn: Turn) -> str:
    """A question with all that has come of it so far. Parts keep their place while the turn grows."""
    body = {"done": _finished, "fault": _fault, "stopped": _unfinished}.get(turn.stage, _unfinished)(turn)
    label = plain(clipped(turn.question, PASSAGE_SHOWN))
    understood = f'<p class="fn-note" dir="auto">Understood as: {plain(turn.standalone)}</p>' if turn.standalone else ""
    return (
        f'<article class="fn-turn" id="turn-{plain(turn.key)}" data-stage="{turn.stage}" aria-label="{label}">'
        f'<div class="fn-question" dir="auto">{plain(clipped(turn.question, QUESTION_SHOWN))}</div>'
        f'<div class="fn-answer">{understood}{body}{_acts(turn)}</div></article>'
    )


def _acts(turn: Turn) -> str:
    """What can be done with a question that has ended; `assets/page.js` does it."""
    if not turn.finished:
        return ""
    liked, disliked = (str(turn.liked is wanted).lower() for wanted in (True, False))
    thumbs = (
        f'<button type="button" data-act="like" aria-pressed="{liked}">Good answer</button>'
        f'<button type="button" data-act="dislike" aria-pressed="{disliked}">Bad answer</button>'
        f'<label class="fn-remark"{" hidden" if turn.liked is None else ""}>'
        f'<span>Note, kept on this machine</span><input type="text" maxlength="{NOTE_CHARACTERS}" '
        f'value="{plain(turn.note)}"></label>'
    )
    return (
        '<div class="fn-acts"><button type="button" data-act="again">Ask again</button>'
        '<button type="button" data-act="edit">Edit question</button>'
        '<button type="button" data-act="copy">Copy with footnotes</button>'
        f'{thumbs if turn.stage == "done" else ""}<span class="fn-note" role="status"></span></div>'
    )


def source_fault_html(message: str) -> str:
    return f'<p class="fn-fault" role="alert">{plain(message)}</p>'


def _unfinished(turn: Turn) -> str:
    stopped = turn.stage == "stopped"
    note = "Stopped. What is here was kept; it is not a whole answer." if stopped else ""
    draft = f'<span class="fn-draft" dir="auto">{plain(turn.draft)}</span>' if turn.draft else ""
    return (
        _stage(turn)
        + f'<div class="fn-prose">{_sentences(turn)}{draft}</div>'
        + (f'<p class="fn-note">{note}</p>' if stopped else "")
        + _found(turn)
    )


def _finished(turn: Turn) -> str:
    answer = turn.answer
    if answer is None:
        raise ValueError("a finished turn holds an answer")
    if not answer.answered:
        said = f'<p class="fn-declined" dir="auto">{plain(answer.answer)}</p>' + _instead(turn, answer)
        return said + passages_html(turn, "The nearest passages") + f'<p class="fn-closing">{_id(answer)}</p>'
    prose = f'<div class="fn-prose">{_sentences(turn)}</div>'
    if answer.left_out:
        left_out = f"{counted(answer.left_out, 'sentence')} that the documents do not support: left out, as you chose."
        prose += f'<p class="fn-note">{left_out}</p>'
    unsure = unsure_in_words(answer)
    if unsure:
        prose += f'<p class="fn-unsure" role="note">{unsure}</p>'
    return prose + _rests_on(answer) + _footnotes(turn, answer) + _closing_line(answer)


def _fault(turn: Turn) -> str:
    kept = f'<div class="fn-prose">{_sentences(turn)}</div>' if turn.sentences else ""
    return kept + f'<p class="fn-fault" role="alert"><strong>Could not answer.</strong> {plain(turn.message)}</p>'


def _stage(turn: Turn) -> str:
    match turn.stage:
        case "waiting":
            words = f"Waiting, {turn.before} before you" if turn.before else "Waiting"
        case "searching":
            words = "Looking for passages"
        case "reading":
            documents = len({hit.passage.document_id for hit in turn.hits})
            read = f"{counted(len(turn.hits), 'passage')} from {counted(documents, 'document')}"
            words = "Not sure yet: looking once more" if turn.reading.again else f"Reading {read}"
        case "writing":
            words = "Writing"
        case _:
            return ""
    bar = ""
    if turn.stage == "reading" and turn.reading.done < turn.reading.total:
        bar = f'<progress max="{turn.reading.total}" value="{turn.reading.done}" aria-label="How far"></progress>'
        left = turn.reading.seconds_left
        words += f" \N{MIDDLE DOT} about {duration(left)} left" if left else ""
    busy = '<span class="fn-busy" aria-hidden="true"></span>'
    return f'<div class="fn-stage"><p>{words}{busy}</p>{bar}</div>'


def _sentences(turn: Turn) -> str:
    return " ".join(_sentence(turn, number, sentence) for number, sentence in enumerate(turn.sentences))


def _sentence(turn: Turn, number: int, sentence: Sentence) -> str:
    links = "".join(_citation_link(turn, number, sentence, marker) for marker in sentence.markers)
    place = " fn-item" if is_item(sentence.text) else ""
    if not sentence.claim:
        return f'<span class="fn-sentence{place}" dir="auto">{plain(sentence.text)}</span>{links}'
    sign, word = _STANDINGS[sentence.support]
    why = plain(": ".join([word, "; ".join(sentence.reasons)]) if sentence.reasons else word)
    standing = (
        f'<span class="fn-standing" tabindex="0" role="note" aria-label="{why}" data-why="{why}">'
        f'<span aria-hidden="true">{sign}</span></span>'
    )
    words = f'<span class="fn-words" dir="auto">{plain(sentence.text)}</span>'
    disputes = "".join(_dispute(turn, number, sentence, dispute) for dispute in sentence.disputed)
    return f'<span class="fn-sentence fn-{sentence.support}{place}">{words}{links}{standing}{disputes}</span>'


def _dispute(turn: Turn, number: int, sentence: Sentence, dispute: Dispute) -> str:
    """What another document says in the place of a sentence's fact, with a link that opens it."""
    marker = dispute.citation.marker
    link = f'<a class="cite" href="#{turn.citation_reference(number, marker)}">[{marker}]</a>'
    return f' <span class="fn-note" role="note">Documents disagree: {plain(in_words(sentence, dispute))} {link}</span>'


def _citation_link(turn: Turn, number: int, sentence: Sentence, marker: int) -> str:
    citation = next(citation for citation in sentence.citations if citation.marker == marker)
    label = plain(f"Footnote {marker}: {citation.title}{on_page(citation.page)}")
    reference = turn.citation_reference(number, marker)
    return f'<a class="cite" href="#{reference}" aria-label="{label}" title="{label}">[{marker}]</a>'


def _found(turn: Turn) -> str:
    if not turn.hits:
        return ""
    return passages_html(turn, "Passages found")


def _instead(turn: Turn, answer: Answer) -> str:
    """What the documents tell about where the question names something else, each with a link to its passage."""
    places = {numbered.marker: place for place, numbered in enumerate(answer.passages)}
    return "".join(
        f'<p class="fn-note" dir="auto">{plain(instead_in_words(told))} '
        f'<a class="cite" href="#{turn.passage_reference(places[told.citation.marker])}">show it</a></p>'
        for told in answer.instead
    )


def passages_html(turn: Turn, title: str, *, numbered: bool = False) -> str:
    """The passages that a turn has shown, as links, under a title if there is one."""
    heading = f"<h2>{title}</h2>" if title else ""
    hits = enumerate(turn.shown_hits)
    items = "".join(_passage(turn, place, hit, place + 1 if numbered else None) for place, hit in hits)
    return f'<section class="fn-notes">{heading}<ol class="fn-plain">{items}</ol></section>'


def _rests_on(answer: Answer) -> str:
    """The documents that an answer cites, those with most sentences first."""
    sentences: dict[str, int] = {}
    titles: dict[str, str] = {}
    for sentence in answer.sentences:
        for document in dict.fromkeys(citation.document_id for citation in sentence.citations):
            sentences[document] = sentences.get(document, 0) + 1
        titles |= {citation.document_id: citation.title for citation in sentence.citations}
    if not sentences:
        return ""
    items = ", ".join(
        f'<span class="fn-title" dir="auto">{plain(titles[one])}</span> ({counted(sentences[one], "sentence")})'
        for one in sorted(sentences, key=lambda one: -sentences[one])
    )
    return f'<p class="fn-rests fn-note">Rests on {items}</p>'


def _footnotes(turn: Turn, answer: Answer) -> str:
    cited_markers = {marker for sentence in answer.sentences for marker in sentence.markers}
    cited: list[str] = []
    read: list[str] = []
    for place, numbered in enumerate(answer.passages):
        target = cited if numbered.marker in cited_markers else read
        target.append(_passage(turn, place, numbered.hit, numbered.marker))
    parts = ""
    if cited:
        parts += f'<h2>Footnotes</h2><ol class="fn-plain">{"".join(cited)}</ol>'
    if read:
        parts += (
            f'<details id="read-{plain(turn.key)}"><summary>Also read: {counted(len(read), "passage")}</summary>'
            f'<ol class="fn-plain">{"".join(read)}</ol></details>'
        )
    return f'<section class="fn-notes">{parts}</section>' if parts else ""


def _passage(turn: Turn, place: int, hit: Hit, marker: int | None) -> str:
    number = "" if marker is None else f'<span class="fn-number">[{marker}]</span> '
    heading = f" \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} {hit.passage.heading}" if hit.passage.heading else ""
    return (
        f'<li><a class="cite fn-passage" href="#{turn.passage_reference(place)}">'
        f'{number}<span class="fn-title" dir="auto">{plain(hit.title)}</span>'
        f'<span class="fn-where" dir="auto">{plain(heading + on_page(hit.page))}</span>'
        f'<span class="fn-score" title="How well the passage fits the question">fit {hit.score:.2f}</span>'
        f'<span class="fn-start" dir="auto">{plain(clipped(_body(hit), PASSAGE_SHOWN))}</span></a></li>'
    )


def _body(hit: Hit) -> str:
    """A passage without the heading that it opens with: the list names that already."""
    text = hit.passage.text
    heading = re.match(r"#*\s*" + re.escape(hit.passage.heading) + r"\s*\n", text) if hit.passage.heading else None
    return text[heading.end() :] if heading else text


def _closing_line(answer: Answer) -> str:
    percent = round(100 * answer.confidence)
    timing = answer.timing
    return (
        f'<p class="fn-closing"><meter min="0" max="100" low="50" high="80" optimum="100" value="{percent}" '
        f'aria-hidden="true"></meter> Confidence {percent}%'
        f'<span class="fn-detail"> \N{MIDDLE DOT} first word after {timing.first_token_s:.1f} s, all after '
        f"{timing.total_s:.1f} s \N{MIDDLE DOT} {plain(answer.model.name)} \N{MIDDLE DOT} </span>{_id(answer)}</p>"
    )


def _id(answer: Answer) -> str:
    told = plain(f"footnote replay {answer.id} gives this answer again, or says what has changed since")
    return f'<span class="fn-id" title="{told}">answer {plain(answer.id)}</span>'


def on_page(page: int | None) -> str:
    return "" if page is None else f", page {page}"


def duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def clipped(text: str, characters: int) -> str:
    flat = " ".join(text[: 4 * characters].split())
    return flat if len(flat) <= characters else flat[: characters - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"
