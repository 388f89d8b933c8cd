"""How well checking tells wrong answers from right ones: `python -m benchmarks.spoiled QUESTIONS --documents FOLDER`.

Right answers are made from the gold data by rule (`benchmarks/rewording.py`), each is spoiled in one way
(`benchmarks/spoiling.py`), and both are checked against the passages that Footnote would have read for the question,
by the code that checks Footnote's own answers. No answering model runs: nothing is said about how often it errs.

A wrong answer is found when one of its sentences is told to be unsupported; a right one is wrongly flagged when one of
its sentences is. Of questions whose evidence is not among the passages read nothing is asked: their answers would be
unsupported however right. `--home` keeps the index for the next run.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.report import Measure, fault, report
from benchmarks.rewording import chosen, wordings
from benchmarks.spoiling import KINDS, Spoiled, Surroundings, names_in, spoiled
from index.encode import Encoder, SentenceTransformerEncoder
from index.errors import LibraryError
from index.library import Library
from index.records import Hit
from index.sentences import is_heading, sentence_spans
from rag.cite import Citer
from rag.errors import EvaluationError, FootnoteError
from rag.evaluation.gold import Find, Question, documents_in, gold_form, in_folder, read_gold
from rag.evaluation.scoring import Share, contains
from rag.models import embedding_model_path
from rag.questions import readable
from rag.retrieve import retrieve
from rag.settings import Settings
from rag.templates import Templates, load
from rag.verify import Verdict, verdict
from rag.words import language_of

LIMIT = 300
SHORTEST_MEMORY, LONGEST_MEMORY = 50, 220  # characters of a sentence from memory
TITLES = {
    "number": "a number changed: found",
    "date": "a date changed: found",
    "name": "a name changed: found",
    "negation": "a negation added or removed: found",
    "memory": "a sentence from memory added: found",
}


@dataclass(frozen=True, slots=True)
class Case:
    """One right answer, the same spoiled, and what was read. `form` says by which rule the right one was made."""

    question: Question
    hits: tuple[Hit, ...]
    form: str
    right: str
    wrong: Spoiled


def _open(settings: Settings) -> Encoder:
    return SentenceTransformerEncoder(embedding_model_path(settings))


def main(arguments: Sequence[str] | None = None, opener: Callable[[Settings], Encoder] = _open) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.spoiled",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("questions", type=Path, metavar="QUESTIONS.jsonl")
    parser.add_argument("--documents", type=Path, required=True, metavar="FOLDER", help="the documents asked about")
    parser.add_argument("--limit", type=int, default=LIMIT, metavar="N", help=f"N answers in all (default {LIMIT})")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="of the drawing (default 0)")
    parser.add_argument("--home", type=Path, metavar="FOLDER", help="where the index is kept between runs")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="write each case with its verdicts, a JSON object a line"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    options = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="footnote-benchmark-") as folder:
            settings = Settings.from_environment(home=options.home or Path(folder))
            encoder = opener(settings)
            with closing(Library(settings.index, encoder)) as library:
                found = cases(options, library, encoder, settings, load())
                rows = [_row(case, encoder) for case in found]
    except (FootnoteError, LibraryError, OSError) as error:
        return fault(error)
    if options.out:
        options.out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return report("spoiled", measures(rows), options.json, {"cases": len(rows), "seed": options.seed})


def cases(
    options: argparse.Namespace, library: Library, encoder: Encoder, settings: Settings, templates: Templates
) -> list[Case]:
    """`options.limit` cases, as many of each kind as there can be, from questions drawn at random."""
    draw = random.Random(options.seed)
    questions = [question for question in read_gold(options.questions) if question.answerable]
    if not library.add(documents_in(options.documents)).documents:
        raise EvaluationError(f"{options.documents}: no document could be read")
    find = in_folder(options.documents, library.document)
    texts = {identity: library.document(identity).text for identity in sorted(one.id for one in library.documents())}
    names = names_in(list(texts.values()), single=language_of(" ".join(texts.values())) != "de")
    memory = sorted(_long_sentences(texts))
    wanted = dict.fromkeys(KINDS, -(-options.limit // len(KINDS)))
    found: list[Case] = []
    draw.shuffle(questions)
    for number, question in enumerate(questions, start=1):
        if number % 50 == 0:
            print(f"{number} of {len(questions)} questions, {len(found)} cases", file=sys.stderr, flush=True)
        hits = retrieve(
            library,
            encoder,
            readable(question.question),
            settings,
            lambda text: encoder.count_tokens([text])[0],
            templates,
        ).hits
        made = _right(question, find, hits, draw)
        if made is None:
            continue
        form, right = made
        read = " ".join(hit.passage.text for hit in hits)
        around = Surroundings(read, names, _remembered(hits, texts, memory, draw))
        for kind in sorted(wanted, key=lambda kind: (-wanted[kind], kind)):
            wrong = spoiled(right, kind, around, draw) if wanted[kind] else None
            if wrong:
                found.append(Case(question, hits, form, right, wrong))
                wanted[kind] -= 1
                break
        if not any(wanted.values()):
            break
    if not found:
        raise EvaluationError(f"{options.questions}: no question whose answer stands in a sentence that was found")
    return found


def _right(question: Question, find: Find, hits: Sequence[Hit], draw: random.Random) -> tuple[str, str] | None:
    """A right answer from a sentence that was read, within the gold evidence, and holds a gold answer."""
    for span in gold_form(question, find)["spans"]:
        for hit in hits:
            passage = hit.passage
            if passage.document_id != span["document_id"]:
                continue
            sentences = _sentences(passage.text)
            for place, (start, end) in enumerate(sentences):
                apart = passage.start + end <= span["start"] or span["end"] <= passage.start + start
                texts = [passage.text[first:last] for first, last in sentences]
                held = [answer for answer in question.answers if contains(texts[place], [answer])]
                if (
                    held
                    and not apart
                    and (question.answers_all_required is False or len(held) == len(question.answers))
                ):
                    made = chosen(wordings(question.question, max(held, key=len), texts, place, hit.title), draw)
                    return made.form, made.text
    return None


def _sentences(text: str) -> list[tuple[int, int]]:
    return [span for span in sentence_spans(text) if not is_heading(text, span[0])]


def _long_sentences(texts: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Sentences that can stand alone, each with the document that holds it."""
    for document_id, text in texts.items():
        for start, end in _sentences(text):
            if SHORTEST_MEMORY <= end - start <= LONGEST_MEMORY and text[start].isupper() and text[end - 1] == ".":
                yield document_id, " ".join(text[start:end].split())


def _remembered(
    hits: Sequence[Hit], texts: dict[str, str], memory: Sequence[tuple[str, str]], draw: random.Random
) -> list[str]:
    """A sentence of what the best hit's document says elsewhere, and one of any other document."""
    read = " ".join(" ".join(hit.passage.text.split()) for hit in hits)
    about = hits[0].passage.document_id
    unread = [entry for entry in memory if entry[1] not in read]
    near = [sentence for document, sentence in unread if document == about]
    far = [sentence for document, sentence in unread if document != about]
    return [draw.choice(found) for found in (near, far) if found]


def _row(case: Case, encoder: Encoder) -> dict[str, Any]:
    citer = Citer(case.hits, encoder)
    return {
        "id": case.question.id,
        "question": case.question.question,
        "kind": case.wrong.kind,
        "variety": case.wrong.variety,
        "form": case.form,
        "right": case.right,
        "wrong": case.wrong.text,
        "change": case.wrong.change,
        "right_verdicts": [_verdict_form(found) for found in checked(case.right, citer, case.question.question)],
        "wrong_verdicts": [_verdict_form(found) for found in checked(case.wrong.text, citer, case.question.question)],
    }


def checked(text: str, citer: Citer, question: str) -> list[Verdict]:
    """The verdict on each sentence of an answer, as the assistant comes by it."""
    return [
        verdict(text[start:end], citer.evidence(text[start:end], given=question), question)
        for start, end in sentence_spans(text)
    ]


def _verdict_form(found: Verdict) -> dict[str, Any]:
    return {"support": found.support, "score": round(found.score, 4), "reasons": list(found.reasons)}


def measures(rows: Sequence[dict[str, Any]]) -> list[Measure]:
    """The lines of the table: each kind and its varieties, and what was wrongly flagged, by the form of the answer."""
    lines = []
    for kind in KINDS:
        of_kind = [row for row in rows if row["kind"] == kind]
        lines.append(_measure(kind, TITLES[kind], [_worst(row["wrong_verdicts"]) == "unsupported" for row in of_kind]))
        for variety in sorted({row["variety"] for row in of_kind}):
            outcomes = [_worst(r["wrong_verdicts"]) == "unsupported" for r in of_kind if r["variety"] == variety]
            lines.append(_measure(f"{kind}_{variety.replace(' ', '_')}", f"  {variety}", outcomes))
    flagged = [_worst(row["right_verdicts"]) == "unsupported" for row in rows]
    lines.append(_measure("flagged", "right answers wrongly told to be unsupported", flagged))
    for form in sorted({row["form"] for row in rows}):
        outcomes = [wrong for row, wrong in zip(rows, flagged, strict=True) if row["form"] == form]
        lines.append(_measure(f"flagged_{form}", f"  {form}", outcomes))
    doubted = [_worst(row["right_verdicts"]) != "supported" for row in rows]
    lines.append(_measure("doubted", "right answers not told to be fully supported", doubted))
    return lines


def _measure(name: str, title: str, outcomes: Sequence[bool]) -> Measure:
    share = Share.among(outcomes)
    return Measure(name, title, share.value, "%", f"{share.hits} of {share.of}")


def _worst(verdicts: Sequence[dict[str, Any]]) -> str:
    found = {verdict["support"] for verdict in verdicts}
    return next(support for support in ("unsupported", "partial", "supported") if support in found)


if __name__ == "__main__":
    sys.exit(main())
