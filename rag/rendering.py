"""What the command line prints for people: answers with their footnotes, passages, documents, ledgers.

It knows columns, colours and marks. Every verdict has a mark and a word besides its colour, so it reads the same
without colours, and every text of a document or a model goes through `safe`. JSON is the business of `forms`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from rich.text import Text

from index.records import Document, DocumentSummary, Hit, Ledger
from rag.doubts import disputes, instead_in_words, unsure_in_words
from rag.records import (
    Answer,
    CheckedText,
    Citation,
    NumberedPassage,
    Sentence,
    Standing,
)
from rag.speech import is_item
from rag.terminal import Terminal, safe, safe_line, shortened

if TYPE_CHECKING:
    from rag.doctor import Examination
    from rag.models import Check, Model
    from rag.recording import Record

MARKS = {"supported": ("✓", "green"), "partial": ("~", "yellow"), "unsupported": ("✗", "red")}
WORDS = {"supported": "supported", "partial": "partly supported", "unsupported": "not supported"}
STANDINGS: dict[Standing, tuple[str, str]] = {
    "supported": ("✓", "green"),
    "partly supported": ("~", "yellow"),
    "contradicted": ("✗", "red"),
    "not found": ("?", "magenta"),
    "no claim": ("·", "dim"),
}
EXCERPT = 200
SHORT_ID = 12


def print_answer(terminal: Terminal, answer: Answer) -> None:
    """The answer with a verdict after each sentence, its footnotes, what is not supported and why, and the figures."""
    if answer.standalone:
        _hang(terminal, Text("Understood as: ", style="dim"), Text(safe_line(answer.standalone), style="dim"))
        terminal.print()
    if not answer.answered:
        _flow(terminal, Text(safe(answer.answer), style="bold"))
        for one in answer.instead:
            _hang(terminal, Text(f"[{one.citation.marker}] "), Text(safe_line(instead_in_words(one)), style="yellow"))
        _print_nearest(terminal, answer.passages)
        _print_figures(terminal, answer)
        return
    _flow(terminal, _prose(answer.sentences))
    _print_footnotes(terminal, answer.sentences)
    _print_disputes(terminal, answer.sentences)
    doubtful = [sentence for sentence in answer.sentences if sentence.claim and sentence.support != "supported"]
    if doubtful:
        terminal.print()
    for sentence in doubtful:
        mark, colour = MARKS[sentence.support]
        body = Text(f"{WORDS[sentence.support]}: ", style=colour)
        body.append(f"“{_excerpt(sentence.text, 100)}”", style="default")
        body.append(f" — {safe_line('; '.join(sentence.reasons))}" if sentence.reasons else "", style="default")
        _hang(terminal, Text(f"{mark} ", style=colour), body)
    _print_figures(terminal, answer)


def print_checked(terminal: Terminal, checked: CheckedText) -> None:
    """Each sentence below the other with its standing, the reasons and what says otherwise; then the footnotes."""
    for statement in checked.statements:
        mark, colour = STANDINGS[statement.standing]
        body = Text(safe(statement.sentence.text))
        for marker in statement.sentence.markers:
            body.append(f" [{marker}]", style="cyan")
        _hang(terminal, Text(f"{mark} ", style=colour), body)
        if statement.standing in ("supported", "no claim"):
            continue
        reasons = safe_line("; ".join(statement.sentence.reasons))
        _hang(terminal, Text("  → "), Text.assemble((f"{statement.standing}: ", colour), reasons))
        for citation in statement.against if statement.standing == "contradicted" else ():
            said = Text.assemble(("says otherwise: ", colour), f"“{safe_line(citation.quote)}” — ")
            _hang(terminal, Text("  → "), said.append_text(_place(citation.title, citation.page)))
    counts = Counter(statement.standing for statement in checked.statements)
    sentences = [statement.sentence for statement in checked.statements]
    _print_footnotes(terminal, sentences)
    _print_disputes(terminal, sentences)
    terminal.print()
    told = ", ".join(f"{counts[standing]:,} {standing}" for standing in STANDINGS if counts[standing])
    terminal.print(Text(f"{_counted(len(checked.statements), 'sentence')}: {told}", style="dim"))


def _print_disputes(terminal: Terminal, sentences: Iterable[Sentence]) -> None:
    for told in disputes(sentences):
        terminal.print()
        _hang(terminal, Text("! ", style="yellow"), Text.assemble(("documents disagree: ", "yellow"), safe_line(told)))


def _print_footnotes(terminal: Terminal, sentences: Sequence[Sentence]) -> None:
    """The quotes of each number on a paragraph of its own, after a blank line."""
    terminal.print()
    for marker, citations in groupby(_footnotes(sentences), key=lambda citation: citation.marker):
        first, *others = citations
        body = Text.assemble(_place(first.title, first.page), f" — “{safe_line(first.quote)}”")
        for citation in others:
            body.append(f" … “{safe_line(citation.quote)}”")
        _hang(terminal, Text(f"[{marker}] ", style="bold"), body)


def print_hits(terminal: Terminal, hits: Sequence[Hit]) -> None:
    """Passages found by a search, best first, whole."""
    if not hits:
        terminal.message("Nothing found.")
    for hit in hits:
        if hit.rank > hits[0].rank:
            terminal.print()
        heading = Text(f"{hit.rank}. ", style="bold")
        heading.append_text(_place(hit.title, hit.page))
        heading.append(
            f"  {hit.score:.2f}  {_reference(hit.passage.document_id, hit.passage.start, hit.passage.end)}", style="dim"
        )
        terminal.print(heading)
        _hang(terminal, Text("   "), Text(safe_line(hit.passage.text)))


def print_documents(terminal: Terminal, documents: Sequence[DocumentSummary]) -> None:
    """One line a document: short id, size, title, path. On a terminal too narrow for that the path stands below."""
    if not documents:
        terminal.message("No documents yet. Add some with: footnote add PATH")
        return
    counts = [f"{document.passages:,}" for document in documents]
    width = max(map(len, counts))
    for document, count in zip(documents, counts, strict=True):
        head = Text.assemble((document.id[:SHORT_ID], "yellow"), f"  {count:>{width}} passages  ")
        title, path = safe_line(document.title), safe_line(document.path)
        copies = len(document.paths) - 1
        more = f" and {_counted(copies, 'more place')}" if copies > 0 else ""
        line = Text.assemble(head, (title, "bold"), (f"  {path}{more}", "dim"))
        if terminal.out.is_terminal and line.cell_len > terminal.out.width:
            title = shortened(title, terminal.out.width - head.cell_len)
            path = shortened(path, terminal.out.width - len(f"    {more}"))
            line = Text.assemble(head, (title, "bold"), (f"\n    {path}{more}", "dim"))
        terminal.print(line)


def print_document(terminal: Terminal, document: Document, start: int, end: int) -> None:
    """The stored text of a span: safe and with an end of line on a terminal, to the character in a pipe or file."""
    text = document.text[start:end]
    if terminal.out.is_terminal:
        text = safe(text)
        text += "" if text.endswith("\n") else "\n"
    terminal.write(text)


def print_ledger(terminal: Terminal, ledger: Ledger) -> None:
    """What was done, in one line."""
    counts = {
        "added": ledger.added,
        "updated": ledger.updated,
        "unchanged": ledger.unchanged,
        "removed": ledger.removed,
        "skipped": len(ledger.skipped),
        "refused": len(ledger.refused),
    }
    done = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count) or "nothing to do"
    terminal.print(
        f"{done[0].upper()}{done[1:]} in {ledger.seconds:.1f} s. "
        f"The library holds {_counted(ledger.documents, 'document')} in {_counted(ledger.passages, 'passage')}."
    )


def print_refusals(terminal: Terminal, ledger: Ledger) -> None:
    """Each file that was refused or skipped, with its reason, and what is to be said of others, among the messages."""
    for file in ledger.notes:
        terminal.message(f"note on {file.path}: {file.reason}", style="yellow")
    for file in ledger.skipped:
        terminal.message(f"skipped {file.path}: {file.reason}", style="dim")
    for file in ledger.refused:
        terminal.message(f"refused {file.path}: {file.reason}", style="red")


def _prose(sentences: Iterable[Sentence]) -> Text:
    """The answer's sentences in a row, items of a list on lines of their own, as in `Answer.answer`."""
    prose = Text()
    for sentence in sentences:
        if prose:
            prose.append("\n" if is_item(sentence.text) else " ")
        prose.append_text(_sentence(sentence))
    return prose


def _sentence(sentence: Sentence) -> Text:
    text = Text(safe(sentence.text))
    for marker in sentence.markers:
        text.append(f" [{marker}]", style="cyan")
    if sentence.claim:
        mark, colour = MARKS[sentence.support]
        text.append(f" {mark}", style=colour)
    return text


def _footnotes(sentences: Iterable[Sentence]) -> list[Citation]:
    """Each quote once, by its number and then as it stands in its document."""
    quotes = {
        (citation.marker, citation.start, citation.end): citation
        for sentence in sentences
        for citation in sentence.citations
    }
    return [quotes[key] for key in sorted(quotes)]


def _print_nearest(terminal: Terminal, passages: Sequence[NumberedPassage]) -> None:
    if not passages:
        return
    terminal.print()
    terminal.print("The nearest passages:")
    for numbered in passages:
        body = Text.assemble(_place(numbered.hit.title, numbered.hit.page), " — “")
        body.append(f"{_excerpt(numbered.passage.text, EXCERPT)}”")
        _hang(terminal, Text(f"[{numbered.marker}] ", style="bold"), body)


def print_replay(terminal: Terminal, record: Record, identical: bool, changed: Sequence[str]) -> None:
    """Whether the answer above is that of then, and what is no longer as it was."""
    terminal.print()
    when = record.asked_at.replace("T", " ").removesuffix("+00:00")
    if identical:
        terminal.print(Text(f"✓ The same to the byte as on {when} UTC.", style="green"))
    else:
        terminal.print(Text(f"✗ Not the answer of {when} UTC, which was:", style="red"))
        _hang(terminal, Text("    "), Text(safe_line(str(record.form["answer"]))))
    for change in changed or (() if identical else ("nothing that is recorded has changed",)):
        _hang(terminal, Text("  → "), Text(safe_line(change)))


def _print_figures(terminal: Terminal, answer: Answer) -> None:
    timing = answer.timing
    what, first = "Confidence that they hold an answer", ""
    if answer.answered:
        what, first = "Confidence", f"first word after {timing.first_token_s:.1f} s, "
    terminal.print()
    if answer.left_out:
        terminal.print(Text(f"Left out, as you wish: {answer.left_out} not supported by the documents", style="dim"))
    if unsure_in_words(answer):
        _flow(terminal, Text(unsure_in_words(answer), style="yellow"))
    figures = f"{what} {answer.confidence:.0%} · {first}{timing.total_s:.1f} s in all · {answer.id}"
    terminal.print(Text(figures, style="dim"))


def _place(title: str, page: int | None) -> Text:
    place = Text(safe_line(title), style="italic")
    if page is not None:
        place.append(f", page {page}", style="not italic")
    return place


def _reference(document_id: str, start: int, end: int) -> str:
    """What `footnote show` takes to show this span."""
    return f"{document_id[:SHORT_ID]} --span {start}:{end}"


def _excerpt(text: str, length: int) -> str:
    line = safe_line(text)
    return line if len(line) <= length else line[: length - 1].rsplit(" ", 1)[0] + "…"


def _counted(count: int, thing: str) -> str:
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"


def _flow(terminal: Terminal, text: Text) -> None:
    """Running text: wrapped on a terminal, one line a paragraph elsewhere, for the reader's own tools to wrap."""
    if terminal.out.is_terminal:
        for line in text.wrap(terminal.out, terminal.width):
            terminal.print(_trimmed(line))
    else:
        terminal.print(text)


def _hang(terminal: Terminal, lead: Text, body: Text) -> None:
    """`body` beside `lead`, wrapped, its further lines below its first."""
    indent = lead.cell_len
    for number, line in enumerate(body.wrap(terminal.out, max(20, terminal.width - indent))):
        terminal.print(Text.assemble(lead if number == 0 else " " * indent, _trimmed(line)))


def _trimmed(line: Text) -> Text:
    line.rstrip()
    return line


def print_models(terminal: Terminal, models: Sequence[tuple[Model, bool]], chosen: Collection[str]) -> None:
    """The catalogue, one model a paragraph: whether it is here, its size, the laptop it is for."""
    width = max(len(model.name) for model, _ in models)
    kind = ""
    for model, here in models:
        if model.kind != kind:
            terminal.print(Text(f"{model.kind.capitalize()} models", style="bold"))
            kind = model.kind
        line = Text("✓ " if here else "  ", style="green")
        line.append(f"{model.name:<{width}} {'*' if model.name in chosen else ' '}", style="default")
        line.append(f"  {model.bytes / 1e9:5.1f} GB  for {model.laptop_gb:>2} GB laptops", style="dim")
        terminal.print(line)
        _hang(terminal, Text("    "), Text(f"{model.licence}; {model.note}", style="dim"))
    terminal.print(Text("✓ is here   * is used unless an option says otherwise", style="dim"))


def print_checks(terminal: Terminal, checks: Sequence[Check]) -> None:
    """One line a model that is here: whether it is what it should be."""
    for check in checks:
        mark, colour = MARKS["supported" if check.ok else "unsupported"]
        terminal.print(Text.assemble((f"{mark} ", colour), f"{check.model.name}: {safe_line(check.message)}"))


def print_examination(terminal: Terminal, examination: Examination) -> None:
    """What the doctor found, each with its mend below, then the versions."""
    marks = {"ok": ("✓ ", "green"), "warning": ("! ", "yellow"), "broken": ("✗ ", "red")}
    width = max(len(finding.name) for finding in examination.findings)
    for finding in examination.findings:
        lead = Text.assemble(marks[finding.state], f"{finding.name:<{width}}  ")
        _hang(terminal, lead, Text(safe_line(finding.detail)))
        if finding.mend:
            _hang(terminal, Text(" " * lead.cell_len), Text(f"→ {safe_line(finding.mend)}", style="bold"))
    versions = ", ".join(f"{name} {version or 'missing'}" for name, version in examination.versions.items())
    _hang(terminal, Text(f"  {'versions':<{width}}  "), Text(versions, style="dim"))
