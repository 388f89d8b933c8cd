"""A checked text as HTML: every sentence with its standing, the reason for it, and links to the words in the documents.

Pure, like `render`: every word of the text and of the documents is escaped.
"""

from __future__ import annotations

from rag.doubts import in_words
from rag.escaped import plain
from rag.records import CheckedText, Standing, Statement
from rag.turns import Turn
from rag.ui.checks import Check
from rag.ui.render import counted, passages_html

# The sign beside a sentence, its word, and the class that gives it its colour; form as well as colour.
_STANDINGS: dict[Standing, tuple[str, str, str]] = {
    "supported": ("\N{CHECK MARK}", "Supported", "supported"),
    "partly supported": ("\N{CIRCLE WITH LEFT HALF BLACK}", "Partly supported", "partial"),
    "contradicted": ("\N{MULTIPLICATION X}", "Contradicted", "unsupported"),
    "not found": ("?", "Not found in your documents", "unknown"),
    "no claim": ("\N{EN DASH}", "Nothing to check", "silent"),
}

INVITATION = (
    '<div class="fn-welcome"><h2>Check a text against your documents</h2>'
    "<p>A draft, a mail, an answer of another program: each of its sentences is held against your documents. Click a "
    "number to see the exact words.</p></div>"
)


def check_html(check: Check | None) -> str:
    """A text with how far its check has come, and what was found once it has ended."""
    if check is None:
        return INVITATION
    if check.stage == "fault":
        body = f'<p class="fn-fault" role="alert">{plain(check.message)}</p>'
    elif check.stage == "stopped":
        body = '<p class="fn-note">Stopped. Nothing was checked to the end.</p>'
    elif check.checked is None:
        body = _progress(check)
    else:
        body = _findings(check.checked, check.turn)
    return f'<article class="fn-turn fn-check" data-stage="{check.stage}" id="check-{check.key}">{body}</article>'


def _progress(check: Check) -> str:
    done, total = check.progress.done, check.progress.total
    words = f"Checking sentence {done + 1:,} of {total:,}" if total else "Waiting for its turn"
    bar = f'<progress max="{max(total, 1)}" value="{done}" aria-label="How far"></progress>'
    busy = '<span class="fn-busy" aria-hidden="true"></span>'
    return f'<div class="fn-stage"><p>{words}{busy}</p>{bar}</div>'


def _findings(checked: CheckedText, turn: Turn) -> str:
    count = len(checked.passages)
    items = "".join(_item(statement, number, turn) for number, statement in enumerate(checked.statements))
    return (
        f'<p class="fn-sum">{summary(checked)}</p><ol class="fn-plain fn-statements">{items}</ol>'
        f'<details id="looked-{turn.key}"><summary>Looked at: {counted(count, "passage")}</summary>'
        f"{passages_html(turn, '', numbered=True)}</details>"
    )


def summary(checked: CheckedText) -> str:
    """How many sentences stand how, in words."""
    counts = {standing: 0 for standing in _STANDINGS}
    for statement in checked.statements:
        counts[statement.standing] += 1
    told = ", ".join(f"{number:,} {standing}" for standing, number in counts.items() if number)
    return f"{counted(len(checked.statements), 'sentence')}: {told}."


def _item(statement: Statement, number: int, turn: Turn) -> str:
    sign, word, look = _STANDINGS[statement.standing]
    sentence = statement.sentence
    reasons = f": {'; '.join(sentence.reasons)}" if sentence.reasons else ""
    against = {citation.marker for citation in statement.against}
    markers = dict.fromkeys((*sentence.markers, *(citation.marker for citation in statement.against)))
    links = "".join(_link(turn, number, marker, marker in against) for marker in markers)
    why = f'<span class="fn-why" dir="auto">{plain(word + reasons)}</span>'
    for dispute in sentence.disputed:
        told = plain(f"Documents disagree: {in_words(sentence, dispute)}")
        why += f'<span class="fn-why fn-disputed" dir="auto">{told}</span>'
    return (
        f'<li class="fn-sentence fn-{look}"><span class="fn-standing" aria-hidden="true">{sign}</span>'
        f'<p><span class="fn-words" dir="auto">{plain(sentence.text)}</span>{links}{why}</p></li>'
    )


def _link(turn: Turn, number: int, marker: int, against: bool) -> str:
    citations = turn.sentences[number].citations
    title = next(citation.title for citation in citations if citation.marker == marker)
    label = plain(f"Footnote {marker}{', which says otherwise' if against else ''}: {title}")
    reference = turn.citation_reference(number, marker)
    return f'<a class="cite" href="#{reference}" aria-label="{label}" title="{label}">[{marker}]</a>'
