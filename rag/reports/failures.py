"""Every question of an evaluation that did not go as it should, as HTML to click open: expected, said, cited, read.

What was held back is shown as such. Every word of a document, a question or a model passes through `plain`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from rag.escaped import plain
from rag.evaluation.report import Report
from rag.evaluation.scoring import Record, at_threshold, evidence_read, outcome
from rag.reports.table import FAILURES

KINDS: Mapping[str, str] = {
    **{name: words[0].upper() + words[1:] for name, words in FAILURES.items()},
    "unsupported": "Right or not scored, with a sentence that is not supported",
    "unread": "Right or not scored, though not all gold evidence was read",
}
SURROUNDINGS = 200  # characters of the document on either side of the gold evidence
LONGEST_EVIDENCE = 800

_SIGNS = {"supported": "✓", "partial": "~", "unsupported": "✗"}


def section(report: Report) -> str:
    """All failures, by what went wrong; each question stands in one group, that of the worst."""
    groups: dict[str, list[Record]] = {kind: [] for kind in KINDS}
    for record in report.records:
        kind = _kind(record)
        if kind:
            groups[kind].append(record)
    if not any(groups.values()):
        return "<h2>Failures</h2><p>None.</p>"
    shown = [(kind, records) for kind, records in groups.items() if records]
    links = "".join(f'<li><a href="#{_anchor(kind)}">{KINDS[kind]}</a>: {len(records)}</li>' for kind, records in shown)
    blocks = "".join(
        f'<h3 id="{_anchor(kind)}">{KINDS[kind]} ({len(records)})</h3>{"".join(_failure(r, report) for r in records)}'
        for kind, records in shown
    )
    return f'<h2>Failures</h2><ul class="contents">{links}</ul>{blocks}'


def anchor(question_id: str) -> str:
    """The name of a question's place on the page."""
    return f"question-{quote(question_id, safe='')}"


def _anchor(kind: str) -> str:
    return kind.replace(" ", "-")


def _kind(record: Record) -> str | None:
    found = outcome(record)
    if found in FAILURES:
        return found
    if any(sentence["support"] == "unsupported" for sentence in record["sentences"]):
        return "unsupported"
    read = evidence_read(record)
    return "unread" if read.hits < read.of else None


def _failure(record: Record, report: Report) -> str:
    parts = [_expected(record, report), _said(record), _read(record)]
    summary = f'<span class="id">{plain(record["id"])}</span> {plain(record["question"])}'
    return f'<details class="case" id="{anchor(record["id"])}"><summary>{summary}</summary>{"".join(parts)}</details>'


def _expected(record: Record, report: Report) -> str:
    gold = record["gold"]
    if gold["answerable"] is False:
        return "<h4>Expected</h4><p>That the documents do not say.</p>"
    joined = " and " if gold["answers_all_required"] else " or "
    answers = joined.join(f"<q>{plain(answer)}</q>" for answer in gold["answers"]) or "Not known."
    evidence = "".join(_evidence(span, record, report) for span in gold["spans"])
    return f"<h4>Expected</h4><p>{answers}</p>{evidence}"


def _evidence(span: Record, record: Record, report: Report) -> str:
    document = report.documents[span["document_id"]]
    start, end = span["start"], min(span["end"], span["start"] + LONGEST_EVIDENCE)
    before = document.text[max(0, start - SURROUNDINGS) : start]
    after = document.text[end : end + SURROUNDINGS]
    if start > SURROUNDINGS:
        before = f"… {before.partition(' ')[2]}"
    if end + SURROUNDINGS < len(document.text):
        after = f"{after.rpartition(' ')[0]} …"
    read = evidence_read({**record, "gold": {"spans": [span]}}).hits
    words = f"{plain(before)}<mark>{plain(document.text[start:end])}</mark>{plain(after)}"
    return (
        f'<figure class="quote"><blockquote dir="auto">{words}</blockquote>'
        f"<figcaption>{plain(document.title)}, {span['start']}:{span['end']}"
        f" — {'was read' if read else 'was not read'}</figcaption></figure>"
    )


def _said(record: Record) -> str:
    written = at_threshold(record, 0.0)
    held_back = not record["answered"]
    confidence = f"confidence {record['confidence']:.2f}"
    if not written["answered"]:
        return f"<h4>Declined</h4><p>Nothing was written, {confidence}.</p>"
    heading = f"Written, and held back: {confidence}" if held_back else f"Said: {confidence}"
    sentences = "".join(_sentence(sentence) for sentence in written["sentences"])
    return f'<h4>{heading}</h4><ul class="sentences">{sentences}</ul>'


def _sentence(sentence: Mapping[str, Any]) -> str:
    support = sentence["support"]
    reasons = f' <span class="why">{plain("; ".join(sentence["reasons"]))}</span>' if sentence.get("reasons") else ""
    quotes = "".join(
        f'<blockquote dir="auto">[{citation["marker"]}] {plain(citation["quote"])} <cite>{plain(citation["title"])}'
        f"</cite></blockquote>"
        for citation in sentence["citations"]
    )
    return (
        f'<li class="{plain(support)}"><span class="sign" title="{plain(support)}">{_SIGNS[support]}</span> '
        f'<span dir="auto">{plain(sentence["text"])}</span>{reasons}{quotes}</li>'
    )


def _read(record: Record) -> str:
    passages = "".join(
        f"<li><cite>{plain(passage['title'])}</cite>{_page(passage)}, {passage['start']}:{passage['end']}"
        f'<blockquote dir="auto">{_marked(passage, record["gold"]["spans"])}</blockquote></li>'
        for passage in record["passages"]
    )
    summary = f"Passages that were read: {len(record['passages'])}"
    return f"<details><summary>{summary}</summary><ol>{passages}</ol></details>"


def _page(passage: Record) -> str:
    return "" if passage["page"] is None else f", page {passage['page']}"


def _marked(passage: Record, spans: Sequence[Record]) -> str:
    """The passage with the gold evidence in it marked."""
    places = sorted(
        (max(span["start"], passage["start"]) - passage["start"], min(span["end"], passage["end"]) - passage["start"])
        for span in spans
        if span["document_id"] == passage["document_id"]
    )
    shown, position = "", 0
    for start, end in places:
        if position <= start < end:
            shown += f"{plain(passage['text'][position:start])}<mark>{plain(passage['text'][start:end])}</mark>"
            position = end
    return shown + plain(passage["text"][position:])
